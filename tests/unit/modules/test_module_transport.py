# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules make of the options of their transport: odd ones are refused with one sentence, before any call."""

from __future__ import annotations

import json
import time
from types import ModuleType
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.options import BOUNDS
from ansible_collections.tenantops.licensing.plugins.modules import (
    license_assignments,
    license_audit_info,
    license_pack_info,
    org_license_info,
    org_licenses,
)
from ansible_collections.tenantops.licensing.tests.unit.support.clients import API_KEY, TOKEN
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import run
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    End,
    Reply,
    Request,
    ScriptedServer,
    document,
)

FILE: dict[str, Any] = {"organizations": [{"id": "o", "name": "o", "products": [{"code": "A", "quantity": 1}]}]}
PACKS: dict[str, Any] = {"license_packs": [{"id": "p", "entities": [{"id": "e"}]}]}
UIPATH = {"base_url": "<server>", "access_token": TOKEN}
YEXT = {"api_url": "<server>", "api_key": API_KEY}
MODULES: dict[str, tuple[ModuleType, dict[str, Any]]] = {
    "org_licenses": (org_licenses, {**FILE, **UIPATH}),
    "org_license_info": (org_license_info, {"organization_id": "o", **UIPATH}),
    "license_assignments": (license_assignments, {**PACKS, **YEXT}),
    "license_pack_info": (license_pack_info, YEXT),
    "license_audit_info": (license_audit_info, {**FILE, **PACKS, "uipath": UIPATH, "yext": YEXT}),
}


def result_of(name: str, server: ScriptedServer, **options: Any) -> dict[str, Any]:
    """What a module tells with these options, each put where the module has it."""
    module, arguments = MODULES[name]
    given = json.loads(json.dumps(arguments).replace("<server>", server.url))
    for option, value in options.items():
        if option in module.SPEC:
            given[option] = value
        else:
            for vendor in ("uipath", "yext"):
                if option in module.SPEC.get(vendor, {}).get("options", {}):
                    given[vendor][option] = value
    return run(module, given)


def has(name: str, option: str) -> bool:
    spec = MODULES[name][0].SPEC
    return option in spec or any(option in spec.get(vendor, {}).get("options", {}) for vendor in ("uipath", "yext"))


FLOATS = {"timeout", "max_wait", "max_runtime", "max_read_delay"}
ODD = [
    (name, option, value)
    for name in MODULES
    for option, (least, most, _unit) in BOUNDS.items()
    if has(name, option)
    for value in (
        least - 1,
        most + 1,
        *(("inf", "-inf", "nan", 1e10, "1e999") if option in FLOATS else (10_000_000,)),
        10**400,
    )
]


@pytest.mark.parametrize(("name", "option", "value"), ODD, ids=lambda value: str(value)[:12])
def test_a_number_that_makes_no_sense_is_refused_with_one_sentence(
    server: ScriptedServer, name: str, option: str, value: Any
) -> None:
    result = result_of(name, server, **{option: value if not isinstance(value, float) else str(value)})
    assert result["failure"]["kind"] == "invalid_input"
    assert result["msg"].startswith(f"{option} is ")
    assert "it must be between" in result["msg"]
    assert server.requests == []


@pytest.mark.parametrize("name", MODULES)
def test_every_module_that_calls_a_server_may_be_given_a_time(server: ScriptedServer, name: str) -> None:
    def answer(request: Request) -> Reply:
        time.sleep(0.02)
        number = len(server.requests)
        return document(
            {"meta": {}, "response": {"licensePacks": [], "licenseAssignments": [], "nextPageToken": f"t{number}"}}
        )

    server.answer = answer
    result = result_of(name, server, max_runtime=0.001 if "org" in name or "audit" in name else 0.2)
    assert result["failure"]["kind"] == "interrupted"
    assert "max_runtime" in result["msg"]
    assert len(server.requests) < 100


def test_a_write_that_was_lost_as_the_time_ended_is_settled(server: ScriptedServer) -> None:
    held: list[dict[str, Any]] = []

    def answer(request: Request) -> Reply:
        if request.method == "PUT":
            held.extend(request.document["productQuantities"])
            return Reply(silent=True, end=End.RESET, delay=1.6)
        if request.path.endswith("available-products"):
            return document({"productsWithAvailability": [{"code": "A", "totalQuantity": 9, "availableQuantity": 9}]})
        return document({"license": {"products": list(held)}} if request.path.endswith("/available") else [])

    server.answer = answer
    result = result_of("org_licenses", server, max_runtime=1.5)
    assert server.methods.count("PUT") == 1
    assert (result["changed"], result["summary"]["created"]) == (True, 1)


TEXTS = {
    "org_licenses": ("access_token", "username", "lrm_path", "base_url", "scope", "host_account_id"),
    "license_pack_info": ("api_key", "access_token", "account_id", "api_url"),
}


@pytest.mark.parametrize(("name", "option"), [(name, option) for name, options in TEXTS.items() for option in options])
def test_a_byte_that_is_no_utf_8_in_the_environment_is_told_with_its_option(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, name: str, option: str
) -> None:
    module, arguments = MODULES[name]
    vendor = "UIPATH" if name == "org_licenses" else "YEXT"
    monkeypatch.setenv(f"{vendor}_{option.upper()}", "caf\udce9-0123456789")
    given = {key: value for key, value in arguments.items() if key != option}
    result = run(module, json.loads(json.dumps(given).replace("<server>", server.url)))
    assert result["failed"]
    assert server.requests == []
    assert result["failure"]["kind"] == "invalid_input"
    assert option in result["msg"]


def test_half_a_character_in_a_task_is_told_with_its_option(server: ScriptedServer) -> None:
    result = result_of("org_licenses", server, username="caf\udce9")
    assert result["msg"].startswith("username holds a character that cannot be sent")
    result = result_of("license_audit_info", server, api_key="caf\udce9-0123456789")
    assert result["msg"].startswith("api_key holds a character that cannot be sent")


def test_plain_http_to_another_machine_is_an_option_of_each_vendor(server: ScriptedServer) -> None:
    for name, option in (("org_licenses", "base_url"), ("license_pack_info", "api_url")):
        module, arguments = MODULES[name]
        result = run(module, {**arguments, option: "http://suite.example.com"})
        assert result["failure"]["kind"] == "invalid_input"
        assert "allow_plain_http: true" in result["msg"]
