# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module org_licenses on the wire: many entries, their order, and what becomes of the others when one fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.modules import org_licenses
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import (
    UIPATH,
    Call,
    Ended,
    check_and_real,
    delete_organization,
    delete_service,
    play,
    product_list,
    put_organization,
    put_service,
    read_host_pool,
    read_nothing,
    read_organization,
    read_pool,
    read_service,
    read_services,
    run,
)
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    Reply,
    Request,
    ScriptedServer,
    document,
    status,
)


def organization(an_id: str, products: Mapping[str, int] | None = None, **fields: Any) -> dict[str, Any]:
    own = {} if products is None else {"products": product_list(products)}
    return {"id": an_id, **own, **fields}


def tenant(an_id: str, *services: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": an_id, "name": f"Name{an_id}", "services": list(services), **fields}


def service(a_type: str, products: Mapping[str, int], **fields: Any) -> dict[str, Any]:
    return {"type": a_type, "products": product_list(products), **fields}


def wanted(*organizations: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    # One call at a time, so that the order of the calls can be written down.
    return {**UIPATH, "organizations": list(organizations), "concurrency": 1, **options}


def ended(arguments: Mapping[str, Any], *calls: Call, check_mode: bool = False) -> Ended:
    return play(org_licenses, arguments, calls, check_mode=check_mode)


def outcomes(end: Ended) -> dict[str, str]:
    """Each entry's outcome by where it stands."""
    return {
        "/".join(str(entry[name]) for name in ("organization_id", "tenant_id", "service_type") if name in entry): str(
            entry["outcome"]
        )
        for entry in end.result["entries"]
    }


TWO = [read_organization("a", {"U": 2}), read_organization("b", {"U": 2})]
LESS = wanted(organization("a", {"U": 1}), organization("b", {"U": 1}), entries="all")
POOLS = [read_pool("a", {"U": 2}), read_pool("b", {"U": 2})]


# What is read


@pytest.mark.parametrize("check_mode", [False, True])
def test_only_the_level_that_is_named_is_read(check_mode: bool) -> None:
    end = ended(
        wanted(
            organization("own", {"U": 1}),
            organization("services", tenants=[tenant("t", service("du", {"U": 1}))]),
            organization("neither", name="n", labels={"a": "b"}),
        ),
        read_organization("own", {"U": 1}),
        read_services("services", ("t", "du", {"U": 1})),
        check_mode=check_mode,
    )
    assert not end.failed
    assert not end.changed
    assert end.result["summary"]["unchanged"] == 2
    assert end.result["entries"] == []


def test_an_empty_list_of_organizations_does_nothing() -> None:
    end = ended({**wanted(), "organizations": []})
    assert not end.failed
    assert not end.changed


def test_state_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"licensing_organizations": [organization("a", {"U": 1})]}))
    arguments = {**UIPATH, "state_file": str(path)}
    assert not ended(arguments, read_organization("a", {"U": 1})).changed


def test_a_state_file_that_is_not_there_is_told() -> None:
    end = ended({**UIPATH, "state_file": "/no/such/file.yml"})
    assert end.kind == "invalid_input"
    assert "/no/such/file.yml" in end.message


# Create, change, remove


def test_both_levels_are_created_an_organization_first() -> None:
    end = check_and_real(
        org_licenses,
        wanted(organization("a", {"U": 5}, name="Acme", tenants=[tenant("t", service("du", {"U": 5}))])),
        [*read_nothing("a"), read_host_pool({"U": 5})],
        [put_organization("a", {"U": 5}), put_service(("a", "t", "du"), "Namet", {"U": 5})],
    )
    assert end.result["summary"]["created"] == 2
    assert end.result["diff"] == {"before": "", "after": "Acme: U 5\nAcme/Namet/du: U 5\n"}
    assert [entry["outcome"] for entry in end.result["entries"]] == ["created", "created"]


