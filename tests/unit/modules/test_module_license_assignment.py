# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module license_assignment on the wire: every call that it makes, and what it makes of every answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.modules import license_assignment
from ansible_collections.tenantops.licensing.tests.unit.support.clients import API_KEY
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import (
    YEXT,
    Call,
    Ended,
    assign,
    check_and_real,
    envelope,
    not_done,
    play,
    read_assignment,
    read_assignments,
    read_packs,
    remove,
    set_expiration,
    touched,
)
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    LOST,
    Reply,
    document,
    page,
    status,
)

PACK, STORE = "listings", "store-3"
LABEL = f"{PACK}/{STORE}"
OTHERS: dict[str, str | None] = {"store-1": None, "store-2": "2026-12-31"}


def wanted(**options: Any) -> dict[str, Any]:
    return {**YEXT, "license_pack_id": PACK, "entity_id": STORE, **options}


def ended(arguments: Mapping[str, Any], *calls: Call, check_mode: bool = False) -> Ended:
    return play(license_assignment, arguments, calls, check_mode=check_mode)


def record(state: str, expiration_date: str | None = None) -> dict[str, Any]:
    return {"license_pack_id": PACK, "entity_id": STORE, "state": state, "expiration_date": expiration_date}


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("options", "end_date"),
    [
        ({}, None),
        ({}, "2027-01-31"),
        ({"expiration_date": "never"}, None),
        ({"expiration_date": "2027-01-31"}, "2027-01-31"),
        ({"expiration_date": "2027-01-31"}, "2027-01-31T05:00:00Z"),
    ],
)
def test_nothing_is_written_where_nothing_differs(check_mode: bool, options: Any, end_date: str | None) -> None:
    end = ended(wanted(**options), read_assignments(PACK, {**OTHERS, STORE: end_date}), check_mode=check_mode)
    assert not end.failed
    assert not end.changed
    assert end.result["assignment"] == record("present", end_date[:10] if end_date else None)
    assert end.result["diff"] == {"before": "", "after": ""}
    assert end.result["api"]["reads"] == 1


@pytest.mark.parametrize("check_mode", [False, True])
def test_nothing_is_removed_where_there_is_nothing(check_mode: bool) -> None:
    end = ended(wanted(state="absent"), read_assignments(PACK, OTHERS), check_mode=check_mode)
    assert not end.changed
    assert end.result["assignment"] == record("absent")


def test_an_entity_is_assigned() -> None:
    end = check_and_real(license_assignment, wanted(), [read_assignments(PACK, OTHERS)], [assign(PACK, STORE)])
    assert end.result["outcome"] == "created"
    assert end.result["assignment"] == record("present")
    assert end.result["diff"] == {"before": "", "after": f"{LABEL}: without end\n"}


def test_an_entity_is_assigned_with_an_end_by_two_writes() -> None:
    end = check_and_real(
        license_assignment,
        wanted(expiration_date="2027-01-31"),
        [read_assignments(PACK, OTHERS)],
        [assign(PACK, STORE), set_expiration(PACK, STORE, "2027-01-31")],
    )
    assert end.result["assignment"] == record("present", "2027-01-31")
    assert end.result["diff"]["after"] == f"{LABEL}: until 2027-01-31\n"


def test_an_entity_that_never_ends_is_assigned_by_one_write() -> None:
    end = check_and_real(
        license_assignment,
        wanted(expiration_date="never"),
        [read_assignments(PACK, OTHERS)],
        [assign(PACK, STORE, touched(PACK, {STORE: None}))],
    )
    assert end.result["assignment"] == record("present")


def test_an_end_that_the_assignment_brings_along_is_not_hidden() -> None:
    answer = assign(PACK, STORE, touched(PACK, {STORE: "2026-06-30"}))
    kept = ended(wanted(), read_assignments(PACK, OTHERS), answer)
    assert kept.failed or kept.result["assignment"] == record("present", "2026-06-30")
    shown = read_assignment(PACK, STORE, {STORE: "2026-06-30"})
    never = ended(wanted(expiration_date="never"), read_assignments(PACK, OTHERS), answer, shown)
    assert never.kind == "conflict"
    assert "2026-06-30" in never.message


