# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everybody can use the page: at any width, in both schemes, by keyboard, and with a screen reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from ansible_collections.tenantops.licensing.tests.browser.driving import REPORTS, Open

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
# All of them but what is asked for beyond AA.
RULES = """() => axe.getRules()
    .filter((rule) => !rule.tags.includes("wcag2aaa"))
    .map((rule) => rule.ruleId)"""
WIDTHS = (360, 1440)
SCHEMES = ("light", "dark")


def violations(page: Page) -> list[str]:
    # What is out of sight is not laid out, and axe would take two things to stand in the same place.
    page.evaluate("document.styleSheets[0].insertRule('tbody { content-visibility: visible !important }')")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = page.evaluate(RULES)
    assert {"color-contrast", "region", "heading-order", "target-size"} <= set(rules)
    options = {"runOnly": {"type": "rule", "values": rules}, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = page.evaluate(f"() => axe.run({json.dumps(options)})")["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html']}" for one in found]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [name for name in REPORTS if name != "fleet"])
def test_axe_finds_nothing(visit: Open, name: str, width: int, scheme: str) -> None:
    assert violations(visit(name, width, scheme).page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_a_page_that_is_in_use(visit: Open, scheme: str) -> None:
    seen = visit("mixed", 1440, scheme)
    seen.page.get_by_role("button", name="Held").click()
    seen.page.get_by_role("checkbox", name="Missing").check()
    seen.page.get_by_role("checkbox", name="Missing").hover()
    assert violations(seen.page) == []
    seen.page.locator("#search").fill("nothing has this name")
    assert violations(seen.page) == []


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [320, 360, 720, 1100, 1440])
def test_nothing_scrolls_sideways(visit: Open, name: str, width: int) -> None:
    page = visit(name, width).page
    page.evaluate("document.querySelectorAll('details').forEach((fold) => fold.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = """() => Array.from(document.querySelectorAll("main *, header *"))
        .filter((one) => !one.closest("svg") && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1)
        .map((one) => one.outerHTML.slice(0, 80))"""
    assert name == "fleet" or page.evaluate(wide) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_screen_reader_meets_a_table_at_every_width(visit: Open, width: int) -> None:
    told = visit("three", width).page.locator("#findings table").aria_snapshot()
    assert '- table "Findings":' in told
    assert '- columnheader "Difference":' in told
    assert '- rowheader "delilah organization o-1, 2 findings"' in told
    row = (
        *("Missing", "Place Production / orchestrator", "Code UNATT", "Wanted 5", "Held 0"),
        *("Difference \N{MINUS SIGN}5", "Since 22 Nov 2026 new", "Detail Provisioning mends it."),
    )
    labels = "Place |Code |Wanted |Held |Difference |Since |Detail " if width == 1440 else "^$"
    for cell in row:
        assert f'- cell "{re.sub(labels, "", cell)}"' in told
    assert told.count("- cell") == 3 * 8
    assert told.count("- columnheader") == 8


def test_the_keyboard_reaches_every_control_in_order_and_shows_where_it_is(visit: Open) -> None:
    seen = visit("small_fleet")
    asked = """() => {
        const one = document.activeElement;
        const ring = getComputedStyle(one.matches("fieldset input") ? one.parentElement : one);
        const what = one === document.body ? "BODY" : one.textContent.trim() || one.name;
        return [what, ring.outlineStyle, parseFloat(ring.outlineWidth)];
    }"""
    reached = []
    for _press in range(80):
        seen.page.keyboard.press("Tab")
        what, style, width = seen.page.evaluate(asked)
        if what == "BODY":
            break
        assert (style, width >= 2) == ("solid", True), what
        reached.append(what)
    columns = ["Kind", "Place", "Code", "Wanted", "Held", "Difference", "Since", "Detail"]
    assert reached == [
        "Skip to the content",
        *("Pools 65", "Expiries 12", "Findings 48", "Gone 32", "What the findings mean"),
        *("3 of 60 pools nearly used up", "The other 57 pools, the fullest first"),
        *("search", "Show all", *["kind"] * 6, "status"),
        *columns,
        "All 32 findings",
    ]


def test_space_and_arrows_work_the_filters(visit: Open) -> None:
    seen = visit("mixed")
    seen.page.get_by_role("checkbox", name="Missing").focus()
    seen.page.keyboard.press("Space")
    assert seen.places() == ["t10", "T3"]
    seen.page.get_by_role("radio", name="All").focus()
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("ArrowDown")
    assert seen.places() == []
    seen.page.get_by_role("button", name="Show all findings").focus()
    seen.page.keyboard.press("Enter")
    assert len(seen.places()) == 11


def test_the_focus_begins_at_the_page_itself(visit: Open) -> None:
    """Otherwise a browser looks for a place to begin, and lays out every row for that."""
    seen = visit("fleet")
    seen.page.wait_for_function("document.body.matches(':focus')")
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.textContent") == "Skip to the content"


def test_the_skip_link_leads_to_the_content(visit: Open) -> None:
    seen = visit("three")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("document.activeElement.id") == "main"
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.name") == "search"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_ways_lead_to_their_sections_past_thousands_of_rows(visit: Open, width: int) -> None:
    seen = visit("fleet", width)
    for link in seen.page.locator("nav a").all():
        link.click()
        target = (link.get_attribute("href") or "").removeprefix("#")
        seen.page.wait_for_timeout(100)
        box = seen.page.locator(f"#{target}-title").bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 900, target


def test_the_verdict_has_a_word_beside_its_sign(visit: Open) -> None:
    for name, word in (("none", "As agreed"), ("three", "Not as agreed"), ("hostile", "Not as agreed")):
        page = visit(name).page
        assert page.locator(".verdict strong").inner_text() == word
        assert page.locator(".verdict svg").get_attribute("aria-hidden") == "true"
        assert page.title().endswith(word.lower())


def test_the_timeline_says_in_words_what_it_shows(visit: Open) -> None:
    image = visit("three").page.get_by_role("img")
    assert image.count() == 1
    assert image.get_attribute("aria-label") == (
        "Licences by the month in which they end: 3 ended, 2 in grace, 20 soon and 55 later. The list below names each."
    )


def test_a_page_without_pools_and_ends_has_no_empty_boxes(visit: Open) -> None:
    page = visit("empty").page
    assert page.locator("main h2").all_inner_texts() == ["Findings", "What the findings mean"]
    assert page.locator("main > section:first-child").inner_text().split("\n")[-1].strip() == "There are no findings."
    assert page.locator("table, form, details, .key").count() == 0
