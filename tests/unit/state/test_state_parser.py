# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state: what it may look like, and each refusal with the place in the user's words."""

from __future__ import annotations

import copy
import datetime
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import InvalidInput, Kind
from ansible_collections.tenantops.licensing.plugins.module_utils._model.desired import (
    KEEP,
    DesiredEntity,
    DesiredOrganization,
    DesiredPack,
    DesiredService,
    DesiredTenant,
    identity,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._state.fields import CheckedMapping, nearest
from ansible_collections.tenantops.licensing.plugins.module_utils._state.mistakes import Mistakes
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import (
    checked_identifier,
    parse_license_packs,
    parse_organizations,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._state.quantities import LARGEST_QUANTITY
from ansible_collections.tenantops.licensing.plugins.module_utils._visible_text import visible
from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples

GUID = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"

SAMPLE: list[dict[str, Any]] = [
    {
        "id": "y-y-y-delilah",
        "name": "delilah",
        "labels": {"region": "emea"},
        "products": [
            {"code": "UNATT", "quantity": 10},
            {"code": "NONPR", "quantity": 4},
            {"code": "TIE", "quantity": 2},
        ],
        "exclusive": True,
        "exclusive_services": False,
        "tenants": [
            {
                "id": "y1968",
                "name": "Default",
                "services": [
                    {
                        "type": "orchestrator",
                        "products": [{"code": "UNATT", "quantity": 5}, {"code": "NONPR", "quantity": 4}],
                    },
                    {"type": "du", "products": [{"code": "TIE", "quantity": 2}], "exclusive": True},
                ],
            }
        ],
    }
]


def products(**quantities: Any) -> list[dict[str, Any]]:
    return [{"code": code, "quantity": quantity} for code, quantity in quantities.items()]


def organization(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "b", **fields}]


def tenant(**fields: Any) -> list[dict[str, Any]]:
    return organization(tenants=[{"id": "t1", "name": "T", **fields}])


def service(**fields: Any) -> list[dict[str, Any]]:
    return tenant(services=[{"type": "du", **fields}])


def pack(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "p", **fields}]


def entity(**fields: Any) -> list[dict[str, Any]]:
    return pack(entities=[{"id": "e", **fields}])


def refusal_of_organizations(value: Any) -> str:
    with pytest.raises(InvalidInput) as refused:
        parse_organizations(value)
    assert refused.value.kind is Kind.INVALID_INPUT
    return refused.value.message


def refusal_of_packs(value: Any) -> str:
    with pytest.raises(InvalidInput) as refused:
        parse_license_packs(value)
    return refused.value.message


# What it may look like


def test_the_file_of_the_documentation_becomes_typed_values() -> None:
    (found,) = parse_organizations(SAMPLE)
    assert found == DesiredOrganization(
        id="y-y-y-delilah",
        name="delilah",
        labels={"region": "emea"},
        products={"UNATT": 10, "NONPR": 4, "TIE": 2},
        exclusive=True,
        exclusive_services=False,
        tenants=(
            DesiredTenant(
                "y1968",
                "Default",
                (
                    DesiredService("orchestrator", {"UNATT": 5, "NONPR": 4}),
                    DesiredService("du", {"TIE": 2}, exclusive=True),
                ),
            ),
        ),
    )


def test_the_packs_of_the_documentation_become_typed_values() -> None:
    entities = [
        {"id": "store-1"},
        {"id": "store-2", "expiration_date": "2027-01-31"},
        {"id": "store-3", "state": "absent"},
    ]
    (found,) = parse_license_packs([{"id": "listings-2026", "exclusive": False, "entities": entities}])
    assert found == DesiredPack(
        "listings-2026",
        (DesiredEntity("store-1"), DesiredEntity("store-2", "2027-01-31"), DesiredEntity("store-3", absent=True)),
    )


def test_parsing_leaves_what_it_was_given_as_it_was() -> None:
    given_value = copy.deepcopy(SAMPLE)
    parse_organizations(given_value)
    assert given_value == SAMPLE


def test_nothing_is_nothing() -> None:
    assert parse_organizations([]) == ()
    assert parse_license_packs([]) == ()


