# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles that provision and retire, through their playbooks."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import assigned, held
from ansible_collections.tenantops.licensing.tests.integration.playing import PROVISIONED, STATE, Play
from simulator.testing import Handle

ROLES = {"provision": "tenant_provisioning", "retire": "tenant_retirement"}


def test_provisioning_plans_then_writes_then_has_nothing_to_do(play: Play, simulator: Handle) -> None:
    check = play("provision", "--check", "--diff")
    assert check.status == 0, check.output
    assert (check.changed, check.writes) == (2, [])
    assert held(simulator.state()) == {"o-2": {"UNATT": 15}, "o-2/t-3/orchestrator": {"UNATT": 15}}
    real = play("provision", "--diff")
    assert real.status == 0, real.output
    assert real.changed == 2
    assert real.diff == check.diff
    assert held(simulator.state()) == PROVISIONED
    assert assigned(simulator.state()) == {"listings": {"kept": "2027-01-31", "new-1": None, "new-2": None}}
    again = play("provision", "--diff")
    assert again.status == 0, again.output
    assert (again.changed, again.writes, again.diff) == (0, [], [])
    assert "WARNING" not in real.output + again.output


def test_a_state_file_does_the_same(play: Play, simulator: Handle, tmp_path: Path) -> None:
    file = tmp_path / "licensing.yml"
    file.write_text(yaml.safe_dump(STATE))
    done = play("provision", state={}, licensing_state_file=str(file))
    assert done.status == 0, done.output
    assert held(simulator.state()) == PROVISIONED
    retired = play(
        "retire",
        state={},
        licensing_state_file=str(file),
        tenant_retirement_organization="samson",
        tenant_retirement_confirm="samson",
    )
    assert retired.status == 0, retired.output
    assert {place for place in held(simulator.state()) if place.startswith("o-2")} == set()


