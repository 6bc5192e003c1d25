# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit reads of each vendor, call by call, and what becomes of places that cannot be read."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._audit.findings import Audit, Terms
from ansible_collections.tenantops.licensing.plugins.module_utils._errors import ApiError, LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import (
    parse_license_packs,
    parse_organizations,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.api import LicenseResourceManager
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.audit_read import audit_uipath
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.audit_read import audit_yext
from ansible_collections.tenantops.licensing.tests.unit.support.clients import HOST, token_source, yext
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import (
    PACKS,
    entity_list,
    envelope,
    organization_path,
    product_list,
)
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    LOST,
    Reply,
    Request,
    ScriptedServer,
    document,
    page,
    status,
)

TERMS = Terms(datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC))
HOST_POOL = f"/lrm/api/host/{HOST}/available-products"
GARBLED = Reply(200, b'{"license": ', {"Content-Type": "application/json"})
AWKWARD = "a/b#c?d%e fü"
ESCAPED = "a%2Fb%23c%3Fd%25e%20f%C3%BC"
MANY = [f"n{number}" for number in range(50)]  # of these the last is never read when an audit ends before
# What is about the server or the sign-in where every place meets it: the answer, and the kind of failure.
OF_ALL = [
    (status(403), "forbidden"),
    (status(404), "unreadable"),
    (status(405), "unreadable"),
    (page(), "protocol"),
    (GARBLED, "protocol"),
    (status(500), "server"),
    (status(503), "server"),
    (status(408), "timeout"),
    (status(504), "timeout"),
]
AT_ONCE = [
    (LOST, "connection"),
    (status(401), "authentication"),
    (Reply(429, headers={"Retry-After": "9999"}), "rate_limited"),
    (Reply(302, headers={"Location": "https://elsewhere.example/"}), "redirected"),
]


def findings(found: Audit) -> list[tuple[Any, ...]]:
    """Each finding as kind, organization or pack, code or entity, wanted, held."""
    return [
        (
            one.kind.value,
            one.spot.organization_id or one.spot.license_pack_id,
            one.spot.code or one.spot.entity_id,
            one.wanted,
            one.held,
        )
        for one in found.findings
    ]


def unreadable(found: Audit) -> dict[str | None, str | None]:
    """The places that could not be read, with what is said of them."""
    return {
        one.spot.organization_id or one.spot.license_pack_id: one.detail
        for one in found.findings
        if one.kind == "unreadable"
    }


# UiPath


def targets_of(organization: str) -> list[str]:
    """The three calls of an organization, in their order."""
    account = f"/lrm/api/account/{organization}"
    return [
        f"{organization_path(organization)}/available",
        f"{account}/available-account-licenses",
        f"{account}/service-license",
    ]


def licence(**quantities: int) -> Reply:
    return document({"license": {"products": product_list(quantities)}})


def host_pool(**quantities: int) -> Reply:
    entries = [{"code": c, "totalQuantity": 100, "availableQuantity": left} for c, left in quantities.items()]
    return document({"productsWithAvailability": entries})


def pool(**quantities: int) -> Reply:
    return document([{"code": code, "total": 100, "allocated": 100 - left} for code, left in quantities.items()])


def services(**quantities: int) -> Reply:
    """Service du of tenant t holds these; without any there is none."""
    one = {"serviceScopeId": "t", "serviceType": "du", "license": {"products": product_list(quantities)}}
    return document([one] if quantities else [])


AS_AGREED = (licence(A=2), pool(A=50), services(A=1))


def organizations(*ids: str) -> list[dict[str, Any]]:
    """Each is to have two of A, and its service one."""
    du = {"type": "du", "products": product_list({"A": 1})}
    tenants = [{"id": "t", "name": "T", "services": [du]}]
    return [{"id": an_id, "products": product_list({"A": 2}), "tenants": tenants} for an_id in ids]


