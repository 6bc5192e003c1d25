# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter tenantops.licensing.answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: answered
short_description: The answer to one question of a survey, or what stands for none
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - A survey sends an empty text where nothing was answered, which ansible-core 2.19 and later read as null, blanks that
    nobody sees, and lists with an empty text inside. All of that is no answer.
requirements:
  - python >= 3.11
positional: default, as_text
options:
  _input:
    description: The answer.
    type: raw
    required: true
  default:
    description: What stands for no answer.
    type: raw
  as_text:
    description:
      - Whether an answer must be text, such as a name or an ID. A number has lost its form, and is refused.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Take the tenant that the survey asked for, if it was answered
  ansible.builtin.debug:
    msg: "{{ tenant | tenantops.licensing.answered('all tenants') }}"
  vars:
    tenant: " "
"""

RETURN = r"""
_value:
  description: The answer without the blanks around it, or O(default).
  type: raw
  sample: all tenants
"""


def answered(answer: Any, default: Any = None, as_text: bool = False) -> Any:
    """See DOCUMENTATION."""
    if isinstance(answer, str):
        return answer.strip() or default
    if isinstance(answer, (list, tuple)):
        given = [one for one in (answered(each) for each in answer) if one is not None]
        return given if given or not answer else default
    if answer is None:
        return default
    if as_text:
        raise AnsibleFilterError(f"{answer!r} is no text: write it in quotes, since numbers lose their form")
    return answer


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"answered": answered}
