# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting back what a failed task had changed, and failing at that too."""

from __future__ import annotations

import copy

from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import OnError
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_truth import untruths
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_yard import (
    LOST_AFTER,
    LOST_BEFORE,
    REFUSED,
    Yard,
    not_restored,
)
from ansible_collections.tenantops.licensing.tests.unit.fleet.yext_fleet import YextFleet
from simulator.testing import running


def test_what_a_second_failure_keeps_from_being_put_back_is_named(yard: Yard) -> None:
    last = yard.hit(yard.writes[-1], REFUSED)
    yard.run(OnError.ROLLBACK, last, concurrency=1)
    undone = yard.server.writes()[len(yard.writes) :]
    assert len(undone) >= len(yard.writes) - 2
    wrong = []
    for number in range(0, len(undone), 3):
        call = undone[number]
        name, fault = (("refused", REFUSED), ("lost", LOST_BEFORE))[number % 2]
        second = {"match": {"kind": "write", "nth": len(yard.writes) + number + 1}, "effect": fault}
        report = yard.run(OnError.ROLLBACK, last, second, concurrency=1)
        found = [
            *untruths(yard.fleet, report, yard.fleet.held(yard.server), OnError.ROLLBACK),
            *yard.next_runs.faults(yard.server),
        ]
        wrong += [f"{name} is the {call['method']} {call['path']} that puts back: {text}" for text in found]
    assert not wrong, "\n".join(wrong)


def test_what_is_put_back_although_the_answers_are_lost_is_not_named(yard: Yard) -> None:
    last = yard.hit(yard.writes[-1], REFUSED)
    expected = {entry.label for entry in not_restored(yard.run(OnError.ROLLBACK, last, concurrency=1))}
    every = {"match": {"kind": "write", "from": len(yard.writes) + 1}, "effect": LOST_AFTER}
    yard.fleet.put(yard.server)
    yard.server.set_faults([last, every])
    report = yard.fleet.apply(yard.server, yard.fleet.settings(OnError.ROLLBACK, concurrency=1))
    assert yard.server.faults()[1]["met"] >= len(yard.writes) - 2
    assert list(untruths(yard.fleet, report, yard.fleet.held(yard.server), OnError.ROLLBACK)) == []
    assert {entry.label for entry in not_restored(report)} == expected


def test_a_service_of_a_tenant_whose_name_is_not_known_is_named_as_not_restored(yard: Yard) -> None:
    report = yard.run(OnError.ROLLBACK, yard.hit(yard.writes[-1], REFUSED), concurrency=1)
    nameless = [("heir", "h4", "du")] if yard.fleet.name == "uipath" else []
    assert [yard.fleet.place_of_entry(entry) for entry in not_restored(report)] == nameless


def test_an_assignment_whose_end_is_past_is_told_as_it_is_left() -> None:
    fleet = YextFleet()
    fleet.start_state = copy.deepcopy(fleet.start_state)
    fleet.start_state["license_packs"]["full pack"]["assigned"]["absent1"] = "2001-01-01"
    with running({"yext": fleet.start_state}) as server:
        # Of the entities for whom room is made the last one is refused.
        server.set_faults([{"match": {"method": "POST", "path": "full%20pack/.*/assigned3$"}, "effect": REFUSED}])
        report = fleet.apply(server, fleet.settings(OnError.ROLLBACK))
        assert [entry.label for entry in not_restored(report)] == ["full pack/absent1"]
        assert list(untruths(fleet, report, fleet.held(server), OnError.ROLLBACK)) == []
        assert [call["path"] for call in server.writes() if call["status"] == 400] == []  # it was not even tried


def test_what_may_have_been_written_is_not_told_as_written_when_putting_it_back_is_refused() -> None:
    fleet = YextFleet()
    with running({"yext": fleet.start_state}) as server:
        fleet.apply(server, fleet.settings())
        reads = len(server.calls("read"))
        fleet.put(server)
        server.set_faults(
            [
                {"match": {"method": "PUT", "path": "moved2$", "nth": 1}, "effect": LOST_BEFORE},
                {"match": {"kind": "read", "nth": reads + 1}, "effect": {"status": 500}},
                {"match": {"method": "PUT", "path": "moved2$", "nth": 2}, "effect": REFUSED},
            ]
        )
        report = fleet.apply(server, fleet.settings(OnError.ROLLBACK, concurrency=1), max_retries=0)
        assert [rule["met"] for rule in server.faults()] == [1, 1, 1]
        assert list(untruths(fleet, report, fleet.held(server), OnError.ROLLBACK)) == []