def audited(server: ScriptedServer, *ids: str, concurrency: int = 1) -> Audit:
    api = LicenseResourceManager(token_source(server.url, max_retries=0, max_wait=1.0))
    return audit_uipath(api, parse_organizations(organizations(*ids)), TERMS, concurrency)


def test_an_audit_asks_the_host_once_and_each_organization_three_times(server: ScriptedServer) -> None:
    server.replies(host_pool(A=50), *AS_AGREED, *AS_AGREED)
    assert audited(server, "a", AWKWARD).findings == []
    assert [request.target for request in server.requests] == [HOST_POOL, *targets_of("a"), *targets_of(ESCAPED)]
    assert {(request.method, request.body) for request in server.requests} == {("GET", b"")}


def test_many_organizations_at_a_time_cost_no_more(server: ScriptedServer) -> None:
    ids = [f"o{number}" for number in range(20)]
    server.answer = _answering({})
    assert audited(server, *ids, concurrency=8).findings == []
    asked = Counter(request.target for request in server.requests)
    assert asked == Counter([HOST_POOL, *(target for an_id in ids for target in targets_of(an_id))])


def test_what_differs_is_found(server: ScriptedServer) -> None:
    server.replies(host_pool(A=50), licence(A=1, B=3), pool(A=50), services(A=4))
    found = audited(server, "a")
    assert sorted(findings(found)) == [
        ("added_by_server", "a", "B", 0, 3),
        ("too_little", "a", "A", 2, 1),
        ("too_much", "a", "A", 1, 4),
    ]
    assert [(one.level, one.spot.code, one.free) for one in found.pools] == [
        ("host", "A", 50),
        ("organization", "A", 50),
    ]


@pytest.mark.parametrize("unlicensed", [status(404), document({"license": None}), licence()])
@pytest.mark.parametrize("no_pool", [status(404), document([])])
def test_an_organization_without_a_licence_costs_as_much(
    server: ScriptedServer, unlicensed: Reply, no_pool: Reply
) -> None:
    server.replies(host_pool(A=50), unlicensed, no_pool, services(), *AS_AGREED)
    found = audited(server, "none", "b")
    assert [request.target for request in server.requests] == [HOST_POOL, *targets_of("none"), *targets_of("b")]
    assert findings(found) == [("missing", "none", "A", 2, 0), ("missing", "none", "A", 1, 0)]


def test_a_licence_that_the_server_does_not_show_is_not_taken_for_none(server: ScriptedServer) -> None:
    server.replies(host_pool(A=50), status(404), pool(A=50), *AS_AGREED)
    assert list(unreadable(audited(server, "hidden", "b"))) == ["hidden"]


def _answering(odd: dict[str, Reply]) -> Callable[[Request], Reply]:
    """Every organization is as agreed, but for these targets."""

    def answer(request: Request) -> Reply:
        if request.target in odd:
            return odd[request.target]
        if request.target == HOST_POOL:
            return host_pool(A=50)
        return AS_AGREED[
            ("available", "available-account-licenses", "service-license").index(request.path.split("/")[-1])
        ]

    return answer


# For one organization: the number of the call, and what it answers. 404 is how the first two say that there is nothing.
ODD = [
    *((call, reply) for reply, _kind in OF_ALL for call in range(3) if reply.status != 404 or call == 2),
    *((call, reply) for reply in (status(400), status(409)) for call in range(3)),
]


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize(("call", "reply"), ODD)
def test_one_organization_that_cannot_be_read_does_not_hide_the_others(
    server: ScriptedServer, call: int, reply: Reply, concurrency: int
) -> None:
    server.answer = _answering({targets_of("b")[call]: reply, targets_of("c")[0]: licence(A=1)})
    found = audited(server, "a", "b", "c", concurrency=concurrency)
    assert sorted(findings(found)) == [("too_little", "c", "A", 2, 1), ("unreadable", "b", None, None, None)]
    assert unreadable(found)["b"]
    assert {pool.spot.organization_id for pool in found.pools} == {None, "a", "c"}


