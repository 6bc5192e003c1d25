# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entities wanted against entities held on license packs, and the order of the writes, run against a pack's room."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import ApiError, Kind, LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._model.desired import DesiredEntity, DesiredPack
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.executor import run_steps
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.steps import PoolKey, Step
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import parse_license_packs
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.plan import (
    LICENSES,
    Act,
    Assignment,
    Entry,
    Held,
    compare,
    order,
    refuse_lookalikes,
    shortages,
)
from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples
from ansible_collections.tenantops.licensing.tests.unit.support.fleet_model import delays

ENDLESS = Held(None)
ENDS = Held("2027-01-31")
HOLDINGS = st.sampled_from((None, ENDLESS, ENDS, Held("2028-02-29")))


def entry(held: Held | None, wanted: Held | None, an_id: str = "e", pack: str = "p") -> Entry:
    return Entry(pack, an_id, held, wanted)


def compared(held: dict[str, str | None], **fields: Any) -> list[Entry]:
    (desired,) = parse_license_packs([{"id": "p", **fields}])
    return compare(desired, held)


def named(*entity_ids: str, absent: str = "", exclusive: bool = False) -> DesiredPack:
    """A pack as it would be desired, whatever its file would be refused for."""
    return DesiredPack("p", tuple(DesiredEntity(each, absent=each == absent) for each in entity_ids), exclusive)


@dataclass
class Packs:
    """Packs with some room, and what is assigned on them; assigns, removes, and sets the end of what is assigned."""

    room: dict[PoolKey, int]
    held: dict[tuple[str, str], Held]
    entries: list[Entry]
    writes: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def perform(self, step: Step) -> None:
        with self.lock:
            one = self.entries[step.entry]
            key = (one.license_pack_id, one.entity_id)
            action: Assignment = step.action
            self.writes.append(step.entry)
            if action.act is Act.ASSIGN:
                if key in self.held:
                    raise ApiError(Kind.CONFLICT, "assigned already")
                if one.pool in self.room and self.room[one.pool] < 1:
                    raise ApiError(Kind.INSUFFICIENT_CAPACITY, "no licence left")
                self.room[one.pool] = self.room.get(one.pool, 0) - 1
                self.held[key] = ENDLESS
            elif key not in self.held:
                raise ApiError(Kind.NOT_FOUND, "not assigned")
            elif action.act is Act.REMOVE:
                self.room[one.pool] = self.room.get(one.pool, 0) + 1
                del self.held[key]
            else:
                assert action.target is not None
                self.held[key] = action.target


@st.composite
def packs(draw: st.DrawFn, *, fits: bool = True) -> Packs:
    """Packs whose end has little or no room left, or where it does not fit, too little."""
    entries: list[Entry] = []
    room: dict[PoolKey, int] = {}
    for number in range(draw(st.integers(1, 3))):
        own = [entry(draw(HOLDINGS), draw(HOLDINGS), f"e{one}", f"p{number}") for one in range(draw(st.integers(0, 6)))]
        own = [replace(one, implied=one.outcome == "removed" and draw(st.booleans())) for one in own]
        entries += own
        rise = sum((one.wanted is not None) - (one.held is not None) for one in own)
        # Never negative while something is assigned: Yext has no pack below zero.
        room[f"p{number}", LICENSES] = max(0, rise + draw(st.sampled_from((0, 0, 1))) - (0 if fits else 2))
    held = {(one.license_pack_id, one.entity_id): one.held for one in entries if one.held is not None}
    return Packs(room, held, entries)


def wanted(entries: list[Entry]) -> dict[tuple[str, str], Held]:
    return {(one.license_pack_id, one.entity_id): one.wanted for one in entries if one.wanted is not None}


# The order


