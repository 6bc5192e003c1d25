# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter tenantops.licensing.answered_list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: answered_list
short_description: The answers to one question of a survey, as a list, or what stands for none
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - A survey gives text where an option wants a list. Its lines, and what commas separate, are the items, without the
    blanks around them.
  - An empty text, null, and a list of such are no answer. A list without items is one.
requirements:
  - python >= 3.11
positional: default
options:
  _input:
    description: The answers, as a list or as text.
    type: raw
    required: true
  default:
    description: What stands for no answer.
    type: raw
"""

EXAMPLES = r"""
- name: Take the tenants that the survey asked for
  ansible.builtin.debug:
    msg: "{{ tenants | tenantops.licensing.answered_list([]) }}"
  vars:
    tenants: "Default, Finance"
"""

RETURN = r"""
_value:
  description: The items, or O(default).
  type: raw
  sample: [Default, Finance]
"""


def answered_list(answer: Any, default: Any = None) -> Any:
    """See DOCUMENTATION."""
    if answer is None:
        return default
    listed = isinstance(answer, (list, tuple))
    given: list[str] = []
    for one in answer if listed else [answer]:
        if isinstance(one, str):
            parts = [one] if listed else one.replace("\n", ",").split(",")
            given += [item.strip() for item in parts if item.strip()]
        elif one is not None:
            raise AnsibleFilterError(f"{one!r} is no text: write it in quotes, since numbers lose their form")
    return given if given or (listed and not answer) else default


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"answered_list": answered_list}