@pytest.mark.parametrize(
    ("before", "option", "sent"),
    [
        (None, "2027-01-31", "2027-01-31"),
        ("2026-12-31", "2027-01-31", "2027-01-31"),
        ("2026-12-31", "never", None),
    ],
)
@pytest.mark.parametrize("named", [False, True])
def test_an_end_is_changed(before: str | None, option: str, sent: str | None, named: bool) -> None:
    end = check_and_real(
        license_assignment,
        wanted(expiration_date=option),
        [read_assignments(PACK, {**OTHERS, STORE: before})],
        [set_expiration(PACK, STORE, sent, touched(PACK, {STORE: sent}) if named else None)],
    )
    assert end.result["outcome"] == "updated"
    assert end.result["assignment"] == record("present", sent)


def test_an_entity_is_removed() -> None:
    end = check_and_real(
        license_assignment,
        wanted(state="absent"),
        [read_assignments(PACK, {**OTHERS, STORE: "2027-01-31"})],
        [remove(PACK, STORE)],
    )
    assert end.result["outcome"] == "removed"
    assert end.result["assignment"] == record("absent")
    assert end.result["diff"] == {"before": f"{LABEL}: until 2027-01-31\n", "after": ""}


def test_removing_one_by_name_trusts_a_listing_that_contradicts_its_count() -> None:
    reading = read_assignments(PACK, {STORE: None}, assigned=99)
    assert ended(wanted(state="absent"), reading, remove(PACK, STORE)).changed


def test_ids_are_escaped_on_the_wire() -> None:
    odd, escaped = "a/b#c?d%e f", "a%2Fb%23c%3Fd%25e%20f"
    row = {"licensePack": {"id": odd}, "assignedEntities": []}
    reading = read_assignments(escaped, envelope({"licenseAssignments": [row]}))
    end = ended(
        {**wanted(), "license_pack_id": odd, "entity_id": odd},
        reading,
        read_packs({"id": odd, "available": 1}),
        assign(escaped, escaped, touched(odd, {odd: None})),
    )
    assert end.changed


def test_an_entity_that_no_reading_call_confirms_is_unverified() -> None:
    reads = [read_assignments(PACK, OTHERS)]
    assert ended(wanted(), *reads, check_mode=True).result["unverified"] == [LABEL]
    assert ended(wanted(), *reads, assign(PACK, STORE)).result["unverified"] == []


# The pack


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_full_pack_is_told_before_any_write(check_mode: bool) -> None:
    end = ended(wanted(), read_assignments(PACK, OTHERS, available=0), check_mode=check_mode)
    assert end.kind == "insufficient_capacity"
    assert f"0 left in license pack {PACK}: 1 short" in end.message


def test_without_check_capacity_the_server_decides() -> None:
    refusal = envelope({}, {"type": "FATAL_ERROR", "code": 7, "message": "No licenses available"}, code=400)
    reading = read_assignments(PACK, OTHERS, available=0)
    end = ended(wanted(check_capacity=False), reading, assign(PACK, STORE, refusal), read_assignment(PACK, STORE, {}))
    assert end.kind == "rejected"
    assert "No licenses available" in end.message


def test_a_pack_whose_room_is_not_told_in_the_listing_is_looked_up() -> None:
    reads = [read_assignments(PACK, OTHERS, available=None), read_packs({"id": PACK, "available": 0})]
    assert ended(wanted(), *reads).kind == "insufficient_capacity"
    unknown = [reads[0], read_packs({"id": PACK})]
    assert ended(wanted(), *unknown, assign(PACK, STORE)).changed


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    "reply", [envelope({}, {"type": "FATAL_ERROR"}, code=400), envelope({"licenseAssignments": []})]
)
def test_an_unknown_pack_is_told_with_the_known_ones(check_mode: bool, reply: Reply) -> None:
    end = ended(wanted(), read_assignments(PACK, reply), read_packs({"id": "other"}), check_mode=check_mode)
    assert end.kind == "not_found"
    assert "Its packs are: other." in end.message


def test_a_pack_without_assignments_may_be_left_out_of_its_own_listing() -> None:
    reads = [read_assignments(PACK, envelope({"licenseAssignments": []})), read_packs({"id": PACK, "available": 1})]
    assert ended(wanted(), *reads, assign(PACK, STORE)).changed


# Answers to the write


def test_another_end_than_wanted_in_the_answer_fails_with_both() -> None:
    end = ended(
        wanted(expiration_date="2027-01-31"),
        read_assignments(PACK, {STORE: None}),
        set_expiration(PACK, STORE, "2027-01-31", touched(PACK, {STORE: "2027-02-28"})),
        read_assignment(PACK, STORE, {STORE: "2027-02-28"}),
    )
    assert end.kind == "conflict"
    assert "2027-02-28" in end.message
    assert "2027-01-31" in end.message
    assert end.result["assignment"] == record("present", "2027-02-28")


