# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else changes what a task is at: a saved filter of a Yext pack takes entities off it again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import OnError, Outcome, Report
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_truth import untruths
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_yard import LOST_BEFORE
from ansible_collections.tenantops.licensing.tests.unit.fleet.yext_fleet import FULL, YextFleet
from simulator.testing import Handle, running


@pytest.fixture(scope="module")
def fleet() -> YextFleet:
    return YextFleet()


@pytest.fixture(scope="module")
def server(fleet: YextFleet) -> Iterator[Handle]:
    with running({"yext": fleet.start_state}) as handle, pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "*")
        yield handle


def told_of(report: Report, label: str) -> tuple[Outcome, object]:
    (entry,) = (entry for entry in report.entries if entry.label == label)
    return entry.outcome, entry.after


@pytest.mark.parametrize("on_error", [OnError.STOP, OnError.CONTINUE])
def test_an_entity_that_reading_again_does_not_find_is_told_as_not_assigned(
    fleet: YextFleet, server: Handle, on_error: OnError
) -> None:
    fleet.put(server)
    server.set_switches(yext_saved_filter={FULL: {"removes": ["assigned0"]}})
    report = fleet.apply(server, dataclasses.replace(fleet.settings(on_error), reread=True))
    assert list(untruths(fleet, report, fleet.held(server), on_error)) == []
    assert told_of(report, f"{FULL}/assigned0") == (Outcome.FAILED, None)


@pytest.mark.parametrize("on_error", OnError)
def test_an_entity_that_was_gone_when_its_end_was_to_be_moved_is_told_as_not_assigned(
    fleet: YextFleet, server: Handle, on_error: OnError
) -> None:
    fleet.put(server)
    server.set_switches(yext_saved_filter={FULL: {"removes": ["moved3"]}})
    server.set_faults([{"match": {"method": "PUT", "path": "moved3$", "nth": 1}, "effect": LOST_BEFORE}])
    report = fleet.apply(server, fleet.settings(on_error, concurrency=1))
    assert server.faults()[0]["met"] == 1
    outcome, after = told_of(report, f"{FULL}/moved3")
    assert outcome is Outcome.FAILED
    assert after == fleet.held(server).get((FULL, "moved3"))
