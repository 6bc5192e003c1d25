# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every answer that is read, with everything in it once missing or odd: nothing is written or told as absent on it.

The table is made by walking the right answers, so what is read in future comes in by itself.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible import runner as ansible_runner
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.watch import CancellationGuard
from ansible_collections.tenantops.licensing.plugins.modules import (
    license_assignment,
    license_assignment_info,
    license_assignments,
    license_audit_info,
    license_pack_info,
    org_license,
    org_license_info,
    org_licenses,
    tenant_service_license,
    tenant_service_license_info,
)
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import PACKS, UIPATH, YEXT, product_list, run
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    End,
    Reply,
    Request,
    ScriptedServer,
    serving,
)

# The right answers, each with no more than it is for.
ORGANIZATION = "organization/o/license/available"
SERVICES = "account/o/service-license"
SERVICE = "service-license/t/du"
POOL = "available-account-licenses"
HOST = "available-products"
LISTING = f"{PACKS}/p/assigned-entities"
WORLD: dict[str, Any] = {
    ORGANIZATION: {"license": {"products": product_list({"U": 5, "V": 2})}},
    SERVICES: [{"serviceScopeId": "t", "serviceType": "du", "license": {"products": product_list({"U": 1})}}],
    SERVICE: {"license": {"products": product_list({"U": 1})}},
    POOL: [{"code": "U", "total": 5, "allocated": 1}, {"code": "V", "total": 2, "allocated": 0}],
    HOST: {"productsWithAvailability": [{"code": "U", "totalQuantity": 90, "availableQuantity": 50}]},
    PACKS: {"meta": {"errors": []}, "response": {"licensePacks": [{"id": "p", "assigned": 2}], "nextPageToken": None}},
    LISTING: {
        "meta": {"errors": []},
        "response": {
            "licenseAssignments": [
                {"licensePack": {"id": "p"}, "assignedEntities": [{"entityId": "e"}, {"entityId": "f"}]}
            ],
            "nextPageToken": "",
        },
    },
}
DU = {"type": "du", "products": product_list({"U": 2})}
AGREED = {
    "organizations": [
        {"id": "o", "products": product_list({"U": 6}), "tenants": [{"id": "t", "name": "T", "services": [DU]}]}
    ],
    "license_packs": [{"id": "p", "exclusive": True, "entities": [{"id": "e"}, {"id": "f"}, {"id": "g"}]}],
}


@dataclass(frozen=True)
class Reader:
    """A task, and the answers that it reads; ``writes``: what it sends where all is well."""

    module: ModuleType
    arguments: Mapping[str, Any]
    reads: tuple[str, ...]
    writes: int = 0

    def __str__(self) -> str:
        return self.module.__name__.rpartition(".")[2]


READERS = [
    Reader(
        org_license, {**UIPATH, "organization_id": "o", "products": product_list({"U": 6})}, (ORGANIZATION, HOST), 1
    ),
    Reader(
        tenant_service_license,
        {
            **{**UIPATH, "organization_id": "o", "tenant_id": "t", "tenant_name": "T", "service_type": "du"},
            "products": product_list({"U": 2}),
        },
        (SERVICES, POOL),
        1,
    ),
    Reader(
        org_licenses,
        {**UIPATH, "organizations": AGREED["organizations"], "on_error": "rollback"},
        (ORGANIZATION, SERVICES, POOL, HOST),
        2,
    ),
    Reader(org_license_info, {**UIPATH, "organization_id": "o"}, (ORGANIZATION, HOST)),
    Reader(
        tenant_service_license_info,
        {**UIPATH, "organization_id": "o", "tenant_id": "t", "service_type": "du"},
        (SERVICES, POOL),
    ),
    Reader(license_assignment, {**YEXT, "license_pack_id": "p", "entity_id": "g"}, (LISTING,), 1),
    Reader(license_assignments, {**YEXT, "license_packs": AGREED["license_packs"]}, (LISTING,), 1),
    Reader(license_pack_info, {**YEXT}, (PACKS,)),
    Reader(license_assignment_info, {**YEXT, "license_pack_id": "p"}, (LISTING,)),
    Reader(
        license_audit_info,
        {**AGREED, "uipath": UIPATH, "yext": YEXT, "max_findings": "all"},
        (ORGANIZATION, SERVICES, POOL, HOST, LISTING),
    ),
]
CELLS = [(reader, read) for reader in READERS for read in reader.reads]
# Every oddity once for each answer; the other tasks read it through the same code, so a few will do.
THOROUGH = {read: (reader, read) for reader, read in reversed(CELLS)}
FEW = {"null", "negative", "an empty list", "an empty object", "another object", "a list of another object"}