def test_null_counts_as_omitted_at_every_level() -> None:
    nulls = dict.fromkeys(("name", "allow_empty", "state"))
    lists = dict.fromkeys(("labels", "products", "exclusive", "exclusive_services", "tenants"))
    assert parse_organizations(organization(**nulls, **lists)) == (DesiredOrganization("b"),)
    (found,) = parse_organizations(tenant(**nulls, services=None))
    assert found.tenants == (DesiredTenant("t1"),)
    (found,) = parse_organizations(service(products=None, exclusive=None, allow_empty=None, state=None))
    assert found.tenants == (DesiredTenant("t1", "T", (DesiredService("du"),)),)
    assert parse_license_packs(pack(entities=None, exclusive=None, allow_empty=None)) == (DesiredPack("p"),)
    assert parse_license_packs(entity(expiration_date=None, state=None)) == (DesiredPack("p", (DesiredEntity("e"),)),)


def test_omitted_is_not_empty() -> None:
    assert parse_organizations(organization())[0].products is None
    assert parse_organizations(organization(products=[]))[0].products == {}
    assert parse_organizations(organization())[0].tenants is None
    assert parse_organizations(organization(tenants=[]))[0].tenants == ()
    assert parse_license_packs(pack())[0].entities is None
    assert parse_license_packs(pack(entities=[]))[0].entities == ()


def test_an_expiration_has_three_states() -> None:
    def expiration(**fields: Any) -> Any:
        (found,) = parse_license_packs(entity(**fields))
        assert found.entities is not None
        return found.entities[0].expiration

    assert expiration() is KEEP
    assert expiration(expiration_date="never") is None
    assert expiration(expiration_date="2027-01-31") == "2027-01-31"
    # What YAML makes of a date without quotes is the same date.
    assert expiration(expiration_date=datetime.date(2027, 1, 31)) == "2027-01-31"
    assert repr(KEEP) == "KEEP"


def test_a_quantity_may_be_the_text_that_a_template_makes() -> None:
    assert parse_organizations(organization(products=products(A="0", B="17")))[0].products == {"A": 0, "B": 17}
    assert parse_organizations(organization(products=products(A=str(LARGEST_QUANTITY))))[0].products == {
        "A": LARGEST_QUANTITY
    }


def test_absent_stands_at_every_level() -> None:
    assert parse_organizations(organization(state="absent"))[0].absent
    (found,) = parse_organizations(organization(tenants=[{"id": "t1", "state": "absent"}]))
    assert found.tenants == (DesiredTenant("t1", absent=True),)
    (found,) = parse_organizations(
        organization(tenants=[{"id": "t1", "services": [{"type": "du", "state": "absent"}]}])
    )
    assert found.tenants == (DesiredTenant("t1", None, (DesiredService("du", absent=True),)),)
    assert not parse_organizations(organization(state="present"))[0].absent


def test_an_organization_may_be_absent_together_with_what_its_services_hold() -> None:
    services = [{"type": "du", "state": "absent"}, {"type": "orchestrator", "products": products(U=0)}, {"type": "x"}]
    (found,) = parse_organizations(
        organization(
            state="absent", tenants=[{"id": "t", "name": "T", "services": services}, {"id": "u", "state": "absent"}]
        )
    )
    assert found.absent


def test_allow_empty_takes_everything_away_on_request() -> None:
    assert parse_organizations(organization(products=[], exclusive=True, allow_empty=True))[0].products == {}
    assert parse_organizations(organization(tenants=[], exclusive_services=True, allow_empty=True))[0].tenants == ()
    (found,) = parse_organizations(service(products=[], exclusive=True, allow_empty=True))
    assert found.tenants is not None
    empty = {"id": "t1", "services": []}
    for fields in ({"allow_empty": True, "tenants": [empty]}, {"tenants": [{**empty, "allow_empty": True}]}):
        (found,) = parse_organizations(organization(exclusive_services=True, **fields))
        assert found.tenants == (DesiredTenant("t1", services=()),)
    assert parse_license_packs(pack(entities=[], exclusive=True, allow_empty=True))[0].entities == ()


