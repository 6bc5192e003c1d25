#!/usr/bin/python
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_service_license_info
short_description: Read the UiPath licences of services, and the organization's pool
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Reads what the services of an organization's tenants hold, in one call, and what the organization has and
    has left.
options:
  organization_id:
    description: The ID of the organization, a string.
    type: raw
    required: true
  tenant_id:
    description: Return only the services of the tenant with this ID.
    type: raw
  service_type:
    description: Return only services of this type.
    type: raw
extends_documentation_fragment:
  - tenantops.licensing.uipath
  - tenantops.licensing.runtime
  - tenantops.licensing.attributes
  - tenantops.licensing.attributes.info
  - tenantops.licensing.attributes.uipath_group
seealso:
  - module: tenantops.licensing.tenant_service_license
  - module: tenantops.licensing.org_license_info
"""

EXAMPLES = r"""
# The sign-in of these examples comes from UIPATH_BASE_URL, UIPATH_USERNAME and UIPATH_PASSWORD.
- name: Read every service licence of an organization
  tenantops.licensing.tenant_service_license_info:
    organization_id: z-z-z-samson

- name: Read those of one tenant
  tenantops.licensing.tenant_service_license_info:
    organization_id: z-z-z-samson
    tenant_id: z2001
"""

RETURN = r"""
licenses:
  description: The services that hold something, sorted by tenant and service.
  returned: success
  type: list
  elements: dict
  sample:
    - organization_id: z-z-z-samson
      tenant_id: z2001
      service_type: orchestrator
      state: present
      products: [{code: NONPR, quantity: 2}, {code: UNATT, quantity: 5}]
      server: {}
pool:
  description:
    - What the organization has in all and has left, sorted by code; empty where it has no licence.
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
  sample: [{code: UNATT, total: 20, available: 14}]
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

from collections.abc import Mapping, Sequence

from ansible_collections.tenantops.licensing.plugins.module_utils._python import require_python

require_python()

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.options import RUNTIME, Spec
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.runner import Result, Task, run_module
from ansible_collections.tenantops.licensing.plugins.module_utils._errors import Kind, LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._model.current import ServiceLicense
from ansible_collections.tenantops.licensing.plugins.module_utils._model.desired import (
    ServiceKey,
    lookalikes,
    service_key,
    service_likeness,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import checked_identifier
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.options import (
    UIPATH,
    license_resource_manager,
    pool_list,
    product_list,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.second_source import (
    quantities_in_words,
    refuse_missing_pool,
    unaccounted,
)

SPEC: Spec = {
    "organization_id": {"type": "raw", "required": True},
    "tenant_id": {"type": "raw"},
    "service_type": {"type": "raw"},
    **RUNTIME,
    **UIPATH,
}


def run(task: Task) -> Result:
    organization_id = checked_identifier("organization_id", task.params["organization_id"])
    wanted = {
        name: checked_identifier(name, task.params[name])
        for name in ("tenant_id", "service_type")
        if task.params[name] is not None
    }
    lrm = license_resource_manager(task)
    listed = lrm.service_licenses(organization_id)
    pool = lrm.organization_pool(organization_id)
    for service in listed:
        label = f"tenant {service.tenant_id}, service {service.service_type} of organization {organization_id}"
        refuse_missing_pool(f"the pool of organization {organization_id}", pool, label, service.license)
    _refuse_alike(wanted, listed)
    lrm.refuse_empty_services(organization_id, listed, pool, *_doubted(wanted, listed))
    licenses = [
        {
            "organization_id": organization_id,
            "tenant_id": service.tenant_id,
            "service_type": service.service_type,
            "state": "present",
            "products": product_list(service.license.products),
            "server": dict(service.license.details),
        }
        for service in listed
        if service.license.products
        and asked_for(wanted, service) == service_key(service.tenant_id, service.service_type)
    ]
    licenses.sort(key=lambda license_: (str(license_["tenant_id"]), str(license_["service_type"])))
    warnings = []
    over = unaccounted(pool, listed)
    if over and not listed and "tenant_id" not in wanted:
        warnings.append(
            f"the list of services is empty, and yet {quantities_in_words(over)} of organization {organization_id} are "
            "allocated: to users and groups, or the list is incomplete"
        )
    return Result({"licenses": licenses, "pool": pool_list(pool or {})}, warnings=warnings)


def asked_for(wanted: Mapping[str, str], service: ServiceLicense) -> ServiceKey:
    """The key of a service with what the options ask for in place of its own."""
    return service_key(wanted.get("tenant_id", service.tenant_id), wanted.get("service_type", service.service_type))


def _refuse_alike(wanted: Mapping[str, str], listed: Sequence[ServiceLicense]) -> None:
    """Nothing is told of a service beside one that only looks like it."""
    held = {service_key(service.tenant_id, service.service_type): service for service in listed}
    for service in listed:
        for _one, other in lookalikes([asked_for(wanted, service)], held, look=service_likeness):
            told = held[other]
            raise LicensingError(
                Kind.CONFLICT,
                f"the server tells of service {told.service_type!a} of tenant {told.tenant_id!a}, and nobody can tell "
                f"that from {' and '.join(f'{name} {value!a}' for name, value in wanted.items())}",
                hint="Write it as the server does.",
            )


def _doubted(wanted: Mapping[str, str], listed: Sequence[ServiceLicense]) -> tuple[list[tuple[str, str]], list[str]]:
    """The services and the tenants whose emptiness is asked for twice: those that the options or the list name."""
    silent = [(service.tenant_id, service.service_type) for service in listed if service.license.silent]
    if "tenant_id" not in wanted:
        return silent, []
    if "service_type" not in wanted:
        return silent, [wanted["tenant_id"]]
    return [*silent, (wanted["tenant_id"], wanted["service_type"])], []


def main() -> None:
    run_module(run, SPEC)


if __name__ == "__main__":
    main()
