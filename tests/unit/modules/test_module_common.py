# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The info modules and uipath_login on the wire, and what all modules have in common."""

from __future__ import annotations

import base64
import json
import math
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.runner import Result, Task
from ansible_collections.tenantops.licensing.plugins.module_utils._errors import Kind, LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._http import client as client_file
from ansible_collections.tenantops.licensing.plugins.module_utils._http.client import HttpClient
from ansible_collections.tenantops.licensing.plugins.module_utils._http.transport import Transport
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.options import UIPATH as UIPATH_OPTIONS
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.options import YEXT as YEXT_OPTIONS
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.options import yext_licenses
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
from ansible_collections.tenantops.licensing.tests.unit.support.clients import API_KEY, TOKEN, subprocess_environment
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import (
    PACKS,
    SIGNED,
    UIPATH,
    YEXT,
    Call,
    Ended,
    entity_list,
    envelope,
    given_arguments,
    play,
    product_list,
    read_assignment,
    read_assignments,
    read_host_pool,
    read_organization,
    read_packs,
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
    page,
    status,
)

UIPATH_MODULES: dict[ModuleType, dict[str, Any]] = {
    org_license: {"organization_id": "o", "products": [{"code": "U", "quantity": 1}]},
    org_license_info: {"organization_id": "o"},
    org_licenses: {"organizations": [{"id": "o", "products": [{"code": "U", "quantity": 1}]}]},
    tenant_service_license: {
        **{"organization_id": "o", "tenant_id": "t", "tenant_name": "T", "service_type": "du"},
        "products": [{"code": "U", "quantity": 1}],
    },
    tenant_service_license_info: {"organization_id": "o"},
}
YEXT_MODULES: dict[ModuleType, dict[str, Any]] = {
    license_assignment: {"license_pack_id": "p", "entity_id": "e"},
    license_assignment_info: {"license_pack_id": "p"},
    license_assignments: {"license_packs": [{"id": "p", "entities": [{"id": "e"}]}]},
    license_pack_info: {},
}
ALL_MODULES = {**UIPATH_MODULES, **YEXT_MODULES, uipath_login: {}}


def name_of(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


# org_license_info

BOTH = [{"code": "TIE", "total": 100, "available": 0}, {"code": "UNATT", "total": 100, "available": 7}]


@pytest.mark.parametrize("check_mode", [False, True])
def test_an_organizations_licence_and_the_hosts_pool_are_read(check_mode: bool) -> None:
    end = play(
        org_license_info,
        {**UIPATH, "organization_id": "o/1"},
        [read_organization("o%2F1", {"UNATT": 2, "TIE": 0}, endDate=4), read_host_pool({"UNATT": 7, "TIE": 0})],
        check_mode=check_mode,
    )
    assert not end.changed
    assert end.result["license"] == {
        **{"organization_id": "o/1", "state": "present"},
        "products": product_list({"UNATT": 2}),
    }
    assert end.result["server"] == {"end_date": 4}
    assert end.result["pool"] == BOTH
    assert end.result["api"]["reads"] == 2


def test_the_hosts_pool_is_read_alone() -> None:
    end = play(org_license_info, UIPATH, [read_host_pool({"UNATT": 7, "TIE": 0})])
    assert end.result["pool"] == BOTH
    assert "license" not in end.result


def test_an_organization_without_a_licence_is_absent() -> None:
    calls = [read_organization("o", status(404)), read_host_pool({}), read_pool("o", status(404))]
    end = play(org_license_info, {**UIPATH, "organization_id": "o"}, calls)
    assert end.result["license"] == {"organization_id": "o", "state": "absent", "products": []}
    assert end.result["server"] == {}


# tenant_service_license_info


def services() -> Call:
    return read_services(
        "o", ("t2", "du", {"TIE": 1}), ("t1", "du", {"TIE": 2}), ("t1", "ai", {"X": 0}), ("t1", "orc", None)
    )


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, [("t1", "du"), ("t2", "du")]),
        ({"tenant_id": "t1"}, [("t1", "du")]),
        ({"service_type": "du"}, [("t1", "du"), ("t2", "du")]),
        ({"tenant_id": "t2", "service_type": "orc"}, []),
    ],
)
def test_service_licences_are_read_and_filtered(options: Mapping[str, Any], found: list[tuple[str, str]]) -> None:
    end = play(
        tenant_service_license_info,
        {**UIPATH, "organization_id": "o", **options},
        [services(), read_pool("o", {"TIE": 3}), read_service("o", "t1", "orc", status(410))],
    )
    assert [(entry["tenant_id"], entry["service_type"]) for entry in end.result["licenses"]] == found
    assert end.result["pool"] == [{"code": "TIE", "total": 100, "available": 3}]