def test_services_may_add_up_to_all_that_their_organization_has() -> None:
    services = [{"type": "du", "products": products(U=2)}, {"type": "x", "products": products(U=1, V=9)}]
    tenants = [{"id": "t", "name": "T", "services": services}]
    (found,) = parse_organizations(organization(products=products(U=3), tenants=tenants))
    assert found.tenants == (
        DesiredTenant("t", "T", (DesiredService("du", {"U": 2}), DesiredService("x", {"U": 1, "V": 9}))),
    )


def test_what_goes_does_not_count_to_the_sum_of_services() -> None:
    services = [{"type": "du", "products": products(U=3)}, {"type": "x", "state": "absent"}]
    tenants = [{"id": "t", "name": "T", "services": services}, {"id": "u", "state": "absent"}]
    (found,) = parse_organizations(organization(products=products(U=3), tenants=tenants))
    assert found.tenants == (
        DesiredTenant("t", "T", (DesiredService("du", {"U": 3}), DesiredService("x", absent=True))),
        DesiredTenant("u", absent=True),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme", "acme"), (GUID, GUID.upper()), (GUID, "{" + GUID + "}"), ("Café", "CAFÉ"), ("straße", "STRASSE")],
)
def test_two_ids_that_differ_in_letter_case_only_are_one_thing_twice(one: str, other: str) -> None:
    """Whether a server tells them apart is not known; that a person meant both is unlikely."""
    for refusal in (refusal_of_organizations, refusal_of_packs):
        message = refusal([{"id": one}, {"id": other}])
        assert f"{other}: the same" in message
        assert "stands twice" in message
        assert (repr(one) in message) == (identity(one) != identity(other))


def test_two_ids_that_differ_in_letter_case_are_two_where_one_is_to_be_absent() -> None:
    rows = [{"id": "Store-1", "state": "absent"}, {"id": "store-1"}]
    (found,) = parse_license_packs(pack(entities=rows))
    assert [one.id for one in found.entities or ()] == ["Store-1", "store-1"]
    message = refusal_of_organizations(tenant(services=[{"type": "du"}, {"type": "DU", "state": "absent"}]))
    assert message == "organization b, tenant t1, service DU: the same service stands twice"


HIDDEN = {
    " store-1": "it has a blank at its edge",
    "store-1 ": "it has a blank at its edge",
    "store-1\u00a0": "it has U+00A0 (NO-BREAK SPACE), which looks like an ordinary blank",
    "store\u2003-1": "it has U+2003 (EM SPACE), which looks like an ordinary blank",
    "store\u200b-1": "it has U+200B (ZERO WIDTH SPACE), which nobody sees",
    "store\u202e-1": "it has U+202E (RIGHT-TO-LEFT OVERRIDE), which nobody sees",
    "\ufeffstore-1": "it has U+FEFF (ZERO WIDTH NO-BREAK SPACE), which nobody sees",
    "store-1\ufe0f": "it has U+FE0F (VARIATION SELECTOR-16), which nobody sees",
    "store-1\u3164": "it has U+3164 (HANGUL FILLER), which nobody sees",
    "store\x85-1": "it has U+0085 (a control character), which nobody sees",
    "Cafe\u0301": "it is written with combining marks ('Cafe\\u0301'), where the composed letters look the same",
    "\u212bngstrom": "it is written with combining marks",
    "a\nb": "it must have visible characters and no control characters",
    "a\x1bb": "it must have visible characters and no control characters",
    "\ud800": "it must have visible characters and no control characters",
    "..": "which no server can tell from a folder",
    "": "it must have visible characters",
}


@pytest.mark.parametrize("an_id", HIDDEN)
def test_what_nobody_sees_in_an_id_is_refused_and_shown(an_id: str) -> None:
    messages = [
        refusal_of_organizations([{"id": an_id}]),
        refusal_of_organizations(organization(tenants=[{"id": an_id}])),
        refusal_of_organizations(tenant(services=[{"type": an_id}])),
        refusal_of_packs([{"id": an_id}]),
        refusal_of_packs(pack(entities=[{"id": an_id}])),
    ]
    if an_id != "..":
        messages.append(refusal_of_organizations(organization(products=[{"code": an_id, "quantity": 1}])))
    for message in messages:
        assert HIDDEN[an_id] in message
        assert visible(repr(an_id)) in message
        assert message.isprintable()


