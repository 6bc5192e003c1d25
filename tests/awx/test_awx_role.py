# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role on a fresh controller: check, really, again, and check again; and where awx.awx is not installed."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.awx import configuration
from ansible_collections.tenantops.licensing.tests.awx.controller import Controller
from ansible_collections.tenantops.licensing.tests.awx.kinds import ASKED_OF_WORKFLOWS
from ansible_collections.tenantops.licensing.tests.awx.modules import argument_spec, told
from ansible_collections.tenantops.licensing.tests.awx.playing import MODULES, ROLE, Applied

# What a task hands on to the next job of a workflow.
STATS = re.compile(r"^ +ansible\.builtin\.set_stats:\n(?: +.*\n)*", re.MULTILINE)
EVERYTHING = {
    "project Licensing Project",
    "execution environment Licensing Execution Environment",
    "inventory Licensing Localhost",
    "host localhost",
    "credential type Licensing UiPath",
    "credential type Licensing Yext",
    "job template Licensing Provision",
    "job template Licensing Audit",
    "job template Licensing Retire",
    "workflow Licensing Audit and Provision",
    "node audit",
    "node approval",
    "node provision",
    "links of node audit",
    "links of node approval",
    "template of node provision",
    "schedule Licensing Audit on working days",
}


@dataclasses.dataclass
class Cycle:
    """The four runs, each with the write calls that the controller saw of it."""

    check: Applied
    real: Applied
    again: Applied
    check_again: Applied
    writes: dict[str, list[str]]


@pytest.fixture(scope="module")
def cycle(controller: Controller, role: Callable[..., Applied]) -> Cycle:
    runs, writes = {}, {}
    for name, arguments in {"check": ["--check"], "real": [], "again": [], "check_again": ["--check"]}.items():
        controller.calls.clear()
        runs[name] = role(*arguments)
        writes[name] = controller.writes
        assert runs[name].status == 0, runs[name].output
    return Cycle(**runs, writes=writes)


def test_a_check_of_a_fresh_controller_tells_everything_and_writes_nothing(cycle: Cycle) -> None:
    assert cycle.check.changes() == EVERYTHING
    assert cycle.writes["check"] == []


def test_a_real_run_makes_what_was_told(cycle: Cycle, controller: Controller) -> None:
    assert cycle.real.changes() == EVERYTHING
    assert controller.names() == {
        "organizations": {"Default"},
        "projects": {"Licensing Project"},
        "execution_environments": {"Licensing Execution Environment"},
        "inventories": {"Licensing Localhost"},
        "hosts": {"localhost"},
        "credential_types": {"Licensing UiPath", "Licensing Yext"},
        "job_templates": {"Licensing Provision", "Licensing Audit", "Licensing Retire"},
        "workflow_job_templates": {"Licensing Audit and Provision"},
        "workflow_approval_templates": {"Licensing Approval"},
        "workflow_job_template_nodes": {"audit", "approval", "provision"},
        "schedules": {"Licensing Audit on working days"},
    }


def test_it_does_not_wait_for_a_project_that_allows_other_branches(cycle: Cycle, controller: Controller) -> None:
    assert "FAILED - RETRYING" not in cycle.real.output
    assert controller.asked_for_playbooks == 0


def test_a_second_run_changes_nothing(cycle: Cycle) -> None:
    for run in (cycle.again, cycle.check_again):
        assert run.changes() == set()
        assert "changed=0 " in run.output
    assert cycle.writes["again"] == cycle.writes["check_again"] == []


def test_the_job_templates_are_what_was_asked_for(cycle: Cycle, controller: Controller) -> None:
    assert cycle.real.status == 0
    audit = controller.named("job_templates", "Licensing Audit").fields
    assert (audit["job_type"], audit["diff_mode"], audit["survey_enabled"]) == ("check", True, False)
    for name in ("Provision", "Retire"):
        template = controller.named("job_templates", f"Licensing {name}")
        assert template.fields["job_type"] == "run"
        assert template.fields["survey_enabled"]
        assert json.loads(template.fields["extra_vars"]) == {"licensing_state_file": "/runner/project/licensing.yml"}
    asked = {
        template.fields["name"]: [question["variable"] for question in template.survey.get("spec", [])]
        for template in controller.of("job_templates")
    }
    assert asked == {
        "Licensing Provision": ["tenant_provisioning_organization", "tenant_provisioning_tenant"],
        "Licensing Audit": [],
        "Licensing Retire": [f"tenant_retirement_{word}" for word in ("organization", "tenants", "confirm")],
    }


