# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's real ``main()`` in this process, against an exchange that is written down call by call."""

from __future__ import annotations

import contextlib
import io
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as ansible_warnings

from ansible_collections.tenantops.licensing.plugins.module_utils._yext.api import API_VERSION
from ansible_collections.tenantops.licensing.tests.unit.support.clients import API_KEY, HOST, TOKEN
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    UNEXPECTED,
    Reply,
    Request,
    ScriptedServer,
    document,
    serving,
    status,
)

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One call that a module is expected to make, and the answer to it."""

    method: str
    path: str
    reply: Reply
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)

    def fits(self, request: Request) -> bool:
        return (self.method, self.path, self.query) == (request.method, request.path, request.query) and (
            self.body == (request.document if _is_json(request) else request.body.decode() or None)
        )


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type") == "application/json"


@dataclass
class Ended:
    """How a module ended: what it printed, and the calls that it made."""

    result: dict[str, Any]
    requests: list[Request]

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def changed(self) -> bool:
        return bool(self.result["changed"])

    @property
    def kind(self) -> str | None:
        failure = self.result.get("failure") or {}
        kind: str | None = failure.get("kind")
        return kind

    @property
    def message(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def warnings(self) -> list[str]:
        """The texts of all warnings; newer versions of ansible-core wrap each of them."""
        told = self.result.get("warnings", [])
        return [text if isinstance(text, str) else str(text["event"]["msg"]) for text in told]

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.requests]


@contextlib.contextmanager
def given_arguments(arguments: Arguments) -> Iterator[None]:
    """The way in which the ansible-core that is installed gives arguments to a module."""
    try:
        from ansible.module_utils.testing import patch_module_args  # noqa: PLC0415 - not before ansible-core 2.17
    except ImportError:
        text = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
        with mock.patch.object(basic, "_ANSIBLE_ARGS", text):
            yield
    else:
        with patch_module_args(dict(arguments)):
            yield


def run(
    module: ModuleType,
    arguments: Arguments,
    *,
    check_mode: bool = False,
    no_log: bool = False,
) -> dict[str, Any]:
    """Run ``main()`` and return what it printed."""
    # A script has each answer once; who tests how long is waited for one says so.
    once = {"max_read_delay": 0} if "max_read_delay" in getattr(module, "SPEC", {}) else {}
    given = {
        "_ansible_diff": True,
        **once,
        **arguments,
        "_ansible_check_mode": check_mode,
        "_ansible_no_log": no_log,
        "_ansible_remote_tmp": "/tmp",
        "_ansible_keep_remote_files": False,
    }
    ansible_warnings._global_warnings.clear()
    printed = io.StringIO()
    with given_arguments(given), contextlib.redirect_stdout(printed), pytest.raises(SystemExit) as ended:
        module.main()
    result: dict[str, Any] = json.loads(printed.getvalue())
    assert bool(result.get("failed")) is (ended.value.code != 0)
    return result


def play(
    module: ModuleType,
    arguments: Arguments,
    calls: Sequence[Call],
    *,
    check_mode: bool = False,
    ordered: bool = True,
) -> Ended:
    """Run a module against these calls: none other may be made, and each of them must be.

    ``ordered`` False: they may come in any order, as several workers make them.
    """
    waiting = list(calls)
    unexpected: list[str] = []
    lock = threading.Lock()

    def answer(request: Request) -> Reply:
        with lock:
            candidates = waiting if not ordered else waiting[:1]
            for call in candidates:
                if call.fits(request):
                    waiting.remove(call)
                    return call.reply
            unexpected.append(f"{request.method} {request.target} {request.body.decode(errors='replace')}")
            return Reply(UNEXPECTED)

    with serving() as server:
        server.answer = answer
        result = run(module, _at(server, arguments), check_mode=check_mode)
        requests = list(server.requests)
    next_call = f"; expected was {waiting[0]}" if waiting else ""
    assert not unexpected, f"unexpected call: {unexpected[0]}{next_call}"
    assert not waiting, f"calls that were not made: {waiting}; result: {result}"
    return Ended(result, requests)


def _at(server: ScriptedServer, arguments: Arguments) -> dict[str, Any]:
    """The arguments with the server's address in place of ``<server>``."""
    given: dict[str, Any] = json.loads(json.dumps(dict(arguments)).replace("<server>", server.url))
    return given


