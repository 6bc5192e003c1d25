# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of organizations: rule by rule, and against a model of its own over generated fleets."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._audit.findings import Audit, Terms, key_of
from ansible_collections.tenantops.licensing.plugins.module_utils._model.current import (
    License,
    PoolProduct,
    ServiceLicense,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._model.desired import identity
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import parse_organizations
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath import audit as uipath_audit
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath import compare as uipath_compare
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.audit import (
    Holdings,
    audit_organizations,
)
from ansible_collections.tenantops.licensing.tests.unit.support.audit_model import (
    HeldLicence,
    HeldOrganization,
    Question,
    Record,
    comparable,
    expected_of_organizations,
    same_id,
)
from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples

NOW = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)
SECONDS = int(NOW.timestamp())
DAY = 86400
GUID = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
PLENTY = {code: (1000, 900) for code in "ABCD"}
Fleet = tuple[list[Record], dict[str, HeldOrganization], dict[str, tuple[int, int]], Question]


def products(**quantities: int) -> list[Record]:
    return [{"code": code, "quantity": quantity} for code, quantity in quantities.items()]


def tenant(*services: Record, **fields: Any) -> Record:
    return {"id": "t", "name": "T", "services": list(services), **fields}


def service(**fields: Any) -> Record:
    return {"type": "du", **fields}


def licence_of(held: HeldLicence) -> License:
    details = {"end_date": held.end, "grace_period": held.grace}
    told = {name: value for name, value in details.items() if value is not None}
    return License(dict(held.products), told, held.templates)


def holdings_of(held: HeldOrganization) -> Holdings:
    pool = None if held.pool is None else {code: PoolProduct(*numbers) for code, numbers in held.pool.items()}
    services = [ServiceLicense(*key, licence_of(licence)) for key, licence in held.services.items()]
    return Holdings(licence_of(held.own) if held.own is not None else None, services, pool)


def audit(
    file: list[Record],
    held: Mapping[str, HeldOrganization],
    host: Mapping[str, tuple[int, int]],
    asked: Question,
    now: datetime.datetime | None = None,
) -> Audit:
    now = now or datetime.datetime.fromtimestamp(asked.now, datetime.UTC)
    return audit_organizations(
        parse_organizations(file),
        {an_id: holdings_of(one) for an_id, one in held.items()},
        {code: PoolProduct(*numbers) for code, numbers in host.items()},
        Terms(now, asked.days, asked.share, asked.ignore, asked.include_omitted),
    )


def held_by(
    own: Mapping[str, int] | None = None,
    services: Mapping[tuple[str, str], Mapping[str, int]] | None = None,
    pool: Mapping[str, tuple[int, int]] | None = None,
) -> HeldOrganization:
    """An organization without ends, whose pool has plenty of everything unless told otherwise."""
    licences = {key: HeldLicence(quantities) for key, quantities in (services or {}).items()}
    return HeldOrganization(HeldLicence(own) if own is not None else None, licences, PLENTY if pool is None else pool)


def held_by_licence(licence: HeldLicence) -> HeldOrganization:
    """An organization whose licence this is, all of it to give back."""
    return HeldOrganization(licence, {}, {code: (1000, 900) for code in "ABCDE"})


def of_one(held: HeldOrganization, host: Mapping[str, tuple[int, int]] = PLENTY, **fields: Any) -> Audit:
    """The audit of organization o with these fields; ``asked`` among them is what is asked."""
    asked = fields.pop("asked", Question(SECONDS))
    return audit([{"id": "o", **fields}], {"o": held}, host, asked)


def short(found: Audit) -> list[tuple[Any, ...]]:
    """Each finding as kind, place below the organization, code, wanted, held, difference, and whether it is fixable."""
    told = []
    for finding in found.findings:
        place = "/".join(part for part in (finding.spot.tenant_id, finding.spot.service_type) if part)
        numbers = (finding.wanted, finding.held, finding.difference, finding.fixable)
        told.append((finding.kind.value, place, finding.spot.code, *numbers))
    return sorted(told, key=repr)


# Quantities of a list


