#!/usr/bin/python
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: uipath_login
short_description: Sign in to UiPath once for many tasks
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Fetches a token that other modules take as O(ignore:access_token), so that a play of many tasks signs in
    only once.
  - The task must have C(no_log=true). Otherwise Ansible would print the token, and so the module refuses.
  - A token of the V(account) flow lives for 30 minutes, and modules cannot renew a token that they are given.
extends_documentation_fragment:
  - tenantops.licensing.uipath
  - tenantops.licensing.runtime
  - tenantops.licensing.attributes
  - tenantops.licensing.attributes.info
  - tenantops.licensing.attributes.uipath_group
seealso:
  - module: tenantops.licensing.org_license
  - module: tenantops.licensing.tenant_service_license
"""

EXAMPLES = r"""
# The sign-in of these examples comes from UIPATH_BASE_URL, UIPATH_USERNAME and UIPATH_PASSWORD.
- name: Sign in once
  tenantops.licensing.uipath_login:
  register: uipath
  no_log: true

- name: Use the token
  tenantops.licensing.org_license_info:
    access_token: "{{ uipath.access_token }}"
"""

RETURN = r"""
access_token:
  description: The token.
  returned: success
  type: str
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
  sample: {reads: 0, writes: 0, sign_ins: 1, retries: 0}
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

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.options import RUNTIME
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.runner import Result, Task, run_module
from ansible_collections.tenantops.licensing.plugins.module_utils._errors import InvalidInput
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.options import UIPATH, sign_in


def run(task: Task) -> Result:
    if not task.no_log:
        raise InvalidInput("Set no_log: true on this task: its result holds the token, which Ansible would print")
    return Result({"access_token": sign_in(task).token()}, secret_values=frozenset({"access_token"}))


def main() -> None:
    run_module(run, {**RUNTIME, **UIPATH})


if __name__ == "__main__":
    main()
