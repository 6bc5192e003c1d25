#!/usr/bin/python
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: license_assignment
short_description: Assign a Yext licence to an entity
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Assigns one entity to one license pack, schedules or cancels its removal, or removes it.
  - Removing an assignment takes the entity's listings offline.
options:
  license_pack_id:
    description: The ID of the license pack, a string.
    type: raw
    required: true
  entity_id:
    description: The ID of the entity, a string.
    type: raw
    required: true
  expiration_date:
    description:
      - The day on which the licence is removed, as C(YYYY-MM-DD), or V(never) to cancel a scheduled removal.
      - When it is not set, what is scheduled is left as it is.
    type: raw
  state:
    description:
      - V(absent) removes the assignment; O(expiration_date) cannot stand beside it.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - tenantops.licensing.yext
  - tenantops.licensing.runtime
  - tenantops.licensing.changes
  - tenantops.licensing.yext_changes
  - tenantops.licensing.attributes
  - tenantops.licensing.attributes.writes
  - tenantops.licensing.attributes.yext_group
seealso:
  - module: tenantops.licensing.license_assignments
  - module: tenantops.licensing.license_assignment_info
  - module: tenantops.licensing.license_pack_info
"""

EXAMPLES = r"""
# The sign-in of these examples comes from YEXT_API_KEY.
- name: Assign an entity to a license pack
  tenantops.licensing.license_assignment:
    license_pack_id: listings-2026
    entity_id: store-3

- name: Let the licence end with the month
  tenantops.licensing.license_assignment:
    license_pack_id: listings-2026
    entity_id: store-3
    expiration_date: "2027-01-31"

- name: Remove it now
  tenantops.licensing.license_assignment:
    license_pack_id: listings-2026
    entity_id: store-3
    state: absent
"""

RETURN = r"""
assignment:
  description: The assignment after the task, or in check mode as it would be.
  returned: when the state could be read
  type: dict
  contains:
    license_pack_id:
      description: The ID of the license pack.
      type: str
    entity_id:
      description: The ID of the entity.
      type: str
    state:
      description: Whether it is assigned; V(unknown) when a write failed and that could not be read.
      type: str
    expiration_date:
      description: The day of its removal, or null.
      type: str
  sample: {license_pack_id: listings-2026, entity_id: store-3, state: present, expiration_date: "2027-01-31"}

outcome:
  description: What was done, or would be done in check mode.
  returned: when the state could be read
  type: str
  choices: [unchanged, created, updated, removed, failed, not_attempted]
  sample: created
server:
  description: What only the server determines; Yext tells nothing of that kind.
  returned: when the state could be read
  type: dict
unverified:
  description:
    - What no reading call can confirm to exist, so that only a real run shows whether the server accepts it.
  returned: when the state could be read
  type: list
  elements: str
  sample: [listings-2026/store-3]
diff:
  description: Before and after as text, one line for an entry that differs.
  returned: when the state could be read
  type: dict
  sample:
    before: "listings-2026/store-3: without end\n"
    after: "listings-2026/store-3: until 2027-01-31\n"
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

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.options import CHANGES, RUNTIME, STATE, Spec
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.runner import (
    Result,
    Task,
    result_for_one,
    run_module,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import (
    checked_identifier,
    parse_license_packs,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.options import (
    YEXT,
    YEXT_CHANGES,
    apply_license_packs,
)

SPEC: Spec = {
    "license_pack_id": {"type": "raw", "required": True},
    "entity_id": {"type": "raw", "required": True},
    "expiration_date": {"type": "raw"},
    **STATE,
    **CHANGES,
    **YEXT_CHANGES,
    **RUNTIME,
    **YEXT,
}


def run(task: Task) -> Result:
    """One entity of the engine for many."""
    license_pack_id = checked_identifier("license_pack_id", task.params["license_pack_id"])
    entity_id = checked_identifier("entity_id", task.params["entity_id"])
    entity = {"id": entity_id, "expiration_date": task.params["expiration_date"], "state": task.params["state"]}
    report = apply_license_packs(task, parse_license_packs([{"id": license_pack_id, "entities": [entity]}]))
    place = {"license_pack_id": license_pack_id, "entity_id": entity_id}
    return result_for_one(report, "assignment", place, assignment_record)


def assignment_record(held: dict[str, str | None] | None) -> dict[str, str | None]:
    """What the module tells of an assignment, None for none."""
    if held is None:
        return {"state": "absent", "expiration_date": None}
    return {"state": "present", "expiration_date": held["expiration_date"]}


def main() -> None:
    run_module(run, SPEC)


if __name__ == "__main__":
    main()
