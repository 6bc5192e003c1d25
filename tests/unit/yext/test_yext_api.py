# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext's operations: envelope, paging, and what each makes of every answer."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    InvalidInput,
    LicensingError,
    OutcomeUnknown,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._model.current import LicensePack
from ansible_collections.tenantops.licensing.plugins.module_utils._yext import api as yext_api
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.api import (
    API_VERSION,
    YextAccount,
    YextLicenses,
)
from ansible_collections.tenantops.licensing.tests.unit.support.clients import API_KEY, yext
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    Reply,
    ScriptedServer,
    document,
    page,
    status,
)

AWKWARD = "a/b#c?d%e fü"
ESCAPED = "a%2Fb%23c%3Fd%25e%20f%C3%BC"
PACKS = f"/accounts/{ESCAPED}/license-packs"
SIGNED = {"v": API_VERSION, "api_key": API_KEY}
Operation = Callable[[YextLicenses], Any]

READS: dict[str, tuple[Operation, str, dict[str, str]]] = {
    "license_packs": (lambda api: api.license_packs(), PACKS, {}),
    "assignments": (lambda api: api.assignments(AWKWARD), f"{PACKS}/{ESCAPED}/assigned-entities", {}),
    "assignments_of_entity": (
        lambda api: api.assignments_of_entity(AWKWARD),
        f"{PACKS}/-/assigned-entities",
        {"assignedEntity": AWKWARD},
    ),
    "assignment_on_pack": (
        lambda api: api.assignments_of_entity("e", AWKWARD),
        f"{PACKS}/{ESCAPED}/assigned-entities",
        {"assignedEntity": "e"},
    ),
}
ENTITY_PATH = f"{PACKS}/{ESCAPED}/assigned-entities/{ESCAPED}"
WRITES: dict[str, tuple[Operation, str, Any]] = {
    "assign": (lambda api: api.assign(AWKWARD, AWKWARD), "POST", None),
    "schedule": (
        lambda api: api.set_expiration(AWKWARD, AWKWARD, "2027-01-31"),
        "PUT",
        {"expirationDate": "2027-01-31"},
    ),
    "cancel": (lambda api: api.set_expiration(AWKWARD, AWKWARD, None), "PUT", {"expirationDate": None}),
    "remove": (lambda api: api.remove(AWKWARD, AWKWARD), "DELETE", None),
}
OPERATIONS: dict[str, Operation] = {
    **{name: read[0] for name, read in READS.items()},
    **{name: write[0] for name, write in WRITES.items()},
}


def envelope(response: Any, *errors: dict[str, Any], code: int = 200) -> Reply:
    return document({"meta": {"uuid": "u-1", "errors": list(errors)}, "response": response}, code)


def error(type_: str | None = "FATAL_ERROR", message: str | None = "The reason", **more: Any) -> dict[str, Any]:
    return {"name": "NAME", "code": 2000, "type": type_, "message": message, **more}


def pack(an_id: str = "p", **fields: Any) -> dict[str, Any]:
    return {"id": an_id, **fields}


def held(an_id: str, *entities: Any) -> dict[str, Any]:
    return {"licensePack": pack(an_id), "assignedEntities": list(entities)}


def listing(*assignments: Any, token: Any = None) -> Reply:
    return envelope({"licenseAssignments": list(assignments), "nextPageToken": token})


def packs(*listed: Any, token: Any = None) -> Reply:
    return envelope({"licensePacks": list(listed), "nextPageToken": token})


def account(server: ScriptedServer, **transport: Any) -> YextLicenses:
    return yext(server.url, YextAccount(account_id=AWKWARD, api_key=API_KEY), **transport)


# What is sent


@pytest.mark.parametrize("name", READS)
def test_a_read_asks_its_path(server: ScriptedServer, name: str) -> None:
    operation, path, query = READS[name]
    server.replies(listing(held(AWKWARD)) if name != "license_packs" else packs())
    operation(account(server))
    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("GET", path, b"")
    assert request.query == {**SIGNED, **query}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_sends_exactly_its_body(server: ScriptedServer, name: str) -> None:
    operation, method, body = WRITES[name]
    server.replies(envelope({}))
    operation(account(server))
    (request,) = server.requests
    assert (request.method, request.path, request.query) == (method, ENTITY_PATH, SIGNED)
    assert request.document == body
    if body is None:
        assert request.body == b""


def test_a_token_stands_in_for_the_key(server: ScriptedServer) -> None:
    server.replies(packs())
    yext(server.url, YextAccount(access_token="token-123", api_key=API_KEY, api_version="20240101")).license_packs()
    (request,) = server.requests
    assert (request.path, request.query) == (
        "/accounts/me/license-packs",
        {"v": "20240101", "access_token": "token-123"},
    )


