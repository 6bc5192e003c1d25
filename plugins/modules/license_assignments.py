#!/usr/bin/python
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: license_assignments
short_description: Assign the Yext licences of many entities
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Makes the assignments of license packs what the desired state says, in one task.
  - Each pack's list is read once, the room on it is checked before the first write, and only the difference
    is written. Entities are assigned first while the pack has room, so that none goes dark without need.
  - Removing an assignment takes an entity's listings offline. Nothing is removed on the word of a listing
    that contradicts the pack's own count.
  - Either O(license_packs) or O(state_file) is required.
extends_documentation_fragment:
  - tenantops.licensing.desired_state.license_packs
  - tenantops.licensing.yext
  - tenantops.licensing.runtime
  - tenantops.licensing.changes
  - tenantops.licensing.removals
  - tenantops.licensing.fleet
  - tenantops.licensing.yext_changes
  - tenantops.licensing.attributes
  - tenantops.licensing.attributes.writes
  - tenantops.licensing.attributes.yext_group
seealso:
  - module: tenantops.licensing.license_assignment
  - module: tenantops.licensing.license_pack_info
  - module: tenantops.licensing.desired_state_info
"""

EXAMPLES = r"""
# The sign-in of these examples comes from YEXT_API_KEY.
- name: Assign the entities of a license pack
  tenantops.licensing.license_assignments:
    license_packs:
      - id: listings-2026
        entities:
          - id: store-1
          - id: store-2
            expiration_date: "2027-01-31"
          - id: store-3
            state: absent

- name: See what an exclusive list would remove
  tenantops.licensing.license_assignments:
    license_packs:
      - id: listings-2026
        exclusive: true
        entities:
          - id: store-1
          - id: store-2
  check_mode: true
  diff: true

- name: Assign the entities of a file, over as many hours as the account's calls need
  tenantops.licensing.license_assignments:
    state_file: "{{ playbook_dir }}/licensing.yml"
    on_rate_limit: wait
    entries: failed
"""

RETURN = r"""
entries:
  description: The entries that O(entries) asks for.
  returned: when the plan could be made
  type: list
  elements: dict
  contains:
    license_pack_id:
      description: The ID of the license pack.
      type: str
    entity_id:
      description: The ID of the entity.
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
    - license_pack_id: listings-2026
      entity_id: store-5
      outcome: created
      before: null
      after: {expiration_date: "2027-01-31"}
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
    after: "listings-2026/store-5: until 2027-01-31\n"
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
  sample: {reads: 1, writes: 1, sign_ins: 0, retries: 0, rate_limit: {limit: 5000, remaining: 4998, reset: 1767225600}}
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
    LICENSE_PACKS,
    REMOVALS,
    Spec,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.runner import (
    Result,
    Task,
    result_for_many,
    run_module,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._state.files import desired_license_packs
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.options import (
    YEXT,
    YEXT_CHANGES,
    apply_license_packs,
)

SPEC: Spec = {**LICENSE_PACKS, **FLEET, **CHANGES, **REMOVALS, **YEXT_CHANGES, **YEXT}


def run(task: Task) -> Result:
    desired = desired_license_packs(task.params, task.warnings)
    return result_for_many(task, apply_license_packs(task, desired))


def main() -> None:
    sources = ["license_packs", "state_file"]
    run_module(run, SPEC, mutually_exclusive=[sources], required_one_of=[sources])


if __name__ == "__main__":
    main()
