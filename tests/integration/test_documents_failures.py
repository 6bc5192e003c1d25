# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to failures: every kind is in it, with a message that a task really fails with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    Case,
    CaseRun,
    quantities,
    run_cases,
    task,
)

TOP = Path(__file__).resolve().parents[2]
GUIDE = (TOP / "docs/guides/troubleshooting.md").read_text()
KINDS = re.findall(r'^    [A-Z_]+ = "([a-z_]+)"', (TOP / "plugins/module_utils/_errors.py").read_text(), re.MULTILINE)
SECTIONS = dict(re.findall(r"^### `([a-z_]+)`\n(.*?)(?=^##|\Z)", GUIDE, flags=re.MULTILINE | re.DOTALL))
# What the guide writes in place of this simulator's address.
SUITE, YEXT = "https://suite.example.com", "https://api.yextapis.com"
SAMSON, DELILAH = "z-z-z-samson", "y-y-y-delilah"
ONE = {"max_retries": 0}


def read(**options: Any) -> dict[str, Any]:
    return task("fails", "org_license_info", organization_id=SAMSON, **options)


def allocate(organization_id: str = SAMSON, **options: Any) -> dict[str, Any]:
    return task(
        "fails", "org_license", organization_id=organization_id, **{"products": quantities(UNATT=21), **options}
    )


def reads_meet(**effect: Any) -> list[dict[str, Any]]:
    return [{"match": {"kind": "read"}, "effect": effect}]


ORCHESTRATOR: dict[str, Any] = {"tenant_id": "z2001", "tenant_name": "Default", "service_type": "orchestrator"}
LISTED: dict[str, Any] = {
    "license_packs": [{"id": "listings-2026", "exclusive": True, "entities": [{"id": "store-1"}]}]
}
THREE: dict[str, Any] = {
    "license_packs": [{"id": "reviews-2026", "entities": [{"id": f"store-{n}"} for n in (2, 3, 4)]}]
}
CASES = {
    "authentication": Case([read(password="mistyped-password")]),
    "forbidden": Case([read(auth_flow="client_credentials")], switches={"uipath_client_credentials_at_host": "403"}),
    "not_found": Case(
        [
            task(
                "fails",
                "tenant_service_license",
                organization_id=DELILAH,
                **{**ORCHESTRATOR, "tenant_id": "y1968"},
                products=quantities(UNATT=5),
            )
        ]
    ),
    "unreadable": Case(
        [read()], switches={"uipath_route_host_pool": "404", "uipath_route_organization_license": "404"}
    ),
    "insufficient_capacity": Case([allocate(products=quantities(UNATT=1000))]),
    "in_use": Case(
        [
            task(
                "fails",
                "tenant_service_license",
                organization_id=SAMSON,
                **ORCHESTRATOR,
                products=quantities(UNATT=1),
            )
        ]
    ),
    "not_removable": Case([allocate(products=quantities(RU=0))], switches={"uipath_kept_codes": ["RU"]}),
    "conflict": Case([allocate(products=quantities(RU=500))], switches={"uipath_kept_codes": ["RU"]}),
    "removals_exceeded": Case([task("fails", "license_assignments", **LISTED, max_removals="1")]),
    "listing_mismatch": Case(
        [task("fails", "license_assignments", **LISTED)], switches={"yext_assigned_count_offset": 1}
    ),
    "rate_limited": Case([task("fails", "license_assignments", **THREE)], switches={"yext_rate_limit": 3}),
    "timeout": Case([read(timeout=0.2, **ONE)], faults=reads_meet(delay=0.6)),
    "connection": Case([read(**ONE)], faults=reads_meet(reset=True)),
    "tls": Case([read(**ONE)], tls=True),
    "redirected": Case([read()], faults=reads_meet(redirect="https://sign-in.example.com/")),
    "protocol": Case([read()], faults=reads_meet(html=True)),
    "rejected": Case(
        [
            task(
                "fails",
                "license_assignment",
                license_pack_id="listings-2026",
                entity_id="store-1",
                expiration_date="2020-01-31",
            )
        ]
    ),
    "invalid_input": Case([allocate(products=[{"code": "UNATT", "quantity": 1.5}])]),
    "interrupted": Case(
        [
            task(
                "fails",
                "org_licenses",
                organizations=[{"id": SAMSON, "name": "samson", "products": quantities(UNATT=21)}],
                max_runtime=0.001,
            )
        ]
    ),
    "server": Case([read(**ONE)], faults=reads_meet(status=500, body={"message": "An internal error occurred."})),
}


@pytest.fixture(scope="module")
def runs() -> Mapping[str, CaseRun]:
    return run_cases(CASES)


def as_printed(message: str) -> str:
    """A message as the guide has it: with its addresses, its timeout, and one version of Python's place in OpenSSL."""
    message = re.sub(r"https?://127\.0\.0\.1:\d+(/v2)?", lambda found: f"{YEXT}/v2" if found[1] else SUITE, message)
    return re.sub(r"\(_ssl\.c:\d+\)", "(_ssl.c:1006)", message.replace("within 0.2 s", "within 30 s"))


def test_every_kind_of_failure_has_its_section_and_its_line_of_the_table() -> None:
    assert len(KINDS) > 10
    assert list(SECTIONS) == KINDS
    assert re.findall(r"^\| \[`([a-z_]+)`\]\(#\1\) \|", GUIDE, flags=re.MULTILINE) == KINDS
    assert set(CASES) == set(KINDS) - {"defect"}  # which no server can bring about


@pytest.mark.parametrize("kind", CASES)
def test_the_message_of_the_guide_is_what_a_task_fails_with(kind: str, runs: Mapping[str, CaseRun]) -> None:
    run = runs[kind]["fails"]
    assert run.kind == kind, run.describe()
    (sample,) = re.findall(r"^```text\n(.*?)^```$", SECTIONS[kind], flags=re.MULTILINE | re.DOTALL)
    assert " ".join(sample.split()) == as_printed(run.message)
