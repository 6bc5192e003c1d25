# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of every module that changes Yext's licences."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of every module that changes Yext's licences."""

    DOCUMENTATION = r"""
options:
  on_rate_limit:
    description:
      - What to do when the account has fewer calls left in its hour than writes are planned. Yext tells how many
        with every answer, so this is known before the first write.
      - V(stop) fails with RV(ignore:failure.kind=rate_limited) and writes nothing, unless the next hour begins within
        O(max_wait).
      - V(wait) waits for the next hour, however long it takes, and plans anew. Where no hour is enough, it begins at
        once and waits each time the calls are used up.
      - Other programs of the same account use up the same calls. A limit that is met while writing is waited for up to
        O(max_wait) under V(stop), and for as long as it takes under V(wait).
    type: str
    choices: [stop, wait]
    default: stop
"""
