# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module org_license on the wire: every call that it makes, and what it makes of every answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.modules import org_license
from ansible_collections.tenantops.licensing.tests.unit.support.clients import HOST
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import (
    UIPATH,
    Call,
    Ended,
    check_and_real,
    delete_organization,
    not_done,
    play,
    product_list,
    put_organization,
    read_host_pool,
    read_nothing,
    read_organization,
    read_pool,
    read_services,
)
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    LOST,
    Reply,
    document,
    page,
    status,
)

ORG = "delilah"


def wanted(products: Mapping[str, int] | None, **options: Any) -> dict[str, Any]:
    given = {} if products is None else {"products": product_list(products)}
    return {**UIPATH, "organization_id": ORG, **given, **options}


def ended(arguments: Mapping[str, Any], *calls: Call, check_mode: bool = False) -> Ended:
    return play(org_license, arguments, calls, check_mode=check_mode)


def lowering(held: Mapping[str, int]) -> list[Call]:
    """What is read before something is given back: it may be that the organization's services use it."""
    return [read_organization(ORG, held), read_pool(ORG, held)]


def nothing_held(host_pool: Mapping[str, int]) -> list[Call]:
    """What is read where 404 means no licence: nothing else shows one either."""
    return [read_organization(ORG, status(404)), read_host_pool(host_pool), read_pool(ORG, status(404))]


def record(products: Mapping[str, int]) -> dict[str, Any]:
    state = "present" if products else "absent"
    return {"organization_id": ORG, "state": state, "products": product_list(products)}


# Nothing to do


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("products", "options", "held"),
    [
        ({"UNATT": 2}, {}, {"UNATT": 2, "NONPR": 1}),
        ({"UNATT": 2, "TIE": 0}, {}, {"UNATT": 2}),
        ({"TIE": 0}, {}, {}),
        ({}, {}, {"UNATT": 2}),
        ({"UNATT": 2}, {"exclusive": True}, {"UNATT": 2}),
        ({"UNATT": 2, "TIE": 0}, {"exclusive": True}, {"UNATT": 2}),
        ({"UNATT": 2}, {"exclusive": True, "ignore_codes": ["OWN"]}, {"UNATT": 2, "OWN": 7}),
        ({}, {"exclusive": True, "allow_empty": True}, {}),
    ],
)
def test_nothing_is_written_where_nothing_differs(
    check_mode: bool, products: Mapping[str, int], options: Mapping[str, Any], held: Mapping[str, int]
) -> None:
    reads = [read_organization(ORG, held), *([] if held else read_nothing(ORG)[1:])]
    end = ended(wanted(products, **options), *reads, check_mode=check_mode)
    assert not end.failed
    assert not end.changed
    assert end.result["license"] == record(held)
    assert end.result["outcome"] == "unchanged"
    assert end.result["diff"] == {"before": "", "after": ""}
    assert end.result["api"] == {"reads": len(reads), "writes": 0, "sign_ins": 0, "retries": 0}


@pytest.mark.parametrize("check_mode", [False, True])
def test_nothing_is_removed_where_there_is_nothing(check_mode: bool) -> None:
    arguments = wanted(None, state="absent")
    end = ended(arguments, *nothing_held({}), read_services(ORG), check_mode=check_mode)
    assert not end.changed
    assert end.result["license"] == record({})


# Create, change, remove


def test_a_first_licence_is_created() -> None:
    end = check_and_real(
        org_license,
        wanted({"UNATT": 2, "AIG": 1, "TAUNATT": 3}),
        [*read_nothing(ORG), read_host_pool({"UNATT": 5, "AIG": 1, "TAUNATT": 3})],
        [put_organization(ORG, {"UNATT": 2, "AIG": 1, "TAUNATT": 3})],
    )
    assert end.changed
    assert end.result["outcome"] == "created"
    assert end.result["license"] == record({"UNATT": 2, "AIG": 1, "TAUNATT": 3})
    assert end.result["diff"] == {"before": "", "after": f"{ORG}: AIG 1, TAUNATT 3, UNATT 2\n"}
    assert end.result["server"] == {"license_code": "L-1"}


