# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of licences -> steps in an order that the pools allow, one write an entry wherever that is possible.

Pure. Whatever order is taken, an end state that fits can always be reached once entries are split into what they give
back and what they take: services give back, organizations give back, organizations take, services take. So a greedy
order never runs into a dead end; it splits an entry only where entries block each other in a ring.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ._allocation import Allocation, Entry, Quantities
from ._checked_mapping import nearest
from ._steps import HOST, PoolKey, Shortage, Step

Amounts = dict[PoolKey, int]


def flows(entry: Entry, start: Mapping[str, int], end: Mapping[str, int]) -> tuple[Amounts, Amounts]:
    """What going from one list of quantities to another takes from pools, and what it gives to them.

    A service takes from its organization's pool. An organization takes from the host's pool and gives to its own.
    """
    own = entry.place.organization_id
    takes: Amounts = {}
    gives: Amounts = {}
    for code in sorted(start.keys() | end.keys()):  # the same plan each time
        rise = end.get(code, 0) - start.get(code, 0)
        if rise and entry.place.service_type is not None:
            (takes if rise > 0 else gives)[own, code] = abs(rise)
        elif rise:
            source, target = (HOST, own) if rise > 0 else (own, HOST)
            takes[source, code] = gives[target, code] = abs(rise)
    return takes, gives


def pools_taken_from(entries: Iterable[Entry]) -> set[str]:
    """The pools whose free quantities must be known before anything is written: HOST or organization IDs."""
    return {pool for entry in entries if entry.changed and entry.held is not None for pool, _code in _takes_of(entry)}


def _takes_of(entry: Entry) -> Amounts:
    return flows(entry, entry.held or {}, entry.wanted)[0]


def shortages(entries: Iterable[Entry], free: Mapping[PoolKey, int], pool_names: Mapping[str, str]) -> list[Shortage]:
    """Every pool and product code from which more is wanted than there will be, giving back included.

    A pool that nothing is taken from may stay below zero: giving to it only heals it. What an organization gets from
    the host counts as left in its pool; what it gives back to the host must not be given out.
    """
    wanted: Amounts = defaultdict(int)
    held: Amounts = defaultdict(int)
    left: Amounts = defaultdict(int, free)
    taken: set[PoolKey] = set()
    lowered: dict[PoolKey, tuple[int, int]] = {}  # an organization's own quantity, wanted and held
    for entry in entries:
        if not entry.changed or entry.held is None:
            continue
        taken.update(_takes_of(entry))
        own = entry.place.organization_id
        source = HOST if entry.place.service_type is None else own
        for code in entry.held.keys() | entry.wanted.keys():
            end, start = entry.wanted.get(code, 0), entry.held.get(code, 0)
            if end != start:
                wanted[source, code] += end
                held[source, code] += start
            if source == HOST and end > start:
                left[own, code] += end - start
            elif source == HOST and end < start:
                lowered[own, code] = (end, start)
    codes: dict[str, set[str]] = defaultdict(set)
    for pool, code in left:
        codes[pool].add(code)
    found = []
    for key in sorted(taken):
        pool, code = key
        name = pool_names.get(pool, pool)
        if key in lowered:
            end, start = lowered[key]
            spare = left.get(key, 0) - (wanted[key] - held[key])
            shortage = Shortage(name, code, end, start, spare, lowers=True)
        else:
            hint = () if code in codes[pool] else tuple(nearest(code, codes[pool]))
            shortage = Shortage(name, code, wanted[key], held[key], left.get(key, 0), hint)
        if shortage.short > 0:
            found.append(shortage)
    return found


@dataclass(slots=True)
class _Part:
    """One write that is still to be placed in the order."""

    entry: int
    start: Quantities
    target: Quantities
    takes: Amounts
    gives: Amounts
    of_service: bool

    @classmethod
    def of(cls, number: int, entry: Entry, start: Quantities, target: Quantities) -> _Part:
        of_service = entry.place.service_type is not None
        return cls(number, start, target, *flows(entry, start, target), of_service)

    @property
    def rank(self) -> tuple[int, int]:
        """Who goes first when several could: what only falls, then what also rises, then what only rises.

        Services fall before organizations and rise after them, since an organization's pool is what they share.
        """
        rises = any(quantity > self.start.get(code, 0) for code, quantity in self.target.items())
        falls = any(quantity > self.target.get(code, 0) for code, quantity in self.start.items())
        if rises and falls:
            return (2, self.entry)
        if rises:
            return (4 if self.of_service else 3, self.entry)
        return (0 if self.of_service else 1, self.entry)


