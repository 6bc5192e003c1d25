# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit as a task: signed in to both products by options of its own, or by module_defaults."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    COLLECTION,
    DEFAULTS,
    Case,
    CaseRun,
    quantities,
    run_cases,
    task,
)

MODULE = "license_audit_info"
SEED: dict[str, Any] = {
    "uipath": {
        "host_pool": {"UNATT": 20},
        "organizations": {"o": {"name": "delilah", "license": {"products": {"UNATT": 5}}}, "none": {"license": None}},
    },
    "yext": {"license_packs": {"p": {"name": "Pack", "total": 9, "assigned": {"held": None, "stranger": None}}}},
}
STATE: dict[str, Any] = {
    "organizations": [{"id": "o", "name": "delilah", "products": quantities(UNATT=7)}, {"id": "none", "tenants": []}],
    "license_packs": [{"id": "p", "entities": [{"id": "held"}]}],
}
SIGN_INS: dict[str, Any] = DEFAULTS[f"{COLLECTION}.{MODULE}"]
FOUND = [("too_little", 7, 5), ("unmanaged", 0, 1)]


CASES = {
    "audit": Case(
        [
            task("check", MODULE, check=True, **SIGN_INS, **STATE),
            task("real", MODULE, **SIGN_INS, **STATE),
            task("by defaults", MODULE, **STATE),
            task("one product", MODULE, license_packs=STATE["license_packs"]),
            task("no address", MODULE, uipath={}, **STATE),
            task("wrong option", MODULE, uipath={"api_url": "x"}, **STATE),
        ],
        SEED,
    )
}


@pytest.fixture(scope="module")
def ran() -> CaseRun:
    return run_cases(CASES)["audit"]


@pytest.mark.parametrize("name", ["check", "real", "by defaults"])
def test_both_products_are_audited_in_one_task(ran: CaseRun, name: str) -> None:
    done = ran[name]
    assert done.status == "ok", done.result
    assert [(each["kind"], each["wanted"], each["held"]) for each in done.result["findings"]] == FOUND
    assert done.result["verdict"].startswith("2 differences from what was agreed, in 1 organization and 1 license pack")
    assert [pool["level"] for pool in done.result["pools"]] == ["host", "license_pack"]
    # One for the host, three for each organization, one for the pack.
    assert (done.result["api"]["reads"], done.reads, done.writes) == (8, 8, [])
    assert "report" not in done.result


def test_who_is_not_named_is_not_signed_in_to(ran: CaseRun) -> None:
    done = ran["one product"]
    assert done.status == "ok", done.result
    assert done.result["api"]["sign_ins"] == 0
    assert [each["kind"] for each in done.result["findings"]] == ["unmanaged"]


def test_a_sign_in_that_is_missing_is_told_with_its_variable(ran: CaseRun) -> None:
    assert ran["no address"].kind == "invalid_input"
    assert "UIPATH_BASE_URL" in ran["no address"].message
    assert ran["no address"].calls == []


def test_an_option_of_the_other_product_is_refused(ran: CaseRun) -> None:
    assert ran["wrong option"].status == "failed"
    assert "api_url" in ran["wrong option"].result["msg"]
