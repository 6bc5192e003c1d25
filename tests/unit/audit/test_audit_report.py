# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an audit as a document: its order, its numbers, its verdict, and the schema that it keeps to."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._audit import report as audit_report
from ansible_collections.tenantops.licensing.plugins.module_utils._audit.findings import (
    Audit,
    Expiration,
    Finding,
    PoolUse,
    Spot,
    Terms,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._audit.pools import nearly_used
from ansible_collections.tenantops.licensing.plugins.module_utils._audit.report import numbers_of, report_of
from ansible_collections.tenantops.licensing.plugins.module_utils._model.finding_kinds import FindingKind
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import (
    parse_license_packs,
    parse_organizations,
)
from ansible_collections.tenantops.licensing.tests.unit.support.audit_model import concern_of

NOW = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)
TERMS = Terms(NOW)
DOCS = Path(audit_report.__file__).parents[3] / "docs"
# The most serious first.
KINDS = [
    "unreadable",
    "listing_mismatch",
    "insufficient_capacity",
    "missing",
    "too_little",
    "too_much",
    "unmanaged",
    "unmanaged_service",
    "unmanaged_tenant",
    "expires_otherwise",
    "ended",
    "in_grace",
    "expires_soon",
    "pool_nearly_used",
    "added_by_server",
]
FILE = [
    {
        **{"id": "o", "name": "Acme", "products": [{"code": "A", "quantity": 1}]},
        "tenants": [
            {"id": "t", "name": "T", "services": [{"type": "du"}, {"type": "x"}, {"type": "y"}]},
            {"id": "u", "state": "absent"},
        ],
    },
    {"id": "p"},
]
PACKS = [{"id": "1", "entities": [{"id": "e"}, {"id": "f"}, {"id": "g"}]}, {"id": "2"}]


def found(kind: str, organization_id: str | None = "o", **fields: Any) -> Finding:
    spot = {name: fields.pop(name) for name in tuple(fields) if name in Spot.__dataclass_fields__}
    return Finding(FindingKind[kind.upper()], Spot(organization_id=organization_id, **spot), **fields)


def in_pack(kind: str, license_pack_id: str = "1", **fields: Any) -> Finding:
    return found(kind, None, license_pack_id=license_pack_id, **fields)


def report(*findings: Finding, earlier: Any = None, file: Any = None, packs: Any = None) -> dict[str, Any]:
    organizations = parse_organizations(FILE if file is None else file)
    license_packs = parse_license_packs(PACKS if packs is None else packs)
    return report_of(Audit(list(findings)), organizations, license_packs, earlier, TERMS)


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads((DOCS / "license-audit-report.schema.json").read_text(encoding="utf-8"))


# Verdict


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([], "What is allocated is what was agreed."),
        ([found("missing")], "1 difference from what was agreed, in 1 organization: 1 missing."),
        (
            [found("unreadable"), found("unreadable", "p"), in_pack("unreadable"), in_pack("unreadable", "2")],
            "Not everything could be read: 2 organizations and 2 license packs could not.",
        ),
        (
            [
                found("missing"),
                found("too_much"),
                found("too_much", "p"),
                in_pack("unmanaged"),
                in_pack("unmanaged", "2"),
            ],
            "5 differences from what was agreed, in 2 organizations and 2 license packs: "
            "1 missing, 2 too much, 2 unmanaged.",
        ),
        (
            [in_pack("expires_otherwise"), in_pack("missing"), found("unmanaged_service"), found("unmanaged_tenant")],
            "4 differences from what was agreed, in 1 organization and 1 license pack: 1 missing, "
            "1 in unmanaged services, 1 in unmanaged tenants, 1 ending otherwise than agreed.",
        ),
        (
            [found("unreadable")],
            "Not everything could be read: 1 organization could not. What could be read is as agreed.",
        ),
        (
            [found("unreadable"), found("unreadable", "p"), in_pack("unreadable"), in_pack("too_much", "2")],
            "Not everything could be read: 2 organizations and 1 license pack could not. "
            "1 difference from what was agreed, in 1 license pack: 1 too much.",
        ),
        (
            [found("ended"), found("pool_nearly_used", None), found("added_by_server"), in_pack("listing_mismatch")],
            "What is allocated is what was agreed. To know as well: 1 license pack whose count and listing disagree, "
            "1 ended, 1 pool nearly used up, 1 added by the server.",
        ),
        (
            [found("pool_nearly_used"), in_pack("pool_nearly_used"), found("insufficient_capacity"), found("ended")],
            "What is allocated is what was agreed. To know as well: 1 pool too small for what is agreed, 1 ended, "
            "2 pools nearly used up.",
        ),
    ],
)
def test_the_verdict_says_the_first_thing_to_know(findings: Sequence[Finding], verdict: str) -> None:
    assert report(*findings)["verdict"] == verdict