def test_the_modules_run_in_the_execution_environment(cycle: Cycle, controller: Controller) -> None:
    assert cycle.real.status == 0
    assert json.loads(controller.named("hosts", "localhost").fields["variables"]) == {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }


def test_nothing_is_provisioned_past_the_approval(cycle: Cycle, controller: Controller) -> None:
    assert cycle.real.status == 0
    nodes = {name: controller.named("workflow_job_template_nodes", name) for name in ("audit", "approval", "provision")}
    nothing: dict[str, list[int]] = {"always_nodes": [], "success_nodes": [], "failure_nodes": []}
    assert nodes["audit"].links == {**nothing, "always_nodes": [nodes["approval"].id]}
    assert nodes["approval"].links == {**nothing, "success_nodes": [nodes["provision"].id]}
    assert nodes["provision"].links == nothing


def test_no_way_of_making_the_workflow_starts_provisioning_by_itself(cycle: Cycle, controller: Controller) -> None:
    assert cycle.real.status == 0
    assert controller.roots("Licensing Audit and Provision") == {"audit"}
    assert controller.started == {"Licensing Audit", "Licensing Approval"}


def test_what_carries_a_promise_is_set(cycle: Cycle, controller: Controller) -> None:
    assert cycle.real.status == 0
    told = {
        (kind, arguments["name"]): arguments
        for kind, _module, arguments in cycle.real.payloads()
        if kind in ("job template", "workflow")
    }
    assert len(told) == 4
    for (kind, _name), arguments in told.items():
        off = {*(f"ask_{name}_on_launch" for name in ASKED_OF_WORKFLOWS), "allow_simultaneous"}
        assert {name: arguments[name] for name in off} == dict.fromkeys(off, False)
        if kind == "job template":
            empty = ("limit", "job_tags", "skip_tags", "scm_branch", "start_at_task")
            assert {name: arguments[name] for name in empty} == dict.fromkeys(empty, "")
    for path in ("workflow_job_template_nodes", "schedules"):
        assert [thing.fields["extra_data"] for thing in controller.of(path) if thing.fields["extra_data"]] == []


def test_what_a_job_of_a_workflow_hands_on_sets_no_option_of_those_after_it(
    cycle: Cycle, controller: Controller
) -> None:
    """Artifacts become extra variables, and those beat all else: an option of that name would be set by them."""
    assert cycle.real.status == 0
    handed_on: set[str] = set()
    options: set[str] = set()
    for role in sorted(path for path in ROLE.parent.iterdir() if path != ROLE):
        for file in (role / "tasks").glob("*.yml"):
            handed_on |= set(re.findall(r"^ {6,}(\w+):", "".join(STATS.findall(file.read_text())), re.MULTILINE))
        specs = yaml.safe_load((role / "meta/argument_specs.yml").read_text())
        options |= specs["argument_specs"]["main"]["options"].keys()
    assert "license_audit_verdict" in handed_on
    assert not handed_on & options
    node = controller.named("workflow_job_template_nodes", "provision")
    artifacts = dict.fromkeys(handed_on, "of an earlier job")
    without = controller.variables(node, {})
    assert without == {
        "licensing_state_file": "/runner/project/licensing.yml",
        "tenant_provisioning_organization": "",
        "tenant_provisioning_tenant": "",
    }
    assert controller.variables(node, artifacts) == {**without, **artifacts}