def check_and_real(
    module: ModuleType, arguments: Arguments, reads: Sequence[Call], writes: Sequence[Call], after: Sequence[Call] = ()
) -> Ended:
    """Run a module under check mode, then for real; returns the real end.

    Under check mode only the reads may come, and what is told must be the same: changed, record, outcome and diff.
    """
    checked = play(module, arguments, reads, check_mode=True)
    assert set(checked.methods) <= {"GET"}
    assert checked.result.get("api", {}).get("writes", 0) == 0
    real = play(module, arguments, [*reads, *writes, *after])
    assert not checked.failed, checked.result
    assert not real.failed, real.result
    for name in ("changed", "license", "assignment", "outcome", "diff", "entries", "summary"):
        assert _predictable(checked.result.get(name)) == _predictable(real.result.get(name)), name
    assert real.result["api"]["writes"] == len(writes)
    return real


def _predictable(value: Any) -> Any:
    """Entries without what only the server determines."""
    if isinstance(value, list):
        return [_predictable(entry) for entry in value]
    return {name: part for name, part in value.items() if name != "server"} if isinstance(value, dict) else value


def not_done(write: Call, reading: Call) -> list[Call]:
    """The calls after which a write has surely not been done: it is made once more where nobody has answered to it."""
    unanswered = write.reply.silent or write.reply.status in (408, 425, 502, 503, 504)
    return [write, reading] * (2 if unanswered else 1)


# UiPath

UIPATH = {"base_url": "<server>", "access_token": TOKEN, "max_retries": 0}


def product_list(quantities: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"code": code, "quantity": quantity} for code, quantity in sorted(quantities.items())]


def organization_path(organization: str) -> str:
    return f"/lrm/api/host/{HOST}/organization/{organization}/license"


def read_organization(organization: str, held: Mapping[str, int] | Reply | None, **details: Any) -> Call:
    """Reading an organization's own licence."""
    if isinstance(held, Reply):
        reply = held
    else:
        reply = document({"license": None if held is None else {"products": product_list(held), **details}})
    return Call("GET", f"{organization_path(organization)}/available", reply)


def read_nothing(organization: str) -> list[Call]:
    """Reading an organization that is told without a licence, which its totals and its services confirm."""
    return [read_organization(organization, None), read_pool(organization, status(404)), read_services(organization)]


def read_host_pool(available: Mapping[str, int] | Reply) -> Call:
    products = {} if isinstance(available, Reply) else available
    entries = [{"code": code, "totalQuantity": 100, "availableQuantity": left} for code, left in products.items()]
    reply = available if isinstance(available, Reply) else document({"productsWithAvailability": entries})
    return Call("GET", f"/lrm/api/host/{HOST}/available-products", reply)


def read_pool(organization: str, available: Mapping[str, int] | Reply) -> Call:
    """Reading what an organization has left, of 100 of each."""
    products = {} if isinstance(available, Reply) else available
    entries = [{"code": code, "total": 100, "allocated": 100 - left} for code, left in products.items()]
    reply = available if isinstance(available, Reply) else document(entries)
    return Call("GET", f"/lrm/api/account/{organization}/available-account-licenses", reply)


def read_services(organization: str, *services: tuple[str, str, Mapping[str, int] | None] | Reply) -> Call:
    """Reading every service licence: tenant, type, quantities."""
    path = f"/lrm/api/account/{organization}/service-license"
    entries = []
    for service in services:
        if isinstance(service, Reply):
            return Call("GET", path, service)
        tenant, service_type, held = service
        license_ = None if held is None else {"products": product_list(held)}
        entries.append({"serviceScopeId": tenant, "serviceType": service_type, "license": license_})
    return Call("GET", path, document(entries))


def service_path(organization: str, tenant: str, service: str) -> str:
    return f"/lrm/api/account/{organization}/service-license/{tenant}/{service}"


def read_service(organization: str, tenant: str, service: str, held: Mapping[str, int] | Reply) -> Call:
    reply = held if isinstance(held, Reply) else document({"license": {"products": product_list(held)}})
    return Call("GET", service_path(organization, tenant, service), reply)


