# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task for many answers: diff, summary, limits of removals, shortages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    InvalidInput,
    Kind,
    LicensingError,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import (
    EntryReport,
    Outcome,
    Report,
    check_removals,
    check_shortages,
    listed,
    removal_limit,
    unverified,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.steps import Shortage


def entry(outcome: Outcome, before: Any = None, after: Any = None, label: str = "b", **fields: Any) -> EntryReport:
    return EntryReport(label, {"organization_id": label}, outcome, before, after, in_words, **fields)


def in_words(held: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(held.items()))


# The diff


def test_the_diff_has_one_sorted_line_for_each_entry_that_differs() -> None:
    report = Report(
        [
            entry(Outcome.UPDATED, {"UNATT": 5}, {"UNATT": 7, "NONPR": 4}, "delilah/Default/orchestrator"),
            entry(Outcome.UNCHANGED, {"U": 1}, {"U": 1}, "same"),
            entry(Outcome.CREATED, {}, {"TIE": 2}, "delilah/Default/du"),
            entry(Outcome.REMOVED, {"U": 1}, {}, "zoe"),
            entry(Outcome.UPDATED, None, {"V": 1}, "unread"),
        ]
    )
    assert report.diff() == {
        "before": "delilah/Default/orchestrator: UNATT 5\nzoe: U 1\n",
        "after": "delilah/Default/du: TIE 2\ndelilah/Default/orchestrator: NONPR 4, UNATT 7\nunread: V 1\n",
    }


def test_where_nothing_differs_the_diff_is_empty() -> None:
    assert Report([entry(Outcome.UNCHANGED, {"U": 1}, {"U": 1})]).diff() == {"before": "", "after": ""}


@given(st.text(st.characters()), st.text(st.characters(), min_size=1), st.text(st.characters(), min_size=1))
def test_a_line_of_a_diff_stays_one_line_whatever_a_name_holds(label: str, code: str, end: str) -> None:
    entries = [
        entry(Outcome.UPDATED, {code: 1}, {code: 2}, label=label),
        entry(Outcome.UPDATED, None, {"end": end}, label=label),
    ]
    report = Report(entries)
    for text, lines in (("before", 1), ("after", 2)):
        told = report.diff()[text]
        assert told.count("\n") == lines
        assert told.replace("\n", "").isprintable()
        told.encode()
    entries[0].confirmed = False
    entries[0].not_restored = label
    assert all(place.isprintable() for place in unverified(entries))
    assert entries[0].as_result()["not_restored"].isprintable()


def test_an_entry_that_was_not_written_is_not_in_the_diff() -> None:
    assert Report([entry(Outcome.NOT_ATTEMPTED, {"U": 1}, {"U": 1})]).diff() == {"before": "", "after": ""}


# The summary


def test_the_summary_counts_every_outcome_and_names_those_that_did_not_occur() -> None:
    report = Report([entry(Outcome.CREATED), entry(Outcome.FAILED), entry(Outcome.CREATED)])
    assert report.summary() == {
        "unchanged": 0,
        "created": 2,
        "updated": 0,
        "removed": 0,
        "failed": 1,
        "not_attempted": 0,
        "rolled_back": 0,
    }


@pytest.mark.parametrize(
    ("outcome", "written", "changed"),
    [
        (Outcome.UNCHANGED, False, False),
        (Outcome.CREATED, False, True),
        (Outcome.UPDATED, False, True),
        (Outcome.REMOVED, False, True),
        (Outcome.FAILED, False, False),
        (Outcome.NOT_ATTEMPTED, False, False),
        (Outcome.ROLLED_BACK, False, False),
        (Outcome.FAILED, True, True),
    ],
)
def test_changed_is_what_remains_of_the_writes(outcome: Outcome, written: bool, changed: bool) -> None:
    assert Report([entry(Outcome.UNCHANGED), entry(outcome)], written=written).changed is changed


def test_unverified_is_what_differs_and_no_reading_call_confirms() -> None:
    report = Report(
        [
            entry(Outcome.CREATED, label="new", confirmed=False),
            entry(Outcome.CREATED, label="known"),
            entry(Outcome.UNCHANGED, label="nothing", confirmed=False),
        ]
    )
    assert unverified(report.entries) == ["new"]


def test_an_entry_tells_only_what_it_has() -> None:
    assert entry(Outcome.CREATED, {}, {"U": 1}).as_result() == {
        "organization_id": "b",
        "outcome": "created",
        "before": {},
        "after": {"U": 1},
    }
    full = entry(
        Outcome.FAILED,
        {},
        {"U": 1},
        server={"license_code": "x"},
        failure=ApiError(Kind.CONFLICT, "no", status=409),
        not_restored="gone",
    )
    assert full.as_result() == {
        "organization_id": "b",
        "outcome": "failed",
        "before": {},
        "after": {"U": 1},
        "server": {"license_code": "x"},
        "failure": {"kind": "conflict", "message": "no", "status": 409},
        "not_restored": "gone",
    }


# Removals


@pytest.mark.parametrize(
    ("max_removals", "held", "limit"),
    [
        ("10%", 0, 5),
        ("10%", 50, 5),
        ("10%", 59, 5),
        ("10%", 60, 6),
        ("10 %", 100, 10),
        (" 0% ", 1000, 5),
        ("100%", 1000, 1000),
        ("0", 1000, 0),
        ("20", 3, 20),
    ],
)
def test_a_share_always_allows_five_and_a_number_is_a_number(max_removals: str, held: int, limit: int) -> None:
    assert removal_limit(max_removals, held) == limit


@pytest.mark.parametrize("max_removals", ["", "%", "ten", "-1", "1.5%", "101%", "10%%", "²", "٣", "1e3", "9" * 5000])
def test_what_is_neither_number_nor_share_is_refused(max_removals: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        removal_limit(max_removals, 10)
    assert refused.value.message.endswith("is neither a number such as 20 nor a share such as 10%")


def exceeded(removals: dict[str, tuple[int, int]], max_removals: str = "10%") -> LicensingError:
    with pytest.raises(LicensingError) as stopped:
        check_removals(removals, max_removals)
    assert stopped.value.kind is Kind.REMOVALS_EXCEEDED
    return stopped.value


def test_a_share_holds_for_each_list() -> None:
    check_removals({"entities of p": (10, 100), "entities of q": (5, 50)}, "10%")
    error = exceeded({"entities of p": (11, 100), "entities of q": (0, 1000)})
    assert error.message == (
        "entities of p: 11 of 100 would be removed because no list names them; max_removals 10% allows 10"
    )
    assert (error.facts["removals"], error.facts["allowed"]) == (11, 10)


def test_a_share_holds_for_all_lists_together() -> None:
    check_removals({"a": (5, 20), "b": (5, 80)}, "10%")
    error = exceeded({"a": (5, 20), "b": (5, 20), "c": (1, 20)})
    assert error.message.startswith("all exclusive lists together: 11 of 60 would be removed")


def test_five_are_always_allowed_altogether() -> None:
    check_removals({"a": (3, 3), "b": (2, 2)}, "0%")
    assert exceeded({"a": (3, 3), "b": (3, 3)}, "0%").facts["allowed"] == 5


def test_a_number_holds_for_all_lists_together() -> None:
    check_removals({"a": (10, 10), "b": (10, 10)}, "20")
    assert exceeded({"a": (10, 10), "b": (11, 11)}, "20").message.startswith("all exclusive lists together: 21 of 21")
    assert exceeded({"a": (1, 100)}, "0").facts["allowed"] == 0


def test_without_implied_removals_nothing_is_exceeded() -> None:
    check_removals({}, "0")


@given(
    st.dictionaries(
        st.sampled_from("abc"), st.integers(0, 40).flatmap(lambda held: st.tuples(st.integers(0, held), st.just(held)))
    ),
    st.integers(0, 100),
)
def test_a_share_stops_exactly_what_is_above_it(removals: dict[str, tuple[int, int]], share: int) -> None:
    altogether = (
        sum(implied for implied, _held in removals.values()),
        sum(held for _implied, held in removals.values()),
    )
    totals = [*removals.values(), altogether]
    above = any(implied > 5 and implied * 100 > held * share for implied, held in totals)
    try:
        check_removals(removals, f"{share}%")
    except LicensingError:
        assert above
    else:
        assert not above


# Shortages


def test_without_a_shortage_nothing_stops() -> None:
    check_shortages([])


def test_all_shortages_are_told_before_the_first_write() -> None:
    shortages = [Shortage("the host pool", "UNATT", 7, 5, 1), Shortage("the host pool", "TIE", 2, 0, 0, ("TIER",))]
    with pytest.raises(LicensingError) as stopped:
        check_shortages(shortages)
    assert stopped.value.kind is Kind.INSUFFICIENT_CAPACITY
    assert stopped.value.message == (
        "Not enough licences, nothing was written. UNATT: 7 wanted, 5 held, 1 left in the host pool: 1 short; "
        "TIE: 2 wanted, 0 held, 0 left in the host pool: 2 short (no such code in it; nearest: TIER)"
    )
    assert [told["short"] for told in stopped.value.facts["shortages"]] == [1, 2]


def test_a_long_list_is_cut_and_counted() -> None:
    assert listed(["a", "b"]) == "a; b"
    assert listed(map(str, range(10))) == "0; 1; 2; 3; 4; 5; 6; 7; 8; 9"
    assert listed(map(str, range(13))) == "0; 1; 2; 3; 4; 5; 6; 7; 8; 9; and 3 more"


# Failures


def test_a_failure_tells_its_kind_and_only_the_facts_that_are_known() -> None:
    error = ApiError(Kind.FORBIDDEN, "no", status=403, code=None, hint="ask")
    assert error.as_result() == {"kind": "forbidden", "message": "no", "status": 403, "hint": "ask"}
    assert str(error) == "no"
    assert InvalidInput("bad").as_result() == {"kind": "invalid_input", "message": "bad"}


def test_kinds_are_spelled_like_their_names() -> None:
    assert all(kind.value == kind.name.lower() for kind in Kind)
