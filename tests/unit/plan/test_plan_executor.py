# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How steps are run: the lines before the pools, what waits, what goes on after a failure."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    Kind,
    LicensingError,
    OutcomeUnknown,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.executor import Perform, Run, run_steps
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.steps import PoolKey, Step
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.plan.order import order
from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples
from ansible_collections.tenantops.licensing.tests.unit.support.fleet_model import (
    Fleet,
    Server,
    SlowServer,
    delays,
    fleets,
)

POOL: PoolKey = ("org", "U")
OTHER: PoolKey = ("org", "V")
REFUSED = ApiError(Kind.CONFLICT, "refused")


def steps_of(*steps: tuple[dict[PoolKey, int], dict[PoolKey, int], tuple[int, ...]]) -> list[Step]:
    """Steps from (takes, gives, after), numbered by their entry."""
    return [Step(number, None, takes, gives, after) for number, (takes, gives, after) in enumerate(steps)]


class Journal:
    """A server that notes who began and fails for some; with a hold on some until another one has begun."""

    def __init__(
        self, failing: dict[int, LicensingError] | None = None, hold: dict[int, int] | None = None, pause: float = 0.0
    ) -> None:
        self.begun: list[int] = []
        self.running = 0
        self.most = 0
        self._failing = failing or {}
        self._hold = hold or {}
        self._pause = pause
        self._changed = threading.Condition()

    def __call__(self, step: Step) -> None:
        with self._changed:
            self.begun.append(step.entry)
            self.running += 1
            self.most = max(self.most, self.running)
            self._changed.notify_all()
            if step.entry in self._hold:
                met = self._changed.wait_for(lambda: self._hold[step.entry] in self.begun, timeout=5)
                assert met, f"{step.entry} waited in vain for {self._hold[step.entry]}: {self.begun}"
        time.sleep(self._pause)
        with self._changed:
            self.running -= 1
        if step.entry in self._failing:
            raise self._failing[step.entry]


def run(
    steps: list[Step],
    perform: Perform,
    free: dict[PoolKey, int] | None = None,
    *,
    concurrency: int = 8,
    keep_going: bool = False,
) -> Run:
    return run_steps(steps, free or {}, perform, concurrency=concurrency, keep_going=keep_going)


def test_without_steps_there_is_nothing_to_tell() -> None:
    assert run([], Journal()) == Run()


def test_steps_that_do_not_concern_each_other_run_at_a_time_up_to_the_concurrency() -> None:
    journal = Journal(pause=0.02)
    ended = run(steps_of(*[({}, {}, ())] * 12), journal, concurrency=3)
    assert journal.most == 3
    assert sorted(ended.succeeded) == list(range(12))


def test_one_at_a_time_runs_in_the_plans_order() -> None:
    journal = Journal()
    ended = run(steps_of(*[({}, {}, ())] * 5), journal, concurrency=1)
    assert journal.begun == ended.succeeded == [0, 1, 2, 3, 4]


def test_a_step_waits_for_those_in_its_after() -> None:
    journal = Journal(hold={0: 1})
    steps = steps_of(({}, {}, ()), ({}, {}, ()), ({}, {}, (0, 1)))
    assert run(steps, journal).succeeded[-1] == 2
    assert journal.begun[-1] == 2


def test_who_takes_waits_for_what_is_given() -> None:
    steps = steps_of(({}, {POOL: 1}, ()), ({POOL: 2}, {}, ()), ({}, {POOL: 1}, ()))
    journal = Journal(pause=0.01)
    assert run(steps, journal).succeeded[-1] == 1
    assert journal.begun == [0, 2, 1]


def test_who_asks_for_little_does_not_pass_by_who_stands_before_it() -> None:
    steps = steps_of(({POOL: 3}, {}, ()), ({POOL: 1}, {}, ()), ({}, {POOL: 2}, ()))
    journal = Journal(pause=0.01)
    run(steps, journal, {POOL: 2})
    assert journal.begun == [2, 0, 1]


def test_a_line_at_one_pool_holds_up_nobody_at_another() -> None:
    # The first one answers only when the last one has begun.
    steps = steps_of(({POOL: 1}, {POOL: 1}, ()), ({POOL: 1}, {}, ()), ({OTHER: 1}, {}, ()))
    journal = Journal(hold={0: 2})
    run(steps, journal, {POOL: 1, OTHER: 1})
    assert journal.begun == [0, 2, 1]


