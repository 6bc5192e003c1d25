# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server told of its limit with its answers, and the waiting for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from .retry import LONGEST_LIMIT, Gate, number_in, seconds_until_reset


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a server's limit still allows: so many calls of ``limit``, until it is renewed in so many seconds."""

    calls: int
    limit: int
    renewed_in: float


class RateLimit:
    """The limit of one server, for all workers. ``told`` is what stood in the headers of its last answer.

    ``max_wait``: seconds that it may hold the task back, None for as long as it takes; then no call begins that could
    find the limit used up by as many calls as may be ``in_flight``.
    """

    def __init__(self, gate: Gate, *, max_wait: float | None, in_flight: int) -> None:
        self._gate = gate
        self._max_wait = max_wait
        self._in_flight = in_flight
        self._lock = threading.Lock()
        self._renewed_at: float | None = None
        self.told: dict[str, int] = {}

    def note(self, headers: Mapping[str, str]) -> None:
        """Keep what an answer tells. Answers may overtake each other: of one window the smallest number counts."""
        texts = {name: headers.get(f"Rate-Limit-{name.capitalize()}", "") for name in ("limit", "remaining", "reset")}
        numbers = {name: number_in(text) for name, text in texts.items()}
        told = {name: number for name, number in numbers.items() if number is not None}
        if not told:
            return
        seconds = seconds_until_reset(headers)
        with self._lock:
            overtaken = self.told.get("remaining", 0) < told.get("remaining", 0)
            if overtaken and self.told.get("reset") == told.get("reset"):
                return
            self.told = told
            self._renewed_at = None if seconds is None else time.monotonic() + seconds
        if (
            seconds is not None
            and self._waits_for(seconds)
            and told.get("remaining", self._in_flight) < self._in_flight
        ):
            self._gate.close_for(seconds)

    def allowance(self) -> Allowance | None:
        """What is left, as the server told last; None where it does not tell."""
        if self._renewed_at is None or "remaining" not in self.told:
            return None
        renewed_in = max(0.0, self._renewed_at - time.monotonic())
        return Allowance(self.told["remaining"], self.told.get("limit", self.told["remaining"]), renewed_in)

    def may_wait(self, seconds: float) -> bool:
        """Whether the user lets the limit hold the task back for so long."""
        return self._waits_for(seconds) or (self._max_wait is not None and seconds <= self._max_wait)

    def _waits_for(self, seconds: float) -> bool:
        """Whether the user waits for as long as it takes, and it takes as long as limits do."""
        return self._max_wait is None and seconds <= LONGEST_LIMIT

    def wait(self, seconds: float) -> None:
        """Let nobody call for so long. Raises when nobody waits for the result any more."""
        self._gate.close_for(seconds)
        self._gate.wait()
