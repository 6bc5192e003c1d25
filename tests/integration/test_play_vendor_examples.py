# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's own examples, against the server that replaces and the one that merges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    Case,
    CaseRun,
    cycle,
    held,
    quantities,
    run_cases,
    task,
)

HOST_EXAMPLE: dict[str, Any] = {"organization_id": "y-y-y-delilah", "products": quantities(UNATT=2, AIG=1, TAUNATT=3)}
TENANT_EXAMPLE: dict[str, Any] = {
    "organization_id": "y-y-y-delilah",
    "tenant_id": "y1968",
    "tenant_name": "Default",
    "service_type": "orchestrator",
    "products": quantities(UNATT=5, NONPR=4, TIE=2),
}
LICENSED = {
    "uipath": {
        "host_pool": {"UNATT": 20, "NONPR": 20, "TIE": 20},
        "organizations": {
            "y-y-y-delilah": {
                "name": "delilah",
                "license": {"products": {"UNATT": 5, "NONPR": 4, "TIE": 2}},
                "tenants": {"y1968": {"name": "Default"}},
            }
        },
    }
}
PUTS = ("replace", "merge")
CASES = {
    **{
        f"host {put}": Case(cycle("example", "org_license", **HOST_EXAMPLE), switches={"uipath_put": put})
        for put in PUTS
    },
    **{
        f"tenant {put}": Case(
            cycle("example", "tenant_service_license", **TENANT_EXAMPLE), LICENSED, switches={"uipath_put": put}
        )
        for put in PUTS
    },
    **{
        f"both {put}": Case(
            [
                task("host", "org_license", **HOST_EXAMPLE),
                task("tenant: check", "tenant_service_license", check=True, **TENANT_EXAMPLE),
                task("tenant: real", "tenant_service_license", **TENANT_EXAMPLE),
            ],
            switches={"uipath_put": put},
        )
        for put in PUTS
    },
}


@pytest.fixture(scope="module")
def runs() -> Mapping[str, CaseRun]:
    return run_cases(CASES)


@pytest.mark.parametrize("put", PUTS)
def test_the_organization_gets_its_licence_from_the_host(runs: Mapping[str, CaseRun], put: str) -> None:
    run = runs[f"host {put}"]
    real = run.assert_cycle("example", writes=1)
    assert real.result["license"]["products"] == quantities(AIG=1, TAUNATT=3, UNATT=2)
    assert held(run.state)["y-y-y-delilah"] == {"UNATT": 2, "AIG": 1, "TAUNATT": 3}
    assert real.calls[-1]["body"] == {"productQuantities": quantities(AIG=1, TAUNATT=3, UNATT=2)}


@pytest.mark.parametrize("put", PUTS)
def test_the_tenant_gets_its_licence_from_an_organization_that_has_enough(
    runs: Mapping[str, CaseRun], put: str
) -> None:
    run = runs[f"tenant {put}"]
    real = run.assert_cycle("example", writes=1)
    assert real.result["license"]["products"] == quantities(NONPR=4, TIE=2, UNATT=5)
    assert held(run.state)["y-y-y-delilah/y1968/orchestrator"] == {"UNATT": 5, "NONPR": 4, "TIE": 2}
    assert real.calls[-1]["body"] == {"tenantName": "Default", "products": quantities(NONPR=4, TIE=2, UNATT=5)}


@pytest.mark.parametrize("put", PUTS)
def test_one_after_the_other_the_second_is_a_shortage_told_with_its_numbers(
    runs: Mapping[str, CaseRun], put: str
) -> None:
    run = runs[f"both {put}"]
    assert run["host"].ok, run["host"].describe()
    for name in ("tenant: check", "tenant: real"):
        refused = run[name]
        assert refused.kind == "insufficient_capacity", refused.describe()
        assert refused.writes == []
        pool = "the pool of organization y-y-y-delilah"
        assert f"UNATT: 5 wanted, 0 held, 2 left in {pool}: 3 short" in refused.message
        assert f"NONPR: 4 wanted, 0 held, 0 left in {pool}" in refused.message
        assert f"TIE: 2 wanted, 0 held, 0 left in {pool}" in refused.message
        short = {shortage["code"]: shortage["short"] for shortage in refused.result["failure"]["shortages"]}
        assert short == {"UNATT": 3, "NONPR": 4, "TIE": 2}
    assert "y-y-y-delilah/y1968/orchestrator" not in held(run.state)
