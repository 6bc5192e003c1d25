# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page asks nobody for anything, needs no script, and no name of anything does anything."""

from __future__ import annotations

import re

import pytest

from ansible_collections.tenantops.licensing.tests.browser import reports
from ansible_collections.tenantops.licensing.tests.browser.driving import REPORTS, Open

ELEMENTS = """() => Array.from(new Set(Array.from(document.querySelectorAll("*"), (one) => one.localName))).sort()"""
EVENTS = """() => Array.from(document.querySelectorAll("*"))
    .flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith("on") || name === "style")"""
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_asked_for_and_nothing_complained_about(visit: Open, name: str, width: int, scheme: str) -> None:
    seen = visit(name, width, scheme)
    for button in seen.page.locator("#findings thead button").all():
        button.click()
    seen.page.mouse.wheel(0, 100_000)
    seen.page.wait_for_timeout(50)
    seen.untroubled()
    assert seen.requests == [seen.uri]


def test_hostile_names_make_no_elements(visit: Open) -> None:
    page = visit("hostile").page
    usual = set(visit("three").page.evaluate(ELEMENTS)) | set(visit("fleet").page.evaluate(ELEMENTS))
    assert set(page.evaluate(ELEMENTS)) <= usual
    assert page.locator("script").count() == 1
    assert page.locator("style").count() == 1
    assert page.locator("h1").all_inner_texts() == ["Licence audit"]
    assert page.evaluate(EVENTS) == []
    assert page.locator("a[href]:not([href^='#'])").count() == 0
    assert page.title() == "Licence audit of 22 November 2026, 09:30 UTC: not as agreed"
    assert page.locator("html").get_attribute("dir") is None


@pytest.mark.parametrize("text", reports.HOSTILE, ids=range(len(reports.HOSTILE)))
def test_hostile_names_stand_there_literally(visit: Open, text: str) -> None:
    seen = visit("hostile")
    shown = re.sub(UNSEEN, lambda found: found[0].encode("unicode_escape").decode(), text)
    names = seen.page.locator("bdi").all_text_contents()
    assert names.count(shown) >= 12
    assert shown in [title for title, _places in seen.groups()]
    assert f"{shown} / {shown}" in seen.places()


def test_the_policy_holds_against_what_would_get_in(visit: Open) -> None:
    """Were there a hole, the page's own policy would still stop a script, a style and an image."""
    seen = visit("three")
    failed: list[str | None] = []
    seen.page.on("requestfailed", lambda request: failed.append(request.failure))
    seen.page.evaluate(
        """() => {
            const add = (tag, fields) => document.body.append(Object.assign(document.createElement(tag), fields));
            add("script", { textContent: "document.title = 'owned'" });
            add("style", { textContent: "body { display: none }" });
            add("img", { src: "https://example.com/pixel.png" });
            document.body.setAttribute("style", "visibility: hidden");
        }"""
    )
    assert seen.page.title() != "owned"
    assert seen.page.locator("h1").is_visible()
    assert len(seen.messages) == 4
    assert all("violates the following Content Security Policy directive" in message for message in seen.messages)
    assert failed == ["csp"]
    seen.messages.clear()
    seen.requests.pop()


def test_a_name_from_right_to_left_turns_nothing_else(visit: Open) -> None:
    """What stands behind the name in the same line still stands to its right."""
    page = visit("hostile").page
    head = page.locator("#findings tbody th", has_text="right to left").first
    name, count = head.locator("bdi").first.bounding_box(), head.locator(".count").bounding_box()
    assert name is not None
    assert count is not None
    assert count["x"] > name["x"]


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("name", ["three", "mixed", "fleet"])
def test_without_a_script_the_page_is_complete(visit: Open, name: str, width: int) -> None:
    plain, scripted = visit(name, width, java_script_enabled=False), visit(name, width)
    assert len(plain.places()) == len(getattr(reports, name)()["findings"])
    assert plain.groups() == scripted.groups()
    assert plain.page.locator("button:visible, input:visible").count() == 0
    for part in ("header", "#pools", "#expiries", "#gone", "#legend", "footer"):
        assert plain.page.locator(part).all_text_contents() == scripted.page.locator(part).all_text_contents()


def test_folds_open_without_a_script(visit: Open) -> None:
    page = visit("fleet", java_script_enabled=False).page
    pools = page.locator("#pools details").nth(1)
    assert not pools.locator("li").first.is_visible()
    pools.locator("summary").click()
    assert pools.locator("li").first.is_visible()
    assert page.locator("#pools li").count() == 2_505
