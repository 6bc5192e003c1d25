# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter tenantops.licensing.credential_inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

DOCUMENTATION = r"""
name: credential_inputs
short_description: The inputs of a credential as a controller keeps them
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Leaves out what is empty, and turns booleans and numbers into text. A controller turns an empty choice, and C(false)
    too, into the first choice, so that it keeps neither what was sent nor what was meant, and every run sends it again.
requirements:
  - python >= 3.11
options:
  _input:
    description: The inputs by the names of their fields.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Make a credential
  awx.awx.credential:
    name: UiPath host
    credential_type: Licensing UiPath
    inputs: "{{ inputs | tenantops.licensing.credential_inputs }}"
  vars:
    inputs: {base_url: "https://suite.example.com", auth_flow: "", validate_certs: false}
"""

RETURN = r"""
_value:
  description: The same inputs as text, without empty ones.
  type: dict
  sample: {base_url: "https://suite.example.com", validate_certs: "false"}
"""


def credential_inputs(inputs: Any) -> Any:
    """See DOCUMENTATION. What is no dictionary is left for the role to refuse."""
    if not isinstance(inputs, Mapping):
        return {} if inputs is None or inputs == "" else inputs
    return {
        name: _text(value)
        for name, value in inputs.items()
        if value is not None and not (isinstance(value, (str, list, dict)) and not _stripped(value))
    }


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"credential_inputs": credential_inputs}
