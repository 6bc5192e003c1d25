# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of license packs: rule by rule, and against a model of its own over generated packs."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._audit.findings import Audit, Terms, key_of
from ansible_collections.tenantops.licensing.plugins.module_utils._model.current import LicensePack, PackAssignments
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import parse_license_packs
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.audit import audit_packs
from ansible_collections.tenantops.licensing.tests.unit.support.audit_model import (
    HeldPack,
    Question,
    Record,
    comparable,
    expected_of_packs,
)
from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples

NOW = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)
SECONDS = int(NOW.timestamp())
ASKED = Question(SECONDS)
FAR = "2999-01-01"


def audit(file: list[Record], held: Mapping[str, HeldPack], asked: Question = ASKED) -> Audit:
    found = {
        pack_id: PackAssignments(
            LicensePack(pack_id, one.name, one.total, one.assigned, one.available), dict(one.entities)
        )
        for pack_id, one in held.items()
    }
    now = datetime.datetime.fromtimestamp(asked.now, datetime.UTC)
    terms = Terms(now, asked.days, asked.share, asked.ignore, asked.include_omitted)
    return audit_packs(parse_license_packs(file), found, terms)


def of_one(
    entities: Mapping[str, str | None],
    *declared: Record,
    counts: tuple[int | None, int | None, int | None] = (None, None, None),
    asked: Question = ASKED,
    **fields: Any,
) -> Audit:
    """The audit of pack p. ``counts``: what it says is its total, assigned and available."""
    file = [{"id": "p", "entities": list(declared), **fields}]
    return audit(file, {"p": HeldPack("Listings", *counts, entities)}, asked)


def short(found: Audit) -> list[tuple[Any, ...]]:
    """Each finding as kind, entity or code, wanted, held, difference, and whether it is fixable."""
    return [
        (one.kind.value, one.spot.entity_id or one.spot.code, one.wanted, one.held, one.difference, one.fixable)
        for one in found.findings
    ]


# Who is assigned


def test_an_entity_that_was_agreed_and_is_not_assigned_is_missing() -> None:
    assert short(of_one({}, {"id": "e"})) == [("missing", "e", 1, 0, -1, True)]
    assert short(of_one({}, {"id": "e", "expiration_date": "never"})) == [("missing", "e", 1, 0, -1, True)]


def test_an_entity_that_is_assigned_as_agreed_is_no_finding() -> None:
    held = {"a": None, "b": FAR, "c": None, "d": FAR}
    declared = [{"id": "a"}, {"id": "b"}, {"id": "c", "expiration_date": "never"}, {"id": "d", "expiration_date": FAR}]
    assert of_one(held, *declared, exclusive=True).findings == []


def test_an_absent_entity_that_is_assigned_is_too_much() -> None:
    assert short(of_one({"e": None}, {"id": "e", "state": "absent"})) == [("too_much", "e", 0, 1, 1, True)]
    assert of_one({}, {"id": "e", "state": "absent"}).findings == []


@pytest.mark.parametrize("exclusive", [False, True])
def test_an_entity_that_no_file_names_is_unmanaged(exclusive: bool) -> None:
    found = of_one({"e": None, "f": FAR}, {"id": "e"}, exclusive=exclusive)
    assert short(found) == [("unmanaged", "f", 0, 1, 1, exclusive)]
    assert found.findings[0].as_result() == {
        **{"kind": "unmanaged", "concern": "drift", "license_pack_id": "p", "license_pack": "Listings"},
        **{"entity_id": "f", "wanted": 0, "held": 1, "difference": 1, "fixable": exclusive},
    }


def test_an_empty_list_is_not_omitted() -> None:
    assert short(of_one({"e": None})) == [("unmanaged", "e", 0, 1, 1, False)]
    assert short(of_one({"e": None}, exclusive=True, allow_empty=True)) == [("unmanaged", "e", 0, 1, 1, True)]


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("pack", [{}, {"entities": None}])
def test_what_the_file_omits_was_left_open_unless_it_is_included(pack: Record, exclusive: bool) -> None:
    file = [{"id": "p", "exclusive": exclusive, **pack}]
    held = {"p": HeldPack(None, 2, 2, 0, {"e": None, "f": None})}
    asked = Question(SECONDS, share=100)
    assert audit(file, held, asked).findings == []
    included = audit(file, held, Question(SECONDS, share=100, include_omitted=True))
    assert short(included) == [("unmanaged", "e", 0, 1, 1, False), ("unmanaged", "f", 0, 1, 1, False)]


def test_a_pack_that_could_not_be_read_has_no_findings() -> None:
    file = [{"id": "p", "entities": [{"id": "e"}]}, {"id": "q", "entities": [{"id": "e"}]}]
    found = audit(file, {"q": HeldPack()})
    assert [finding.spot.license_pack_id for finding in found.findings] == ["q"]


# Ends


