# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated arguments and generated answers: check mode never writes, and no module ever ends in a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.options import UIPATH
from ansible_collections.tenantops.licensing.plugins.modules import (
    desired_state_info,
    license_assignment,
    license_assignment_info,
    license_assignments,
    license_pack_info,
    org_license,
    org_license_info,
    org_licenses,
    tenant_service_license,
    tenant_service_license_info,
    uipath_login,
)
from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import run
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    Reply,
    Request,
    ScriptedServer,
    document,
    serving,
    status,
)

WRITING = [org_license, org_licenses, tenant_service_license, license_assignment, license_assignments]
READING = [
    *(license_assignment_info, license_pack_info, org_license_info),
    *(tenant_service_license_info, uipath_login, desired_state_info),
]
MODULES = [*WRITING, *READING]
generated = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# What stands in options, by their names: what can be meant, and seldom what cannot.
IDS = ["o", "t", "p", "e", "a/b"]
VALUES: dict[str, tuple[list[Any], list[Any]]] = {
    **dict.fromkeys(["id", "organization_id", "tenant_id", "entity_id"], (IDS, [7, ""])),
    "license_pack_id": (IDS, ["-", 7]),
    **dict.fromkeys(["name", "tenant_name"], (["Name", "Default"], [5])),
    **dict.fromkeys(["type", "service_type"], (["du", "ai"], [True])),
    "code": (["U", "V", "W"], ["UU", 83]),
    "quantity": ([0, 1, 2, 3, "4"], [1.5, True, -1, 10**6]),
    "expiration_date": (["never", "2027-01-31"], ["2027-02-30", 5]),
    "labels": ([{}, {"a": "b"}], [{"a": 1}]),
    "max_removals": (["10%", "0", "100"], ["x"]),
    "ignore_codes": ([[], ["V"], ["U", "V"]], []),
    "timeout": ([5, 30], [0]),
    "max_retries": ([0, 1], [-1]),
    "max_wait": ([0, 5], [-1]),
    "max_runtime": ([60], [0]),
    "concurrency": ([1, 2, 8], [0]),
    "page_size": ([1, 50], [0]),
    "max_response_size": ([1, 64], [0, 4097]),
    "api_version": (["20250101"], ["today"]),
    "sign_in_path": (["/sign-in", "sign-in"], []),
    "lrm_path": (["/lrm", "lrm/"], []),
    "only_organization": ([""], ["o", "nowhere"]),
    "only_tenant": ([""], ["t"]),
    "state_file": ([], ["/no/such/file.yml"]),
    "ca_path": ([], ["/no/such/file.pem"]),
}
RARE = {"state_file", "ca_path"}
LIKELY = {"products", "organizations", "license_packs", "tenants", "services", "entities", "name", "tenant_name"}
# These decide where the calls go, and whether there are any.
FIXED = {"base_url", "api_url"}


def spec_of(module: ModuleType) -> Mapping[str, Mapping[str, Any]]:
    spec: Mapping[str, Mapping[str, Any]] = getattr(module, "SPEC", UIPATH)
    return spec


def key_of(item: Mapping[str, Any]) -> str:
    """What an item of a list is told apart by."""
    return next(name for name in ("id", "code", "type") if name in item)


def value_of(name: str, option: Mapping[str, Any], careful: bool) -> st.SearchStrategy[Any]:
    """Values for one option of an argument spec. ``careful``: only such as can be meant."""
    if "options" in option:
        items = fields_of(option["options"], careful)
        if careful:
            return st.lists(items, min_size=1, max_size=3, unique_by=lambda item: str(item[key_of(item)]))
        return st.lists(items, max_size=3)
    if "choices" in option:
        return st.sampled_from([option.get("default", option["choices"][0])] * 3 + list(option["choices"]))
    if option.get("type") == "bool":
        return st.booleans()
    if name in VALUES:
        good, odd = VALUES[name]
        return st.sampled_from(good if careful else good * 3 + odd)
    return st.sampled_from(["some-text-123", "another-text-4"])


@st.composite
def fields_of(draw: st.DrawFn, spec: Mapping[str, Mapping[str, Any]], careful: bool) -> dict[str, Any]:
    """Values for the options of a spec: each optional one is there or not."""
    chosen: dict[str, Any] = {}
    for name, option in spec.items():
        # What makes a task do something is there more often than not.
        share = 10 if option.get("required") else 9 if name in LIKELY else 3
        if name not in FIXED and name not in RARE and draw(st.integers(1, 10)) <= share:
            chosen[name] = draw(value_of(name, option, careful))
    if careful and chosen.get("state") == "absent":
        for beside in ("products", "services", "expiration_date"):
            chosen.pop(beside, None)
    return chosen


