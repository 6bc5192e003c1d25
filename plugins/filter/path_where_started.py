# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter tenantops.licensing.path_where_started."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: path_where_started
short_description: A path that begins where Ansible was started
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - A path that does not begin with C(/) begins at the folder in which Ansible was started, which in a job of AWX is the
    project, and not at that of the playbook.
  - C(~) is the home of who runs Ansible, where something is there. It is left as it is otherwise, for the machine that
    the task runs on.
requirements:
  - python >= 3.11
options:
  _input:
    description: The path, or an empty answer of a survey.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Tell where a file is
  ansible.builtin.debug:
    msg: "{{ 'licensing.yml' | tenantops.licensing.path_where_started }}"
"""

RETURN = r"""
_value:
  description: The path from the root, or an empty text for an empty answer.
  type: str
  sample: /runner/project/licensing.yml
"""


def path_where_started(path: Any) -> str:
    """See DOCUMENTATION."""
    given = [one for one in (path if isinstance(path, (list, tuple)) else [path]) if str(one or "").strip()]
    if not given:
        return ""
    if len(given) > 1 or not isinstance(given[0], str):
        raise AnsibleFilterError(f"{path!r} is not one path, as text")
    text = given[0].strip()
    if "\0" in text:
        raise AnsibleFilterError(f"{path!r} is no path")
    absolute = os.path.abspath(os.path.expanduser(text))
    return text if text.startswith("~") and not os.path.lexists(absolute) else absolute


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"path_where_started": path_where_started}