@pytest.mark.parametrize(("reply", "kind"), OF_ALL)
def test_a_failure_that_lies_in_no_organization_fails_the_audit(
    server: ScriptedServer, reply: Reply, kind: str
) -> None:
    server.answer = _answering({targets_of(an_id)[2]: reply for an_id in "abc"})
    with pytest.raises(ApiError) as failed:
        audited(server, *"abc")
    assert failed.value.kind == kind


@pytest.mark.parametrize("reply", [status(400), status(409), status(410)])
def test_what_the_server_says_of_each_organization_fails_nothing(server: ScriptedServer, reply: Reply) -> None:
    server.answer = _answering({targets_of(an_id)[2]: reply for an_id in "abc"})
    assert list(unreadable(audited(server, *"abc"))) == ["a", "b", "c"]


def test_different_reasons_fail_only_where_none_lies_in_a_place(server: ScriptedServer) -> None:
    last = {an_id: targets_of(an_id)[2] for an_id in "ab"}
    server.answer = _answering({last["a"]: status(403), last["b"]: status(400)})
    assert list(unreadable(audited(server, *"ab"))) == ["a", "b"]
    server.answer = _answering({last["a"]: status(403), last["b"]: page()})
    with pytest.raises(ApiError):
        audited(server, *"ab")


@pytest.mark.parametrize("call", [0, 1, 2])
@pytest.mark.parametrize(("reply", "kind"), AT_ONCE)
def test_what_is_about_no_place_fails_at_once(server: ScriptedServer, reply: Reply, kind: str, call: int) -> None:
    server.answer = _answering({targets_of("b")[call]: reply})
    with pytest.raises(LicensingError) as failed:
        audited(server, "a", "b", *MANY)
    assert failed.value.kind == kind
    assert targets_of(MANY[-1])[0] not in {request.target for request in server.requests}


@pytest.mark.parametrize(("reply", "kind"), [*OF_ALL, *AT_ONCE])
def test_without_the_hosts_pool_nothing_else_is_read(server: ScriptedServer, reply: Reply, kind: str) -> None:
    server.replies(reply)
    with pytest.raises(LicensingError) as failed:
        audited(server, "a")
    assert (failed.value.kind, len(server.requests)) == (kind, 1)


@pytest.mark.parametrize(
    "reply",
    [
        document({"license": {"products": [{"code": "A", "quantity": "2"}]}}),
        document({"license": {"products": True}}),
        document({"license": 7}),
        document(["a", "b"]),
    ],
)
def test_an_answer_that_makes_no_sense_is_never_taken_for_nothing(server: ScriptedServer, reply: Reply) -> None:
    server.answer = _answering({targets_of("b")[0]: reply})
    assert findings(audited(server, "a", "b")) == [("unreadable", "b", None, None, None)]


# Yext


def listing(
    pack: str, *entities: str, token: str | None = None, counts: dict[str, Any] | None = None, **named: Any
) -> Reply:
    """One page of a pack's list."""
    told = {"total": 10, "assigned": len(entities), "available": 10 - len(entities)} if counts is None else counts
    listed = entity_list({**dict.fromkeys(entities), **named})
    one = {"licensePack": {"id": pack, "name": f"Name {pack}", **told}, "assignedEntities": listed}
    return envelope({"licenseAssignments": [one], "nextPageToken": token})


def packs_listing(*packs: dict[str, Any], token: str | None = None) -> Reply:
    return envelope({"licensePacks": list(packs), "nextPageToken": token})


def packs(*ids: str, entities: Sequence[str] = ("e",)) -> list[dict[str, Any]]:
    return [{"id": an_id, "entities": [{"id": entity} for entity in entities]} for an_id in ids]


def audited_packs(server: ScriptedServer, *ids: str, concurrency: int = 1, entities: Sequence[str] = ("e",)) -> Audit:
    api = yext(f"{server.url}/v2", max_retries=0, max_wait=1.0)
    return audit_yext(api, parse_license_packs(packs(*ids, entities=entities)), TERMS, concurrency)


