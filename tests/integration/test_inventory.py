# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin: one host for each organization of a file or a folder, or one sentence that says why not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import environment

ORGANIZATIONS: list[dict[str, Any]] = [
    {"id": "5b1e0c1a-6f5e-4a53-9d0e-0d5d7c2f1a01", "name": "delilah", "labels": {"region": "emea", "tier": "gold one"}},
    {"id": "o-2", "name": "Samson {{ 1 + 1 }}", "labels": {"region": "emea"}, "products": []},
    {"id": "o/3", "tenants": [{"id": "t", "state": "absent"}]},
]  # fmt: skip
PLUGIN = "tenantops.licensing.desired_state"


def run(directory: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = environment(directory, ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true")
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    return subprocess.run(command, cwd=directory, env=env, check=False, capture_output=True, text=True, timeout=180)


def inventory(directory: Path, state: object, name: str = "fleet.desired_state.yml", **options: Any) -> Path:
    (directory / "licensing.yml").write_text(yaml.safe_dump(state))
    source = directory / name
    source.write_text(yaml.safe_dump({"plugin": PLUGIN, "state_file": "licensing.yml", **options}))
    return source


def listed(directory: Path, source: Path) -> dict[str, Any]:
    done = run(directory, "ansible-inventory", "-i", str(source), "--list")
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    # Text that is no template is marked as such in the list.
    found: dict[str, Any] = json.loads(done.stdout, object_hook=lambda each: each.get("__ansible_unsafe", each))
    return found


def groups(found: dict[str, Any]) -> dict[str, list[str]]:
    return {name: group["hosts"] for name, group in found.items() if "hosts" in group}


def refusal(directory: Path, source: Path) -> str:
    done = run(directory, "ansible-inventory", "-i", str(source), "--list")
    assert done.returncode != 0
    return " ".join(done.stderr.split())


def test_each_organization_is_a_host_with_its_part_of_the_state_in_groups_by_its_labels(tmp_path: Path) -> None:
    found = listed(tmp_path, inventory(tmp_path, {"licensing_organizations": ORGANIZATIONS}))
    assert groups(found) == {
        "licensing_organizations": ["delilah", "Samson____1___1___", "o_3"],
        "region_emea": ["delilah", "Samson____1___1___"],
        "tier_gold_one": ["delilah"],
    }
    variables = found["_meta"]["hostvars"]
    assert [variables[name]["licensing_organizations"] for name in groups(found)["licensing_organizations"]] == [
        [organization] for organization in ORGANIZATIONS
    ]
    assert {each["ansible_connection"] for each in variables.values()} == {"local"}


def test_hosts_are_named_after_ids_and_put_into_groups_of_the_users_own(tmp_path: Path) -> None:
    source = inventory(
        tmp_path,
        {"licensing_organizations": ORGANIZATIONS},
        name="desired_state.yaml",
        hostname="id",
        strict=True,
        compose={"organization_name": "licensing_organizations[0].name | default('nobody')"},
        groups={"licensed": "licensing_organizations[0].products is defined"},
        keyed_groups=[{"key": "licensing_organizations[0].name | default('nobody')", "prefix": "called"}],
    )
    found = listed(tmp_path, source)
    assert groups(found)["licensing_organizations"] == ["5b1e0c1a-6f5e-4a53-9d0e-0d5d7c2f1a01", "o-2", "o_3"]
    assert groups(found)["licensed"] == ["o-2"]
    assert groups(found)["called_nobody"] == ["o_3"]
    assert found["_meta"]["hostvars"]["o_3"]["organization_name"] == "nobody"


def test_the_role_runs_with_the_python_that_runs_ansible_and_takes_no_name_for_a_template(tmp_path: Path) -> None:
    source = inventory(tmp_path, {"licensing_organizations": ORGANIZATIONS})
    show = "{{ licensing_organizations[0].name | default('-') }} by {{ ansible_python_interpreter }}"
    done = run(tmp_path, "ansible", "-i", str(source), "all", "-m", "ansible.builtin.debug", "-a", f"msg='{show}'")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Samson {{{{ 1 + 1 }}}} by {sys.executable}" in done.stdout


def test_a_folder_of_files(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    for number, organization in enumerate(ORGANIZATIONS):
        (tmp_path / "state" / f"{number}.yml").write_text(yaml.safe_dump({"licensing_organizations": [organization]}))
    source = inventory(tmp_path, {}, state_file=str(tmp_path / "state"))
    assert len(groups(listed(tmp_path, source))["licensing_organizations"]) == 3


@pytest.mark.parametrize(
    ("state", "options", "message"),
    [
        (
            {"licensing_organizations": [{"id": "a", "name": "x y"}, {"id": "b", "name": "x_y"}]},
            {},
            "organizations a and b would both be the host 'x_y': set hostname to id, or give them other names",
        ),
        ({"licensing_organizations": [{"id": 83}]}, {}, "id is 83, which is a number, not a string: write it"),
        ({"licensing_organizations": [], "licensing_license_packs": [{"id": 7}]}, {}, "license pack 1: id is 7"),
        ({}, {"state_file": "nowhere.yml"}, "nowhere.yml' cannot be read: No such file or directory"),
        ({}, {}, "has neither licensing_organizations nor licensing_license_packs at its top"),
        ({}, {"hostname": "label"}, "hostname"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_one_sentence(
    tmp_path: Path, state: object, options: dict[str, str], message: str
) -> None:
    told = refusal(tmp_path, inventory(tmp_path, state, **options))
    assert message in told
    assert "Traceback" not in told


def test_a_file_of_another_name_is_none_of_its_business(tmp_path: Path) -> None:
    source = inventory(tmp_path, {"licensing_organizations": ORGANIZATIONS}, name="fleet.yml")
    assert "inventory" in refusal(tmp_path, source)


def test_an_option_that_is_not_there_and_an_organization_of_another_source_are_told(tmp_path: Path) -> None:
    told = refusal(tmp_path, inventory(tmp_path, {"licensing_organizations": ORGANIZATIONS}, cache=True))
    assert "there is no option 'cache'" in told
    first = inventory(tmp_path, {"licensing_organizations": ORGANIZATIONS})
    second = inventory(tmp_path, {"licensing_organizations": ORGANIZATIONS}, name="b.desired_state.yml", hostname="id")
    done = run(tmp_path, "ansible-inventory", "-i", str(first), "-i", str(second), "--list")
    assert done.returncode != 0
    message = " ".join(done.stderr.split())
    assert f"{second}: organization {ORGANIZATIONS[0]['id']} is also named by the inventory {first}" in message


def test_the_state_file_may_be_a_template_and_encrypted(tmp_path: Path) -> None:
    source = inventory(
        tmp_path, {"licensing_organizations": ORGANIZATIONS}, state_file="{{ inventory_dir }}/{{ name }}.yml"
    )
    (tmp_path / "password").write_text("a password of the vault")
    arguments = ["-i", str(source), "--list", "-e", "name=licensing"]
    plain = run(tmp_path, "ansible-inventory", *arguments)
    assert plain.returncode == 0, plain.stderr
    vault = ["encrypt", "licensing.yml", "--vault-password-file", "password"]
    assert run(tmp_path, "ansible-vault", *vault).returncode == 0
    assert (tmp_path / "licensing.yml").read_text().startswith("$ANSIBLE_VAULT")
    decrypted = run(tmp_path, "ansible-inventory", *arguments, "--vault-password-file", "password")
    assert decrypted.stdout == plain.stdout, decrypted.stderr
    refused = run(tmp_path, "ansible-inventory", *arguments)
    assert refused.returncode != 0
    assert "licensing.yml' cannot be decrypted" in " ".join(refused.stderr.split())
