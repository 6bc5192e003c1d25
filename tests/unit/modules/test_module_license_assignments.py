# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module license_assignments on the wire: many entities on many packs, and the order of their writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.modules import license_assignments
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import (
    PACKS,
    SIGNED,
    YEXT,
    Call,
    Ended,
    assign,
    check_and_real,
    entity_list,
    envelope,
    play,
    read_assignment,
    read_assignments,
    read_packs,
    remove,
    set_expiration,
)
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import Reply, status

ENTITIES = {f"e{number:02}": None for number in range(20)}


def entity(an_id: str, **fields: Any) -> dict[str, Any]:
    return {"id": an_id, **fields}


def pack(an_id: str, *entities: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": an_id, "entities": list(entities), **fields}


def wanted(*packs: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    return {**YEXT, "license_packs": list(packs), "concurrency": 1, **options}


def ended(arguments: Mapping[str, Any], *calls: Call, check_mode: bool = False) -> Ended:
    return play(license_assignments, arguments, calls, check_mode=check_mode)


def outcomes(end: Ended) -> dict[str, str]:
    return {entry["entity_id"]: entry["outcome"] for entry in end.result["entries"]}


@pytest.mark.parametrize("check_mode", [False, True])
def test_one_list_a_pack_is_read_and_nothing_is_written_where_nothing_differs(check_mode: bool) -> None:
    end = ended(
        wanted(
            pack("p", entity("a"), entity("b", expiration_date="2027-01-31"), entity("c", state="absent")),
            pack("q", entity("a")),
            {"id": "left-alone"},
        ),
        read_assignments("p", {"a": "2030-01-01", "b": "2027-01-31", "other": None}),
        read_assignments("q", {"a": None}),
        check_mode=check_mode,
    )
    assert not end.failed
    assert not end.changed
    assert end.result["summary"]["unchanged"] == 4
    assert end.result["diff"] == {"before": "", "after": ""}


def test_every_kind_of_change_in_one_task() -> None:
    end = check_and_real(
        license_assignments,
        wanted(
            pack(
                "p",
                entity("new"),
                entity("dated", expiration_date="2027-01-31"),
                entity("never", expiration_date="never"),
                entity("gone", state="absent"),
            )
        ),
        [read_assignments("p", {"never": "2026-12-31", "gone": None, "other": None}, available=5)],
        [
            assign("p", "new"),
            assign("p", "dated"),
            set_expiration("p", "dated", "2027-01-31"),
            set_expiration("p", "never", None),
            remove("p", "gone"),
        ],
    )
    assert outcomes(end) == {"new": "created", "dated": "created", "never": "updated", "gone": "removed"}
    assert end.result["diff"] == {
        "before": "p/gone: without end\np/never: until 2026-12-31\n",
        "after": "p/dated: until 2027-01-31\np/never: without end\np/new: without end\n",
    }


def test_a_full_pack_gives_before_it_takes() -> None:
    end = check_and_real(
        license_assignments,
        wanted(pack("p", entity("new"), entity("gone", state="absent"))),
        [read_assignments("p", {"gone": None}, available=0)],
        [remove("p", "gone"), assign("p", "new")],
    )
    assert outcomes(end) == {"new": "created", "gone": "removed"}


def test_a_pack_with_room_takes_before_it_gives_so_that_nobody_goes_dark() -> None:
    end = check_and_real(
        license_assignments,
        wanted(pack("p", entity("new"), entity("gone", state="absent"))),
        [read_assignments("p", {"gone": None}, available=1)],
        [assign("p", "new"), remove("p", "gone")],
    )
    assert outcomes(end) == {"new": "created", "gone": "removed"}


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_shortage_is_told_before_any_write(check_mode: bool) -> None:
    end = ended(
        wanted(pack("p", entity("a"), entity("b"), entity("gone", state="absent"))),
        read_assignments("p", {"gone": None}, available=0),
        check_mode=check_mode,
    )
    assert end.kind == "insufficient_capacity"
    assert "1 short" in end.message


def test_exclusive_removes_who_is_not_named() -> None:
    end = check_and_real(
        license_assignments,
        wanted(pack("p", entity("a"), exclusive=True)),
        [read_assignments("p", {"a": None, "b": None, "c": "2027-01-31"})],
        [remove("p", "b"), remove("p", "c")],
    )
    assert outcomes(end) == {"b": "removed", "c": "removed"}


def test_an_empty_list_removes_all_only_where_that_is_allowed() -> None:
    assert ended(wanted(pack("p", exclusive=True))).kind == "invalid_input"
    allowed = wanted(pack("p", exclusive=True, allow_empty=True))
    assert ended(allowed, read_assignments("p", {"a": None}), remove("p", "a")).changed


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("named", [14, 13])
def test_implied_removals_stop_above_max_removals(check_mode: bool, named: int) -> None:
    keep = [entity(an_id) for an_id in list(ENTITIES)[:named]]
    arguments = wanted(pack("p", *keep, exclusive=True), max_removals="30%")
    calls = [read_assignments("p", ENTITIES)]
    if named == 14:
        removals = [remove("p", an_id) for an_id in list(ENTITIES)[named:]]
        assert ended(arguments, *calls, *([] if check_mode else removals), check_mode=check_mode).changed
    else:
        end = ended(arguments, *calls, check_mode=check_mode)
        assert end.kind == "removals_exceeded"
        assert (end.result["failure"]["removals"], end.result["failure"]["allowed"]) == (7, 6)


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("assigned", [1, 3])
def test_nothing_is_removed_on_the_word_of_a_listing_that_contradicts_its_count(
    check_mode: bool, assigned: int
) -> None:
    arguments = wanted(pack("p", entity("a"), exclusive=True))
    reading = read_assignments("p", {"a": None, "b": None}, assigned=assigned)
    end = ended(arguments, reading, check_mode=check_mode)
    assert end.kind == "listing_mismatch"
    assert str(assigned) in end.message


def test_a_listing_that_contradicts_its_count_may_still_be_added_to() -> None:
    arguments = wanted(pack("p", entity("a"), entity("b")))
    reads = [read_assignments("p", {"a": None}, assigned=7), read_assignment("p", "b", {})]
    assert ended(arguments, *reads, assign("p", "b")).changed


@pytest.mark.parametrize("named", [["a"], ["a", "b"]])
def test_no_exclusive_list_is_held_against_a_listing_that_contradicts_its_count(named: list[str]) -> None:
    reads = [read_assignments("p", {"a": None}, assigned=2)]
    reads += [read_assignment("p", "b", {})] if "b" in named else []
    end = ended(wanted(pack("p", *map(entity, named), exclusive=True)), *reads)
    assert end.kind == "listing_mismatch"


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_entity_that_only_the_list_of_its_pack_lacks_is_neither_added_nor_told_as_absent(
    check_mode: bool, state: str
) -> None:
    reads = [read_assignments("p", {}, assigned=1), read_assignment("p", "b", {"b": None})]
    end = ended(wanted(pack("p", entity("b", state=state))), *reads, check_mode=check_mode)
    assert end.kind == "listing_mismatch"
    assert "entity b" in end.message


def test_an_empty_list_without_a_count_is_held_against_the_list_of_packs() -> None:
    reads = [
        read_assignments("p", envelope({"licenseAssignments": []})),
        read_packs({"id": "p", "assigned": 1}),
        read_assignment("p", "b", {"b": None}),
    ]
    assert ended(wanted(pack("p", entity("b"))), *reads).kind == "listing_mismatch"


def test_a_pack_that_is_split_over_pages_is_put_together() -> None:
    def page_of(entities: Mapping[str, str | None], token: str | None, asked: Mapping[str, str]) -> Call:
        assignment = {"licensePack": {"id": "p", "assigned": 3}, "assignedEntities": entity_list(entities)}
        reply = envelope({"licenseAssignments": [assignment], "nextPageToken": token})
        query = {**SIGNED, "pageSize": "2", **asked}
        return Call("GET", f"{PACKS}/p/assigned-entities", reply, query=query)

    end = ended(
        wanted(pack("p", entity("a"), entity("c"), exclusive=True), page_size=2),
        page_of({"a": None, "b": None}, "t/1", {}),
        page_of({"c": None}, None, {"pageToken": "t/1"}),
        remove("p", "b"),
    )
    assert not end.failed
    assert end.changed


TWO = wanted(pack("p", entity("a"), entity("b")), entries="all")


def test_stop_begins_nothing_new_and_reports_every_entry() -> None:
    end = ended(TWO, read_assignments("p", {}), assign("p", "a", status(403)))
    assert outcomes(end) == {"a": "failed", "b": "not_attempted"}
    assert end.kind == "forbidden"
    assert not end.changed


def test_continue_does_the_others() -> None:
    calls = [read_assignments("p", {}), assign("p", "a", status(403)), assign("p", "b")]
    end = ended({**TWO, "on_error": "continue"}, *calls)
    assert outcomes(end) == {"a": "failed", "b": "created"}
    assert (end.failed, end.changed) == (True, True)


def test_rollback_puts_back_newest_first() -> None:
    end = ended(
        wanted(
            pack("p", entity("a"), entity("b", expiration_date="2090-01-31"), entity("c", state="absent"), entity("d")),
            on_error="rollback",
            entries="all",
            check_capacity=False,
        ),
        read_assignments("p", {"b": "2090-12-31", "c": "2090-06-30"}, available=None),
        Call("GET", PACKS, envelope({"licensePacks": []}), query=SIGNED),
        assign("p", "a"),
        assign("p", "d"),
        set_expiration("p", "b", "2090-01-31"),
        remove("p", "c", status(403)),
        set_expiration("p", "b", "2090-12-31"),
        remove("p", "d"),
        remove("p", "a"),
    )
    assert outcomes(end) == {"a": "rolled_back", "b": "rolled_back", "c": "failed", "d": "rolled_back"}
    assert not end.changed


def test_rollback_assigns_again_with_the_end_that_there_was() -> None:
    end = ended(
        wanted(pack("p", entity("a", state="absent"), entity("b", state="absent")), on_error="rollback", entries="all"),
        read_assignments("p", {"a": "2090-06-30", "b": None}),
        remove("p", "a"),
        remove("p", "b", status(403)),
        assign("p", "a"),
        set_expiration("p", "a", "2090-06-30"),
    )
    assert outcomes(end) == {"a": "rolled_back", "b": "failed"}


def test_rollback_names_an_end_that_is_past() -> None:
    end = ended(
        wanted(
            pack("p", entity("a", expiration_date="never"), entity("b", state="absent")),
            on_error="rollback",
            entries="all",
        ),
        read_assignments("p", {"a": "2001-01-31", "b": None}),
        set_expiration("p", "a", None),
        remove("p", "b", status(403)),
    )
    assert end.changed
    assert "2001-01-31 is past" in end.message
    assert end.result["entries"][0]["not_restored"] == "its expiration date 2001-01-31 is past"


def test_verify_reread_reads_each_pack_once_more() -> None:
    arguments = {**TWO, "verify": "reread"}
    before = [read_assignments("p", {}), assign("p", "a"), assign("p", "b")]
    assert not ended(arguments, *before, read_assignments("p", {"a": None, "b": None})).failed
    end = ended(arguments, *before, read_assignments("p", {"a": None}))
    assert end.kind == "conflict"
    assert outcomes(end) == {"a": "created", "b": "failed"}


def test_state_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"licensing_license_packs": [pack("p", entity("a"))]}))
    assert not ended({**YEXT, "state_file": str(path)}, read_assignments("p", {"a": None})).changed


def test_a_pack_that_cannot_be_read_stops_before_any_write() -> None:
    arguments = wanted(pack("p", entity("a")), pack("q", entity("a")))
    reply = envelope({}, {"type": "FATAL_ERROR", "message": "No permission"}, code=403)
    end = ended(arguments, read_assignments("p", {}), read_assignments("q", reply))
    assert end.kind == "forbidden"


def test_a_limit_that_is_longer_than_max_wait_fails_as_one() -> None:
    reply = Reply(429, b'{"meta": {}, "response": {}}', {"Retry-After": "3600"})
    end = ended({**wanted(pack("p", entity("a"))), "max_retries": 3}, read_assignments("p", reply))
    assert end.kind == "rate_limited"
    assert "max_wait" in end.message


def test_many_workers_make_the_calls_of_one_and_no_more() -> None:
    names = [f"e{number:03}" for number in range(60)]
    calls = [read_assignments("p", {}), *(assign("p", name) for name in names)]
    arguments = {**wanted(pack("p", *(entity(name) for name in names))), "concurrency": 8}
    end = play(license_assignments, arguments, calls, ordered=False)
    assert end.result["summary"]["created"] == 60
    assert end.result["api"]["writes"] == 60