@pytest.mark.parametrize(
    ("agreed", "has", "told"),
    [
        (FAR, "2999-01-03", (FAR, "2999-01-03", 2)),
        ("2999-01-03", FAR, ("2999-01-03", FAR, -2)),
        (FAR, None, (FAR, "never", None)),
        ("never", FAR, ("never", FAR, None)),
        (FAR, "someday", (FAR, "someday", None)),
        (FAR, "2999-02-30", (FAR, "2999-02-30", None)),
        (datetime.date(2999, 1, 1), FAR, None),
        (None, FAR, None),
    ],
)
def test_an_assignment_that_ends_otherwise_than_agreed_is_told(
    agreed: Any, has: str | None, told: tuple[Any, ...] | None
) -> None:
    found = of_one({"e": has}, {"id": "e", "expiration_date": agreed})
    assert short(found) == ([("expires_otherwise", "e", *told, True)] if told else [])


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2026-11-21", [("ended", "2026-11-21", -1, "ended 1 day ago")]),
        ("2026-11-22", [("expires_soon", "2026-11-22", 0, "ends today")]),
        ("2026-11-23", [("expires_soon", "2026-11-23", 1, "ends in 1 day")]),
        ("2026-12-22", [("expires_soon", "2026-12-22", 30, "ends in 30 days")]),
        ("2026-12-23", []),
        (None, []),
        ("someday", []),
    ],
)
def test_ends_past_and_near_are_told(day: str | None, told: list[tuple[Any, ...]]) -> None:
    for declared in ([], [{"id": "e"}]):
        found = of_one({"e": day}, *declared)
        ends = [
            (one.kind.value, one.held, one.difference, one.detail) for one in found.findings if one.kind != "unmanaged"
        ]
        assert ends == told
        assert all(one.wanted is None for one in found.findings if one.kind != "unmanaged")


@pytest.mark.parametrize("agreed", ["2026-11-20", "2026-12-01", "never", FAR])
def test_an_end_is_told_with_the_one_that_was_agreed(agreed: str) -> None:
    found = of_one({"e": "2026-12-01"}, {"id": "e", "expiration_date": agreed})
    assert [one.wanted for one in found.findings if one.kind == "expires_soon"] == [agreed]


@pytest.mark.parametrize(
    ("agreed", "over"), [("2026-11-21", True), ("2026-11-22", True), ("2026-11-23", False), ("never", False)]
)
def test_an_entity_whose_agreed_day_is_past_need_not_be_assigned(agreed: str, over: bool) -> None:
    found = of_one({}, {"id": "e", "expiration_date": agreed}, counts=(0, 0, 0))
    kinds = {finding.kind.value for finding in found.findings}
    assert kinds == (set() if over else {"missing", "insufficient_capacity"})


def test_an_entity_that_is_assigned_past_its_agreed_day_has_ended() -> None:
    found = of_one({"e": "2026-11-01"}, {"id": "e", "expiration_date": "2026-11-01"})
    assert short(found) == [("ended", "e", "2026-11-01", "2026-11-01", -21, False)]


def test_ends_are_counted_by_day() -> None:
    held = {"a": "2026-12-01", "b": "2026-12-01", "c": "2026-11-01", "d": FAR, "e": None}
    found = of_one(held)
    assert sorted((each.date.isoformat(), each.level, each.licenses, each.state) for each in found.expirations) == [
        ("2026-11-01", "license_pack", 1, "ended"),
        ("2026-12-01", "license_pack", 2, "soon"),
        (FAR, "license_pack", 1, "later"),
    ]


# Counts and pools


@pytest.mark.parametrize(("counted", "listed"), [(3, 2), (0, 2), (2, 0)])
def test_a_pack_whose_count_and_listing_disagree_is_told(counted: int, listed: int) -> None:
    entities = {f"e{number}": None for number in range(listed)}
    found = of_one(entities, *({"id": entity} for entity in entities), counts=(None, counted, None))
    assert [one.as_result()["concern"] for one in found.findings] == ["reading"]
    assert short(found) == [("listing_mismatch", None, counted, listed, listed - counted, False)]


def test_a_pack_without_a_count_of_its_own_is_believed() -> None:
    assert of_one({"e": None}, {"id": "e"}, counts=(10, None, None)).findings == []


@pytest.mark.parametrize(
    ("counts", "pool"),
    [
        ((10, 2, 8), (10, 2, 0, 8)),
        ((10, 2, None), (10, 2, 0, 8)),
        ((10, None, None), (10, 2, 0, 8)),
        ((10, 4, None), (10, 2, 2, 6)),
        ((None, None, 7), (9, 2, 0, 7)),
        ((None, 4, 7), (11, 2, 2, 7)),
        ((None, 2, None), None),
        ((None, None, None), None),
    ],
)
def test_what_a_pack_has_and_has_left_is_worked_out_where_it_is_not_told(
    counts: tuple[int | None, int | None, int | None], pool: tuple[int, ...] | None
) -> None:
    found = of_one({"e": None, "f": None}, {"id": "e"}, {"id": "f"}, counts=counts)
    assert [(one.total, one.managed, one.unmanaged, one.free) for one in found.pools] == ([pool] if pool else [])