def test_what_no_reading_call_confirms_is_unverified_under_check_mode() -> None:
    reads = nothing_held({"UNATT": 5})
    end = ended(wanted({"UNATT": 2}), *reads, check_mode=True)
    assert end.changed
    assert end.result["unverified"] == [ORG]
    assert ended(wanted({"UNATT": 2}), *reads, put_organization(ORG, {"UNATT": 2})).result["unverified"] == []


def test_an_overlay_sends_the_whole_list_and_keeps_other_codes() -> None:
    end = check_and_real(
        org_license,
        wanted({"UNATT": 4}),
        [read_organization(ORG, {"UNATT": 2, "NONPR": 1}), read_host_pool({"UNATT": 2})],
        [put_organization(ORG, {"UNATT": 4, "NONPR": 1})],
    )
    assert end.result["outcome"] == "updated"
    assert end.result["license"] == record({"UNATT": 4, "NONPR": 1})
    assert end.result["diff"] == {"before": f"{ORG}: NONPR 1, UNATT 2\n", "after": f"{ORG}: NONPR 1, UNATT 4\n"}


def test_exclusive_takes_other_codes_away_by_quantity_0() -> None:
    end = check_and_real(
        org_license,
        wanted({"UNATT": 1}, exclusive=True),
        lowering({"UNATT": 2, "NONPR": 1}),
        [put_organization(ORG, {"UNATT": 1, "NONPR": 0})],
    )
    assert end.result["license"] == record({"UNATT": 1})


def test_exclusive_leaves_ignored_codes() -> None:
    end = check_and_real(
        org_license,
        wanted({"UNATT": 1}, exclusive=True, ignore_codes=["OWN"]),
        lowering({"UNATT": 2, "NONPR": 1, "OWN": 9}),
        [put_organization(ORG, {"UNATT": 1, "NONPR": 0, "OWN": 9})],
    )
    assert end.result["license"] == record({"UNATT": 1, "OWN": 9})


def test_quantity_0_takes_one_code_away() -> None:
    end = check_and_real(
        org_license,
        wanted({"NONPR": 0}),
        lowering({"UNATT": 2, "NONPR": 1}),
        [put_organization(ORG, {"UNATT": 2, "NONPR": 0})],
    )
    assert end.result["license"] == record({"UNATT": 2})


def test_the_last_code_is_taken_away_by_quantity_0() -> None:
    end = check_and_real(
        org_license,
        wanted({"UNATT": 0}),
        lowering({"UNATT": 2}),
        [put_organization(ORG, {"UNATT": 0})],
    )
    assert end.result["outcome"] == "removed"
    assert end.result["license"] == record({})
    assert end.result["diff"]["after"] == ""


def test_an_empty_list_takes_everything_away_only_where_it_is_allowed() -> None:
    refused = ended(wanted({}, exclusive=True))
    assert refused.kind == "invalid_input"
    assert "allow_empty" in refused.message
    end = check_and_real(
        org_license,
        wanted({}, exclusive=True, allow_empty=True),
        lowering({"UNATT": 2}),
        [put_organization(ORG, {"UNATT": 0})],
    )
    assert end.result["license"] == record({})


def test_a_licence_is_removed() -> None:
    end = check_and_real(
        org_license,
        wanted(None, state="absent"),
        [read_organization(ORG, {"UNATT": 2}), read_services(ORG), read_pool(ORG, {"UNATT": 2})],
        [delete_organization(ORG)],
    )
    assert end.result["outcome"] == "removed"
    assert end.result["license"] == record({})
    assert end.result["diff"] == {"before": f"{ORG}: UNATT 2\n", "after": ""}


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_licence_is_not_removed_while_services_hold_some(check_mode: bool) -> None:
    end = ended(
        wanted(None, state="absent"),
        read_organization(ORG, {"UNATT": 2}),
        read_services(ORG, ("t1", "orchestrator", {"UNATT": 1}), ("t2", "du", {"TIE": 0}), ("t3", "du", None)),
        check_mode=check_mode,
    )
    assert end.kind == "in_use"
    assert "tenant t1, service orchestrator" in end.message
    assert "t2" not in end.message


