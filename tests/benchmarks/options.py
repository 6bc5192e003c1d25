# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line decides for every part of the benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 3000  # entries measured at one size altogether, where no other number of repetitions is asked for
MOST_REPEATS = 5
LARGEST_ASIDE = 1000  # entries up to which every concurrency is measured, not only the first


@dataclass(frozen=True, slots=True)
class Options:
    """Sizes in entries, the server's delay in seconds."""

    sizes: Sequence[int]
    delay: float
    concurrencies: Sequence[int]
    repeats: int | None
    huge: bool
    profile: bool

    def repeats_of(self, size: int) -> int:
        """How often something of this size is measured: a large one takes long enough to be steady."""
        return self.repeats or max(1, min(MOST_REPEATS, ENOUGH // size))

    def concurrencies_of(self, size: int) -> Sequence[int]:
        """The numbers of calls at a time with which something of this size is measured."""
        return self.concurrencies if size <= LARGEST_ASIDE else self.concurrencies[:1]
