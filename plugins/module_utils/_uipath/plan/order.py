# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries that differ -> steps in an order that the pools allow, with the fewest writes and the shortest waits.

Pure. One write an entry; two only where entries block each other in a ring. What does not need to wait for each other
stands side by side: rings in different organizations are broken at the same time.
"""

from __future__ import annotations

import contextlib
import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..._plan.steps import PoolKey, Step
from ..compare import Allocation, Entry
from .giving_way import Order, adds, giving_way
from .greedy import arrange_greedily
from .minimize import minimize_writes
from .moves import Amounts, Move, moves_of, whole_list


def order(entries: Sequence[Entry], free: Mapping[PoolKey, int], *, enforce: bool = True) -> list[Step]:
    """The writes for all entries that differ, each after those whose gifts it needs.

    Executed one after the other the steps never ask a pool for more than is free in it. ``enforce`` False: the free
    quantities are not known; what seems not to fit comes last, and the server decides.
    """
    with _nothing_collected():
        moves = moves_of(entries)
        arrangement = arrange_greedily(moves, free, enforce=enforce)
        if enforce:
            arrangement = side_by_side(minimize_writes(moves, free, arrangement), free)
        return _Steps(entries).of(giving_way(arrangement, entries, free))


@contextlib.contextmanager
def _nothing_collected() -> Iterator[None]:
    """A plan is millions of small objects without cycles; looking through them for garbage would cost a third of it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def side_by_side(arrangement: Sequence[Move], free: Mapping[PoolKey, int]) -> list[Move]:
    """The same moves in rounds, each in the first round in which it takes nothing that an earlier one needs.

    So however many organizations there are, none waits for what happens in another one without taking from it.
    """
    left: dict[PoolKey, _Left] = {}
    last_of_entry: dict[int, int] = {}
    last_of_services: dict[str, int] = defaultdict(lambda: -1)
    rounds: list[int] = []
    for move in arrangement:
        begins = last_of_entry.get(move.entry, -1) + 1
        if not move.of_service and not move.target:
            begins = max(begins, last_of_services[move.own] + 1)  # its licence goes after those of its services
        for key, amount in move.takes.items():
            if key not in left:
                left[key] = _Left(free.get(key, 0))
            begins = max(begins, left[key].first_with(amount))
        for key, amount in move.takes.items():
            left[key].change(begins, -amount)
        for key, amount in move.gives.items():
            if key not in left:
                left[key] = _Left(free.get(key, 0))
            left[key].change(begins + 1, amount)
        last_of_entry[move.entry] = begins
        if move.of_service:
            last_of_services[move.own] = max(last_of_services[move.own], begins)
        rounds.append(begins)
    return [move for _round, move in sorted(zip(rounds, arrangement, strict=True), key=lambda placed: placed[0])]


class _Left:
    """What is left in a pool round by round."""

    def __init__(self, free: int) -> None:
        self._at_the_end = free
        self._changes: list[int] = []  # by round

    def first_with(self, amount: int) -> int:
        """The first round from which on there is always that much."""
        left = self._at_the_end
        for number in range(len(self._changes) - 1, -1, -1):
            if left < amount:
                return number + 1
            left -= self._changes[number]
        return 0

    def change(self, begins: int, amount: int) -> None:
        """From that round on there is so much more."""
        self._changes += [0] * (begins + 1 - len(self._changes))
        self._changes[begins] += amount
        self._at_the_end += amount


class _Steps:
    """Turns moves into steps, and adds the writes of entries that could not be read."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._steps: list[Step] = []
        self._of_entry: dict[int, list[int]] = defaultdict(list)
        self._of_services: dict[str, list[int]] = defaultdict(list)  # organization ID -> the steps of its services
        self._of_organization: dict[str, list[int]] = defaultdict(list)  # the same -> the steps of its own licence
        self._unread_organizations: set[str] = set()

    def of(self, order_: Order) -> list[Step]:
        unread = [number for number, entry in enumerate(self._entries) if entry.held is None]
        self._write_unread(number for number in unread if self._is_organization(number, remove=False))
        first = len(self._steps)
        went_first = {place for places in order_.room_from.values() for place in places}
        for place, move in enumerate(order_.moves):
            entry = self._entries[move.entry]
            body = None if entry.remove else whole_list(entry.held or {}, move.target)
            self._write(move.entry, Allocation(move.start, move.target, body), move.takes, move.gives)
            listed = move.own in order_.lists and move.of_service
            self._steps[-1] = replace(
                self._steps[-1],
                adds_to=move.own if listed and adds(entry) else None,
                gives_way_to=move.own if listed and entry.implied and place not in went_first else None,
                room_from=tuple(first + before for before in order_.room_from.get(place, ())),
            )
        self._write_unread(number for number in unread if self._entries[number].place.service_type is not None)
        self._write_unread(number for number in unread if self._is_organization(number, remove=True))
        return self._steps

    def _is_organization(self, number: int, *, remove: bool) -> bool:
        entry = self._entries[number]
        return entry.place.service_type is None and entry.remove is remove

    def _write_unread(self, numbers: Iterable[int]) -> None:
        """What could not be read is written as declared: an organization before its services, a removal after them."""
        for number in numbers:
            entry = self._entries[number]
            body = None if entry.remove else entry.wanted
            self._write(number, Allocation(None, entry.wanted, body), {}, {})

    def _write(self, number: int, allocation: Allocation, takes: Amounts, gives: Amounts) -> None:
        entry = self._entries[number]
        own = entry.place.organization_id
        after = list(self._of_entry[number])
        if entry.place.service_type is not None:
            self._of_services[own].append(len(self._steps))
            if entry.held is None or own in self._unread_organizations:
                after += self._of_organization[own]  # no pool tells when it may begin
        elif entry.remove:
            after += self._of_services[own]
        else:
            self._of_organization[own].append(len(self._steps))
            if entry.held is None:
                self._unread_organizations.add(own)
        self._of_entry[number].append(len(self._steps))
        self._steps.append(Step(number, allocation, takes, gives, tuple(after)))
