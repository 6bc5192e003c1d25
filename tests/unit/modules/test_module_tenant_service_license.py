# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module tenant_service_license on the wire: every call that it makes, and what it makes of every answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.modules import tenant_service_license
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import (
    UIPATH,
    Call,
    Ended,
    check_and_real,
    delete_service,
    not_done,
    play,
    product_list,
    put_service,
    read_pool,
    read_service,
    read_services,
)
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    LOST,
    Reply,
    document,
    page,
    status,
)

ORG, TENANT, SERVICE = "samson", "t1", "orchestrator"
PLACE = (ORG, TENANT, SERVICE)
LABEL = f"{ORG}/Default/{SERVICE}"


def wanted(products: Mapping[str, int] | None, **options: Any) -> dict[str, Any]:
    given = {} if products is None else {"products": product_list(products), "tenant_name": "Default"}
    return {**UIPATH, "organization_id": ORG, "tenant_id": TENANT, "service_type": SERVICE, **given, **options}


def ended(arguments: Mapping[str, Any], *calls: Call, check_mode: bool = False) -> Ended:
    return play(tenant_service_license, arguments, calls, check_mode=check_mode)


def held(products: Mapping[str, int] | None, tenant: str = TENANT) -> Call:
    """Reading the organization's services, of which others hold something too."""
    others = [("t0", SERVICE, {"UNATT": 50}), (TENANT, "du", {"TIE": 9})]
    return read_services(ORG, *others, *([] if products is None else [(tenant, SERVICE, products)]))


def put(sent: Mapping[str, int], answer: Mapping[str, int] | Reply | None = None, **more: Any) -> Call:
    return put_service(PLACE, "Default", sent, answer, **more)


def record(products: Mapping[str, int]) -> dict[str, Any]:
    state = "present" if products else "absent"
    place = {"organization_id": ORG, "tenant_id": TENANT, "service_type": SERVICE}
    return {**place, "state": state, "products": product_list(products)}


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("products", "options", "before"),
    [
        ({"UNATT": 5}, {}, {"UNATT": 5, "NONPR": 1}),
        ({"TIE": 0}, {}, None),
        ({"TIE": 0}, {}, {}),
        ({"UNATT": 5}, {"exclusive": True}, {"UNATT": 5, "NONPR": 0}),
        ({"UNATT": 5}, {"exclusive": True, "ignore_codes": ["OWN"]}, {"UNATT": 5, "OWN": 7}),
        ({}, {}, {"UNATT": 5}),
    ],
)
def test_nothing_is_written_where_nothing_differs(
    check_mode: bool, products: Mapping[str, int], options: Mapping[str, Any], before: Mapping[str, int] | None
) -> None:
    reads = [held(before), *([read_pool(ORG, {"UNATT": 0}), read_service(*PLACE, status(410))] if before == {} else [])]
    end = ended(wanted(products, **options), *reads, check_mode=check_mode)
    assert not end.failed
    assert not end.changed
    assert end.result["license"] == record({code: number for code, number in (before or {}).items() if number})
    assert end.result["api"]["reads"] == len(reads)


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("before", [None, {}, {"UNATT": 0}])
def test_nothing_is_removed_where_there_is_nothing(check_mode: bool, before: Mapping[str, int] | None) -> None:
    asked = [read_pool(ORG, {"UNATT": 0}), read_service(*PLACE, {})] if before == {} else []
    end = ended(wanted(None, state="absent"), held(before), *asked, check_mode=check_mode)
    assert not end.changed
    assert end.result["outcome"] == "unchanged"


def test_the_tenants_example_of_the_vendor() -> None:
    end = check_and_real(
        tenant_service_license,
        wanted({"UNATT": 5, "NONPR": 4, "TIE": 2}),
        [held(None), read_pool(ORG, {"UNATT": 5, "NONPR": 4, "TIE": 2})],
        [put({"UNATT": 5, "NONPR": 4, "TIE": 2})],
    )
    assert end.result["outcome"] == "created"
    assert end.result["license"] == record({"UNATT": 5, "NONPR": 4, "TIE": 2})
    assert end.result["diff"] == {"before": "", "after": f"{LABEL}: NONPR 4, TIE 2, UNATT 5\n"}


def test_an_overlay_sends_the_whole_list_and_keeps_other_codes() -> None:
    end = check_and_real(
        tenant_service_license,
        wanted({"UNATT": 6}),
        [held({"UNATT": 5, "NONPR": 1}), read_pool(ORG, {"UNATT": 1})],
        [put({"UNATT": 6, "NONPR": 1})],
    )
    assert end.result["license"] == record({"UNATT": 6, "NONPR": 1})
    assert end.result["diff"]["before"] == f"{LABEL}: NONPR 1, UNATT 5\n"


