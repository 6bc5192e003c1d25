# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup tenantops.licensing.host_sign_in."""

from __future__ import annotations

DOCUMENTATION = r"""
name: host_sign_in
short_description: The sign-in that the variables of a host hold
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Reads the variables of a host that are named as the options of the modules, with the product before them, such as
    C(uipath_base_url), C(uipath_username) and C(yext_api_key). An empty one counts as not set.
  - A sign-in comes whole from one source. Where the host has an address of its own, which for Yext is also a key or a
    token, every variable of the environment for this product is to be emptied for the task.
  - Fails where the host has none but another host of the play does, so that what is meant for one installation is never
    written to the one that the environment names.
  - The roles of this collection sign in with it.
requirements:
  - python >= 3.11
  - requests
options:
  _terms:
    description: One product or both, V(uipath) or V(yext).
    type: list
    elements: str
    required: true
  required:
    description:
      - Whether to fail where another host has a sign-in of its own. Otherwise the environment is to be emptied there
        too, so that a task fails only when it needs to sign in.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Read the host pool of each installation of the inventory
  hosts: localhost
  gather_facts: false
  vars:
    uipath_base_url: https://suite.example.com
    uipath_username: admin
    uipath_password: "{{ lookup('ansible.builtin.env', 'SUITE_PASSWORD') }}"
    sign_in: "{{ lookup('tenantops.licensing.host_sign_in', 'uipath') }}"
  module_defaults:
    group/tenantops.licensing.uipath: "{{ sign_in.options }}"
  tasks:
    - name: Read what the host has left
      tenantops.licensing.org_license_info:
      environment: "{{ sign_in.environment }}"
"""

RETURN = r"""
_raw:
  description: For each product, what a task needs.
  type: list
  elements: dict
  contains:
    options:
      description: The options of the sign-in that the host sets, by the names that they have in the modules.
      type: dict
    environment:
      description: The variables of the environment that are not to be used, each empty. Nothing where the host has no
        address of its own.
      type: dict
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.options import UIPATH
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.options import YEXT

SIGN_INS = {"uipath": tuple(UIPATH), "yext": tuple(YEXT)}
# What makes a sign-in the host's own. Yext's address has a default, so its key does as well.
OWN = {"uipath": ("uipath_base_url",), "yext": ("yext_api_url", "yext_api_key", "yext_access_token")}


def filled(value: Any) -> bool:
    """Whether a variable is set to more than an empty answer."""
    return value is not None and not (isinstance(value, str) and not value.strip())


def has_own(vendor: str, variables: Mapping[str, Any]) -> bool:
    """Whether these variables of a host make a sign-in of its own."""
    return any(filled(variables.get(name)) for name in OWN[vendor])


def options_in(vendor: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the modules that the variables set."""
    values = {name: variables.get(f"{vendor}_{name}") for name in SIGN_INS[vendor]}
    return {name: value for name, value in values.items() if filled(value)}


def emptied(vendor: str) -> dict[str, str]:
    """Every variable of the environment for this product, with nothing in it."""
    return {f"{vendor}_{name}".upper(): "" for name in SIGN_INS[vendor]}


class LookupModule(LookupBase):  # type: ignore[misc]  # ansible-core ships no types
    """What Ansible looks for."""

    def run(
        self, terms: Sequence[str], variables: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> list[dict[str, dict[str, Any]]]:
        """See DOCUMENTATION."""
        self.set_options(var_options=variables, direct=kwargs)
        known = variables or {}
        host, hostvars = known.get("inventory_hostname"), known.get("hostvars") or {}
        others = [name for name in known.get("ansible_play_hosts_all") or () if name != host]
        found = []
        for vendor in terms:
            if vendor not in SIGN_INS:
                raise AnsibleError(f"host_sign_in: {vendor!r} is no product; there are: {', '.join(SIGN_INS)}")
            names = {*OWN[vendor], *(f"{vendor}_{name}" for name in SIGN_INS[vendor])}
            values = {name: self._templar.template(known[name]) for name in sorted(names) if name in known}
            own = has_own(vendor, values)
            other = None if own else next((name for name in others if has_own(vendor, hostvars[name])), None)
            if other is not None and self.get_option("required"):
                raise AnsibleError(
                    f"Host {host} has no {OWN[vendor][0]}, but host {other} of the same play has a sign-in of its own: "
                    "what is meant for one installation must not be written to the one that the environment names. Set "
                    f"{' or '.join(OWN[vendor])} for host {host} too, or run the play for it alone."
                )
            found.append(
                {
                    "options": options_in(vendor, values),
                    "environment": emptied(vendor) if own or other is not None else {},
                }
            )
        return found