@pytest.mark.parametrize("bypass", [True, False])
def test_bypass_usage_check_is_sent_where_it_is_said(bypass: bool) -> None:
    end = ended(
        wanted({"UNATT": 1}, bypass_usage_check=bypass),
        *lowering({"UNATT": 2}),
        put_organization(ORG, {"UNATT": 1}, bypassUsageCheck=bypass),
    )
    assert end.changed


def test_bypass_usage_check_does_not_relax_the_check_of_the_pool() -> None:
    arguments = wanted({"UNATT": 3}, bypass_usage_check=True)
    end = ended(arguments, read_organization(ORG, {"UNATT": 2}), read_host_pool({"UNATT": 0}))
    assert end.kind == "insufficient_capacity"


def test_an_id_is_escaped_on_the_wire() -> None:
    odd = "a/b#c?d%e f"
    escaped = "a%2Fb%23c%3Fd%25e%20f"
    end = ended(
        {**UIPATH, "organization_id": odd, "products": product_list({"UNATT": 1})},
        read_organization(escaped, {"UNATT": 2}),
        read_pool(escaped, {"UNATT": 2}),
        put_organization(escaped, {"UNATT": 1}),
    )
    assert end.result["license"]["organization_id"] == odd


# Capacity


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_shortage_is_told_with_its_numbers_before_any_write(check_mode: bool) -> None:
    end = ended(
        wanted({"UNATT": 7}),
        read_organization(ORG, {"UNATT": 5}),
        read_host_pool({"UNATT": 1}),
        check_mode=check_mode,
    )
    assert end.kind == "insufficient_capacity"
    assert not end.changed
    assert "UNATT: 7 wanted, 5 held, 1 left in the host pool: 1 short" in end.message or (
        "UNATT: 2 wanted, 0 held, 1 left in the host pool: 1 short" in end.message
    )
    (shortage,) = end.result["failure"]["shortages"]
    assert (shortage["code"], shortage["available"], shortage["short"]) == ("UNATT", 1, 1)


def test_a_shortage_names_the_quantities_as_the_user_knows_them() -> None:
    end = ended(wanted({"UNATT": 7}), read_organization(ORG, {"UNATT": 5}), read_host_pool({"UNATT": 1}))
    assert "UNATT: 7 wanted, 5 held, 1 left in the host pool: 1 short" in end.message


def test_an_unknown_code_gets_the_nearest_known_one() -> None:
    end = ended(wanted({"UNAT": 1}), *read_nothing(ORG), read_host_pool({"UNATT": 5, "TIE": 1}))
    assert end.kind == "insufficient_capacity"
    assert "nearest: UNATT" in end.message


def test_without_check_capacity_the_pool_is_not_read_and_the_server_decides() -> None:
    arguments = wanted({"UNATT": 7}, check_capacity=False)
    refusal = document({"message": "exceeds available quantities"}, 409)
    end = ended(arguments, read_organization(ORG, {"UNATT": 5}), put_organization(ORG, {"UNATT": 7}, refusal))
    assert end.kind == "insufficient_capacity"
    assert "exceeds available quantities" in end.message
    assert not end.changed
    fine = ended(arguments, read_organization(ORG, {"UNATT": 5}), put_organization(ORG, {"UNATT": 7}))
    assert fine.changed


# Removals


def test_more_implied_removals_than_allowed_stop_before_any_write() -> None:
    held = {f"CODE{number}": 1 for number in range(8)}
    arguments = wanted({"CODE0": 1}, exclusive=True)
    end = ended(arguments, read_organization(ORG, held))
    assert end.kind == "removals_exceeded"
    assert (end.result["failure"]["removals"], end.result["failure"]["allowed"]) == (7, 5)
    sent = {code: int(code == "CODE0") for code in held}
    allowed = ended({**arguments, "max_removals": "7"}, *lowering(held), put_organization(ORG, sent))
    assert allowed.changed