@pytest.mark.parametrize(
    ("wanted", "has", "told"),
    [
        (3, 0, [("missing", 3, 0, -3)]),
        (3, 1, [("too_little", 3, 1, -2)]),
        (3, 3, []),
        (3, 5, [("too_much", 3, 5, 2)]),
        (0, 5, [("too_much", 0, 5, 5)]),
        (0, 0, []),
    ],
)
@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("level", ["organization", "service"])
def test_a_code_is_missing_or_too_little_or_too_much(
    level: str, exclusive: bool, wanted: int, has: int, told: list[tuple[Any, ...]]
) -> None:
    fields: Record = {"products": products(A=wanted), "exclusive": exclusive}
    quantities = {"A": has} if has else {}
    if level == "organization":
        found, place = of_one(held_by(quantities), **fields), ""
    else:
        found, place = of_one(held_by({}, {("t", "du"): quantities}), tenants=[tenant(service(**fields))]), "t/du"
    assert short(found) == [(kind, place, "A", *numbers, True) for kind, *numbers in told]


def test_a_finding_names_its_place_by_ids_and_names() -> None:
    found = of_one(held_by({}, {}), name="Acme", tenants=[tenant(service(products=products(A=3)))])
    (finding,) = found.findings
    assert finding.as_result() == {
        "kind": "missing",
        "concern": "drift",
        "organization_id": "o",
        "organization": "Acme",
        "tenant_id": "t",
        "tenant": "T",
        "service_type": "du",
        "code": "A",
        "wanted": 3,
        "held": 0,
        "difference": -3,
        "fixable": True,
        "detail": "no reading call shows that there is such a tenant",
    }


def test_an_organization_without_a_name_is_called_by_its_id() -> None:
    (finding,) = of_one(held_by({"A": 1}), products=products(A=2)).findings
    assert finding.spot.organization == "o"


def test_an_absent_organization_service_and_tenant_hold_too_much() -> None:
    held = held_by({"A": 9, "B": 1}, {("t", "du"): {"A": 2}, ("t", "x"): {"A": 1}, ("u", "du"): {"A": 3}})
    tenants = [tenant({"type": "du", "state": "absent"}, {"type": "x"}), {"id": "u", "state": "absent"}]
    assert short(of_one(held, state="absent", tenants=tenants)) == [
        ("too_much", "", "A", 0, 9, 9, True),
        ("too_much", "", "B", 0, 1, 1, True),
        ("too_much", "t/du", "A", 0, 2, 2, True),
        ("too_much", "u/du", "A", 0, 3, 3, True),
    ]


def test_what_is_absent_and_holds_nothing_is_as_agreed() -> None:
    tenants = [tenant({"type": "du", "state": "absent"}), {"id": "u", "state": "absent"}]
    assert of_one(held_by(None), state="absent", tenants=tenants).findings == []


def test_a_removal_takes_ignored_codes_too() -> None:
    asked = Question(SECONDS, ignore=frozenset("A"))
    assert short(of_one(held_by({"A": 2}), state="absent", asked=asked)) == [("too_much", "", "A", 0, 2, 2, True)]


# What no list names


@pytest.mark.parametrize("exclusive", [False, True])
def test_a_code_that_its_list_does_not_name_is_unmanaged(exclusive: bool) -> None:
    held = held_by({"A": 1, "B": 4}, {("t", "du"): {"A": 1, "C": 2}})
    listed: Record = {"products": products(A=1), "exclusive": exclusive}
    assert short(of_one(held, **listed, tenants=[tenant(service(**listed))])) == [
        ("unmanaged", "", "B", 0, 4, 4, exclusive),
        ("unmanaged", "t/du", "C", 0, 2, 2, exclusive),
    ]


def test_an_empty_list_is_not_omitted() -> None:
    held = held_by({"A": 1}, {("t", "du"): {"B": 1}})
    assert short(of_one(held, products=[], tenants=[])) == [
        ("unmanaged", "", "A", 0, 1, 1, False),
        ("unmanaged_tenant", "t/du", "B", 0, 1, 1, False),
    ]
    assert short(of_one(held, tenants=[tenant()])) == [("unmanaged_service", "t/du", "B", 0, 1, 1, False)]
    assert short(of_one(held, tenants=[tenant(service(products=[]))])) == [("unmanaged", "t/du", "B", 0, 1, 1, False)]


@pytest.mark.parametrize("exclusive", [False, True])
def test_a_service_that_no_file_names_is_unmanaged(exclusive: bool) -> None:
    held = held_by(None, {("t", "du"): {"A": 1}, ("t", "x"): {"A": 2, "B": 3}})
    found = of_one(held, exclusive_services=exclusive, tenants=[tenant(service(products=products(A=1)))])
    assert short(found) == [
        ("unmanaged_service", "t/x", "A", 0, 2, 2, exclusive),
        ("unmanaged_service", "t/x", "B", 0, 3, 3, exclusive),
    ]
    assert {finding.spot.tenant for finding in found.findings} == {"T"}


