# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet in slices: each stage of it as jobs side by side, as the guide to scaling has it and as AWX slices a job."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    CREDENTIALS,
    assigned,
    environment,
    held,
    quantities,
)
from ansible_collections.tenantops.licensing.tests.integration.playing import Play, player
from ansible_collections.tenantops.licensing.tests.integration.runner import Job, PrivateData
from simulator.testing import Handle, running

SLICES = 4
SMALL = 8
INVENTORY = {"plugin": "tenantops.licensing.desired_state", "state_file": "licensing.yml"}
PROJECT = {
    f"{name}.yml": yaml.safe_dump([{"name": name, "ansible.builtin.import_playbook": f"tenantops.licensing.{name}"}])
    for name in ("provision", "provision_slice")
}


def fleet(size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A seed and the state that is wanted: of each two organizations one gives what the other gets, and all is full."""
    organizations: dict[str, Any] = {}
    wanted: list[dict[str, Any]] = []
    for number in range(size):
        an_id, more, less = f"o-{number:03}", {"UNATT": 6, "NONPR": 4}, {"UNATT": 4, "NONPR": 2}
        start, end = (more, less) if number % 2 else (less, more)
        services = {"t-1": ("orchestrator", "UNATT"), "t-2": ("du", "NONPR")}
        organizations[an_id] = {
            "name": f"org-{number:03}",
            "license": {"products": start},
            "tenants": {
                tenant: {"name": tenant.upper(), "services": {kind: {"products": {code: start[code]}}}}
                for tenant, (kind, code) in services.items()
            },
        }
        wanted.append(
            {
                "id": an_id,
                "name": f"org-{number:03}",
                "labels": {"half": "first" if number < size / 2 else "second"},
                "products": quantities(**end),
                "tenants": [
                    {
                        "id": tenant,
                        "name": tenant.upper(),
                        "services": [{"type": kind, "products": quantities(**{code: end[code]})}],
                    }
                    for tenant, (kind, code) in services.items()
                ],
            }
        )
    pools = {code: sum(each["license"]["products"][code] for each in organizations.values()) for code in more}
    packs = {name: {"total": 2, "assigned": {"old": None}} for name in ("listings", "reviews")}
    seed = {"uipath": {"host_pool": pools, "organizations": organizations}, "yext": {"license_packs": packs}}
    state = {
        "licensing_organizations": wanted,
        "licensing_license_packs": [{"id": name, "entities": [{"id": "old"}, {"id": "new"}]} for name in packs],
    }
    return seed, state


def write_state(directory: Path, state: Mapping[str, Any]) -> Path:
    """The state, as JSON for quickness, and the inventory beside it; its path."""
    (directory / "licensing.yml").write_text(json.dumps(state))
    inventory = directory / "licensing.desired_state.yml"
    inventory.write_text(yaml.safe_dump(INVENTORY))
    return inventory


def exported(inventory: Path) -> dict[str, Any]:
    """The inventory as AWX imports it."""
    program = str(Path(sys.executable).with_name("ansible-inventory"))
    command = [program, "-i", str(inventory), "--list", "--export"]
    env = environment(inventory.parent, ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true")
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    listed: dict[str, Any] = json.loads(done.stdout)
    return listed


def private_data(directory: Path, url: str, hosts: Mapping[str, Any] | None = None) -> PrivateData:
    """Where jobs find the simulator and, as the executable file that AWX makes, an inventory of these hosts."""
    credentials = {**CREDENTIALS, "UIPATH_BASE_URL": url, "YEXT_API_URL": f"{url}/v2"}
    data = PrivateData(directory, PROJECT, credentials)
    if hosts is not None:
        listed = {"licensing_organizations": {"hosts": list(hosts)}, "_meta": {"hostvars": dict(hosts)}}
        (directory / "hosts.json").write_text(json.dumps(listed))
        script = directory / "inventory" / "hosts"
        script.write_text(f"#!/bin/sh\nexec cat '{directory}/hosts.json'\n")
        script.chmod(0o755)
    return data


def writes_of(simulator: Handle) -> Counter[str]:
    """How often each path was written to."""
    return Counter(call["path"] for call in simulator.writes())


def test_four_slices_of_five_hundred_organizations_end_where_one_run_ends(tmp_path: Path) -> None:
    seed, state = fleet(500)
    inventory = write_state(tmp_path, state)
    with running(seed) as simulator:
        whole = player(simulator, tmp_path)("provision", state={}, licensing_state_file="licensing.yml")
        assert whole.status == 0, whole.output
        end, unsliced = (held(simulator.state()), assigned(simulator.state())), writes_of(simulator)
    hosts = exported(inventory)["_meta"]["hostvars"]
    names = sorted(hosts)
    with running(seed) as simulator:
        slices = []
        for number in range(SLICES):
            # AWX deals the hosts out like cards.
            own = {name: hosts[name] for name in names[number::SLICES]}
            slices.append(private_data(tmp_path / f"slice-{number}", simulator.url, own))
        between = private_data(tmp_path / "between", simulator.url)

        def stage(name: str) -> list[Job]:
            started = [data.start("provision_slice.yml", tenant_provisioning_stage=name) for data in slices]
            return [data.end(process) for data, process in zip(slices, started, strict=True)]

        jobs = stage("give_back")
        given = writes_of(simulator)
        state_file = str(tmp_path / "licensing.yml")
        jobs.append(
            between.run("provision.yml", licensing_state_file=state_file, tenant_provisioning_stage="organizations")
        )
        jobs += stage("receive")
        assert [job.status for job in jobs] == [0] * len(jobs), "".join(job.output for job in jobs)[-3000:]
        assert (held(simulator.state()), assigned(simulator.state())) == end
        written = writes_of(simulator)
    # No organization was handled twice, no service, and no pack: the same writes as in one run.
    assert written == unsliced
    assert set(written.values()) == {1}
    # Half of the organizations gave back, of both tenants, before any organization changed.
    assert len(given) == 500
    assert not any("/organization/" in path for path in given)


@pytest.fixture
def simulator() -> Iterator[Handle]:
    with running(fleet(SMALL)[0]) as handle:
        yield handle


def test_a_limit_to_a_label_and_batches_of_it(tmp_path: Path, simulator: Handle, play: Play) -> None:
    inventory = str(write_state(tmp_path, fleet(SMALL)[1]))
    before = held(simulator.state())
    arguments = ("-i", inventory, "--limit", "half_first", "--diff")
    check = play("provision_slice", *arguments, "--check", state={}, tenant_provisioning_batch=2)
    assert check.status == 0, check.output
    assert check.writes == []
    done = play("provision_slice", *arguments, state={}, tenant_provisioning_batch=2)
    assert done.status == 0, done.output
    assert done.output.count("TASK [Provision the organizations of this batch together]") == 2
    assert done.diff == check.diff
    now = held(simulator.state())
    changed = {place.split("/")[0] for place in now if now[place] != before[place]}
    assert changed == {"o-000", "o-001", "o-002", "o-003"}
    assert now["o-000"] == before["o-001"]
    again = play("provision_slice", *arguments, state={})
    assert (again.status, again.changed, again.writes) == (0, 0, [])


def test_the_role_on_each_host_alone_with_forks(tmp_path: Path, simulator: Handle) -> None:
    inventory = str(write_state(tmp_path, fleet(SMALL)[1]))
    playbook = tmp_path / "each.yml"
    role = {"role": "tenantops.licensing.tenant_provisioning"}
    plays = [{"hosts": "licensing_organizations", "gather_facts": False, "roles": [role]}]
    playbook.write_text(yaml.safe_dump(plays))
    env = environment(tmp_path, **CREDENTIALS, UIPATH_BASE_URL=simulator.url, YEXT_API_URL=f"{simulator.url}/v2")
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    command = [
        program,
        "-i",
        inventory,
        "--forks",
        "4",
        "--limit",
        "half_first",
        str(playbook),
        "-e",
        "tenant_provisioning_stage=give_back",
    ]
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("changed=1") == 2
    assert Counter(path.split("/")[-1] for path in writes_of(simulator)) == {"orchestrator": 2, "du": 2}


def test_a_stage_that_comes_too_early_names_what_is_short(tmp_path: Path, simulator: Handle, play: Play) -> None:
    inventory = str(write_state(tmp_path, fleet(SMALL)[1]))
    done = play("provision_slice", "-i", inventory, state={}, tenant_provisioning_stage="receive")
    assert done.status == 2
    assert "2 short" in done.output
    assert done.writes == []