def test_what_is_written_as_0_never_counts_as_a_removal() -> None:
    held = {f"CODE{number}": 1 for number in range(8)}
    zeros = dict.fromkeys(held, 0)
    end = ended(wanted(zeros, exclusive=True, max_removals="0"), *lowering(held), put_organization(ORG, zeros))
    assert end.changed


@pytest.mark.parametrize("value", ["many", "-1", "101%", "1.5", "%"])
def test_max_removals_must_be_a_number_or_a_share(value: str) -> None:
    end = ended(wanted({"UNATT": 1}, max_removals=value))
    assert end.kind == "invalid_input"
    assert "max_removals" in end.message


# Answers to the write


def test_another_answer_than_wanted_fails_with_both() -> None:
    end = ended(
        wanted({"UNATT": 1}),
        *lowering({"UNATT": 2}),
        put_organization(ORG, {"UNATT": 1}, {"UNATT": 2}),
        read_organization(ORG, {"UNATT": 2}),
    )
    assert end.kind == "conflict"
    assert "the server holds UNATT 2 where UNATT 1 was wanted" in end.message
    assert end.result["failure"]["held"] == {"UNATT": 2}
    assert end.result["failure"]["wanted"] == {"UNATT": 1}
    assert end.result["outcome"] == "failed"
    assert end.result["license"] == record({"UNATT": 2})


def test_a_code_that_survives_its_removal_is_not_removable() -> None:
    end = ended(
        wanted({"UNATT": 1}, exclusive=True),
        *lowering({"UNATT": 1, "OWN": 3}),
        put_organization(ORG, {"UNATT": 1, "OWN": 0}, {"UNATT": 1, "OWN": 3}),
        read_organization(ORG, {"UNATT": 1, "OWN": 3}),
    )
    assert end.kind == "not_removable"
    assert "ignore_codes" in end.message
    assert "OWN" in end.message


def test_a_code_that_the_server_adds_by_itself_matters_only_under_exclusive() -> None:
    sent, answer = {"UNATT": 1}, {"UNATT": 1, "OWN": 3}
    reads = lowering({"UNATT": 2})
    overlay = ended(wanted({"UNATT": 1}), *reads, put_organization(ORG, sent, answer))
    assert not overlay.failed
    exclusive = ended(
        wanted({"UNATT": 1}, exclusive=True),
        *reads,
        put_organization(ORG, sent, answer),
        read_organization(ORG, answer),
    )
    assert exclusive.kind == "not_removable"
    ignored = wanted({"UNATT": 1}, exclusive=True, ignore_codes=["OWN"])
    assert not ended(ignored, *reads, put_organization(ORG, sent, answer)).failed


@pytest.mark.parametrize(
    "reply", [document({"products": None}), document({}), document(None), Reply(200, b""), status(204)]
)
def test_an_answer_that_names_no_products_is_settled_by_reading(reply: Reply) -> None:
    arguments = wanted({"UNATT": 1})
    before = [*lowering({"UNATT": 2}), put_organization(ORG, {"UNATT": 1}, reply)]
    fine = ended(arguments, *before, read_organization(ORG, {"UNATT": 1}))
    assert not fine.failed
    assert fine.changed
    assert fine.result["api"]["reads"] == 3
    assert ended(arguments, *before, read_organization(ORG, {"UNATT": 2})).kind == "conflict"


def test_verify_reread_believes_only_a_second_look() -> None:
    arguments = wanted({"UNATT": 1}, verify="reread")
    before = [*lowering({"UNATT": 2}), put_organization(ORG, {"UNATT": 1})]
    assert not ended(arguments, *before, read_organization(ORG, {"UNATT": 1})).failed
    end = ended(arguments, *before, read_organization(ORG, {"UNATT": 2}))
    assert end.kind == "conflict"
    assert end.result["license"] == record({"UNATT": 2})


def test_verify_reread_of_nothing_reads_once() -> None:
    end = ended(wanted({"UNATT": 2}, verify="reread"), read_organization(ORG, {"UNATT": 2}))
    assert not end.changed


# A write whose fate is unknown


