# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a survey of AWX sends where nothing was answered, for every option of every role: unset, or one clear sentence.

AWX writes variables in YAML and marks each text as unsafe; an empty one is null to ansible-core 2.19 and later.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    CREDENTIALS,
    assert_no_warning,
    environment,
    host_variables,
    playbook_command,
    write_inventory,
)
from ansible_collections.tenantops.licensing.tests.integration.playing import SEED, STATE
from simulator.testing import running

ROLES = Path(__file__).resolve().parents[2] / "roles"
NO_ANSWERS = {
    "empty": "!unsafe ''",
    "quoted": "''",
    "blanks": '!unsafe " \\t"',
    "lines": '!unsafe "\\n\\n"',
    "list": "[!unsafe '']",
}
# What a role needs in any case, and where it puts what it tells.
NEEDED: dict[str, dict[str, Any]] = {
    "license_audit": {},
    "tenant_provisioning": {},
    "tenant_retirement": {"tenant_retirement_organization": "samson", "tenant_retirement_confirm": "samson"},
}
TOLD = {
    "license_audit": "license_audit_told.verdict",
    "tenant_provisioning": "tenant_provisioning_told",
    "tenant_retirement": "tenant_retirement_told",
}
# What an earlier run of a workflow hands on comes back as extra variables, which win over facts.
ARTIFACTS: dict[str, Any] = {
    **{f"license_audit_{name}": f"earlier {name}" for name in ("verdict", "agreed", "summary", "findings", "report")},
    "license_audits": {"localhost": {"verdict": "earlier"}},
    "tenant_provisioning_summary": "earlier summary",
    "tenant_retirement_summary": "earlier summary",
}
ORGANIZATION, TENANT = "tenant_provisioning_organization", "tenant_provisioning_tenant"
RETIREMENT = {"tenant_retirement_organization": "!unsafe samson", "tenant_retirement_confirm": "!unsafe samson"}
NO_LISTS = dict.fromkeys(STATE, "!unsafe ''")
# What names one product only, and an option of its sign-in that a host may set, for the roles.
PRODUCTS = {
    "uipath": ({"licensing_license_packs": "!unsafe ''"}, RETIREMENT),
    "yext": (
        {"licensing_organizations": "!unsafe ''"},
        {
            "tenant_retirement_organization": "!unsafe ''",
            "tenant_retirement_license_packs": "!unsafe listings",
            "tenant_retirement_confirm": "!unsafe listings",
        },
    ),
}
# How a server is reached, with an answer that only the module which calls it refuses.
REACHING = {
    "max_runtime": ("!unsafe '0.001'", "max_runtime of 0.001 s is over"),
    "max_response_size": ("!unsafe '0'", "max_response_size is 0: it must be between 1 and 4,096 MiB"),
    "allow_plain_http": ("!unsafe maybe", "allow_plain_http"),
}


def reaching(role: str, product: str) -> dict[str, str]:
    """What a role is given besides, so that it calls this product alone."""
    state, names = PRODUCTS[product]
    return {**state, **(names if role == "tenant_retirement" else {})}


# What is answered with something that cannot be meant, in YAML, and the sentence that tells it.
REFUSED: dict[str, tuple[str, dict[str, str], str]] = {
    "digits": (
        "tenant_provisioning",
        {ORGANIZATION: "123"},
        "123 is no text: write it in quotes",
    ),
    "digits of a tenant": (
        "tenant_provisioning",
        {ORGANIZATION: "delilah", TENANT: "7"},
        "7 is no text: write it",
    ),
    "digits to retire": (
        "tenant_retirement",
        {"tenant_retirement_organization": "123", "tenant_retirement_confirm": "!unsafe '123'"},
        "123 is no text: write it in quotes",
    ),
    "digits in a list": (
        "tenant_retirement",
        {**RETIREMENT, "tenant_retirement_tenants": "[12]"},
        "12 is no text: write it in quotes",
    ),
    "no confirmation": (
        "tenant_retirement",
        {**RETIREMENT, "tenant_retirement_confirm": "!unsafe ''"},
        "tenant_retirement_confirm is empty, but what is to be retired is samson: repeat that",
    ),
    "nothing": ("tenant_retirement", {"tenant_retirement_confirm": "!unsafe ''"}, "Nothing is to be retired"),
    "no tenants of a list": (
        "tenant_retirement",
        {**RETIREMENT, "tenant_retirement_tenants": "[]"},
        "Nothing is to be retired",
    ),
    "a word for a number": ("license_audit", {"license_audit_expiry_days": "!unsafe soon"}, "expiry_days"),
    "another choice": (
        "tenant_provisioning",
        {"tenant_provisioning_on_error": "!unsafe Stop"},
        "on_error must be",
    ),
    "two files": ("license_audit", {"licensing_state_file": "[a.yml, b.yml]"}, "['a.yml', 'b.yml'] is not one path"),
    "no file": ("license_audit", {**NO_LISTS, "licensing_state_file": "!unsafe no.yml"}, "/no.yml' cannot be read: No"),
    "no path": ("license_audit", {"licensing_state_file": '!unsafe "a\\0b"'}, "is no path"),
    **{
        f"{option} of {role} for {product}": (role, {**reaching(role, product), f"{role}_{option}": answer}, sentence)
        for role in NEEDED
        for product in PRODUCTS
        for option, (answer, sentence) in REACHING.items()
    },
    **{
        f"max_response_size of {role} for {product} beside one of the host": (
            role,
            {**reaching(role, product), f"{product}_max_response_size": "64", f"{role}_max_response_size": "0"},
            "max_response_size is 0: it must be",
        )
        for role in NEEDED
        for product in PRODUCTS
    },
    **{
        f"misspelled {name}": (role, {name: "!unsafe x"}, f"There is no variable {name}; is {meant} meant?")
        for role, name, meant in (
            ("tenant_provisioning", "tenant_provisioning_organisation", ORGANIZATION),
            ("tenant_provisioning", "licensing_licence_packs", "licensing_license_packs"),
            ("tenant_retirement", "licencing_state_file", "licensing_state_file"),
            ("tenant_retirement", "tenant_retirement_tenant", "tenant_retirement_tenants"),
            ("license_audit", "licence_audit_fail_on", "license_audit_fail_on"),
        )
    },
}


