# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On paper the page is whole: unfolded, without controls, with the head of the table on each sheet."""

from __future__ import annotations

import io
import re
import unicodedata
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from ansible_collections.tenantops.licensing.plugins.module_utils._page.document import render
from ansible_collections.tenantops.licensing.tests.browser import reports
from ansible_collections.tenantops.licensing.tests.browser.driving import Visit, hear


def printed(browser: Browser, report: reports.Record, folder: Path, *, scripts: bool, sought: str = "") -> list[str]:
    """The text of each sheet."""
    path = folder / "page.html"
    path.write_text(render(report), encoding="utf-8")
    context = browser.new_context(java_script_enabled=scripts, color_scheme="dark")
    seen: Visit = hear(context.new_page(), path.as_uri())
    seen.page.goto(seen.uri)
    if sought:
        seen.page.locator("#search").fill(sought)
    sheets = PdfReader(io.BytesIO(seen.page.pdf(format="A4"))).pages
    # A font may have one glyph for several letters.
    texts = [unicodedata.normalize("NFKC", sheet.extract_text()) for sheet in sheets]
    seen.untroubled()
    context.close()
    return texts


def numbered(count: int) -> reports.Record:
    """A report in which every record has a code that occurs once, with more of all than is shown unfolded."""
    findings = [reports.finding("missing", **reports.DELILAH, code=f"F{place:04}X") for place in range(count)]
    return reports.report(
        findings,
        earlier={"generated_at": reports.EARLIER},
        gone=[reports.finding("missing", **reports.SAMSON, code=f"G{place:04}X") for place in range(40)],
        pools=[reports.pool("organization", f"P{place:04}X", 3, 2, 9, **reports.DELILAH) for place in range(40)],
        expirations=[reports.expiration("2027-02-01", 3, "later", organization=f"E{place:04}X") for place in range(40)],
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_every_finding_pool_and_end_is_on_paper(browser: Browser, tmp_path: Path, scripts: bool) -> None:
    sheets = printed(browser, numbered(400), tmp_path, scripts=scripts)
    text = "\n".join(sheets)
    assert re.findall(r"F\d{4}X", text) == [f"F{place:04}X" for place in range(400)]
    assert re.findall(r"G\d{4}X", text) == [f"G{place:04}X" for place in range(40)]
    assert sorted(re.findall(r"P\d{4}X", text)) == [f"P{place:04}X" for place in range(40)]
    assert re.findall(r"E\d{4}X", text) == [f"E{place:04}X" for place in range(40)]


def test_each_sheet_of_findings_has_the_head_of_the_table(browser: Browser, tmp_path: Path) -> None:
    sheets = printed(browser, numbered(400), tmp_path, scripts=True)
    with_findings = [sheet for sheet in sheets if re.search(r"F\d{4}X", sheet)]
    assert len(with_findings) > 3
    assert all("Difference" in sheet for sheet in with_findings)


def test_controls_stay_off_the_paper(browser: Browser, tmp_path: Path) -> None:
    text = "\n".join(printed(browser, numbered(3), tmp_path, scripts=True))
    assert "Licence audit" in text
    assert "Showing 3 of 3" in text
    assert not re.search("Search|Show all|Skip to|Still open", text)
    assert "\N{UP DOWN ARROW}" not in text


def test_what_is_filtered_away_stays_away_and_the_paper_tells(browser: Browser, tmp_path: Path) -> None:
    text = "\n".join(printed(browser, numbered(30), tmp_path, scripts=True, sought="F0007X"))
    assert re.findall(r"F\d{4}X", text) == ["F0007X"]
    assert "Showing 1 of 30" in text


def test_paper_is_light_and_has_room_for_the_picture(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(render(reports.three()), encoding="utf-8")
    page = browser.new_context(color_scheme="dark").new_page()
    page.goto(path.as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 32, 38)"
    picture, lowest = (page.locator(f".timeline{part}").bounding_box() for part in ("", " text.day >> nth=0"))
    assert picture is not None
    assert lowest is not None
    assert lowest["y"] + lowest["height"] <= picture["y"] + picture["height"]
    page.context.close()


def test_a_browser_that_does_not_unfold_is_helped_and_folds_are_as_before_afterwards(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(render(numbered(40)), encoding="utf-8")
    page = browser.new_context().new_page()
    page.goto(path.as_uri())
    page.locator("#gone summary").click()
    opened = "Array.from(document.querySelectorAll('details'), (fold) => fold.open)"
    before = page.evaluate(opened)
    assert {True, False} == set(before)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert set(page.evaluate(opened)) == {True}
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(opened) == before
    page.context.close()