@pytest.mark.parametrize(
    "options",
    [
        {"tenant_id": "T1"},
        {"tenant_id": "t1\u200b"},
        {"tenant_id": "t1", "service_type": "\uff44\uff55"},
        {"service_type": "d\u00adu"},
    ],
)
def test_nothing_is_told_of_a_service_beside_one_that_looks_like_it(options: Mapping[str, Any]) -> None:
    server_says = {name: value for name, value in options.items() if not value.isascii() or value == "T1"}
    asked = {name: {"tenant_id": "t1", "service_type": "du"}[name] for name in options}
    told = {"tenant_id": "t1", "service_type": "du", **server_says}
    end = play(
        tenant_service_license_info,
        {**UIPATH, "organization_id": "o", **asked},
        [
            read_services("o", (told["tenant_id"], told["service_type"], {"TIE": 1}), ("t1", "ai", {"X": 1})),
            read_pool("o", {"TIE": 0, "X": 0}),
        ],
    )
    assert end.kind == "conflict"


def test_a_tenant_is_found_whatever_the_case_of_its_guid() -> None:
    guid = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
    arguments = {**UIPATH, "organization_id": "o", "tenant_id": guid.upper()}
    end = play(
        tenant_service_license_info,
        arguments,
        [read_services("o", (guid, "du", {"TIE": 1})), read_pool("o", {"TIE": 99})],
    )
    assert end.result["licenses"][0]["products"] == product_list({"TIE": 1})


def test_an_organization_without_a_licence_has_an_empty_pool() -> None:
    calls = [read_services("o"), read_pool("o", status(404))]
    end = play(tenant_service_license_info, {**UIPATH, "organization_id": "o"}, calls)
    assert end.result["licenses"] == end.result["pool"] == []


# license_pack_info and license_assignment_info


def test_packs_are_read_over_all_pages() -> None:
    def page_of(pack: str, token: str | None, asked: Mapping[str, str]) -> Call:
        reply = envelope({"licensePacks": [{"id": pack, "name": f"Name {pack}", "total": 5}], "nextPageToken": token})
        return Call("GET", PACKS, reply, query={**SIGNED, "pageSize": "1", **asked})

    calls = [page_of("q", "t", {}), page_of("p", None, {"pageToken": "t"})]
    end = play(license_pack_info, {**YEXT, "page_size": 1}, calls)
    assert [pack["id"] for pack in end.result["license_packs"]] == ["p", "q"]
    assert end.result["license_packs"][0] == {
        **{"id": "p", "name": "Name p", "total": 5},
        **{"assigned": None, "available": None, "notes": None},
    }


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"license_pack_id": "p"}, ["p"]),
        ({"name": "Twice"}, ["p", "q"]),
        ({"name": "Twice", "license_pack_id": "q"}, ["q"]),
        ({"name": "None such"}, []),
    ],
)
def test_packs_are_found_by_id_or_name(options: Mapping[str, Any], found: list[str]) -> None:
    packs: list[dict[str, Any]] = [
        {"id": "p", "name": "Twice"},
        {"id": "q", "name": "Twice"},
        {"id": "r", "name": None},
    ]
    end = play(license_pack_info, {**YEXT, **options}, [read_packs(*packs)])
    assert [pack["id"] for pack in end.result["license_packs"]] == found


