# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of every module for many."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of every module for many."""

    DOCUMENTATION = r"""
options:
  state_file:
    description:
      - A JSON or YAML file with the desired state, or a folder of such files, read where the module runs. For
        thousands of entries this is much quicker than to pass them through variables.
      - What stands in it is data. It is not templated, and it is not decrypted.
    type: path
  concurrency:
    description:
      - How many calls are made at a time, from 1 to 256.
    type: int
    default: 16
  on_error:
    description:
      - V(stop) begins nothing new after a failure, lets what runs finish, and reports every entry.
      - V(continue) stops only what depends on it.
      - V(rollback) stops and then puts back, newest first, what this task changed; it names what it cannot restore.
    type: str
    choices: [stop, continue, rollback]
    default: stop
  entries:
    description:
      - Which entries to return. RV(ignore:summary) counts all of them in any case.
      - For tens of thousands of entries choose V(failed) or V(none), since Ansible handles what is returned much more
        slowly than the module does.
    type: str
    choices: [all, changed, failed, none]
    default: changed
"""
