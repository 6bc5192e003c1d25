# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A decrease that the server does not make, because the licences are in use or it keeps them for itself."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import Kind
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import OnError, Outcome
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet import Place
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_truth import untruths
from ansible_collections.tenantops.licensing.tests.unit.fleet.uipath_fleet import UiPathFleet
from simulator.testing import running

ODD_ANSWERS: list[dict[str, Any]] = [
    {"uipath_kept_codes": ["UNATT"]},
    {"uipath_kept_codes": ["TIE"]},
    {"uipath_kept_codes": ["ATTUNU"]},
    {"uipath_added_to_service": {"RU": 1}},
    {"uipath_added_to_organization": {"RU": 1}},
]


def test_licences_in_use_stop_only_what_depends_on_them() -> None:
    fleet = UiPathFleet()
    with running({"uipath": fleet.start_state}) as server:
        wrong: list[str] = []
        for place in losing_services(fleet):
            fleet.put(server, with_use(fleet, place))
            server.set_switches(uipath_remove_in_use="409")
            report = fleet.apply(server, fleet.settings(OnError.CONTINUE))
            state = fleet.state(server)
            end = fleet.holdings(state)
            found = list(untruths(fleet, report, end, OnError.CONTINUE))
            failed = {fleet.place_of_entry(entry): entry.failure for entry in report.entries if entry.failure}
            failure = failed.get(place)
            if failure is None or failure.kind is not Kind.IN_USE or report.failure is None:
                found.append(f"its failure is {failure}, the task says {report.failure}")
            beyond = {each for each in fleet.missing(end) if fleet.groups[each] != fleet.groups[place]}
            missing = fleet.missing(end) - {place}
            possible = {each for each in missing if fleet.has_room(state, each) and not fleet.gives_way(each, missing)}
            if beyond or possible:
                found.append(f"it has stopped {sorted(beyond | possible)}")
            wrong += [f"{place} is in use: {text}" for text in found]
    assert not wrong, "\n".join(wrong)


def losing_services(fleet: UiPathFleet) -> list[Place]:
    """The services that lose something and gain nothing, so that a refusal can only mean use."""
    held = fleet.holdings(fleet.start_state)
    losing: list[Place] = [
        place
        for place, wanted in fleet.wanted.items()
        if len(place) == 3
        and place in held
        and wanted != held[place]
        and all(quantity <= held[place].get(code, 0) for code, quantity in wanted.items())
    ]
    assert len(losing) >= 5
    return losing


def with_use(fleet: UiPathFleet, place: Place) -> dict[str, Any]:
    """The fleet's start, with all that a service holds in use."""
    state = copy.deepcopy(fleet.start_state)
    organization, tenant, service_type = place
    service = state["organizations"][organization]["tenants"][tenant]["services"][service_type]
    service["used"] = dict(service["products"])
    return state


def test_what_is_in_use_leaves_the_rest_as_it_is_told_whatever_happens_on_errors() -> None:
    fleet = UiPathFleet()
    with running({"uipath": fleet.start_state}) as server:
        for on_error in OnError:
            fleet.put(server, with_use(fleet, ("small", "s1", "du")))
            report = fleet.apply(server, fleet.settings(on_error))
            assert list(untruths(fleet, report, fleet.held(server), on_error)) == []
            assert report.failure is not None
            assert report.failure.kind is Kind.IN_USE
            (failed,) = (entry for entry in report.entries if entry.failure and entry.failure.kind is Kind.IN_USE)
            assert (failed.label, failed.outcome) == ("small/Name of s1/du", Outcome.FAILED)


def test_what_a_server_keeps_or_adds_by_itself_is_told() -> None:
    fleet = UiPathFleet()
    with running({"uipath": fleet.start_state}) as server:
        wrong: list[str] = []
        for on_error in OnError:
            for switches in ODD_ANSWERS:
                fleet.put(server)
                server.set_switches(**switches)
                report = fleet.apply(server, fleet.settings(on_error))
                assert report.failure is not None
                found = untruths(fleet, report, fleet.held(server), on_error)
                wrong += [f"{on_error}, {switches}: {text}" for text in found]
    assert not wrong, "\n".join(wrong)