def test_exclusive_takes_other_codes_away_and_leaves_ignored_ones() -> None:
    end = check_and_real(
        tenant_service_license,
        wanted({"UNATT": 5}, exclusive=True, ignore_codes=["OWN"]),
        [held({"UNATT": 5, "NONPR": 1, "OWN": 3})],
        [put({"UNATT": 5, "NONPR": 0, "OWN": 3})],
    )
    assert end.result["license"] == record({"UNATT": 5, "OWN": 3})


def test_giving_back_needs_no_look_at_the_pool() -> None:
    end = check_and_real(tenant_service_license, wanted({"UNATT": 0}), [held({"UNATT": 5})], [put({"UNATT": 0})])
    assert end.result["license"] == record({})


def test_a_licence_is_removed() -> None:
    end = check_and_real(
        tenant_service_license,
        wanted(None, state="absent"),
        [held({"UNATT": 5})],
        [delete_service(*PLACE)],
    )
    assert end.result["outcome"] == "removed"
    assert end.result["license"] == record({})


def test_a_tenant_whose_id_is_spelled_in_the_other_case_is_the_same() -> None:
    guid = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
    arguments = {**wanted({"UNATT": 5}), "tenant_id": guid.upper()}
    assert not ended(arguments, held({"UNATT": 5}, tenant=guid)).changed


def test_ids_are_escaped_on_the_wire() -> None:
    odd, escaped = "a/b#c?d%e f", "a%2Fb%23c%3Fd%25e%20f"
    arguments = {**wanted({"UNATT": 1}), "organization_id": odd, "tenant_id": odd, "service_type": odd}
    end = ended(
        arguments,
        read_services(escaped, (odd, odd, {"UNATT": 2})),
        put_service((escaped, escaped, escaped), "Default", {"UNATT": 1}),
    )
    assert end.changed


@pytest.mark.parametrize("bypass", [True, False])
def test_bypass_usage_check_is_sent_where_it_is_said(bypass: bool) -> None:
    arguments = wanted({"UNATT": 1}, bypass_usage_check=bypass)
    assert ended(arguments, held({"UNATT": 2}), put({"UNATT": 1}, bypassUsageCheck=bypass)).changed


def test_a_tenant_that_no_reading_call_confirms_is_unverified() -> None:
    reads = [read_services(ORG), read_pool(ORG, {"UNATT": 5}), read_service(*PLACE, status(410))]
    assert ended(wanted({"UNATT": 5}), *reads, check_mode=True).result["unverified"] == [LABEL]
    assert ended(wanted({"UNATT": 5}), *reads, put({"UNATT": 5})).result["unverified"] == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_shortage_is_told_with_its_numbers_before_any_write(check_mode: bool) -> None:
    reads = [held({"UNATT": 5}), read_pool(ORG, {"UNATT": 1})]
    end = ended(wanted({"UNATT": 7}), *reads, check_mode=check_mode)
    assert end.kind == "insufficient_capacity"
    assert f"UNATT: 7 wanted, 5 held, 1 left in the pool of organization {ORG}: 1 short" in end.message


@pytest.mark.parametrize("check_mode", [False, True])
def test_an_organization_without_a_licence_is_told(check_mode: bool) -> None:
    no_pool = read_pool(ORG, status(404))
    reads = [read_services(ORG), no_pool, read_service(*PLACE, status(410)), no_pool]
    end = ended(wanted({"UNATT": 7}), *reads, check_mode=check_mode)
    assert end.kind == "not_found"
    assert f"organization {ORG} has no licence" in end.message


def test_without_check_capacity_the_server_decides() -> None:
    arguments = wanted({"UNATT": 7}, check_capacity=False)
    end = ended(arguments, held({"UNATT": 5}), put({"UNATT": 7}, document({"message": "exceeds"}, 409)))
    assert end.kind == "insufficient_capacity"


def test_409_to_less_is_in_use() -> None:
    assert ended(wanted({"UNATT": 1}), held({"UNATT": 5}), put({"UNATT": 1}, status(409))).kind == "in_use"


def test_another_answer_than_wanted_fails_with_both() -> None:
    write, reading = put({"UNATT": 1}, {"UNATT": 5}), read_service(*PLACE, {"UNATT": 5})
    end = ended(wanted({"UNATT": 1}), held({"UNATT": 5}), write, reading)
    assert end.kind == "conflict"
    assert "the server holds UNATT 5 where UNATT 1 was wanted" in end.message


def test_a_code_that_survives_its_removal_is_not_removable() -> None:
    end = ended(
        wanted({"UNATT": 0}), held({"UNATT": 5}), put({"UNATT": 0}, {"UNATT": 5}), read_service(*PLACE, {"UNATT": 5})
    )
    assert end.kind == "not_removable"


