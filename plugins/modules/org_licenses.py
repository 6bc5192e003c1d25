#!/usr/bin/python
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: org_licenses
short_description: Allocate the UiPath licences of many organizations and their services
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Makes the licences of organizations, and of the services of their tenants, what the desired state says, in
    one task.
  - State is read in bulk, everything is planned and its capacity checked before the first write, and only the
    difference is written, in an order that works although every pool is full.
  - One writer an organization; another one between reading and writing cannot be noticed, only its result by
    O(verify=reread).
  - Either O(organizations) or O(state_file) is required.
options:
  only_organization:
    description:
      - The ID or the name of the one organization of the desired state that this task changes. The whole desired
        state is checked all the same. An empty string counts as not set.
    type: raw
  only_tenant:
    description:
      - The ID or the name of the one tenant of O(only_organization) whose services this task changes, beside the
        organization itself. O(organizations[].exclusive_services) then removes nothing. An empty string counts as
        not set.
    type: raw
  stage:
    description:
      - Which part of a run this task does, so that the organizations of a large fleet can be shared out among jobs.
      - V(all) does everything, in the order that pools allow.
      - V(give_back) has services give back what their organizations are to lose, and no more. It needs to know only
        the organizations that it is given.
      - V(organizations) changes the organizations themselves, and needs to know all of them.
      - V(receive) changes the services, after the organizations.
      - Under check mode a stage tells what it would do now, before the stages that come first were done. To see
        what all of them do together use V(all).
    type: str
    choices: [all, give_back, organizations, receive]
    default: all
extends_documentation_fragment:
  - tenantops.licensing.desired_state.organizations
  - tenantops.licensing.uipath
  - tenantops.licensing.runtime
  - tenantops.licensing.changes
  - tenantops.licensing.removals
  - tenantops.licensing.uipath_changes
  - tenantops.licensing.fleet
  - tenantops.licensing.attributes
  - tenantops.licensing.attributes.writes
  - tenantops.licensing.attributes.uipath_group
seealso:
  - module: tenantops.licensing.org_license
  - module: tenantops.licensing.tenant_service_license
  - module: tenantops.licensing.desired_state_info
"""

EXAMPLES = r"""
# The sign-in of these examples comes from UIPATH_BASE_URL, UIPATH_USERNAME and UIPATH_PASSWORD.
- name: Provision an organization and its tenants
  tenantops.licensing.org_licenses:
    organizations:
      - id: y-y-y-delilah
        name: delilah
        products:
          - {code: UNATT, quantity: 10}
          - {code: NONPR, quantity: 4}
          - {code: TIE, quantity: 2}
        exclusive: true
        tenants:
          - id: y1968
            name: Default
            services:
              - type: orchestrator
                products:
                  - {code: UNATT, quantity: 5}
                  - {code: NONPR, quantity: 4}
              - type: du
                products: [{code: TIE, quantity: 2}]
                exclusive: true

- name: Provision one tenant of a reviewed file
  tenantops.licensing.org_licenses:
    state_file: "{{ playbook_dir }}/licensing.yml"
    only_organization: delilah
    only_tenant: Default

- name: Give back first, where the services of many organizations are shared out among jobs
  tenantops.licensing.org_licenses:
    state_file: "{{ playbook_dir }}/licensing.yml"
    stage: give_back

- name: See what would be changed on a reviewed file
  tenantops.licensing.org_licenses:
    state_file: "{{ playbook_dir }}/licensing.yml"
    entries: all
  check_mode: true
  diff: true
"""

RETURN = r"""
entries:
  description: The entries that O(entries) asks for.
  returned: when the plan could be made
  type: list
  elements: dict
  contains:
    organization_id:
      description: The ID of the organization.
      type: str
    organization:
      description: Its name, or its ID.
      type: str
    tenant_id:
      description: The ID of the tenant; not there for an organization's own licence.
      type: str
    tenant:
      description: Its name, where it is known.
      type: str
    service_type:
      description: The type of the service; not there for an organization's own licence.
      type: str
    outcome:
      description: What was done with it, or would be done in check mode.
      type: str
      choices: [unchanged, created, updated, removed, failed, not_attempted, rolled_back]
    before:
      description: What was held; null where it could not be read or nothing was assigned.
      type: dict
    after:
      description: What is held, or would be; not there when a write failed and that could not be read.
      type: dict
    server:
      description: What only the server determines.
      type: dict
    failure:
      description:
        - What went wrong with this entry; see RV(failure). With V(not_attempted), what else could not be added, so that
          this was not removed beside it.
      type: dict
    not_restored:
      description: What could not be put back, in a rollback or because what had needed its room was not added.
      type: str
  sample:
    - organization_id: y-y-y-delilah
      organization: delilah
      tenant_id: y1968
      tenant: Default
      service_type: orchestrator
      outcome: created
      before: {}
      after: {NONPR: 4, UNATT: 5}
summary:
  description: How many entries ended how.
  returned: when the plan could be made
  type: dict
  sample: {unchanged: 3, created: 1, updated: 0, removed: 0, failed: 0, not_attempted: 0, rolled_back: 0}
unverified:
  description:
    - Those of the returned entries of which no reading call can confirm that they exist, so that only a real run
      shows whether the server accepts them.
  returned: when the plan could be made
  type: list
  elements: str
diff:
  description: Before and after as text, one sorted line for an entry that differs.
  returned: when the plan could be made, in diff mode or where O(entries) asks for more than failures
  type: dict
  sample:
    before: ""
    after: "delilah/Default/orchestrator: NONPR 4, UNATT 5\n"
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
    FLEET,
    ORGANIZATIONS,
    REMOVALS,
    Spec,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.runner import (
    Result,
    Task,
    result_for_many,
    run_module,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._state.files import desired_organizations
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.options import (
    SELECTION,
    UIPATH,
    UIPATH_CHANGES,
    apply_organizations,
)

SPEC: Spec = {**ORGANIZATIONS, **FLEET, **CHANGES, **REMOVALS, **UIPATH_CHANGES, **SELECTION, **UIPATH}


def run(task: Task) -> Result:
    desired = desired_organizations(task.params, task.warnings)
    return result_for_many(task, apply_organizations(task, desired))


def main() -> None:
    sources = ["organizations", "state_file"]
    run_module(run, SPEC, mutually_exclusive=[sources], required_one_of=[sources])


if __name__ == "__main__":
    main()
