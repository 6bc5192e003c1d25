# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a report as a document: whatever the report holds, it stays text. How it works is seen by a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._model.finding_kinds import Concern
from ansible_collections.tenantops.licensing.plugins.module_utils._page import document as page_document
from ansible_collections.tenantops.licensing.plugins.module_utils._page import markup as page_markup
from ansible_collections.tenantops.licensing.plugins.module_utils._page.charts import STATES
from ansible_collections.tenantops.licensing.plugins.module_utils._page.document import render
from ansible_collections.tenantops.licensing.plugins.module_utils._page.kinds import KNOWN
from ansible_collections.tenantops.licensing.plugins.module_utils._page.markup import day, moment, number
from ansible_collections.tenantops.licensing.plugins.module_utils._page.style import STYLE
from ansible_collections.tenantops.licensing.tests.browser import reports

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def escaped(text: str) -> str:
    """A text of these tests with what nobody sees as escapes."""
    return UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class Reader(HTMLParser):
    """Reads a page as a browser does: its elements with their attributes, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        self._open = tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.tags if found == tag]


def read(report: Any) -> Reader:
    page = render(report)
    page.encode("utf-8")
    assert page.startswith("<!DOCTYPE html>\n<html")
    return Reader(page)


def cells(report: Any) -> list[list[str]]:
    """The texts of the cells of each row of findings."""
    rows = re.findall(r"<tr [^>]*data-kind.*?</tr>", render(report))
    return [[re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td.*?</td>", row)] for row in rows]


# Nothing escapes


@pytest.mark.parametrize("text", reports.HOSTILE, ids=range(len(reports.HOSTILE)))
def test_a_hostile_name_is_a_text(text: str) -> None:
    page = read(reports.hostile())
    written = escaped(text)
    assert page.texts["bdi"].count(written) > 10
    assert len(page.all("script")) == len(page.all("style")) == len(page.all("h1")) == 1
    assert page.all("img") == []


def test_no_attribute_holds_what_a_server_named() -> None:
    """But for what sorts a column, which is compared and never run."""
    for tag, attributes in read(reports.hostile()).tags:
        for attribute, value in attributes.items():
            assert not attribute.startswith("on"), tag
            if attribute != "data-value":
                assert not re.search(r"alert\(|owned|xxxx", value or ""), (tag, attribute)


@given(st.text(alphabet=st.characters(codec=None), max_size=30))
def test_any_text_can_be_written(text: str) -> None:
    finding = reports.finding(text, organization_id=text, tenant=text, code=text, detail=text, wanted=text, since=text)
    expirations = [reports.expiration(text, 1, text, organization=text)]
    pools = [reports.pool("host", text, 1, 1, 1)]
    page = read(
        reports.report([finding], generated_at=text, verdict=text, gone=[finding], pools=pools, expirations=expirations)
    )
    assert len(page.all("script")) == len(page.all("style")) == len(page.all("table")) // 2 == 1


def test_the_policy_allows_the_pages_own_style_and_script_and_nothing_else() -> None:
    page = read(reports.three())
    (policy,) = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]

    def hashed(tag: str) -> str:
        digest = hashlib.sha256(page.texts[tag][0].encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    assert policy == (
        f"default-src 'none'; style-src {hashed('style')}; script-src {hashed('script')}; "
        "base-uri 'none'; form-action 'none'"
    )
    positions = [place for place, (tag, _attributes) in enumerate(page.tags) if tag in ("meta", "style", "script")]
    assert page.tags[positions[0]] == ("meta", {"charset": "utf-8"})
    assert "http-equiv" in page.tags[positions[1]][1]


@pytest.mark.parametrize("report", [reports.three(), reports.every_kind(), reports.fleet(20, 20), reports.hostile()])
def test_the_page_refers_to_nothing_outside(report: Any) -> None:
    page = read(report)
    assert {tag for tag, attributes in page.tags if {"src", "action", "data"} & set(attributes)} == set()
    assert all((attributes.get("href") or "#").startswith("#") for _tag, attributes in page.tags)
    assert all("style" not in attributes for _tag, attributes in page.tags)
    assert not re.search(r"@import|url\((?!#)", page.texts["style"][0])


def test_identifiers_occur_once_and_what_is_referred_to_is_there() -> None:
    page = read(reports.three())
    found = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
    assert len(found) == len(set(found))
    for _tag, attributes in page.tags:
        for reference in (attributes.get("aria-labelledby"), attributes.get("for"), (attributes.get("href") or "")[1:]):
            assert not reference or reference in found


# What is told


def test_a_row_tells_what_the_finding_tells() -> None:
    assert cells(reports.three() | {"gone": []}) == [
        [
            *("Missing", "Production / orchestrator", "UNATT", "5", "0", "\N{MINUS SIGN}5"),
            *("22 Nov 2026 new", "Provisioning mends it."),
        ],
        [
            *("Too much", "Production / orchestrator", "ATTUSER", "1,200", "1,250", "+50"),
            *("21 Nov 2026", "Provisioning mends it."),
        ],
        ["Other end", "store-3", "", "31 Jan 2027", "never", "", "2 Nov 2026", "The assignment has no end. "],
    ]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ({}, "host"),
        ({"organization_id": "o-1"}, "itself"),
        ({"license_pack": "L"}, "whole pack"),
        ({"organization": "d", "tenant_id": "t-1"}, "t-1"),
        ({"organization": "d", "tenant_id": "t-1", "tenant": "T", "service_type": "du"}, "T / du"),
        ({"license_pack_id": "l", "entity_id": "e"}, "e"),
    ],
)
def test_a_place_is_told_by_name_where_it_has_one(place: dict[str, str], told: str) -> None:
    assert cells(reports.report([reports.finding("missing", **place)]))[0][1] == told


def test_findings_are_grouped_by_organization_and_pack_and_host() -> None:
    places = [reports.DELILAH, reports.LISTINGS, {}, reports.DELILAH, {"organization_id": "o-9"}]
    page = render(reports.report([reports.finding("missing", **place) for place in places]))
    heads = [re.sub("<[^>]*>", "", head) for head in re.findall(r'<th role="rowheader".*?</th>', page)]
    assert heads == [
        "delilah organization o-1, 2 findings",
        "Listings 2026 license pack listings-2026, 1 finding",
        "Host 1 finding",
        "o-9 organization, 1 finding",
    ]


def test_a_long_group_is_cut_into_bodies_with_one_head() -> None:
    page = render(reports.report([reports.finding("missing", **reports.DELILAH)] * 120))
    assert len(re.findall("<tbody", page)) == 3
    assert len(re.findall('<tbody role="rowgroup" class="more">', page)) == 2
    assert len(re.findall('role="rowheader"', page)) == 1
    assert len(re.findall('<tr role="row" data-kind', page)) == 120


def test_a_table_is_laid_out_as_a_whole_unless_it_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_markup, "MANY", 3)
    findings = [reports.finding("missing", **reports.DELILAH, code=f"C{place}") for place in range(4)]
    assert '<table class="findings many"' in render(reports.report(findings))
    assert '<table class="findings"' in render(reports.report(findings[:3]))


def test_a_table_has_no_more_rows_than_a_browser_takes_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_document, "MOST", 3)
    findings = [reports.finding("missing", **reports.DELILAH, code=f"C{place}") for place in range(5)]
    told = cells(reports.report(findings, gone=findings))
    assert [row[2] for row in told] == ["C0", "C1", "C2", "C0", "C1", "C2"]
    page = render(reports.report(findings, gone=findings))
    assert page.count("Here are the 3 most serious of them. All 5 are in report.json.") == 2
    assert "most serious" not in render(reports.report(findings[:3]))


def test_a_table_says_with_roles_what_a_stylesheet_may_make_a_browser_forget() -> None:
    page = read(reports.three())
    roles = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
    for tag, role in roles.items():
        assert {attributes.get("role") for attributes in page.all(tag)} == {role}
    headers = [(attributes["role"], attributes["scope"]) for attributes in page.all("th")]
    assert set(headers) == {("columnheader", "col"), ("rowheader", "rowgroup")}


def test_differences_of_ends_are_days() -> None:
    ends = [
        reports.finding("expires_otherwise", wanted="2027-01-01", held="2027-01-02", difference=1),
        reports.finding("expires_otherwise", wanted="2027-01-01", held="2026-12-01", difference=-31),
        reports.finding("expires_otherwise", wanted="soon", held="never"),
    ]
    assert [row[3:6] for row in cells(reports.report(ends))] == [
        ["1 Jan 2027", "2 Jan 2027", "+1 day"],
        ["1 Jan 2027", "1 Dec 2026", "\N{MINUS SIGN}31 days"],
        ["soon", "never", ""],
    ]


@pytest.mark.parametrize(
    ("fixable", "told"),
    [
        ([True], "Provisioning the same files mends it."),
        ([True, True], "Provisioning the same files mends all of them."),
        ([True, False, False], "Provisioning the same files mends 1 of them; 2 need a decision first."),
        ([True, False], "Provisioning the same files mends 1 of them; 1 needs a decision first."),
        ([False, False], None),
    ],
)
def test_what_provisioning_would_mend_is_said_above(fixable: list[bool], told: str | None) -> None:
    page = read(reports.report([reports.finding("missing", fixable=one) for one in fixable]))
    assert [text for text in page.texts["p"] if text.startswith("Provisioning")] == ([told] if told else [])


def test_every_known_kind_has_a_name_and_a_meaning_of_its_own() -> None:
    assert list(KNOWN) == list(dict.fromkeys(KNOWN))
    assert set(KNOWN) == set(reports.CONCERNS)
    assert {kind: text.concern for kind, text in KNOWN.items()} == reports.CONCERNS
    assert len({text.name for text in KNOWN.values()}) == len({text.meaning for text in KNOWN.values()}) == len(KNOWN)
    legend = render(reports.empty()).partition('class="legend"')[2]
    for text in KNOWN.values():
        assert f">{text.name}</dt><dd>{text.meaning}</dd>" in legend


@pytest.mark.parametrize("concern", [concern.value for concern in Concern])
def test_every_concern_has_a_mark_of_its_own(concern: str) -> None:
    assert len(re.findall(rf'^\.{concern}::before {{ content: "[^"]+" / "";', STYLE, flags=re.MULTILINE)) == 1


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_an_end_has_a_look(state: str) -> None:
    assert re.search(rf"^(\.\w+, )*\.{state} {{ fill: ", STYLE, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("kind", "concern", "name", "of"),
    [
        ("made_up_later", "drift", "Made up later", "drift"),
        ("made_up_later", "a new concern", "Made up later", "notice"),
        ("", None, "Unnamed", "notice"),
        ("__", None, "Unnamed", "notice"),
    ],
)
def test_an_unknown_kind_is_shown_after_the_known_ones(kind: str, concern: str | None, name: str, of: str) -> None:
    findings = [reports.finding(kind) | {"concern": concern}, reports.finding("added_by_server")]
    page = render(reports.report(findings))
    assert f'data-kind="{len(KNOWN)}"><td role="cell" class="{of}">{name}</td>' in page
    assert f'<dt class="{of}">{name}</dt>' in page
    assert page.index(f'value="{len(KNOWN) - 1}"') < page.index(f'value="{len(KNOWN)}"')


@pytest.mark.parametrize(
    ("changes", "findings", "status", "sign"),
    [
        ({"agreed": True}, [], "As agreed", "good"),
        ({"agreed": True}, ["ended"], "As agreed", "good"),
        ({"agreed": False}, ["missing", "unreadable"], "Not as agreed", "alert"),
        ({"agreed": False}, ["unreadable", "listing_mismatch"], "Not all could be read", "unread"),
        ({"agreed": False}, [], "Not as agreed", "alert"),
        ({"agreed": True, "scope": {"organizations": 0}}, [], "Nothing compared", "none"),
    ],
)
def test_the_verdict_has_a_word_and_a_sign(changes: Any, findings: list[str], status: str, sign: str) -> None:
    page = render(reports.report([reports.finding(kind) for kind in findings]) | changes)
    assert f'<div class="verdict {sign}"><svg class="icon {sign}"' in page
    assert f"<strong>{status}</strong>" in page
    assert f": {status.lower()}</title>" in page


def test_the_trend_is_told_where_there_is_an_earlier_report() -> None:
    assert 'class="trend"' not in render(reports.none())
    page = render(reports.three())
    assert "Since the report of 21 November 2026, 09:30 UTC" in page
    trend = re.findall("<dt>([^<]*)</dt><dd>([^<]*)</dd>", page.partition('class="trend"')[2].partition("</dl>")[0])
    assert trend == [("new", "1"), ("still open", "2"), ("gone", "1")]
    assert ("<dt>not known</dt><dd>1</dd>") in render(reports.every_kind())
    assert 'id="unknown"' in render(reports.every_kind())


def test_what_was_compared_and_asked_is_told() -> None:
    page = render(
        reports.report(
            [],
            scope={"organizations": 1, "tenants": 0, "services": 2_000, "license_packs": 1, "entities": 1},
            terms={"expiry_days": 1, "pool_share": "85%", "ignore_codes": ["A", "<B>"], "include_omitted": True},
        )
    )
    told = re.sub("<[^>]*>", "", page)
    assert "Generated on 22 November 2026, 09:30 UTC." in told
    assert "Compared were 1 organization, 2,000 services, 1 license pack and 1 entity." in told
    assert "Reported were licences that end within 1 day and pools of which more than 85% is held." in told
    assert "Codes left out: A, &lt;B&gt;." in told
    assert "What the files leave out was looked at too." in told
    assert "What the files leave out" not in render(reports.three())
    assert "Reported were pools of which more than 9 is held." in render({"terms": {"pool_share": 9}})


def test_an_empty_report_is_a_page() -> None:
    page = read({})
    assert page.texts["title"] == ["Licence audit of an unknown day: not as agreed"]
    assert page.texts["h2"] == ["Findings", "What the findings mean"]
    nothing = dict.fromkeys(["findings", "gone", "unknown", "pools", "expirations", "terms", "scope", "earlier"])
    assert len(read(nothing).all("section")) == 2


def test_sections_without_content_are_left_out() -> None:
    assert [one.get("id") for one in read(reports.empty()).all("section")] == ["findings", "legend"]
    assert [one.get("id") for one in read(reports.three()).all("section")] == [
        *("pools", "expiries", "findings", "gone", "legend"),
    ]


# Pools


def bar_of(page: str) -> list[dict[str, str]]:
    """The parts of the first bar."""
    drawn = re.search(r'<svg class="bar".*?</svg>', page)
    assert drawn
    return [dict(re.findall(r'(\w+)="([^"]*)"', part)) for part in re.findall("<rect[^>]*>", drawn[0])]


@pytest.mark.parametrize(
    ("numbers", "parts", "told"),
    [
        ((40, 30, 6, 4), [("managed", "0%", "75%"), ("unmanaged", "75%", "15%")], "36 of 40 held (90%)"),
        ((0, 0, 0, 0), [], "0 of 0 held"),
        ((0, 3, 0, -3), [("managed", "0%", "100%"), ("limit", "0%", "0.6%")], "3 of 0 held"),
        ((2, 3, 1, -2), [("managed", "0%", "75%"), ("unmanaged", "75%", "25%"), ("limit", "49.7%", "0.6%")], "(200%)"),
        ((10, 1, 1, 99), [("managed", "0%", "10%"), ("unmanaged", "10%", "10%")], "2 of 10 held (20%)"),
        ((10, -5, 2, 1), [("unmanaged", "0%", "20%")], "\N{MINUS SIGN}3 of 10 held (\N{MINUS SIGN}30%)"),
        ((-4, 0, 0, 0), [], "0 of \N{MINUS SIGN}4 held"),
        ((None, None, None, None), [], "0 of ? held"),
        (("many", "x", 2, "y"), [("unmanaged", "0%", "100%"), ("limit", "0%", "0.6%")], "2 of many held"),
        ((10**30, 10**29, 0, 0), [("managed", "0%", "10%")], "(10%)"),
        ((1000, 999, 0, 1), [("managed", "0%", "99.9%")], "999 of 1,000 held (99%)"),
    ],
)
def test_odd_numbers_never_break_a_bar_and_are_told_as_they_are(
    numbers: tuple[Any, ...], parts: list[tuple[str, str, str]], told: str
) -> None:
    pool = {"level": "host", "code": "C"} | dict(zip(("total", "managed", "unmanaged", "free"), numbers, strict=True))
    page = render(reports.report([], pools=[pool]))
    assert [(part["class"], part["x"], part["width"]) for part in bar_of(page)] == parts
    assert told in page
    for name in ("managed", "unmanaged", "free"):
        if pool[name] is not None:
            assert f"{number(pool[name])} {name}" in page


@given(st.tuples(*[st.integers() | st.none()] * 4))
def test_no_part_of_a_bar_leaves_it(numbers: tuple[int | None, ...]) -> None:
    pool = {"level": "host"} | dict(zip(("total", "managed", "unmanaged", "free"), numbers, strict=True))
    for part in bar_of(render(reports.report([], pools=[pool]))):
        begin, width = float(part["x"].rstrip("%")), float(part["width"].rstrip("%"))
        assert 0 <= begin <= 100
        assert 0 <= width <= 100.01
        assert begin + width <= 100.1


def titles(page: str) -> list[str]:
    return [re.sub("<[^>]*>", " ", title).strip() for title in re.findall('<p class="whose">.*?</p>', page)]


def test_pools_are_named_by_their_owner_and_marked_where_nearly_used() -> None:
    found = [" ".join(title.split()) for title in titles(render(reports.three()))]
    assert found == [
        *("UNATT", "ATTUSER nearly used up", "TIER3", "Listings 2026", "Reviews used up"),
        *("delilah ATTUSER nearly used up", "delilah UNATT", "samson UNATT"),
    ]


@pytest.mark.parametrize(
    ("share", "marked"),
    [("89%", True), ("90%", False), (" 89.5 % ", True), ("95", False), (89, True), (None, False), ("most", False)],
)
def test_the_share_is_the_one_that_was_asked_for(share: Any, marked: bool) -> None:
    pools = [reports.pool("host", "C", 90, 0, 10)]
    assert ("nearly used up</em>" in render(reports.report([], pools=pools, terms={"pool_share": share}))) is marked


@pytest.mark.parametrize(("levels", "marked"), [(["host"], 1), (["organization"], 1), (["license_pack"], 0), ([], 0)])
def test_only_pools_of_the_levels_that_were_asked_for_are_marked(levels: list[str], marked: int) -> None:
    full = [reports.pool("host", "A", 5, 5, 0), reports.pool("organization", "A", 5, 5, 0, **reports.DELILAH)]
    terms = {"pool_share": "90%", "pool_levels": levels}
    assert render({**reports.report([], pools=full), "terms": terms}).count("used up</em>") == marked


def test_many_pools_of_organizations_are_folded_up_the_fullest_first() -> None:
    def folds(managed: list[int]) -> list[tuple[str, bool, list[str]]]:
        pools = [
            reports.pool("organization", "C", one, 0, 100 - one, organization=f"o{place}")
            for place, one in enumerate(managed)
        ]
        page = render(reports.report([], pools=pools))
        return [
            (re.sub("<[^>]*>", "", title), bool(opened), re.findall(r"<b><bdi>(\w+)", rest))
            for opened, title, rest in re.findall(
                r"<details( open=\"\")?><summary>(.*?)</summary>(.*?)</details>", page
            )
        ]

    assert folds([50] * 12) == []
    assert folds([50, 95, *[10] * 11]) == [
        ("1 of 13 pools nearly used up", True, ["o1"]),
        ("The other 12 pools, the fullest first", False, ["o0", *(f"o{place}" for place in range(2, 13))]),
    ]
    assert [fold[:2] for fold in folds([50] * 13)] == [("All 13 pools, the fullest first", False)]
    assert [fold[:2] for fold in folds([95] * 13)] == [("13 of 13 pools nearly used up", False)]


# Ends


def timeline(expirations: list[Any], **fields: Any) -> str:
    found = re.search(r'<svg class="timeline".*?</svg>', render(reports.report([], expirations=expirations, **fields)))
    return found[0] if found else ""


def drawn(picture: str, of: str) -> list[str]:
    return re.findall(rf'<rect class="{of}"', picture)


def test_ends_are_summed_up_by_day_month_or_year() -> None:
    def labels(last: str) -> list[str]:
        ends = [reports.expiration(day, 2, "soon") for day in ("2026-11-25", "2026-11-25", last)]
        return re.findall(r'<text class="(?:count|count minor)"[^>]*>([^<]*)', timeline(ends))

    assert labels("2026-11-26") == ["4", "2"]
    assert labels("2027-03-26") == ["4", "2"]
    assert labels("2027-11-30") == ["4", "2"]
    assert labels("2031-12-31") == ["4", "2"]


def test_the_picture_tells_its_unit_and_states() -> None:
    ends = [reports.expiration("2026-11-25", 1, "soon"), reports.expiration("2026-12-20", 2, "in_grace")]
    assert "by the day in which they end: 2 in grace and 1 soon." in timeline(ends)
    assert "by the month in" in timeline([*ends, reports.expiration("2027-12-01", 1, "later")])
    assert "by the year in" in timeline([*ends, reports.expiration("9999-12-31", 1, "later")])
    assert "they end: none." in timeline([reports.expiration("2026-11-25", 0, "soon")])


@pytest.mark.parametrize("state", ["ended", "in_grace", "soon", "later"])
def test_each_state_is_drawn_in_its_own_way(state: str) -> None:
    picture = timeline([reports.expiration("2026-11-25", 1, state)])
    assert len(drawn(picture, state)) == 1
    assert len(drawn(picture, "window")) == len(drawn(picture, "axis")) == 1


def test_what_is_odd_about_an_end_is_listed_and_what_can_be_is_drawn() -> None:
    ends = [
        reports.expiration("0001-01-01", 1, "ended"),
        reports.expiration("9999-12-31", 1, "later"),
        reports.expiration("2026-11-22", 1, "unheard of"),
        reports.expiration("some day", 1, "soon"),
        {"date": "2027-01-01", "licenses": None},
        {},
    ]
    page = render(reports.report([], expirations=ends))
    assert len(re.findall("<dt>", page.partition('class="ends"')[2].partition("</dl>")[0])) == 6
    assert len(drawn(timeline(ends), "later")) == 2
    assert "today, unheard of" in page
    assert "some day <small>ends soon" in page


@pytest.mark.parametrize("now", ["9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z", "unknown", None])
def test_without_a_day_that_can_be_drawn_there_is_only_the_list(now: Any) -> None:
    report = reports.report([], expirations=[reports.expiration("2026-11-25", 1, "soon")], generated_at=now)
    page = render(report)
    assert 'class="timeline"' not in page
    assert "25 November 2026" in page


def test_without_any_end_on_a_day_there_is_no_picture() -> None:
    assert timeline([reports.expiration("some day", 1, "soon")]) == ""


@pytest.mark.parametrize("days", [-5, 0, 10**9, "many"])
def test_odd_terms_do_not_break_the_picture(days: Any) -> None:
    assert timeline([reports.expiration("2026-11-25", 1, "soon")], terms={"expiry_days": days})


@given(st.lists(st.dates(), min_size=1, max_size=5), st.dates())
def test_every_part_of_the_picture_is_in_it(days: list[Any], now: Any) -> None:
    picture = timeline([reports.expiration(str(day), 1, "later") for day in days], generated_at=f"{now}T00:00:00Z")
    for part in re.findall("<rect[^>]*>", picture):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', part))
        begin, width = float(attributes["x"].rstrip("%")), attributes["width"]
        assert 0 <= begin <= 100
        assert not width.endswith("%") or begin + float(width.rstrip("%")) <= 100.1


def test_ends_of_one_day_stand_together_with_their_distance() -> None:
    page = re.sub("<[^>]*>", "|", render(reports.three()).partition('class="ends"')[2].partition("</dl>")[0])
    told = [part.strip() for part in page.split("|") if part.strip(" >")]
    assert told[:8] == [
        *("31 October 2026", "22 days ago, ended", "samson", "3 licences"),
        *("15 November 2026", "7 days ago, in grace", "samson", "2 licences"),
    ]
    assert "in 18 days, ends soon" in told


def test_many_ends_are_folded_up_by_state_in_the_order_of_time() -> None:
    ends = [reports.expiration("2027-01-01", 2, "later", organization=f"o{place}") for place in range(13)]
    ends += [reports.expiration("2026-11-01", 1, "ended", organization="o"), reports.expiration("x", 1, "odd")]
    page = render(reports.report([], expirations=ends))
    assert re.findall(r"<details( open=\"\")?><summary><span>(.*?)</span>", page) == [
        (' open=""', "Ended: 1 licence in 1 place"),
        ("", "Ends later: 26 licences in 13 places"),
        (' open=""', "Odd: 1 licence in 1 place"),
    ]


# Numbers and days


@pytest.mark.parametrize(
    ("value", "plain", "signed"),
    [
        (0, "0", "0"),
        (5, "5", "+5"),
        (-5, "\N{MINUS SIGN}5", "\N{MINUS SIGN}5"),
        (1234567, "1,234,567", "+1,234,567"),
        (None, "", ""),
        ("odd", "odd", "odd"),
        (1.5, "1.5", "1.5"),
    ],
)
def test_numbers_for_people(value: Any, plain: str, signed: str) -> None:
    assert (number(value), number(value, signed=True)) == (plain, signed)


def test_days_and_moments_for_people_and_what_is_none() -> None:
    assert day("2026-02-01") == "1 February 2026"
    assert day("2026-12-31T09:00:00Z", short=True) == "31 Dec 2026"
    assert day("2026-02-30") == "2026-02-30"
    assert day(None) == "None"
    assert moment("2026-02-01T06:07:08Z") == "1 February 2026, 06:07 UTC"
    assert moment("2026-02-01T06:07Z") == "1 February 2026, 06:07 UTC"
    assert moment("2026-02-01 06:07") == "2026-02-01 06:07"


def test_a_report_that_was_a_file_gives_the_same_page() -> None:
    for report in (reports.three(), reports.every_kind(), reports.fleet(3, 5)):
        assert render(json.loads(json.dumps(report))) == render(report)


def test_a_fleet_fits_into_an_attachment() -> None:
    assert len(render(reports.fleet()).encode()) < 6_000_000