def test_a_file_that_names_nothing_is_no_agreement() -> None:
    assert "nothing was compared" in report(file=[], packs=[])["verdict"]


@pytest.mark.parametrize("kind", KINDS)
def test_only_drift_and_what_could_not_be_read_are_disagreement(kind: str) -> None:
    assert report(found(kind))["agreed"] is (concern_of(kind) not in ("drift", "reading"))
    assert report()["agreed"] is True


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_concern_and_its_words(kind: str) -> None:
    (told,) = report(found(kind))["findings"]
    assert told["concern"] == concern_of(kind)
    assert numbers_of({**dict.fromkeys(KINDS, 0), kind: 3}, KINDS).startswith("3 ")
    assert [each.value for each in FindingKind] == KINDS


def test_numbers_leave_out_what_is_not_asked_and_what_is_nought() -> None:
    counts = {**dict.fromkeys(KINDS, 0), "missing": 2, "ended": 1}
    assert numbers_of(counts, ["ended", "too_much", "missing"]) == "2 missing, 1 ended"
    assert numbers_of(counts, ["too_much"]) == numbers_of(counts, []) == ""


# Numbers and head


def test_the_scope_counts_what_the_file_names() -> None:
    expected = {"organizations": 2, "tenants": 2, "services": 3, "license_packs": 2, "entities": 3}
    assert report()["scope"] == expected


def test_the_report_tells_what_was_asked_and_when() -> None:
    east = NOW.astimezone(datetime.timezone(datetime.timedelta(hours=13)))
    terms = Terms(east, expiry_days=7, pool_share=50, ignore_codes=frozenset("BA"), include_omitted=True)
    told = report_of(Audit(), (), (), None, terms)
    assert (told["schema"], told["schema_version"]) == ("tenantops.licensing/license-audit", 1)
    assert told["generated_at"] == "2026-11-22T12:00:00Z"
    assert told["terms"] == {
        **{"expiry_days": 7, "pool_share": "50%", "pool_levels": ["host", "license_pack", "organization"]},
        **{"ignore_codes": ["A", "B"], "include_omitted": True},
    }
    assert told["earlier"] is None


@pytest.mark.parametrize("level", ["host", "license_pack", "organization"])
def test_only_pools_of_the_levels_that_are_asked_for_are_nearly_used(level: str) -> None:
    pools = [PoolUse(each, Spot(code=each), 5, 5, 0, 0) for each in ("host", "license_pack", "organization")]
    told = nearly_used(pools, Terms(NOW, pool_levels=frozenset({level})))
    assert [finding.spot.code for finding in told] == [level]


def test_an_earlier_report_dates_the_findings() -> None:
    yesterday = "2026-11-21T12:00:00Z"
    first = report_of(
        Audit([found("missing", code="A"), found("ended"), found("too_much", "p", code="A")]), (), (), None, TERMS
    )
    earlier = {**first, "generated_at": yesterday}
    for one in earlier["findings"]:
        one["since"] = yesterday
    told = report(found("missing", code="A"), found("missing", code="B"), found("unreadable", "p"), earlier=earlier)
    assert told["earlier"] == {"generated_at": yesterday}
    numbers = {name: told["summary"][name] for name in ("findings", "new", "open", "gone", "unknown")}
    assert numbers == {"findings": 3, "new": 2, "open": 1, "gone": 1, "unknown": 1}
    dated = [(one["kind"], one.get("code"), one["status"], one["since"]) for one in told["findings"]]
    assert dated == [
        ("unreadable", None, "new", told["generated_at"]),
        ("missing", "A", "open", yesterday),
        ("missing", "B", "new", told["generated_at"]),
    ]
    assert [one["kind"] for one in told["gone"]] == ["ended"]
    assert [(one["kind"], one["organization_id"]) for one in told["unknown"]] == [("too_much", "p")]


@pytest.mark.parametrize("before", [str.upper, str.lower])
@pytest.mark.parametrize("now", [str.upper, str.lower])
def test_a_place_that_cannot_be_read_is_known_in_every_spelling(before: Any, now: Any) -> None:
    guid = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
    earlier = report(found("missing", before(guid)))
    told = report(found("unreadable", now(guid)), earlier=earlier)
    assert (told["summary"]["gone"], told["summary"]["unknown"]) == (0, 1)