@pytest.mark.parametrize("exclusive", [False, True])
def test_a_tenant_that_no_file_names_is_unmanaged(exclusive: bool) -> None:
    held = held_by(None, {("v", "du"): {"A": 1}})
    found = of_one(held, exclusive_services=exclusive, tenants=[tenant()], allow_empty=True)
    assert short(found) == [("unmanaged_tenant", "v/du", "A", 0, 1, 1, exclusive)]
    assert found.findings[0].spot.tenant is None


def test_codes_of_unmanaged_places_are_never_taken_for_added() -> None:
    asked = Question(SECONDS, ignore=frozenset("A"))
    held = HeldOrganization(None, {("t", "x"): HeldLicence({"A": 1, "B": 1}, frozenset("B"))}, {})
    found = of_one(held, tenants=[tenant()], asked=asked)
    assert {finding.kind.value for finding in found.findings} == {"unmanaged_service"}


def test_guids_and_service_types_are_the_same_in_any_letter_case() -> None:
    held = held_by(None, {(GUID.upper(), "DU"): {"A": 1}, (GUID.upper(), "X"): {"A": 1}})
    named = {"id": GUID, "name": "T", "services": [{"type": "du", "products": products(A=1)}]}
    assert short(of_one(held, tenants=[named])) == [("unmanaged_service", f"{GUID}/X", "A", 0, 1, 1, False)]


def test_other_ids_differ_in_another_letter_case() -> None:
    held = held_by(None, {("T", "du"): {"A": 1}})
    assert short(of_one(held, tenants=[tenant(service(products=products(A=1)))])) == [
        ("missing", "t/du", "A", 1, 0, -1, True),
        ("unmanaged_tenant", "T/du", "A", 0, 1, 1, False),
    ]


# What the server added by itself


def test_a_code_that_is_known_to_be_added_is_told_apart() -> None:
    asked = Question(SECONDS, ignore=frozenset("B"))
    licence = HeldLicence({"A": 1, "B": 2, "C": 3, "D": 4, "E": 5}, frozenset("C"))
    pool = {code: (1000, 900) for code in "ABCD"}
    for found in (
        of_one(held_by_licence(licence), pool, products=products(A=1), exclusive=True, asked=asked),
        of_one(
            HeldOrganization(None, {("t", "du"): licence}, pool),
            {},
            tenants=[tenant(service(products=products(A=1), exclusive=True))],
            asked=asked,
        ),
    ):
        told = {finding.spot.code: (finding.kind.value, finding.fixable) for finding in found.findings}
        assert told == {
            "B": ("added_by_server", False),
            "C": ("added_by_server", True),
            "D": ("unmanaged", True),
            "E": ("added_by_server", True),
        }
        assert len({finding.detail for finding in found.findings}) == 4
        notices = [finding for finding in found.findings if finding.kind.value == "added_by_server"]
        assert {finding.as_result()["concern"] for finding in notices} == {"notice"}


def test_without_a_pool_nothing_is_known_about_what_the_server_adds() -> None:
    held = HeldOrganization(None, {("t", "du"): HeldLicence({"A": 1})}, None)
    found = of_one(held, tenants=[tenant(service(products=[]))])
    assert short(found) == [("unmanaged", "t/du", "A", 0, 1, 1, False)]


def test_a_code_that_its_list_names_is_never_taken_for_added() -> None:
    asked = Question(SECONDS, ignore=frozenset("A"))
    found = of_one(held_by_licence(HeldLicence({"A": 3}, frozenset("A"))), {}, products=products(A=1), asked=asked)
    assert short(found) == [("too_much", "", "A", 1, 3, 2, True)]


# What the file omits


OMITTING: Record = {"tenants": [{"id": "t", "name": "T"}, {"id": "u", "name": "U", "services": [{"type": "du"}]}]}
HOLDING = held_by({"A": 9}, {("t", "du"): {"A": 1}, ("u", "du"): {"B": 2}, ("v", "du"): {"C": 3}})