def test_objects_that_are_there_already_stand_in_for_its_own(
    cycle: Cycle, controller: Controller, role: Callable[..., Applied]
) -> None:
    assert cycle.check_again.status == 0
    controller.calls.clear()
    controller.add("instance_groups", {"name": "writers", "max_concurrent_jobs": 1})
    given = role(
        sign_in=True,
        awx_job_templates_project="Licensing Project",
        awx_job_templates_execution_environment="Licensing Execution Environment",
        awx_job_templates_inventory="Licensing Localhost",
        awx_job_templates_scm_url="",
        awx_job_templates_image="",
        awx_job_templates_scm_credential="",
        awx_job_templates_prefix="",
        awx_job_templates_instance_group="writers",
    )
    assert given.status == 0, given.output
    apart = ("Licensing Provision", "Licensing Retire")
    assert given.changes() == {f"job template {name}" for name in apart}
    group = controller.named("instance_groups", "writers").id
    for template in controller.of("job_templates"):
        assert template.links["instance_groups"] == ([group] if template.fields["name"] in apart else [])
        assert template.fields["prevent_instance_group_fallback"] == (template.fields["name"] in apart)
    told = {kind for kind, _module, _arguments in given.payloads()}
    left_out = {"project", "execution environment", "inventory", "host", "credential", "links of node"}
    assert MODULES.keys() - told == left_out


def test_without_an_address_one_sentence_says_what_to_set(role: Callable[..., Applied]) -> None:
    refused = role(environment_has="")
    assert refused.status != 0
    assert "No controller is named: put its address into the environment variable CONTROLLER_HOST" in refused.output


@pytest.mark.parametrize("option", ["awx_job_templates_scm_url", "awx_job_templates_image"])
def test_what_has_no_default_is_asked_for(controller: Controller, role: Callable[..., Applied], option: str) -> None:
    controller.calls.clear()
    refused = role(**{option: None})
    assert refused.status != 0
    assert f"Set {option}" in refused.output or f"and {option}" in refused.output
    assert controller.calls == []


# --- awx.awx ---------------------------------------------------------------------------------------------------------


def merged(payloads: Iterable[tuple[str, str, dict[str, Any]]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Payloads by the kind and the name of their object, without what a module takes for granted."""
    return {
        (kind, arguments.get("name") or arguments["identifier"]): told(module, arguments)
        for kind, module, arguments in payloads
    }


def test_the_configuration_data_describes_the_same_objects(cycle: Cycle) -> None:
    """So what is held against the argument specs there holds for the role."""
    assert {kind for kind, _module, _arguments in cycle.real.payloads()} == MODULES.keys() - {"credential"}
    made, documented = merged(cycle.real.payloads()), merged(configuration.payloads())
    assert made.pop(("organization", "Default")) == {"name": "Default"}
    for template in configuration.configuration()["controller_templates"]:
        assert documented["job template", template["name"]].pop("credentials") == ["Licensing UiPath", "Licensing Yext"]
    for kind, name in [one for one in documented if one[0] == "links of node"]:
        if not any(documented[kind, name][when] for when in ("always_nodes", "success_nodes", "failure_nodes")):
            del documented[kind, name]  # which has none when it is new
    # The role makes the node that waits without its template, and gives it that when it is linked.
    made["node", "provision"] |= made.pop(("template of node", "provision"))
    del made["node", "provision"]["success_nodes"]
    for wanted in made.values():
        wanted.pop("wait", None)  # the data leaves that to the collection that applies it
        if "description" in wanted:  # which says at its end that the role made it
            wanted["description"] = re.sub(r"\. Made by awx_job_templates( for Default)?\.$", "", wanted["description"])
    assert made == documented


def tasks_of(file: str) -> list[dict[str, Any]]:
    """The tasks of a file of the role, those in blocks included."""

    def flat(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for task in tasks for one in ([task] if "block" not in task else flat(task["block"]))]

    return flat(yaml.safe_load((ROLE / "tasks" / file).read_text()))


@pytest.mark.parametrize("file", sorted(path.name for path in (ROLE / "tasks").glob("*.yml")))
def test_every_option_that_a_task_names_is_one_of_the_module(file: str) -> None:
    for task in tasks_of(file):
        for name in [name for name in task if name.startswith("awx.awx.")]:
            spec, _constraints = argument_spec(name.removeprefix("awx.awx."))
            named = {**task[name], **task.get("args", {})}.keys()
            aliases = {alias for option in spec.values() for alias in option.get("aliases", [])}
            assert named <= spec.keys() - aliases, task["name"]


def test_without_awx_awx_one_sentence_says_what_to_install(role: Callable[..., Applied]) -> None:
    refused = role(without="awx.awx")
    assert refused.status != 0
    told_last = refused.tasks[-1]["result"]["msg"]
    assert told_last == (
        "The role awx_job_templates works through the collection awx.awx, which is not installed here: run "
        '"ansible-galaxy collection install awx.awx".'
    )