def test_what_the_host_lacks_is_unknown_while_an_organization_cannot_be_read() -> None:
    """What an organization would take from the host's pool is not known while it cannot be read."""
    earlier = report(found("insufficient_capacity", None, code="A", wanted=9, held=1))
    told = report(found("unreadable"), earlier=earlier)
    assert (told["summary"]["gone"], told["summary"]["unknown"]) == (0, 1)
    readable = report(in_pack("unreadable"), earlier=earlier)
    assert (readable["summary"]["gone"], readable["summary"]["unknown"]) == (1, 0)


def test_how_much_of_the_hosts_pool_is_used_is_known_whatever_else_cannot_be_read() -> None:
    earlier = report(found("pool_nearly_used", None, code="A", wanted=9, held=10))
    told = report(found("unreadable"), earlier=earlier)
    assert (told["summary"]["gone"], told["summary"]["unknown"]) == (1, 0)


# Order


WORDS = st.sampled_from((None, "a", "b", "B"))
FINDINGS = st.builds(
    Finding,
    st.sampled_from(FindingKind),
    st.builds(Spot, *[WORDS] * 9),
    st.none() | st.integers(-3, 3) | st.sampled_from(("never", "2026-11-22")),
    st.none() | st.integers(-3, 3) | st.sampled_from(("never", "2026-11-22")),
    st.none() | st.integers(-3, 3),
    st.none() | st.just("a sentence"),
    st.booleans(),
)
POOLS = st.builds(
    PoolUse,
    st.sampled_from(("organization", "host", "license_pack")),
    st.builds(Spot, WORDS, WORDS, license_pack_id=WORDS, license_pack=WORDS, code=st.sampled_from("AB")),
    *[st.integers(-2, 9)] * 4,
)
ENDS = st.builds(
    Expiration,
    st.dates(min_value=datetime.date(2000, 1, 1), max_value=datetime.date(2999, 1, 1)),
    st.sampled_from(("organization", "service", "license_pack")),
    st.builds(Spot, WORDS, WORDS, WORDS, WORDS, WORDS, WORDS, WORDS),
    st.integers(0, 5),
    st.sampled_from(("ended", "in_grace", "soon", "later")),
)
AUDITS = st.builds(Audit, st.lists(FINDINGS), st.lists(POOLS), st.lists(ENDS))


def names(record: dict[str, Any]) -> list[str]:
    ordered = ("organization", "organization_id", "tenant", "tenant_id", "service_type")
    return [record.get(name, "") for name in (*ordered, "license_pack_id", "entity_id", "code")]


@given(AUDITS, st.booleans())
def test_every_report_keeps_to_its_schema_its_order_and_its_numbers(
    schema: Any, audit: Audit, with_earlier: bool
) -> None:
    earlier = report(*audit.findings[::2]) if with_earlier else None
    told = report_of(
        Audit(list(audit.findings[1:]), list(audit.pools), list(audit.expirations)),
        parse_organizations(FILE),
        parse_license_packs(PACKS),
        earlier,
        TERMS,
    )
    assert json.loads(json.dumps(told)) == told
    jsonschema.Draft202012Validator(schema).validate(told)
    for listed, order in (
        (told["findings"], [[KINDS.index(one["kind"]), *names(one)] for one in told["findings"]]),
        (told["pools"], [["hlo".index(one["level"][0]), *names(one)] for one in told["pools"]]),
        (told["expirations"], [[one["date"], *names(one)] for one in told["expirations"]]),
    ):
        assert order == sorted(order, key=lambda keys: (keys[0], keys[1:])), listed
    assert len(told["findings"]) == len(audit.findings[1:])
    summary = told["summary"]
    by_kind = Counter(one["kind"] for one in told["findings"])
    assert summary["by_kind"] == {kind: by_kind[kind] for kind in KINDS}
    by_concern = Counter(concern_of(one["kind"]) for one in told["findings"])
    assert {concern: number for concern, number in summary["by_concern"].items() if number} == dict(by_concern)
    statuses = Counter(one["status"] for one in told["findings"])
    assert (summary["findings"], summary["new"], summary["open"]) == (
        len(told["findings"]),
        statuses["new"],
        statuses["open"],
    )
    assert (summary["gone"], summary["unknown"]) == (len(told["gone"]), len(told["unknown"]))


def test_what_the_schema_does_not_know_is_refused(schema: Any) -> None:
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    good = report(found("missing"))
    validator.validate(good)
    for bad in ({**good, "more": 1}, {**good, "schema_version": 2}, {**good, "findings": [{"kind": "missing"}]}):
        assert not validator.is_valid(bad)