def test_what_the_file_omits_was_left_open() -> None:
    assert of_one(HOLDING).findings == []
    assert of_one(HOLDING, products=None, tenants=None).findings == []
    assert short(of_one(HOLDING, **OMITTING)) == [("unmanaged_tenant", "v/du", "C", 0, 3, 3, False)]


@pytest.mark.parametrize("exclusive", [False, True])
def test_include_omitted_makes_unmanaged_what_the_file_omits(exclusive: bool) -> None:
    asked = Question(SECONDS, include_omitted=True)
    words: Record = {"exclusive": exclusive, "exclusive_services": exclusive}
    assert short(of_one(HOLDING, **words, asked=asked)) == [
        ("unmanaged", "", "A", 0, 9, 9, False),
        ("unmanaged_tenant", "t/du", "A", 0, 1, 1, False),
        ("unmanaged_tenant", "u/du", "B", 0, 2, 2, False),
        ("unmanaged_tenant", "v/du", "C", 0, 3, 3, False),
    ]
    assert short(of_one(HOLDING, **OMITTING, **words, asked=asked)) == [
        ("unmanaged", "", "A", 0, 9, 9, False),
        ("unmanaged", "u/du", "B", 0, 2, 2, False),
        ("unmanaged_service", "t/du", "A", 0, 1, 1, False),
        ("unmanaged_tenant", "v/du", "C", 0, 3, 3, exclusive),
    ]


def test_the_services_of_an_absent_organization_are_unmanaged_although_omitted() -> None:
    found = of_one(held_by(None, {("v", "du"): {"C": 3}}), state="absent")
    assert short(found) == [("unmanaged_tenant", "v/du", "C", 0, 3, 3, False)]


def test_an_organization_that_could_not_be_read_has_no_findings() -> None:
    file = [{"id": "o", "products": products(A=1)}, {"id": "p", "products": products(A=1)}]
    found = audit(file, {"p": held_by({})}, PLENTY, Question(SECONDS))
    assert [finding.spot.organization_id for finding in found.findings] == ["p"]


# Ends


def ending(end: Any, grace: Any = None, days: int = 30, now: datetime.datetime | None = None) -> list[tuple[Any, ...]]:
    """What is found about an organization's licence with this end."""
    held = {"o": HeldOrganization(HeldLicence({"A": 1}, end=end, grace=grace), {}, PLENTY)}
    found = audit([{"id": "o"}], held, PLENTY, Question(SECONDS, days), now)
    return [(one.kind.value, one.wanted, one.held, one.difference, one.detail) for one in found.findings]


