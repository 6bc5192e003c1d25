# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of UiPath's writes, run against a server that keeps both levels of pools."""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from dataclasses import replace
from random import Random
from unittest import mock

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import ApiError, Kind
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.executor import run_steps
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.steps import HOST, PoolKey, Step
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.compare import Allocation, Entry
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.plan.capacity import (
    pools_taken_from,
    shortages,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.plan.moves import flows, whole_list
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.plan.order import order
from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples
from ansible_collections.tenantops.licensing.tests.unit.support.fleet_model import (
    Fleet,
    Server,
    SlowServer,
    delays,
    fewest_writes,
    fleets,
    large_fleet,
    organization,
    perform,
    service,
    small_fleet,
    totals,
)


def written(steps: list[Step]) -> Counter[int]:
    return Counter(step.entry for step in steps)


def executed(fleet: Fleet, steps: list[Step], *, merges: bool = False) -> Server:
    """The server after the steps, one after the other."""
    server = Server(fleet, merges=merges)
    for step in steps:
        perform(server, step)
    return server


# Every end that fits is reached


@given(fleets(), st.booleans())
@settings(max_examples=examples(1.5))
def test_one_after_the_other_every_end_that_fits_is_reached_without_a_refusal(fleet: Fleet, merges: bool) -> None:
    steps = order(fleet.entries, fleet.free)
    event(f"split: {sum(count > 1 for count in written(steps).values())}")
    assert executed(fleet, steps, merges=merges).held == fleet.wanted


@given(fleets(), delays(), st.integers(1, 8), st.booleans())
@settings(max_examples=examples(0.6))
def test_many_at_a_time_every_end_that_fits_is_reached_in_whatever_order_answers_come(
    fleet: Fleet, waiting: list[tuple[int, int]], concurrency: int, merges: bool
) -> None:
    steps = order(fleet.entries, fleet.free)
    server = Server(fleet, merges=merges)
    slow = SlowServer(server, waiting, steps)
    run = run_steps(steps, fleet.free, slow, concurrency=concurrency, keep_going=False)
    assert run.failures == {}
    assert sorted(run.succeeded) == list(range(len(steps)))
    assert server.held == fleet.wanted


@given(fleets(), st.booleans())
def test_what_differs_is_written_once_or_twice_and_what_is_equal_never(fleet: Fleet, enforce: bool) -> None:
    counted = written(order(fleet.entries, fleet.free, enforce=enforce))
    assert counted.keys() == fleet.changed
    assert max(counted.values(), default=1) <= 2


@given(fleets(one_way=True))
def test_where_no_entry_both_rises_and_falls_nothing_is_split(fleet: Fleet) -> None:
    steps = order(fleet.entries, fleet.free)
    assert all(count == 1 for count in written(steps).values())


@given(fleets(slack=st.integers(-3, 1)), st.booleans(), st.booleans())
def test_without_enforcing_each_entry_that_differs_is_written_to_its_end(
    fleet: Fleet, known: bool, unread: bool
) -> None:
    entries = fleet.entries
    if unread:
        entries = (Entry(entries[0].place, None, {"A": 1}), *entries[1:])
    steps = order(entries, fleet.free if known else {}, enforce=False)
    reached = [entry.held for entry in entries]
    for number, step in enumerate(steps):
        action: Allocation = step.action
        assert action.start == reached[step.entry]
        assert all(earlier < number for earlier in step.after)
        reached[step.entry] = action.target
    assert reached == [entry.wanted for entry in entries]
    assert max(written(steps).values(), default=1) <= 2


@given(fleets(slack=st.integers(-3, 1)), st.booleans(), delays(), st.integers(1, 8))
@settings(max_examples=examples(0.4))
def test_without_enforcing_every_write_is_begun(
    fleet: Fleet, known: bool, waiting: list[tuple[int, int]], concurrency: int
) -> None:
    free = fleet.free if known else {}
    steps = order(fleet.entries, free, enforce=False)
    begun: list[Step] = []

    def perform(step: Step) -> None:
        before, after = waiting[steps.index(step) % len(waiting)]
        time.sleep((before + after) / 2000)
        begun.append(step)

    run = run_steps(steps, free, perform, concurrency=concurrency, keep_going=False)
    assert len(begun) == len(run.succeeded) == len(steps)


@given(fleets(one_way=True))
def test_where_pools_are_not_known_what_gives_back_comes_before_what_needs_it(fleet: Fleet) -> None:
    # A pool below zero that nobody knows of is beyond any order that is not made for it.
    fleet = Fleet(
        tuple(sorted(fleet.entries, key=lambda entry: (entry.place.organization_id, entry.place.service_type or ""))),
        {key: max(0, amount) for key, amount in fleet.free.items()},
    )
    steps = order(fleet.entries, {}, enforce=False)
    assert executed(fleet, steps).held == fleet.wanted


# The fewest writes, the shortest waits


@pytest.mark.parametrize("slack", [0, 1, 4])
def test_of_a_small_fleet_there_are_as_few_writes_as_any_plan_can_have(slack: int) -> None:
    random = Random(slack)
    with_rings = 0
    for number in range(examples(4, least=100)):
        fleet = small_fleet(random, slack)
        writes = len(order(fleet.entries, fleet.free))
        if writes > len(fleet.changed):
            with_rings += 1
            assert writes == fewest_writes(fleet), f"fleet {number}"
    assert with_rings > examples(0.2)


@given(fleets())
def test_in_between_an_entry_holds_nothing_beyond_what_it_holds_at_one_of_its_ends(fleet: Fleet) -> None:
    for step in order(fleet.entries, fleet.free):
        held, wanted = fleet.entries[step.entry].held or {}, fleet.entries[step.entry].wanted
        for code in {*held, *wanted, *step.action.target}:
            ends = sorted((held.get(code, 0), wanted.get(code, 0)))
            assert ends[0] <= step.action.target.get(code, 0) <= ends[1]


def rounds(steps: list[Step], free: dict[PoolKey, int]) -> int:
    """How many calls the longest wait is long, when all that may run does so at once and each takes as long."""
    left: Counter[PoolKey] = Counter(free)
    lines: dict[PoolKey, deque[int]] = defaultdict(deque)
    for number, step in enumerate(steps):
        for key in step.takes:
            lines[key].append(number)
    waiting, done, passed = list(range(len(steps))), set[int](), 0
    while waiting:
        begun: list[int] = []
        for number in waiting:
            step = steps[number]
            in_front = all(lines[key][0] == number and left[key] >= amount for key, amount in step.takes.items())
            if in_front and done.issuperset(step.after):
                begun.append(number)
                left.subtract(step.takes)
                for key in step.takes:
                    lines[key].popleft()
        assert begun
        for number in begun:
            left.update(steps[number].gives)
        done.update(begun)
        waiting = [number for number in waiting if number not in done]
        passed += 1
    return passed


def test_rings_in_different_organizations_are_broken_side_by_side() -> None:
    def longest_wait(organizations: int) -> int:
        entries: list[Entry] = []
        for number in range(organizations):
            own = f"org{number}"
            entries += [
                organization(own, {"A": 3, "B": 1}, {"A": 1, "B": 3}),
                service(own, "s", {"A": 2}, {"B": 2}),
                service(own, "t", {"A": 1, "C": 1}, {"B": 1, "D": 1}),
                service(own, "u", {"B": 1, "D": 1}, {"A": 1, "C": 1}),
            ]
        free = {(HOST, "B"): 2 * organizations}
        steps = order(entries, free)
        assert len(steps) == 6 * organizations  # two rings in each
        return rounds(steps, free)

    assert longest_wait(2) == longest_wait(20) == longest_wait(60) == longest_wait(1) > 1


def test_the_longest_wait_hardly_grows_with_a_fleet_whose_pools_are_all_full() -> None:
    def longest_wait(organizations: int) -> int:
        random = Random(7)
        entries: list[Entry] = []
        for number in range(organizations):
            own = f"org{number}"
            held, wanted = ([{code: random.randint(1, 5) for code in "ABC"} for _tenant in range(4)] for _end in "ab")
            sums = [{code: sum(one[code] for one in end) for code in "ABC"} for end in (held, wanted)]
            services = [service(own, f"t{tenant}", held[tenant], wanted[tenant]) for tenant in range(4)]
            entries += [organization(own, *sums), *services]
        takes, gives = totals(entries)
        free = {key: max(0, takes[key] - gives[key]) for key in sorted(takes)}
        return rounds(order(entries, free), free)

    assert longest_wait(160) <= 3 * longest_wait(10)  # sixteen times as many organizations


class Code(str):
    """A code whose place in a set can be chosen, as Python's hash seed does."""

    __slots__ = ()
    salt = 1

    def __hash__(self) -> int:
        return ord(self[0]) * self.salt % 7

    __eq__ = str.__eq__


@pytest.mark.parametrize("seed", range(10))
def test_the_same_fleet_is_planned_alike_whatever_order_its_codes_have_in_a_set(seed: int) -> None:
    fleet = large_fleet(Random(seed))

    def salted(amounts: dict[str, int]) -> dict[str, int]:
        return {Code(code): quantity for code, quantity in sorted(amounts.items(), reverse=Code.salt > 3)}

    def planned(salt: int) -> list[tuple[int, list[tuple[str, int]]]]:
        with mock.patch.object(Code, "salt", salt):
            entries = [replace(one, held=salted(one.held or {}), wanted=salted(one.wanted)) for one in fleet.entries]
            steps = order(entries, {(pool, Code(code)): amount for (pool, code), amount in fleet.free.items()})
            return [(step.entry, sorted(step.action.target.items())) for step in steps]

    assert planned(1) == planned(2) == planned(5) == planned(6)


@pytest.mark.parametrize("seed", range(100))
def test_large_fleets_full_of_rings_reach_their_end(seed: int) -> None:
    fleet = large_fleet(Random(seed))
    steps = order(fleet.entries, fleet.free)
    assert executed(fleet, steps).held == fleet.wanted
    counted = written(steps)
    assert counted.keys() == fleet.changed
    assert max(counted.values()) <= 2


@given(fleets(slack=st.integers(-2, 0)))
def test_a_shortage_is_told_for_each_pool_that_the_end_does_not_fit_and_for_no_other(fleet: Fleet) -> None:
    takes, gives = totals(fleet.entries)
    missing = {
        key: takes[key] - gives[key] - fleet.free[key] for key in takes if takes[key] - gives[key] > fleet.free[key]
    }
    found = shortages(fleet.entries, fleet.free, {HOST: HOST})
    assert {(shortage.pool, shortage.code): shortage.short for shortage in found} == missing
    assert [(shortage.pool, shortage.code) for shortage in found] == sorted(missing)


@given(fleets())
@settings(max_examples=examples(0.6))
def test_an_end_that_fits_is_no_shortage(fleet: Fleet) -> None:
    assert shortages(fleet.entries, fleet.free, {}) == []


# Examples


def test_an_organization_shrinks_while_another_grows_and_all_pools_are_full() -> None:
    fleet = Fleet(
        (
            organization("grows", {"U": 2}, {"U": 5}),
            service("grows", "t", {"U": 2}, {"U": 5}),
            organization("shrinks", {"U": 5}, {"U": 2}),
            service("shrinks", "t", {"U": 5}, {"U": 2}),
        ),
        {},
    )
    steps = order(fleet.entries, fleet.free)
    assert [step.entry for step in steps] == [3, 2, 0, 1]
    assert executed(fleet, steps).held == fleet.wanted


def test_a_licence_moves_between_tenants_of_a_full_organization_in_two_writes() -> None:
    fleet = Fleet((service("a", "gets", {}, {"U": 1}), service("a", "gives", {"U": 1}, {})), {("a", "U"): 0})
    assert [step.entry for step in order(fleet.entries, fleet.free)] == [1, 0]


def test_of_a_ring_one_entry_is_split_and_gives_back_first() -> None:
    fleet = Fleet((service("a", "s", {"A": 1}, {"B": 1}), service("a", "t", {"B": 1}, {"A": 1})), {})
    steps = order(fleet.entries, fleet.free)
    assert [(step.entry, step.action.target, step.action.body) for step in steps] == [
        (0, {}, {"A": 0}),
        (1, {"A": 1}, {"A": 1, "B": 0}),
        (0, {"B": 1}, {"A": 0, "B": 1}),
    ]
    assert steps[2].after == (0,)


def test_a_ring_of_organizations_through_the_host_is_broken_once() -> None:
    fleet = Fleet(
        (
            organization("a", {"A": 1}, {"B": 1}),
            organization("b", {"B": 1}, {"C": 1}),
            organization("c", {"C": 1}, {"A": 1}),
        ),
        {("a", "A"): 1, ("b", "B"): 1, ("c", "C"): 1},
    )
    steps = order(fleet.entries, fleet.free)
    assert sorted(written(steps).values()) == [1, 1, 2]
    assert executed(fleet, steps).held == fleet.wanted


def test_a_ring_of_organizations_is_broken_although_others_wait_that_cannot_help() -> None:
    fleet = Fleet(
        (
            organization("a", {"A": 2}, {"B": 1}),
            organization("b", {"B": 1}, {"A": 1}),
            organization("waits", {}, {"A": 1}),
            service("waits", "t", {}, {"A": 1}),
        ),
        {("a", "A"): 2, ("b", "B"): 1},
    )
    steps = order(fleet.entries, fleet.free)
    assert sorted(written(steps).values()) == [1, 1, 1, 2]
    assert executed(fleet, steps).held == fleet.wanted


def test_the_entry_that_frees_most_others_is_the_one_that_is_split() -> None:
    fleet = Fleet(
        (
            service("a", "one", {"A": 1}, {"B": 1}),
            service("a", "two", {"B": 1, "C": 1}, {"A": 1, "D": 1}),
            service("a", "three", {"D": 1}, {"C": 1}),
        ),
        {},
    )
    steps = order(fleet.entries, fleet.free)
    assert [step.entry for step in steps] == [1, 0, 2, 1]


def test_a_pool_below_zero_heals_before_something_is_taken_from_it() -> None:
    fleet = Fleet((service("a", "gets", {}, {"U": 1}), service("a", "gives", {"U": 4}, {})), {("a", "U"): -3})
    assert shortages(fleet.entries, fleet.free, {}) == []
    assert [step.entry for step in order(fleet.entries, fleet.free)] == [1, 0]


def test_a_pool_below_zero_may_stay_there_while_it_is_only_given_to() -> None:
    fleet = Fleet(
        (service("a", "gives", {"U": 1}, {}), organization("b", {}, {"U": 1})), {("a", "U"): -3, ("", "U"): 1}
    )
    assert shortages(fleet.entries, fleet.free, {}) == []
    assert executed(fleet, order(fleet.entries, fleet.free)).held == fleet.wanted


def test_what_serves_several_waits_only_as_long_as_it_must() -> None:
    # The gift of two serves the two small needs, not the great one that stands before them.
    fleet = Fleet(
        (
            service("a", "great", {"B": 1}, {"A": 3}),
            service("a", "small", {}, {"A": 1}),
            service("a", "other", {"C": 1}, {"A": 1, "B": 1}),
            service("a", "gives", {"A": 5}, {}),
        ),
        {("a", "A"): 0, ("a", "B"): 0},
    )
    steps = order(fleet.entries, fleet.free)
    assert executed(fleet, steps).held == fleet.wanted
    assert all(count == 1 for count in written(steps).values())


def test_what_one_leaves_in_a_pool_because_it_waits_at_another_is_offered_to_the_next() -> None:
    fleet = Fleet(
        (
            organization("a", {"D": 1}, {"A": 3, "B": 4, "D": 2}),
            service("a", "s", {"B": 3, "C": 1, "D": 4}, {"A": 4, "B": 1}),
            service("a", "t", {"A": 3, "C": 4}, {"B": 4}),
            service("a", "u", {"C": 3}, {"B": 2, "C": 2, "D": 4}),
        ),
        {(HOST, "A"): 3, (HOST, "B"): 4, (HOST, "D"): 1, ("a", "A"): -2, ("a", "B"): 1},
    )
    steps = order(fleet.entries, fleet.free)
    assert len(steps) == 4
    assert executed(fleet, steps).held == fleet.wanted


def test_an_organization_loses_its_licence_only_after_its_services_lost_theirs() -> None:
    fleet = Fleet(
        (
            organization("a", {"U": 2}, {}, remove=True),
            service("a", "s", {"U": 1}, {}, remove=True),
            service("a", "t", {"U": 1}, {}, remove=True),
        ),
        {},
    )
    steps = order(fleet.entries, fleet.free)
    assert [step.entry for step in steps] == [1, 2, 0]
    assert steps[2].after == (0, 1)
    assert [step.action.body for step in steps] == [None, None, None]


def test_an_organization_without_a_free_licence_to_give_back_goes_after_its_services_all_the_same() -> None:
    # Nothing of it is in a pool that would make it wait: the server alone knows that it is in use.
    entries = [organization("a", {"U": 1}, {}, remove=True), service("a", "s", {"X": 1}, {}, remove=True)]
    steps = order(entries, {("a", "U"): 1})
    assert [step.entry for step in steps] == [1, 0]
    assert steps[1].after == (0,)


def test_what_could_not_be_read_is_sent_as_declared_and_a_service_waits_for_its_organization() -> None:
    entries = [
        organization("a", None, {"U": 5}),
        service("a", "s", None, {"U": 2}),
        service("b", "s", None, {"U": 2}),
    ]
    steps = order(entries, {}, enforce=False)
    assert [step.action for step in steps] == [
        Allocation(None, {"U": 5}, {"U": 5}),
        Allocation(None, {"U": 2}, {"U": 2}),
        Allocation(None, {"U": 2}, {"U": 2}),
    ]
    assert [step.after for step in steps] == [(), (0,), ()]


def test_a_service_that_could_not_be_read_waits_for_its_organization_that_could() -> None:
    entries = [organization("a", {}, {"U": 5}), service("a", "s", None, {"U": 2})]
    steps = order(entries, {(HOST, "U"): 5}, enforce=False)
    assert [(step.entry, step.after) for step in steps] == [(0, ()), (1, (0,))]


def test_what_could_not_be_read_and_goes_is_removed_last_and_services_before_their_organization() -> None:
    entries = [
        organization("a", None, {}, remove=True),
        service("a", "s", None, {}, remove=True),
        organization("b", {}, {"U": 1}),
        organization("c", None, {"U": 1}),
    ]
    steps = order(entries, {(HOST, "U"): 1}, enforce=False)
    assert [step.entry for step in steps] == [3, 2, 1, 0]
    assert steps[3].after == (2,)
    assert steps[3].action.body is None


def test_a_change_that_does_not_fit_is_never_ordered_when_it_is_enforced() -> None:
    with pytest.raises(AssertionError, match="dead end"):
        order([organization("a", {}, {"U": 1})], {})


def test_a_change_that_seems_not_to_fit_takes_what_there_seems_to_be_and_comes_last() -> None:
    entries = [organization("a", {}, {"U": 5}), organization("b", {}, {"U": 1})]
    steps = order(entries, {(HOST, "U"): 2}, enforce=False)
    assert [(step.entry, dict(step.takes)) for step in steps] == [(1, {(HOST, "U"): 1}), (0, {(HOST, "U"): 1})]
    below = order(entries[:1], {(HOST, "U"): -2}, enforce=False)
    assert not any(below[0].takes.values())


def test_a_change_that_seems_not_to_fit_is_begun_although_its_pool_is_below_zero() -> None:
    free = {("a", "U"): -1}
    steps = order([service("a", "t", {}, {"U": 1})], free, enforce=False)
    run = run_steps(steps, free, lambda step: None, concurrency=1, keep_going=False)
    assert run.succeeded == [0]


def test_nothing_that_differs_means_no_steps() -> None:
    assert order([organization("a", {"U": 1}, {"U": 1})], {}) == []
    assert order([], {}) == []


# Parts


def test_flows_of_an_organization_go_between_the_host_and_its_own_pool() -> None:
    takes, gives = flows(organization("a", {}, {}).place, {"A": 1, "B": 4, "C": 2}, {"A": 3, "B": 1, "C": 2})
    assert takes == {(HOST, "A"): 2, ("a", "B"): 3}
    assert gives == {("a", "A"): 2, (HOST, "B"): 3}


def test_flows_of_a_service_stay_in_its_organizations_pool() -> None:
    takes, gives = flows(service("a", "t", {}, {}).place, {"A": 1, "B": 4}, {"A": 3, "B": 1})
    assert takes == {("a", "A"): 2}
    assert gives == {("a", "B"): 3}


def test_only_pools_that_something_is_taken_from_are_read() -> None:
    entries = [
        organization("grows", {}, {"U": 1}),
        organization("same", {"U": 1}, {"U": 1}),
        organization("shrinks", {"U": 1}, {}),
        service("takes", "t", {}, {"U": 1}),
        service("gives", "t", {"U": 1}, {}),
        service("unread", "t", None, {"U": 1}),
    ]
    assert pools_taken_from(entries) == {HOST, "shrinks", "takes"}


def test_the_whole_list_names_what_goes_with_zero() -> None:
    assert whole_list({"A": 1, "B": 2}, {"B": 3, "C": 1}) == {"A": 0, "B": 3, "C": 1}


def test_a_shortage_tells_what_is_wanted_held_left_and_short() -> None:
    entries = [organization("delilah", {"UNATT": 5}, {"UNATT": 7})]
    (found,) = shortages(entries, {(HOST, "UNATT"): 1}, {HOST: "the host pool"})
    assert str(found) == "UNATT: 7 wanted, 5 held, 1 left in the host pool: 1 short"
    assert found.as_result() == {
        "pool": "the host pool",
        "code": "UNATT",
        "wanted": 7,
        "held": 5,
        "available": 1,
        "short": 1,
    }


def test_a_shortage_of_services_counts_all_that_change() -> None:
    entries = [
        service("a", "s", {"U": 2}, {"U": 6}),
        service("a", "t", {"U": 3}, {"U": 1}),
        service("a", "u", {}, {"U": 1}),
        service("a", "same", {"U": 9}, {"U": 9}),
    ]
    (found,) = shortages(entries, {("a", "U"): 1}, {"a": "the pool of organization a"})
    assert str(found) == "U: 8 wanted, 5 held, 1 left in the pool of organization a: 2 short"


def test_what_an_organization_gets_from_the_host_counts_as_left_for_its_services() -> None:
    entries = [organization("a", {"U": 10}, {"U": 12}), service("a", "s", {"U": 10}, {"U": 13})]
    (found,) = shortages(entries, {(HOST, "U"): 2, ("a", "U"): 0}, {"a": "the pool of organization a"})
    assert str(found) == "U: 13 wanted, 10 held, 2 left in the pool of organization a: 1 short"


def test_an_organization_that_would_have_less_than_it_has_given_out_is_short_of_that() -> None:
    entries = [organization("a", {"U": 10}, {"U": 4}), service("a", "s", {"U": 7}, {"U": 6})]
    (found,) = shortages(entries, {("a", "U"): 2}, {"a": "the pool of organization a"})
    assert (found.wanted, found.held, found.available, found.short) == (4, 10, 3, 3)
    assert str(found).startswith("U: 4 wanted, but 7 of 10 are given ")
    assert str(found).endswith(" from the pool of organization a: 3 short")


def test_a_code_that_the_pool_does_not_know_comes_with_the_nearest_known() -> None:
    (found,) = shortages([organization("a", {}, {"UNAT": 1})], {(HOST, "UNATT"): 9, (HOST, "TIE"): 9}, {})
    assert found.nearest == ("UNATT",)
    assert str(found).endswith("1 short (no such code in it; nearest: UNATT)")


def test_a_code_that_the_pool_knows_and_has_none_of_comes_without_a_hint() -> None:
    entries = [organization("a", {}, {"UNATT": 1}), organization("b", {"TIE": 1}, {"TIE": 2})]
    free = {(HOST, "UNATT"): 0, (HOST, "UNATTU"): 3, (HOST, "TIE"): 0}
    assert [found.nearest for found in shortages(entries, free, {})] == [(), ()]


def test_what_could_not_be_read_is_in_no_shortage() -> None:
    assert shortages([organization("a", None, {"U": 1})], {}, {}) == []


# What gives way


def exchanged(free: int) -> Fleet:
    """A service is to be added, and another one goes because its list does not name it."""
    old = replace(service("a", "old", {"U": 2}, {}, remove=True), implied=True)
    return Fleet((old, service("a", "new", {}, {"U": 2})), {("a", "U"): free})


def test_a_service_that_no_list_names_goes_after_what_is_added() -> None:
    addition, removal = order(exchanged(2).entries, exchanged(2).free)
    assert (addition.entry, addition.adds_to, addition.room_from) == (1, "a", ())
    assert (removal.entry, removal.gives_way_to) == (0, "a")


def test_where_what_is_added_needs_its_licences_it_goes_first() -> None:
    for enforce, free in ((True, exchanged(1).free), (False, {})):
        removal, addition = order(exchanged(1).entries, free, enforce=enforce)
        assert (removal.entry, removal.gives_way_to) == (0, None)
        assert (addition.entry, addition.room_from) == (1, (0,))


def test_where_the_organization_gives_its_licences_back_that_waits_too() -> None:
    fleet = Fleet((organization("a", {"U": 6}, {"U": 4}), *exchanged(2).entries), {("a", "U"): 2})
    steps = order(fleet.entries, fleet.free)
    assert [step.entry for step in steps] == [2, 1, 0]
    assert executed(fleet, steps).held == fleet.wanted


def test_where_nothing_is_added_nothing_is_held_back() -> None:
    old = replace(service("a", "old", {"U": 2}, {}, remove=True), implied=True)
    (step,) = order([old], {})
    assert (step.gives_way_to, step.adds_to) == (None, None)


@given(fleets(), st.sets(st.integers(0, 9), max_size=3), st.integers(1, 4), st.booleans())
@settings(max_examples=examples(2))
def test_what_is_refused_holds_back_every_removal_beside_it_that_made_no_room(
    fleet: Fleet, refused: set[int], concurrency: int, enforce: bool
) -> None:
    steps = order(fleet.entries, fleet.free, enforce=enforce)
    server = Server(fleet)

    def send(step: Step) -> None:
        if step.entry in refused:
            raise ApiError(Kind.REJECTED, "no")
        perform(server, step)

    run = run_steps(steps, fleet.free, send, concurrency=concurrency, keep_going=True)
    made_room = {steps[made].entry for step in steps for made in step.room_from}
    done = {steps[number].entry for number in run.succeeded}
    for number in done:
        entry = fleet.entries[number]
        beside = [
            other
            for other, each in enumerate(fleet.entries)
            if each.place.organization_id == entry.place.organization_id
            and each.place.service_type is not None
            and each.outcome == "created"
        ]
        if entry.implied and number not in made_room:
            assert done.issuperset(beside)
