# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peaks of resident memory: of the module's process while it changes everything, and of Ansible around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .options import Options
from .plays import ping, run_play
from .report import Figure, Goal
from .server import running
from .work import assigning, reshuffling

HUGE = 100_000
GOALS = {10_000: Goal(150)}  # MiB
TITLE = "Peaks of resident memory"


def measure(options: Options, directory: Path) -> Iterator[Figure]:
    """MiB of the module's process in a real run; and of Ansible, for what a check run with the same answer hands it."""
    with running(delay=0) as server:
        sizes = sorted({*options.sizes, *([HUGE] if options.huge else [])})
        for make in (reshuffling, assigning):
            for size in sizes:
                work = make(size)
                work.begin(server)
                used = work.run(server, directory, concurrency=options.concurrencies[0], max_removals="100%")
                beside = f"{used.result['api']['writes']:,} writes"
                yield Figure(f"{work.module}, the module's process", size, used.peak, "MiB", beside, GOALS.get(size))
        idle = run_play(ping(), {}, directory, watch=True).peaks
        if idle is not None:
            yield Figure("ansible-playbook that only pings", 0, idle.controller, "MiB", _worker(idle.worker))
        for shown in ("none", "changed"):
            for size in sizes:
                work = reshuffling(size)
                work.begin(server)
                tasks = work.plural(directory, entries=shown, max_removals="100%")
                checked = [{**task, "check_mode": True} for task in tasks]
                peaks = run_play(checked, server.environment, directory, watch=True).peaks
                if peaks is not None:
                    what = f"ansible-playbook with {work.module}, entries: {shown}"
                    yield Figure(what, size, peaks.controller, "MiB", _worker(peaks.worker))


def _worker(peak: float) -> str:
    return f"its worker {peak:.0f} MiB"
