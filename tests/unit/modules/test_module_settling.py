# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of answer to every kind of write, done or not done or shown late: what is told is what is held."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.modules import (
    license_assignment,
    license_assignments,
    org_licenses,
    tenant_service_license,
)
from ansible_collections.tenantops.licensing.tests.unit.support.clients import Clock
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import (
    UIPATH,
    YEXT,
    Ended,
    entity_list,
    envelope,
    product_list,
    run,
    touched,
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

WHOLE = document({"done": True})
# What a write is answered, and the kind of failure that it is where reading shows that it was not done.
DOUBTS: dict[str, tuple[Reply, str]] = {
    "300": (status(300), "redirected"),
    "303": (status(303, Location="/elsewhere"), "redirected"),
    "307": (status(307, Location="/elsewhere"), "redirected"),
    "101": (status(101), "protocol"),
    "two lengths": (Reply(200, WHOLE.body, {"Content-Length": f"{len(WHOLE.body)}\r\nContent-Length: 3"}), "protocol"),
    "cut": (replace(WHOLE, cut=5), "protocol"),
    "html": (page(), "protocol"),
    "no JSON": (Reply(200, b'{"license": '), "protocol"),
    "another shape": (document(["x"]), "protocol"),
    "a number": (document(7), "protocol"),
    "202 html": (page(code=202), "protocol"),
    "408": (status(408), "timeout"),
    "425": (status(425), "rejected"),
    "500": (status(500), "server"),
    "502": (status(502), "server"),
    "503": (status(503), "server"),
    "503 with a time": (status(503, Retry_After="2"), "server"),
    "504": (status(504), "timeout"),
    "524": (page(code=524), "server"),
    "lost": (LOST, "connection"),
}
OF_UIPATH = {
    "a quantity that is a string": (document({"license": {"products": [{"code": "U", "quantity": "4"}]}}), "protocol"),
    "a part": (document({"message": "in part"}, status=207), "rejected"),
    "a part beside a licence": (document({"license": {"products": []}, "detail": "in part"}, status=207), "rejected"),
    "products that are none": (document({"license": {"products": True}}), "protocol"),
}
OF_YEXT = {
    "in part": (envelope({}, {"type": "NON_FATAL_ERROR", "message": "in part"}, code=207), "rejected"),
    "an unknown type": (envelope({}, {"type": "SOMETHING", "message": "new"}, code=207), "rejected"),
    "fatal in a success": (envelope({}, {"type": "FATAL_ERROR", "message": "no"}), "rejected"),
    "no envelope": (document({"a": 1}), "protocol"),
}
# Where nobody has answered, or only that it cannot be now, it is sent once more.
ONCE_MORE = ("408", "425", "502", "503", "503 with a time", "504", "lost")
REFUSALS = (400, 401, 403, 409, 418, 422, 501)


@dataclass
class Server:
    """Holds one thing, shows it so many readings late, and meets the first writes as it is told to.

    ``refuses``: it does not do what it answers to so.
    """

    holds: Any
    answer: Callable[[Any], Reply]  # to a read
    done: Callable[[Request], tuple[Any, Reply]]  # what a write makes of it, and the usual answer
    faults: list[tuple[Reply, bool]] = field(default_factory=list)  # the answer, and whether it was done
    late: int = 0
    writes: int = 0
    history: list[Any] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        if request.method != "GET":
            self.writes += 1
            holds, reply = self.done(request)
            acts = True
            if self.faults:
                reply, acts = self.faults.pop(0)
            if acts:
                self.history = [self.holds] * self.late
                self.holds = holds
            return reply
        return self.answer(self.history.pop(0) if self.history else self.holds)


@dataclass(frozen=True)
class Case:
    """A module's task that makes one write."""

    module: ModuleType
    arguments: dict[str, Any]
    start: Any
    target: Any
    answer: Callable[[Any], Reply]
    done: Callable[[Request], tuple[Any, Reply]]
    record: Callable[[dict[str, Any]], Any]

    def server(self, *faults: tuple[Reply, bool], late: int = 0) -> Server:
        return Server(self.start, self.answer, self.done, list(faults), late)


# UiPath: a service of a tenant

PLACE = {"organization_id": "o", "tenant_id": "t", "tenant_name": "T", "service_type": "du"}


def uipath_answer(holds: dict[str, int]) -> Reply:
    license_ = {"products": product_list(holds)}
    return document([{"serviceScopeId": "t", "serviceType": "du", "license": license_}] if holds else [])


def uipath_done(request: Request) -> tuple[dict[str, int], Reply]:
    if request.method == "DELETE":
        return {}, status(200)
    held = {each["code"]: each["quantity"] for each in request.document["products"] if each["quantity"]}
    return held, document({"license": {"products": product_list(held)}})


def uipath_record(result: dict[str, Any]) -> dict[str, int]:
    return {each["code"]: each["quantity"] for each in result["license"]["products"]}


def uipath(start: dict[str, int], target: dict[str, int], **more: Any) -> Case:
    arguments = {**UIPATH, **PLACE, "check_capacity": False, **more}
    return Case(tenant_service_license, arguments, start, target, uipath_answer, uipath_done, uipath_record)


# Yext: an entity of a pack


def yext_answer(holds: str | None) -> Reply:
    entities = {} if holds is None else {"e": holds or None}
    return envelope(
        {"licenseAssignments": [{"licensePack": {"id": "p", "available": 5, "assigned": len(entities)},
                                 "assignedEntities": entity_list(entities)}]}
    )  # fmt: skip


def yext_done(request: Request) -> tuple[str | None, Reply]:
    if request.method == "DELETE":
        return None, envelope({})
    end = request.document["expirationDate"] if request.method == "PUT" else None
    return end or "", touched("p", {"e": end})


def yext_record(result: dict[str, Any]) -> str | None:
    assignment = result["assignment"]
    return None if assignment["state"] == "absent" else assignment["expiration_date"] or ""


def yext(start: str | None, target: str | None, **more: Any) -> Case:
    arguments = {**YEXT, "license_pack_id": "p", "entity_id": "e", **more}
    return Case(license_assignment, arguments, start, target, yext_answer, yext_done, yext_record)


CASES = {
    "UiPath PUT": uipath({"U": 3}, {"U": 4}, products=product_list({"U": 4})),
    "UiPath DELETE": uipath({"U": 3}, {}, state="absent"),
    "Yext POST": yext(None, ""),
    "Yext PUT": yext("", "2027-01-31", expiration_date="2027-01-31"),
    "Yext DELETE": yext("", None, state="absent"),
}
CELLS = [(name, fault) for name in CASES for fault in (*DOUBTS, *(OF_UIPATH if name.startswith("UiPath") else OF_YEXT))]


def met(fault: str) -> tuple[Reply, str]:
    return {**DOUBTS, **OF_UIPATH, **OF_YEXT}[fault]


def played(server: ScriptedServer, case: Case, answers: Server, **options: Any) -> dict[str, Any]:
    """The module's result against a server that answers so."""

    def answer(request: Request) -> Reply:
        single = request.path.count("/du") and request.method == "GET"
        reply = answers(request)
        if single:  # one service is told as an object, and as gone where there is none
            listed = json.loads(reply.body)
            return document(listed[0]) if listed else status(410)
        return reply

    server.answer = answer
    arguments = json.loads(json.dumps({**case.arguments, **options}).replace("<server>", server.url))
    return run(case.module, arguments)


@pytest.mark.parametrize("late", [0, 1, 2])
@pytest.mark.parametrize(("name", "fault"), CELLS)
def test_what_was_done_is_a_success_however_it_was_answered_and_however_late_it_shows(
    server: ScriptedServer, name: str, fault: str, late: int
) -> None:
    case = CASES[name]
    answers = case.server((met(fault)[0], True), late=late)
    result = played(server, case, answers, max_read_delay=10)
    assert not result.get("failed"), result
    assert result["changed"]
    assert case.record(result) == answers.holds == case.target
    assert answers.writes == result["api"]["writes"] == 1
    assert result["api"].get("rereads", 0) == late


SAID = {"a part": "in part", "a part beside a licence": "in part", "in part": "in part", "an unknown type": "new",
        "fatal in a success": "no"}  # fmt: skip


@pytest.mark.parametrize(("name", "fault"), CELLS)
def test_what_a_server_was_not_happy_with_is_told_where_it_was_done_all_the_same(
    server: ScriptedServer, name: str, fault: str
) -> None:
    case = CASES[name]
    result = played(server, case, case.server((met(fault)[0], True)))
    assert not result.get("failed"), result
    told = [warning for warning in Ended(result, []).warnings if "was done all the same" in warning]
    assert len(told) == (fault in SAID), result
    if told:
        assert f": {SAID[fault]} (" in told[0]


@pytest.mark.parametrize(("name", "fault"), CELLS)
def test_what_was_not_done_is_sent_once_more_where_nobody_has_answered_and_is_told_else(
    server: ScriptedServer, clock: Clock, name: str, fault: str
) -> None:
    case, (reply, kind) = CASES[name], met(fault)
    answers = case.server((reply, False))
    result = played(server, case, answers, max_read_delay=1)
    assert case.record(result) == answers.holds
    assert clock.waited == pytest.approx(3 if "with a time" in fault else 1, abs=2)
    if fault in ONCE_MORE:
        assert not result.get("failed"), result
        assert (answers.writes, answers.holds) == (2, case.target)
        return
    assert (result["failed"], result["failure"]["kind"]) == (True, kind)
    assert not result["changed"]
    assert (answers.writes, answers.holds) == (1, case.start)
    assert "held" in result["failure"]


@pytest.mark.parametrize("fault", ONCE_MORE)
@pytest.mark.parametrize("name", CASES)
def test_what_is_never_answered_is_sent_twice_and_no_more(server: ScriptedServer, name: str, fault: str) -> None:
    case, (reply, kind) = CASES[name], met(fault)
    answers = case.server((reply, False), (reply, False), (reply, True))
    result = played(server, case, answers)
    assert (result["failed"], result["failure"]["kind"], result["changed"]) == (True, kind, False)
    assert answers.writes == 2
    assert case.record(result) == answers.holds == case.start


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("name", CASES)
def test_a_refusal_is_believed_at_once(server: ScriptedServer, clock: Clock, name: str, code: int) -> None:
    case = CASES[name]
    answers = case.server((status(code), False), (status(code), False))  # the second one after a new sign-in
    result = played(server, case, answers, max_read_delay=10)
    assert (result["failed"], result["changed"]) == (True, False)
    assert case.record(result) == answers.holds == case.start
    assert clock.waited == 0


@pytest.mark.parametrize("late", [1, 3])
@pytest.mark.parametrize("name", CASES)
def test_reading_again_at_the_end_waits_for_what_is_late(server: ScriptedServer, name: str, late: int) -> None:
    case = CASES[name]
    answers = case.server(late=late)
    result = played(server, case, answers, verify="reread", max_read_delay=10)
    assert not result.get("failed"), result
    assert result["api"]["rereads"] == late


@pytest.mark.parametrize("name", ["UiPath DELETE", "Yext DELETE"])
@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize(
    "reply",
    [page(), document({"ok": True}), document([]), document(True), envelope({"a": 1}), status(202), Reply(200, b"OK")],
)
def test_a_removal_is_believed_only_on_the_answer_that_the_contract_has(
    server: ScriptedServer, name: str, done: bool, reply: Reply
) -> None:
    case = CASES[name]
    answers = case.server((reply, done))
    result = played(server, case, answers)
    assert bool(result.get("failed")) is not done
    assert result["changed"] is done
    assert case.record(result) == answers.holds


# A list in which something is refused


@pytest.mark.parametrize("on_error", ["stop", "continue", "rollback"])
@pytest.mark.parametrize("available", [0, 5])
def test_a_refused_entity_costs_none_its_licence(server: ScriptedServer, on_error: str, available: int) -> None:
    held = {"store-1": "2030-01-31", "store-2": None}

    def answer(request: Request) -> Reply:
        entity = request.path.rpartition("/")[2]
        if request.method == "GET":
            asked = request.query.get("assignedEntity")
            shown = {name: end for name, end in held.items() if asked in (None, name)}
            pack = {"id": "p", "available": available + 2 - len(held), "assigned": len(held)}
            return envelope({"licenseAssignments": [{"licensePack": pack, "assignedEntities": entity_list(shown)}]})
        if request.method == "DELETE":
            del held[entity]
            return envelope({})
        if entity == "stroe-1":
            return status(422)
        held[entity] = request.document["expirationDate"] if request.method == "PUT" else None
        return touched("p", {entity: held[entity]})

    server.answer = answer
    packs = [{"id": "p", "exclusive": True, "entities": [{"id": "store-2"}, {"id": "stroe-1"}]}]
    arguments = {**YEXT, "api_url": f"{server.url}/v2", "license_packs": packs, "on_error": on_error, "entries": "all"}
    result = run(license_assignments, {**arguments, "max_removals": "5"})
    assert held == {"store-1": "2030-01-31", "store-2": None}
    assert (result["failed"], result["changed"]) == (True, False)
    told = {entry["entity_id"]: entry for entry in result["entries"]}
    assert told["stroe-1"]["outcome"] == "failed"
    assert told["store-1"]["outcome"] == ("rolled_back" if available == 0 else "not_attempted")
    assert told["store-1"]["after"] == {"expiration_date": "2030-01-31"}
    if available:
        assert "p/stroe-1 could not be added" in told["store-1"]["failure"]["message"]


@pytest.mark.parametrize("on_error", ["stop", "continue", "rollback"])
@pytest.mark.parametrize("free", [0, 5])
def test_a_refused_service_costs_none_its_licence(server: ScriptedServer, on_error: str, free: int) -> None:
    held = {"orchestrator": 5}

    def answer(request: Request) -> Reply:
        service = request.path.rpartition("/")[2]
        if request.method == "GET" and service == "available-account-licenses":
            return document([{"code": "U", "total": 5 + free, "allocated": sum(held.values())}])
        if request.method == "GET":
            return document(
                [
                    {"serviceScopeId": "t", "serviceType": name, "license": {"products": product_list({"U": quantity})}}
                    for name, quantity in held.items()
                ]
            )
        if service == "orchestartor":
            return status(404)
        if request.method == "DELETE":
            del held[service]
            return status(200)
        (product,) = request.document["products"]
        held[service] = product["quantity"]
        return document({"license": {"products": [product]}})

    server.answer = answer
    service = {"type": "orchestartor", "products": product_list({"U": 5})}
    tenants = [{"id": "t", "name": "T", "services": [service]}]
    arguments = {
        **UIPATH,
        "base_url": server.url,
        "organizations": [{"id": "o", "exclusive_services": True, "tenants": tenants}],
        "on_error": on_error,
        "entries": "all",
    }
    result = run(org_licenses, arguments)
    assert held == {"orchestrator": 5}
    assert (result["failed"], result["changed"]) == (True, False)
    outcomes = {entry["service_type"]: entry["outcome"] for entry in result["entries"]}
    assert outcomes == {"orchestartor": "failed", "orchestrator": "not_attempted" if free else "rolled_back"}