def assigned_path(pack: str) -> str:
    return f"{PACKS}/{pack}/assigned-entities"


def test_an_audit_asks_each_pack_for_its_pages(server: ScriptedServer) -> None:
    counts = {"total": 10, "assigned": 3, "available": 7}
    server.replies(
        listing("p", "e", token="t1", counts=counts),
        listing("p", "f", token="t/2", counts=counts),
        listing("p", g="2026-12-01", counts=counts),
        listing(AWKWARD, "e", "f", "g"),
    )
    found = audited_packs(server, "p", AWKWARD, entities=("e", "f", "g"))
    assert findings(found) == [("expires_soon", "p", "g", None, "2026-12-01")]
    assert [(request.method, request.path, request.query.get("pageToken")) for request in server.requests] == [
        ("GET", assigned_path("p"), None),
        ("GET", assigned_path("p"), "t1"),
        ("GET", assigned_path("p"), "t/2"),
        ("GET", assigned_path(ESCAPED), None),
    ]


def test_what_differs_in_a_pack_is_found(server: ScriptedServer) -> None:
    server.replies(listing("p", "f", counts={"total": 1, "assigned": 2, "available": -1}))
    server.replies(envelope({"licenseAssignments": []}))  # of the entity that the list lacks, by itself
    found = audited_packs(server, "p")
    assert sorted(findings(found)) == [
        ("insufficient_capacity", "p", "licenses", 1, 0),
        ("listing_mismatch", "p", None, 2, 1),
        ("missing", "p", "e", 1, 0),
        ("pool_nearly_used", "p", "licenses", 0, 2),
        ("unmanaged", "p", "f", 0, 1),
    ]
    assert {one.spot.license_pack for one in found.findings} == {"Name p"}


@pytest.mark.parametrize("counts", [{}, {"total": None, "available": None}, {"assigned": 1}])
def test_missing_totals_cost_one_more_call_for_all_packs(server: ScriptedServer, counts: dict[str, Any]) -> None:
    server.replies(
        listing("p", "e", counts=counts),
        packs_listing({"id": "p", "total": 1, "assigned": 1, "available": 0}, token="t"),
        packs_listing({"id": "q", "total": 9}),
        listing("q", "e", counts=counts),
    )
    found = audited_packs(server, "p", "q")
    assert [request.path for request in server.requests] == [assigned_path("p"), PACKS, PACKS, assigned_path("q")]
    assert findings(found) == [("pool_nearly_used", "p", "licenses", 0, 1)]
    assert [(one.spot.license_pack_id, one.total, one.free) for one in found.pools] == [("p", 1, 0), ("q", 9, 8)]


@pytest.mark.parametrize("counts", [{"total": 10}, {"available": 9}])
def test_one_of_the_totals_is_enough(server: ScriptedServer, counts: dict[str, Any]) -> None:
    server.replies(listing("p", "e", counts=counts))
    found = audited_packs(server, "p")
    assert found.findings == []
    assert [(one.total, one.free) for one in found.pools] == [(10, 9)]
    assert len(server.requests) == 1


@pytest.mark.parametrize("listed", ["E", "\N{CYRILLIC SMALL LETTER IE}", "e\N{ZERO WIDTH SPACE}"])
def test_a_pack_that_spells_an_entity_otherwise_could_not_be_read(server: ScriptedServer, listed: str) -> None:
    server.replies(listing("p", listed, "f"), listing("q", "e"))
    (found,) = audited_packs(server, "p", "q").findings
    assert (found.kind, found.spot.license_pack_id, found.fixable) == ("unreadable", "p", False)
    assert "nobody can tell these two apart" in str(found.detail)


def test_a_pack_whose_totals_nobody_tells_has_no_pool(server: ScriptedServer) -> None:
    server.replies(listing("p", "e", counts={}), packs_listing({"id": "x", "total": 3}))
    found = audited_packs(server, "p")
    assert (found.findings, found.pools) == ([], [])


