# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin tenantops.licensing.desired_state."""

from __future__ import annotations

DOCUMENTATION = r"""
name: desired_state
short_description: One host for each organization of the desired state
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Makes one host of each organization in the desired state, so that C(--limit), C(serial), forks and the job slicing
    of AWX work on organizations.
  - Each host has its organization in C(licensing_organizations), as the role
    P(tenantops.licensing.tenant_provisioning#role) takes it. It is run where Ansible runs
    (C(ansible_connection=local)), by the Python that runs Ansible.
  - Each host is in the group C(licensing_organizations), and for each of the organization's C(labels) in the group
    C(LABEL_VALUE), such as C(region_emea) where the label C(region) is C(emea).
  - License packs belong to no organization and are no hosts. The whole desired state is checked all the same.
  - A file that is encrypted with Ansible Vault is decrypted as Ansible does it. What stands in the file is data and no
    template.
  - An option that is not documented here is an error, and so is an organization that an earlier source of the inventory
    has named.
  - The name of the inventory's file ends in C(desired_state.yml) or C(desired_state.yaml).
requirements:
  - python >= 3.11
options:
  plugin:
    description: Says that the file is for this plugin.
    type: str
    required: true
    choices: [tenantops.licensing.desired_state]
  state_file:
    description:
      - A JSON or YAML file with C(licensing_organizations), or a folder of such files. A path that does not begin with
        C(/) begins at the folder of the inventory's file.
      - May be a template, with lookups, extra variables and C(inventory_dir), which is the folder of the inventory's
        file.
    type: str
    required: true
  hostname:
    description:
      - What a host is named after. With V(name), an organization without a name is named after its ID, and characters
        that patterns of hosts give a meaning become C(_).
    type: str
    choices: [name, id]
    default: name
extends_documentation_fragment:
  - ansible.builtin.constructed
"""

EXAMPLES = r"""
# licensing.desired_state.yml
#   ansible-inventory -i licensing.desired_state.yml --graph
#   ansible-playbook -i licensing.desired_state.yml tenantops.licensing.provision_slice --limit region_emea
plugin: tenantops.licensing.desired_state
state_file: licensing.yml
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import InvalidInput
from ansible_collections.tenantops.licensing.plugins.module_utils._model.desired import identity
from ansible_collections.tenantops.licensing.plugins.module_utils._state.fields import nearest
from ansible_collections.tenantops.licensing.plugins.module_utils._state.files import read_state
from ansible_collections.tenantops.licensing.plugins.module_utils._state.regular_file import read_bytes

try:
    from ansible.template import trust_as_template
except ImportError:  # up to ansible-core 2.18
    trust_as_template = None

GROUP = "licensing_organizations"


def as_template(text: str) -> Any:
    """A template. From ansible-core 2.19 on that must be said, or it is data."""
    return text if trust_as_template is None else trust_as_template(text)


def as_data(value: Any) -> Any:
    """Data, which is never a template, whatever stands in it. Up to ansible-core 2.18 that must be said."""
    return wrap_var(value) if trust_as_template is None else value


class InventoryModule(BaseInventoryPlugin, Constructable):  # type: ignore[misc]  # these have no types
    """See DOCUMENTATION."""

    NAME = "tenantops.licensing.desired_state"

    def verify_file(self, path: str) -> bool:
        """Whether the file is meant for this plugin, by its name."""
        return bool(super().verify_file(path)) and path.endswith(("desired_state.yml", "desired_state.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill the inventory. Raises AnsibleParserError with one sentence that names the place."""
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        try:
            self._refuse_unknown(config)
            organizations = self._organizations(Path(path).parent / self._state_file(config, path))
            hosts = self._named(organizations)
            self._refuse_named_elsewhere(organizations, path)
        except InvalidInput as error:
            raise AnsibleParserError(f"{path}: {error.message}") from error
        self.inventory.add_group(GROUP)
        for host, organization in hosts.items():
            self._add(host, organization)

    def _refuse_unknown(self, config: Mapping[str, Any]) -> None:
        """Ansible itself would leave out what no option is called."""
        known = sorted(self.option_definitions)
        for name in config:
            if name not in known:
                close = nearest(str(name), known)
                told = f"is {close[0]} meant?" if close else f"the options are {', '.join(known)}"
                raise InvalidInput(f"there is no option {name!r}; {told}")

    def _state_file(self, config: Mapping[str, Any], path: str) -> str:
        """Where the desired state is, after what is a template in it is filled in."""
        self.templar.available_variables = {**self._vars, "inventory_dir": str(Path(path).parent)}
        try:
            filled = self.templar.template(config["state_file"])
        except AnsibleError as error:
            raise InvalidInput(f"state_file cannot be filled in: {' '.join(str(error).split())}") from error
        if not isinstance(filled, str) or not filled.strip():
            raise InvalidInput(f"state_file is {filled!r}, which is no path")
        return str(Path(filled.strip()).expanduser())

    def _organizations(self, state_file: Path) -> list[Mapping[str, Any]]:
        """The organizations as they stand in the file, after the whole of it was checked."""
        state = read_state(str(state_file), read=self._decrypted)
        for warning in state.warnings:
            self.display.warning(warning)
        organizations: list[Mapping[str, Any]] = state.told["organizations"]
        return organizations

    def _decrypted(self, path: str, what: str) -> bytes:
        """What stands in a file, decrypted with the secrets that Ansible was given."""
        content = read_bytes(path, what)
        if not content.startswith(b"$ANSIBLE_VAULT"):
            return content
        try:
            plain = self.loader.get_real_file(path)
        except AnsibleError as error:
            raise InvalidInput(f"{what} {path!r} cannot be decrypted: {' '.join(str(error).split())}") from error
        try:
            return read_bytes(plain, what)
        finally:
            self.loader.cleanup_tmp_file(plain)

    def _refuse_named_elsewhere(self, organizations: list[Mapping[str, Any]], path: str) -> None:
        """Of two sources that name one organization, Ansible would silently take the later one's part of the state."""
        earlier: dict[str, str] = {}
        group = self.inventory.groups.get(GROUP)
        for host in group.get_hosts() if group is not None else []:
            for organization in host.vars.get("licensing_organizations") or []:
                earlier[identity(str(organization["id"]))] = str(host.vars.get("inventory_file"))
        for organization in organizations:
            source = earlier.get(identity(organization["id"]), path)
            if source != path:
                raise InvalidInput(f"organization {organization['id']} is also named by the inventory {source}")

    def _named(self, organizations: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
        """Each organization by the name of its host."""
        hosts: dict[str, Mapping[str, Any]] = {}
        for organization in organizations:
            word = organization["id"]
            if self.get_option("hostname") == "name":
                word = organization.get("name") or word
            host = re.sub(r"[^\w.-]", "_", word, flags=re.ASCII)
            if host in hosts:
                raise InvalidInput(
                    f"organizations {hosts[host]['id']} and {organization['id']} would both be the host {host!r}: "
                    "set hostname to id, or give them other names"
                )
            hosts[host] = organization
        return hosts

    def _add(self, host: str, organization: Mapping[str, Any]) -> None:
        variables = {
            "ansible_connection": as_template("local"),  # a word of ours, not of the file
            # A local connection alone would search for a Python, which may have no requests.
            "ansible_python_interpreter": as_template("{{ ansible_playbook_python }}"),
            "licensing_organizations": as_data([dict(organization)]),
        }
        self.inventory.add_host(host, group=GROUP)
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)
        for label, value in (organization.get("labels") or {}).items():
            group = self.inventory.add_group(self._sanitize_group_name(f"{label}_{value}"))
            self.inventory.add_child(group, host)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)