def test_the_assignments_of_a_pack_are_read() -> None:
    end = play(
        license_assignment_info,
        {**YEXT, "license_pack_id": "p"},
        [read_assignments("p", {"b": "2027-01-31", "a": None})],
    )
    assert end.result["assignments"] == [
        {"license_pack_id": "p", "entity_id": "a", "state": "present", "expiration_date": None},
        {"license_pack_id": "p", "entity_id": "b", "state": "present", "expiration_date": "2027-01-31"},
    ]


def test_the_assignments_of_an_entity_over_all_packs_are_read() -> None:
    listed = [
        {"licensePack": {"id": pack}, "assignedEntities": entity_list({"e": None, "f": None})} for pack in ("q", "p")
    ]
    call = Call(
        "GET",
        f"{PACKS}/-/assigned-entities",
        envelope({"licenseAssignments": listed}),
        query={**SIGNED, "assignedEntity": "e"},
    )
    end = play(license_assignment_info, {**YEXT, "entity_id": "e"}, [call])
    found = [(entry["license_pack_id"], entry["entity_id"]) for entry in end.result["assignments"]]
    assert found == [("p", "e"), ("q", "e")]


@pytest.mark.parametrize("held", [{}, {"e": None}])
def test_one_assignment_is_read(held: dict[str, str | None]) -> None:
    arguments = {**YEXT, "license_pack_id": "p", "entity_id": "e"}
    end = play(license_assignment_info, arguments, [read_assignment("p", "e", held)])
    assert [entry["entity_id"] for entry in end.result["assignments"]] == list(held)


def test_an_unknown_pack_is_told() -> None:
    calls = [read_assignments("p", envelope({}, {"type": "FATAL_ERROR"}, code=400)), read_packs({"id": "q"})]
    assert play(license_assignment_info, {**YEXT, "license_pack_id": "p"}, calls).kind == "not_found"


def test_one_assignment_on_an_unknown_pack_is_told() -> None:
    refusal = envelope({}, {"type": "FATAL_ERROR", "message": "Wrong"}, code=400)
    arguments = {**YEXT, "license_pack_id": "p", "entity_id": "e"}
    end = play(license_assignment_info, arguments, [read_assignment("p", "e", refusal)])
    assert end.kind in ("rejected", "not_found")


# uipath_login


def sign_in(token: str = "token-of-the-day") -> Call:
    body = {"TenancyName": "host", "UsernameOrEmailAddress": "u", "Password": "pass-word"}
    return Call("POST", "/api/account/authenticate", document({"result": token}), body)


LOGIN = {"base_url": "<server>", "username": "u", "password": "pass-word", "max_retries": 0}


def test_uipath_login_refuses_to_print_a_token() -> None:
    end = play(uipath_login, LOGIN, [])
    assert end.kind == "invalid_input"
    assert "no_log: true" in end.message


@pytest.mark.parametrize("check_mode", [False, True])
def test_uipath_login_returns_the_token(server: ScriptedServer, check_mode: bool) -> None:
    server.replies(sign_in().reply)
    arguments = {**LOGIN, "base_url": server.url}
    result = run(uipath_login, arguments, no_log=True, check_mode=check_mode)
    assert result["access_token"] == "token-of-the-day"
    assert result["changed"] is False
    assert server.methods == ["POST"]


def test_uipath_login_passes_a_given_token_on(server: ScriptedServer) -> None:
    result = run(uipath_login, {"base_url": server.url, "access_token": TOKEN}, no_log=True)
    assert not result.get("failed")
    assert server.requests == []


@pytest.mark.parametrize(
    ("reply", "kind"),
    [(status(401), "authentication"), (status(404), "not_found"), (page(), "protocol"), (status(500), "server")],
)
def test_uipath_login_tells_why_not(server: ScriptedServer, reply: Reply, kind: str) -> None:
    server.replies(reply)
    result = run(uipath_login, {**LOGIN, "base_url": server.url}, no_log=True)
    assert result["failure"]["kind"] == kind
    assert "pass-word" not in str({**result, "invocation": None})