@given(packs(), delays(), st.integers(1, 8))
@settings(max_examples=examples(1.2))
def test_every_end_that_fits_is_reached_and_never_more_is_assigned_than_there_is(
    server: Packs, waiting: list[tuple[int, int]], concurrency: int
) -> None:
    free = dict(server.room)
    assert shortages(server.entries, free) == []
    steps = order(server.entries, free)

    def perform(step: Step) -> None:
        before, after = waiting[steps.index(step) % len(waiting)]
        time.sleep(before / 2000)
        server.perform(step)
        time.sleep(after / 2000)

    run = run_steps(steps, free, perform, concurrency=concurrency, keep_going=False)
    assert run.failures == {}
    assert len(run.succeeded) == len(steps)
    assert server.held == wanted(server.entries)
    counted = Counter(server.writes)
    assert counted.keys() == {number for number, one in enumerate(server.entries) if one.changed}
    for number, count in counted.items():
        one = server.entries[number]
        assert count == (2 if one.held is None and one.wanted != ENDLESS else 1)


@given(packs())
@settings(max_examples=examples(1.5))
def test_no_entity_goes_dark_while_there_is_room_for_one_that_is_to_come(server: Packs) -> None:
    steps = order(server.entries, dict(server.room))
    begun: set[PoolKey] = set()  # the packs whose removals have begun: what they free is assigned after the last one
    for number, step in enumerate(steps):
        pack = server.entries[step.entry].pool
        if step.action.act is Act.REMOVE and pack not in begun:
            begun.add(pack)
            later = [one for one in steps[number:] if server.entries[one.entry].pool == pack]
            assert server.room[pack] == 0 or all(one.action.act is Act.REMOVE for one in later)
        server.perform(step)


@given(packs(fits=False))
@settings(max_examples=examples(1.5))
def test_a_shortage_is_told_exactly_when_the_end_does_not_fit(server: Packs) -> None:
    missing = {}
    for pool, room in server.room.items():
        own = [one for one in server.entries if one.pool == pool]
        come = sum(one.held is None and one.wanted is not None for one in own)
        go = sum(one.held is not None and one.wanted is None for one in own)
        if come - go > room and come:
            missing[f"license pack {pool[0]}"] = (come, go, room, come - go - room)
    found = shortages(server.entries, server.room)
    assert {one.pool: (one.wanted, one.held, one.available, one.short) for one in found} == missing
    if missing:
        with pytest.raises(AssertionError, match="dead end"):
            order(server.entries, server.room)


@given(packs(fits=False), st.booleans())
def test_without_enforcing_everything_is_written_all_the_same(server: Packs, known: bool) -> None:
    free = dict(server.room) if known else {}
    steps = order(server.entries, free, enforce=False)
    run = run_steps(steps, free, lambda step: None, concurrency=4, keep_going=False)
    assert len(run.succeeded) == len(steps)
    boundless = Packs(dict.fromkeys(server.room, 99), server.held, server.entries)
    for step in steps:
        boundless.perform(step)
    assert boundless.held == wanted(server.entries)


def test_while_there_is_room_it_is_assigned_first_then_removed_then_the_rest() -> None:
    entries = [
        entry(None, ENDLESS, "new-1"),
        entry(ENDLESS, None, "old"),
        entry(None, ENDS, "new-2"),
        entry(ENDLESS, ENDS, "ends"),
        entry(ENDS, ENDS, "same"),
    ]
    steps = order(entries, {("p", LICENSES): 1})
    assert [(step.entry, step.action.act) for step in steps] == [
        (0, Act.ASSIGN),
        (3, Act.SET_EXPIRATION),
        (1, Act.REMOVE),
        (2, Act.ASSIGN),
        (2, Act.SET_EXPIRATION),
    ]
    assert steps[4].after == (3,)
    assert [step.action.start for step in steps] == [None, ENDLESS, ENDLESS, None, ENDLESS]
    assert [step.action.target for step in steps] == [ENDLESS, ENDS, None, ENDLESS, ENDS]


def test_a_pack_whose_room_is_not_told_holds_nothing_up() -> None:
    entries = [entry(ENDLESS, None, "old"), entry(None, ENDLESS, "new")]
    steps = order(entries, {})
    assert [step.entry for step in steps] == [1, 0]
    assert all(not step.takes and not step.gives and not step.after for step in steps)
    assert shortages(entries, {}) == []


def test_a_full_pack_holds_no_other_up() -> None:
    entries = [entry(None, ENDLESS, "a", "full"), entry(ENDLESS, None, "b", "full"), entry(None, ENDLESS, "c", "room")]
    steps = order(entries, {("full", LICENSES): 0, ("room", LICENSES): 1})
    assert [step.entry for step in steps] == [2, 1, 0]