@pytest.mark.parametrize("given", [{}, {"api_key": ""}, {"access_token": ""}])
def test_a_missing_key_is_named_with_its_variable(server: ScriptedServer, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=r"api_key .*YEXT_API_KEY.* access_token .*YEXT_ACCESS_TOKEN"):
        yext(server.url, YextAccount(**given))
    assert server.connections == 0


# Paging


def test_pages_are_read_until_there_is_no_token(server: ScriptedServer) -> None:
    server.replies(packs(pack("a"), token="t 1"), packs(pack("b"), token="t/2"), packs(pack("c"), token=""))
    api = yext(server.url, YextAccount(api_key=API_KEY, page_size=7))
    assert list(api.license_packs()) == ["a", "b", "c"]
    assert [request.query for request in server.requests] == [
        {**SIGNED, "pageSize": "7"},
        {**SIGNED, "pageSize": "7", "pageToken": "t 1"},
        {**SIGNED, "pageSize": "7", "pageToken": "t/2"},
    ]


def test_a_repeated_token_ends_the_list(server: ScriptedServer) -> None:
    server.replies(packs(pack("a"), token="t"), packs(pack("b"), token="u"), packs(pack("c"), token="t"))
    assert list(yext(server.url).license_packs()) == ["a", "b", "c"]
    assert len(server.requests) == 3


def test_pages_that_repeat_are_not_taken_for_the_whole_list(server: ScriptedServer) -> None:
    def page_of(entity: str, assigned: int) -> Reply:
        counted = {"licensePack": pack("p", assigned=assigned), "assignedEntities": [{"entityId": entity}]}
        return listing(counted, token="t")

    server.replies(page_of("1", 2), page_of("2", 2))
    assert set(yext(server.url).assignments("p").entities) == {"1", "2"}
    server.replies(page_of("1", 3), page_of("2", 3))
    with pytest.raises(ApiError) as caught:
        yext(server.url).assignments("p")
    assert caught.value.kind == "listing_mismatch"


def test_a_pack_that_is_split_over_pages_is_put_together(server: ScriptedServer) -> None:
    server.replies(
        listing(held("p", {"entityId": "1"}), held("p", {"entityId": "2"}), token="t"),
        listing(held("p", {"entityId": "3", "expirationDate": "2027-01-31"})),
    )
    assert yext(server.url).assignments("p").entities == {"1": None, "2": None, "3": "2027-01-31"}


def test_the_filter_stands_on_every_page(server: ScriptedServer) -> None:
    server.replies(listing(token="t"), listing(held("p", {"entityId": "e"})))
    assert list(yext(server.url).assignments_of_entity("e")) == ["p"]
    assert [request.query.get("assignedEntity") for request in server.requests] == ["e", "e"]


def test_packs_are_read_once(server: ScriptedServer) -> None:
    server.replies(packs(pack("a")))
    api = yext(server.url)
    assert api.license_packs() == api.license_packs()
    assert len(server.requests) == 1


def test_packs_that_could_not_all_be_read_are_not_taken_for_all(server: ScriptedServer) -> None:
    server.replies(packs(pack("a"), token="t"), status(400), packs(pack("a"), token="t"), packs(pack("b")))
    api = yext(server.url)
    with pytest.raises(ApiError):
        api.license_packs()
    assert list(api.license_packs()) == ["a", "b"]


# What is read


@pytest.mark.parametrize(
    ("listed", "read"),
    [
        (
            {"id": "p", "name": "N", "total": 5, "assigned": 2, "available": 3, "notes": "x", "more": 1},
            LicensePack("p", "N", 5, 2, 3, "x"),
        ),
        ({"id": "p"}, LicensePack("p")),
        ({"id": "p", "name": None, "total": None, "available": 0}, LicensePack("p", available=0)),
    ],
)
def test_a_pack_is_read_whatever_is_null_or_missing(server: ScriptedServer, listed: Any, read: LicensePack) -> None:
    server.replies(packs(listed))
    assert yext(server.url).license_packs() == {"p": read}


def test_a_list_without_rows_is_none(server: ScriptedServer) -> None:
    server.replies(envelope({"licensePacks": []}))
    assert yext(server.url).license_packs() == {}


@pytest.mark.parametrize("meta", [{}, {"meta": None}, {"meta": {}}, {"meta": {"errors": None}}])
def test_an_envelope_without_meta_is_read(server: ScriptedServer, meta: Any) -> None:
    server.replies(document({"response": {"licensePacks": [pack("a")]}, **meta}))
    assert set(yext(server.url).license_packs()) == {"a"}