def arguments_of(module: ModuleType) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments for a module, generated from its argument spec."""
    spec = spec_of(module)
    return st.integers(0, 4).flatmap(lambda number: fields_of(spec, number < 4))


HELD = [{"code": "U", "quantity": 2}, {"code": "V", "quantity": 1}]
POOL = [{"code": code, "total": 50, "allocated": 3} for code in "UVW"]
HOST_POOL = [{"code": code, "totalQuantity": 90, "availableQuantity": 50} for code in "UVW"]
SERVICES = [
    {"serviceScopeId": tenant, "serviceType": "du", "license": {"products": HELD}} for tenant in ("t", "e", "zz")
]


def reading(request: Request) -> Reply:
    """A server on which something is held everywhere."""
    last = request.path.rpartition("/")[2]
    if last == "available":
        return document({"license": {"products": HELD}})
    if last == "available-products":
        return document({"productsWithAvailability": HOST_POOL})
    if last == "available-account-licenses":
        return document(POOL)
    if last == "service-license":
        return document(SERVICES)
    packs = [{"id": an_id, "name": "Name", "available": 20, "assigned": 2} for an_id in ("o", "p", "e", "t", "a/b")]
    if last == "license-packs":
        return document({"meta": {}, "response": {"licensePacks": packs}})
    entities = [{"entityId": "e"}, {"entityId": "other", "expirationDate": "2027-12-31"}]
    asked = unquote(request.path.split("/")[-2])
    named = [pack for pack in packs if asked in ("-", pack["id"])]
    assignments = [{"licensePack": pack, "assignedEntities": entities} for pack in named]
    return document({"meta": {}, "response": {"licenseAssignments": assignments}})


@pytest.fixture(scope="module")
def shared() -> Iterator[ScriptedServer]:
    with serving() as running:
        yield running


def complete(module: ModuleType, arguments: dict[str, Any], server: ScriptedServer) -> dict[str, Any]:
    """The arguments with the server's address, and with a sign-in more often than not."""
    options = spec_of(module)
    if "base_url" in options:
        client = {"client_id": "client", "client_secret": "secret-12"} if "auth_flow" in arguments else {}
        return {"username": "user", "password": "pass-word", **client, **arguments, "base_url": server.url}
    return {"api_key": "key-0123456789", **arguments, "api_url": server.url} if "api_url" in options else arguments


SIGN_INS = {"/sign-in", "/api/account/authenticate", "/identity_/connect/token"}


def is_write(request: Request) -> bool:
    """Anything but a read and the sign-in."""
    return request.method != "GET" and not (request.method == "POST" and request.path in SIGN_INS)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_check_mode_sends_nothing_but_reads_and_the_sign_in(shared: ScriptedServer, module: ModuleType) -> None:
    ends: list[str] = []

    @settings(generated, max_examples=examples(0.6, least=60) if module in WRITING else examples(0.15, least=15))
    @given(arguments=arguments_of(module), readable=st.sampled_from([True, True, True, False]))
    def check(arguments: dict[str, Any], readable: bool) -> None:
        shared.requests.clear()

        def answer(request: Request) -> Reply:
            if request.method == "POST":
                return document({"result": "token-0123", "access_token": "token-0123"})
            return reading(request) if readable else status(404)

        shared.answer = answer
        result = run(module, complete(module, arguments, shared), check_mode=True, no_log=True)
        assert [f"{request.method} {request.path}" for request in shared.requests if is_write(request)] == []
        assert result.get("api", {}).get("writes", 0) == 0
        ends.append("failed" if result.get("failed") else "changed" if result["changed"] else "same")

    check()
    # The arguments must reach the place where a write would be made.
    if module in WRITING:
        assert ends.count("changed") >= 3, ends
    else:
        assert "changed" not in ends
        assert "same" in ends


