# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter tenantops.licensing.retired_organization."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.tenantops.licensing.plugins.module_utils._model.desired import identity

DOCUMENTATION = r"""
name: retired_organization
short_description: The desired state in which an organization or some of its tenants hold nothing
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Finds an organization in the desired state and turns it into the desired state of its retirement, as
    M(tenantops.licensing.org_licenses) takes it.
  - Only tenants that the desired state names are part of it.
requirements:
  - python >= 3.11
positional: organization, tenants
options:
  _input:
    description: The organizations in the shape of the desired-state file.
    type: list
    elements: dict
    required: true
  organization:
    description: The ID or the name of one of them.
    type: str
    required: true
  tenants:
    description: The IDs or names of tenants that hold nothing; when it is not set, the whole organization.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Take back what one tenant holds
  tenantops.licensing.org_licenses:
    organizations: "{{ organizations | tenantops.licensing.retired_organization('samson', ['Default']) }}"
  vars:
    organizations:
      - id: z-z-z-samson
        name: samson
        tenants:
          - {id: z2001, name: Default}
          - {id: z2002, name: Finance}
"""

RETURN = r"""
_value:
  description: The same organization, absent or with absent tenants.
  type: list
  elements: dict
  sample: [{id: z-z-z-samson, name: samson, state: present, tenants: [{id: z2001, name: Default, state: absent}]}]
"""


def retired_organization(
    organizations: Sequence[Mapping[str, Any]], organization: str, tenants: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """See DOCUMENTATION."""
    found = named(organizations, organization, "organization")
    of_it = found.get("tenants") or []
    retired = of_it if tenants is None else [named(of_it, tenant, "tenant") for tenant in tenants]
    return [
        {
            **identified(found),
            "state": "absent" if tenants is None else "present",
            "tenants": [{**identified(tenant), "state": "absent"} for tenant in retired],
        }
    ]


def named(candidates: Sequence[Mapping[str, Any]], wanted: str, what: str) -> Mapping[str, Any]:
    """The one with this ID or, if there is none, with this name."""
    if not isinstance(wanted, str):
        raise AnsibleFilterError(f"The {what} {wanted!r} is a number, not text: write it in quotes")
    found = [candidate for candidate in candidates if identity(str(candidate.get("id"))) == identity(wanted)]
    found = found or [candidate for candidate in candidates if candidate.get("name") == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise AnsibleFilterError(f"The desired state names more than one {what} {wanted!r}: use its ID")
    known = ", ".join(str(candidate.get("name") or candidate.get("id")) for candidate in candidates) or "none"
    raise AnsibleFilterError(f"The desired state names no {what} {wanted!r}; it names: {known}")


def identified(thing: Mapping[str, Any]) -> dict[str, Any]:
    """Only what says which one it is."""
    return {key: thing[key] for key in ("id", "name") if thing.get(key) is not None}


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"retired_organization": retired_organization}
