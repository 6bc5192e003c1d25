# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of moves: each after those whose gifts it needs, in two halves only where moves block each other in a ring.

Pure. Whatever is taken first, an end that fits can always be reached once moves are made in halves: services give back,
organizations give back, organizations take, services take. So a greedy order never runs into a dead end. Which move of
a ring is halved decides how many writes there are; a short look ahead finds one that lets many others end.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..._plan.steps import HOST, PoolKey
from .moves import Amounts, Move

LOOKED_INTO = 2  # offers of an organization whose consequences are looked at, the most promising first
LOOKED_AT = 12  # moves among which these consequences are sought


def arrange_greedily(moves: Iterable[Move], free: Mapping[PoolKey, int], *, enforce: bool = True) -> list[Move]:
    """The moves in an order in which no pool is asked for more than is free in it, some of them in halves.

    ``enforce`` False: the free quantities are not known; what seems not to fit comes last, and the server decides.
    """
    return _Arrangement(moves, free, enforce).arrange()


@dataclass(frozen=True, slots=True, order=True)
class _Offer:
    """A move that could be halved now, as its organization's best; the smallest is the best of all."""

    ended: int  # how many others could end then, negative
    served: int  # how many of those that wait at a pool could take from it then, negative
    number: int
    half: int


class _Arrangement:
    def __init__(self, moves: Iterable[Move], free: Mapping[PoolKey, int], enforce: bool) -> None:
        self._free: Amounts = defaultdict(int, free)
        self._enforce = enforce
        self._moves: list[Move] = []
        self._pending: set[int] = set()
        self._arranged: list[Move] = []
        self._ready: list[tuple[tuple[int, int], int, PoolKey | None]] = []
        # A blocked move waits at one pool that has too little for it; the smallest need stands first.
        self._blocked: dict[PoolKey, list[tuple[int, int]]] = defaultdict(list)
        # Rings close within an organization's pool, so each organization offers the best of its moves.
        self._of_organization: dict[str, list[int]] = defaultdict(list)
        self._halves: dict[int, list[Move]] = {}
        self._touched: set[str] = set()  # organizations in which something has changed since they were asked
        self._best: dict[str, _Offer] = {}
        self._offers: list[_Offer] = []
        for move in moves:
            self._add(move)

    def arrange(self) -> list[Move]:
        """Place every move; the module's docstring says why this comes to an end."""
        while self._pending:
            if self._ready:
                self._try_next()
            elif not self._break_ring():
                self._force_one()
        return self._arranged

    def _add(self, move: Move) -> None:
        number = len(self._moves)
        self._moves.append(move)
        self._pending.add(number)
        self._of_organization[move.own].append(number)
        self._queue(number, None)

    def _queue(self, number: int, woken_by: PoolKey | None) -> None:
        heapq.heappush(self._ready, (self._moves[number].rank, number, woken_by))

    def _try_next(self) -> None:
        _rank, number, woken_by = heapq.heappop(self._ready)
        move = self._moves[number]
        short = next((key for key, amount in move.takes.items() if amount > self._free[key]), None)
        if short is None:
            self._pending.discard(number)
            self._place(move)
            return
        heapq.heappush(self._blocked[short], (move.takes[short], number))
        self._touched.add(move.own)
        if woken_by is not None and woken_by != short:
            self._wake(woken_by)  # what this move left there may be enough for another

    def _place(self, move: Move) -> None:
        self._arranged.append(move)
        self._touched.add(move.own)
        for key, amount in move.takes.items():
            self._free[key] -= amount
        for key, amount in move.gives.items():
            self._free[key] += amount
        for key in move.gives:
            self._wake(key)

    def _wake(self, key: PoolKey) -> None:
        """Look again at moves that wait at this pool, as many as its free quantity could serve."""
        budget = self._free[key]
        waiting = self._blocked[key]
        while waiting and waiting[0][0] <= budget:
            need, number = heapq.heappop(waiting)
            if number in self._pending:
                budget -= need
                self._queue(number, key)

    # Rings

    def _break_ring(self) -> bool:
        """Halve one move, the one that helps most, if any can be."""
        for own in self._touched:
            self._ask(own)
        self._touched.clear()
        if self._take_best_offer():
            return True
        # What the host has free may have changed without touching those who could use it.
        for own in {self._moves[number].own for number in self._pending}:
            self._ask(own)
        return self._take_best_offer()

    def _take_best_offer(self) -> bool:
        while self._offers:
            offer = heapq.heappop(self._offers)
            own = self._moves[offer.number].own
            if self._best.get(own) != offer:
                continue
            first = self._halves[offer.number][offer.half]
            if not self._fits(first):
                self._ask(own)
                continue
            self._pending.discard(offer.number)
            self._place(first)
            self._add(self._moves[offer.number].after(first))
            return True
        return False

    def _ask(self, own: str) -> None:
        """Find out which move of an organization had best be halved, if any can be."""
        numbers = [number for number in self._of_organization[own] if number in self._pending]
        self._of_organization[own] = numbers
        possible = []
        for number in numbers:
            for half, first in enumerate(self._halves_of(number)):
                if self._fits(first):
                    possible.append((-self._served(first), number, half))
        offers = [
            _Offer(-self._ended(number, self._halves[number][half]), served, number, half)
            for served, number, half in heapq.nsmallest(LOOKED_INTO, possible)
        ]
        if offers:
            self._best[own] = min(offers)
            heapq.heappush(self._offers, self._best[own])
        else:
            self._best.pop(own, None)

    def _halves_of(self, number: int) -> list[Move]:
        if number not in self._halves:
            self._halves[number] = self._moves[number].first_halves()
        return self._halves[number]

    def _fits(self, move: Move) -> bool:
        return all(amount <= self._free[key] for key, amount in move.takes.items())

    def _served(self, first: Move) -> int:
        """At how many pools the one that waits for least could take what it needs."""
        waiting = ((self._blocked.get(key), self._free[key] + amount) for key, amount in first.gives.items())
        return sum(1 for queue, free in waiting if queue and queue[0][0] <= free)

    def _ended(self, number: int, first: Move) -> int:
        """How many other moves could be made after this half, among those of its organization and at the host."""
        others = self._of_organization[first.own][:LOOKED_AT]
        others = others + [queue[0][1] for key in first.gives if key[0] == HOST and (queue := self._blocked.get(key))]
        waiting = [self._moves[other] for other in others if other != number and other in self._pending]
        level: Amounts = {}
        for key, amount in first.takes.items():
            level[key] = self._free[key] - amount
        for key, amount in first.gives.items():
            level[key] = self._free[key] + amount
        before = -1
        ended = 0
        while ended != before:
            before = ended
            blocked = []
            for move in waiting:
                if all(amount <= level.get(key, self._free[key]) for key, amount in move.takes.items()):
                    ended += 1
                    for key, amount in move.takes.items():
                        level[key] = level.get(key, self._free[key]) - amount
                    for key, amount in move.gives.items():
                        level[key] = level.get(key, self._free[key]) + amount
                else:
                    blocked.append(move)
            waiting = blocked
        return ended

    def _force_one(self) -> None:
        """Where pools are not known: place what seems not to fit, taking what there seems to be."""
        if self._enforce:
            raise AssertionError("a change that fits has come to a dead end")
        number = min(self._pending, key=lambda pending: self._moves[pending].rank)
        move = self._moves[number]
        there = {key: min(amount, self._free[key]) for key, amount in move.takes.items()}
        move.takes = {key: amount for key, amount in there.items() if amount > 0}
        self._pending.discard(number)
        self._place(move)