def test_cancelling_an_end_is_one_write() -> None:
    (step,) = order([entry(ENDS, ENDLESS)], {})
    assert step.action == Assignment(Act.SET_EXPIRATION, ENDS, ENDLESS)


# What gives way


def two_packs(*, room: int) -> list[Entry]:
    """On one pack, two entities are to be assigned, and three go because no list names them; one goes by its name."""
    return [
        *(replace(entry(ENDLESS, None, f"old-{number}"), implied=True) for number in (1, 2, 3)),
        *(entry(None, ENDLESS, f"new-{number}") for number in (1, 2)[: 2 - room]),
        entry(ENDS, None, "named"),
        *(entry(None, ENDLESS, f"roomy-{number}") for number in range(room)),
    ]


def test_what_no_list_names_goes_after_all_that_is_assigned() -> None:
    steps = order(two_packs(room=2), {("p", LICENSES): 2})
    assert [(step.entry, step.gives_way_to, step.adds_to) for step in steps] == [
        (4, None, "p"),
        (5, None, "p"),
        (3, None, None),
        *((number, "p", None) for number in (0, 1, 2)),
    ]


def test_no_more_goes_first_than_something_needs_the_room_of() -> None:
    steps = order(two_packs(room=0), {("p", LICENSES): 0})
    assert [step.entry for step in steps] == [5, 3, 0, 4, 1, 2]  # the named one makes room for the first
    assert [step.room_from for step in steps] == [(), (), (), (2,), (), ()]
    assert steps[3].after == (2,)
    assert [step.gives_way_to for step in steps] == [None, None, None, None, "p", "p"]


@given(packs(), st.sets(st.integers(0, 20), max_size=4), st.integers(1, 4))
@settings(max_examples=examples(2))
def test_what_is_refused_costs_no_entity_that_stands_beside_it_its_licence(
    server: Packs, refused: set[int], concurrency: int
) -> None:
    steps = order(server.entries, dict(server.room))

    def perform(step: Step) -> None:
        if step.entry in refused and step.action.act is Act.ASSIGN:
            raise ApiError(Kind.REJECTED, "no")
        server.perform(step)

    run = run_steps(steps, dict(server.room), perform, concurrency=concurrency, keep_going=True)
    done = set(run.succeeded)
    for number, step in enumerate(steps):
        if number not in done:
            for made in done.intersection(step.room_from):  # it can be put back, because nobody else has its licence
                server.perform(Step(steps[made].entry, Assignment(Act.ASSIGN, None, ENDLESS)))
    added = {steps[number].entry for number in done}
    for one in server.entries:
        beside = [
            other
            for number, other in enumerate(server.entries)
            if other.pool == one.pool and other.outcome == "created" and number not in added
        ]
        if one.implied and beside and (one.license_pack_id, one.entity_id) not in server.held:
            # It went first for another one, which has its licence.
            assert any(server.entries[steps[made].entry] == one for number in done for made in steps[number].room_from)


# The comparison


def test_omitted_entities_are_left_alone() -> None:
    assert compared({"a": None}) == []
    assert compared({"a": None}, exclusive=True) == []


@pytest.mark.parametrize(
    ("held", "fields", "wants", "outcome"),
    [
        ({}, {}, ENDLESS, "created"),
        ({}, {"expiration_date": "2027-01-31"}, ENDS, "created"),
        ({}, {"expiration_date": "never"}, ENDLESS, "created"),
        ({}, {"state": "absent"}, None, "unchanged"),
        ({"e": None}, {}, ENDLESS, "unchanged"),
        ({"e": "2027-01-31"}, {}, ENDS, "unchanged"),
        ({"e": "2027-01-31"}, {"expiration_date": "never"}, ENDLESS, "updated"),
        ({"e": "2027-01-31"}, {"expiration_date": "2027-01-31"}, ENDS, "unchanged"),
        ({"e": None}, {"expiration_date": "2027-01-31"}, ENDS, "updated"),
        ({"e": "2027-01-31"}, {"state": "absent"}, None, "removed"),
        ({"E": None}, {}, ENDLESS, "created"),
    ],
)
def test_an_entity_comes_out_as_wanted(
    held: dict[str, str | None], fields: dict[str, Any], wants: Held | None, outcome: str
) -> None:
    (found,) = compared(held, entities=[{"id": "e", **fields}])
    assert (found.wanted, found.outcome, found.implied) == (wants, outcome, False)
    assert found.changed == (outcome != "unchanged")
    assert found.label == "p/e"