def order(entries: Sequence[Entry], free: Mapping[PoolKey, int], *, enforce: bool = True) -> list[Step]:
    """The writes for all entries that differ, each after those whose gifts it needs.

    Executed one after the other the steps never ask a pool for more than is free in it. ``enforce`` False: the free
    quantities are not known; what seems not to fit comes last, and the server decides.
    """
    return _Ordering(entries, free, enforce).steps()


class _Ordering:
    def __init__(self, entries: Sequence[Entry], free: Mapping[PoolKey, int], enforce: bool) -> None:
        self._entries = entries
        self._free: Amounts = defaultdict(int, free)
        self._enforce = enforce
        self._steps: list[Step] = []
        self._steps_of_entry: dict[int, list[int]] = defaultdict(list)
        self._steps_of_services: dict[str, list[int]] = defaultdict(list)  # organization ID -> its services' steps
        self._steps_of_organization: dict[str, list[int]] = defaultdict(
            list
        )  # the same -> the steps of its own licence
        self._unread_organizations: set[str] = set()
        self._parts: list[_Part] = []
        self._pending: set[int] = set()
        self._ready: list[tuple[tuple[int, int], int, PoolKey | None]] = []
        # A blocked part waits at one pool that has too little for it; the smallest need stands first.
        self._blocked: dict[PoolKey, list[tuple[int, int]]] = defaultdict(list)
        # Who could break a ring: for each organization its services' parts, and the one that would help most.
        self._services: dict[str, list[int]] = defaultdict(list)
        self._touched: set[str] = set()  # organizations in which something has changed since they were asked
        self._best_helper: dict[str, tuple[int, int]] = {}
        self._helpers: list[tuple[int, int, str]] = []

    def steps(self) -> list[Step]:
        """Place every part; the module's docstring says why this comes to an end."""
        unread = [number for number, entry in enumerate(self._entries) if entry.held is None]
        self._place_unread(number for number in unread if self._is_organization(number, remove=False))
        for number, entry in enumerate(self._entries):
            if entry.changed and entry.held is not None:
                self._add(_Part.of(number, entry, entry.held, entry.wanted))
        while self._pending:
            if self._ready:
                self._try_next()
            elif not self._split_one():
                self._force_one()
        self._place_unread(number for number in unread if self._entries[number].place.service_type is not None)
        self._place_unread(number for number in unread if self._is_organization(number, remove=True))
        return self._steps

    def _is_organization(self, number: int, *, remove: bool) -> bool:
        entry = self._entries[number]
        return entry.place.service_type is None and entry.remove is remove

    def _add(self, part: _Part) -> None:
        self._parts.append(part)
        number = len(self._parts) - 1
        self._pending.add(number)
        self._queue(number, None)
        if part.of_service:
            self._services[self._own(part)].append(number)

    def _own(self, part: _Part) -> str:
        return self._entries[part.entry].place.organization_id

    def _queue(self, number: int, woken_by: PoolKey | None) -> None:
        heapq.heappush(self._ready, (self._parts[number].rank, number, woken_by))

    def _try_next(self) -> None:
        _rank, number, woken_by = heapq.heappop(self._ready)
        part = self._parts[number]
        short = next((key for key, amount in part.takes.items() if amount > self._free[key]), None)
        if short is None:
            self._place(number)
            return
        heapq.heappush(self._blocked[short], (part.takes[short], number))
        self._touched.add(self._own(part))
        if woken_by is not None and woken_by != short:
            self._wake(woken_by)  # what this part left there may be enough for another

    def _place(self, number: int) -> None:
        part = self._parts[number]
        self._pending.discard(number)
        self._touched.add(self._own(part))
        entry = self._entries[part.entry]
        body = None if entry.remove else whole_list(entry.held or {}, part.target)
        self._write(part.entry, Allocation(part.start, part.target, body), part.takes, part.gives)
        for key, amount in part.takes.items():
            self._free[key] -= amount
        for key, amount in part.gives.items():
            self._free[key] += amount
        for key in part.gives:
            self._wake(key)

    def _place_unread(self, numbers: Iterable[int]) -> None:
        """What could not be read is written as declared: an organization before its services, a removal after them."""
        for number in numbers:
            entry = self._entries[number]
            body = None if entry.remove else entry.wanted
            self._write(number, Allocation(None, entry.wanted, body), {}, {})

    def _write(self, number: int, allocation: Allocation, takes: Amounts, gives: Amounts) -> None:
        entry = self._entries[number]
        own = entry.place.organization_id
        after = list(self._steps_of_entry[number])
        if entry.place.service_type is not None:
            self._steps_of_services[own].append(len(self._steps))
            if entry.held is None or own in self._unread_organizations:
                after += self._steps_of_organization[own]  # no pool tells when it may begin
        elif entry.remove:
            after += self._steps_of_services[own]
        else:
            self._steps_of_organization[own].append(len(self._steps))
            if entry.held is None:
                self._unread_organizations.add(own)
        self._steps_of_entry[number].append(len(self._steps))
        self._steps.append(Step(number, allocation, takes, gives, tuple(after)))

    def _wake(self, key: PoolKey) -> None:
        """Look again at parts that wait at this pool, as many as its free quantity could serve."""
        budget = self._free[key]
        waiting = self._blocked[key]
        while waiting and waiting[0][0] <= budget:
            need, number = heapq.heappop(waiting)
            if number in self._pending:
                budget -= need
                self._queue(number, key)

    def _split_one(self) -> bool:
        """Break one ring: of the entries that can give back now, one that helps most does so first.

        Rings close within an organization's pool, so its services are asked first, and only where something has changed
        since they were asked last; the organizations themselves are asked when no service can help.
        """
        for own in self._touched:
            self._ask(own)
        self._touched.clear()
        while self._helpers:
            helped, number, own = heapq.heappop(self._helpers)
            if self._best_helper.get(own) == (helped, number):
                self._split(number)
                return True
        candidates = [(self._helped_by(self._parts[number]), -number) for number in self._pending]
        helped, number = max(candidates)
        if helped:
            self._split(-number)
        return bool(helped)

    def _ask(self, own: str) -> None:
        """Find out which service of an organization would help most by giving back first, if any would."""
        services = self._services[own] = [number for number in self._services[own] if number in self._pending]
        best = min(((-self._helped_by(self._parts[number]), number) for number in services), default=(0, 0))
        if best[0]:
            self._best_helper[own] = best
            heapq.heappush(self._helpers, (*best, own))
        else:
            self._best_helper.pop(own, None)

    def _split(self, number: int) -> None:
        whole = self._parts[number]
        entry = self._entries[whole.entry]
        halfway = _lower(whole.start, whole.target)
        self._pending.discard(number)
        self._parts.append(_Part.of(whole.entry, entry, whole.start, halfway))
        self._place(len(self._parts) - 1)
        self._add(_Part.of(whole.entry, entry, halfway, whole.target))

    def _helped_by(self, part: _Part) -> int:
        """How much it would help if this part gave back first: 1 and a point for each pool where another waits."""
        entry = self._entries[part.entry]
        takes, gives = flows(entry, part.start, _lower(part.start, part.target))
        if not gives or any(amount > self._free[key] for key, amount in takes.items()):
            return 0
        waiting = ((self._blocked.get(key), self._free[key] + amount) for key, amount in gives.items())
        return 1 + sum(1 for queue, free in waiting if queue and queue[0][0] <= free)

    def _force_one(self) -> None:
        """Where pools are not known: place what seems not to fit, taking what there seems to be."""
        if self._enforce:
            raise AssertionError("a change that fits has come to a dead end")
        number = min(self._pending, key=lambda pending: self._parts[pending].rank)
        part = self._parts[number]
        there = {key: min(amount, self._free[key]) for key, amount in part.takes.items()}
        part.takes = {key: amount for key, amount in there.items() if amount > 0}
        self._place(number)


def _lower(held: Mapping[str, int], target: Mapping[str, int]) -> Quantities:
    """What is left when everything is given back and nothing is taken yet."""
    lower = {code: min(quantity, target.get(code, 0)) for code, quantity in held.items()}
    return {code: quantity for code, quantity in lower.items() if quantity}


def whole_list(held: Mapping[str, int], target: Mapping[str, int]) -> Quantities:
    """The list to send: all that is to be held, and 0 for what is to go."""
    return {**dict.fromkeys(held, 0), **target}
