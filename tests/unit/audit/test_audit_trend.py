# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Today's findings held against an earlier report: what is new, open, gone, and what nobody can tell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._audit.trend import Trend, trend

GUID = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
FIRST, BEFORE, TODAY = "2026-11-01T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"
Record = dict[str, Any]


def finding(kind: str = "missing", **fields: Any) -> Record:
    return {"kind": kind, "organization_id": "o", "code": "A", "wanted": 2, "held": 0, **fields}


def since(record: Record, when: str = FIRST) -> Record:
    """A finding as an earlier report has it."""
    return {**record, "status": "open", "since": when}


def report(findings: Sequence[Record] = (), unknown: Sequence[Record] = ()) -> Record:
    return {"generated_at": BEFORE, "findings": list(findings), "unknown": list(unknown)}


def held_against(earlier: Record | None, *findings: Record, unread: Collection[tuple[str, str]] = frozenset()) -> Trend:
    return trend(findings, earlier, unread, TODAY)


def status_of(before: Record, now: Record) -> tuple[str, int]:
    """The status of a finding beside an earlier one, and how many are gone."""
    found = held_against(report([since(before)]), now)
    (told,) = found.findings
    assert told["since"] == (FIRST if told["status"] == "open" else TODAY)
    return told["status"], len(found.gone)


def test_without_an_earlier_report_everything_dates_from_today() -> None:
    found = held_against(None, finding(), finding("ended"))
    assert found == Trend(
        [{**finding(), "status": None, "since": TODAY}, {**finding("ended"), "status": None, "since": TODAY}], [], []
    )


def test_a_finding_that_the_earlier_report_does_not_have_is_new() -> None:
    assert held_against(report(), finding()).findings == [{**finding(), "status": "new", "since": TODAY}]


def test_a_finding_that_the_earlier_report_has_is_open_since_then() -> None:
    found = held_against(report([since(finding())]), finding())
    assert found == Trend([{**finding(), "status": "open", "since": FIRST}], [], [])


def test_a_finding_of_the_earlier_report_alone_is_gone_as_it_was() -> None:
    assert held_against(report([since(finding())])) == Trend([], [since(finding())], [])


def test_findings_stay_in_their_order() -> None:
    ordered = [finding(code=code) for code in "CAB"]
    found = held_against(report([since(finding(code="A"))]), *ordered)
    assert [(one["code"], one["status"]) for one in found.findings] == [("C", "new"), ("A", "open"), ("B", "new")]


PLACE: Record = {
    "organization_id": GUID,
    "tenant_id": GUID.replace("f", "e"),
    "service_type": "du",
    "license_pack_id": "p",
    "entity_id": "e",
    "code": "A",
}


@pytest.mark.parametrize("name", PLACE)
def test_another_place_is_another_finding(name: str) -> None:
    assert status_of(finding(**PLACE), finding(**PLACE)) == ("open", 0)
    assert status_of(finding(**PLACE), finding(**{**PLACE, name: "another"})) == ("new", 1)
    assert status_of(finding(**PLACE), finding(**{**PLACE, name: None})) == ("new", 1)


def test_another_kind_is_another_finding() -> None:
    assert status_of(finding("missing"), finding("too_little")) == ("new", 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"wanted": 9, "held": 1, "difference": -8},
        {"organization": "another name", "tenant": "another", "license_pack": "another"},
        {"detail": "another", "fixable": True, "concern": "drift"},
        {"tenant_id": None},
    ],
)
def test_numbers_and_names_make_no_other_finding(fields: Record) -> None:
    assert status_of(finding(), finding(**fields)) == ("open", 0)


@pytest.mark.parametrize("name", ["organization_id", "tenant_id"])
@pytest.mark.parametrize("spelling", [GUID.upper(), "{" + GUID + "}", GUID.replace("-", "")])
def test_a_guid_is_the_same_in_every_spelling(name: str, spelling: str) -> None:
    assert status_of(finding(**{name: GUID}), finding(**{name: spelling})) == ("open", 0)


