# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization's desired state held against what it and its services hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._model.desired import (
    Quantities,
    ServiceKey,
    service_key,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.vendor import Comparison
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import parse_organizations
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.compare import (
    Entry,
    Lookalike,
    Place,
    compare,
    lookalikes_of,
)

GUID = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"


def products(**quantities: int) -> list[dict[str, Any]]:
    return [{"code": code, "quantity": quantity} for code, quantity in quantities.items()]


def compared(
    own: Quantities | None = None,
    services: dict[ServiceKey, Quantities] | None = None,
    ignore: tuple[str, ...] = (),
    readable: tuple[bool, bool] = (True, True),
    **fields: Any,
) -> Comparison[Entry]:
    """Organization b with these fields against what it and its services hold."""
    (desired,) = parse_organizations([{"id": "b", **fields}])
    names = {key: (key[0].upper(), key[1]) for key in services or {}}
    return compare(desired, own, services, names, frozenset(ignore), readable=readable)


def only(found: Comparison[Entry]) -> Entry:
    (entry,) = found.entries
    return entry


def services_of(*services: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    return [{"id": "t", "name": "T", "services": list(services), **fields}]


# The organization's own licence


def test_what_is_omitted_is_left_alone() -> None:
    assert compared({"U": 1}, {("t", "du"): {"U": 1}}).entries == []
    assert compared({"U": 1}, {("t", "du"): {"U": 1}}, tenants=[{"id": "t"}]).entries == []
    assert compared({}, {("t", "du"): {"U": 1}}, tenants=services_of({"type": "du"})).entries == []


@pytest.mark.parametrize(
    ("held", "fields", "wanted", "outcome"),
    [
        (None, {"products": products(U=1)}, {"U": 1}, "created"),
        ({}, {"products": products(U=1)}, {"U": 1}, "created"),
        ({"U": 1}, {"products": products(U=1)}, {"U": 1}, "unchanged"),
        ({"U": 2}, {"products": products(U=1)}, {"U": 1}, "updated"),
        ({"U": 1, "V": 2}, {"products": products(U=1)}, {"U": 1, "V": 2}, "unchanged"),
        ({"U": 1, "V": 2}, {"products": products(V=0)}, {"U": 1}, "updated"),
        ({"V": 2}, {"products": products(V=0)}, {}, "removed"),
        ({"V": 2}, {"products": products(U=0)}, {"V": 2}, "unchanged"),
        ({}, {"products": products(U=0)}, {}, "unchanged"),
        (None, {"products": []}, {}, "unchanged"),
        ({"U": 1}, {"products": []}, {"U": 1}, "unchanged"),
        ({"U": 1, "V": 2}, {"products": products(U=1), "exclusive": True}, {"U": 1}, "updated"),
        ({"U": 1}, {"products": [], "exclusive": True, "allow_empty": True}, {}, "removed"),
        ({"U": 1, "V": 2}, {"state": "absent"}, {}, "removed"),
        (None, {"state": "absent"}, {}, "unchanged"),
        ({}, {"state": "absent"}, {}, "unchanged"),
    ],
)
def test_an_organization_comes_out_as_wanted(
    held: Quantities | None, fields: dict[str, Any], wanted: Quantities, outcome: str
) -> None:
    entry = only(compared(held, **fields))
    assert (entry.held, entry.wanted, entry.outcome) == (held or {}, wanted, outcome)
    assert entry.changed == (outcome != "unchanged")
    assert entry.remove == ("state" in fields)
    assert entry.confirmed == (held is not None)


def test_ignored_codes_stay_under_exclusive() -> None:
    entry = only(compared({"U": 1, "Z": 3}, ignore=("Z",), products=products(U=2), exclusive=True))
    assert (entry.wanted, entry.implied_codes, entry.ignored) == ({"U": 2, "Z": 3}, [], frozenset("Z"))


def test_an_ignored_code_that_is_named_is_what_was_named() -> None:
    assert only(compared({"Z": 3}, ignore=("Z",), products=products(Z=1), exclusive=True)).wanted == {"Z": 1}


def test_only_named_codes_are_compared_unless_the_list_is_exclusive() -> None:
    assert only(compared({}, products=products(U=1, V=0))).named == frozenset("UV")
    assert only(compared({}, products=products(U=1), exclusive=True)).named is None
    assert only(compared({}, state="absent")).named is None


def test_what_cannot_be_read_is_written_as_declared() -> None:
    entry = only(compared(readable=(False, True), products=products(U=1), exclusive=True))
    assert (entry.held, entry.wanted, entry.changed, entry.outcome) == (None, {"U": 1}, True, "updated")
    assert entry.implied_codes == []
    gone = only(compared(readable=(False, True), state="absent"))
    assert (gone.held, gone.wanted, gone.outcome) == (None, {}, "removed")
    tenants = services_of({"type": "du", "products": products(U=1), "exclusive": True})
    assert only(compared(readable=(True, False), tenants=tenants)).held is None


# Services


def test_a_service_is_compared_by_its_tenant_and_type() -> None:
    held = {("t", "du"): {"U": 1}, ("t", "x"): {"U": 5}, ("u", "du"): {"U": 6}}
    entry = only(compared(None, held, tenants=services_of({"type": "du", "products": products(U=2)})))
    assert (entry.held, entry.wanted) == ({"U": 1}, {"U": 2})
    assert entry.place == Place("b", "b", "t", "T", "du")
    assert entry.confirmed


def test_a_tenants_guid_is_the_same_in_either_letter_case() -> None:
    tenants = [{"id": GUID.upper(), "name": "T", "services": [{"type": "du", "products": products(U=1)}]}]
    assert only(compared(None, {(GUID, "du"): {"U": 1}}, tenants=tenants)).outcome == "unchanged"


def test_a_tenant_without_licences_cannot_be_confirmed() -> None:
    entry = only(compared(None, {("u", "du"): {"U": 1}}, tenants=services_of({"type": "x", "products": products(U=1)})))
    assert (entry.outcome, entry.confirmed) == ("created", False)


def test_an_absent_service_loses_its_licence() -> None:
    entry = only(compared(None, {("t", "du"): {"U": 1}}, tenants=services_of({"type": "du", "state": "absent"})))
    assert (entry.outcome, entry.remove, entry.implied) == ("removed", True, False)
    nothing = only(compared(None, {}, tenants=services_of({"type": "du", "state": "absent"})))
    assert nothing.outcome == "unchanged"


def test_an_absent_tenant_loses_the_licences_of_all_its_services_and_no_other() -> None:
    held = {("t", "du"): {"U": 1}, ("t", "x"): {"V": 1}, ("u", "du"): {"U": 1}}
    found = compared(None, held, tenants=[{"id": "t", "name": "T", "state": "absent"}], exclusive_services=False)
    assert [(entry.place.tenant_id, entry.place.service_type, entry.outcome) for entry in found.entries] == [
        ("t", "du", "removed"),
        ("t", "x", "removed"),
    ]
    assert all(entry.remove and not entry.implied for entry in found.entries)
    assert found.removals == {}


def test_exclusive_services_takes_away_what_no_list_names_and_spells_it_like_the_server() -> None:
    held = {("t", "du"): {"U": 1}, ("t", "x"): {"U": 2}, ("v", "du"): {"U": 3}, ("w", "du"): {"U": 4}}
    tenants = [*services_of({"type": "du", "products": products(U=1)}), {"id": "w", "name": "W"}]
    found = compared(None, held, tenants=tenants, exclusive_services=True)
    assert [(entry.place, entry.outcome, entry.implied, entry.remove) for entry in found.entries] == [
        (Place("b", "b", "t", "T", "du"), "unchanged", False, False),
        (Place("b", "b", "T", "T", "x"), "removed", True, True),
        (Place("b", "b", "V", None, "du"), "removed", True, True),
    ]
    assert list(found.removals.values()) == [(2, 4)]


def test_without_exclusive_services_unnamed_services_stay() -> None:
    held = {("t", "du"): {"U": 1}, ("v", "du"): {"U": 3}}
    found = compared(None, held, tenants=services_of({"type": "du", "products": products(U=1)}))
    assert len(found.entries) == 1


def test_exclusive_services_without_tenants_reaches_nothing() -> None:
    assert compared(None, {("v", "du"): {"U": 3}}, exclusive_services=True).entries == []


def test_exclusive_of_one_list_reaches_no_other() -> None:
    held = {("t", "du"): {"U": 1, "V": 1}}
    tenants = services_of({"type": "du", "products": products(U=1)})
    found = compared({"U": 1, "V": 1}, held, products=products(U=1), exclusive=True, tenants=tenants)
    assert [entry.wanted for entry in found.entries] == [{"U": 1}, {"U": 1, "V": 1}]


# What counts as implied


def test_codes_that_an_exclusive_list_does_not_name_count_as_removals() -> None:
    held = {("t", "du"): {"U": 1, "W": 1}}
    tenants = services_of({"type": "du", "products": products(U=1), "exclusive": True})
    found = compared({"U": 1, "V": 2}, held, products=products(U=1), exclusive=True, tenants=tenants)
    assert [entry.implied_codes for entry in found.entries] == [["V"], ["W"]]
    assert list(found.removals.values()) == [(2, 4)]


def test_what_is_written_as_zero_or_absent_never_counts() -> None:
    assert compared({"U": 1, "V": 1}, products=products(U=0, V=0), exclusive=True).removals == {}
    assert compared({"U": 1}, state="absent").removals == {}
    assert compared({"U": 1}, products=products(U=0)).removals == {}
    assert (
        compared(None, {("t", "du"): {"U": 1}}, tenants=services_of({"type": "du", "state": "absent"})).removals == {}
    )
    zeros = services_of({"type": "du", "products": products(U=0), "exclusive": True})
    assert compared(None, {("t", "du"): {"U": 1}}, tenants=zeros).removals == {}


def test_organizations_of_one_name_are_counted_apart() -> None:
    counted: dict[str, tuple[int, int]] = {}
    for an_id in ("one", "two"):
        (desired,) = parse_organizations(
            [{"id": an_id, "name": "prod", "products": products(U=1), "exclusive": True, "exclusive_services": True}]
        )
        counted.update(compare(desired, {"V": 1}, {}, {}, frozenset()).removals)
    assert sorted(counted.values()) == [(1, 1), (1, 1)]


# Places


def test_a_place_is_told_by_names_and_where_there_is_none_by_id() -> None:
    assert Place("b", "delilah").label == "delilah"
    assert Place("b", "delilah", "t", "Default", "du").label == "delilah/Default/du"
    assert Place("b", "b", "t", None, "du").label == "b/t/du"


def test_a_result_names_only_what_there_is() -> None:
    assert Place("b", "delilah").as_result() == {"organization_id": "b", "organization": "delilah"}
    assert Place("b", "delilah", "t", "Default", "du").as_result() == {
        "organization_id": "b",
        "organization": "delilah",
        "tenant_id": "t",
        "tenant": "Default",
        "service_type": "du",
    }


# Lookalikes

TWINS: dict[str, Callable[[str], str]] = {
    "letter case": lambda text: text.upper(),
    "a blank behind": lambda text: f"{text} ",
    "a no-break space before": lambda text: f"\u00a0{text}",
    "a zero-width space": lambda text: f"{text[:1]}\u200b{text[1:]}",
    "a soft hyphen": lambda text: f"{text[:1]}\u00ad{text[1:]}",
    "full width": lambda text: "".join(chr(ord(character) + 0xFEE0) for character in text),
}
TWIN = pytest.mark.parametrize("twin", TWINS)


def alike(
    tenants: list[dict[str, Any]], listed: list[tuple[str, str]], held: Quantities | None = None, **fields: Any
) -> list[Lookalike]:
    """The lookalikes of an organization of which these services are listed, each holding U 1."""
    (organization,) = parse_organizations([{"id": "o", "tenants": tenants, **fields}])
    names = {service_key(*service): service for service in listed}
    found = compare(organization, held, {key: {"U": 1} for key in names}, names, frozenset())
    return lookalikes_of(organization, found.entries, listed)


@TWIN
@pytest.mark.parametrize("beside", [[], [("tee", "apps")]])
def test_a_tenant_that_only_looks_like_the_named_one_is_told(twin: str, beside: list[tuple[str, str]]) -> None:
    tenants = [{"id": "tee", "name": "Tee", "services": [{"type": "du", "products": products(U=2)}]}]
    assert alike(tenants, [(TWINS[twin]("tee"), "du"), *beside])
    assert not alike(tenants, [("tee", "du"), *beside])


@TWIN
def test_a_service_that_only_looks_like_the_named_one_is_told(twin: str) -> None:
    tenants = [{"id": "tee", "name": "Tee", "services": [{"type": "du", "products": products(U=2)}]}]
    # A type in another letter case is the same one: servers spell them as they like.
    assert bool(alike(tenants, [("tee", TWINS[twin]("du"))])) == (twin != "letter case")


@TWIN
def test_nothing_of_an_absent_tenant_is_left_with_one_that_looks_like_it(twin: str) -> None:
    tenants = [{"id": "tee", "state": "absent"}]
    assert alike(tenants, [("tee", "du"), (TWINS[twin]("tee"), "apps")])
    assert not alike(tenants, [("tee", "du"), ("other", "apps")])
    if twin != "letter case":
        assert alike(tenants, [("tee", TWINS[twin]("du"))])


@TWIN
def test_nothing_is_taken_from_a_tenant_that_looks_like_a_named_one(twin: str) -> None:
    tenants = [{"id": "tee", "name": "Tee", "services": [{"type": "du", "products": products(U=1)}]}]
    assert alike(tenants, [("tee", "du"), (TWINS[twin]("tee"), "apps")], exclusive_services=True)
    assert not alike(tenants, [("tee", "du"), ("other", "apps")], exclusive_services=True)


@TWIN
def test_a_code_that_only_looks_like_the_named_one_is_told(twin: str) -> None:
    named = {"products": products(UNATT=2)}
    assert alike([], [], {TWINS[twin]("UNATT") if twin != "letter case" else "unatt": 1}, **named)
    assert not alike([], [], {"UNATT": 1}, **named)