UNKNOWN = [status(500), status(502), status(504), LOST, Reply(200, b"0123456789", cut=2), page()]


@pytest.mark.parametrize("reply", UNKNOWN)
def test_a_write_whose_fate_is_unknown_succeeds_where_the_server_holds_what_was_wanted(reply: Reply) -> None:
    end = ended(
        wanted({"UNATT": 1}),
        *lowering({"UNATT": 2}),
        put_organization(ORG, {"UNATT": 1}, reply),
        read_organization(ORG, {"UNATT": 1}),
    )
    assert not end.failed
    assert end.changed
    assert end.result["license"] == record({"UNATT": 1})


@pytest.mark.parametrize("reply", UNKNOWN)
def test_a_write_whose_fate_is_unknown_fails_where_the_server_holds_what_it_held(reply: Reply) -> None:
    end = ended(
        wanted({"UNATT": 1}),
        *lowering({"UNATT": 2}),
        *not_done(put_organization(ORG, {"UNATT": 1}, reply), read_organization(ORG, {"UNATT": 2})),
    )
    assert end.kind in ("server", "timeout", "connection", "protocol")
    assert not end.changed
    assert end.result["license"] == record({"UNATT": 2})


@pytest.mark.parametrize("reply", [status(500), LOST])
def test_a_removal_whose_fate_is_unknown_is_settled_by_reading(reply: Reply) -> None:
    arguments = wanted(None, state="absent")
    before = [
        read_organization(ORG, {"UNATT": 2}),
        read_services(ORG),
        read_pool(ORG, {"UNATT": 2}),
    ]
    write = delete_organization(ORG, reply)
    gone = ended(arguments, *before, write, *nothing_held({}))
    assert not gone.failed
    assert gone.changed
    kept = ended(arguments, *before, *not_done(write, read_organization(ORG, {"UNATT": 2})))
    assert kept.failed
    assert not kept.changed


def test_a_removal_of_what_is_gone_already_succeeds() -> None:
    end = ended(
        wanted(None, state="absent"),
        read_organization(ORG, {"UNATT": 2}),
        read_services(ORG),
        read_pool(ORG, {"UNATT": 2}),
        delete_organization(ORG, status(404)),
        *read_nothing(ORG),
    )
    assert not end.failed


def test_a_write_that_cannot_be_settled_says_that_its_fate_is_unknown() -> None:
    end = ended(
        wanted({"UNATT": 1}),
        *lowering({"UNATT": 2}),
        put_organization(ORG, {"UNATT": 1}, status(502)),
        read_organization(ORG, status(503)),
    )
    assert end.failed
    assert "not known" in end.message or "unknown" in end.message


# Refusals


@pytest.mark.parametrize(
    ("held", "products", "kind"),
    [
        ({"UNATT": 1}, {"UNATT": 2}, "insufficient_capacity"),
        ({"UNATT": 2}, {"UNATT": 1}, "in_use"),
        ({"UNATT": 2, "TIE": 1}, {"UNATT": 1, "TIE": 2}, "conflict"),
    ],
)
def test_409_is_told_by_what_was_wanted(held: Mapping[str, int], products: Mapping[str, int], kind: str) -> None:
    end = ended(
        wanted(products, check_capacity=False),
        read_organization(ORG, held),
        put_organization(ORG, products, document({"message": "No"}, 409)),
    )
    assert end.kind == kind
    assert end.result["failure"]["status"] == 409
    assert end.result["license"] == record(held)
    assert not end.changed


def test_409_to_a_removal_is_in_use() -> None:
    end = ended(
        wanted(None, state="absent"),
        read_organization(ORG, {"UNATT": 2}),
        read_services(ORG),
        read_pool(ORG, {"UNATT": 2}),
        delete_organization(ORG, status(409)),
    )
    assert end.kind == "in_use"