@pytest.mark.parametrize("module", WRITING, ids=lambda module: module.__name__.rpartition(".")[2])
def test_the_same_arguments_write_in_a_real_run(shared: ScriptedServer, module: ModuleType) -> None:
    """Shows that the test above can fail: outside check mode the generated arguments do write."""
    writes: list[str] = []

    @settings(generated, max_examples=examples(0.6, least=60))
    @given(arguments=arguments_of(module))
    def check(arguments: dict[str, Any]) -> None:
        shared.requests.clear()
        shared.answer = lambda request: (
            reading(request)
            if request.method == "GET"
            else document({"result": "token-0123", "access_token": "token-0123", "meta": {}})
        )
        result = run(module, complete(module, arguments, shared))
        sent = [request for request in shared.requests if is_write(request)]
        writes.extend(request.method for request in sent)
        assert len(sent) <= result.get("api", {}).get("writes", 0)

    check()
    assert writes


# Generated answers

WORDS = [
    *("license", "products", "code", "quantity", "allocated", "serviceScopeId", "serviceType", "endDate", "total"),
    *("productsWithAvailability", "totalQuantity", "availableQuantity", "consumedQuantity", "meta", "errors", "type"),
    *("response", "licensePacks", "licenseAssignments", "licensePack", "assignedEntities", "entityId", "message"),
    *("expirationDate", "id", "name", "available", "assigned", "nextPageToken", "result", "access_token", "error"),
]
scalars = st.sampled_from(
    [None, True, False, 0, 1, 2, -1, 2.5, 10**20, 1e999, float("nan"), "", "U", "t", "p", "e", "du", "2027-01-31", "x"]
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)
TASKS: dict[ModuleType, dict[str, Any]] = {
    org_license: {"organization_id": "o", "products": [{"code": "U", "quantity": 1}], "exclusive": True},
    org_license_info: {"organization_id": "o"},
    org_licenses: {
        "organizations": [
            {
                **{"id": "o", "products": [{"code": "U", "quantity": 3}], "exclusive_services": True},
                "tenants": [
                    {"id": "t", "name": "T", "services": [{"type": "du", "products": [{"code": "U", "quantity": 1}]}]}
                ],
            }
        ]
    },
    tenant_service_license: {
        **{"organization_id": "o", "tenant_id": "t", "tenant_name": "T", "service_type": "du"},
        "products": [{"code": "U", "quantity": 1}],
    },
    tenant_service_license_info: {"organization_id": "o"},
    license_assignment: {"license_pack_id": "p", "entity_id": "e", "expiration_date": "2027-01-31"},
    license_assignment_info: {"entity_id": "e"},
    license_assignments: {"license_packs": [{"id": "p", "entities": [{"id": "x"}], "exclusive": True}]},
    license_pack_info: {"name": "x"},
    uipath_login: {},
}


def shaped(path: str, part: Any) -> Any:
    """An answer whose outer shape is right, so that what is inside is looked at."""
    last = path.rpartition("/")[2]
    shapes: dict[str, Any] = {
        "available": {"license": part},
        "available-products": {"productsWithAvailability": part},
        "license-packs": {"meta": {}, "response": {"licensePacks": part}},
        "assigned-entities": {"meta": {}, "response": {"licenseAssignments": part}},
        "e": {"meta": {"errors": []}, "response": part},
    }
    return shapes.get(last, part)


@pytest.mark.parametrize("module", TASKS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_no_answer_in_json_ends_a_module_in_a_traceback(shared: ScriptedServer, module: ModuleType) -> None:
    @settings(generated, max_examples=examples(0.3, least=30))
    @given(
        parts=st.lists(anything, min_size=1, max_size=4),
        shape=st.booleans(),
        code=st.sampled_from([200, 200, 200, 200, 207, 400, 404, 409, 410, 500]),
        plausible=st.sampled_from([0, 1, 2, 3]),
    )
    def check(parts: list[Any], shape: bool, code: int, plausible: int) -> None:
        shared.requests.clear()

        def answer(request: Request) -> Reply:
            number = len(shared.requests)
            part = parts[number % len(parts)]
            if request.method == "POST" and "assigned-entities" not in request.path and module is not uipath_login:
                return document({"result": "token-0123"})
            if request.method == "GET" and number <= plausible:
                return reading(request)
            body = json.dumps(shaped(request.path, part) if shape else part).encode()
            return Reply(code, body, {"Content-Type": "application/json"})

        shared.answer = answer
        arguments = {**TASKS[module], "max_retries": 0}
        result = run(module, complete(module, arguments, shared), no_log=True)
        assert not result.get("failed") or result["failure"]["kind"]

    check()
