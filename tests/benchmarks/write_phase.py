# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes alone against the floor: the same calls from a bare pool of threads, at the same concurrency.

Both are taken from the server's log, from the arrival of the first write to the answer of the last one, so both are
measured alike and what a process does before and after its writes counts for neither.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .options import Options
from .processes import Used, environment, launch
from .report import Figure, Goal
from .server import Server, running, span
from .work import Work, assigning, reshuffling, reshuffling_with_slack

GOAL = Goal(1.15)
WITH_GOAL = (1000, 10_000)
TITLE = "The writes alone against a bare pool of threads that makes the same calls"


@dataclass(frozen=True, slots=True)
class Writing:
    """One run: seconds of the clock, and the seconds of a processor that the process and the server worked for it."""

    calls: int
    refused: int
    seconds: float
    client: float
    server: float


def measure(options: Options, directory: Path) -> Iterator[Figure]:
    """Ratio of our seconds to the floor's: the medians of runs that alternate."""
    with running(options.delay) as server:
        for make, pools in ((reshuffling_with_slack, ", slack"), (reshuffling, ", pools full"), (assigning, "")):
            for size in options.sizes:
                work = make(size)
                for concurrency in options.concurrencies_of(size):
                    pairs = [_pair(server, work, concurrency, directory) for dummy in range(options.repeats_of(size))]
                    name = f"{work.module}{pools}, {concurrency} at a time"
                    yield _ratio(name, size, pairs)
                    if size == max(options.sizes):
                        yield _ceiling(name, size, pairs)


def _ratio(name: str, size: int, pairs: Sequence[tuple[Writing, Writing]]) -> Figure:
    ours, floor = (median(pair[side].seconds for pair in pairs) for side in (0, 1))
    refused = median(floor.refused for _ours, floor in pairs)
    beside = f"{ours:.2f} s / {floor:.2f} s, {len(pairs)} times, {pairs[0][0].calls:,} calls"
    if refused:
        beside = f"{beside}, {refused:g} of the floor's refused"
    return Figure(name, size, ours / floor, "x", beside, GOAL if size in WITH_GOAL else None)


def _ceiling(name: str, size: int, pairs: Sequence[tuple[Writing, Writing]]) -> Figure:
    """How near the server came to its own limit, so that it can be told whether it was what limited both."""
    busy = median(floor.server / floor.seconds for _ours, floor in pairs)
    made = median(floor.calls / floor.seconds for _ours, floor in pairs)
    most = median(floor.calls / floor.server for _ours, floor in pairs)
    beside = f"{made:,.0f} calls a second of at most {most:,.0f}"
    return Figure(f"{name}: the server works below the floor", size, 100 * busy, "%", beside)


def _pair(server: Server, work: Work, concurrency: int, directory: Path) -> tuple[Writing, Writing]:
    work.begin(server)
    worked = server.worked()
    used = work.run(server, directory, concurrency=concurrency, entries="none", max_removals="100%")
    ours = _writing(server, worked, used)
    calls = server.calls("write")
    file = directory / "calls.json"
    work.bare(calls, file)
    work.begin(server)
    worked = server.worked()
    command = [sys.executable, "-m", "benchmarks.floor", server.url, str(file), str(concurrency)]
    floor = _writing(server, worked, launch(command, environment(directory, {}), directory))
    if ours.refused or floor.calls != ours.calls:
        raise SystemExit(f"{ours.calls} writes, of which {ours.refused} were refused, against {floor.calls}.")
    return ours, floor


def _writing(server: Server, worked: float, used: Used) -> Writing:
    worked = server.worked() - worked
    writes = server.calls("write")
    refused = sum(call.status is None or call.status >= 300 for call in writes)
    return Writing(len(writes), refused, span(writes), used.worked, worked)
