# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State whose writes may be seen late."""

import copy
from typing import Generic, TypeVar

S = TypeVar("S")


class LateState(Generic[S]):
    """The state of one vendor, and what reads still see of the past after a write."""

    def __init__(self, current: S) -> None:
        self.current = current
        self._past: S | None = None
        self._reads_left = 0

    def replace(self, state: S) -> None:
        """Put another state in the place of this one, seen at once."""
        self.current = state
        self._past = None

    def for_read(self) -> S:
        """The state that a read sees; each read brings the present nearer."""
        if self._past is not None and self._reads_left > 0:
            self._reads_left -= 1
            return self._past
        self._past = None
        return self.current

    def before_write(self, stale_reads: int) -> S | None:
        """A copy of the present, needed only where reads are to see it later."""
        return copy.deepcopy(self.current) if stale_reads else None

    def after_write(self, past: S | None, stale_reads: int) -> None:
        """Let the next reads see ``past``, or what they are still seeing of an older past."""
        if past is not None:
            self._past = self._past if self._past is not None and self._reads_left else past
            self._reads_left = stale_reads
