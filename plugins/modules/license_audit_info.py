#!/usr/bin/python
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: license_audit_info
short_description: Tell what is allocated otherwise than agreed, what is nearly used up, and what ends
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Holds all that organizations, the services of their tenants, and license packs hold against the desired state, and
    tells every difference, the use of every pool, and what ends when.
  - Makes no call that changes a licence, in check mode or out of it, so that the right to read is enough.
  - Costs one call for the host, three for each organization, and one paged list for each license pack.
  - What the desired state omits was left open by it and is no finding; see O(include_omitted). An empty list is not
    omitted.
  - One place that cannot be read does not hide the others; it becomes a finding of the kind V(unreadable).
options:
  state_file:
    description:
      - A JSON or YAML file with C(licensing_organizations), C(licensing_license_packs) or both, or a folder of such
        files, in place of O(organizations) and O(license_packs). One of the three is required.
      - What stands in it is data. It is not templated, and it is not decrypted.
    type: path
  ignore_codes:
    description:
      - Product codes that the server adds by itself. Where no list names them they are told as
        V(added_by_server) instead of V(unmanaged).
    type: list
    elements: str
    default: []
  include_omitted:
    description:
      - Whether a level that the desired state omits counts as one of which nothing was agreed, so that all that is
        held there is unmanaged.
    type: bool
    default: false
  expiry_days:
    description:
      - What ends within so many days is a finding of the kind V(expires_soon).
    type: int
    default: 30
  pool_share:
    description:
      - A pool of which more than this share is used is a finding of the kind V(pool_nearly_used). With V(100%) only
        pools of which more is used than there is.
    type: str
    default: 90%
  pool_levels:
    description:
      - Which pools O(pool_share) is for. Where organizations give all that they have to their services, as many do,
        leave V(organization) out.
    type: list
    elements: str
    choices: [host, license_pack, organization]
    default: [host, license_pack, organization]
  fail_on:
    description:
      - Kinds of finding about which RV(alarm) tells, or V(drift) for all kinds of difference between what is agreed and
        what is held. The module itself does not fail on findings.
    type: list
    elements: str
    default: []
    choices:
      - drift
      - unreadable
      - listing_mismatch
      - insufficient_capacity
      - missing
      - too_little
      - too_much
      - unmanaged
      - unmanaged_service
      - unmanaged_tenant
      - expires_otherwise
      - ended
      - in_grace
      - expires_soon
      - pool_nearly_used
      - added_by_server
  max_findings:
    description:
      - How many findings to return, the most serious first, as a number or V(all). The report always has all of them.
    type: str
    default: "200"
  report_directory:
    description:
      - A folder in which to write C(report.json), C(findings.csv) and C(report.html), where the module runs. It is made
        where it does not exist. The files are written in check mode too, since they are what an audit is for.
    type: path
  report_mode:
    description:
      - The mode of these files, as octal digits in quotes.
    type: raw
    default: "0640"
  earlier_report:
    description:
      - The C(report.json) of an earlier audit, to tell what is new since then, what is gone, and since when the rest
        has been open. When it is not set, the one that O(report_directory) holds.
    type: path
  concurrency:
    description:
      - How many calls are made at a time.
    type: int
    default: 16
extends_documentation_fragment:
  - tenantops.licensing.desired_state.organizations
  - tenantops.licensing.desired_state.license_packs
  - tenantops.licensing.sign_ins
  - tenantops.licensing.runtime
  - tenantops.licensing.attributes
  - tenantops.licensing.attributes.info
  - tenantops.licensing.attributes.vendors_group
seealso:
  - module: tenantops.licensing.org_licenses
  - module: tenantops.licensing.license_assignments
  - module: tenantops.licensing.desired_state_info
"""

EXAMPLES = r"""
# The sign-in of these examples comes from UIPATH_BASE_URL, UIPATH_USERNAME, UIPATH_PASSWORD and YEXT_API_KEY.
- name: Tell what differs from the agreed state
  tenantops.licensing.license_audit_info:
    state_file: "{{ playbook_dir }}/licensing.yml"
  register: audit

- name: Write a page to look at and a file to keep
  tenantops.licensing.license_audit_info:
    state_file: "{{ playbook_dir }}/licensing.yml"
    report_directory: "{{ playbook_dir }}/license-audit"
    expiry_days: 60
    fail_on: [drift, unreadable]
"""

RETURN = r"""
verdict:
  description: The first thing to know, in a sentence or two.
  returned: success
  type: str
  sample: "2 differences from what was agreed, in 1 organization: 1 too little, 1 too much."
agreed:
  description: Whether nothing differs from what was agreed, and everything could be read.
  returned: success
  type: bool