@pytest.mark.parametrize(
    ("code", "kind"), [(400, "rejected"), (403, "forbidden"), (404, "not_found"), (405, "rejected"), (410, "not_found")]
)
def test_a_refused_write_fails_with_its_status(code: int, kind: str) -> None:
    end = ended(wanted({"UNATT": 1}), *lowering({"UNATT": 2}), put_organization(ORG, {"UNATT": 1}, status(code)))
    failure = end.result["failure"]
    assert (failure["kind"], failure["status"], failure["method"]) == (kind, code, "PUT")
    assert failure["url"].endswith(f"/organization/{ORG}/license")
    assert end.result["outcome"] == "failed"
    assert not end.changed


@pytest.mark.parametrize(
    ("code", "kind"), [(400, "rejected"), (403, "forbidden"), (405, "unreadable"), (500, "server"), (504, "timeout")]
)
def test_a_read_that_fails_stops_before_any_write(code: int, kind: str) -> None:
    assert ended(wanted({"UNATT": 1}), read_organization(ORG, status(code))).kind == kind


def test_a_host_pool_that_cannot_be_read_stops_before_any_write() -> None:
    end = ended(wanted({"UNATT": 3}), read_organization(ORG, {"UNATT": 2}), read_host_pool(status(404)))
    assert end.kind == "unreadable"


# What cannot be read


UNREADABLE = [read_organization(ORG, status(404)), read_host_pool(status(404))]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("exclusive", [False, True])
def test_what_cannot_be_read_stops_the_module(check_mode: bool, exclusive: bool) -> None:
    end = ended(wanted({"UNATT": 1}, exclusive=exclusive), *UNREADABLE, check_mode=check_mode)
    assert end.kind == "unreadable"
    assert "on_unreadable" in end.message


def test_what_cannot_be_read_is_written_where_that_is_asked_for() -> None:
    arguments = wanted({"UNATT": 1}, exclusive=True, on_unreadable="write")
    checked = ended(arguments, *UNREADABLE, check_mode=True)
    real = ended(arguments, *UNREADABLE, put_organization(ORG, {"UNATT": 1}))
    for end in (checked, real):
        assert end.changed
        assert end.result["license"] == record({"UNATT": 1})
        assert any("cannot be read" in warning for warning in end.warnings)
    assert checked.result["diff"] == real.result["diff"]


def test_what_cannot_be_read_is_not_written_without_exclusive() -> None:
    end = ended(wanted({"UNATT": 1}, on_unreadable="write"), *UNREADABLE)
    assert end.kind == "unreadable"
    assert "exclusive: true" in end.message


def test_what_cannot_be_read_may_be_settled_by_nothing_but_the_answer() -> None:
    arguments = wanted({"UNATT": 1}, exclusive=True, on_unreadable="write", verify="reread")
    end = ended(arguments, *UNREADABLE, put_organization(ORG, {"UNATT": 1}))
    assert not end.failed
    assert end.changed


def test_a_write_of_what_cannot_be_read_needs_no_products_in_its_answer() -> None:
    arguments = wanted({"UNATT": 1}, exclusive=True, on_unreadable="write")
    silent = put_organization(ORG, {"UNATT": 1}, document({"products": None}))
    end = ended(arguments, *UNREADABLE, silent)
    assert not end.failed
    assert end.changed


def test_on_unreadable_write_changes_nothing_where_reading_works() -> None:
    arguments = wanted({"UNATT": 1}, exclusive=True, on_unreadable="write")
    assert not ended(arguments, read_organization(ORG, {"UNATT": 1})).changed


@pytest.mark.parametrize("reply", [status(403), status(500), page()])
def test_on_unreadable_write_is_for_missing_routes_only(reply: Reply) -> None:
    arguments = wanted({"UNATT": 1}, exclusive=True, on_unreadable="write")
    assert ended(arguments, read_organization(ORG, reply)).failed


# Answers of servers that do not keep to the letter


def test_null_products_are_none() -> None:
    reading = read_organization(ORG, document({"license": {"products": None, "licenseCode": None}}))
    confirmed = [reading, *read_nothing(ORG)[1:]]
    end = ended(wanted({"UNATT": 1}), *confirmed, read_host_pool({"UNATT": 1}), put_organization(ORG, {"UNATT": 1}))
    assert end.result["outcome"] == "created"


