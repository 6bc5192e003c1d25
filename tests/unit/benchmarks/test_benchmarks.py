# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure parts of the benchmarks: fleets that fit their pools, and a report that says which goals are missed."""

from __future__ import annotations

import pytest
from benchmarks.fleets import SLACK, Fleet, packs, raised, reshuffled
from benchmarks.report import Figure, Goal, Section, as_document, as_markdown, as_text
from benchmarks.whole_task import Loop

SIZES = (1, 10, 20, 21, 250)


def fleets(size: int) -> list[Fleet]:
    return [raised(size), reshuffled(size), reshuffled(size, slack=SLACK)]


@pytest.mark.parametrize("size", SIZES)
def test_a_fleet_has_the_size_asked_for_and_fits_its_pools_before_and_after(size: int) -> None:
    for fleet in fleets(size):
        assert len(fleet.licences) == size
        assert min(fleet.free().values()) >= 0
        assert min(fleet.free(at_the_end=True).values()) >= 0
        assert fleet.settled().changed == 0


def test_every_quantity_of_a_raised_fleet_rises() -> None:
    fleet = raised(250)
    assert fleet.changed == 250
    for licence in fleet.licences:
        assert licence.held.keys() == licence.wanted.keys()
        assert all(licence.held[code] < quantity for code, quantity in licence.wanted.items())


def test_a_reshuffled_fleet_leaves_nothing_free_before_or_after_unless_it_is_to_have_slack() -> None:
    full, roomy = reshuffled(250), reshuffled(250, slack=SLACK)
    assert full.changed > 200
    assert set(full.free().values()) | set(full.free(at_the_end=True).values()) == {0}
    assert sum(roomy.free().values()) > 0


def test_a_fleet_is_the_same_each_time() -> None:
    assert reshuffled(50) == reshuffled(50)
    assert reshuffled(50) != reshuffled(50, seed=2)


def test_a_state_and_a_state_file_say_what_the_fleet_says() -> None:
    fleet = reshuffled(45)
    held = fleet.state()["uipath"]["organizations"]
    named = {each["id"]: each for each in fleet.desired()["licensing_organizations"]}
    assert len(held) == fleet.organizations == 3
    for licence in fleet.licences:
        tenant = held[licence.organization]["tenants"].get(licence.tenant, {})
        [desired] = [
            service
            for each in named[licence.organization]["tenants"]
            for service in each["services"]
            if (each["id"], service["type"]) == (licence.tenant, licence.service)
        ] or [named[licence.organization]]
        shown = tenant["services"][licence.service] if tenant else held[licence.organization]["license"]
        assert shown["products"] == licence.held
        assert {product["code"]: product["quantity"] for product in desired["products"]} == licence.wanted


def test_packs_have_room_for_the_entities_asked_for() -> None:
    state = packs(1200).state()["yext"]["license_packs"]
    assert [pack["total"] for pack in state.values()] == [500, 500, 200]
    done = packs(1200).settled().state()["yext"]["license_packs"]
    assert [len(pack["assigned"]) for pack in done.values()] == [500, 500, 200]
    assert sum(len(pack["entities"]) for pack in packs(1200).desired()["licensing_license_packs"]) == 1200


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (Goal(1.15), 1.15, "met"),
        (Goal(1.15), 1.151, "missed by less than 1%"),
        (Goal(1.15), 1.38, "missed by 20%"),
        (Goal(100, least=True), 100, "met"),
        (Goal(100, least=True), 75, "missed by 25%"),
        (Goal(0), 1, "missed"),
    ],
)
def test_the_report_says_whether_a_goal_is_met(goal: Goal, value: float, verdict: str) -> None:
    section = Section("part", "A part", [Figure("something", 1000, value, "x", "2 s / 1 s", goal)])
    assert as_text(section).splitlines()[-1].endswith(f"  {verdict}")
    assert as_markdown([section]).splitlines()[-1].endswith(f"| {verdict} |")
    assert [figure["verdict"] for figure in as_document([section])] == [verdict]


def test_the_report_says_what_is_extrapolated_and_judges_nothing_without_a_goal() -> None:
    figure = Figure("something", 1000, 3, "x", "3 s / 1 s", extrapolated=True)
    assert "3 s / 1 s, extrapolated" in as_text(Section("part", "A part", [figure]))
    assert figure.cells()[-2:] == ["", ""]


def test_a_loop_is_extrapolated_by_its_longest_run() -> None:
    loop = Loop(start=1.0, took={10: 5.0, 100: 51.0})
    assert loop.seconds(10) == 5.0
    assert loop.seconds(1000) == 501.0
