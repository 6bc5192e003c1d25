#!/usr/bin/python
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: org_license_info
short_description: Read an organization's UiPath licence and the host's pool
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Reads what an organization holds, and what the host has and has left.
options:
  organization_id:
    description: The ID of the organization, a string. When it is not set, only the host's pool is read.
    type: raw
extends_documentation_fragment:
  - tenantops.licensing.uipath
  - tenantops.licensing.runtime
  - tenantops.licensing.attributes
  - tenantops.licensing.attributes.info
  - tenantops.licensing.attributes.uipath_group
seealso:
  - module: tenantops.licensing.org_license
  - module: tenantops.licensing.tenant_service_license_info
"""

EXAMPLES = r"""
# The sign-in of these examples comes from UIPATH_BASE_URL, UIPATH_USERNAME and UIPATH_PASSWORD.
- name: Read what an organization holds and what the host has left
  tenantops.licensing.org_license_info:
    organization_id: z-z-z-samson
  register: samson

- name: Read only the host's pool
  tenantops.licensing.org_license_info:
"""

RETURN = r"""
license:
  description: The organization's licence.
  returned: when O(organization_id) is set
  type: dict
  sample:
    organization_id: z-z-z-samson
    state: present
    products: [{code: NONPR, quantity: 10}, {code: UNATT, quantity: 20}]
server:
  description: What only the server determines, such as the licence code and dates in epoch seconds.
  returned: when O(organization_id) is set
  type: dict
pool:
  description: What the host has in all and has left, sorted by code.
  returned: success
  type: list
  elements: dict
  contains:
    code:
      description: The product code.
      type: str
    total:
      description: How many licences there are.
      type: int
    available:
      description: How many of them are left.
      type: int
  sample: [{code: UNATT, total: 100, available: 79}]
api:
  description: What the task cost.
  returned: when a server was called
  type: dict
  contains:
    reads:
      description: Calls that read.
      type: int
    writes:
      description: Calls that change a licence.
      type: int
    sign_ins:
      description: Calls that sign in.
      type: int
    retries:
      description: Calls that had to be repeated.
      type: int
    rereads:
      description: How often what a write has become had to be read again, where it had.
      type: int
    rate_limit:
      description: What the server last told about its limit, where it does.
      type: dict
  sample: {reads: 2, writes: 0, sign_ins: 1, retries: 0}
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

from typing import Any

from ansible_collections.tenantops.licensing.plugins.module_utils._python import require_python

require_python()

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.options import RUNTIME, Spec
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.runner import Result, Task, run_module
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import checked_identifier
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.options import (
    UIPATH,
    license_resource_manager,
    pool_list,
    product_list,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.second_source import refuse_missing_pool

SPEC: Spec = {"organization_id": {"type": "raw"}, **RUNTIME, **UIPATH}


def run(task: Task) -> Result:
    values: dict[str, Any] = {}
    lrm = license_resource_manager(task)
    held = None
    if task.params["organization_id"] is not None:
        organization_id = checked_identifier("organization_id", task.params["organization_id"])
        held = lrm.organization_license(organization_id)
        products = held.products if held is not None else {}
        values["license"] = {
            "organization_id": organization_id,
            "state": "present" if products else "absent",
            "products": product_list(products),
        }
        values["server"] = held.details if held is not None else {}
    refuse_missing_pool("the host's pool", lrm.host_pool(), "the organization", held)
    values["pool"] = pool_list(lrm.host_pool())
    return Result(values)


def main() -> None:
    run_module(run, SPEC)


if __name__ == "__main__":
    main()