def test_a_write_that_is_answered_without_a_response_may_have_happened(server: ScriptedServer) -> None:
    server.replies(document({"meta": {"uuid": "u", "errors": []}}))
    with pytest.raises(OutcomeUnknown) as caught:
        yext(server.url).assign("p", "e")
    assert caught.value.kind == "protocol"


def test_the_list_of_a_pack_that_names_another_is_not_understood(server: ScriptedServer) -> None:
    server.replies(
        listing(held("p", {"entityId": "1"}), held("q", {"entityId": "2"})),
        packs(pack("p"), pack("q")),
        listing(held("P", {"entityId": "1"})),
    )
    api = yext(server.url)
    for other in ("'q'", "'P'"):
        with pytest.raises(ApiError) as caught:
            api.assignments("p")
        assert caught.value.kind == "protocol"
        assert other in caught.value.message


def test_a_list_that_never_ends_does(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = itertools.count()
    server.answer = lambda _request: packs(token=f"t{next(numbers)}")
    with pytest.raises(ApiError) as caught:
        yext(server.url).license_packs()
    assert caught.value.kind == "protocol"
    assert len(server.requests) == 21
    server.answer = lambda _request: packs(pack("a"), token=f"t{next(numbers)}")
    with pytest.raises(ApiError, match="nothing new"):
        yext(server.url).license_packs()
    assert len(server.requests) == 21 + 22
    monkeypatch.setattr(yext_api, "MOST_PAGES", 50)
    server.answer = lambda _request: packs(pack(f"p{next(numbers)}"), token=f"t{next(numbers)}")
    with pytest.raises(ApiError, match="more than 50 pages"):
        yext(server.url).license_packs()
    assert len(server.requests) == 21 + 22 + 51


def test_packs_whose_pages_repeat_are_warned_about(server: ScriptedServer) -> None:
    server.replies(packs(pack("a"), token="t"), packs(pack("b"), token="t"))
    api = yext(server.url)
    assert list(api.license_packs()) == ["a", "b"]
    assert "packs may be missing" in api.warnings[0]


@pytest.mark.parametrize(
    ("entities", "read"),
    [
        ([{"entityId": "1"}, {"entityId": "2", "expirationDate": None}], {"1": None, "2": None}),
        ([{"entityId": "1", "expirationDate": ""}], {"1": None}),
        ([{"entityId": "1", "expirationDate": "2027-01-31T00:00:00Z"}], {"1": "2027-01-31"}),
        ([{"entityId": "1"}, {"entityId": "1"}], {"1": None}),
    ],
)
def test_assigned_entities_are_read_whatever_is_null_or_missing(
    server: ScriptedServer, entities: Any, read: dict[str, str | None]
) -> None:
    server.replies(listing(held("p", *entities)))
    assert yext(server.url).assignments("p").entities == read


@pytest.mark.parametrize("name", ["assignments", "assign"])
def test_an_object_where_a_list_was_promised_is_a_list_of_one(server: ScriptedServer, name: str) -> None:
    one = {"licensePack": pack("p"), "assignedEntities": {"entityId": "e"}}
    if name == "assign":
        server.replies(envelope(one))
        assert yext(server.url).assign("p", "e") == {"e": None}
    else:
        server.replies(envelope({"licenseAssignments": one}))
        assert yext(server.url).assignments("p").entities == {"e": None}


def test_only_the_entity_that_was_asked_for_is_returned(server: ScriptedServer) -> None:
    server.replies(listing(held("p", {"entityId": "e"}, {"entityId": "f"}), held("q", {"entityId": "f"}), held("r")))
    found = yext(server.url).assignments_of_entity("e")
    assert {pack_id: assigned.entities for pack_id, assigned in found.items()} == {"p": {"e": None}}


def test_a_pack_without_assignments_may_be_left_out_of_its_own_listing(server: ScriptedServer) -> None:
    server.replies(listing(), packs(pack("p", available=3)))
    found = yext(server.url).assignments("p")
    assert (found.pack.available, found.entities) == (3, {})


# Packs that do not exist


@pytest.mark.parametrize(
    "first", [envelope({}, error(), code=400), listing(), listing(held("other", {"entityId": "e"}))]
)
def test_an_unknown_pack_is_told_with_the_known_ones(server: ScriptedServer, first: Reply) -> None:
    server.replies(first, packs(pack("b"), pack("a")))
    with pytest.raises(ApiError) as caught:
        yext(server.url).assignments("p")
    failure = caught.value.as_result()
    assert failure["kind"] == "not_found"
    assert "no license pack p " in failure["message"]
    assert failure["hint"] == "Its packs are: a, b."


def test_400_for_a_known_pack_is_passed_on(server: ScriptedServer) -> None:
    server.replies(envelope({}, error(), code=400), packs(pack("p")))
    with pytest.raises(ApiError) as caught:
        yext(server.url).assignments("p")
    assert caught.value.kind == "rejected"
    assert "The reason" in caught.value.message


def test_an_account_without_packs_is_told(server: ScriptedServer) -> None:
    server.replies(listing(), packs())
    with pytest.raises(ApiError) as caught:
        yext(server.url).assignments("p")
    assert caught.value.facts["hint"] == "Its packs are: none."


# Errors in the envelope


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("type_", ["FATAL_ERROR", "NON_FATAL_ERROR", None, "SOMETHING_NEW"])
@pytest.mark.parametrize("code", [200, 207])
def test_an_error_in_the_envelope_fails_whatever_the_status(
    server: ScriptedServer, name: str, type_: str | None, code: int
) -> None:
    server.replies(envelope({}, error("WARNING", "Careful"), error(type_, code=2024), code=code))
    with pytest.raises(LicensingError) as caught:
        OPERATIONS[name](account(server))
    assert isinstance(caught.value, OutcomeUnknown if name in WRITES else ApiError)
    failure = caught.value.as_result()
    assert (failure["kind"], failure["status"]) == ("rejected", code)
    assert (failure["code"], failure["request_id"]) == (2024, "u-1")
    assert ": The reason (" in failure["message"]


@pytest.mark.parametrize("name", WRITES)
def test_a_warning_is_passed_on(server: ScriptedServer, name: str) -> None:
    server.replies(envelope({}, error("WARNING", f"Careful with {API_KEY}")))
    api = account(server)
    OPERATIONS[name](api)
    assert api.warnings == ["Yext: Careful with ********"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (error(message=None), "NAME"),
        ({"type": "FATAL_ERROR"}, "an error without a message"),
    ],
)
def test_an_error_without_a_message_is_told_somehow(server: ScriptedServer, said: dict[str, Any], words: str) -> None:
    server.replies(envelope({}, said, code=400))
    with pytest.raises(ApiError, match=words):
        yext(server.url).assign("p", "e")


