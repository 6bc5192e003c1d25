# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entities wanted against entities held on Yext's license packs: what differs, and the writes in their order. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from .._errors import Kind, LicensingError
from .._model.desired import DesiredPack, Keep, likeness, lookalikes
from .._plan.steps import PoolKey, Shortage, Step

LICENSES = "licenses"  # the second half of a PoolKey: a pack has one kind of licence


@dataclass(frozen=True, slots=True)
class Held:
    """An assignment: its end as ``YYYY-MM-DD``, or None."""

    expiration: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entity on one pack. ``held`` None: not assigned; ``wanted`` None: not to be.

    ``implied``: it goes because an exclusive list does not name it. ``any_end``: whatever end it has is right.
    """

    license_pack_id: str
    entity_id: str
    held: Held | None
    wanted: Held | None
    implied: bool = False
    any_end: bool = False

    @property
    def label(self) -> str:
        return f"{self.license_pack_id}/{self.entity_id}"

    @property
    def changed(self) -> bool:
        return self.held != self.wanted

    @property
    def outcome(self) -> str:
        if not self.changed:
            return "unchanged"
        if self.wanted is None:
            return "removed"
        return "created" if self.held is None else "updated"

    @property
    def pool(self) -> PoolKey:
        return (self.license_pack_id, LICENSES)


class Act(Enum):
    """What a write does to an entity."""

    ASSIGN = "assign"
    SET_EXPIRATION = "set_expiration"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Assignment:
    """The action of a step: what is held before it and after it."""

    act: Act
    start: Held | None
    target: Held | None


def compare(pack: DesiredPack, held: Mapping[str, str | None]) -> list[Entry]:
    """Hold one pack's desired state against its assignments (entity ID -> end)."""
    entries = []
    for entity in pack.entities or ():
        has = Held(held[entity.id]) if entity.id in held else None
        wanted: Held | None
        if entity.absent:
            wanted = None
        elif isinstance(entity.expiration, Keep):
            wanted = has or Held(None)
        else:
            wanted = Held(entity.expiration)
        any_end = isinstance(entity.expiration, Keep) and not entity.absent
        entries.append(Entry(pack.id, entity.id, has, wanted, any_end=any_end))
    if pack.exclusive and pack.entities is not None:
        named = {entity.id for entity in pack.entities}
        unnamed = sorted(held.keys() - named)
        entries += [Entry(pack.id, entity_id, Held(held[entity_id]), None, implied=True) for entity_id in unnamed]
    return entries


def lookalikes_of(pack: DesiredPack, held: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """What the file says or would take away, and what the pack lists beside it, where nobody can tell them apart."""
    named = {entity.id for entity in pack.entities or ()}
    going = held.keys() - named if pack.exclusive and pack.entities is not None else set()
    return lookalikes(named, held, going, look=likeness)


def refuse_lookalikes(pack: DesiredPack, held: Mapping[str, str | None]) -> None:
    """An entity that is named in another spelling than it is listed in must be neither added nor removed."""
    for spelling, listed in lookalikes_of(pack, held):
        raise LicensingError(
            Kind.CONFLICT,
            f"license pack {pack.id}: it lists entity {listed!a} beside {spelling!a}, and nobody can tell these two "
            "apart",
            hint="Write it as the pack does. If these are two, name both, the one that is to go with state: absent.",
        )


def shortages(entries: Iterable[Entry], free: Mapping[PoolKey, int]) -> list[Shortage]:
    """Every pack from which more licences are wanted than there will be, those given back included."""
    wanted: dict[str, int] = {}
    given: dict[str, int] = {}
    for entry in entries:
        if entry.outcome == "created":
            wanted[entry.license_pack_id] = wanted.get(entry.license_pack_id, 0) + 1
        elif entry.outcome == "removed":
            given[entry.license_pack_id] = given.get(entry.license_pack_id, 0) + 1
    return [
        Shortage(f"license pack {pack_id}", LICENSES, number, given.get(pack_id, 0), free[pack_id, LICENSES])
        for pack_id, number in sorted(wanted.items())
        if (pack_id, LICENSES) in free and number > free[pack_id, LICENSES] + given.get(pack_id, 0)
    ]


def order(entries: Sequence[Entry], free: Mapping[PoolKey, int], *, enforce: bool = True) -> list[Step]:
    """The writes for all entries that differ: while a pack has room it assigns first, so that no entity goes dark
    without need; then it removes what is to go, and assigns what had to wait.

    What goes only because an exclusive list does not name it gives way to all that is assigned on its pack; of these no
    more go first than something needs the room of. ``enforce`` False: what seems not to fit comes last, and the server
    decides.
    """
    steps: list[Step] = []
    room = dict(free)
    waiting: list[int] = []
    for number, entry in enumerate(entries):
        if entry.outcome == "created":
            if room.get(entry.pool, 1) < 1:
                waiting.append(number)
            else:
                _assign(steps, number, entry, room)
    for number, entry in enumerate(entries):
        if entry.outcome == "updated":
            steps.append(Step(number, Assignment(Act.SET_EXPIRATION, entry.held, entry.wanted)))
    implied: dict[PoolKey, deque[int]] = defaultdict(deque)
    for number, entry in enumerate(entries):
        if entry.outcome == "removed" and entry.implied:
            implied[entry.pool].append(number)
        elif entry.outcome == "removed":
            gives = {entry.pool: 1} if entry.pool in room else {}
            steps.append(Step(number, _removal(entry), gives=gives))
            room.update({pool: room[pool] + 1 for pool in gives})
    for number in waiting:
        pool = entries[number].pool
        made = _make_room(steps, entries, room, pool, implied[pool])
        if enforce and room[pool] < 1:
            raise AssertionError("a change that fits has come to a dead end")
        _assign(steps, number, entries[number], room, made)
    for pool, numbers in implied.items():
        steps += [Step(number, _removal(entries[number]), gives_way_to=pool[0]) for number in numbers]
    return steps


def _removal(entry: Entry) -> Assignment:
    return Assignment(Act.REMOVE, entry.held, None)


def _make_room(
    steps: list[Step], entries: Sequence[Entry], room: dict[PoolKey, int], pool: PoolKey, implied: deque[int]
) -> tuple[int, ...]:
    """Remove as many as one more needs, of those that no list names; returns the steps that do."""
    made = []
    while room[pool] < 1 and implied:
        made.append(len(steps))
        number = implied.popleft()
        steps.append(Step(number, _removal(entries[number])))
        room[pool] += 1
    return tuple(made)


def _assign(
    steps: list[Step], number: int, entry: Entry, room: dict[PoolKey, int], room_from: tuple[int, ...] = ()
) -> None:
    """Assign, and schedule the end where one is wanted; takes a licence where it is known that one is free.

    What others made room for goes to it alone, not over the pool: should it be refused, that is put back.
    """
    there = {entry.pool: 1} if room.get(entry.pool, 0) > 0 else {}
    room.update({pool: room[pool] - 1 for pool in there})
    pack = entry.license_pack_id
    takes = {} if room_from else there
    action = Assignment(Act.ASSIGN, None, Held(None))
    steps.append(Step(number, action, takes=takes, after=room_from, adds_to=pack, room_from=room_from))
    if entry.wanted is not None and entry.wanted.expiration is not None:
        action = Assignment(Act.SET_EXPIRATION, Held(None), entry.wanted)
        steps.append(Step(number, action, after=(len(steps) - 1,), adds_to=pack))