def test_a_folder_of_files_that_the_path_reaches_from_where_ansible_was_started(
    play: Play, simulator: Handle, tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    for name, entries in STATE.items():
        (folder / f"{name}.yml").write_text(yaml.safe_dump({name: entries}))
    done = play("provision", state={}, licensing_state_file="state")
    assert done.status == 0, done.output
    assert held(simulator.state()) == PROVISIONED
    audit = play("audit", state={}, licensing_state_file="state", license_audit_write_report=False)
    assert "What is allocated is what was agreed." in audit.output
    retired = play(
        "retire",
        state={},
        licensing_state_file="state",
        tenant_retirement_license_packs="listings",
        tenant_retirement_confirm="listings",
    )
    assert retired.status == 0, retired.output
    assert assigned(simulator.state()) == {"listings": {}}


def test_one_tenant_of_one_organization(play: Play, simulator: Handle) -> None:
    simulator_state = simulator.state()
    simulator_state["uipath"]["organizations"]["o-2"]["license"] = None
    simulator_state["uipath"]["organizations"]["o-2"]["tenants"]["t-3"]["services"] = {}
    simulator.set_state(simulator_state)
    narrow = {"tenant_provisioning_organization": "delilah", "tenant_provisioning_tenant": "Test"}
    check = play("provision", "--check", "--diff", **narrow)
    assert check.status == 0, check.output
    assert (check.changed, check.writes) == (1, [])
    real = play("provision", "--diff", **narrow)
    assert real.status == 0, real.output
    assert real.diff == check.diff
    assert held(simulator.state()) == {place: PROVISIONED[place] for place in ("o-1", "o-1/t-2/orchestrator")}
    assert assigned(simulator.state()) == {"listings": {"old": None, "kept": "2027-01-31"}}
    assert play("provision", **narrow).changed == 0


@pytest.mark.parametrize(
    ("narrow", "message"),
    [
        ({"tenant_provisioning_organization": "nobody"}, "it names: delilah, samson"),
        ({"tenant_provisioning_tenant": "Test"}, "only_organization does not say of which organization"),
    ],
)
def test_what_the_file_does_not_name_is_refused(play: Play, narrow: dict[str, str], message: str) -> None:
    done = play("provision", **narrow)
    assert done.status == 2
    assert message in done.output
    assert done.calls == []


def test_only_what_the_file_names_is_called(play: Play) -> None:
    packs = play("provision", state={"licensing_license_packs": STATE["licensing_license_packs"]})
    assert packs.status == 0, packs.output
    assert {call["path"].split("/")[1] for call in packs.calls} == {"v2"}
    organizations = play("provision", state={"licensing_organizations": STATE["licensing_organizations"]})
    assert organizations.status == 0, organizations.output
    assert "v2" not in {call["path"].split("/")[1] for call in organizations.calls}


def test_nothing_is_called_before_the_whole_file_is_right(play: Play) -> None:
    state = copy.deepcopy(STATE)
    state["licensing_license_packs"][0]["entities"] += [{"id": "late", "expiration_date": "2027-02-30"}]
    refused = play("provision", state=state)
    assert refused.status != 0
    assert "license pack listings, entity late: expiration_date '2027-02-30' is no date" in refused.output
    assert refused.calls == []


def test_nothing_is_written_before_the_whole_plan_fits(play: Play, simulator: Handle) -> None:
    state = copy.deepcopy(STATE)
    state["licensing_license_packs"][0]["entities"] += [{"id": "one-too-many"}]
    refused = play("provision", state=state)
    assert refused.status != 0
    assert "3 wanted, 1 held, 1 left in license pack listings: 1 short" in refused.output
    assert refused.writes == []


def test_no_desired_state_at_all_is_refused(play: Play) -> None:
    refused = play("provision", state={})
    assert refused.status != 0
    assert "one of the following is required" in refused.output
    assert refused.calls == []


def test_a_tenant_is_retired_and_nothing_else(play: Play, simulator: Handle) -> None:
    assert play("provision").status == 0
    options = {
        "tenant_retirement_organization": "delilah",
        "tenant_retirement_tenants": ["Test"],
        "tenant_retirement_confirm": "delilah/Test",
    }
    check = play("retire", "--check", "--diff", **options)
    assert (check.status, check.changed, check.writes) == (0, 1, []), check.output
    real = play("retire", "--diff", **options)
    assert (real.status, real.diff) == (0, check.diff), real.output
    assert held(simulator.state()) == {
        place: products for place, products in PROVISIONED.items() if place != "o-1/t-2/orchestrator"
    }
    again = play("retire", **options)
    assert (again.status, again.changed, again.writes) == (0, 0, []), again.output


def test_an_organization_and_packs_are_retired_after_their_tenants(play: Play, simulator: Handle) -> None:
    assert play("provision").status == 0
    options = {
        "tenant_retirement_organization": "o-1",
        "tenant_retirement_license_packs": ["listings"],
        "tenant_retirement_confirm": "o-1,listings",
    }
    done = play("retire", **options)
    assert done.status == 0, done.output
    removed = [write for write in done.writes if "/lrm/" in write]
    assert removed[-1].endswith("/organization/o-1/license/remove")
    assert set(held(simulator.state())) == {"o-2", "o-2/t-3/orchestrator"}
    assert assigned(simulator.state()) == {"listings": {}}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"tenant_retirement_organization": "delilah", "tenant_retirement_confirm": "samson"},
            "tenant_retirement_confirm is samson, but what is to be retired is delilah: repeat that",
        ),
        (
            {
                "tenant_retirement_organization": "delilah",
                "tenant_retirement_tenants": ["Test"],
                "tenant_retirement_confirm": "delilah",
            },
            "what is to be retired is delilah/Test",
        ),
        ({"tenant_retirement_confirm": ""}, "Nothing is to be retired"),
        (
            {
                "tenant_retirement_organization": "delilah",
                "tenant_retirement_tenants": ["Prod"],
                "tenant_retirement_confirm": "delilah/Prod",
            },
            "The desired state names no tenant 'Prod'; it names: Production, Test",
        ),
        (
            {"tenant_retirement_license_packs": ["reviews"], "tenant_retirement_confirm": "reviews"},
            "The desired state names no license pack 'reviews'; it names: listings",
        ),
    ],
)
def test_what_is_not_named_twice_is_not_retired(play: Play, options: dict[str, Any], said: str) -> None:
    refused = play("retire", **options)
    assert refused.status != 0
    assert said in " ".join(refused.output.split())
    assert refused.calls == []


def test_an_organization_stays_while_a_tenant_that_nobody_named_holds_licences(play: Play, simulator: Handle) -> None:
    assert play("provision").status == 0
    state = copy.deepcopy(STATE)
    del state["licensing_organizations"][0]["tenants"][1]
    refused = play("retire", state=state, tenant_retirement_organization="delilah", tenant_retirement_confirm="delilah")
    assert refused.status != 0
    assert "tenant t-2, service orchestrator" in refused.output
    assert refused.writes == []
    assert held(simulator.state()) == PROVISIONED


@pytest.mark.parametrize(
    ("playbook", "task"),
    [
        ("provision", "Plan the licences of organizations and their services"),
        ("provision", "Assign the licences of license packs"),
        ("retire", "Plan what entities give back"),
        ("retire", "Take the licences of organizations and services back"),
    ],
)
def test_a_role_that_is_started_in_its_middle_says_where_to_start(play: Play, playbook: str, task: str) -> None:
    selected = {"tenant_retirement_license_packs": "listings"} if playbook == "retire" else {}
    started = play(playbook, "--start-at-task", f"tenantops.licensing.{ROLES[playbook]} : {task}", **selected)
    assert started.status != 0
    assert "was started in its middle. Start at its task" in " ".join(started.output.split())
    assert started.calls == []


def test_an_encrypted_state_file_is_refused_as_such(play: Play, tmp_path: Path) -> None:
    (tmp_path / "licensing.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n61626364\n")
    refused = play("provision", state={}, licensing_state_file="licensing.yml")
    assert refused.status != 0
    assert f"'{tmp_path}/licensing.yml' is encrypted with Ansible Vault" in refused.output
    assert refused.calls == []