def test_who_takes_from_two_pools_stands_in_both_lines() -> None:
    steps = steps_of(
        # What the first one takes and gives again is all there is, so that nothing begins beside it.
        ({POOL: 1, OTHER: 1}, {POOL: 1, OTHER: 1}, ()),
        ({POOL: 1}, {}, ()),
        ({OTHER: 1}, {}, ()),
        ({}, {POOL: 1, OTHER: 1}, ()),
    )
    journal = Journal(pause=0.01)
    run(steps, journal)
    assert journal.begun[:2] == [3, 0]
    assert sorted(journal.begun) == [0, 1, 2, 3]


def test_what_is_taken_is_not_free_for_the_next_until_it_is_given() -> None:
    steps = steps_of(({POOL: 2}, {}, ()), ({POOL: 1}, {}, ()), ({}, {POOL: 1}, (0,)))
    journal = Journal()
    run(steps, journal, {POOL: 2})
    assert journal.begun == [0, 2, 1]


def test_a_pool_below_zero_is_filled_up_before_it_gives() -> None:
    steps = steps_of(({POOL: 1}, {}, ()), ({}, {POOL: 2}, ()), ({}, {POOL: 1}, ()))
    journal = Journal(pause=0.01)
    run(steps, journal, {POOL: -2})
    assert journal.begun == [1, 2, 0]


def test_after_a_failure_nothing_begins_and_what_runs_is_finished() -> None:
    steps = steps_of(*[({}, {}, ())] * 6)
    failed = threading.Event()
    begun = []

    def perform(step: Step) -> None:
        begun.append(step.entry)
        if step.entry == 0:
            failed.set()
            raise REFUSED
        assert failed.wait(timeout=5)
        time.sleep(0.05)  # long enough for the failure to be noticed

    ended = run(steps, perform, concurrency=2)
    assert ended.failures == {0: REFUSED}
    assert ended.succeeded == [1]
    assert sorted(begun) == [0, 1]


def test_keep_going_leaves_out_only_what_depends_on_the_failure() -> None:
    steps = steps_of(
        ({}, {POOL: 1}, ()),  # fails
        ({POOL: 1}, {}, ()),  # needs its gift
        ({}, {}, (0,)),  # comes after it
        ({}, {}, (2,)),  # comes after what came after it
        ({OTHER: 1}, {}, ()),
        ({}, {}, ()),
    )
    journal = Journal({0: REFUSED})
    ended = run(steps, journal, {OTHER: 1}, keep_going=True)
    assert ended.failures == {0: REFUSED}
    assert sorted(ended.succeeded) == sorted(set(journal.begun) - {0}) == [4, 5]


def test_keep_going_lets_the_next_in_line_take_what_the_failed_one_did_not() -> None:
    steps = steps_of(({POOL: 1}, {}, ()), ({POOL: 1}, {}, ()))
    ended = run(steps, Journal({0: REFUSED}), {POOL: 1}, keep_going=True)
    assert ended.succeeded == [1]


def test_keep_going_lets_who_needs_less_pass_by_who_waits_for_a_gift_that_failed() -> None:
    steps = steps_of(({}, {POOL: 2}, ()), ({POOL: 3}, {}, ()), ({POOL: 1}, {}, ()))
    ended = run(steps, Journal({0: REFUSED}), {POOL: 1}, keep_going=True)
    assert ended.succeeded == [2]


def test_an_interruption_stops_even_where_failures_do_not() -> None:
    over = LicensingError(Kind.INTERRUPTED, "over")
    journal = Journal({1: over})
    ended = run(steps_of(*[({}, {}, ())] * 4), journal, concurrency=1, keep_going=True)
    assert ended.interruption is over
    assert ended.failures == {}
    assert journal.begun == [0, 1]


def broken(*_arguments: object) -> NoReturn:
    raise ZeroDivisionError("my password")


def test_an_error_that_nobody_foresaw_is_a_failure_of_its_step_of_which_nobody_knows_how_far_it_came() -> None:
    def perform(step: Step) -> None:
        if step.entry == 1:
            broken()

    ended = run(steps_of(*[({}, {}, ())] * 3), perform, concurrency=1, keep_going=True)
    assert ended.succeeded == [0, 2]
    assert list(ended.failures) == [1]
    failure = ended.failures[1]
    assert isinstance(failure, OutcomeUnknown)
    assert failure.kind is Kind.DEFECT
    assert "ZeroDivisionError in " in failure.message
    assert "my password" not in str(failure.as_result())


def test_where_no_thread_can_be_started_the_others_are_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    submit = ThreadPoolExecutor.submit

    def refuse_one(pool: ThreadPoolExecutor, perform: Any, step: Step) -> Any:
        if step.entry == 1:
            raise RuntimeError("can't start new thread")
        return submit(pool, perform, step)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", refuse_one)
    ended = run(steps_of(*[({}, {}, ())] * 3), Journal(), keep_going=True)
    assert sorted(ended.succeeded) == [0, 2]
    assert [(number, error.kind) for number, error in ended.failures.items()] == [(1, Kind.DEFECT)]


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit])
def test_an_order_to_end_is_passed_on(ending: type[BaseException]) -> None:
    def end(step: Step) -> None:
        raise ending

    with pytest.raises(ending):
        run(steps_of(({}, {}, ())), end)