def test_several_errors_are_all_told(server: ScriptedServer) -> None:
    server.replies(envelope({}, error(message="One"), error("WARNING", "Two"), error(message="Three"), code=400))
    with pytest.raises(ApiError, match=r"Yext did not assign entity e: One; Three \(POST"):
        yext(server.url).assign("p", "e")


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("with_envelope", [True, False])
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (401, "authentication"),
        (403, "forbidden"),
        (404, "unreadable/not_found"),
        (405, "unreadable/rejected"),
        (409, "conflict"),
        (429, "rate_limited"),
        (500, "server"),
        (504, "timeout"),
    ],
)
def test_each_status_has_its_kind(server: ScriptedServer, name: str, with_envelope: bool, code: int, kind: str) -> None:
    reply = envelope(None, error(), code=code) if with_envelope else page("<html>The reason</html>", code)
    server.answer = lambda _request: reply
    with pytest.raises(LicensingError) as caught:
        OPERATIONS[name](account(server, max_retries=0))
    failure = caught.value.as_result()
    of_read, _slash, of_write = kind.partition("/")
    assert failure["kind"] == (of_write if of_write and name in WRITES else of_read)
    assert failure["status"] == code
    assert "The reason" in failure["message"]
    assert isinstance(caught.value, OutcomeUnknown) is (name in WRITES and code >= 500)
    assert API_KEY not in str(failure)
    if code in (401, 403, 429) or (code in (404, 405) and name in READS):
        assert failure["hint"]


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize(
    "reply", [page(), document([]), document(None), document({"a": 1}), Reply(200, b""), Reply(200, b'{"meta": {')]
)
def test_an_answer_without_an_envelope_is_a_failure_of_the_protocol(
    server: ScriptedServer, name: str, reply: Reply
) -> None:
    server.replies(reply)
    with pytest.raises(LicensingError) as caught:
        OPERATIONS[name](account(server))
    assert caught.value.kind == "protocol"
    assert isinstance(caught.value, OutcomeUnknown) is (name in WRITES)


@pytest.mark.parametrize("name", WRITES)
def test_a_refused_write_without_an_envelope_is_a_refusal(server: ScriptedServer, name: str) -> None:
    server.replies(page("<html>Too bad</html>", 400))
    with pytest.raises(ApiError, match="Too bad") as caught:
        OPERATIONS[name](account(server))
    assert caught.value.kind == "rejected"
