# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server with two levels of pools, written after the vendor's rules and not after the planner, and fleets for it."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import ApiError, Kind
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.steps import HOST, PoolKey, Step
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.compare import Allocation, Entry, Place

CODES = ("A", "B", "C")
Position = tuple[tuple[str, int], ...]  # quantities of an entry, as something that can be a key


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
    takes, gives = totals(entries)
    for pool in [HOST, *(f"org{number}" for number in range(4))]:
        for code in codes:
            key = (pool, code)
            free[key] = draw(slack) + takes[key] - gives[key] if takes[key] else draw(st.integers(-3, 3))
    return Fleet(tuple(entries), free)


def small_fleet(random: Random, slack: int) -> Fleet:
    """A fleet of two to six entries, nearly all of which both rise and fall: rings in plenty.

    An organization has as much as its services hold. At the end up to ``slack`` is left in each pool.
    """
    codes = "ABCD"[: random.randint(2, 4)]
    entries: list[Entry] = []
    size = random.randint(2, 6)
    while len(entries) < size:
        own = f"org{len(entries)}"
        tenants = range(random.randint(0, min(4, size - len(entries) - 1)))
        ends = [[{code: random.choice((0, 0, 1, 1, 2, 3)) for code in codes} for _tenant in tenants] for _end in "ab"]
        held, wanted = ({code: sum(one[code] for one in end) or random.randint(0, 2) for code in codes} for end in ends)
        entries.append(organization(own, _positive(held), _positive(wanted)))
        entries += [service(own, f"t{n}", _positive(ends[0][n]), _positive(ends[1][n])) for n in tenants]
    takes, gives = totals(entries)
    return Fleet(tuple(entries), {key: takes[key] - gives[key] + random.randint(0, slack) for key in sorted(takes)})


def _positive(quantities: dict[str, int]) -> dict[str, int]:
    return {code: quantity for code, quantity in quantities.items() if quantity}


def totals(entries: Sequence[Entry]) -> tuple[Counter[PoolKey], Counter[PoolKey]]:
    """What all entries together take from each pool and give to it."""
    takes: Counter[PoolKey] = Counter()
    gives: Counter[PoolKey] = Counter()
    for entry in entries:
        taken, given = takes_and_gives(entry)
        takes += taken
        gives += given
    return takes, gives


def fewest_writes(fleet: Fleet) -> int:
    """How many writes the best of all plans needs, found by trying every one of them.

    In a plan an entry may be written any number of times, and each write may bring any of its codes from what is held
    at the start to what is wanted at the end.
    """
    positions = [_positions(entry) for entry in fleet.entries]
    start = tuple(of_entry[0] for of_entry in positions)
    end = tuple(of_entry[-1] for of_entry in positions)
    halves = {start: 0}
    queue: deque[tuple[int, tuple[Position, ...]]] = deque([(0, start)])
    while queue:
        spent, state = queue.popleft()
        if state == end:
            return spent + len(fleet.changed)
        if spent > halves[state]:
            continue
        free = _free_in(fleet, state)
        for number, now in enumerate(state):
            for target in positions[number] if now != end[number] else ():
                cost = spent + (target != end[number])
                reached = (*state[:number], target, *state[number + 1 :])
                if cost >= halves.get(reached, cost + 1):
                    continue
                takes, _gives = takes_and_gives(Entry(fleet.entries[number].place, dict(now), dict(target)))
                if all(amount <= free.get(key, 0) for key, amount in takes.items()):
                    halves[reached] = cost
                    (queue.append if target != end[number] else queue.appendleft)((cost, reached))
    raise AssertionError("no plan reaches the end")


def _positions(entry: Entry) -> list[Position]:
    """What is held at the start, all that is between it and the end, and what is wanted at the end."""
    held = entry.held or {}
    codes = sorted({*held, *entry.wanted})
    ends = [[held.get(code, 0), entry.wanted.get(code, 0)] for code in codes]
    return [
        tuple((code, quantity) for code, quantity in zip(codes, quantities, strict=True) if quantity)
        for quantities in itertools.product(*ends)
    ]


def _free_in(fleet: Fleet, state: tuple[Position, ...]) -> dict[PoolKey, int]:
    """What is free in the pools when this is held."""
    taken, given = totals(
        [Entry(entry.place, entry.held, dict(now)) for entry, now in zip(fleet.entries, state, strict=True)]
    )
    return {key: fleet.free.get(key, 0) - taken[key] + given[key] for key in {*fleet.free, *taken, *given}}


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
    takes, gives = totals(entries)
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
    implied = remove and entry.place.service_type is not None and draw(st.booleans())
    return Entry(entry.place, held, wanted, remove=remove, implied=implied)