def test_exclusive_removes_entities_that_are_not_named() -> None:
    entities = [{"id": "b"}, {"id": "c", "state": "absent"}]
    found = compared({"d": None, "a": "2027-01-31", "b": None, "c": None}, entities=entities, exclusive=True)
    assert [(one.entity_id, one.outcome, one.implied, one.held) for one in found] == [
        ("b", "unchanged", False, ENDLESS),
        ("c", "removed", False, ENDLESS),
        ("a", "removed", True, ENDS),
        ("d", "removed", True, ENDLESS),
    ]
    assert len(compared({"d": None, "b": None}, entities=entities)) == 2


def test_an_omitted_expiration_takes_any_end() -> None:
    entities = [{"id": "a"}, {"id": "b", "expiration_date": "never"}, {"id": "c", "state": "absent"}]
    assert [one.any_end for one in compared({}, entities=entities)] == [True, False, False]


# What a person cannot tell from ``store-1`` or ``Café 1``, as escapes: what it is stands beside it.
ALIKE = [
    ("store-1", "Store-1"),
    ("store-1", "store-1 "),
    ("store-1", "\u00a0store-1"),  # a no-break space
    ("store-1", "store\u200b-1"),  # a zero-width space
    ("store-1", "st\u00adore-1"),  # a soft hyphen
    ("store-1", "\ufeffstore-1"),  # a byte order mark
    ("store-1", "store\u2011 1".replace(" ", "")),  # a non-breaking hyphen
    ("store-1", "st\u043ere-1"),  # a Cyrillic letter
    ("store-1", "\uff53tore-1"),  # a full-width letter
    ("store-1", "store-1\ufe0f"),  # a variation selector
    ("store-1", "store-1\u2028"),
    ("Caf\u00e9 1", "Cafe\u0301 1"),
    ("Caf\u00e9 1", "Caf\u00e9  1"),
    ("Caf\u00e9 1", "Caf\u00e9\u20091"),
]


@pytest.mark.parametrize(("one", "other"), [*ALIKE, *((other, one) for one, other in ALIKE)])
@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("absent", [False, True])
def test_what_nobody_can_tell_apart_is_neither_added_nor_removed(
    one: str, other: str, exclusive: bool, absent: bool
) -> None:
    with pytest.raises(LicensingError) as stopped:
        refuse_lookalikes(named(one, absent=one * absent, exclusive=exclusive), {other: None, "store-2": None})
    assert stopped.value.kind is Kind.CONFLICT
    assert stopped.value.message.startswith("license pack p: it lists entity ")
    assert ascii(one) in stopped.value.message
    assert ascii(other) in stopped.value.message


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_of_two_that_are_both_there_none_goes_for_want_of_a_name(one: str, other: str) -> None:
    with pytest.raises(LicensingError):
        refuse_lookalikes(named(one, exclusive=True), {one: None, other: None})
    refuse_lookalikes(named(one), {one: None, other: None})


def test_who_names_both_means_two() -> None:
    for held in ({"A": None}, {"a": None}, {"a": None, "A": None}):
        refuse_lookalikes(named("a", "A", absent="A", exclusive=True), held)
    both = [{"id": "a"}, {"id": "A", "state": "absent"}]
    assert [one.outcome for one in compared({"A": None}, entities=both, exclusive=True)] == ["created", "removed"]


def test_what_only_goes_together_is_no_conflict() -> None:
    refuse_lookalikes(named("b", exclusive=True), {"b": None, "a": None, "A": None})


def test_a_shortage_names_the_pack_and_its_numbers() -> None:
    entries = [entry(None, ENDLESS, "a"), entry(None, ENDS, "b"), entry(None, ENDS, "c"), entry(ENDS, None, "d")]
    (found,) = shortages(entries, {("p", LICENSES): 1})
    assert str(found) == "licenses: 3 wanted, 1 held, 1 left in license pack p: 1 short"
