#!/usr/bin/python
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: desired_state_info
short_description: Check a desired-state file without calling any server
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Checks the whole desired state, of organizations and of license packs, and tells what it speaks of. Needs
    no sign-in, so it fits into the review of a change.
  - Every refusal names the place in the file.
options:
  state_file:
    description:
      - A JSON or YAML file with C(licensing_organizations), C(licensing_license_packs) or both, or a folder of such
        files, in place of O(organizations) and O(license_packs).
      - What stands in it is data. It is not templated, and it is not decrypted.
    type: path
  include_state:
    description:
      - Whether to return the desired state itself, as it stands in the file.
    type: bool
    default: false
extends_documentation_fragment:
  - tenantops.licensing.desired_state.organizations
  - tenantops.licensing.desired_state.license_packs
  - tenantops.licensing.attributes
  - tenantops.licensing.attributes.info
seealso:
  - module: tenantops.licensing.org_licenses
  - module: tenantops.licensing.license_assignments
"""

EXAMPLES = r"""
- name: Check a file before it is merged
  tenantops.licensing.desired_state_info:
    state_file: "{{ playbook_dir }}/licensing.yml"
"""

RETURN = r"""
summary:
  description: How many of each the desired state names.
  returned: success
  type: dict
  sample: {organizations: 2, tenants: 4, services: 7, license_packs: 2, entities: 300}
organizations:
  description: The organizations as they stand in the file.
  returned: success, where O(include_state=true)
  type: list
  elements: dict
  sample: [{id: y-y-y-delilah, name: delilah, products: [{code: UNATT, quantity: 10}]}]
license_packs:
  description: The license packs as they stand in the file.
  returned: success, where O(include_state=true)
  type: list
  elements: dict
  sample: [{id: listings-2026, entities: [{id: store-1}]}]
failure:
  description:
    - What went wrong, so that a playbook can branch on it. Ansible's own refusals of arguments carry none.
  returned: on failure
  type: dict
  contains:
    kind:
      description: The kind of failure, such as V(insufficient_capacity), V(authentication) or V(defect).
      type: str
    message:
      description: One sentence about it.
      type: str
    hint:
      description: The way out.
      type: str
    status:
      description: The HTTP status.
      type: int
    code:
      description: The server's own error code.
      type: raw
    method:
      description: The HTTP method of the call.
      type: str
    url:
      description: The address of the call, without secrets.
      type: str
    request_id:
      description: The server's ID of the call.
      type: str
    held:
      description:
        - What the entry holds after a write that failed, in the form in which an entry tells it. Null where it holds
          nothing, and missing where that is not known.
      type: dict
    wanted:
      description: What the entry was to hold instead.
      type: dict
    removals:
      description: How many removals exclusive lists imply, where they are more than C(max_removals) allows.
      type: int
    allowed:
      description: How many removals C(max_removals) allows.
      type: int
    shortages:
      description: For each pool and product code that is short, how much of it.
      type: list
      elements: dict
      contains:
        pool:
          description: The pool, as people call it.
          type: str
        code:
          description: The product code.
          type: str
        wanted:
          description: How many are wanted of it.
          type: int
        held:
          description: How many of these are held already.
          type: int
        available:
          description: How many the pool has left.
          type: int
        short:
          description: How many are missing.
          type: int
  sample:
    kind: insufficient_capacity
    message: "Not enough licences, nothing was written. UNATT: 7 wanted, 5 held, 1 left in the host pool: 1 short"
    hint: Free licences elsewhere, ask for fewer, or correct the product code.
    shortages: [{pool: the host pool, code: UNATT, wanted: 7, held: 5, available: 1, short: 1}]
"""

from ansible_collections.tenantops.licensing.plugins.module_utils._python import require_python

require_python()

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.options import (
    LICENSE_PACKS,
    ORGANIZATIONS,
    Spec,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.runner import Result, Task, run_module
from ansible_collections.tenantops.licensing.plugins.module_utils._state.files import desired_state

SPEC: Spec = {
    **ORGANIZATIONS,
    **LICENSE_PACKS,
    "state_file": {"type": "path"},
    "include_state": {"type": "bool", "default": False},
}


def run(task: Task) -> Result:
    desired = desired_state(task.params, task.warnings)
    tenants = [tenant for organization in desired.organizations for tenant in organization.tenants or ()]
    summary = {
        "organizations": len(desired.organizations),
        "tenants": len(tenants),
        "services": sum(len(tenant.services or ()) for tenant in tenants),
        "license_packs": len(desired.license_packs),
        "entities": sum(len(pack.entities or ()) for pack in desired.license_packs),
    }
    if not task.params["include_state"]:
        return Result({"summary": summary})
    return Result({"summary": summary, **desired.told})


def main() -> None:
    run_module(
        run,
        SPEC,
        mutually_exclusive=[["organizations", "state_file"], ["license_packs", "state_file"]],
        required_one_of=[["organizations", "license_packs", "state_file"]],
    )


if __name__ == "__main__":
    main()
