# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter tenantops.licensing.controller_plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.tenantops.licensing.plugins.plugin_utils._controller_former import former, told
from ansible_collections.tenantops.licensing.plugins.plugin_utils._controller_refusals import own_credentials, refusals
from ansible_collections.tenantops.licensing.plugins.plugin_utils._controller_workflow import link_steps

DOCUMENTATION = r"""
name: controller_plan
short_description: What the role awx_job_templates does with what a controller has
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Holds what a controller has against what the role P(tenantops.licensing.awx_job_templates#role) is to make or
    remove, before it changes anything. It is a part of that role, and its options are the role's own affair.
requirements:
  - python >= 3.11
positional: wanted
options:
  _input:
    description: The lists that were read, by their names.
    type: dict
    required: true
  wanted:
    description: What the role is to make or remove.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Refuse before the first change
  ansible.builtin.assert:
    that: (found | tenantops.licensing.controller_plan(wanted)).refusals | length == 0
"""

RETURN = r"""
_value:
  description:
    - C(organization), its ID or none; C(refusals), why the role would not come to its end; C(new_templates) and
      C(new_nodes), those of the role that are not there; C(links), the links of its nodes that are not as wanted, in
      the order in which they are to be set; C(credentials), those that the role made; and C(former), what it made once
      and makes no more, with C(former_told) in words.
  type: dict
"""


def controller_plan(found: Mapping[str, list[Mapping[str, Any]]], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """See DOCUMENTATION."""
    schedules = [{**one, "template": wanted["runnable"][one.get("template") or "audit"]} for one in wanted["schedules"]]
    wanted = {**wanted, "schedules": schedules}
    workflows = {one["id"] for one in found["workflows"] if one["name"] == wanted["workflow"]}
    nodes = [node for node in found["nodes"] if node["workflow_job_template"] in workflows]
    there = {node["identifier"] for node in nodes}
    gone = former(found, wanted)
    return {
        "organization": next((one["id"] for one in found["organizations"]), None),
        "refusals": refusals(found, wanted),
        "new_templates": [
            name
            for kind in ("job_templates", "workflows")
            for name in wanted["own"][kind]
            if name not in {thing["name"] for thing in found[kind]}
        ],
        "new_nodes": [node["identifier"] for node in wanted["nodes"] if node["identifier"] not in there],
        "links": link_steps(nodes, wanted["nodes"]),
        "credentials": own_credentials(found, wanted),
        "former": gone,
        "former_told": [told(one) for one in gone],
    }


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"controller_plan": controller_plan}
