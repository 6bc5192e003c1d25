# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The licence that a module for one organization or one service allocates."""

from __future__ import annotations


class ModuleDocFragment:
    """The licence that a module for one organization or one service allocates."""

    DOCUMENTATION = r"""
options:
  products:
    description:
      - The product codes and their quantities. Codes that are not named are left alone, unless O(exclusive=true).
      - Required for O(state=present).
    type: list
    elements: dict
    suboptions:
      code:
        description: The product code, a string such as V(UNATT).
        type: raw
        required: true
      quantity:
        description: How many licences, a whole number. V(0) takes the code away.
        type: raw
        required: true
  exclusive:
    description:
      - Whether codes that O(products) does not name are taken away.
    type: bool
  allow_empty:
    description:
      - Whether an empty list of O(products) under O(exclusive=true) may take every code away.
    type: bool
  state:
    description:
      - V(absent) removes the licence; nothing else stands beside it then.
    type: str
    choices: [present, absent]
    default: present
"""
