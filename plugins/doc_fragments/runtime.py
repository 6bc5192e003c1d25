# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option of every module that calls a server."""

from __future__ import annotations


class ModuleDocFragment:
    """The option of every module that calls a server."""

    DOCUMENTATION = r"""
options:
  max_runtime:
    description:
      - Seconds after which no further call begins, neither to read nor to write. The task then fails and reports what
        was done. When it is not set, the task takes as long as it takes.
    type: float
"""
