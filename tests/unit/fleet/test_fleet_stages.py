# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three stages, the first and the last of them organization by organization, reach the end that one run reaches."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import Kind, LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._model.desired import DesiredOrganization
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import Report
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import parse_organizations
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.api import LicenseResourceManager
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.provision import provision_organizations
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.selection import Stage
from ansible_collections.tenantops.licensing.tests.unit.fleet.uipath_fleet import UiPathFleet
from ansible_collections.tenantops.licensing.tests.unit.support.clients import token_source
from simulator.testing import Handle, running


@pytest.fixture
def fleet() -> UiPathFleet:
    return UiPathFleet()


@pytest.fixture
def server(fleet: UiPathFleet) -> Iterator[Handle]:
    with running({fleet.name: copy.deepcopy(fleet.start_state)}) as handle:
        yield handle


@pytest.fixture
def organizations(fleet: UiPathFleet) -> tuple[DesiredOrganization, ...]:
    return parse_organizations(fleet.declared)


def apply(fleet: UiPathFleet, server: Handle, desired: tuple[DesiredOrganization, ...], stage: Stage) -> Report:
    lrm = LicenseResourceManager(token_source(server.url))
    return provision_organizations(lrm, desired, fleet.settings(), stage=stage)


def sliced(fleet: UiPathFleet, server: Handle, organizations: tuple[DesiredOrganization, ...]) -> None:
    """All stages; the slices of the first and the last have one organization each."""
    for one in organizations:
        apply(fleet, server, (one,), Stage.GIVE_BACK)
    apply(fleet, server, organizations, Stage.ORGANIZATIONS)
    for one in reversed(organizations):
        apply(fleet, server, (one,), Stage.RECEIVE)


def test_the_stages_reach_the_end_of_one_run_and_a_second_time_write_nothing(
    fleet: UiPathFleet, server: Handle, organizations: tuple[DesiredOrganization, ...]
) -> None:
    sliced(fleet, server, organizations)
    assert fleet.missing(fleet.held(server)) == set()
    server.clear_calls()
    sliced(fleet, server, organizations)
    assert server.writes() == []


def test_what_one_run_left_over_is_what_the_stages_find(
    fleet: UiPathFleet, server: Handle, organizations: tuple[DesiredOrganization, ...]
) -> None:
    apply(fleet, server, organizations, Stage.ALL)
    assert fleet.missing(fleet.held(server)) == set()
    server.clear_calls()
    sliced(fleet, server, organizations)
    assert server.writes() == []


def test_a_stage_that_comes_too_early_is_refused_before_it_writes(
    fleet: UiPathFleet, server: Handle, organizations: tuple[DesiredOrganization, ...]
) -> None:
    gone = tuple(one for one in organizations if one.absent)
    with pytest.raises(LicensingError) as refused:
        apply(fleet, server, gone, Stage.ORGANIZATIONS)
    assert refused.value.kind is Kind.IN_USE
    kept = tuple(one for one in organizations if not one.absent)
    # To receive, the services of one organization wait for its first licence.
    for stage, kind in ((Stage.ORGANIZATIONS, Kind.INSUFFICIENT_CAPACITY), (Stage.RECEIVE, Kind.NOT_FOUND)):
        with pytest.raises(LicensingError) as refused:
            apply(fleet, server, kept, stage)
        assert refused.value.kind is kind
    assert server.writes() == []


def test_each_stage_writes_only_its_own_level(
    fleet: UiPathFleet, server: Handle, organizations: tuple[DesiredOrganization, ...]
) -> None:
    levels = []
    for stage in (Stage.GIVE_BACK, Stage.ORGANIZATIONS, Stage.RECEIVE):
        server.clear_calls()
        apply(fleet, server, organizations, stage)
        levels.append({len(fleet.place_of_path(call["path"])) for call in server.writes()})
    assert levels == [{3}, {1}, {3}]