summary:
  description: How many findings there are altogether, in RV(summary.by_kind) and in RV(summary.by_concern).
  returned: success
  type: dict
  contains:
    findings:
      description: All findings.
      type: int
    new:
      description: Those that the earlier report does not have.
      type: int
    open:
      description: Those that the earlier report has too.
      type: int
    gone:
      description: Those of the earlier report that are gone.
      type: int
    unknown:
      description: Those of the earlier report whose place could not be read now.
      type: int
    by_kind:
      description: How many there are of each kind.
      type: dict
    by_concern:
      description: How many are about V(drift), V(capacity), V(expiry), V(reading), or a mere V(notice).
      type: dict
findings:
  description: The findings, the most serious first, as many as O(max_findings) allows.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: The kind, such as V(too_little); docs/guides/audit.md explains them all.
      type: str
    concern:
      description: What the kind is about.
      type: str
    organization_id:
      description: The organization, where the finding is about one.
      type: str
    organization:
      description: Its name, where the desired state tells one.
      type: str
    tenant_id:
      description: The tenant, where the finding is about one.
      type: str
    tenant:
      description: Its name, where the desired state tells one.
      type: str
    service_type:
      description: The service, where the finding is about one.
      type: str
    license_pack_id:
      description: The license pack, where the finding is about one.
      type: str
    license_pack:
      description: Its name, where the server tells one.
      type: str
    entity_id:
      description: The entity, where the finding is about one.
      type: str
    code:
      description: The product code, where the finding is about one.
      type: str
    wanted:
      description: What was agreed, in licences; for an end the day, or V(never).
      type: raw
    held:
      description: What is held, in licences; for an end the day, or V(never).
      type: raw
    difference:
      description: Licences held beyond what is wanted, negative for what is short; for an end, days.
      type: int
    fixable:
      description: Whether provisioning the same desired state changes it.
      type: bool
    detail:
      description: One sentence, where the numbers do not say all.
      type: str
    status:
      description: V(new) or V(open), null without an earlier report.
      type: str
    since:
      description: When an audit found it first.
      type: str
  sample:
    - kind: too_little
      concern: drift
      organization_id: y-y-y-delilah
      organization: delilah
      code: UNATT
      wanted: 10
      held: 8
      difference: -2
      fixable: true
      status: new
      since: "2026-11-22T09:30:00Z"
pools:
  description:
    - Who has how much of the host's pool and of the license packs. The report has the organizations' pools too.
  returned: success
  type: list
  elements: dict
  sample: [{level: host, code: UNATT, total: 40, managed: 30, unmanaged: 6, free: 4}]
alarm:
  description: How many findings there are of the kinds in O(fail_on), in one sentence; null where there are none.
  returned: success
  type: str
  sample: "The audit found what it was to fail on: 1 too little, 1 too much"
report:
  description: The paths of the files that were written.
  returned: when O(report_directory) is set
  type: dict
  contains:
    json:
      description: All of it for programs.
      type: str
    csv:
      description: The findings for a spreadsheet.
      type: str
    html:
      description: All of it for people.
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
  sample: {reads: 9, writes: 0, sign_ins: 1, retries: 0, rate_limit: {limit: 5000, remaining: 4998, reset: 1767225600}}
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
from ansible_collections.tenantops.licensing.plugins.module_utils._audit.files import (
    file_mode,
    read_earlier,
    report_folder,
    write_report,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._audit.report import report_of
from ansible_collections.tenantops.licensing.plugins.module_utils._state.files import desired_state
from ansible_collections.tenantops.licensing.plugins.module_utils._vendors import (
    AUDIT,
    alarm_of,
    audit_both,
    most_findings,
    terms_of,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._visible_text import encodable

SPEC: Spec = {**ORGANIZATIONS, **LICENSE_PACKS, "state_file": {"type": "path"}, **AUDIT}


def run(task: Task) -> Result:
    params = task.params
    desired = desired_state(params, task.warnings)
    organizations, license_packs = desired.organizations, desired.license_packs
    terms, most, mode = terms_of(params), most_findings(params), file_mode(params["report_mode"])
    folder = report_folder(params["report_directory"])
    earlier = read_earlier(params["earlier_report"], folder)
    audit, warnings = audit_both(task, organizations, license_packs, terms)
    audit.clean(lambda text: encodable(task.redactor.text(text)))
    report = report_of(audit, organizations, license_packs, earlier, terms)
    values = {
        **{name: report[name] for name in ("verdict", "agreed", "summary")},
        "findings": report["findings"][:most],
        "pools": [pool for pool in report["pools"] if pool["level"] != "organization"],
        "alarm": alarm_of(params, report),
    }
    if folder is not None:
        values["report"] = write_report(report, folder, mode)
    return Result(values, warnings=warnings)


def main() -> None:
    run_module(
        run,
        SPEC,
        mutually_exclusive=[["organizations", "state_file"], ["license_packs", "state_file"]],
        required_one_of=[["organizations", "license_packs", "state_file"]],
    )


if __name__ == "__main__":
    main()
