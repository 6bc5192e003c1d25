# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter tenantops.licensing.unknown_variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ansible_collections.tenantops.licensing.plugins.module_utils._state.fields import nearest

DOCUMENTATION = r"""
name: unknown_variables
short_description: Variables that are named like the options of a role and are none of them
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Ansible ignores a variable that no role knows, such as a misspelled option. This tells them.
requirements:
  - python >= 3.11
positional: known
options:
  _input:
    description: The names of variables.
    type: list
    elements: str
    required: true
  known:
    description: The names that the role knows.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Refuse what is misspelled
  ansible.builtin.assert:
    that: unknown | length == 0
    fail_msg: "{{ unknown | join(' ') }}"
  vars:
    unknown: "{{ ['licensing_state_fiel'] | tenantops.licensing.unknown_variables(['licensing_state_file']) }}"
  ignore_errors: true
"""

RETURN = r"""
_value:
  description: A sentence for each of them.
  type: list
  elements: str
  sample: ["There is no variable licensing_state_fiel; is licensing_state_file meant?"]
"""


def unknown_variables(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """See DOCUMENTATION."""
    return [
        f"There is no variable {name}; "
        + (f"is {close[0]} meant?" if (close := nearest(name, known)) else f"the names are {', '.join(sorted(known))}.")
        for name in sorted(set(names) - set(known))
    ]


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"unknown_variables": unknown_variables}