RAW = {
    "NaN": "NaN",
    "infinite": "Infinity",
    "too large for a float": "1e999",
    "of 5000 digits": "9" * 5000,
    "of more than 64 bits": str(2**63),
    "a large float": "1e19",
}
ODD: dict[str, Any] = {
    "null": None,
    "true": True,
    "a text": "x y z",
    "an empty text": "",
    "a blank text": " ",
    "negative": -1,
    "a fraction": 1.5,
    "an empty list": [],
    "a list of null": [None],
    "a list of a number": [7],
    "a list of a list": [[]],
    "an empty object": {},
    "another object": {"message": "maintenance"},
    "a list of an empty object": [{}],
    "a list of another object": [{"message": "maintenance"}],
    "half a character": "\ud800",
    "a line break": "a\nb",
    "two dots": "..",
    **{name: f"@{text}@" for name, text in RAW.items()},
}
NUMBERS = {"quantity", "total", "allocated", "totalQuantity", "availableQuantity", "assigned"}
TEXTS = {"serviceScopeId", "serviceType", "code", "id", "entityId"}
# What reads well, and means something else than the right answer did: no guard can tell.
MEANS_SOMETHING = {
    **{key: {"a text"} for key in TEXTS},
    "availableQuantity": {"negative"},
    "allocated": {"a fraction"},
    "assigned": {"null", "missing"},
    "licensePacks": {"an empty list"},
    "nextPageToken": {"null", "missing", "an empty text", "a text", "a blank text", "a line break", "two dots"},
    "errors": {"null", "missing", "an empty list"},
    "meta": {"null", "missing", "an empty object", "a list of an empty object", "another object"}
    | {"a list of another object"},
}
Way = tuple[str | int, ...]


def ways(document: Any, way: Way = ()) -> Iterator[Way]:
    """The way to everything in a document, itself included."""
    yield way
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inside:
        yield from ways(value, (*way, key))


def with_value(document: Any, way: Way, value: Any) -> Any:
    """A copy of the document in which one thing is another."""
    if not way:
        return value
    changed = copy.deepcopy(document)
    inside = changed
    for key in way[:-1]:
        inside = inside[key]
    inside[way[-1]] = value
    return changed


def without(document: Any, way: Way) -> Any:
    """A copy of the document in which one thing is missing."""
    changed = copy.deepcopy(document)
    inside = changed
    for key in way[:-1]:
        inside = inside[key]
    del inside[way[-1]]
    return changed


def broken(document: Any, *, thorough: bool) -> Iterator[tuple[str, str, Any]]:
    """The document with one thing missing or odd: where, what, and the whole of it."""
    for way in ways(document):
        where = ".".join(map(str, way))
        name = str(way[-1]) if way else ""
        if way and isinstance(way[-1], str) and "missing" not in MEANS_SOMETHING.get(name, set()):
            yield where, "missing", without(document, way)
        for what, value in ODD.items():
            if what not in MEANS_SOMETHING.get(name, set()) and (thorough or what in FEW):
                yield where, what, with_value(document, way, value)


def serialized(document: Any) -> bytes:
    text = json.dumps(document)
    for raw in RAW.values():
        text = text.replace(f'"@{raw}@"', raw)
    return text.encode()


@dataclass
class World:
    """The server: it answers with the right answers, except for one of them."""

    odd: Mapping[str, bytes] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Reply:
        if request.method != "GET":
            with self.lock:
                self.writes.append(f"{request.method} {request.path}")
            return Reply(500, headers={"Connection": "close"}, end=End.CLOSE)
        read = next(one for one in WORLD if request.path.endswith(one))
        body = self.odd.get(read) or serialized(WORLD[read])
        if "assignedEntity" in request.query:
            asked = {"entityId": unquote(request.query["assignedEntity"])}
            held = [asked] if asked["entityId"] in ("e", "f") else []
            rows = [{"licensePack": {"id": "p"}, "assignedEntities": held}]
            body = serialized({"response": {"licenseAssignments": rows}})
        # Thousands of connections that wait to be used again would be too many for one process.
        return Reply(200, body, {"Content-Type": "application/json", "Connection": "close"}, end=End.CLOSE)