# desired_state_info


def test_a_state_is_checked_without_any_call() -> None:
    state = {
        "organizations": [
            {"id": "o", "tenants": [{"id": "t", "name": "T", "services": [{"type": "du"}, {"type": "ai"}]}]}
        ],
        "license_packs": [{"id": "p", "entities": [{"id": "a"}]}],
    }
    end = play(desired_state_info, state, [])
    assert end.result["summary"] == {
        **{"organizations": 1, "tenants": 1, "services": 2, "license_packs": 1, "entities": 1}
    }
    assert "api" not in end.result
    assert not state.keys() & end.result.keys()


def test_a_state_is_returned_as_it_stands_in_the_file_where_that_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "licensing.json"
    file.write_text('{"licensing_organizations": [{"id": "o", "products": [{"code": "U", "quantity": "4"}]}]}')
    end = play(desired_state_info, {"state_file": str(file), "include_state": True}, [])
    assert end.result["organizations"] == [{"id": "o", "products": [{"code": "U", "quantity": "4"}]}]
    assert end.result["license_packs"] == []


def test_a_state_that_cannot_be_meant_is_refused() -> None:
    end = play(desired_state_info, {"organizations": [{"id": 7}]}, [])
    assert end.kind == "invalid_input"


# All modules


@pytest.mark.parametrize("module", [*UIPATH_MODULES, uipath_login], ids=name_of)
def test_a_missing_sign_in_names_options_and_variables(module: ModuleType) -> None:
    given = {"base_url": "https://suite.invalid", **ALL_MODULES[module]}
    for arguments, names in (
        (ALL_MODULES[module], ["base_url", "UIPATH_BASE_URL"]),
        (given, ["username", "UIPATH_USERNAME", "password", "UIPATH_PASSWORD"]),
    ):
        result = run(module, arguments, no_log=True)
        assert result["failure"]["kind"] == "invalid_input"
        assert all(name in result["msg"] for name in names)


@pytest.mark.parametrize("module", YEXT_MODULES, ids=name_of)
def test_a_missing_key_names_options_and_variables(module: ModuleType) -> None:
    result = run(module, YEXT_MODULES[module])
    assert result["failure"]["kind"] == "invalid_input"
    assert all(name in result["msg"] for name in ("api_key", "YEXT_API_KEY", "access_token", "YEXT_ACCESS_TOKEN"))


FROM_ENVIRONMENT = {
    "account": ("account", {"username": "u", "password": "pass-word"}, {"tenancy_name": "acme"}),
    "client": ("client_credentials", {"client_id": "c", "client_secret": "secret-12"}, {"scope": "A B"}),
}