@pytest.mark.parametrize(
    "reply", [document({"license": {"products": None}}), document({"license": None}), document({}), status(204)]
)
def test_an_answer_that_names_no_products_is_settled_by_reading(reply: Reply) -> None:
    before = [held({"UNATT": 5}), put({"UNATT": 1}, reply)]
    assert not ended(wanted({"UNATT": 1}), *before, read_service(*PLACE, {"UNATT": 1})).failed
    assert ended(wanted({"UNATT": 1}), *before, read_service(*PLACE, {"UNATT": 5})).kind == "conflict"


def test_the_answer_may_name_allocated_in_place_of_quantity() -> None:
    reply = document({"license": {"products": [{"code": "UNATT", "allocated": 1}]}})
    assert not ended(wanted({"UNATT": 1}), held({"UNATT": 5}), put({"UNATT": 1}, reply)).failed


@pytest.mark.parametrize("reply", [status(500), status(502), status(504), LOST, page()])
def test_a_write_whose_fate_is_unknown_is_settled_both_ways(reply: Reply) -> None:
    reading, write = held({"UNATT": 5}), put({"UNATT": 1}, reply)
    done = ended(wanted({"UNATT": 1}), reading, write, read_service(*PLACE, {"UNATT": 1}))
    assert (done.failed, done.changed) == (False, True)
    undone = ended(wanted({"UNATT": 1}), reading, *not_done(write, read_service(*PLACE, {"UNATT": 5})))
    assert (undone.failed, undone.changed) == (True, False)
    assert undone.result["license"] == record({"UNATT": 5})


@pytest.mark.parametrize("reply", [status(500), LOST, status(404)])
def test_a_removal_whose_fate_is_unknown_is_settled_both_ways(reply: Reply) -> None:
    arguments = wanted(None, state="absent")
    reading, write = held({"UNATT": 5}), delete_service(*PLACE, reply)
    assert not ended(arguments, reading, write, read_service(*PLACE, status(410))).failed
    assert not ended(arguments, reading, write, read_service(*PLACE, {}), read_services(ORG)).failed
    assert ended(arguments, reading, write, read_service(*PLACE, {}), held({"UNATT": 5})).failed
    kept = ended(arguments, reading, *not_done(write, read_service(*PLACE, {"UNATT": 5})))
    assert (kept.failed, kept.changed) == (True, False)


def test_verify_reread_reads_in_bulk_again() -> None:
    arguments = wanted({"UNATT": 1}, verify="reread")
    before = [held({"UNATT": 5}), put({"UNATT": 1})]
    assert not ended(arguments, *before, held({"UNATT": 1})).failed
    assert ended(arguments, *before, held({"UNATT": 3})).kind == "conflict"


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("code", [404, 405])
def test_what_cannot_be_read_stops_the_module(check_mode: bool, code: int) -> None:
    end = ended(wanted({"UNATT": 1}), read_services(ORG, status(code)), check_mode=check_mode)
    assert end.kind == "unreadable"


def test_what_cannot_be_read_is_written_where_that_is_asked_for() -> None:
    arguments = wanted({"UNATT": 1}, exclusive=True, on_unreadable="write")
    reading = read_services(ORG, status(404))
    checked = ended(arguments, reading, check_mode=True)
    real = ended(arguments, reading, put({"UNATT": 1}))
    for end in (checked, real):
        assert (end.failed, end.changed) == (False, True)
        assert any("cannot be read" in warning for warning in end.warnings)
    assert checked.result["license"] == real.result["license"] == record({"UNATT": 1})


def test_what_cannot_be_read_is_not_written_without_exclusive() -> None:
    end = ended(wanted({"UNATT": 1}, on_unreadable="write"), read_services(ORG, status(404)))
    assert "exclusive: true" in end.message


def test_what_cannot_be_read_can_be_removed_where_that_is_asked_for() -> None:
    arguments = wanted(None, state="absent", on_unreadable="write")
    assert ended(arguments, read_services(ORG, status(404)), delete_service(*PLACE)).changed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tenant_id": 17}, "tenant_id is 17"),
        ({"service_type": False}, "service_type is False"),
        ({"organization_id": 1.1}, "organization_id is 1.1"),
        ({"tenant_name": 5}, "name is 5"),
        ({"products": [{"code": "UNATT", "quantity": "1.0"}]}, f"service {SERVICE}, UNATT: 1.0 is not a whole number"),
    ],
)
def test_wrong_input_is_refused_with_its_place(options: Mapping[str, Any], words: str) -> None:
    end = ended({**wanted({"UNATT": 1}), **options})
    assert end.kind == "invalid_input"
    assert words in end.message


@pytest.mark.parametrize("missing", ["products", "tenant_name"])
@pytest.mark.parametrize("null", [False, True])
def test_what_present_needs_is_asked_for(missing: str, null: bool) -> None:
    arguments = wanted({"UNATT": 1})
    del arguments[missing]
    end = ended({**arguments, missing: None} if null else arguments)
    assert end.failed
    assert missing.removeprefix("tenant_") in end.message
