#!/usr/bin/python
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: license_pack_info
short_description: Read Yext's license packs
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Reads the active license packs of an account with their totals, all pages of the list.
options:
  license_pack_id:
    description: Return only the pack with this ID, a string.
    type: raw
  name:
    description: Return only packs with this name.
    type: raw
extends_documentation_fragment:
  - tenantops.licensing.yext
  - tenantops.licensing.runtime
  - tenantops.licensing.attributes
  - tenantops.licensing.attributes.info
  - tenantops.licensing.attributes.yext_group
seealso:
  - module: tenantops.licensing.license_assignment_info
  - module: tenantops.licensing.license_assignments
"""

EXAMPLES = r"""
# The sign-in of these examples comes from YEXT_API_KEY.
- name: Read all license packs
  tenantops.licensing.license_pack_info:

- name: Read one by its name
  tenantops.licensing.license_pack_info:
    name: Listings 2026
"""

RETURN = r"""
license_packs:
  description: The packs, sorted by ID.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the pack.
      type: str
    name:
      description: Its name.
      type: str
    total:
      description: How many licences it has.
      type: int
    assigned:
      description: How many of them are assigned.
      type: int
    available:
      description: How many of them are left.
      type: int
    notes:
      description: What somebody noted about it.
      type: str
  sample: [{id: listings-2026, name: Listings 2026, total: 500, assigned: 3, available: 497, notes: ""}]
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
  sample: {reads: 1, writes: 0, sign_ins: 0, retries: 0, rate_limit: {limit: 5000, remaining: 4998, reset: 1767225600}}
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

from dataclasses import asdict

from ansible_collections.tenantops.licensing.plugins.module_utils._python import require_python

require_python()

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.options import RUNTIME, Spec
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.runner import Result, Task, run_module
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import checked_identifier
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.options import YEXT, yext_licenses

SPEC: Spec = {"license_pack_id": {"type": "raw"}, "name": {"type": "raw"}, **RUNTIME, **YEXT}


def run(task: Task) -> Result:
    wanted = {
        field: checked_identifier(option, task.params[option])
        for option, field in (("license_pack_id", "id"), ("name", "name"))
        if task.params[option] is not None
    }
    yext = yext_licenses(task)
    packs = [asdict(pack) for _id, pack in sorted(yext.license_packs().items())]
    found = [pack for pack in packs if all(pack[field] == value for field, value in wanted.items())]
    return Result({"license_packs": found}, warnings=yext.warnings)


def main() -> None:
    run_module(run, SPEC)


if __name__ == "__main__":
    main()