def test_licences_move_between_tenants_although_the_pool_is_full() -> None:
    services = tenant("t1", service("du", {"U": 2})), tenant("t2", service("du", {"U": 8}))
    end = check_and_real(
        org_licenses,
        wanted(organization("a", tenants=list(services))),
        [read_services("a", ("t1", "du", {"U": 8}), ("t2", "du", {"U": 2})), read_pool("a", {"U": 0})],
        [put_service(("a", "t1", "du"), "Namet1", {"U": 2}), put_service(("a", "t2", "du"), "Namet2", {"U": 8})],
    )
    assert end.result["summary"]["updated"] == 2


def test_an_organization_shrinks_while_another_grows_and_every_pool_is_full() -> None:
    end = check_and_real(
        org_licenses,
        wanted(
            organization("grow", {"U": 8}, tenants=[tenant("g", service("du", {"U": 8}))]),
            organization("shrink", {"U": 2}, tenants=[tenant("s", service("du", {"U": 2}))]),
        ),
        [
            read_organization("grow", {"U": 2}),
            read_services("grow", ("g", "du", {"U": 2})),
            read_organization("shrink", {"U": 8}),
            read_services("shrink", ("s", "du", {"U": 8})),
            read_host_pool({"U": 0}),
            read_pool("grow", {"U": 0}),
            read_pool("shrink", {"U": 0}),
        ],
        [
            put_service(("shrink", "s", "du"), "Names", {"U": 2}),
            put_organization("shrink", {"U": 2}),
            put_organization("grow", {"U": 8}),
            put_service(("grow", "g", "du"), "Nameg", {"U": 8}),
        ],
    )
    assert end.result["summary"]["updated"] == 4


def test_exclusive_services_take_what_no_list_names() -> None:
    end = check_and_real(
        org_licenses,
        wanted(organization("a", exclusive_services=True, tenants=[tenant("t", service("du", {"U": 1}))])),
        [read_services("a", ("t", "du", {"U": 1}), ("t", "ai", {"U": 2}), ("x", "du", {"U": 3}), ("y", "du", {}))],
        [delete_service("a", "t", "ai"), delete_service("a", "x", "du")],
    )
    assert end.result["summary"]["removed"] == 2


def test_without_exclusive_services_other_services_are_left_alone() -> None:
    arguments = wanted(organization("a", tenants=[tenant("t", service("du", {"U": 1}))]))
    assert not ended(arguments, read_services("a", ("t", "du", {"U": 1}), ("t", "ai", {"U": 2}))).changed


def test_an_organization_is_removed_after_its_services() -> None:
    end = check_and_real(
        org_licenses,
        wanted(organization("a", state="absent", tenants=[{"id": "t", "state": "absent"}])),
        [
            read_organization("a", {"U": 2}),
            read_services("a", ("t", "du", {"U": 1}), ("t", "ai", {"U": 1})),
            read_pool("a", {"U": 0}),
        ],
        [delete_service("a", "t", "ai"), delete_service("a", "t", "du"), delete_organization("a")],
    )
    assert end.result["summary"]["removed"] == 3


@pytest.mark.parametrize("check_mode", [False, True])
def test_implied_removals_stop_above_max_removals(check_mode: bool) -> None:
    services = [(f"t{number}", "du", {"U": 1}) for number in range(7)]
    arguments = wanted(organization("a", exclusive_services=True, tenants=[tenant("t0", service("du", {"U": 1}))]))
    end = ended(arguments, read_services("a", *services), check_mode=check_mode)
    assert end.kind == "removals_exceeded"
    assert end.result["failure"]["removals"] == 6


# Capacity


@pytest.mark.parametrize("check_mode", [False, True])
def test_every_shortage_is_told_before_any_write(check_mode: bool) -> None:
    end = ended(
        wanted(organization("a", {"U": 5, "V": 1}), organization("b", {"U": 5})),
        *read_nothing("a"),
        *read_nothing("b"),
        read_host_pool({"U": 6, "V": 0}),
        check_mode=check_mode,
    )
    assert end.kind == "insufficient_capacity"
    shortages = {entry["code"]: entry["short"] for entry in end.result["failure"]["shortages"]}
    assert shortages == {"U": 4, "V": 1}
    assert not end.changed