@pytest.mark.parametrize("reply", [touched(PACK, {"store-1": None}), touched(PACK, {}), envelope({})])
def test_an_answer_that_does_not_name_the_entity_is_held_against_what_is_there(reply: Reply) -> None:
    before = [read_assignments(PACK, OTHERS), assign(PACK, STORE, reply)]
    assert not ended(wanted(), *before, read_assignment(PACK, STORE, {STORE: None})).failed
    undone = ended(wanted(), *before, read_assignment(PACK, STORE, {}))
    assert (undone.kind, undone.changed) == ("conflict", False)


@pytest.mark.parametrize("code", [200, 207])
@pytest.mark.parametrize("type_", ["FATAL_ERROR", "NON_FATAL_ERROR"])
def test_an_error_in_the_envelope_fails_whatever_the_status(code: int, type_: str) -> None:
    error = {"type": type_, "code": 2024, "name": "N", "message": "Not this one"}
    before = [read_assignments(PACK, OTHERS), assign(PACK, STORE, envelope({}, error, code=code))]
    end = ended(wanted(), *before, read_assignment(PACK, STORE, {}))
    failure = end.result["failure"]
    assert (failure["kind"], failure["status"], failure["code"], failure["request_id"]) == (
        *("rejected", code, 2024, "uuid-1"),
    )
    assert "Not this one" in end.message
    assert not end.changed
    # A part of it was refused, says such an answer: which part, only reading tells.
    done = ended(wanted(), *before, read_assignment(PACK, STORE, {STORE: None}))
    assert (done.failed, done.changed) == (False, True)


def test_a_warning_is_passed_on_without_the_key() -> None:
    warning = {"type": "WARNING", "code": 1, "message": f"Careful with {API_KEY}"}
    said = json.loads(touched(PACK, {STORE: None}).body)
    reply = envelope(said["response"], warning)
    end = ended(wanted(), read_assignments(PACK, OTHERS), assign(PACK, STORE, reply))
    assert not end.failed
    assert end.changed
    assert end.warnings == ["Yext: Careful with ********"]


def test_a_warning_of_a_task_that_then_fails_is_passed_on_too() -> None:
    row = {"licensePack": {"id": PACK, "available": 1, "assigned": 0}, "assignedEntities": []}
    warning = envelope({"licenseAssignments": [row]}, {"type": "WARNING", "message": "Old"})
    end = ended(wanted(), read_assignments(PACK, warning), assign(PACK, STORE, status(403)))
    assert end.failed
    assert end.warnings == ["Yext: Old"]


@pytest.mark.parametrize(
    ("code", "kind"), [(400, "rejected"), (401, "authentication"), (403, "forbidden"), (409, "conflict")]
)
def test_a_refused_write_fails_with_its_status(code: int, kind: str) -> None:
    refused = envelope(None, {"type": "FATAL_ERROR", "message": "No"}, code=code)
    # Some of these may also mean that it was assigned already: that is looked up.
    settling = [read_assignment(PACK, STORE, {})] if code in (400, 409) else []
    end = ended(wanted(), read_assignments(PACK, OTHERS), assign(PACK, STORE, refused), *settling)
    assert end.kind == kind
    assert end.result["outcome"] == "failed"
    assert end.result["assignment"] == record("absent")
    assert API_KEY not in str({**end.result, "invocation": None})


@pytest.mark.parametrize("code", [400, 404, 409])
def test_what_is_so_already_is_no_failure_whatever_the_status(code: int) -> None:
    refused = envelope({}, {"type": "FATAL_ERROR", "message": "Already so"}, code=code)
    added = [assign(PACK, STORE, refused), read_assignment(PACK, STORE, {STORE: None})]
    assert not ended(wanted(), read_assignments(PACK, OTHERS), *added).failed
    removed = [remove(PACK, STORE, refused), read_assignment(PACK, STORE, {})]
    assert not ended(wanted(state="absent"), read_assignments(PACK, {STORE: None}), *removed).failed


UNKNOWN = [status(500), status(504), LOST, page(), document({"a": 1})]


