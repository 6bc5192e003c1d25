# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves: changes of licences with what they take from pools and give to them, whole or in two halves. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..._model.desired import Quantities
from ..._plan.steps import HOST, PoolKey
from ..compare import Entry, Place

Amounts = dict[PoolKey, int]


def flows(place: Place, start: Mapping[str, int], end: Mapping[str, int]) -> tuple[Amounts, Amounts]:
    """What going from one list of quantities to another takes from pools, and what it gives to them.

    A service takes from its organization's pool. An organization takes from the host's pool and gives to its own.
    """
    own = place.organization_id
    takes: Amounts = {}
    gives: Amounts = {}
    for code in sorted(start.keys() | end.keys()):  # the same plan each time
        rise = end.get(code, 0) - start.get(code, 0)
        if rise and place.service_type is not None:
            (takes if rise > 0 else gives)[own, code] = abs(rise)
        elif rise:
            source, target = (HOST, own) if rise > 0 else (own, HOST)
            takes[source, code] = gives[target, code] = abs(rise)
    return takes, gives


@dataclass(slots=True, eq=False)
class Move:
    """One write of the entry with this number, from ``start`` to ``target``."""

    entry: int
    place: Place
    start: Quantities
    target: Quantities
    takes: Amounts
    gives: Amounts
    rises: bool
    falls: bool

    @classmethod
    def of(cls, entry: int, place: Place, start: Quantities, target: Quantities) -> Move:
        takes, gives = flows(place, start, target)
        if place.service_type is not None:
            return cls(entry, place, start, target, takes, gives, bool(takes), bool(gives))
        sources = {pool for pool, _code in takes}
        return cls(entry, place, start, target, takes, gives, HOST in sources, place.organization_id in sources)

    @property
    def own(self) -> str:
        """The organization's ID."""
        return self.place.organization_id

    @property
    def of_service(self) -> bool:
        return self.place.service_type is not None

    @property
    def rank(self) -> tuple[int, int]:
        """Who goes first when several could: what only falls, then what also rises, then what only rises.

        Services fall before organizations and rise after them, since an organization's pool is what they share.
        """
        if self.rises and self.falls:
            return (2, self.entry)
        if self.rises:
            return (4 if self.of_service else 3, self.entry)
        return (0 if self.of_service else 1, self.entry)

    def first_halves(self) -> list[Move]:
        """The ways to begin, if it is made in two writes, neither of which goes beyond both ends of it.

        Everything that falls first, or for an organization everything that rises: it gives to its own pool thereby.
        """
        if not (self.rises and self.falls):
            return []
        lower = {code: min(quantity, self.target.get(code, 0)) for code, quantity in self.start.items()}
        halves = [self.as_far_as({code: quantity for code, quantity in lower.items() if quantity})]
        if not self.of_service:
            upper = {code: max(quantity, self.target.get(code, 0)) for code, quantity in self.start.items()}
            halves.append(self.as_far_as({**self.target, **upper}))
        return halves

    def as_far_as(self, halfway: Quantities) -> Move:
        """The first of two writes."""
        return Move.of(self.entry, self.place, self.start, halfway)

    def after(self, first: Move) -> Move:
        """The second of two writes."""
        return Move.of(self.entry, self.place, first.target, self.target)


def moves_of(entries: Sequence[Entry]) -> list[Move]:
    """A move for each entry that differs and whose quantities are known."""
    return [
        Move.of(number, entry.place, entry.held, entry.wanted)
        for number, entry in enumerate(entries)
        if entry.changed and entry.held is not None
    ]


def whole_list(held: Mapping[str, int], target: Mapping[str, int]) -> Quantities:
    """The list to send: all that is to be held, and 0 for what is to go."""
    return {**dict.fromkeys(held, 0), **target}