def test_pools_are_read_only_where_something_differs() -> None:
    end = ended(
        wanted(organization("a", {"U": 1}, tenants=[tenant("t", service("du", {"U": 1}))])),
        read_organization("a", {"U": 1}),
        read_services("a", ("t", "du", {"U": 1})),
    )
    assert not end.changed


# When a write fails


def test_stop_begins_nothing_new_and_reports_every_entry() -> None:
    end = ended(LESS, *TWO, *POOLS, put_organization("a", {"U": 1}, status(400)))
    assert end.failed
    assert end.kind == "rejected"
    assert not end.changed
    assert outcomes(end) == {"a": "failed", "b": "not_attempted"}
    assert end.message.startswith("a: ")
    assert "1 failed, 1 not attempted" in end.message
    failed, waiting = end.result["entries"]
    assert failed["failure"]["kind"] == "rejected"
    assert "failure" not in waiting
    assert waiting["after"] == {"U": 2}
    assert end.result["diff"] == {"before": "", "after": ""}


def test_continue_does_what_does_not_depend_on_it() -> None:
    arguments = {**LESS, "on_error": "continue"}
    end = ended(arguments, *TWO, *POOLS, put_organization("a", {"U": 1}, status(400)), put_organization("b", {"U": 1}))
    assert (end.failed, end.changed) == (True, True)
    assert outcomes(end) == {"a": "failed", "b": "updated"}


def test_rollback_puts_back_what_was_written() -> None:
    arguments = {**LESS, "on_error": "rollback"}
    end = ended(
        arguments,
        *TWO,
        *POOLS,
        put_organization("a", {"U": 1}),
        put_organization("b", {"U": 1}, status(400)),
        put_organization("a", {"U": 2}),
    )
    assert (end.failed, end.changed) == (True, False)
    assert outcomes(end) == {"a": "rolled_back", "b": "failed"}
    assert "was put back" in end.message
    assert end.result["diff"] == {"before": "", "after": ""}


def test_rollback_removes_a_licence_that_it_created() -> None:
    end = ended(
        wanted(organization("a", {"U": 1}), organization("b", {"U": 1}), on_error="rollback", entries="all"),
        *read_nothing("a"),
        *read_nothing("b"),
        read_host_pool({"U": 2}),
        put_organization("a", {"U": 1}),
        put_organization("b", {"U": 1}, status(400)),
        delete_organization("a"),
    )
    assert outcomes(end) == {"a": "rolled_back", "b": "failed"}
    assert not end.changed


def test_rollback_names_what_it_cannot_restore() -> None:
    end = ended(
        {**LESS, "on_error": "rollback"},
        *TWO,
        *POOLS,
        put_organization("a", {"U": 1}),
        put_organization("b", {"U": 1}, status(400)),
        put_organization("a", {"U": 2}, status(409)),
    )
    assert end.changed
    assert "Not restored: a" in end.message
    assert end.result["entries"][0]["not_restored"]


def test_rollback_names_a_write_whose_fate_stays_unknown() -> None:
    end = ended(
        {**LESS, "on_error": "rollback"},
        *TWO,
        *POOLS,
        put_organization("a", {"U": 1}),
        put_organization("b", {"U": 1}, status(502)),
        read_organization("b", status(403)),
        # What may have been written is put back, as far as that is possible.
        put_organization("b", {"U": 2}, status(403)),
        put_organization("a", {"U": 2}),
    )
    assert end.failed
    assert end.changed
    assert "Not restored: b" in end.message
    assert outcomes(end)["a"] == "rolled_back"


