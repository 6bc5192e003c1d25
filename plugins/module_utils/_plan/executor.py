# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the steps of a plan, many at a time, and knows how each one ended.

A step begins when the steps named in its ``after`` have succeeded, the pools that it takes from hold enough, and every
earlier step that takes from one of them has begun. So no step ever waits for a later one, whatever the order in which
the answers come, and a pool is never asked for more than is free in it. A removal that gives way to a list begins when
all that adds to the list has succeeded.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Protocol

from .._errors import Kind, LicensingError, OutcomeUnknown, defect
from .steps import PoolKey, Step


class Perform(Protocol):
    """Makes the write of one step; raises LicensingError when it did not succeed."""

    def __call__(self, step: Step) -> None: ...


@dataclass
class Run:
    """How the steps ended: indexes in the order in which they succeeded, and the failure of each that did not."""

    succeeded: list[int] = field(default_factory=list)
    failures: dict[int, LicensingError] = field(default_factory=dict)
    interruption: LicensingError | None = None


def run_steps(
    steps: Sequence[Step],
    free: Mapping[PoolKey, int],
    perform: Perform,
    *,
    concurrency: int,
    keep_going: bool,
) -> Run:
    """Run the steps. After a failure nothing new begins, except with ``keep_going`` what does not depend on it.

    An exception of ``perform`` that is no LicensingError becomes an OutcomeUnknown of kind DEFECT.
    """
    return _Runner(steps, free, perform, concurrency, keep_going).run()


class _Runner:
    def __init__(
        self,
        steps: Sequence[Step],
        free: Mapping[PoolKey, int],
        perform: Perform,
        concurrency: int,
        keep_going: bool,
    ) -> None:
        self._steps = steps
        self._perform = perform
        self._concurrency = concurrency
        self._keep_going = keep_going
        self._free: dict[PoolKey, int] = defaultdict(int, free)
        self._queues: dict[PoolKey, deque[int]] = defaultdict(deque)  # who takes from a pool, in the plan's order
        self._followers: dict[int, list[int]] = defaultdict(list)
        self._unmet: list[int] = []  # for each step, how many of its ``after`` have not succeeded yet
        self._additions = Counter(step.adds_to for step in steps if step.adds_to is not None)  # not succeeded yet
        self._giving_way: dict[str, list[int]] = defaultdict(list)
        self._waiting = set(range(len(steps)))
        self._candidates: deque[int] = deque()
        self._running: dict[Future[None], int] = {}
        self._ended: SimpleQueue[Future[None]] = SimpleQueue()
        self._done = Run()
        for number, step in enumerate(steps):
            self._unmet.append(len(step.after))
            for earlier in step.after:
                self._followers[earlier].append(number)
            for key in step.takes:
                self._queues[key].append(number)
            if step.gives_way_to is not None:
                self._giving_way[step.gives_way_to].append(number)

    def run(self) -> Run:
        self._candidates.extend(range(len(self._steps)))
        with ThreadPoolExecutor(self._concurrency) as workers:
            while True:
                self._begin(workers)
                if self._running:
                    future = self._ended.get()
                    self._finish(self._running.pop(future), future)
                elif self._stopping or not self._give_up_one():
                    return self._done

    @property
    def _stopping(self) -> bool:
        failed = bool(self._done.failures) and not self._keep_going
        return failed or self._done.interruption is not None

    def _begin(self, workers: ThreadPoolExecutor) -> None:
        while self._candidates and len(self._running) < self._concurrency and not self._stopping:
            number = self._candidates.popleft()
            if number in self._waiting and self._may_begin(number):
                self._waiting.discard(number)
                step = self._steps[number]
                for key, amount in step.takes.items():
                    self._free[key] -= amount
                self._leave_queues(number)
                try:
                    future = workers.submit(self._perform, step)
                except RuntimeError as error:
                    # No more threads can be started, but one that runs may take it up all the same.
                    self._done.failures[number] = _unforeseen(error)
                    continue
                self._running[future] = number
                future.add_done_callback(self._ended.put)

    def _may_begin(self, number: int) -> bool:
        step = self._steps[number]
        if step.gives_way_to is not None and self._additions[step.gives_way_to]:
            return False
        return not self._unmet[number] and all(
            self._queues[key][0] == number and self._free[key] >= amount for key, amount in step.takes.items()
        )

    def _leave_queues(self, number: int) -> None:
        """Let the next in line at each pool be looked at."""
        for key in self._steps[number].takes:
            queue = self._queues[key]
            queue.popleft()  # whoever begins or gives up stands first at every pool
            if queue:
                self._candidates.append(queue[0])

    def _finish(self, number: int, future: Future[None]) -> None:
        step = self._steps[number]
        try:
            future.result()
        except LicensingError as error:
            if error.kind is Kind.INTERRUPTED:
                self._done.interruption = error
            else:
                self._done.failures[number] = error
            returned = step.takes
        except Exception as error:  # whatever it is, the others have their outcomes and are told
            self._done.failures[number] = _unforeseen(error)
            returned = step.takes
        else:
            self._succeed(number)
            returned = step.gives
        for key, amount in returned.items():
            self._free[key] += amount
            if self._queues[key]:
                self._candidates.append(self._queues[key][0])

    def _succeed(self, number: int) -> None:
        """Let those be looked at that waited for this step itself."""
        self._done.succeeded.append(number)
        for follower in self._followers[number]:
            self._unmet[follower] -= 1
            self._candidates.append(follower)
        added_to = self._steps[number].adds_to
        if added_to is not None:
            self._additions[added_to] -= 1
            if not self._additions[added_to]:
                self._candidates.extend(self._giving_way[added_to])

    def _give_up_one(self) -> bool:
        """When nothing runs, the first in line waits for a gift that failed: it leaves the line."""
        if not self._waiting:
            return False
        number = min(self._waiting)
        self._waiting.discard(number)
        self._leave_queues(number)
        return True


def _unforeseen(error: Exception) -> OutcomeUnknown:
    """The failure of a step that ended in an exception of another kind: nobody knows how far it had come."""
    found = defect(error)
    return OutcomeUnknown(found.kind, f"{found.message}; whether it was written is not known", **found.facts)