# What gives way


def test_a_removal_gives_way_to_all_that_adds_to_its_list() -> None:
    steps = [
        Step(0, None, gives_way_to="p"),
        Step(1, None, adds_to="p"),
        Step(2, None, adds_to="p", after=(1,)),
        Step(3, None, adds_to="q"),
    ]
    journal = Journal(hold={3: 0})  # the other list ends last
    assert sorted(run(steps, journal).succeeded) == [0, 1, 2, 3]
    assert journal.begun.index(0) > journal.begun.index(2)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("adds", "gives way", "neither")), st.sampled_from("pq"), st.sampled_from((None, "a", "b"))
        ),
        max_size=12,
    ),
    st.sets(st.integers(0, 11)),
    st.integers(1, 4),
    st.booleans(),
)
@settings(max_examples=examples(2))
def test_what_gives_way_is_never_made_beside_what_was_refused(
    kinds: list[tuple[str, str, str | None]], failing: set[int], concurrency: int, keep_going: bool
) -> None:
    last: dict[str, int] = {}
    steps = []
    for number, (kind, key, chain) in enumerate(kinds):
        after = (last[chain],) if chain in last else ()
        if chain is not None:
            last[chain] = number
        adds_to, gives_way_to = key if kind == "adds" else None, key if kind == "gives way" else None
        steps.append(Step(number, None, after=after, adds_to=adds_to, gives_way_to=gives_way_to))
    ended = run(steps, Journal(dict.fromkeys(failing, REFUSED)), concurrency=concurrency, keep_going=keep_going)
    order_of = {number: place for place, number in enumerate(ended.succeeded)}
    for number in {*ended.succeeded, *ended.failures}:
        for other, step in enumerate(steps):
            if steps[number].gives_way_to is not None and step.adds_to == steps[number].gives_way_to:
                assert other in order_of
                assert number not in order_of or order_of[other] < order_of[number]
    if not failing & set(range(len(steps))):
        stuck = {number for number in range(len(steps)) if number not in order_of}
        assert all(blocked(steps, number, stuck) for number in stuck)


def blocked(steps: list[Step], number: int, stuck: set[int]) -> bool:
    """Whether a step waits for another one that waits."""
    way = steps[number].gives_way_to
    return bool(stuck & set(steps[number].after)) or any(
        way is not None and steps[other].adds_to == way for other in stuck
    )


@given(fleets(), delays(), st.integers(1, 8), st.sets(st.integers(0, 12), max_size=3))
def test_with_failures_keep_going_does_all_that_can_be_done_and_nothing_is_refused(
    fleet: Fleet, waiting: list[tuple[int, int]], concurrency: int, failing: set[int]
) -> None:
    steps = order(fleet.entries, fleet.free)
    server = Server(fleet)
    slow = SlowServer(server, waiting, steps)

    def perform(step: Step) -> None:
        if steps.index(step) in failing:
            raise REFUSED
        slow(step)

    ended = run_steps(steps, fleet.free, perform, concurrency=concurrency, keep_going=True)
    assert set(ended.failures) <= failing
    assert all(failure is REFUSED for failure in ended.failures.values())
    left = set(range(len(steps))) - set(ended.succeeded) - set(ended.failures)
    for number in left:
        step = steps[number]
        short = any(server.free[key] < amount for key, amount in step.takes.items())
        gave_way = step.gives_way_to is not None and any(
            other.adds_to == step.gives_way_to and place not in ended.succeeded for place, other in enumerate(steps)
        )
        assert short or gave_way or not set(ended.succeeded).issuperset(step.after)


@given(fleets(), delays(), st.integers(1, 8), st.integers(0, 8))
@settings(max_examples=examples(0.6))
def test_whatever_fails_the_order_of_success_is_one_in_which_the_pools_allow_each_step(
    fleet: Fleet, waiting: list[tuple[int, int]], concurrency: int, failing: int
) -> None:
    steps = order(fleet.entries, fleet.free)
    slow = SlowServer(Server(fleet), waiting, steps)

    def perform(step: Step) -> None:
        slow(step)
        if steps.index(step) == failing:
            raise REFUSED

    ended = run_steps(steps, fleet.free, perform, concurrency=concurrency, keep_going=False)
    again = Server(fleet)
    for number in ended.succeeded:
        again.write(steps[number].entry, steps[number].action.body)  # refused where a pool does not allow it
    assert again.writes == [steps[number].entry for number in ended.succeeded]
