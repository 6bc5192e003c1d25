# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in held once for all tasks: action groups, and a token handed on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    COLLECTION,
    Case,
    CaseRun,
    Task,
    quantities,
    run_cases,
    task,
)

SERVICE: dict[str, Any] = {
    "organization_id": "z-z-z-samson",
    "tenant_id": "z2001",
    "tenant_name": "Default",
    "service_type": "orchestrator",
    "products": quantities(UNATT=5),
}
ENTITY: dict[str, Any] = {"license_pack_id": "listings-2026", "entity_id": "store-1"}
UIPATH = [
    task("org_license", "org_license", organization_id="z-z-z-samson", products=quantities(UNATT=20)),
    task("org_license_info", "org_license_info", organization_id="z-z-z-samson"),
    task("org_licenses", "org_licenses", organizations=[]),
    task("tenant_service_license", "tenant_service_license", **SERVICE),
    task("tenant_service_license_info", "tenant_service_license_info", organization_id="z-z-z-samson"),
]
YEXT = [
    task("license_assignment", "license_assignment", **ENTITY),
    task("license_assignment_info", "license_assignment_info", **ENTITY),
    task("license_assignments", "license_assignments", license_packs=[]),
    task("license_pack_info", "license_pack_info"),
]


def with_defaults(tasks: list[Task], **groups: Mapping[str, Any]) -> list[Task]:
    defaults = {f"group/{COLLECTION}.{group}": dict(values) for group, values in groups.items()}
    return [{**each, "module_defaults": defaults} for each in tasks]


# The certificate of this simulator verifies only where a group says how.
UNVERIFIED = {"validate_certs": False, "timeout": 7.5, "max_retries": 2}
CASES = {
    "common": Case(
        [
            task("without", "org_license_info", base_url="{{ url }}"),
            *with_defaults(
                UIPATH + YEXT, common=UNVERIFIED, uipath={"base_url": "{{ url }}"}, yext={"api_url": "{{ url }}/v2"}
            ),
        ],
        tls=True,
    ),
    "own groups": Case(
        with_defaults(
            UIPATH + YEXT,
            uipath={"base_url": "{{ url }}", "username": "admin", "tenancy_name": "HOST", "timeout": 9},
            yext={"api_url": "{{ url }}/v2", "account_id": "4711", "page_size": 2, "timeout": 8},
        )
    ),
    "token": Case(
        [
            {**task("login", "uipath_login"), "register": "uipath", "no_log": True},
            *with_defaults(
                UIPATH,
                uipath={
                    "base_url": "{{ url }}",
                    "access_token": "{{ uipath.access_token }}",
                    "auth_flow": "{{ omit }}",
                },
            ),
        ]
    ),
}


@pytest.fixture(scope="module")
def runs() -> Mapping[str, CaseRun]:
    cases = {name: case for name, case in CASES.items() if name != "token"}
    # A token stands alone only where the environment names no flow to sign in with.
    return {
        **run_cases(cases),
        **run_cases({"token": CASES["token"]}, variables={"UIPATH_AUTH_FLOW": "", "UIPATH_CLIENT_ID": ""}),
    }


def arguments(run: CaseRun, name: str) -> dict[str, Any]:
    assert run[name].ok, run[name].describe()
    values: dict[str, Any] = run[name].result["invocation"]["module_args"]
    return values


def test_the_common_group_reaches_every_module_of_both_vendors(runs: Mapping[str, CaseRun]) -> None:
    run = runs["common"]
    assert run["without"].kind == "tls"
    for each in UIPATH + YEXT:
        values = arguments(run, each["name"])
        assert (values["validate_certs"], values["timeout"], values["max_retries"]) == (False, 7.5, 2)


def test_each_vendors_group_reaches_its_own_modules_only(runs: Mapping[str, CaseRun]) -> None:
    run = runs["own groups"]
    for each in UIPATH:
        assert (arguments(run, each["name"])["tenancy_name"], arguments(run, each["name"])["timeout"]) == ("HOST", 9)
    for each in YEXT:
        assert (arguments(run, each["name"])["account_id"], arguments(run, each["name"])["page_size"]) == ("4711", 2)
        assert arguments(run, each["name"])["timeout"] == 8


def test_one_sign_in_serves_many_tasks(runs: Mapping[str, CaseRun]) -> None:
    run = runs["token"]
    assert run["login"].ok
    assert "access_token" not in run["login"].result
    assert [call["kind"] for call in run["login"].calls] == ["sign_in"]
    for each in UIPATH:
        assert run[each["name"]].ok, run[each["name"]].describe()
        assert {call["kind"] for call in run[each["name"]].calls} <= {"read"}
        assert "access_token" not in str({**run[each["name"]].result, "invocation": None})
