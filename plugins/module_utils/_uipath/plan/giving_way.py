# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removals that an exclusive list of services implies come after what the same list adds, where the pools allow it.

Pure. A service that is named in a wrong spelling is an addition beside the removal of the right one. Where the server
refuses the addition, the removal must not have happened. So it gives way; only where something cannot be made without
its licences does it go first, and is put back if that is refused.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..._plan.steps import PoolKey
from ..compare import Entry
from .moves import Amounts, Move


@dataclass(slots=True)
class Order:
    """Moves in their order. ``room_from``: for a move's place in it, the places of removals that went before for it.

    ``lists``: the organizations whose services are in it as removals that give way and as additions.
    """

    moves: list[Move]
    room_from: dict[int, list[int]] = field(default_factory=dict)
    lists: frozenset[str] = frozenset()


def adds(entry: Entry) -> bool:
    """Whether a service gets a licence that has none."""
    return entry.place.service_type is not None and entry.outcome == "created"


def giving_way(arrangement: Sequence[Move], entries: Sequence[Entry], free: Mapping[PoolKey, int]) -> Order:
    """The same moves, each of which fits when it comes, with implied removals as late as they can be.

    ``arrangement``: moves of which each fits when it comes.
    """
    additions = Counter(move.own for move in arrangement if adds(entries[move.entry]))
    lists = frozenset(move.own for move in arrangement if entries[move.entry].implied and additions[move.own])
    if not lists:
        return Order(list(arrangement))
    eager = _Queue(entries, free, additions, lists)
    if not eager.take_as_they_fit(arrangement):
        eager = _Queue(entries, free, additions, lists)
        eager.take_in_turn(arrangement)
    return eager.order


class _Queue:
    """Takes moves into a new order."""

    def __init__(
        self,
        entries: Sequence[Entry],
        free: Mapping[PoolKey, int],
        additions: Mapping[str, int],
        lists: frozenset[str],
    ) -> None:
        self.order = Order([], lists=lists)
        self._entries = entries
        self._free: Amounts = defaultdict(int, free)
        self._additions = Counter(additions)  # that are still to come, by organization
        self._held_back: dict[str, list[Move]] = defaultdict(list)
        self._made_room: dict[int, list[int]] = defaultdict(
            list
        )  # by the move for which they did, which has no place yet

    def take_in_turn(self, arrangement: Iterable[Move]) -> None:
        """Every move in its turn, except that removals are held back until they are needed, or may go."""
        for move in arrangement:
            if self._gives_way(move):
                self._held_back[move.own].append(move)
                continue
            while self._make_room(move):
                pass
            self._place(move)

    def take_as_they_fit(self, arrangement: Iterable[Move]) -> bool:
        """Also let what needs a removal wait for what the list adds. Returns whether all of it came to an end."""
        waiting = []
        for move in arrangement:
            if self._gives_way(move):
                self._held_back[move.own].append(move)
            else:
                waiting.append(move)
        while waiting:
            left = self._without_those_that_fit(waiting, patient=True)
            if len(left) == len(waiting):
                left = self._without_those_that_fit(waiting, patient=False)
            if len(left) == len(waiting) and not any(self._make_room(move) for move in left):
                return False
            waiting = left
        return True

    def _without_those_that_fit(self, waiting: Iterable[Move], *, patient: bool) -> list[Move]:
        """What is left after one round. ``patient``: an organization gives nothing back before its list is added to."""
        left: list[Move] = []
        entries: set[int] = set()  # whose first half is left
        services: set[str] = set()  # organizations of which a service is left
        for move in waiting:
            removes = not move.of_service and not move.target
            early = move.entry in entries or (removes and (move.own in services or self._held_back[move.own]))
            falls = not move.of_service and move.falls and move.own in self.order.lists
            early = early or (patient and falls and self._additions[move.own] > 0)
            if not early and not self._missing(move):
                self._place(move)
                continue
            left.append(move)
            entries.add(move.entry)
            if move.of_service:
                services.add(move.own)
        return left

    def _gives_way(self, move: Move) -> bool:
        return self._entries[move.entry].implied and bool(self._additions[move.own])

    def _missing(self, move: Move) -> set[PoolKey]:
        return {key for key, amount in move.takes.items() if amount > self._free[key]}

    def _make_room(self, move: Move) -> bool:
        """Let one removal go first for this move, if it needs one."""
        missing = self._missing(move)
        for removal in self._held_back[move.own]:
            if missing & removal.gives.keys():
                self._held_back[move.own].remove(removal)
                self._made_room[id(move)].append(len(self.order.moves))
                self._place(removal)
                return True
        return False

    def _place(self, move: Move) -> None:
        for key, amount in move.takes.items():
            self._free[key] -= amount
        for key, amount in move.gives.items():
            self._free[key] += amount
        if id(move) in self._made_room:
            self.order.room_from[len(self.order.moves)] = self._made_room[id(move)]
        self.order.moves.append(move)
        if adds(self._entries[move.entry]):
            self._additions[move.own] -= 1
            if not self._additions[move.own]:
                for removal in self._held_back.pop(move.own, []):
                    self._place(removal)
