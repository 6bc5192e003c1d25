# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a call is made again, and how long every worker waits before: urllib3's Retry with our rules."""

from __future__ import annotations

import email.utils
import re
import threading
import time
from collections.abc import Callable
from typing import Any

from .failures import is_final

try:
    from urllib3.exceptions import MaxRetryError, ResponseError
    from urllib3.util.retry import Retry
except ImportError:  # client.py tells it to the user, once for all libraries
    Retry = object  # type: ignore[assignment,misc]

READS = frozenset({"GET"})
PASSING_STATUSES = frozenset({429, 500, 502, 503, 504})
LIMITING_STATUSES = frozenset({429, 503})
# A Rate-Limit-Reset below this is taken for seconds to wait, above for a time since the epoch.
SMALLEST_EPOCH = 1_000_000_000
# Seconds. No limit is renewed later; what names a longer wait is not waited for, however patient the user is.
LONGEST_LIMIT = 86_400.0


class Gate:
    """The one gate that every worker passes before a call; a limit that one of them meets closes it for all.

    ``proceed`` is asked while waiting, at least once a second; it raises when nobody waits for the result any more.
    """

    def __init__(self, proceed: Callable[[], None]) -> None:
        self._proceed = proceed
        self._lock = threading.Lock()
        self._opens_at = 0.0

    def ask(self) -> None:
        """Raise when nobody waits for the result any more."""
        self._proceed()

    def close_for(self, seconds: float) -> None:
        """Hold every worker back for that long from now, or for longer if the gate is closed for longer already."""
        with self._lock:
            self._opens_at = max(self._opens_at, time.monotonic() + seconds)

    def wait(self) -> None:
        """Return when the gate is open."""
        while (remaining := self._opens_at - time.monotonic()) > 0:
            self.ask()
            time.sleep(min(remaining, 1.0))

    def pause(self, seconds: float) -> None:
        """Hold only this worker back, then wait for the gate."""
        until = time.monotonic() + seconds
        while (remaining := until - time.monotonic()) > 0:
            self.ask()
            time.sleep(min(remaining, 1.0))
        self.wait()


class RetryPolicy(Retry):
    """Reads are repeated on broken connections and passing failures; writes only where the call did not happen.

    A write surely did not happen when no connection was made, and on 429; a gateway says 503 after it has passed the
    call on too, so that is settled by reading, whatever stands beside it. The waiting of one
    call is bounded by ``max_wait`` seconds altogether: a longer wait is not begun, the server's answer is returned.
    With ``wait_for_limit`` that does not hold for a limit that the server names.
    """

    gate: Gate
    max_wait: float
    wait_for_limit: bool
    on_retry: Callable[[], None]
    waited: float = 0.0

    @classmethod
    def build(
        cls, *, max_retries: int, max_wait: float, wait_for_limit: bool, gate: Gate, on_retry: Callable[[], None]
    ) -> RetryPolicy:
        """The policy from which each call starts."""
        policy = cls(
            total=max_retries,
            other=0,  # a certificate that does not verify will not verify the next time
            redirect=False,
            allowed_methods=READS,
            status_forcelist=PASSING_STATUSES,
            backoff_factor=0.5,
            raise_on_status=False,
            respect_retry_after_header=True,
        )
        policy.gate, policy.max_wait, policy.wait_for_limit, policy.on_retry = gate, max_wait, wait_for_limit, on_retry
        return policy

    def new(self, **changes: Any) -> RetryPolicy:
        successor = super().new(**changes)
        successor.gate, successor.max_wait, successor.on_retry = self.gate, self.max_wait, self.on_retry
        successor.wait_for_limit, successor.waited = self.wait_for_limit, self.waited
        return successor

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        if method.upper() in READS:
            return status_code in PASSING_STATUSES
        return status_code == 429

    def increment(  # the last two arguments are urllib3's own affair
        self,
        method: str | None = None,
        url: str | None = None,
        response: Any = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> RetryPolicy:
        if error is not None and is_final(error):
            raise MaxRetryError(_pool, url or "", error) from error
        successor = super().increment(method, url, response, error, _pool, _stacktrace)
        if not successor.is_patient(response) and successor.waited + successor.delay(response) > self.max_wait:
            reason = error or ResponseError("the server asks to wait for longer than max_wait")
            raise MaxRetryError(_pool, url or "", reason) from reason
        self.on_retry()
        return successor

    def sleep(self, response: Any = None) -> None:
        delay = self.delay(response)
        if not self.is_patient(response):
            self.waited += delay
        if response is not None and response.status in LIMITING_STATUSES:
            self.gate.close_for(delay)
            self.gate.wait()
        else:
            self.gate.pause(delay)
        self.gate.ask()

    def heed(self, answer: Any) -> None:
        """Hold every worker back for as long as an answer asks after which the call is not repeated."""
        named = self.get_retry_after(answer)
        if named is not None and (named <= self.max_wait or self.is_patient(answer)):
            self.gate.close_for(named)

    def is_patient(self, response: Any) -> bool:
        """Whether the wait is for a limit whose end the server names, and such a wait may be as long as it takes."""
        if response is None or response.status not in LIMITING_STATUSES or not self.wait_for_limit:
            return False
        named = self.get_retry_after(response)
        return named is not None and named <= LONGEST_LIMIT

    def delay(self, response: Any) -> float:
        """Seconds to wait before the next try: what the server names, else a growing pause."""
        named = self.get_retry_after(response) if response is not None else None
        return max(named or 0.0, self.get_backoff_time())

    def get_retry_after(self, response: Any) -> float | None:
        """Seconds that the server asks to wait. What it writes in another form than a number or a date is passed by."""
        text = str(response.headers.get("Retry-After", "")).strip()
        named: float | None = number_in(text)
        if named is None and (moment := _moment_in(text)) is not None:
            named = max(0.0, moment - _now_of(response.headers))
        if named is None and response.status == 429:
            named = seconds_until_reset(response.headers)
        return named


def seconds_until_reset(headers: Any) -> float | None:
    """Seconds until the time in ``Rate-Limit-Reset`` (epoch seconds), by the server's own clock where it tells it."""
    reset = number_in(str(headers.get("Rate-Limit-Reset", "")))
    if reset is None or reset < SMALLEST_EPOCH:
        return reset
    return max(0.0, reset - _now_of(headers))


def number_in(text: str) -> int | None:
    """A whole number of a header; None for anything else, also for more digits than any number there has."""
    text = text.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None


def _now_of(headers: Any) -> float:
    told = _moment_in(str(headers.get("Date", "")))
    return time.time() if told is None else told


def _moment_in(text: str) -> float | None:
    """The time since the epoch that a date of HTTP means; None for none that there can be."""
    try:
        date = email.utils.parsedate_tz(text)
        return None if date is None else float(email.utils.mktime_tz(date))
    except (ValueError, OverflowError, TypeError, IndexError):  # such as one of the year 99999
        return None
