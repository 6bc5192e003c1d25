# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects as configuration data under docs/awx, and as the tasks that its shape stands for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parents[2] / "docs/awx"
# What a variable of infra.aap_configuration holds, and the module of awx.awx that makes it.
VARIABLES = {
    "controller_projects": ("project", "project"),
    "controller_execution_environments": ("execution environment", "execution_environment"),
    "controller_inventories": ("inventory", "inventory"),
    "controller_hosts": ("host", "host"),
    "controller_credential_types": ("credential type", "credential_type"),
    "controller_templates": ("job template", "job_template"),
    "controller_workflows": ("workflow", "workflow_job_template"),
    "controller_schedules": ("schedule", "schedule"),
}
LINKS = {"always_nodes", "success_nodes", "failure_nodes"}


class _Loader(yaml.SafeLoader):
    """Reads the tag that keeps Ansible from taking braces for a template."""


def _as_it_is(loader: _Loader, node: yaml.Node) -> str:
    assert isinstance(node, yaml.ScalarNode)
    return str(loader.construct_scalar(node))


_Loader.add_constructor("!unsafe", _as_it_is)


def load(file: Path) -> Any:
    return yaml.load(file.read_text(), _Loader)


def configuration() -> dict[str, list[dict[str, Any]]]:
    """All variables of the files."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(DATA.glob("controller_*.yml")):
        variables = load(file)
        assert not found.keys() & variables.keys()
        found |= variables
    return found


def payloads() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What the modules of awx.awx are told of the data: kind of object, module, arguments.

    Nodes are made first and linked afterwards, as a link needs both of its ends.
    """
    for variable, objects in configuration().items():
        kind, module = VARIABLES[variable]
        for one in objects:
            yield kind, module, {name: value for name, value in one.items() if name != "simplified_workflow_nodes"}
            for node in one.get("simplified_workflow_nodes", []):
                place = {"workflow_job_template": one["name"], "organization": one["organization"]}
                links = {name: node[name] for name in LINKS}
                own = {name: value for name, value in node.items() if name not in LINKS}
                yield "node", "workflow_job_template_node", {**own, **place}
                yield (
                    "links of node",
                    "workflow_job_template_node",
                    {**place, **links, "identifier": node["identifier"]},
                )
