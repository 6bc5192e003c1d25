# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a controller that the role makes: their fields, what they refer to, and what names one."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.tenantops.licensing.tests.awx.rules import credential_type_faults, is_whole, schedule_faults

Fields = dict[str, Any]
TEXT, YES_OR_NO, NUMBER, OBJECT = str, bool, int, dict
ENCRYPTED = "$encrypted$"


@dataclasses.dataclass(frozen=True)
class Kind:
    """One kind of object: ``fields`` as they are where nothing is told, ``references`` to objects of other paths."""

    path: str
    type: str
    fields: Mapping[str, Any]
    references: Mapping[str, str] = dataclasses.field(default_factory=dict)
    required: frozenset[str] = frozenset({"name"})
    unique: tuple[str, ...] = ("name",)
    links: Mapping[str, str] = dataclasses.field(default_factory=dict)
    sendable: frozenset[str] = frozenset()
    faults: Callable[[Fields], list[str]] = lambda fields: []

    def refuse(self, told: Mapping[str, Any]) -> dict[str, list[str]]:
        """What is wrong with fields that a caller tells, by field."""
        faults = {}
        for name, value in told.items():
            if name in self.sendable:
                continue
            if name in self.references:
                wrong = value is not None and not is_whole(value)
            elif name in self.fields:
                wrong = type(value) is not type(self.fields[name]) and not (value is None and name in NULL_IS_NONE)
            else:
                faults[name] = ["unknown field"]
                continue
            if wrong:
                faults[name] = [f"a value of another type: {value!r}"]
        return faults


# What the modules of awx.awx send as null where it was not given.
NULL_IS_NONE = {"host_filter"}


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text or "{}"), dict)
    except ValueError:
        return False


def _job_template_faults(fields: Fields) -> list[str]:
    faults = [] if fields["job_type"] in ("run", "check") else ["there is no such job_type"]
    return faults if _is_json_object(fields["extra_vars"]) else [*faults, "extra_vars is no JSON"]


# What may be asked for at a launch, of a workflow too; and what a node may answer.
ASKED_OF_WORKFLOWS = ("variables", "inventory", "limit", "tags", "skip_tags", "scm_branch")
ASKED = (*ASKED_OF_WORKFLOWS, "job_type", "diff_mode", "job_slice_count", "instance_groups")
PROMPTS = ("inventory", "job_type", "job_tags", "skip_tags", "limit", "scm_branch")

KINDS = {
    kind.path: kind
    for kind in (
        Kind("organizations", "organization", {"name": "", "description": ""}),
        Kind(
            "projects",
            "project",
            {
                **{"name": "", "description": "", "scm_type": "", "scm_url": "", "scm_branch": ""},
                **{"scm_update_on_launch": False, "allow_override": False},
            },
            {"organization": "organizations", "credential": "credentials"},
            unique=("name", "organization"),
            faults=lambda fields: [] if fields["scm_type"] == "git" and fields["scm_url"] else ["no repository"],
        ),
        Kind(
            "execution_environments",
            "execution_environment",
            {"name": "", "description": "", "image": "", "pull": ""},
            {"organization": "organizations", "credential": "credentials"},
            required=frozenset({"name", "image"}),
        ),
        Kind(
            "inventories",
            "inventory",
            {"name": "", "description": "", "kind": "", "host_filter": None, "variables": ""},
            {"organization": "organizations"},
            required=frozenset({"name", "organization"}),
            unique=("name", "organization"),
        ),
        Kind(
            "hosts",
            "host",
            {"name": "", "description": "", "enabled": True, "variables": ""},
            {"inventory": "inventories"},
            required=frozenset({"name", "inventory"}),
            unique=("name", "inventory"),
            faults=lambda fields: [] if _is_json_object(fields["variables"]) else ["variables is no JSON"],
        ),
        Kind(
            "credential_types",
            "credential_type",
            {"name": "", "description": "", "kind": "", "inputs": {}, "injectors": {}, "managed": False},
            required=frozenset({"name", "kind"}),
            unique=("name", "kind"),
            faults=lambda fields: credential_type_faults(fields["inputs"], fields["injectors"]),
        ),
        Kind(
            "credentials",
            "credential",
            {"name": "", "description": "", "inputs": {}},
            {"organization": "organizations", "credential_type": "credential_types"},
            required=frozenset({"name", "credential_type"}),
            unique=("name", "organization", "credential_type"),
        ),
        Kind("instance_groups", "instance_group", {"name": "", "max_concurrent_jobs": 0}),
        Kind(
            "job_templates",
            "job_template",
            {
                **{"name": "", "description": "", "job_type": "run", "playbook": "", "extra_vars": ""},
                **{"diff_mode": False, "survey_enabled": False, "allow_simultaneous": False, "job_slice_count": 1},
                **dict.fromkeys(("limit", "job_tags", "skip_tags", "start_at_task", "scm_branch"), ""),
                **{f"ask_{name}_on_launch": False for name in ASKED},
                "prevent_instance_group_fallback": False,
            },
            {
                **{"organization": "organizations", "project": "projects", "inventory": "inventories"},
                **{"execution_environment": "execution_environments"},
            },
            required=frozenset({"name", "project", "playbook"}),
            unique=("name", "organization"),
            links={"credentials": "credentials", "instance_groups": "instance_groups"},
            faults=_job_template_faults,
        ),
        Kind(
            "workflow_job_templates",
            "workflow_job_template",
            {
                **{"name": "", "description": "", "extra_vars": "", "survey_enabled": False},
                **{"allow_simultaneous": False, **{f"ask_{name}_on_launch": False for name in ASKED_OF_WORKFLOWS}},
            },
            {"organization": "organizations"},
            unique=("name", "organization"),
        ),
        Kind(
            "workflow_job_template_nodes",
            "workflow_job_template_node",
            {"identifier": "", "extra_data": {}, **dict.fromkeys(PROMPTS)},
            {"workflow_job_template": "workflow_job_templates", "unified_job_template": "unified_job_templates"},
            required=frozenset({"identifier", "workflow_job_template"}),
            unique=("identifier", "workflow_job_template"),
            links={f"{when}_nodes": "workflow_job_template_nodes" for when in ("always", "success", "failure")},
            sendable=frozenset({"type"}),
        ),
        Kind(
            "workflow_approval_templates", "workflow_approval_template", {"name": "", "description": "", "timeout": 0}
        ),
        Kind(
            "schedules",
            "schedule",
            {"name": "", "description": "", "rrule": "", "enabled": True, "extra_data": {}},
            {"unified_job_template": "unified_job_templates"},
            required=frozenset({"name", "rrule", "unified_job_template"}),
            unique=("name", "unified_job_template"),
            faults=lambda fields: schedule_faults(fields["rrule"]),
        ),
    )
}
# What can be run, and so stands behind one list of all of them.
RUNNABLE = ("projects", "job_templates", "workflow_job_templates", "workflow_approval_templates")