def test_a_service_type_is_the_same_in_every_letter_case() -> None:
    assert status_of(finding(service_type="DU"), finding(service_type="du")) == ("open", 0)


@pytest.mark.parametrize("name", ["organization_id", "tenant_id", "license_pack_id", "entity_id", "code"])
def test_other_ids_and_codes_differ_in_another_letter_case(name: str) -> None:
    assert status_of(finding(**{name: "store"}), finding(**{name: "Store"})) == ("new", 1)


# Places that cannot be read


@pytest.mark.parametrize("name", ["organization_id", "license_pack_id"])
def test_a_finding_at_a_place_that_cannot_be_read_is_unknown(name: str) -> None:
    here, elsewhere = since({"kind": "missing", name: "o"}), since({"kind": "missing", name: "x"})
    found = held_against(report([here, elsewhere]), unread={(name, "o")})
    assert found == Trend([], [elsewhere], [here])


def test_a_place_of_the_other_vendor_is_not_meant() -> None:
    earlier = since({"kind": "missing", "organization_id": "o"})
    assert held_against(report([earlier]), unread={("license_pack_id", "o")}).gone == [earlier]


def test_what_was_unknown_comes_back_with_its_day() -> None:
    found = held_against(report(unknown=[since(finding())]), finding())
    assert found == Trend([{**finding(), "status": "open", "since": FIRST}], [], [])


def test_what_was_unknown_may_be_gone_or_still_unknown() -> None:
    earlier = report(unknown=[since(finding())])
    assert held_against(earlier) == Trend([], [since(finding())], [])
    assert held_against(earlier, unread={("organization_id", "o")}) == Trend([], [], [since(finding())])


def test_a_place_that_stays_unreadable_is_open_and_not_unknown() -> None:
    unreadable = {"kind": "unreadable", "organization_id": "o"}
    found = held_against(report([since(unreadable)]), unreadable, unread={("organization_id", "o")})
    assert [(one["status"], one["since"]) for one in found.findings] == [("open", FIRST)]
    assert (found.gone, found.unknown) == ([], [])


@given(st.lists(st.tuples(st.frozensets(st.integers(0, 5)), st.frozensets(st.integers(0, 2))), max_size=6))
def test_a_chain_of_audits_tells_each_finding_since_it_was_found_first(
    audits: list[tuple[frozenset[int], frozenset[int]]],
) -> None:
    """Findings 0 to 5 of organizations 0 to 2, some of which cannot be read."""
    remembered: dict[int, str] = {}  # since when, of what is open or unknown
    earlier: Record | None = None
    for number, (found, unread) in enumerate(audits):
        now = f"2026-11-{number + 1:02}T00:00:00Z"
        visible = sorted(each for each in found if each % 3 not in unread)
        records = [finding(organization_id=str(each % 3), code=str(each)) for each in visible]
        told = trend(records, earlier, {("organization_id", str(each)) for each in unread}, now)
        kept = {each: day for each, day in remembered.items() if each not in visible and each % 3 in unread}
        gone = remembered.keys() - kept.keys() - set(visible)
        statuses = ["open" if each in remembered else None if earlier is None else "new" for each in visible]
        remembered = {**kept, **{each: remembered.get(each, now) for each in visible}}
        assert [one["since"] for one in told.findings] == [remembered[each] for each in visible]
        assert [one["status"] for one in told.findings] == statuses
        assert {int(one["code"]): one["since"] for one in told.unknown} == kept
        assert {int(one["code"]) for one in told.gone} == gone
        for kind in (*statuses, *("gone" for dummy in gone), *("unknown" for dummy in kept)):
            event(str(kind))
        earlier = {"generated_at": now, "findings": told.findings, "gone": told.gone, "unknown": told.unknown}