def options(role: str) -> list[str]:
    spec = yaml.safe_load((ROLES / role / "meta/argument_specs.yml").read_text())
    return list(spec["argument_specs"]["main"]["options"])


def case(name: str, role: str, variables: dict[str, str], told: str) -> str:
    """The tasks that play a role with these variables, in YAML, and tell how it ended."""
    values = "".join(f"\n              {option}: {value}" for option, value in variables.items())
    return f"""
    - name: {name}
      block:
        - ansible.builtin.include_role: {{name: tenantops.licensing.{role}, public: true}}
          vars:{values if values else " {}"}
        - ansible.builtin.debug: {{msg: "{{{{ '@@' ~ {{'name': '{name}', 'told': {told}}} | to_json ~ '@@' }}}}"}}
      rescue:
        - ansible.builtin.debug:
            msg: "{{{{ '@@' ~ {{'name': '{name}', 'failed': ansible_failed_result.msg | string}} | to_json ~ '@@' }}}}"
"""


def cases(role: str) -> Iterator[str]:
    state = {name: json.dumps(value) for name, value in STATE.items()}
    for name, (of, variables, _sentence) in REFUSED.items():
        if of == role:
            yield case(name, role, {**state, **variables}, TOLD[role])
    base = {**state, **{name: f"!unsafe {value}" for name, value in NEEDED[role].items()}}
    yield case(f"{role} without anything", role, dict.fromkeys(options(role), "!unsafe ''"), TOLD[role])
    yield case(f"{role} unset", role, base, TOLD[role])
    for kind, empty in NO_ANSWERS.items():
        unanswered = dict.fromkeys(options(role), empty)
        yield case(f"{role} {kind}", role, {**unanswered, **base}, TOLD[role])


def played(role: str, directory: Path) -> dict[str, dict[str, Any]]:
    """How each case of a role ended: all of them in one run, in check mode, with an earlier run's artifacts."""
    playbook = directory / "play.yml"
    playbook.write_text(f"- hosts: all\n  gather_facts: false\n  tasks:{''.join(cases(role))}")
    # Were an empty path the current folder, this would be what is wanted.
    (directory / "trap.yml").write_text("licensing_organizations: []")
    with running(SEED) as simulator:
        inventory = write_inventory(directory / "hosts.yml", {"localhost": host_variables(simulator.url)})
        env = environment(directory, **CREDENTIALS, UIPATH_BASE_URL=simulator.url, YEXT_API_URL=f"{simulator.url}/v2")
        extra = directory / "artifacts.json"
        extra.write_text(json.dumps(ARTIFACTS))
        command = playbook_command(playbook, inventory, "--check", "--extra-vars", f"@{extra}")
        done = subprocess.run(command, env=env, cwd=directory, check=False, capture_output=True, text=True, timeout=500)
        assert simulator.writes() == []
    assert_no_warning(done.stdout + done.stderr)
    assert "earlier " not in done.stdout
    found = re.findall(r'"msg": ("@@.*@@")', done.stdout)
    results = [json.loads(json.loads(text)[2:-2]) for text in found]
    assert len(results) == len(list(cases(role))), done.stdout[-3000:] + done.stderr
    return {result["name"]: result for result in results}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """How each case of every role ended."""
    return {name: result for role in NEEDED for name, result in played(role, tmp_path_factory.mktemp("survey")).items()}


@pytest.mark.parametrize("kind", NO_ANSWERS)
@pytest.mark.parametrize("role", NEEDED)
def test_no_answer_is_an_unset_option(ended: dict[str, dict[str, Any]], role: str, kind: str) -> None:
    unset = ended[f"{role} unset"]
    assert unset["told"], unset
    assert "earlier" not in str(unset)
    assert ended[f"{role} {kind}"].get("told") == unset["told"], ended[f"{role} {kind}"]


@pytest.mark.parametrize("role", NEEDED)
def test_without_a_desired_state_nothing_is_taken_for_one(ended: dict[str, dict[str, Any]], role: str) -> None:
    assert "one of the following is required: organizations" in ended[f"{role} without anything"]["failed"]


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_cannot_be_meant_is_told_in_one_sentence(ended: dict[str, dict[str, Any]], name: str) -> None:
    told = " ".join(ended[name].get("failed", "").split())
    assert REFUSED[name][2] in told, ended[name]
    assert "Traceback" not in told