def put_organization(
    organization: str, sent: Mapping[str, int], answer: Mapping[str, int] | Reply | None = None, **more: Any
) -> Call:
    """Writing an organization's licence; the answer holds what was sent, unless told otherwise."""
    told = sent if answer is None else answer
    held = {code: number for code, number in told.items() if number} if not isinstance(told, Reply) else {}
    reply = told if isinstance(told, Reply) else document({"products": product_list(held), "licenseCode": "L-1"})
    return Call("PUT", organization_path(organization), reply, {"productQuantities": product_list(sent), **more})


def put_service(
    place: tuple[str, str, str],
    name: str,
    sent: Mapping[str, int],
    answer: Mapping[str, int] | Reply | None = None,
    **more: Any,
) -> Call:
    told = sent if answer is None else answer
    held = {code: number for code, number in told.items() if number} if not isinstance(told, Reply) else {}
    reply = told if isinstance(told, Reply) else document({"license": {"products": product_list(held)}})
    body = {"tenantName": name, "products": product_list(sent), **more}
    return Call("PUT", service_path(*place), reply, body)


def delete_organization(organization: str, reply: Reply | None = None) -> Call:
    return Call("DELETE", f"{organization_path(organization)}/remove", reply or status(200))


def delete_service(organization: str, tenant: str, service: str, reply: Reply | None = None) -> Call:
    return Call("DELETE", service_path(organization, tenant, service), reply or status(200))


# Yext

YEXT = {"api_url": "<server>/v2", "api_key": API_KEY, "max_retries": 0}
SIGNED = {"v": API_VERSION, "api_key": API_KEY}
PACKS = "/v2/accounts/me/license-packs"


def envelope(response: Any, *errors: Mapping[str, Any], code: int = 200) -> Reply:
    return document({"meta": {"uuid": "uuid-1", "errors": list(errors)}, "response": response}, code)


def entity_list(entities: Mapping[str, str | None]) -> list[dict[str, Any]]:
    return [{"entityId": entity, "expirationDate": end} for entity, end in entities.items()]


def read_packs(*packs: Mapping[str, Any]) -> Call:
    return Call("GET", PACKS, envelope({"licensePacks": list(packs)}), query=SIGNED)


def read_assignments(
    pack: str, entities: Mapping[str, str | None] | Reply, available: int | None = 100, **more: Any
) -> Call:
    """Reading a pack's list. ``more``: further fields of the pack."""
    if isinstance(entities, Reply):
        reply = entities
    else:
        fields = {"id": pack, "available": available, "assigned": len(entities), **more}
        reply = envelope({"licenseAssignments": [{"licensePack": fields, "assignedEntities": entity_list(entities)}]})
    return Call("GET", f"{PACKS}/{pack}/assigned-entities", reply, query=SIGNED)


def read_assignment(pack: str, entity: str, entities: Mapping[str, str | None] | Reply) -> Call:
    """Reading one entity's assignment."""
    listing = read_assignments(pack, entities)
    return Call("GET", listing.path, listing.reply, query={**SIGNED, "assignedEntity": entity})


def _entity_call(method: str, pack: str, entity: str, reply: Reply | None, body: Any = None) -> Call:
    path = f"{PACKS}/{pack}/assigned-entities/{entity}"
    return Call(method, path, reply or envelope({}), body, SIGNED)


def touched(pack: str, entities: Mapping[str, str | None]) -> Reply:
    """The answer to a write that names these entities."""
    return envelope({"licensePack": {"id": pack}, "assignedEntities": entity_list(entities)})


def assign(pack: str, entity: str, reply: Reply | None = None) -> Call:
    """Assigning; the answer names the entity, unless told otherwise."""
    return _entity_call("POST", pack, entity, reply or touched(pack, {entity: None}))


def set_expiration(pack: str, entity: str, date: str | None, reply: Reply | None = None) -> Call:
    return _entity_call("PUT", pack, entity, reply or touched(pack, {entity: date}), {"expirationDate": date})


def remove(pack: str, entity: str, reply: Reply | None = None) -> Call:
    return _entity_call("DELETE", pack, entity, reply)