def test_rollback_puts_back_what_the_server_holds_otherwise_than_wanted() -> None:
    end = ended(
        {**LESS, "on_error": "rollback"},
        *TWO,
        *POOLS,
        put_organization("a", {"U": 1}),
        put_organization("b", {"U": 1}, {"U": 0}),
        read_organization("b", {"U": 0}),
        put_organization("b", {"U": 2}),
        put_organization("a", {"U": 2}),
    )
    assert end.kind == "conflict"
    assert not end.changed


def test_a_write_that_the_server_understood_otherwise_is_a_change() -> None:
    write = put_organization("a", {"U": 1}, {"U": 0})
    end = ended(wanted(organization("a", {"U": 1})), TWO[0], POOLS[0], write, read_organization("a", {"U": 0}))
    assert end.kind == "conflict"
    assert end.changed


def test_verify_reread_tells_each_difference() -> None:
    end = ended(
        {**LESS, "verify": "reread"},
        *TWO,
        *POOLS,
        put_organization("a", {"U": 1}),
        put_organization("b", {"U": 1}),
        read_organization("a", {"U": 1}),
        read_organization("b", {"U": 3}),
    )
    assert end.kind == "conflict"
    assert end.message.startswith("b: ")
    assert outcomes(end) == {"a": "updated", "b": "failed"}
    assert end.changed


def test_a_second_look_that_fails_does_not_lose_the_report() -> None:
    arguments = wanted(organization("a", {"U": 1}), verify="reread")
    end = ended(arguments, TWO[0], POOLS[0], put_organization("a", {"U": 1}), read_organization("a", status(403)))
    assert end.failed
    assert end.changed
    assert len(end.result["entries"]) == 1


# What is returned


@pytest.mark.parametrize(
    ("entries", "shown"),
    [("all", ["a", "b"]), ("changed", ["b"]), ("failed", []), ("none", [])],
)
def test_entries_are_shown_as_asked(entries: str, shown: list[str]) -> None:
    end = ended(
        wanted(organization("a", {"U": 2}), organization("b", {"U": 1}), entries=entries),
        *TWO,
        POOLS[1],
        put_organization("b", {"U": 1}),
    )
    assert list(outcomes(end)) == shown
    assert end.result["summary"] == {
        **{"unchanged": 1, "created": 0, "updated": 1, "removed": 0},
        **{"failed": 0, "not_attempted": 0, "rolled_back": 0},
    }


def test_the_server_part_of_an_entry_is_what_its_answer_says() -> None:
    end = ended(wanted(organization("a", {"U": 1})), TWO[0], POOLS[0], put_organization("a", {"U": 1}))
    assert end.result["entries"][0]["server"] == {"license_code": "L-1"}
    assert end.result["entries"][0]["before"] == {"U": 2}
    assert end.result["entries"][0]["after"] == {"U": 1}


# What cannot be read


def test_an_unreadable_level_of_one_organization_stops_all() -> None:
    arguments = wanted(organization("a", {"U": 1}), organization("b", tenants=[tenant("t", service("du", {"U": 1}))]))
    end = ended(arguments, TWO[0], read_services("b", status(404)))
    assert end.kind == "unreadable"


def test_unreadable_services_are_written_where_everything_about_them_is_declared() -> None:
    arguments = wanted(
        organization(
            "a", tenants=[tenant("t", service("du", {"U": 1}, exclusive=True), {"type": "ai", "state": "absent"})]
        ),
        on_unreadable="write",
    )
    end = ended(
        arguments,
        read_services("a", status(404)),
        put_service(("a", "t", "du"), "Namet", {"U": 1}),
        delete_service("a", "t", "ai"),
    )
    assert not end.failed
    assert end.changed
    assert len(end.warnings) == 2


@pytest.mark.parametrize(
    "one",
    [
        organization("a", tenants=[tenant("t", service("du", {"U": 1}))]),
        organization("a", exclusive_services=True, tenants=[tenant("t", service("du", {"U": 1}, exclusive=True))]),
        organization("a", tenants=[{"id": "t", "state": "absent"}]),
    ],
)
def test_unreadable_services_are_not_written_where_something_is_left_open(one: dict[str, Any]) -> None:
    end = ended(wanted(one, on_unreadable="write"), read_services("a", status(404)))
    assert end.kind == "unreadable"
    assert "exclusive: true" in end.message