def test_a_pack_that_is_not_in_its_own_list_is_looked_up(server: ScriptedServer) -> None:
    server.replies(envelope({"licenseAssignments": []}), packs_listing({"id": "p", "total": 3, "available": 3}))
    assert findings(audited_packs(server, "p")) == [("missing", "p", "e", 1, 0)]
    assert [request.path for request in server.requests] == [assigned_path("p"), PACKS]


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("reply", [reply for reply, _kind in OF_ALL])
def test_one_pack_that_cannot_be_read_does_not_hide_the_others(
    server: ScriptedServer, reply: Reply, concurrency: int
) -> None:
    server.answer = lambda request: {
        assigned_path("p"): listing("p", "e"),
        assigned_path("q"): reply,
        assigned_path("r"): listing("r"),
    }[request.path]
    found = audited_packs(server, "p", "q", "r", concurrency=concurrency)
    assert findings(found) == [("missing", "r", "e", 1, 0), ("unreadable", "q", None, None, None)]
    assert unreadable(found)["q"]


@pytest.mark.parametrize(("reply", "kind"), OF_ALL)
def test_a_failure_that_lies_in_no_pack_fails_the_audit(server: ScriptedServer, reply: Reply, kind: str) -> None:
    server.answer = lambda dummy: reply
    with pytest.raises(ApiError) as failed:
        audited_packs(server, "p", "q")
    assert failed.value.kind == kind


@pytest.mark.parametrize(("reply", "kind"), AT_ONCE)
def test_what_is_about_no_pack_fails_at_once(server: ScriptedServer, reply: Reply, kind: str) -> None:
    server.answer = lambda request: (
        reply if request.path == assigned_path("q") else listing(request.path.split("/")[5], "e")
    )
    with pytest.raises(LicensingError) as failed:
        audited_packs(server, "p", "q", *MANY)
    assert failed.value.kind == kind
    assert assigned_path(MANY[-1]) not in {request.path for request in server.requests}


def test_packs_that_the_account_does_not_have_fail_nothing(server: ScriptedServer) -> None:
    refusal = envelope({}, {"code": 2000, "type": "FATAL_ERROR", "message": "Unknown pack"}, code=400)
    server.replies(refusal, packs_listing({"id": "x"}), refusal)
    found = audited_packs(server, "p", "q")
    assert [request.path for request in server.requests] == [assigned_path("p"), PACKS, assigned_path("q")]
    assert unreadable(found) == {an_id: f"There is no license pack {an_id} in this account" for an_id in "pq"}


def test_pages_that_repeat_make_a_pack_unreadable(server: ScriptedServer) -> None:
    counts = {"total": 10, "assigned": 5, "available": 5}
    server.replies(
        listing("p", "e", token="t", counts=counts), listing("p", "f", token="t", counts=counts), listing("q", "e")
    )
    assert "repeat" in str(unreadable(audited_packs(server, "p", "q"))["p"])


@pytest.mark.parametrize("name", ["total", "assigned", "available"])
@pytest.mark.parametrize("value", ["2", [2], {"is": 2}, True])
def test_a_count_that_is_no_number_makes_a_pack_unreadable(server: ScriptedServer, name: str, value: Any) -> None:
    counts = {"total": 2, "assigned": 1, "available": 1, name: value}
    server.replies(listing("p", "e", counts=counts), listing("q", "e"))
    assert list(unreadable(audited_packs(server, "p", "q"))) == ["p"]


@pytest.mark.parametrize("name", [7, True, ["x"], {"is": "x"}, "", None])
def test_a_pack_name_that_is_no_text_is_no_name(server: ScriptedServer, name: Any) -> None:
    server.replies(listing("p", counts={"total": 9, "assigned": 0, "name": name}))
    found = audited_packs(server, "p")
    assert findings(found) == [("missing", "p", "e", 1, 0)]
    assert [one.spot.license_pack for one in found.findings] == [None]
    assert [one.spot.license_pack for one in found.pools] == [None]