@pytest.mark.parametrize(
    ("end", "grace", "told"),
    [
        (SECONDS - 1, None, ("ended", "2026-11-22", 0, "ended today")),
        (SECONDS, SECONDS, ("ended", "2026-11-22", 0, "ended today")),
        (SECONDS - DAY, SECONDS - 1, ("ended", "2026-11-21", -1, "ended 1 day ago")),
        (SECONDS - 9 * DAY, 0, ("ended", "2026-11-13", -9, "ended 9 days ago")),
        (SECONDS - DAY, SECONDS + 1, ("in_grace", "2026-11-21", -1, "ended 1 day ago, in grace")),
        (SECONDS - 1, SECONDS + 1, ("in_grace", "2026-11-22", 0, "ended today, in grace")),
        (SECONDS + 1, None, ("expires_soon", "2026-11-22", 0, "ends today")),
        (SECONDS + DAY, None, ("expires_soon", "2026-11-23", 1, "ends in 1 day")),
        (SECONDS + 30 * DAY + DAY // 2 - 1, None, ("expires_soon", "2026-12-22", 30, "ends in 30 days")),
    ],
)
def test_ends_past_and_near_are_told(end: int, grace: int | None, told: tuple[Any, ...]) -> None:
    kind, *rest = told
    assert ending(end, grace) == [(kind, None, *rest)]
    assert ending(float(end), grace) == [(kind, None, *rest)]


@pytest.mark.parametrize(
    "end",
    [SECONDS + 30 * DAY + DAY // 2, None, 0, -1, SECONDS * 1000, 1e300, float("nan"), True, "1700000000", [1], {}],
)
def test_ends_far_and_unknown_are_not_told(end: Any) -> None:
    assert ending(end) == []


@pytest.mark.parametrize("grace", [None, 0, -1, SECONDS * 1000, float("inf"), True, "2026"])
def test_without_a_grace_period_that_is_known_what_is_past_has_ended(grace: Any) -> None:
    assert [kind for kind, *_rest in ending(SECONDS - DAY, grace)] == ["ended"]


def test_no_days_leave_only_what_ends_today() -> None:
    assert [kind for kind, *_rest in ending(SECONDS + 3600, days=0)] == ["expires_soon"]
    assert ending(SECONDS + DAY, days=0) == []


def test_today_is_the_same_day_in_every_time_zone() -> None:
    elsewhere = NOW.astimezone(datetime.timezone(datetime.timedelta(hours=13)))
    assert elsewhere.date() != NOW.date()
    for end in (SECONDS - DAY, SECONDS + 3600, SECONDS + 31 * DAY):
        assert ending(end, now=elsewhere) == ending(end)


def test_a_service_tells_its_end_only_where_it_differs_from_its_organizations() -> None:
    soon, later = SECONDS + 2 * DAY, SECONDS + 3 * DAY
    held = HeldOrganization(
        HeldLicence({"A": 9}, end=soon),
        {
            ("t", "same"): HeldLicence({"A": 1}, end=soon),
            ("t", "other"): HeldLicence({"A": 1}, end=later),
            ("t", "none"): HeldLicence({"A": 1}),
            ("t", "empty"): HeldLicence({}, end=later),
            ("v", "other"): HeldLicence({"A": 1}, end=SECONDS - 3 * DAY, grace=later),
        },
        PLENTY,
    )
    found = of_one(held, tenants=None)
    told = {(f.kind.value, f.spot.tenant_id, f.spot.service_type, f.held, f.fixable) for f in found.findings}
    assert told == {
        ("expires_soon", None, None, "2026-11-24", False),
        ("expires_soon", "t", "other", "2026-11-25", False),
        ("in_grace", "v", "other", "2026-11-19", False),
    }
    assert {(each.level, each.date.day, each.licenses, each.state) for each in found.expirations} == {
        ("organization", 24, 1, "soon"),
        ("service", 25, 1, "soon"),
        ("service", 19, 1, "in_grace"),
    }


def test_an_end_that_is_far_is_told_as_an_expiration_alone() -> None:
    held = HeldOrganization(HeldLicence({"A": 9}, end=SECONDS + 400 * DAY), {}, PLENTY)
    found = of_one(held)
    assert found.findings == []
    assert [expiration.as_result() for expiration in found.expirations] == [
        {
            "date": "2027-12-27",
            "level": "organization",
            "organization_id": "o",
            "organization": "o",
            "licenses": 1,
            "state": "later",
        }
    ]


def test_a_licence_without_products_has_no_end() -> None:
    held = HeldOrganization(HeldLicence({}, end=SECONDS - DAY), {}, PLENTY)
    assert of_one(held).findings == []


# Pools


@pytest.mark.parametrize(
    ("total", "free", "share", "told"),
    [
        (100, 10, 90, None),
        (100, 9, 90, (90, 91, 1)),
        (10, 1, 90, None),
        (10, 0, 90, (9, 10, 1)),
        (7, 0, 99, (6, 7, 1)),
        (5, 0, 100, None),
        (5, -1, 100, (5, 6, 1)),
        (5, 5, 0, None),
        (5, 4, 0, (0, 1, 1)),
        (0, 0, 90, None),
        (0, -2, 90, (0, 2, 2)),
    ],
)
def test_a_pool_above_the_share_is_nearly_used(total: int, free: int, share: int, told: tuple[int, ...] | None) -> None:
    pool, asked = {"A": (total, free)}, Question(SECONDS, share=share)
    expected = [("pool_nearly_used", "", "A", *told, False)] if told else []
    at_host = of_one(held_by({}, pool={}), pool, asked=asked)
    at_organization = of_one(held_by({}, pool=pool), {}, asked=asked)
    assert short(at_host) == short(at_organization) == expected
    places = [{finding.spot.organization_id for finding in found.findings} for found in (at_host, at_organization)]
    assert places == ([{None}, {"o"}] if told else [set(), set()])


def test_a_pool_tells_who_has_how_much() -> None:
    held = held_by(
        {"A": 20, "B": 5}, {("t", "du"): {"A": 3, "B": 1}, ("v", "du"): {"A": 4}}, {"A": (20, 10), "B": (5, 4)}
    )
    tenants = [tenant(service(products=products(A=9)))]
    found = of_one(held, {"A": (100, 70)}, products=products(A=20), tenants=tenants)
    assert [pool.as_result() for pool in found.pools] == [
        {"level": "host", "code": "A", "total": 100, "managed": 20, "unmanaged": 10, "free": 70},
        {
            **{"level": "organization", "organization_id": "o", "organization": "o", "code": "A"},
            **{"total": 20, "managed": 3, "unmanaged": 7, "free": 10},
        },
        {
            **{"level": "organization", "organization_id": "o", "organization": "o", "code": "B"},
            **{"total": 5, "managed": 0, "unmanaged": 1, "free": 4},
        },
    ]


# Capacity


def capacity(found: Audit) -> list[tuple[Any, ...]]:
    return [
        (one.spot.organization_id, one.spot.code, one.wanted, one.held, one.difference, one.fixable)
        for one in found.findings
        if one.kind.value == "insufficient_capacity"
    ]


def test_what_the_host_cannot_give_is_told() -> None:
    file = [{"id": "o", "products": products(A=5)}, {"id": "p", "products": products(A=6)}]
    found = audit(file, {"o": held_by({"A": 4}), "p": held_by({"A": 1})}, {"A": (20, 2)}, Question(SECONDS))
    assert capacity(found) == [(None, "A", 11, 5, -4, False)]


def test_what_the_organization_cannot_give_is_told() -> None:
    held = held_by({"A": 5}, {("t", "du"): {"A": 1}}, {"A": (5, 2)})
    found = of_one(held, tenants=[tenant(service(products=products(A=4)))])
    assert capacity(found) == [("o", "A", 4, 1, -1, False)]
    assert "the pool of organization o" in str(found.findings[-1].detail)


def test_what_goes_elsewhere_counts_as_given_back() -> None:
    held = held_by({"A": 5}, {("t", "du"): {"A": 1}, ("t", "x"): {"A": 4}}, {"A": (5, 0)})
    wanted = tenant(service(products=products(A=4)), {"type": "x", "products": products(A=1)})
    assert capacity(of_one(held, tenants=[wanted])) == []
    unnamed = tenant(service(products=products(A=4)))
    assert capacity(of_one(held, tenants=[unnamed])) == [("o", "A", 4, 1, -3, False)]
    assert capacity(of_one(held, tenants=[unnamed], exclusive_services=True)) == []


def test_what_an_organization_gets_from_the_host_is_there_for_its_services() -> None:
    file: Record = {"products": products(A=5), "tenants": [tenant(service(products=products(A=5)))]}
    assert capacity(of_one(HeldOrganization(None, {}, None), **file)) == []


def test_an_organization_cannot_fall_below_what_it_has_given_out() -> None:
    held = held_by({"A": 5}, {("t", "du"): {"A": 4}}, {"A": (5, 1)})
    assert capacity(of_one(held, products=products(A=2))) == [("o", "A", 2, 5, -2, False)]


def test_include_omitted_plans_nothing_that_provisioning_would_not_do() -> None:
    """What the file omits is left alone by provisioning, exclusive or not, so it frees no licence."""
    held = held_by({"A": 5}, {("t", "x"): {"A": 3}, ("u", "du"): {"A": 1}}, {"A": (5, 1)})
    named = {"id": "u", "name": "U", "services": [{"type": "du", "products": products(A=3)}]}
    file: Record = {"exclusive_services": True, "tenants": [{"id": "t", "name": "T"}, named]}
    for include_omitted in (False, True):
        found = of_one(held, **file, asked=Question(SECONDS, include_omitted=include_omitted))
        assert capacity(found) == [("o", "A", 3, 1, -1, False)]


@pytest.mark.parametrize("exclusive_services", [False, True])
def test_an_absent_organization_keeps_the_services_that_the_file_omits(exclusive_services: bool) -> None:
    held = held_by({"A": 5}, {("t", "x"): {"A": 3}}, {"A": (5, 2)})
    found = of_one(held, state="absent", exclusive_services=exclusive_services)
    assert capacity(found) == [("o", "A", 0, 5, -3, False)]


# Large organizations


LARGE: dict[str, Callable[[list[str]], list[Record]]] = {
    "unlisted codes": lambda ids: [
        {"id": each, "name": "T", "services": [{"type": "du", "products": products(A=1)}]} for each in ids
    ],
    "unnamed services": lambda ids: [{"id": each, "name": "T", "services": []} for each in ids],
    "absent services": lambda ids: [
        {"id": each, "name": "T", "services": [{"type": "du", "state": "absent"}]} for each in ids
    ],
    "unnamed tenants": lambda dummy: [],
}


@pytest.mark.parametrize("name", LARGE)
def test_the_work_grows_with_the_fleet_and_not_with_its_square(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in comparisons of IDs, of which each place needs a few."""
    compared = Counter[str]()

    def counting(an_id: str) -> str:
        compared["IDs"] += 1
        return identity(an_id)

    for module in (uipath_compare, uipath_audit):
        monkeypatch.setattr(module, "identity", counting, raising=False)
    costs = []
    for size in (20, 80):
        ids = [f"t{number}" for number in range(size)]
        compared.clear()
        found = of_one(held_by(None, {(each, "du"): {"A": 1, "B": 1} for each in ids}), tenants=LARGE[name](ids))
        assert len(found.findings) >= size
        costs.append(compared["IDs"])
    assert 0 < costs[1] <= 5 * costs[0]


# Everything, against the model


ORGANIZATION_IDS = ("o1", GUID)
TENANT_IDS = ("0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e", "ffffffff-0000-0000-0000-00000000000f", "t1", "T1")
SERVICE_TYPES = ("aicenter", "du", "Orchestrator")
CODES = ("A", "B", "C", "D")
ENDS = (None, 0, True, "soon", 1e18, SECONDS - 1, SECONDS + 1, *(SECONDS + days * DAY for days in (-40, -3, 5, 30, 31)))


def some_quantities(least: int) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from(CODES), st.integers(least, 4), max_size=3)


@st.composite
def spelled(draw: st.DrawFn, text: str, always: bool = False) -> str:
    """A GUID, or with ``always`` any word, in some letter case."""
    if not always and len(text) < 36:
        return text
    return draw(st.sampled_from((text, text.lower(), text.upper(), text.title())))


@st.composite
def lists_of_products(draw: st.DrawFn) -> Record:
    """What a file says of one licence; quantities also as the strings that templates give."""
    quantities = draw(some_quantities(0))
    listed: Any = [{"code": c, "quantity": draw(st.sampled_from((q, str(q))))} for c, q in quantities.items()]
    shape = draw(st.sampled_from(("list", "list", "list", "left out", "null", "absent")))
    if shape == "absent":
        return {"state": "absent"}
    words = {"exclusive": draw(st.booleans()), "allow_empty": True}
    if shape == "left out":
        return words
    return {**words, "products": listed if shape == "list" else None}


@st.composite
def desired_tenants(draw: st.DrawFn) -> list[Record]:
    named = draw(st.lists(st.sampled_from(TENANT_IDS), unique_by=str.casefold, max_size=3))
    tenants: list[Record] = []
    for an_id in named:
        one: Record = {"id": draw(spelled(an_id)), "name": f"Name of {an_id}", "allow_empty": True}
        shape = draw(st.sampled_from(("services", "services", "services", "left out", "null", "absent")))
        if shape == "absent":
            one = {"id": one["id"], "state": "absent"}
        elif shape == "null":
            one["services"] = None
        elif shape == "services":
            types = draw(st.lists(st.sampled_from(SERVICE_TYPES), unique=True, max_size=3))
            one["services"] = [{"type": draw(spelled(each, True)), **draw(lists_of_products())} for each in types]
        tenants.append(one)
    return tenants


@st.composite
def desired_organizations(draw: st.DrawFn, an_id: str) -> Record:
    organization = {"id": draw(spelled(an_id)), "allow_empty": True, **draw(lists_of_products())}
    organization["exclusive_services"] = draw(st.booleans())
    if draw(st.booleans()):
        organization["name"] = f"Organization {an_id}"
    if draw(st.integers(0, 4)):
        organization["tenants"] = draw(desired_tenants())
    _agree_with_itself(organization)
    return organization


def _agree_with_itself(organization: Record) -> None:
    """Services of an absent organization are absent; others add up to no more than the organization has."""
    services = [one for each in organization.get("tenants") or [] for one in each.get("services") or []]
    if organization.get("state") == "absent":
        for one in services:
            if one.get("products"):
                one["products"] = [{**product, "quantity": 0} for product in one["products"]]
    for product in organization.get("products") or []:
        listed = [each for one in services for each in one.get("products") or []]
        total = sum(int(each["quantity"]) for each in listed if each["code"] == product["code"])
        product["quantity"] = max(int(product["quantity"]), total)


@st.composite
def held_licences(draw: st.DrawFn) -> HeldLicence:
    templates = draw(st.frozensets(st.sampled_from(CODES), max_size=1))
    ends = st.sampled_from(ENDS)
    return HeldLicence(draw(some_quantities(1)), templates, draw(ends), draw(ends))


def pools() -> st.SearchStrategy[dict[str, tuple[int, int]]]:
    numbers = st.tuples(st.integers(0, 12), st.integers(-2, 6)) | st.tuples(st.just(100), st.integers(0, 100))
    return st.dictionaries(st.sampled_from(CODES), numbers)


@st.composite
def held_organizations(draw: st.DrawFn) -> HeldOrganization:
    own = draw(st.none() | held_licences())
    keys = st.tuples(st.sampled_from(TENANT_IDS), st.sampled_from(SERVICE_TYPES))
    places = draw(st.lists(keys, unique=True, max_size=4))
    services = {(draw(spelled(a)), draw(spelled(b, True))): draw(held_licences()) for a, b in places}
    return HeldOrganization(own, services, draw(st.none() | pools()))


@st.composite
def as_agreed(draw: st.DrawFn, organization: Record) -> HeldOrganization:
    """What an organization holds that was provisioned as the file has it, with room for more."""
    services = {}
    for each in organization.get("tenants") or []:
        for one in each.get("services") or []:
            services[draw(spelled(each["id"])), draw(spelled(one["type"], True))] = HeldLicence(_agreed(one))
    return HeldOrganization(HeldLicence(_agreed(organization)), services, dict(PLENTY))


def _agreed(raw: Mapping[str, Any]) -> dict[str, int]:
    return {each["code"]: int(each["quantity"]) for each in raw.get("products") or [] if int(each["quantity"])}


@st.composite
def drifted(draw: st.DrawFn, organization: Record) -> HeldOrganization:
    """What an organization holds that was provisioned once, some codes and ends of which have changed since."""
    before = draw(as_agreed(organization))
    assert before.own is not None
    unnamed = draw(st.sampled_from(TENANT_IDS)), draw(st.sampled_from(SERVICE_TYPES))
    services = {unnamed: HeldLicence({}), **before.services}
    if len({(same_id(tenant), service_type.lower()) for tenant, service_type in services}) < len(services):
        del services[unnamed]
    licences = [before.own, *services.values()]
    for dummy in range(draw(st.integers(1, 5))):
        number = draw(st.integers(0, len(licences) - 1))
        changed = {**licences[number].products, draw(st.sampled_from(CODES)): draw(st.integers(0, 4))}
        products = {code: quantity for code, quantity in changed.items() if quantity}
        licences[number] = HeldLicence(products, licences[number].templates, draw(st.sampled_from(ENDS)))
    return HeldOrganization(licences[0], dict(zip(services, licences[1:], strict=True)), draw(pools()))


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    ids = draw(st.lists(st.sampled_from(ORGANIZATION_IDS), unique=True, min_size=1))
    file = [draw(desired_organizations(an_id)) for an_id in ids]
    read = [one for one in file if draw(st.integers(0, 9))]
    held = {one["id"]: draw(st.one_of(held_organizations(), drifted(one), drifted(one))) for one in read}
    asked = Question(
        SECONDS,
        draw(st.sampled_from((0, 5, 30))),
        draw(st.sampled_from((0, 50, 90, 100))),
        draw(st.frozensets(st.sampled_from(CODES), max_size=1)),
        draw(st.booleans()),
    )
    return file, held, draw(pools()), asked


@settings(max_examples=examples(5))
@given(fleets())
def test_exactly_the_findings_of_the_model_are_told(fleet: Fleet) -> None:
    file, held, host, asked = fleet
    told = [finding.as_result() for finding in audit(file, held, host, asked).findings]
    for kind in {record["kind"] for record in told}:
        event(kind)
    assert comparable(told) == comparable(expected_of_organizations(file, held, host, asked))
    assert len({key_of(record) for record in told}) == len(told), "a trend could not tell them apart"


@given(st.data())
def test_what_was_provisioned_as_agreed_has_no_findings(data: st.DataObject) -> None:
    file = [data.draw(desired_organizations(an_id)) for an_id in ORGANIZATION_IDS]
    held = {one["id"]: data.draw(as_agreed(one)) for one in file}
    assert audit(file, held, PLENTY, Question(SECONDS)).findings == []
