# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server with two levels of pools, written after the vendor's rules and not after the planner, and fleets for it."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._allocation import Allocation, Entry, Place
from ansible_collections.tenantops.licensing.plugins.module_utils._errors import ApiError, Kind
from ansible_collections.tenantops.licensing.plugins.module_utils._steps import HOST, PoolKey, Step

CODES = ("A", "B", "C")


@dataclass(frozen=True)
class Fleet:
    """What is held and wanted, and what is free in each pool at the start."""

    entries: tuple[Entry, ...]
    free: dict[PoolKey, int]

    @property
    def changed(self) -> set[int]:
        return {number for number, entry in enumerate(self.entries) if entry.held != entry.wanted}

    @property
    def wanted(self) -> list[dict[str, int]]:
        return [entry.wanted for entry in self.entries]


def organization(
    an_id: str, held: dict[str, int] | None, wanted: dict[str, int], *, remove: bool = False, name: str | None = None
) -> Entry:
    """The own licence of an organization."""
    return Entry(Place(an_id, name or an_id), held, wanted, remove=remove)


def service(
    of: str, tenant: str, held: dict[str, int] | None, wanted: dict[str, int], *, remove: bool = False
) -> Entry:
    """The licence of one service of an organization's tenant."""
    return Entry(Place(of, of, tenant, tenant, "du"), held, wanted, remove=remove)


def takes_and_gives(entry: Entry) -> tuple[Counter[PoolKey], Counter[PoolKey]]:
    """What an entry's whole change takes from each pool and gives to it."""
    takes: Counter[PoolKey] = Counter()
    gives: Counter[PoolKey] = Counter()
    own, held = entry.place.organization_id, entry.held or {}
    for code in {*held, *entry.wanted}:
        rise = entry.wanted.get(code, 0) - held.get(code, 0)
        if entry.place.service_type is not None:
            takes[own, code] += max(rise, 0)
            gives[own, code] += max(-rise, 0)
        else:
            takes[HOST, code] += max(rise, 0)
            gives[own, code] += max(rise, 0)
            takes[own, code] += max(-rise, 0)
            gives[HOST, code] += max(-rise, 0)
    return +takes, +gives


class Server:
    """Refuses what lowers a pool below zero. ``merges``: a list that is sent leaves the codes that it does not name."""

    def __init__(self, fleet: Fleet, *, merges: bool = False) -> None:
        self.held = [dict(entry.held or {}) for entry in fleet.entries]
        self.free: dict[PoolKey, int] = defaultdict(int, fleet.free)
        self.writes: list[int] = []
        self._places = [entry.place for entry in fleet.entries]
        self._merges = merges
        self._lock = threading.Lock()

    def write(self, number: int, body: Mapping[str, int] | None) -> None:
        """Take over a list of quantities, None for none. Raises ApiError when a pool has too little for it."""
        with self._lock:
            self.writes.append(number)
            before = self.held[number]
            sent = dict(body or {})
            after = {**before, **sent} if self._merges and body is not None else sent
            change: Counter[PoolKey] = Counter()
            for code in {*before, *after}:
                rise = after.get(code, 0) - before.get(code, 0)
                own = self._places[number].organization_id
                if self._places[number].service_type is not None:
                    change[own, code] -= rise
                else:
                    change[HOST, code] -= rise
                    change[own, code] += rise
            for key, amount in change.items():
                if amount < 0 and self.free[key] + amount < 0:
                    raise ApiError(Kind.INSUFFICIENT_CAPACITY, f"{key}: {-amount} asked, {self.free[key]} free")
            for key, amount in change.items():
                self.free[key] += amount
            self.held[number] = {code: quantity for code, quantity in after.items() if quantity}


