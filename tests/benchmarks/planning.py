# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The planner alone: how many writes it makes of entries that differ, and how long it thinks."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.compare import Entry, Place
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.plan.order import order

from .fleets import SLACK, Fleet, reshuffled
from .options import Options
from .report import Figure, Goal

LARGE = 100_000
GOALS = {10_000: Goal(1), LARGE: Goal(15)}  # seconds
TITLE = "Writes against entries that differ: fleets whose services exchange all that they hold"


def measure(options: Options, _directory: Path) -> Iterator[Figure]:
    """Writes for each entry that differs, and the seconds that the plan takes."""
    for slack, pools in ((0.0, "pools full"), (SLACK, f"{SLACK:.0%} slack")):
        for size in sorted({*options.sizes, LARGE}):
            yield from _figures(reshuffled(size, slack=slack), size, pools)


def _figures(fleet: Fleet, size: int, pools: str) -> Iterator[Figure]:
    entries = [entry_of(fleet, number) for number in range(len(fleet.licences))]
    free = fleet.free()
    gc.collect()  # what the fleets before this one left is none of the planner's work
    began = time.process_time()
    steps = order(entries, free)
    took = time.process_time() - began
    differ = fleet.changed
    split = (len(steps) - differ) / max(differ, 1)
    beside = f"{len(steps):,} / {differ:,}, {split:.1%} of the entries split"
    yield Figure(f"writes for each entry that differs, {pools}", size, len(steps) / max(differ, 1), "x", beside)
    yield Figure(f"seconds to plan, {pools}", size, took, "s", "of a processor", GOALS.get(size))


def entry_of(fleet: Fleet, number: int) -> Entry:
    """An entry of a fleet in the planner's words."""
    licence = fleet.licences[number]
    if not licence.service:
        return Entry(Place(licence.organization, licence.organization), licence.held, licence.wanted)
    place = Place(licence.organization, licence.organization, licence.tenant, "Default", licence.service)
    return Entry(place, licence.held, licence.wanted)
