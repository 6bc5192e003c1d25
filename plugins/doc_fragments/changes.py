# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of every module that changes licences."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of every module that changes licences."""

    DOCUMENTATION = r"""
options:
  check_capacity:
    description:
      - Whether to check, before the first write, that the pools have enough left. Set it to V(false) to leave
        the check to the server.
    type: bool
    default: true
  verify:
    description:
      - V(answer) holds the server's answer to each write against what was wanted.
      - V(reread) also reads once more at the end, which shows what another writer changed meanwhile.
    type: str
    choices: [answer, reread]
    default: answer
  max_read_delay:
    description:
      - How late a server may show what was written, in seconds. Where an answer does not tell what became of
        a write, or something else than was wanted is told or shown, it is read again within this time, with
        growing pauses, before that is a failure. C(api.rereads) counts these readings.
      - V(0) reads once. The most is V(3600).
    type: float
    default: 10.0
"""