# Wrong input


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"concurrency": 0}, "concurrency is 0"),
        ({"max_runtime": 0}, "max_runtime is 0"),
        ({"max_removals": "x"}, "max_removals 'x'"),
        (
            {"organizations": [organization("b", tenants=[tenant("t1", service("du", {"U": 1.5}))])]},  # type: ignore[dict-item]
            "organization b, tenant t1, service du, U: 1.5 is not a whole number",
        ),
        (
            {"organizations": [organization("b"), organization("b")]},
            "organization b: the same organization stands twice",
        ),
        (
            {"organizations": [organization("b", {"U": 1}, tenants=[tenant("t", service("du", {"U": 2}))])]},
            "organization b: U: its services add up to 2",
        ),
    ],
)
def test_wrong_input_is_refused_with_its_place_before_any_call(options: Mapping[str, Any], words: str) -> None:
    end = ended({**wanted(), **options})
    assert end.kind == "invalid_input"
    assert words in end.message


def test_both_sources_at_once_are_refused() -> None:
    end = ended(wanted(state_file="x.yml"))
    assert end.failed
    assert end.kind is None


# Many at a time, and the end of the time


def test_many_workers_make_the_calls_of_one_and_no_more() -> None:
    names = [f"o{number:02}" for number in range(30)]
    calls = [call for name in names for call in (read_organization(name, {"U": 2}), read_pool(name, {"U": 2}))]
    calls += [put_organization(name, {"U": 1}) for name in names]
    arguments = {**wanted(*(organization(name, {"U": 1}) for name in names)), "concurrency": 8}
    end = play(org_licenses, arguments, calls, ordered=False)
    assert not end.failed
    assert end.result["api"] == {"reads": 60, "writes": 30, "sign_ins": 0, "retries": 0}


def test_no_more_calls_run_at_a_time_than_concurrency_allows(server: ScriptedServer) -> None:
    lock = threading.Lock()
    running = most = 0

    def answer(_request: Request) -> Reply:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1
        return document({"license": {"products": [{"code": "U", "quantity": 1}]}})

    server.answer = answer
    names = [f"o{number:02}" for number in range(20)]
    arguments = {**wanted(*(organization(name, {"U": 1}) for name in names)), "concurrency": 3}
    result = run(org_licenses, {**arguments, "base_url": server.url})
    assert not result.get("failed"), result
    assert most == 3


def test_max_runtime_begins_no_further_write_and_reports_what_was_done(server: ScriptedServer) -> None:
    plan = {call.path: call.reply for call in [*TWO, *POOLS]}
    written = []

    def answer(request: Request) -> Reply:
        if request.method == "GET":
            return plan[request.path]
        written.append(request.path)
        return Reply(200, put_organization("a", {"U": 1}).reply.body, delay=0.4)

    server.answer = answer
    result = run(org_licenses, {**LESS, "base_url": server.url, "max_runtime": 0.3})
    assert result["failure"]["kind"] == "interrupted"
    assert "max_runtime" in result["msg"]
    assert len(written) == 1
    assert [entry["outcome"] for entry in result["entries"]] == ["updated", "not_attempted"]
    assert result["changed"]


def test_a_token_that_ages_in_the_middle_is_renewed() -> None:
    sign_in = Call(
        "POST",
        "/api/account/authenticate",
        document({"result": "token-1"}),
        {"TenancyName": "host", "UsernameOrEmailAddress": "u", "Password": "pass-word"},
    )
    refused = put_organization("a", {"U": 1}, status(401))
    arguments = {**wanted(organization("a", {"U": 1})), "access_token": None, "username": "u", "password": "pass-word"}
    end = ended(arguments, sign_in, TWO[0], POOLS[0], refused, sign_in, put_organization("a", {"U": 1}))
    assert not end.failed
    assert end.result["api"]["sign_ins"] == 2


