# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role, applied by its playbook to a controller for tests as users do, and what came of it."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.tenantops.licensing.tests.awx.controller import TOKEN
from ansible_collections.tenantops.licensing.tests.integration.harness import HERE as INTEGRATION
from ansible_collections.tenantops.licensing.tests.integration.harness import environment

ROLE = Path(__file__).resolve().parents[2] / "roles/awx_job_templates"
DEMANDED = {
    "awx_job_templates_scm_url": "https://git.example.com/licensing.git",
    "awx_job_templates_image": "registry.example.com/licensing:1",
}
PLAYBOOKS = ("provision.yml", "audit.yml", "retire.yml")
SECRETS = ("a-password-of-the-tests", "an-api-key-of-the-tests")
CREDENTIALS = {
    "awx_job_templates_credential_inputs": {
        "uipath": {"base_url": "https://suite.example.com", "username": "admin", "password": SECRETS[0]},
        "yext": {"api_key": SECRETS[1]},
    }
}
PUT_OFF = "Tell what would be made or changed after the objects that it refers to"


@dataclasses.dataclass
class Applied:
    """One run of the role."""

    status: int
    output: str
    tasks: list[dict[str, Any]]

    def changes(self) -> set[str]:
        """What was changed, or would be, as the kind of task and the name of the object."""
        found = set()
        for task in self.tasks:
            result = task["result"]
            if "censored" in result:
                found |= {kind_of(task)} if result["changed"] else set()
                continue
            for one in result.get("results", []):
                item = one["item"]
                if one.get("changed") and task["task"].endswith(PUT_OFF):
                    kind, item = item[0]["kind"], item[1]["item"]
                    found.add(kind if kind == "credential" else f"{kind} {name_of(item)}")
                elif one.get("changed"):
                    found.add(f"{kind_of(task)} {name_of(item)}")
        return found

    def payloads(self) -> list[tuple[str, str, dict[str, Any]]]:
        """What each module of awx.awx was told: task, module, arguments."""
        return [
            (kind_of(task), MODULES[kind_of(task)], one["invocation"]["module_args"])
            for task in self.tasks
            for one in task["result"].get("results", [])
            if kind_of(task) in MODULES and "invocation" in one
        ]


MODULES = {
    "organization": "organization",
    "project": "project",
    "execution environment": "execution_environment",
    "inventory": "inventory",
    "host": "host",
    "credential type": "credential_type",
    "credential": "credential",
    "job template": "job_template",
    "workflow": "workflow_job_template",
    "node": "workflow_job_template_node",
    "links of node": "workflow_job_template_node",
    "template of node": "workflow_job_template_node",
    "schedule": "schedule",
}
TASKS = {
    "Make the organization": "organization",
    "Make the project": "project",
    "Make the execution environment": "execution environment",
    "Make the inventory": "inventory",
    "Make its host": "host",
    "Make the credential types": "credential type",
    "Make the credentials": "credential",
    "Make the job templates": "job template",
    "Make the workflow": "workflow",
    "Make the nodes of the workflow": "node",
    "Link the nodes": "links of node",
    "Give the nodes that wait their templates": "template of node",
    "Make the schedules": "schedule",
}


def kind_of(task: Mapping[str, Any]) -> str:
    """The kind of object that a task makes, or the task's own name."""
    name = str(task["task"]).rpartition(" : ")[2]
    return TASKS.get(name, name)


def name_of(item: Mapping[str, Any]) -> str:
    return str(item.get("name") or item["identifier"])


def apply(
    url: str,
    directory: Path,
    *arguments: str,
    without: str = "",
    sign_in: bool = False,
    environment_has: str | None = None,
    **options: Any,
) -> Applied:
    """Apply the role to the controller at this address; an option that is None is not set.

    ``without``: hide the collections that are installed beside Ansible. ``sign_in``: by the option, beside another
    sign-in in the environment. ``environment_has``: that address there.
    """
    if sign_in:
        options["awx_job_templates_sign_in"] = {"host": url, "oauth_token": TOKEN, "verify_ssl": True}
        environment_has = "http://192.0.2.1"
    address = url if environment_has is None else environment_has
    record = directory / "record.jsonl"
    record.unlink(missing_ok=True)
    variables = directory / "variables.yml"
    told = {name: value for name, value in {**DEMANDED, **options}.items() if value is not None}
    variables.write_text(yaml.safe_dump(told))
    env = environment(
        directory,
        **({"CONTROLLER_HOST": address} if address else {}),
        CONTROLLER_OAUTH_TOKEN="another-token" if sign_in else TOKEN,
        ANSIBLE_CALLBACK_PLUGINS=str(INTEGRATION / "plugins/callback"),
        ANSIBLE_CALLBACKS_ENABLED="record",
        ANSIBLE_COLLECTIONS_SCAN_SYS_PATH="false" if without else "true",
        ANSIBLE_INJECT_INVOCATION="true",
        ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
        ANSIBLE_PIPELINING="true",
        RECORD_FILE=str(record),
    )
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    command = [program, "tenantops.licensing.awx", "-e", f"@{variables}", "-vvv", *arguments]
    done = subprocess.run(command, env=env, cwd=directory, check=False, capture_output=True, text=True, timeout=300)
    tasks = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    return Applied(done.returncode, done.stdout + done.stderr, tasks)