@pytest.mark.parametrize("reply", UNKNOWN)
def test_an_assignment_whose_fate_is_unknown_is_settled_both_ways(reply: Reply) -> None:
    reading, write = read_assignments(PACK, OTHERS), assign(PACK, STORE, reply)
    done = ended(wanted(), reading, write, read_assignment(PACK, STORE, {STORE: None}))
    assert (done.failed, done.changed) == (False, True)
    undone = ended(wanted(), reading, *not_done(write, read_assignment(PACK, STORE, {})))
    assert (undone.failed, undone.changed) == (True, False)


@pytest.mark.parametrize("reply", UNKNOWN)
def test_a_removal_whose_fate_is_unknown_is_settled_both_ways(reply: Reply) -> None:
    reading, write = read_assignments(PACK, {STORE: None}), remove(PACK, STORE, reply)
    done = ended(wanted(state="absent"), reading, write, read_assignment(PACK, STORE, {}))
    assert (done.failed, done.changed) == (False, True)
    undone = ended(wanted(state="absent"), reading, *not_done(write, read_assignment(PACK, STORE, {STORE: None})))
    assert (undone.failed, undone.changed) == (True, False)
    assert undone.result["assignment"] == record("present")


@pytest.mark.parametrize("reply", UNKNOWN)
def test_an_end_whose_fate_is_unknown_is_settled_both_ways(reply: Reply) -> None:
    arguments = wanted(expiration_date="2027-01-31")
    reading, write = read_assignments(PACK, {STORE: None}), set_expiration(PACK, STORE, "2027-01-31", reply)
    done = ended(arguments, reading, write, read_assignment(PACK, STORE, {STORE: "2027-01-31"}))
    assert (done.failed, done.changed) == (False, True)
    undone = ended(arguments, reading, *not_done(write, read_assignment(PACK, STORE, {STORE: None})))
    assert (undone.failed, undone.changed) == (True, False)


def test_an_assignment_without_its_end_is_told() -> None:
    end = ended(
        wanted(expiration_date="2027-01-31"),
        read_assignments(PACK, OTHERS),
        assign(PACK, STORE),
        set_expiration(PACK, STORE, "2027-01-31", status(400)),
    )
    assert end.failed
    assert end.changed
    assert end.result["assignment"] == record("present")


def test_verify_reread_believes_only_a_second_look() -> None:
    before = [read_assignments(PACK, OTHERS), assign(PACK, STORE)]
    arguments = wanted(verify="reread")
    assert not ended(arguments, *before, read_assignments(PACK, {**OTHERS, STORE: None})).failed
    end = ended(arguments, *before, read_assignments(PACK, OTHERS))
    assert end.kind == "conflict"
    assert "not assigned" in end.message


@pytest.mark.parametrize("code", [404, 405])
def test_an_endpoint_that_is_not_there_is_unreadable(code: int) -> None:
    end = ended(wanted(), read_assignments(PACK, status(code)))
    assert end.kind == "unreadable"
    assert "api_url" in end.message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"license_pack_id": 12}, "license_pack_id is 12"),
        ({"license_pack_id": "-"}, "the ID - stands for every pack"),
        ({"entity_id": 7.5}, "entity_id is 7.5"),
        ({"entity_id": "."}, "entity_id is '.'"),
        ({"expiration_date": "soon"}, "expiration_date 'soon' is no date"),
        ({"expiration_date": "2027-02-30"}, "is no date"),
        ({"expiration_date": 20270131}, "is no date"),
        ({"expiration_date": "2027-01-31", "state": "absent"}, "state absent stands alone"),
        ({"api_version": "today"}, "api_version 'today' is no date"),
        ({"page_size": 0}, "page_size is 0"),
        ({"api_key": ""}, "YEXT_API_KEY"),
        ({"api_url": "api.yextapis.com"}, "is no base URL"),
    ],
)
def test_wrong_input_is_refused_with_a_sentence_before_any_call(options: Mapping[str, Any], words: str) -> None:
    end = ended({**wanted(), **options})
    assert end.kind == "invalid_input"
    assert words in end.message


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_limit_that_the_server_tells_is_returned(check_mode: bool) -> None:
    reading = read_assignments(PACK, {STORE: None})
    headers = {"Rate-Limit-Limit": "5000", "Rate-Limit-Remaining": "7", "Rate-Limit-Reset": "1767225600"}
    reply = Reply(200, reading.reply.body, headers)
    end = ended(wanted(), read_assignments(PACK, reply), check_mode=check_mode)
    assert end.result["api"]["rate_limit"] == {"limit": 5000, "remaining": 7, "reset": 1767225600}
