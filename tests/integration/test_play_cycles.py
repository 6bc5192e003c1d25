# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every writing module through check -> real -> check -> real, for create, change and remove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    Case,
    CaseRun,
    assigned,
    cycle,
    held,
    look,
    quantities,
    run_cases,
    task,
)

SAMSON: dict[str, Any] = {"organization_id": "z-z-z-samson"}
ORCHESTRATOR: dict[str, Any] = {
    **SAMSON,
    "tenant_id": "z2002",
    "tenant_name": "Finance",
    "service_type": "orchestrator",
}
STORE: dict[str, Any] = {"license_pack_id": "listings-2026", "entity_id": "store-9"}


def with_info(name: str, module: str, info: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    """A cycle with the info module between check and real run, and after them."""
    check, real, check_again, real_again = cycle(name, module, **options)
    info_module, info_options = next(iter(info.items()))
    return [
        check,
        task(f"{name}: info after check", info_module, **info_options),
        real,
        task(f"{name}: info after real", info_module, **info_options),
        check_again,
        real_again,
        look(f"{name}: state"),
    ]


def first(info: dict[str, Any]) -> dict[str, Any]:
    """What the info module sees at the beginning."""
    module, options = next(iter(info.items()))
    return task("info before", module, **options)


ORG_INFO = {"org_license_info": {"organization_id": "y-y-y-delilah"}}
SERVICE_INFO = {"tenant_service_license_info": {**SAMSON, "tenant_id": "z2002"}}
STORE_INFO = {"license_assignment_info": STORE}
LISTINGS_INFO = {"license_assignment_info": {"license_pack_id": "listings-2026"}}
ORGANIZATIONS = {
    "created": [
        {
            "id": "y-y-y-delilah",
            "name": "delilah",
            "products": quantities(UNATT=10, NONPR=4, TIE=2),
            "tenants": [
                {
                    "id": "y1968",
                    "name": "Default",
                    "services": [
                        {"type": "orchestrator", "products": quantities(UNATT=5, NONPR=4)},
                        {"type": "du", "products": quantities(TIE=2)},
                    ],
                }
            ],
        }
    ],
    "changed": [
        {
            "id": "y-y-y-delilah",
            "name": "delilah",
            "products": quantities(UNATT=8, NONPR=0, AIG=1),
            "tenants": [
                {
                    "id": "y1968",
                    "name": "Default",
                    "services": [
                        {"type": "orchestrator", "products": quantities(UNATT=7, NONPR=0)},
                        {"type": "du", "products": quantities(TIE=1)},
                    ],
                }
            ],
        }
    ],
    "removed": [
        {
            "id": "y-y-y-delilah",
            "name": "delilah",
            "state": "absent",
            "tenants": [{"id": "y1968", "name": "Default", "state": "absent"}],
        }
    ],
}
PACKS = {
    "created": [
        {"id": "listings-2026", "entities": [{"id": "store-8"}, {"id": "s9", "expiration_date": "2031-05-31"}]}
    ],
    "changed": [
        {
            "id": "listings-2026",
            "entities": [{"id": "store-8", "expiration_date": "2032-01-31"}, {"id": "s9", "expiration_date": "never"}],
        }
    ],
    "removed": [
        {"id": "listings-2026", "entities": [{"id": "store-8", "state": "absent"}, {"id": "s9", "state": "absent"}]}
    ],
}
CASES = {
    "org_license": Case(
        [
            first(ORG_INFO),
            *with_info(
                "create",
                "org_license",
                ORG_INFO,
                organization_id="y-y-y-delilah",
                products=quantities(UNATT=2, AIG=1, TAUNATT=3),
            ),
            *with_info(
                "change", "org_license", ORG_INFO, organization_id="y-y-y-delilah", products=quantities(UNATT=4, AIG=0)
            ),
            *with_info("remove", "org_license", ORG_INFO, organization_id="y-y-y-delilah", state="absent"),
        ]
    ),
    "tenant_service_license": Case(
        [
            first(SERVICE_INFO),
            *with_info(
                "create",
                "tenant_service_license",
                SERVICE_INFO,
                **ORCHESTRATOR,
                products=quantities(UNATT=2, TAUNATT=3),
            ),
            *with_info(
                "change",
                "tenant_service_license",
                SERVICE_INFO,
                **ORCHESTRATOR,
                products=quantities(UNATT=1, TAUNATT=4),
            ),
            *with_info("remove", "tenant_service_license", SERVICE_INFO, **ORCHESTRATOR, state="absent"),
        ]
    ),
    "license_assignment": Case(
        [
            first(STORE_INFO),
            *with_info("create", "license_assignment", STORE_INFO, **STORE),
            *with_info("change", "license_assignment", STORE_INFO, **STORE, expiration_date="2031-12-31"),
            *with_info("keep", "license_assignment", STORE_INFO, **STORE),
            *with_info("cancel", "license_assignment", STORE_INFO, **STORE, expiration_date="never"),
            *with_info("remove", "license_assignment", STORE_INFO, **STORE, state="absent"),
            *with_info("dated", "license_assignment", STORE_INFO, **STORE, expiration_date="2031-12-31"),
        ]
    ),
    "org_licenses": Case(
        [
            first(ORG_INFO),
            *with_info("create", "org_licenses", ORG_INFO, organizations=ORGANIZATIONS["created"], entries="all"),
            *with_info("change", "org_licenses", ORG_INFO, organizations=ORGANIZATIONS["changed"], entries="all"),
            *with_info("remove", "org_licenses", ORG_INFO, organizations=ORGANIZATIONS["removed"], entries="all"),
        ]
    ),
    "license_assignments": Case(
        [
            first(LISTINGS_INFO),
            *with_info("create", "license_assignments", LISTINGS_INFO, license_packs=PACKS["created"], entries="all"),
            *with_info("change", "license_assignments", LISTINGS_INFO, license_packs=PACKS["changed"], entries="all"),
            *with_info("remove", "license_assignments", LISTINGS_INFO, license_packs=PACKS["removed"], entries="all"),
        ]
    ),
}


@pytest.fixture(scope="module")
def runs() -> Mapping[str, CaseRun]:
    return run_cases(CASES)


def info_of(run: CaseRun, name: str) -> dict[str, Any]:
    told = run[name]
    assert told.ok, told.describe()
    assert not told.changed
    assert told.writes == []
    return {key: value for key, value in told.result.items() if key in ("license", "licenses", "pool", "assignments")}


def assert_step(run: CaseRun, name: str, *, writes: int, changed: bool = True) -> dict[str, Any]:
    """One cycle, in which check mode wrote nothing that the info module could see; returns what it saw at last."""
    run.assert_cycle(name, writes=writes, changed=changed)
    infos = [task_name for task_name in run.tasks if "info" in task_name]
    before = infos[infos.index(f"{name}: info after check") - 1] if name != "create" else "info before"
    assert info_of(run, f"{name}: info after check") == info_of(run, before)
    after = info_of(run, f"{name}: info after real")
    assert (after != info_of(run, before)) is changed
    return after


def test_org_license_creates_changes_and_removes(runs: Mapping[str, CaseRun]) -> None:
    run = runs["org_license"]
    created = assert_step(run, "create", writes=1)
    assert created["license"] == {
        "organization_id": "y-y-y-delilah",
        "state": "present",
        "products": quantities(AIG=1, TAUNATT=3, UNATT=2),
    }
    assert run["create: real"].result["license"] == created["license"]
    assert run["create: real"].result["outcome"] == "created"
    assert run["create: real"].result["diff"] == {"before": "", "after": "y-y-y-delilah: AIG 1, TAUNATT 3, UNATT 2\n"}
    assert "license_code" in run["create: real"].result["server"]
    changed = assert_step(run, "change", writes=1)
    assert changed["license"]["products"] == quantities(TAUNATT=3, UNATT=4)
    assert run["change: real"].result["outcome"] == "updated"
    assert run["change: real"].result["diff"] == {
        "before": "y-y-y-delilah: AIG 1, TAUNATT 3, UNATT 2\n",
        "after": "y-y-y-delilah: TAUNATT 3, UNATT 4\n",
    }
    removed = assert_step(run, "remove", writes=1)
    assert removed["license"] == {"organization_id": "y-y-y-delilah", "state": "absent", "products": []}
    assert run["remove: real"].result["outcome"] == "removed"
    assert run["remove: real"].writes == [
        "DELETE /lrm/api/host/feb0dd79-85b6-483b-b297-0e49a1aa5b7d/organization/y-y-y-delilah/license/remove"
    ]
    assert "y-y-y-delilah" not in held(run.state)


def test_tenant_service_license_creates_changes_and_removes(runs: Mapping[str, CaseRun]) -> None:
    run = runs["tenant_service_license"]
    created = assert_step(run, "create", writes=1)
    assert [each["products"] for each in created["licenses"]] == [quantities(TAUNATT=3, UNATT=2)]
    assert run["create: check"].result["unverified"] == ["z-z-z-samson/Finance/orchestrator"]
    assert run["create: real"].result["unverified"] == []
    changed = assert_step(run, "change", writes=1)
    assert [each["products"] for each in changed["licenses"]] == [quantities(TAUNATT=4, UNATT=1)]
    assert {"code": "TAUNATT", "total": 6, "available": 2} in changed["pool"]
    removed = assert_step(run, "remove", writes=1)
    assert removed["licenses"] == []
    assert "z-z-z-samson/z2002/orchestrator" not in held(run.state)


def test_license_assignment_creates_changes_and_removes(runs: Mapping[str, CaseRun]) -> None:
    run = runs["license_assignment"]
    ends = {
        "create": (1, None),
        "change": (1, "2031-12-31"),
        "cancel": (1, None),
        "dated": (2, "2031-12-31"),
    }
    for name, (writes, end) in ends.items():
        seen = assert_step(run, name, writes=writes)
        assert seen["assignments"] == [{**STORE, "state": "present", "expiration_date": end}]
        assert run[f"{name}: real"].result["assignment"] == {**STORE, "state": "present", "expiration_date": end}
    kept = assert_step(run, "keep", writes=0, changed=False)
    assert kept["assignments"][0]["expiration_date"] == "2031-12-31"
    assert assert_step(run, "remove", writes=1)["assignments"] == []
    assert run["remove: real"].result["assignment"] == {**STORE, "state": "absent", "expiration_date": None}


def test_org_licenses_creates_changes_and_removes(runs: Mapping[str, CaseRun]) -> None:
    run = runs["org_licenses"]
    assert_step(run, "create", writes=3)
    created = run["create: real"]
    assert created.result["summary"]["created"] == 3
    assert created.result["diff"]["after"] == (
        "delilah: NONPR 4, TIE 2, UNATT 10\ndelilah/Default/du: TIE 2\ndelilah/Default/orchestrator: NONPR 4, UNATT 5\n"
    )
    assert_step(run, "change", writes=3)
    assert held(run["change: state"].state)["y-y-y-delilah"] == {"UNATT": 8, "AIG": 1, "TIE": 2}
    assert held(run["change: state"].state)["y-y-y-delilah/y1968/orchestrator"] == {"UNATT": 7}
    assert held(run["change: state"].state)["y-y-y-delilah/y1968/du"] == {"TIE": 1}
    assert_step(run, "remove", writes=3)
    assert not [place for place in held(run.state) if place.startswith("y-y-y-delilah")]
    assert held(run.state)["z-z-z-samson/z2001/orchestrator"] == {"UNATT": 5, "NONPR": 2}


def test_license_assignments_creates_changes_and_removes(runs: Mapping[str, CaseRun]) -> None:
    run = runs["license_assignments"]
    assert_step(run, "create", writes=3)
    assert assigned(run["create: state"].state)["listings-2026"] == {
        "store-1": None,
        "store-2": "2027-01-31",
        "store-4": None,
        "store-8": None,
        "s9": "2031-05-31",
    }
    assert_step(run, "change", writes=2)
    assert assigned(run["change: state"].state)["listings-2026"]["store-8"] == "2032-01-31"
    assert assigned(run["change: state"].state)["listings-2026"]["s9"] is None
    assert_step(run, "remove", writes=2)
    assert assigned(run.state)["listings-2026"] == {"store-1": None, "store-2": "2027-01-31", "store-4": None}


def test_check_and_diff_on_the_command_line_say_what_the_real_run_does_after_them() -> None:
    case = {"case": Case([task("create", "org_licenses", organizations=ORGANIZATIONS["created"], entries="all")])}
    check = run_cases(case, "--check", "--diff")["case"]
    real = run_cases(case, "--diff")["case"]
    assert check["create"].ok, check["create"].describe()
    assert check["create"].changed
    assert check["create"].told() == real["create"].told()
    assert check["create"].writes == []
    assert len(real["create"].writes) == 3
    assert not [place for place in held(check.state) if place.startswith("y-y-y-delilah")]
