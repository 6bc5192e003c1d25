# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task for many against the same work as a loop: wall clock of the whole playbook run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from .options import Options
from .plays import loop_of_uri, run_play, signed_in
from .report import Figure, Goal
from .server import Call, Server, running
from .work import Work, assigning, raising

ROUNDS = 3
LOOPED = 100  # entries in the longest loop that is really run
AGAINST_URI = {1000: Goal(100, least=True)}
TITLE = "One task against a loop: whole playbook runs, wall clock"


def measure(options: Options, directory: Path) -> Iterator[Figure]:
    """Ratio of the loop's seconds to the task's: how many times faster one task is.

    The runs of the task stand before, between and behind the loops, so that both have the same share of what else the
    machine does.
    """
    with running(options.delay) as server:
        for make in (raising, assigning):
            uri, singular = Loop(), Loop()
            took: dict[tuple[int, int], list[float]] = defaultdict(list)
            looped = sorted({min(size, LOOPED) for size in options.sizes}, reverse=True)
            for number in range(max(options.repeats or ROUNDS, len(looped))):
                for size in options.sizes:
                    if number < options.repeats_of(size):
                        for concurrency in options.concurrencies_of(size):
                            took[size, concurrency].append(_one_task(server, make(size), directory, concurrency))
                if number < len(looped):
                    _loops(server, make(looped[number]), directory, uri, singular)
            for (size, concurrency), all_took in took.items():
                what = f"{make(size).module}, {concurrency} at a time, against a loop of"
                goal = AGAINST_URI.get(size) if concurrency == options.concurrencies[0] else None
                yield _figure(f"{what} uri", size, uri, median(all_took), goal)
                yield _figure(f"{what} the module for one", size, singular, median(all_took), None)


@dataclass
class Loop:
    """What a loop took, by entries, and what it would take: its start, and each entry as in the longest one."""

    start: float = 0.0  # seconds of the same playbook without an entry
    took: dict[int, float] = field(default_factory=dict)

    @property
    def per_entry(self) -> float:
        """Seconds; 0 as long as nothing was measured."""
        longest = max(self.took, default=0)
        return (self.took[longest] - self.start) / longest if longest else 0.0

    def seconds(self, entries: int) -> float:
        """Measured, or else linear."""
        return self.took.get(entries, self.start + entries * self.per_entry)


def _figure(what: str, size: int, loop: Loop, took: float, goal: Goal | None) -> Figure:
    expected = loop.seconds(size)
    beside = f"{expected:.1f} s / {took:.2f} s"
    return Figure(what, size, expected / took, "x", beside, goal, extrapolated=size not in loop.took)


def _one_task(server: Server, work: Work, directory: Path, concurrency: int) -> float:
    work.begin(server)
    tasks = work.plural(directory, concurrency=concurrency)
    took = run_play(tasks, server.environment, directory).seconds
    _expect_writes(server, work.entries)
    return took


def _loops(server: Server, work: Work, directory: Path, uri: Loop, singular: Loop) -> None:
    """Run both loops; the calls for uri are those that the module for one has just made."""
    for limit in (0, work.entries):
        work.begin(server)
        took = run_play(work.singular(directory, limit), server.environment, directory).seconds
        _note(singular, limit, took)
    calls = _expect_writes(server, work.entries)
    for limit in (0, work.entries):
        work.begin(server)
        took = run_play(loop_of_uri(calls, directory, server.url, limit), signed_in(), directory).seconds
        _note(uri, limit, took)
    _expect_writes(server, work.entries)


def _note(loop: Loop, entries: int, took: float) -> None:
    if entries:
        loop.took[entries] = took
    else:
        loop.start = took


def _expect_writes(server: Server, wanted: int) -> list[Call]:
    """The writes since the start; a run that did not do the work is no result."""
    writes = server.calls("write")
    done = sum(call.status is not None and call.status < 300 for call in writes)
    if done != wanted:
        raise SystemExit(f"{done} writes were made where {wanted} were to be.")
    return writes