@dataclass(frozen=True)
class SlowServer:
    """Performs steps on a server that takes its time: for each step milliseconds before it acts, and to its answer."""

    server: Server
    delays: Sequence[tuple[int, int]]
    steps: Sequence[Step]

    def __call__(self, step: Step) -> None:
        before, after = self.delays[self.steps.index(step) % len(self.delays)]
        time.sleep(before / 2000)
        perform(self.server, step)
        time.sleep(after / 2000)


def perform(server: Server, step: Step) -> None:
    """Send a step to a server."""
    action: Allocation = step.action
    server.write(step.entry, action.body)


def delays() -> st.SearchStrategy[list[tuple[int, int]]]:
    """How long calls take, so that answers come back in many orders."""
    return st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12)


def quantities(codes: Sequence[str] = CODES) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from(codes), st.integers(1, 4))


@st.composite
def fleets(draw: st.DrawFn, *, slack: st.SearchStrategy[int] | None = None, one_way: bool = False) -> Fleet:
    """Fleets whose end leaves ``slack`` (by default none or little) in every pool that something is taken from.

    Their start is whatever that means: pools full, with room, or below zero. ``one_way``: no entry both rises and
    falls.
    """
    slack = slack if slack is not None else st.sampled_from((0, 0, 0, 1, 2))
    codes = CODES[: draw(st.integers(1, 3))]
    entries: list[Entry] = []
    for number in range(draw(st.integers(1, 4))):
        own = f"org{number}"
        services = [
            _changed(draw, service(own, f"t{tenant}", {}, {}), codes, one_way)
            for tenant in range(draw(st.integers(0, 3)))
        ]
        entry = _changed(draw, organization(own, {}, {}), codes, one_way)
        if entry.remove and any(one.wanted for one in services):
            entry = organization(own, entry.held, {})
        entries += draw(st.permutations([entry, *services])) if not entry.remove else [entry, *services]
    free: dict[PoolKey, int] = {}
    takes: Counter[PoolKey] = Counter()
    gives: Counter[PoolKey] = Counter()
    for entry in entries:
        taken, given = takes_and_gives(entry)
        takes += taken
        gives += given
    for pool in [HOST, *(f"org{number}" for number in range(4))]:
        for code in codes:
            key = (pool, code)
            free[key] = draw(slack) + takes[key] - gives[key] if takes[key] else draw(st.integers(-3, 3))
    return Fleet(tuple(entries), free)


def large_fleet(random: Random) -> Fleet:
    """A fleet of many services and codes whose pools are full at the end, or nearly: rings in plenty."""
    codes = "ABCDEFGH"[: random.randint(2, 8)]
    share = random.choice((0.2, 0.5, 0.8))

    def some() -> dict[str, int]:
        return {code: random.randint(1, 4) for code in codes if random.random() < share}

    entries: list[Entry] = []
    for number in range(random.randint(1, 6)):
        own = f"org{number}"
        services = [service(own, f"t{tenant}", some(), some()) for tenant in range(random.randint(0, 12))]
        entries += [organization(own, some(), some()), *services]
    takes: Counter[PoolKey] = Counter()
    gives: Counter[PoolKey] = Counter()
    for entry in entries:
        taken, given = takes_and_gives(entry)
        takes += taken
        gives += given
    return Fleet(tuple(entries), {key: takes[key] - gives[key] + random.choice((0, 0, 0, 1)) for key in sorted(takes)})


def _changed(draw: st.DrawFn, entry: Entry, codes: Sequence[str], one_way: bool) -> Entry:
    """The entry with quantities held and wanted."""
    held = draw(quantities(codes))
    wanted = dict(held) if draw(st.integers(0, 3)) == 0 else draw(quantities(codes))
    if one_way:
        pick = max if draw(st.booleans()) else min
        both = {code: pick(held.get(code, 0), wanted.get(code, 0)) for code in codes}
        wanted = {code: quantity for code, quantity in both.items() if quantity}
    remove = not wanted and bool(held) and draw(st.booleans())
    return Entry(entry.place, held, wanted, remove=remove)