# What a rollback cannot restore


def test_rollback_names_a_service_whose_tenants_name_is_not_known() -> None:
    nameless = {"id": "t", "services": [{"type": kind, "state": "absent"} for kind in ("ai", "du")]}
    end = ended(
        wanted(organization("a", tenants=[nameless]), on_error="rollback", entries="all"),
        read_services("a", ("t", "ai", {"U": 1}), ("t", "du", {"U": 1})),
        delete_service("a", "t", "ai"),
        delete_service("a", "t", "du", status(400)),
    )
    assert end.changed
    assert "tenant's name" in end.result["entries"][0]["not_restored"]
    assert "Not restored: a/t/ai" in end.message


def test_rollback_names_what_could_not_be_read_before() -> None:
    services = [service(kind, {"U": 1}, exclusive=True) for kind in ("ai", "du")]
    end = ended(
        wanted(
            organization("a", tenants=[tenant("t", *services)]),
            on_error="rollback",
            entries="all",
            on_unreadable="write",
        ),
        read_services("a", status(404)),
        put_service(("a", "t", "ai"), "Namet", {"U": 1}),
        put_service(("a", "t", "du"), "Namet", {"U": 1}, status(400)),
    )
    assert end.changed
    assert end.result["entries"][0]["not_restored"] == "what it held before could not be read"


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_pool_that_has_no_answer_although_there_is_a_licence_stops_before_any_write(check_mode: bool) -> None:
    end = ended(
        wanted(organization("a", {"U": 5}, tenants=[tenant("t", service("du", {"U": 1}))])),
        read_organization("a", {"U": 5}),
        read_services("a"),
        read_pool("a", status(404)),
        read_service("a", "t", "du", status(410)),
        read_pool("a", status(404)),
        check_mode=check_mode,
    )
    assert end.kind == "unreadable"
    assert "check_capacity" in end.message


@pytest.mark.parametrize(
    ("entries", "diff_mode", "told"),
    [
        ("changed", False, True),
        ("all", False, True),
        ("none", False, False),
        ("failed", False, False),
        ("none", True, True),
    ],
)
def test_a_large_fleets_diff_is_told_only_where_it_is_asked_for(entries: str, diff_mode: bool, told: bool) -> None:
    end = ended(
        {**wanted(organization("a", {"U": 2}), entries=entries), "_ansible_diff": diff_mode},
        *read_nothing("a"),
        read_host_pool({"U": 9}),
        check_mode=True,
    )
    assert ("diff" in end.result) is told
    assert end.result["unverified"] == (["a"] if entries in ("changed", "all") else [])
    assert end.result["summary"]["created"] == 1


def test_thousands_of_warnings_become_a_few() -> None:
    kinds = [f"service{number:02}" for number in range(25)]
    end = ended(
        wanted(
            organization("a", tenants=[tenant("t", *(service(kind, {"U": 1}, exclusive=True) for kind in kinds))]),
            on_unreadable="write",
        ),
        read_services("a", status(404)),
        check_mode=True,
    )
    assert not end.failed
    assert len(end.warnings) == 21
    assert end.warnings[-1] == "There are 5 more warnings like these"


def test_of_a_write_whose_fate_stays_unknown_nothing_is_told_as_held() -> None:
    end = ended(
        wanted(organization("a", {"U": 2}), entries="all"),
        read_organization("a", {"U": 1}),
        read_host_pool({"U": 9}),
        put_organization("a", {"U": 2}, status(500)),
        read_organization("a", status(403)),
    )
    (entry,) = end.result["entries"]
    assert (entry["outcome"], entry["before"]) == ("failed", {"U": 1})
    assert "after" not in entry
    assert "whether it was written is not known" in entry["failure"]["message"]
    assert end.result["diff"] == {"before": "a: U 1\n", "after": "a: not known\n"}
