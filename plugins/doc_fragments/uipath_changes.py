# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of every module that changes UiPath's licences."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of every module that changes UiPath's licences."""

    DOCUMENTATION = r"""
options:
  bypass_usage_check:
    description:
      - Sent as C(bypassUsageCheck) with each allocation. It never relaxes O(check_capacity). When it is not
        set, it is not sent.
    type: bool
  ignore_codes:
    description:
      - Product codes that exclusive lists leave alone, because the server adds them or keeps them by itself.
    type: list
    elements: str
    default: []
  on_unreadable:
    description:
      - What to do when the server has no route for reading what is held. V(fail) stops.
      - V(write) sends the declared list every time, says RV(ignore:changed=true) and warns that it cannot know. It is
        possible only for lists with C(exclusive=true), since only a complete list can be sent without knowing what is
        held.
    type: str
    choices: [fail, write]
    default: fail
"""