def test_only_what_the_file_names_is_managed() -> None:
    found = of_one({"e": None, "f": None, "g": None}, {"id": "e"}, {"id": "h"}, counts=(10, 3, 7))
    assert [one.as_result() for one in found.pools] == [
        {
            **{"level": "license_pack", "license_pack_id": "p", "license_pack": "Listings", "code": "licenses"},
            **{"total": 10, "managed": 1, "unmanaged": 2, "free": 7},
        }
    ]


@pytest.mark.parametrize(("total", "told"), [(10, False), (9, True)])
def test_a_pack_above_the_share_is_nearly_used(total: int, told: bool) -> None:
    entities = {f"e{number}": None for number in range(9)}
    found = of_one(entities, *({"id": entity} for entity in entities), counts=(total, 9, total - 9))
    assert short(found) == ([("pool_nearly_used", "licenses", 8, 9, 1, False)] if told else [])


@pytest.mark.parametrize(
    ("free", "exclusive", "told"), [(2, False, None), (1, False, -1), (1, True, None), (-1, True, -2)]
)
def test_a_pack_that_has_too_few_for_what_is_missing_is_told(free: int, exclusive: bool, told: int | None) -> None:
    declared = [{"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "gone", "state": "absent"}]
    found = of_one(
        {"gone": None, "unnamed": None},
        *declared,
        counts=(1000, 2, free),
        exclusive=exclusive,
        asked=Question(SECONDS, share=100),
    )
    lacking = [each for each in short(found) if each[0] == "insufficient_capacity"]
    given = 2 if exclusive else 1
    assert lacking == ([("insufficient_capacity", "licenses", 3, given, told, False)] if told else [])


# Everything, against the model


PACK_IDS = ("p", "q")
# None looks like another: a pack that lists such entities counts as one that could not be read.
ENTITY_IDS = ("1", "2", "store", "x/y")
DAYS = ("2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-12-22", "2026-12-23", FAR)


@st.composite
def entities(draw: st.DrawFn) -> list[Record]:
    listed: list[Record] = []
    for an_id in draw(st.lists(st.sampled_from(ENTITY_IDS), unique=True)):
        if draw(st.integers(0, 3)) == 0:
            listed.append({"id": an_id, "state": "absent"})
            continue
        ends = st.sampled_from((None, "never", *DAYS, *map(datetime.date.fromisoformat, DAYS)))
        listed.append({"id": an_id, **({"expiration_date": draw(ends)} if draw(st.booleans()) else {})})
    return listed


@st.composite
def desired_packs(draw: st.DrawFn, an_id: str) -> Record:
    pack: Record = {"id": an_id, "exclusive": draw(st.booleans()), "allow_empty": True}
    if draw(st.integers(0, 5)):
        pack["entities"] = draw(st.none() | entities()) if draw(st.integers(0, 5)) == 0 else draw(entities())
    return pack


@st.composite
def held_packs(draw: st.DrawFn, declared: Record) -> HeldPack:
    """Near to what was declared, so that ends and entities often agree."""
    held: dict[str, str | None] = {}
    for entity in declared.get("entities") or []:
        if draw(st.booleans()):
            end = entity.get("expiration_date")
            held[entity["id"]] = None if end in (None, "never") else str(end)
    ends = st.sampled_from((None, "someday", "2026-11-31", *DAYS))
    held.update(draw(st.dictionaries(st.sampled_from(ENTITY_IDS), ends, max_size=3)))
    counts = [draw(st.none() | st.integers(least, 6)) for least in (0, 0, -2)]
    if draw(st.booleans()):
        counts[1] = len(held)
    total, assigned, available = counts
    return HeldPack(draw(st.sampled_from((None, "", "Listings"))), total, assigned, available, held)


@settings(max_examples=examples(4))
@given(st.data())
def test_exactly_the_findings_of_the_model_are_told(data: st.DataObject) -> None:
    file = [data.draw(desired_packs(an_id)) for an_id in PACK_IDS]
    held = {one["id"]: data.draw(held_packs(one)) for one in file if data.draw(st.integers(0, 9))}
    days, share = data.draw(st.sampled_from((0, 1, 30))), data.draw(st.sampled_from((0, 50, 90, 100)))
    asked = Question(SECONDS, days, share, include_omitted=data.draw(st.booleans()))
    told = [finding.as_result() for finding in audit(file, held, asked).findings]
    for kind in {record["kind"] for record in told}:
        event(kind)
    assert comparable(told) == comparable(expected_of_packs(file, held, asked))
    assert len({key_of(record) for record in told}) == len(told), "a trend could not tell them apart"
