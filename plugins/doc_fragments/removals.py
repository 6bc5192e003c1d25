# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The safety catch of exclusive lists."""

from __future__ import annotations


class ModuleDocFragment:
    """The safety catch of exclusive lists."""

    DOCUMENTATION = r"""
options:
  max_removals:
    description:
      - How much may be removed only because an exclusive list does not name it, a number or a share of what
        is held such as V(10%). More stops the task before the first write.
      - A share holds for each exclusive list and for all of them together, and always allows 5.
      - What is written as absent or as 0 was asked for and never counts.
    type: str
    default: 10%
"""