@given(st.text(min_size=1, max_size=6))
@settings(max_examples=examples(3))
def test_an_id_that_is_taken_can_be_told_from_every_other_by_looking_at_it(an_id: str) -> None:
    """What is taken stays itself under all that makes two spellings look alike, letter case apart."""
    try:
        (found,) = parse_organizations([{"id": an_id}])
    except InvalidInput as refused:
        assert refused.message.isprintable()  # noqa: PT017
        return
    assert found.id == an_id == an_id.strip() == unicodedata.normalize("NFC", an_id)
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in an_id)


def test_identity_is_the_same_for_one_guid_in_two_spellings() -> None:
    assert identity(GUID) == identity(GUID.upper()) == identity("{" + GUID + "}") == identity(GUID.replace("-", ""))
    assert identity("Acme") == "Acme"
    for length in (32, 36, 38):
        assert identity("Z" * length) == "Z" * length


def test_an_id_may_hold_what_a_path_must_escape() -> None:
    assert parse_organizations([{"id": "a/b #?% ü"}])[0].id == "a/b #?% ü"


# What is refused, and where


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("a", "organizations: 'a' is not a list"),
        ({"id": "a"}, "organizations: {'id': 'a'} is not a list"),
        (None, "organizations: None is not a list"),
        (["a"], "organization 1: 'a' is not a mapping"),
        ([{"id": "a"}, None], "organization 2: None is not a mapping"),
        ([{}], "organization 1: id is missing"),
        ([{"id": None}], "organization 1: id is missing"),
        ([{"id": 83}], "organization 1: id is 83, which is a number, not a string: write it in quotes"),
        ([{"id": 1.1}], "organization 1: id is 1.1, which is a number, not a string: write it in quotes"),
        ([{"id": False}], "organization 1: id is False, which is a boolean, not a string: write it in quotes"),
        (
            [{"id": datetime.date(2027, 1, 31)}],
            "organization 1: id is 2027-01-31, which is a date, not a string: write it in quotes",
        ),
        ([{"id": ["a"]}], "organization 1: id is ['a'], which is of type list, not a string: write it in quotes"),
        ([{"id": " "}], "organization 1: id is ' ': it must have visible characters and no control characters"),
        ([{"id": "a\nb"}], r"organization 1: id is 'a\nb': it must have visible characters and no control characters"),
        ([{"id": "\x7f"}], r"organization 1: id is '\x7f': it must have visible characters and no control characters"),
        ([{"id": ".."}], "organization 1: id is '..', which no server can tell from a folder"),
        ([{"id": "."}], "organization 1: id is '.', which no server can tell from a folder"),
        ([{"id": "a"}, {"id": "a"}], "organization a: the same organization stands twice"),
        (
            [{"id": GUID}, {"id": GUID.upper()}],
            f"organization {GUID.upper()}: the same organization stands twice",
        ),
        ([{"id": "b", "tenant": []}], "organization 1: there is no key 'tenant'; is tenants meant?"),
        (
            [{"id": "b", "zzz": 1}],
            "organization 1: there is no key 'zzz'; the keys are id, name, labels, products, exclusive, "
            "exclusive_services, allow_empty, tenants, state",
        ),
        (
            [{"id": "b", 5: 1}],
            "organization 1: there is no key 5; the keys are id, name, labels, products, exclusive, "
            "exclusive_services, allow_empty, tenants, state",
        ),
        (organization(name=5), "organization b: name is 5, which is a number, not a string: write it in quotes"),
        (organization(exclusive="yes"), "organization b: exclusive is 'yes': write true or false"),
        (organization(exclusive=0), "organization b: exclusive is 0: write true or false"),
        (organization(exclusive_services="no"), "organization b: exclusive_services is 'no': write true or false"),
        (organization(state="gone"), "organization b: state is 'gone': write present or absent"),
        (organization(state=False), "organization b: state is False: write present or absent"),
        (organization(labels=["a"]), "organization b: labels is not a mapping"),
        (organization(labels={"zip": 123}), "organization b: label zip: 123 is not a string: write it in quotes"),
        (organization(products={"U": 1}), "organization b: products is not a list"),
        (organization(products="U"), "organization b: products is not a list"),
        (organization(tenants={}), "organization b: tenants is not a list"),
        (organization(tenants=["t"]), "organization b, tenant 1: 't' is not a mapping"),
        (organization(tenants=[{"name": "T"}]), "organization b, tenant 1: id is missing"),
        (
            organization(tenants=[{"id": 1.1}]),
            "organization b, tenant 1: id is 1.1, which is a number, not a string: write it in quotes",
        ),
        (
            organization(tenants=[{"id": "t"}, {"id": "t"}]),
            "organization b, tenant t: the same tenant stands twice",
        ),
        (
            organization(tenants=[{"id": GUID}, {"id": GUID.upper()}]),
            f"organization b, tenant {GUID.upper()}: the same tenant stands twice",
        ),
        (
            tenant(exclusive=True),
            "organization b, tenant 1: there is no key 'exclusive'; "
            "the keys are id, name, services, allow_empty, state",
        ),
        (tenant(services=5), "organization b, tenant t1: services is not a list"),
        (tenant(services=[5]), "organization b, tenant t1, service 1: 5 is not a mapping"),
        (tenant(services=[{}]), "organization b, tenant t1, service 1: type is missing"),
        (
            tenant(services=[{"type": "."}]),
            "organization b, tenant t1, service 1: type is '.', which no server can tell from a folder",
        ),
        (
            tenant(services=[{"type": "du"}, {"type": "du"}]),
            "organization b, tenant t1, service du: the same service stands twice",
        ),
        (service(products=5), "organization b, tenant t1, service du: products is not a list"),
        (service(products=[5]), "organization b, tenant t1, service du, product 1: 5 is not a mapping"),
        (service(products=[{"quantity": 1}]), "organization b, tenant t1, service du, product 1: code is missing"),
        (
            service(products=[{"code": True, "quantity": 1}]),
            "organization b, tenant t1, service du, product 1: code is True, which is a boolean, not a string: "
            "write it in quotes",
        ),
        (
            service(products=[{"code": "U", "amount": 1}]),
            "organization b, tenant t1, service du, product 1: there is no key 'amount'; the keys are code, quantity",
        ),
        (service(products=[{"code": "UNATT"}]), "organization b, tenant t1, service du, UNATT: quantity is missing"),
        (
            service(products=products(UNATT=1.5)),
            "organization b, tenant t1, service du, UNATT: 1.5 is not a whole number",
        ),
        (
            service(products=products(U=2.0)),
            "organization b, tenant t1, service du, U: 2.0 is not a whole number: write 2",
        ),
        (
            service(products=products(U=True)),
            "organization b, tenant t1, service du, U: the boolean true is not a whole number",
        ),
        (
            service(products=products(U=False)),
            "organization b, tenant t1, service du, U: the boolean false is not a whole number",
        ),
        (service(products=products(U="five")), "organization b, tenant t1, service du, U: five is not a whole number"),
        (service(products=products(U="")), "organization b, tenant t1, service du, U: nothing is not a whole number"),
        (service(products=products(U="007")), "organization b, tenant t1, service du, U: 007 is not a whole number"),
        (service(products=products(U="٣")), "organization b, tenant t1, service du, U: ٣ is not a whole number"),
        (service(products=products(U="-1")), "organization b, tenant t1, service du, U: -1 is not a whole number"),
        (
            service(products=products(U=-1)),
            "organization b, tenant t1, service du, U: -1 is negative; to take the code away, write 0",
        ),
        (
            service(products=[*products(U=1), *products(U=2)]),
            "organization b, tenant t1, service du, U: the same code stands twice",
        ),
        (organization(products=products(U=float("nan"))), "organization b, U: nan is not a whole number"),
        (
            organization(state="absent", products=products(U=1)),
            "organization b: state absent stands alone; to take a code away, write quantity 0 for it",
        ),
        (
            tenant(state="absent", services=[{"type": "du"}]),
            "organization b, tenant t1: state absent stands alone; it takes the licences of every service of the "
            "tenant",
        ),
        (
            service(state="absent", products=products(U=1)),
            "organization b, tenant t1, service du: state absent stands alone; to take a code away, write quantity 0 "
            "for it",
        ),
        (
            organization(products=[], exclusive=True),
            "organization b: products is empty and exclusive, which takes everything away: set allow_empty to true, "
            "or omit it",
        ),
        (
            organization(products=[], exclusive=True, allow_empty="yes"),
            "organization b: allow_empty is 'yes': write true or false",
        ),
        (
            organization(tenants=[], exclusive_services=True),
            "organization b: tenants is empty and exclusive, which takes everything away: set allow_empty to true, "
            "or omit it",
        ),
        (
            organization(tenants=[{"id": "t1", "services": []}], exclusive_services=True),
            "organization b, tenant t1: services is empty and exclusive, which takes everything away: set allow_empty "
            "to true, or omit it",
        ),
        (
            service(products=[], exclusive=True, allow_empty=False),
            "organization b, tenant t1, service du: products is empty and exclusive, which takes everything away: set "
            "allow_empty to true, or omit it",
        ),
        (
            organization(tenants=[{"id": "t1", "services": [{"type": "du", "products": products(U=1)}]}]),
            "organization b, tenant t1: name is missing; UiPath wants the tenant's name with every allocation",
        ),
        (
            organization(state="absent", tenants=SAMPLE[0]["tenants"]),
            "organization b: state is absent, but tenant y1968, service orchestrator is to hold licences: "
            "make it absent too",
        ),
        (
            organization(products=products(UNATT=4), tenants=SAMPLE[0]["tenants"]),
            "organization b: UNATT: its services add up to 5, but the organization is to have 4",
        ),
        (
            organization(products=products(UNATT=5, NONPR=0), tenants=SAMPLE[0]["tenants"], exclusive=True),
            "organization b: NONPR: its services add up to 4, but the organization is to have 0",
        ),
    ],
)
def test_a_refusal_of_organizations_names_the_place(value: Any, message: str) -> None:
    assert refusal_of_organizations(value) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("a", "license_packs: 'a' is not a list"),
        ([{}], "license pack 1: id is missing"),
        ([{"id": 12}], "license pack 1: id is 12, which is a number, not a string: write it in quotes"),
        ([{"id": "p"}, {"id": "p"}], "license pack p: the same license pack stands twice"),
        (
            [{"id": "-"}],
            "license pack -: the ID - stands for every pack, and no licence can be assigned on all of them",
        ),
        (pack(entitys=[]), "license pack 1: there is no key 'entitys'; is entities meant?"),
        (pack(exclusive=1), "license pack p: exclusive is 1: write true or false"),
        (pack(entities={}), "license pack p: entities is not a list"),
        (
            pack(entities=[], exclusive=True),
            "license pack p: entities is empty and exclusive, which takes everything away: set allow_empty to true, "
            "or omit it",
        ),
        (pack(entities=["e"]), "license pack p, entity 1: 'e' is not a mapping"),
        (
            pack(entities=[{"id": 7}]),
            "license pack p, entity 1: id is 7, which is a number, not a string: write it in quotes",
        ),
        (pack(entities=[{"id": "e"}, {"id": "e"}]), "license pack p, entity e: the same entity stands twice"),
        (entity(state="gone"), "license pack p, entity e: state is 'gone': write present or absent"),
        (
            entity(state="absent", expiration_date="2027-01-31"),
            "license pack p, entity e: state absent stands alone, without expiration_date",
        ),
        *(
            (
                entity(expiration_date=date),
                f"license pack p, entity e: expiration_date '{date}' is no date: write it as YYYY-MM-DD, or never, "
                "or omit it",
            )
            for date in (
                "2027-02-30",
                "31.01.2027",
                "2027-1-31",
                "20270131",
                "2027-01-31T00:00:00",
                "Never",
                "",
                20270131,
                False,
                datetime.datetime(2027, 1, 31, 12),
                "２０２７-01-31",  # noqa: RUF001
            )
        ),
    ],
)
def test_a_refusal_of_license_packs_names_the_place(value: Any, message: str) -> None:
    assert refusal_of_packs(value) == message


