# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A failure at every single write of a fleet: what is told is true, and the next run makes the missing writes alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any
from unittest import mock

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import Kind, LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._http.client import HttpClient
from ansible_collections.tenantops.licensing.plugins.module_utils._http.response import Purpose
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import OnError, Outcome, Report
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet import Fleet, Place, State
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_truth import untruths
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_yard import (
    FAILED_BEFORE,
    LOST_AFTER,
    LOST_BEFORE,
    REFUSED,
    Yard,
    carried_out,
)


def test_the_fleet_has_pools_that_feed_each_other_and_reaches_its_end(yard: Yard) -> None:
    fleet = yard.fleet
    report = yard.run(OnError.STOP)
    end = fleet.held(yard.server)
    assert list(untruths(fleet, report, end)) == []
    assert fleet.missing(end) == set()
    assert 45 <= len(report.entries) <= 60
    assert len(yard.writes) >= 30
    assert {entry.outcome for entry in report.entries} == {
        Outcome.UNCHANGED,
        Outcome.CREATED,
        Outcome.UPDATED,
        Outcome.REMOVED,
    }
    written_twice = [place for place, number in fleet.written(yard.writes).items() if number == 2]
    assert len(written_twice) >= 2
    assert len(set(fleet.groups.values())) >= 3


@pytest.mark.parametrize("fault", [REFUSED, FAILED_BEFORE], ids=["refused", "failed"])
@pytest.mark.parametrize("on_error", OnError)
def test_after_a_failure_at_any_write_all_that_is_told_is_true_and_the_next_run_finishes(
    yard: Yard, on_error: OnError, fault: Mapping[str, Any]
) -> None:
    wrong = []
    for number, call in enumerate(yard.writes, 1):
        report = yard.run(on_error, yard.hit(call, fault))
        state = yard.fleet.state(yard.server)
        found = [
            *untruths(yard.fleet, report, yard.fleet.holdings(state), on_error),
            *surprises(yard.fleet, report, state, yard.fleet.place_of_path(call["path"]), on_error),
            *yard.next_runs.faults(yard.server),
        ]
        wrong += [f"write {number} of {len(yard.writes)}, {call['method']} {call['path']}: {text}" for text in found]
    assert not wrong, "\n".join(wrong)


def surprises(fleet: Fleet, report: Report, state: State, place: Place, on_error: OnError) -> Iterator[str]:
    """What a failure at a place should not have led to."""
    start, end = fleet.holdings(fleet.start_state), fleet.holdings(state)
    failed = {fleet.place_of_entry(entry) for entry in report.entries if entry.outcome is Outcome.FAILED}
    halfway = {each for each in failed - {place} if fleet.at(end, each) != fleet.at(start, each)}
    if failed - halfway != {place}:
        yield f"failed are {failed}, of which are left halfway {halfway}"
    if on_error is OnError.ROLLBACK and halfway:
        yield f"left halfway are {halfway}"
    if on_error is OnError.CONTINUE:
        beyond = {each for each in fleet.missing(end) if fleet.groups[each] != fleet.groups[place]}
        if beyond:
            yield f"it has stopped {sorted(beyond)}, which do not depend on it"
        gave_way = {
            fleet.place_of_entry(entry)
            for entry in report.entries
            if entry.outcome is Outcome.ROLLED_BACK or (entry.outcome is Outcome.NOT_ATTEMPTED and entry.failure)
        }
        possible = sorted(each for each in fleet.missing(end) - {place} - gave_way if fleet.has_room(state, each))
        if possible:
            yield f"not done is {possible}, although there is room"


