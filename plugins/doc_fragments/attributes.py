# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes that modules declare."""

from __future__ import annotations


class ModuleDocFragment:
    """The attributes that modules declare."""

    # What every module has.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description:
      - Will return details on what has changed (or possibly needs changing in C(check_mode)), when
        in diff mode.
requirements:
  - python >= 3.11
  - requests >= 2.31
"""

    # A module that changes licences.
    WRITES = r"""
options: {}
attributes:
  diff_mode:
    support: full
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates
        no change.
    support: full
"""

    # A module that only reads.
    INFO = r"""
options: {}
attributes:
  check_mode:
    details:
      - This module never changes anything.
  diff_mode:
    support: N/A
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates
        no change.
    support: full
"""

    # A module of the action group for UiPath.
    UIPATH_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/tenantops.licensing.uipath) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - tenantops.licensing.uipath
      - tenantops.licensing.common
"""

    # A module of the action group for Yext.
    YEXT_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/tenantops.licensing.yext) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - tenantops.licensing.yext
      - tenantops.licensing.common
"""

    # A module that signs in to both products, with the options of each inside an option of its name.
    VENDORS_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/tenantops.licensing.vendors) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - tenantops.licensing.vendors
"""
