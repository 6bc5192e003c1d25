#!/usr/bin/python
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_service_license
short_description: Allocate the UiPath licence of one service of a tenant
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Sets how many licences of which products one service of one tenant gets from its organization's licence.
  - Reads what is held, writes only when it differs, and checks first that the organization's pool has enough left.
options:
  organization_id:
    description: The ID of the organization, a string.
    type: raw
    required: true
  tenant_id:
    description: The ID of the tenant, a string.
    type: raw
    required: true
  tenant_name:
    description:
      - The name of the tenant. UiPath wants it with every allocation, and it cannot be read back.
      - Required for O(state=present).
    type: raw
  service_type:
    description:
      - The type of the service, a string such as V(orchestrator) or V(du). UiPath publishes no complete list.
    type: raw
    required: true
extends_documentation_fragment:
  - tenantops.licensing.uipath
  - tenantops.licensing.runtime
  - tenantops.licensing.products
  - tenantops.licensing.changes
  - tenantops.licensing.removals
  - tenantops.licensing.uipath_changes
  - tenantops.licensing.attributes
  - tenantops.licensing.attributes.writes
  - tenantops.licensing.attributes.uipath_group
seealso:
  - module: tenantops.licensing.org_licenses
  - module: tenantops.licensing.tenant_service_license_info
  - module: tenantops.licensing.org_license
"""

EXAMPLES = r"""
# The sign-in of these examples comes from UIPATH_BASE_URL, UIPATH_USERNAME and UIPATH_PASSWORD.
- name: Give the Orchestrator of a tenant its robots
  tenantops.licensing.tenant_service_license:
    organization_id: z-z-z-samson
    tenant_id: z2001
    tenant_name: Default
    service_type: orchestrator
    products:
      - {code: UNATT, quantity: 5}
      - {code: NONPR, quantity: 4}

- name: Take one product away and leave the others alone
  tenantops.licensing.tenant_service_license:
    organization_id: z-z-z-samson
    tenant_id: z2001
    tenant_name: Default
    service_type: orchestrator
    products:
      - {code: NONPR, quantity: 0}

- name: Take the service's licence back
  tenantops.licensing.tenant_service_license:
    organization_id: z-z-z-samson
    tenant_id: z2001
    service_type: orchestrator
    state: absent
"""

RETURN = r"""
license:
  description: The service's licence after the task, or in check mode as it would be.
  returned: when the state could be read
  type: dict
  contains:
    organization_id:
      description: The ID of the organization.
      type: str
    tenant_id:
      description: The ID of the tenant.
      type: str
    service_type:
      description: The type of the service.
      type: str
    state:
      description: Whether it holds anything; V(unknown) when a write failed and what is held could not be read.
      type: str
    products:
      description: What it holds, sorted by code.
      type: list
      elements: dict
  sample:
    organization_id: z-z-z-samson
    tenant_id: z2001
    service_type: orchestrator
    state: present
    products: [{code: NONPR, quantity: 4}, {code: UNATT, quantity: 5}]

outcome:
  description: What was done, or would be done in check mode.
  returned: when the state could be read
  type: str
  choices: [unchanged, created, updated, removed, failed, not_attempted]
  sample: created
server:
  description: What only the server determines, such as the licence code and dates in epoch seconds.
  returned: when the state could be read
  type: dict
unverified:
  description:
    - What no reading call can confirm to exist, so that only a real run shows whether the server accepts it.
  returned: when the state could be read
  type: list
  elements: str
  sample: []
diff:
  description: Before and after as text, one line for an entry that differs.
  returned: when the state could be read
  type: dict
  sample:
    before: "z-z-z-samson/Default/orchestrator: NONPR 2, UNATT 5\n"
    after: "z-z-z-samson/Default/orchestrator: NONPR 4, UNATT 5\n"
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
  sample: {reads: 2, writes: 1, sign_ins: 1, retries: 0}
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
    CHANGES,
    PRODUCTS,
    REMOVALS,
    RUNTIME,
    STATE,
    Spec,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.runner import (
    Result,
    Task,
    result_for_one,
    run_module,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import (
    checked_identifier,
    parse_organizations,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.options import (
    UIPATH,
    UIPATH_CHANGES,
    apply_organizations,
    license_record,
    require_products,
)

SPEC: Spec = {
    "organization_id": {"type": "raw", "required": True},
    "tenant_id": {"type": "raw", "required": True},
    "tenant_name": {"type": "raw"},
    "service_type": {"type": "raw", "required": True},
    **PRODUCTS,
    **STATE,
    **CHANGES,
    **REMOVALS,
    **UIPATH_CHANGES,
    **RUNTIME,
    **UIPATH,
}


def run(task: Task) -> Result:
    """One service of the engine for many."""
    organization_id = checked_identifier("organization_id", task.params["organization_id"])
    tenant_id = checked_identifier("tenant_id", task.params["tenant_id"])
    service_type = checked_identifier("service_type", task.params["service_type"])
    require_products(task)
    names = ("products", "exclusive", "allow_empty", "state")
    service = {"type": service_type, **{name: task.params[name] for name in names}}
    tenant = {"id": tenant_id, "name": task.params["tenant_name"], "services": [service]}
    report = apply_organizations(task, parse_organizations([{"id": organization_id, "tenants": [tenant]}]))
    place = {"organization_id": organization_id, "tenant_id": tenant_id, "service_type": service_type}
    return result_for_one(report, "license", place, license_record)


def main() -> None:
    run_module(run, SPEC, required_if=[("state", "present", ["products", "tenant_name"])])


if __name__ == "__main__":
    main()