def test_a_licence_whose_time_is_over_is_warned_about() -> None:
    end = ended(wanted({"UNATT": 1}), read_organization(ORG, {"UNATT": 1}, endDate=1_600_000_000, startDate=1))
    assert any("ended on 2020-09-13" in warning for warning in end.warnings)
    assert end.result["server"] == {"end_date": 1_600_000_000, "start_date": 1}


@pytest.mark.parametrize("end_date", [0, None, 4_000_000_000, "soon", 10**18, -5])
def test_any_other_end_is_not_warned_about(end_date: Any) -> None:
    end = ended(wanted({"UNATT": 1}), read_organization(ORG, {"UNATT": 1}, endDate=end_date))
    assert not end.failed
    assert end.warnings == []


# Wrong input


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"organization_id": 123}, "organization_id is 123"),
        ({"organization_id": ".."}, "organization_id is '..'"),
        ({"organization_id": True}, "a boolean"),
        ({"products": [{"code": "UNATT", "quantity": 1.5}]}, "UNATT: 1.5 is not a whole number"),
        ({"products": [{"code": "UNATT", "quantity": True}]}, "UNATT: the boolean true is not a whole number"),
        ({"products": [{"code": "UNATT", "quantity": -1}]}, "UNATT: -1 is negative"),
        ({"products": [{"code": 83, "quantity": 1}]}, "code is 83"),
        ({"products": [{"code": "A", "quantity": 1}, {"code": "A", "quantity": 1}]}, "A: the same code stands twice"),
        ({"products": product_list({"A": 1}), "state": "absent"}, "state absent stands alone"),
        ({"timeout": 0}, "timeout is 0"),
        ({"timeout": -1}, "timeout is -1"),
        ({"max_retries": -1}, "max_retries is -1"),
        ({"max_wait": -0.5}, "max_wait is -0.5"),
        ({"ca_path": "/no/such/file"}, "ca_path: there is no file or folder"),
        ({"base_url": "suite.example.com"}, "is no base URL"),
        ({"base_url": ""}, "UIPATH_BASE_URL"),
        ({"access_token": ""}, "UIPATH_USERNAME"),
    ],
)
def test_wrong_input_is_refused_with_a_sentence_before_any_call(options: Mapping[str, Any], words: str) -> None:
    arguments = {**wanted({"UNATT": 1}), **options}
    end = ended(arguments)
    assert end.kind == "invalid_input"
    assert words in end.message
    assert not end.changed
    assert "Traceback" not in str(end.result.get("exception", ""))


@pytest.mark.parametrize("options", [{"products": [{"code": "A"}]}, {"state": "gone"}, {"surprise": 1}])
def test_what_ansible_refuses_has_no_kind(options: Mapping[str, Any]) -> None:
    end = ended({**wanted({"UNATT": 1}), **options})
    assert end.failed
    assert end.kind is None


def test_missing_products_are_refused() -> None:
    end = ended(wanted(None))
    assert end.failed
    assert "products" in end.message


def test_products_that_are_null_are_refused() -> None:
    end = ended({**wanted(None), "products": None})
    assert end.failed
    assert "products" in end.message


# The paths of a server


def test_other_paths_and_another_host_account_are_used() -> None:
    reading = read_organization(ORG, {"UNATT": 1})
    path = reading.path.replace("/lrm", "/other", 1).replace(HOST, "h-1")
    end = ended(wanted({"UNATT": 1}, lrm_path="/other/", host_account_id="h-1"), Call("GET", path, reading.reply))
    assert not end.failed


def test_of_a_write_whose_fate_stays_unknown_the_record_tells_nothing() -> None:
    end = ended(
        wanted({"UNATT": 2}),
        read_organization(ORG, {"UNATT": 1}),
        read_host_pool({"UNATT": 9}),
        put_organization(ORG, {"UNATT": 2}, status(500)),
        read_organization(ORG, status(403)),
    )
    assert end.result["license"] == {"organization_id": ORG, "state": "unknown"}
    assert (end.failed, end.changed) == (True, True)