@pytest.mark.parametrize("case", FROM_ENVIRONMENT)
def test_every_sign_in_option_of_uipath_comes_from_the_environment(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    flow, credentials, more = FROM_ENVIRONMENT[case]
    values = {
        **{"base_url": server.url, "auth_flow": flow, "sign_in_path": "/in", "lrm_path": "/l", "host_account_id": "h"},
        **{"validate_certs": "no", "timeout": "3.5", "max_retries": "1", "max_wait": "9"},
        **credentials,
        **more,
    }
    for name, value in values.items():
        monkeypatch.setenv(f"UIPATH_{name.upper()}", value)
    transports = []

    class Noting(HttpClient):
        """Notes how it is told to reach the server."""

        def __init__(self, base_url: str, transport: Transport, *others: Any) -> None:
            transports.append(transport)
            super().__init__(base_url, transport, *others)

    monkeypatch.setattr(client_file, "HttpClient", Noting)
    server.replies(document({"result": "t", "access_token": "t"}), document({"productsWithAvailability": []}))
    result = run(org_license_info, {})
    assert not result.get("failed"), result
    sign_in_request, reading = server.requests
    assert sign_in_request.target == "/in"
    sent = sign_in_request.body.decode()
    assert all(value.replace(" ", "+") in sent for value in [*credentials.values(), *more.values()])
    assert reading.target == "/l/api/host/h/available-products"
    assert transports == [Transport(validate_certs=False, timeout=3.5, max_retries=1, max_wait=9.0, connections=1)]


def test_a_given_token_of_uipath_comes_from_the_environment(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UIPATH_ACCESS_TOKEN", "token-of-the-environment\n")
    monkeypatch.setenv("UIPATH_BASE_URL", server.url)
    server.replies(document({"productsWithAvailability": []}))
    assert not run(org_license_info, {}).get("failed")
    assert server.requests[0].headers["authorization"] == "Bearer token-of-the-environment"


def test_every_option_of_yext_comes_from_the_environment(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"api_url": f"{server.url}/eu", "account_id": "a/1", "api_key": API_KEY, "api_version": "20240101"}
    for name, value in {**values, "page_size": "3", "timeout": "2"}.items():
        monkeypatch.setenv(f"YEXT_{name.upper()}", value)
    server.replies(envelope({"licensePacks": []}))
    assert not run(license_pack_info, {}).get("failed")
    (request,) = server.requests
    assert request.path == "/eu/accounts/a%2F1/license-packs"
    assert request.query == {"v": "20240101", "api_key": API_KEY, "pageSize": "3"}
    monkeypatch.setenv("YEXT_ACCESS_TOKEN", "token-1234")
    server.replies(envelope({"licensePacks": []}))
    run(license_pack_info, {})
    assert server.requests[1].query["access_token"] == "token-1234"


def test_an_option_wins_over_the_environment(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YEXT_API_KEY", "key-of-the-environment")
    server.replies(envelope({"licensePacks": []}))
    run(license_pack_info, {"api_url": server.url, "api_key": API_KEY})
    assert server.requests[0].query["api_key"] == API_KEY


@pytest.mark.parametrize(("prefix", "options"), [("UIPATH", UIPATH_OPTIONS), ("YEXT", YEXT_OPTIONS)])
def test_every_option_to_sign_in_has_its_variable(prefix: str, options: Mapping[str, Mapping[str, Any]]) -> None:
    for name, option in options.items():
        assert option["fallback"][1] == [f"{prefix}_{name.upper()}"]


def test_a_file_can_be_checked_where_requests_is_missing() -> None:
    """And where it is there, it is not imported, which would cost more than the check."""
    program = """
import json, sys
sys.modules["requests"] = sys.modules["urllib3"] = None
from ansible_collections.tenantops.licensing.plugins.modules import desired_state_info
desired_state_info.main()
"""
    options = {"organizations": [{"id": "a", "products": [{"code": "U", "quantity": 1}]}]}
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps({"ANSIBLE_MODULE_ARGS": options})],
        env=subprocess_environment(),
        check=False,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout)["changed"] is False, done.stderr


@pytest.mark.parametrize("module", ALL_MODULES, ids=name_of)
def test_without_requests_ansibles_usual_message_is_given(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_file, "REQUESTS_IMPORT_ERROR", "Traceback: no requests")
    monkeypatch.setenv("UIPATH_BASE_URL", "https://uipath.example.com")
    result = run(module, ALL_MODULES[module], no_log=module is uipath_login)
    assert result["failed"]
    assert "Failed to import the required Python library (requests)" in result["msg"]
    assert "failure" not in result


@pytest.mark.parametrize(
    ("module", "secrets"),
    [
        (license_pack_info, {"api_key": "1234567"}),
        (license_pack_info, {"api_key": "12345678", "access_token": "1"}),
        (org_license_info, {"access_token": "@@@@@@@"}),
        (org_license_info, {"username": "u", "password": "##", "client_id": "c", "client_secret": "@"}),
    ],
)
def test_a_short_secret_is_warned_about(server: ScriptedServer, module: ModuleType, secrets: Mapping[str, str]) -> None:
    server.answer = lambda _request: status(403)
    base = {"api_url": server.url} if module is license_pack_info else {"base_url": server.url}
    result = run(module, {**base, **secrets})
    told = str(result["warnings"])
    for name, value in secrets.items():
        if name not in ("username", "client_id"):
            assert (f"{name} is shorter than 8 characters" in told) is (len(value) < 8)


@pytest.mark.parametrize("secret", ["s", "kind", "message", "e"])
def test_a_secret_that_is_a_word_of_the_result_does_not_break_it(server: ScriptedServer, secret: str) -> None:
    server.answer = lambda _request: status(403)
    result = run(license_pack_info, {"api_url": server.url, "api_key": secret})
    assert result["failed"]
    assert {"kind", "message", "status"} <= set(result["failure"])


def test_a_secret_of_8_characters_is_not_warned_about(server: ScriptedServer) -> None:
    server.replies(envelope({"licensePacks": []}))
    assert not run(license_pack_info, {"api_url": server.url, "api_key": "12345678"}).get("warnings")


@pytest.mark.parametrize("module", ALL_MODULES, ids=name_of)
@pytest.mark.parametrize(
    "reply", [page(), status(401), status(403), status(500), Reply(200, b'{"cut'), status(302, Location="/x")]
)
def test_every_module_fails_in_good_order_and_without_secrets(
    server: ScriptedServer, module: ModuleType, reply: Reply
) -> None:
    def answer(request: Request) -> Reply:
        text = f" {request.target} {dict(request.headers)} {request.body.decode()} ".encode()
        return Reply(reply.status, reply.body + text, reply.headers)

    server.answer = answer
    secrets = {"password": "pass-word-1"} if module not in YEXT_MODULES else {"api_key": API_KEY}
    base = {"api_url": server.url} if module in YEXT_MODULES else {"base_url": server.url, "username": "u"}
    result = run(module, {**base, **secrets, **ALL_MODULES[module], "max_retries": 0}, no_log=True)
    assert result["failed"] is True
    assert result["failure"]["kind"]
    assert result["changed"] is False
    assert result["api"]["writes"] == 0
    assert not any(secret in str(result) for secret in secrets.values())


# Whatever happens, there is one result


class Odd(Exception):
    """An exception that nobody foresaw, with what it must not tell."""


def ends_oddly(monkeypatch: pytest.MonkeyPatch, told: Callable[[Task], Result]) -> dict[str, Any]:
    """What a module tells that runs like this, with the key of the tests."""
    monkeypatch.setattr(license_pack_info, "run", told)
    return run(license_pack_info, {"api_key": API_KEY, "max_retries": 0})


@pytest.mark.parametrize("error", [Odd, ValueError, RecursionError, MemoryError, OSError, KeyError, UnicodeError])
def test_an_exception_that_nobody_foresaw_is_one_result(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    server.replies(envelope({"licensePacks": []}))

    def fails(task: Task) -> Result:
        task.values["summary"] = {"created": 2}
        task.warnings.append(f"a warning before {API_KEY}")
        yext_licenses(task).license_packs()
        raise error(f"https://api.example.com/?api_key={API_KEY}")

    monkeypatch.setenv("YEXT_API_URL", server.url)
    result = ends_oddly(monkeypatch, fails)
    assert result["failed"]
    assert result["failure"]["kind"] == "defect"
    assert error.__name__ in result["msg"]
    assert result["failure"]["hint"] in result["msg"]
    assert result["summary"] == {"created": 2}
    assert result["api"]["reads"] == 1
    assert result["changed"] is False
    assert "a warning before ****" in str(result["warnings"])
    assert API_KEY not in str({**result, "invocation": None})


def test_after_an_unforeseen_exception_a_task_that_has_written_has_changed(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.replies(envelope({}))

    def fails(task: Task) -> Result:
        yext_licenses(task).remove("p", "e")
        raise Odd

    monkeypatch.setenv("YEXT_API_URL", server.url)
    assert ends_oddly(monkeypatch, fails)["changed"] is True


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_who_ends_the_process_is_not_held_up(monkeypatch: pytest.MonkeyPatch, end: type[BaseException]) -> None:
    def ends(_task: Task) -> Result:
        raise end

    monkeypatch.setattr(license_pack_info, "run", ends)
    with pytest.raises(end), given_arguments({"api_key": API_KEY}):
        license_pack_info.main()


DEEP: Any = 1
for _level in range(3000):
    DEEP = [DEEP]
ODD_VALUES: Any = {
    "numbers": [math.nan, math.inf, 10**5000],
    "text": "\ud800 \x1b",
    "\udcff": b"\xff",
    "deep": DEEP,
    "object": object,
}


@pytest.mark.parametrize("fails", [False, True])
def test_values_that_json_lacks_are_told_as_text(monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    failure = LicensingError(Kind.CONFLICT, "a\ud800\x1b[0m", held=ODD_VALUES, url="\u202e") if fails else None
    result = ends_oddly(monkeypatch, lambda _task: Result({"odd": ODD_VALUES}, True, failure, ["w\ud800\x1b\n"]))
    assert result["changed"] is True
    assert result["odd"]["numbers"] == ["nan", "inf", "a number of thousands of digits"]
    assert result["odd"]["text"] == "\\ud800 \x1b"
    assert "w\\ud800\\x1b\\n" in [*map(str, result["warnings"])] or "w\\\\ud800" in str(result["warnings"])
    if fails:
        assert result["failure"]["message"] == result["msg"] == "a\\ud800\\x1b[0m"
        assert result["failure"]["url"] == "\\u202e"


def test_a_result_that_cannot_be_told_is_a_failure_that_can(monkeypatch: pytest.MonkeyPatch) -> None:
    class Untellable(dict[str, Any]):
        def items(self) -> Any:
            raise Odd(API_KEY)

    values = {"odd": Untellable(), "entries": [1]}
    result = ends_oddly(monkeypatch, lambda _task: Result(values, changed=True))
    assert result["failure"]["kind"] == "defect"
    assert result["entries"] == [1]
    assert result["changed"] is True
    assert API_KEY not in str(result)


def test_no_value_shows_a_secret_in_any_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    spelled = base64.b64encode(quote(API_KEY).encode()).decode()
    values = {"packs": [{"name": f"x {spelled}", quote(API_KEY): 1}], "summary": {"created": 1}}
    result = ends_oddly(monkeypatch, lambda _task: Result(values))
    assert result["summary"] == {"created": 1}
    assert spelled not in str(result)
    assert quote(API_KEY) not in str(result)


def test_the_sign_in_within_an_address_is_not_repeated() -> None:
    result = run(license_pack_info, {"api_url": "https://me:pass/word@api.example.com/v2", "api_key": API_KEY})
    assert result["failed"]
    assert result["invocation"]["module_args"]["api_url"] == "https://********@api.example.com/v2"


def test_a_variable_that_is_no_text_ends_in_good_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YEXT_API_KEY", "password-\udcff-of-latin-1")
    result = run(license_pack_info, {"api_url": "http://127.0.0.1:9"})
    assert result["failed"]
    assert result["failure"]["kind"]
    assert "of-latin-1" not in str(result)


def test_what_was_warned_about_before_a_failure_is_told(server: ScriptedServer) -> None:
    warning = {"type": "WARNING", "name": "SLOW", "message": "an index\x1b is being built"}
    server.replies(envelope({"licensePacks": [{"id": "p"}], "nextPageToken": "t"}, warning), status(403))
    result = run(license_pack_info, {"api_url": server.url, "api_key": API_KEY, "max_retries": 0})
    assert result["failed"]
    assert "an index\\x1b is being built" in Ended(result, []).warnings[0]
