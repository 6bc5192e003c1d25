# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fewest writes: moves that block each other are arranged anew, and every order is tried where they are few.

Pure. Moves are bound to each other only by pools that cannot serve all who take from them, so each such knot is looked
at by itself. The search of a small one is complete for plans in which no entry is written more than twice, or ever
holds more, or less, of a product code than at both of its ends.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..._plan.steps import PoolKey
from .greedy import arrange_greedily
from .moves import Amounts, Move

# What may be spent on all knots together: a few tenths of a second.
MOST_TRIED = 200_000  # moves, in searches
MOST_REARRANGED = 4_000  # moves, in arrangements made anew
LARGEST_SEARCHED = 20  # moves in a knot
ARRANGEMENTS = 12  # of one knot
MOST_CODES = 8  # of an organization's move whose every part is tried as its first half

Levels = tuple[int, ...]
Way = tuple["Way | None", Move]  # the last move, and how one came to it; None at the start


def minimize_writes(moves: Sequence[Move], free: Mapping[PoolKey, int], arrangement: list[Move]) -> list[Move]:
    """An arrangement of these moves in fewer writes, if one is found. The same for the same moves, always."""
    if len(arrangement) == len(moves):
        return arrangement
    writes = Counter(move.entry for move in arrangement)
    budget = _Budget(MOST_TRIED)
    rearranged = 0
    better: dict[int, list[Move]] = {}
    knots = sorted(_knots(moves, free), key=len)
    for number, knot in enumerate(knots):
        fewest = sum(writes[move.entry] for move in knot)
        for seed in range(ARRANGEMENTS):
            if fewest == len(knot) or rearranged + len(knot) > MOST_REARRANGED:
                break
            rearranged += len(knot)
            another = arrange_greedily(random.Random(seed).sample(knot, len(knot)), _part(free, knot))
            if len(another) < fewest:
                fewest, better[number] = len(another), another
        if fewest > len(knot) <= LARGEST_SEARCHED:
            found = _Search(knot, free, fewest - len(knot), budget).best()
            if found is not None:
                better[number] = found
    replaced = {move.entry for number in better for move in knots[number]}
    return [move for move in arrangement if move.entry not in replaced] + list(
        itertools.chain.from_iterable(better.values())
    )


def _part(free: Mapping[PoolKey, int], knot: Sequence[Move]) -> Amounts:
    return {key: free.get(key, 0) for move in knot for key in (*move.takes, *move.gives)}


def _knots(moves: Sequence[Move], free: Mapping[PoolKey, int]) -> list[list[Move]]:
    """The moves in groups of which none can hinder another."""
    asked: Amounts = defaultdict(int)
    for move in moves:
        for key, amount in move.takes.items():
            asked[key] += amount
    scarce = {key for key, amount in asked.items() if amount > free.get(key, 0)}
    leaders: dict[object, object] = {}

    def leader(member: object) -> object:
        while (above := leaders.setdefault(member, member)) != member:
            leaders[member] = leaders[above]
            member = above
        return member

    for number, move in enumerate(moves):
        for key in itertools.chain(move.takes, move.gives):
            if key in scarce:
                leaders[leader(key)] = leader(number)
        if not move.target and not move.of_service:
            leaders[leader(move.own)] = leader(number)  # its licence may be removed, after those of its services
    for number, move in enumerate(moves):
        if move.of_service and move.own in leaders:
            leaders[leader(move.own)] = leader(number)
    knots: dict[object, list[Move]] = defaultdict(list)
    for number, move in enumerate(moves):
        knots[leader(number)].append(move)
    return list(knots.values())


@dataclass(slots=True)
class _Budget:
    """How many moves may still be tried."""

    left: int

    def spend(self, moves: int) -> bool:
        """Whether so many more may be."""
        self.left -= moves
        return self.left >= 0


class _Search:
    """Looks for the way through one knot with the fewest halves, and with fewer than are known already.

    Services that only give back go first and those that only take go last: that hinders nobody.
    """

    def __init__(self, knot: Sequence[Move], free: Mapping[PoolKey, int], fewer_than: int, budget: _Budget) -> None:
        self._first = [move for move in knot if move.of_service and not move.rises]
        self._last = [move for move in knot if move.of_service and not move.falls]
        self._moves = [move for move in knot if not move.of_service or (move.rises and move.falls)]
        self._fewer_than = fewer_than
        self._budget = budget
        keys = sorted({key for move in knot for key in (*move.takes, *move.gives)})
        self._index = {key: number for number, key in enumerate(keys)}
        self._levels = tuple(free.get(key, 0) for key in keys)
        for move in self._first:
            self._levels = self._after(self._levels, move)
        # For each place in the knot its positions, and from each of them the moves to others: 0 start, 1 end.
        self._ways = [self._ways_of(move) for move in self._moves]

    def best(self) -> list[Move] | None:
        """The moves in their order; None when there is no better way, or the budget ends before one is found."""
        start = (0,) * len(self._moves)
        end = (1,) * len(self._moves)
        fewest = {start: 0}
        queue: deque[tuple[int, tuple[int, ...], Levels, Way | None]] = deque([(0, start, self._levels, None)])
        while queue:
            halves, positions, levels, way = queue.popleft()
            if positions == end:
                return [*self._first, *_path(way), *self._last]
            if fewest[positions] < halves:
                continue
            onward = [self._ways[place].get(position, ()) for place, position in enumerate(positions)]
            if not self._budget.spend(sum(map(len, onward))):
                return None
            for place, ways in enumerate(onward):
                for target, move in ways:
                    cost = halves + (target != 1)
                    reached = (*positions[:place], target, *positions[place + 1 :])
                    if cost >= min(fewest.get(reached, cost + 1), self._fewer_than) or not self._fits(levels, move):
                        continue
                    fewest[reached] = cost
                    follow = queue.append if target != 1 else queue.appendleft
                    follow((cost, reached, self._after(levels, move), (way, move)))
        return None

    def _ways_of(self, move: Move) -> dict[int, list[tuple[int, Move]]]:
        ways: dict[int, list[tuple[int, Move]]] = {0: [(1, move)]}
        for position, first in enumerate(_every_first_half(move), start=2):
            ways[0].append((position, first))
            ways[position] = [(1, move.after(first))]
        return ways

    def _fits(self, levels: Levels, move: Move) -> bool:
        return all(levels[self._index[key]] >= amount for key, amount in move.takes.items())

    def _after(self, levels: Levels, move: Move) -> Levels:
        changed = list(levels)
        for key, amount in move.takes.items():
            changed[self._index[key]] -= amount
        for key, amount in move.gives.items():
            changed[self._index[key]] += amount
        return tuple(changed)


def _every_first_half(move: Move) -> list[Move]:
    """The ways to begin a move that is made in two writes: for an organization with any of its codes."""
    codes = sorted(
        code for code in move.start.keys() | move.target.keys() if move.start.get(code, 0) != move.target.get(code, 0)
    )
    if move.of_service or len(codes) > MOST_CODES:
        return move.first_halves()
    parts = itertools.chain.from_iterable(itertools.combinations(codes, count) for count in range(1, len(codes)))
    halfways = ({**move.start, **{code: move.target.get(code, 0) for code in part}} for part in parts)
    return [move.as_far_as({code: quantity for code, quantity in halfway.items() if quantity}) for halfway in halfways]


def _path(way: Way | None) -> list[Move]:
    moves: list[Move] = []
    while way is not None:
        way, move = way
        moves.append(move)
    return moves[::-1]