@pytest.fixture(scope="module")
def shared() -> Iterator[ScriptedServer]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def one_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each watch keeps files open for as long as its process lives, and here are thousands of runs in one."""
    watch = CancellationGuard(None)
    monkeypatch.setattr(ansible_runner, "CancellationGuard", lambda _max_runtime: watch)


def ended(reader: Reader, server: ScriptedServer, world: World, **more: Any) -> dict[str, Any]:
    server.answer = world.answer
    arguments = json.loads(json.dumps({**reader.arguments, **more}).replace("<server>", server.url))
    return run(reader.module, arguments)


NOT_UNDERSTOOD = {"protocol", "unreadable", "listing_mismatch"}


def told_as_absent(result: Mapping[str, Any]) -> list[Any]:
    """What a result tells as not there, although it is."""
    told = [] if result.get("license", {"state": "present"})["state"] == "present" else [result["license"]]
    told += ["no licences"] if result.get("licenses") == [] else []
    told += ["no assignments"] if result.get("assignments") == [] else []
    told += ["no packs"] if result.get("license_packs") == [] else []
    missing = [one for one in result.get("findings", []) if one["kind"] == "missing"]
    return told + [one for one in missing if one.get("entity_id") != "g"]


@pytest.mark.parametrize(("reader", "read"), CELLS, ids=str)
def test_nothing_is_decided_on_an_answer_that_is_not_understood(
    shared: ScriptedServer, reader: Reader, read: str
) -> None:
    wrong = []
    thorough = THOROUGH[read] == (reader, read)
    for where, what, document in broken(WORLD[read], thorough=thorough):
        world = World({read: serialized(document)})
        result = ended(reader, shared, world)
        kind = result["failure"]["kind"] if result.get("failed") else None
        unreadable = any(one["kind"] == "unreadable" for one in result.get("findings", []))
        if kind == "rejected" and where == "meta.errors":
            continue  # it is an error, of whatever form
        if reader.module is license_assignment and where.endswith(("licenseAssignments", "assignedEntities")):
            # The list is empty, and the entity that is asked for by itself is not there either.
            assert world.writes or kind in NOT_UNDERSTOOD
            continue
        if world.writes or told_as_absent(result) or (kind not in NOT_UNDERSTOOD and not unreadable):
            wrong.append((where, what, kind, world.writes, result.get("msg", "")[:200]))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("reader", READERS, ids=str)
def test_the_right_answers_lead_to_the_writes(shared: ScriptedServer, reader: Reader) -> None:
    """Shows that the table above could fail."""
    world = World()
    result = ended(reader, shared, world)
    assert len(world.writes) >= min(reader.writes, 1)
    assert bool(result.get("failed")) is bool(reader.writes)
    if not reader.writes:
        assert told_as_absent(result) == []


def strewn(document: Any) -> Any:
    """The document with unknown fields in every object of it, some with names that are known elsewhere."""
    if isinstance(document, list):
        return [strewn(each) for each in document]
    if not isinstance(document, dict):
        return document
    unknown = {
        "new": None,
        "message": "maintenance",
        "rows": [{"code": "X"}],
        "deep": {"quantity": "5", "more": [None]},
    }
    return {**unknown, **{key: strewn(value) for key, value in document.items()}}


@pytest.mark.parametrize(("reader", "read"), CELLS, ids=str)
def test_unknown_fields_change_nothing(shared: ScriptedServer, reader: Reader, read: str) -> None:
    plain, odd = World(), World({read: serialized(strewn(WORLD[read]))})
    first, second = ended(reader, shared, plain), ended(reader, shared, odd)
    assert sorted(plain.writes) == sorted(odd.writes)
    for told in (first, second):
        for name in ("api", "invocation", "generated_at", "generated", "expected", "until"):
            told.pop(name, None)
        for finding in told.get("findings", []):
            finding.pop("since", None)
    assert first == second