@pytest.mark.parametrize(
    ("on_error", "fault"),
    [
        *((on_error, LOST_AFTER) for on_error in OnError),
        (OnError.ROLLBACK, {"status": 500, "acts": True}),
        (OnError.ROLLBACK, {"truncate": True}),
    ],
    ids=[*(f"{on_error}-lost" for on_error in OnError), "rollback-500", "rollback-cut"],
)
def test_a_write_whose_answer_is_lost_after_the_server_acted_is_a_success(
    yard: Yard, on_error: OnError, fault: Mapping[str, Any]
) -> None:
    stride = 5  # so many runs; in one of them each write is lost
    wrong = []
    for first in range(stride):
        report = yard.run(on_error, *(yard.hit(call, fault) for call in yard.writes[first::stride]))
        found = [*untruths(yard.fleet, report, yard.fleet.held(yard.server), on_error)]
        if report.failure is not None:
            found.append(f"all was written, but the task says {report.failure}")
        if carried_out(yard.server.writes()) != carried_out(yard.writes):
            found.append("a write was made more than once")
        found += yard.next_runs.faults(yard.server)
        wrong += [f"write {first + 1} and each {stride}th after it: {text}" for text in found]
    assert not wrong, "\n".join(wrong)


def test_a_write_that_is_lost_before_the_server_acted_is_sent_once_more(yard: Yard) -> None:
    stride = 5  # so many runs; in one of them each write is lost
    wrong = []
    planned = carried_out(yard.writes)
    single = [call for call in yard.writes if planned[call["method"], call["path"]] == 1]
    for first in range(stride):
        report = yard.run(OnError.STOP, *(yard.hit(call, LOST_BEFORE) for call in single[first::stride]))
        found = [*untruths(yard.fleet, report, yard.fleet.held(yard.server))]
        if report.failure is not None:
            found.append(f"all was written, but the task says {report.failure}")
        if carried_out(yard.server.writes()) != planned:
            found.append("a write was made more than once")
        wrong += [f"write {first + 1} and each {stride}th after it: {text}" for text in found]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("on_error", OnError)
def test_of_a_server_that_is_gone_from_some_write_on_nothing_is_told_that_is_not_known(
    yard: Yard, on_error: OnError
) -> None:
    yard.run(OnError.STOP)
    reads = len(yard.server.calls("read"))
    wrong = []
    for number in range(0, len(yard.writes), 6):
        # Nothing can be read either, so whether the last write was made is not known.
        acts = number % 4 == 0
        last = {"match": {"kind": "write", "nth": number + 1}, "effect": {"reset": True, "acts": acts}}
        gone = {"match": {"from": reads + number + 2}, "effect": {"reset": True, "acts": False}}
        yard.fleet.put(yard.server)
        yard.server.set_faults([last, gone])
        report = yard.fleet.apply(yard.server, yard.fleet.settings(on_error, concurrency=1), max_retries=0)
        assert min(rule["met"] for rule in yard.server.faults()) > 0
        found = [
            *untruths(yard.fleet, report, yard.fleet.held(yard.server), on_error),
            *yard.next_runs.faults(yard.server),
        ]
        wrong += [f"write {number + 1} {'was' if acts else 'was not'} made: {text}" for text in found]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("on_error", OnError)
def test_when_nobody_waits_any_more_all_that_is_told_is_true_and_the_next_run_finishes(
    yard: Yard, on_error: OnError
) -> None:
    wrong = []
    for number in range(0, len(yard.writes), 6):
        yard.fleet.put(yard.server)
        with mock.patch.object(HttpClient, "_count", autospec=True, side_effect=Allowance(number)):
            report = yard.fleet.apply(yard.server, yard.fleet.settings(on_error))
        found = list(untruths(yard.fleet, report, yard.fleet.held(yard.server)))  # it does not put back either
        if report.failure is None or report.failure.kind is not Kind.INTERRUPTED:
            found.append(f"the task says {report.failure}")
        if len(yard.server.writes()) > number:
            found.append("it went on")
        found += yard.next_runs.faults(yard.server)
        wrong += [f"{number} writes were allowed: {text}" for text in found]
    assert not wrong, "\n".join(wrong)


class Allowance:
    """Told of each call before it is made, it allows so many writes; what is read meanwhile is no matter here."""

    def __init__(self, writes: int) -> None:
        self._left = writes
        self._lock = threading.Lock()

    def __call__(self, _client: HttpClient, purpose: Purpose) -> None:
        with self._lock:
            self._left -= purpose is Purpose.WRITE
            if self._left < 0:
                raise LicensingError(Kind.INTERRUPTED, "the time is over")