@pytest.mark.parametrize(
    "quantity", [LARGEST_QUANTITY + 1, str(LARGEST_QUANTITY + 1), "9" * 5000, 10**5000], ids=range(4)
)
def test_a_quantity_that_no_server_can_count_is_refused(quantity: Any) -> None:
    message = refusal_of_organizations(organization(products=products(U=quantity)))
    assert message.startswith("organization b, U: ")


def test_one_option_is_refused_by_its_name() -> None:
    assert checked_identifier("entity_id", "e") == "e"
    for value, message in (
        (None, "entity_id is missing"),
        (5, "entity_id is 5, which is a number, not a string: write it in quotes"),
        ("..", "entity_id is '..', which no server can tell from a folder"),
    ):
        with pytest.raises(InvalidInput) as refused:
            checked_identifier("entity_id", value)
        assert refused.value.message == message


# Whatever is given, it is taken or refused

SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(("U", "a", "b", "never", "present", "absent", "2027-02-30", "2027-01-31", "3", GUID)),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=2),
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3), max_leaves=6
)


def listed(item: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly a list of such items, now and then anything."""
    return st.one_of(st.lists(item, max_size=3), st.lists(item, max_size=3), ANYTHING)


def mapping(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Mostly such values, now and then anything, each key there or not."""
    return st.fixed_dictionaries({}, optional={name: one | ANYTHING for name, one in fields.items()})


IDS = st.sampled_from(("a", "b", GUID, GUID.upper()))
STATES = st.sampled_from(("present", "absent"))
PRODUCTS = listed(st.fixed_dictionaries({"code": st.sampled_from(("U", "V")) | SCALARS, "quantity": SCALARS}))
SERVICES = listed(
    mapping(type=IDS, products=PRODUCTS, exclusive=st.booleans(), allow_empty=st.booleans(), state=STATES)
)
TENANTS = listed(mapping(id=IDS, name=IDS, services=SERVICES, allow_empty=st.booleans(), state=STATES))
ORGANIZATIONS = listed(
    mapping(
        id=IDS,
        name=IDS,
        labels=st.dictionaries(IDS, IDS),
        products=PRODUCTS,
        exclusive=st.booleans(),
        exclusive_services=st.booleans(),
        allow_empty=st.booleans(),
        tenants=TENANTS,
        state=STATES,
    )
)
PACKS = listed(
    mapping(
        id=IDS,
        exclusive=st.booleans(),
        allow_empty=st.booleans(),
        entities=listed(mapping(id=IDS, expiration_date=st.just("never"), state=STATES)),
    )
)


@given(ORGANIZATIONS | ANYTHING)
@settings(max_examples=examples(1.5))
def test_organizations_are_taken_or_refused_whatever_they_are(value: Any) -> None:
    try:
        found = parse_organizations(value)
    except InvalidInput as refused:
        assert refused.message  # noqa: PT017
        return
    assert len({identity(organization.id) for organization in found}) == len(found) == len(value)
    for organization in found:
        for product in (organization.products or {}).values():
            assert 0 <= product <= LARGEST_QUANTITY


@given(PACKS | ANYTHING)
def test_license_packs_are_taken_or_refused_whatever_they_are(value: Any) -> None:
    try:
        found = parse_license_packs(value)
    except InvalidInput as refused:
        assert refused.message  # noqa: PT017
        return
    assert len({pack.id for pack in found}) == len(found) == len(value)


# One mapping


def test_the_nearest_words_come_first_and_at_most_three() -> None:
    known = ("UNATT", "UNATTU", "UNATT-HOSTING", "TAUNATT", "TIE")
    assert nearest("unat", known) == ["UNATT", "UNATTU", "TAUNATT"]
    assert nearest("UNATT", ("unatt",)) == ["unatt"]
    assert nearest("XYZ", known) == []


def test_a_mapping_without_a_place_refuses_without_one() -> None:
    mistakes = Mistakes()
    CheckedMapping({"b": 1}, "", ("quantity",), mistakes)
    with pytest.raises(InvalidInput) as refused:
        mistakes.refuse()
    assert refused.value.message == "there is no key 'b'; the keys are quantity"
