# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One organization or tenant of a desired state, and the three stages of a run that is shared out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import event, given, settings

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import InvalidInput
from ansible_collections.tenantops.licensing.plugins.module_utils._model.desired import DesiredOrganization
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import parse_organizations
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.compare import Entry
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.plan.capacity import shortages
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.plan.order import order
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.selection import (
    Stage,
    at_stage,
    giving_back,
    only,
)
from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples
from ansible_collections.tenantops.licensing.tests.unit.support.fleet_model import (
    Fleet,
    Server,
    fleets,
    organization,
    perform,
    service,
)

GUID = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
SERVICES = [{"type": "du", "products": [{"code": "A", "quantity": 1}]}]


def desired(**fields: Any) -> tuple[DesiredOrganization, ...]:
    """Two organizations, the first of them with these fields."""
    first = {
        "id": GUID,
        "name": "delilah",
        "exclusive_services": True,
        "products": [{"code": "A", "quantity": 2}],
        "tenants": [{"id": "t1", "name": "Default"}, {"id": "t2", "name": "Test", "services": SERVICES}],
        **fields,
    }
    return parse_organizations([first, {"id": "z", "name": "samson", "tenants": [{"id": "t9", "name": "Default"}]}])


# One organization, one tenant


def test_without_a_name_everything_is_kept() -> None:
    assert only(desired(), None, None) == desired()


@pytest.mark.parametrize("name", [GUID, GUID.upper(), "delilah"])
def test_an_organization_is_found_by_its_id_or_name(name: str) -> None:
    assert only(desired(), name, None) == desired()[:1]


@pytest.mark.parametrize("name", ["t2", "Test"])
def test_a_tenant_is_found_by_its_id_or_name_and_the_others_are_no_longer_taken_for_unnamed(name: str) -> None:
    (found,) = only(desired(), "delilah", name)
    assert [tenant.id for tenant in found.tenants or ()] == ["t2"]
    assert not found.exclusive_services
    assert found.products == {"A": 2}


def test_an_id_goes_before_a_name() -> None:
    found = parse_organizations([{"id": "a", "name": "b"}, {"id": "b", "name": "a"}])
    assert only(found, "a", None) == found[:1]


@pytest.mark.parametrize(
    ("organizations", "organization_name", "tenant", "message"),
    [
        (
            desired(),
            "delila",
            None,
            "only_organization is 'delila', but the desired state names no organization with this ID or name; "
            "it names: delilah, samson",
        ),
        (
            (),
            "a",
            None,
            "only_organization is 'a', but the desired state names no organization with this ID or name; "
            "it names: none",
        ),
        (
            desired(name="samson"),
            "samson",
            None,
            "only_organization is 'samson', a name that the desired state has more than once: use the ID",
        ),
        (
            desired(),
            "delilah",
            "t9",
            "only_tenant is 't9', but organization 'delilah' names no tenant with this ID or name; "
            "it names: Default, Test",
        ),
        (
            desired(tenants=None),
            "delilah",
            "t1",
            "only_tenant is 't1', but organization 'delilah' names no tenant with this ID or name; it names: none",
        ),
        (desired(), None, "t1", "only_tenant is 't1', but only_organization does not say of which organization"),
        (
            desired(state="absent", products=None, tenants=None),
            "delilah",
            "t1",
            "only_tenant is 't1', but organization 'delilah' is to be absent as a whole",
        ),
    ],
)
def test_what_is_not_named_once_is_refused(
    organizations: tuple[DesiredOrganization, ...], organization_name: str | None, tenant: str | None, message: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        only(organizations, organization_name, tenant)
    assert refused.value.message == message


# Stages


def test_a_stage_leaves_out_the_levels_that_are_none_of_its_business() -> None:
    first, second = desired()
    (gone,) = parse_organizations([{"id": "g", "state": "absent", "tenants": [{"id": "t", "state": "absent"}]}])
    everything = (first, second, gone)
    assert at_stage(everything, Stage.ALL) == at_stage(everything, Stage.GIVE_BACK) == everything
    assert at_stage(everything, Stage.ORGANIZATIONS) == (
        replace(first, tenants=None, exclusive_services=False),
        replace(gone, tenants=None),
    )
    assert at_stage(everything, Stage.RECEIVE) == (replace(first, products=None), second)


def test_a_service_gives_back_only_what_its_organization_is_to_lose() -> None:
    entries = [
        organization("o", {"A": 5, "B": 5}, {"A": 3, "B": 6}),
        service("o", "gives", {"A": 3, "B": 1}, {"A": 1, "B": 1}),
        service("o", "gives and takes", {"A": 2, "B": 1}, {"B": 2}),
        service("o", "moves what stays", {"A": 1, "B": 2}, {"A": 1}),
        service("other", "of an organization that stays", {"A": 2}, {"A": 1}),
    ]
    assert giving_back(entries) == [
        replace(entries[1], wanted={"A": 1, "B": 1}),
        replace(entries[2], wanted={"B": 1}),
    ]


@given(fleets())
@settings(max_examples=examples(2))
def test_the_stages_one_after_the_other_reach_every_end_that_fits(fleet: Fleet) -> None:
    server = Server(fleet)
    at = {entry.place: number for number, entry in enumerate(fleet.entries)}

    def do(entries: list[Entry]) -> None:
        """Plan these on what the server holds by now, and do it without a refusal."""
        now = [replace(entry, held=dict(server.held[at[entry.place]])) for entry in entries]
        assert shortages(now, server.free, {}) == []
        for step in order(now, dict(server.free)):
            perform(server, replace(step, entry=at[now[step.entry].place]))

    def of_organizations(entry: Entry) -> bool:
        return entry.place.service_type is None

    # Organization by organization, as slices do it, and in no order that anybody chose.
    for own in {entry.place.organization_id for entry in fleet.entries}:
        do(giving_back([entry for entry in fleet.entries if entry.place.organization_id == own]))
    event(f"gave back: {len(server.writes)}")
    do([entry for entry in fleet.entries if of_organizations(entry)])
    for own in {entry.place.organization_id for entry in fleet.entries}:
        do([entry for entry in fleet.entries if entry.place.organization_id == own and not of_organizations(entry)])
    assert server.held == fleet.wanted
    written = Counter(server.writes)
    assert {number for number, count in written.items() if count} == fleet.changed
