# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables are sorted by each column, both ways, by mouse and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.browser import reports
from ansible_collections.tenantops.licensing.tests.browser.driving import Groups, Open

SERIOUSNESS = list(reports.CONCERNS)
NEVER = "9999-99-99"
Finding = dict[str, Any]


def natural(text: Any) -> Any:
    """As people sort: without regard to case, and numbers by their size."""
    if text is None:
        return None
    return [(part.isdigit(), int(part) if part.isdigit() else part) for part in re.split(r"(\d+)", text.lower())]


def by_size(value: Any) -> Any:
    """Numbers, then days, then never."""
    if value is None:
        return None
    return (1, NEVER if value == "never" else value) if isinstance(value, str) else (0, value)


def place(finding: Finding) -> str:
    return str(finding.get("tenant", finding.get("entity_id")))


KEYS: dict[str, Callable[[Finding], Any]] = {
    "Kind": lambda finding: SERIOUSNESS.index(finding["kind"]),
    "Place": lambda finding: natural(place(finding)),
    "Code": lambda finding: natural(finding["code"]),
    "Wanted": lambda finding: by_size(finding["wanted"]),
    "Held": lambda finding: by_size(finding["held"]),
    "Difference": lambda finding: by_size(finding["difference"]),
    "Since": lambda finding: finding["since"],
    "Detail": lambda finding: natural(finding.get("detail")),
}


def in_order(things: list[Any], key: Callable[[Any], Any], *, descending: bool) -> list[Any]:
    """Sorted; equals stay as they are, and what has no value comes last either way."""
    valued = sorted((one for one in things if key(one) is not None), key=key, reverse=descending)
    return valued + [one for one in things if key(one) is None]


def expected(findings: list[Finding], column: str, *, descending: bool) -> Groups:
    """Rows in order within their group, groups in the order of their first rows."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(str(finding.get("organization", finding.get("license_pack"))), []).append(finding)
    key = KEYS[column]
    rows = [(title, in_order(group, key, descending=descending)) for title, group in groups.items()]
    ordered = in_order(rows, lambda group: key(group[1][0]), descending=descending)
    return [(title, [place(finding) for finding in group]) for title, group in ordered]


def test_the_report_tells_the_columns_apart() -> None:
    """Otherwise the tests below could pass with the wrong column."""
    findings = reports.mixed()["findings"]
    orders = {str(expected(findings, column, descending=way)) for column in KEYS for way in (False, True)}
    assert len(orders) == 2 * len(KEYS)


def test_unsorted_it_is_in_the_order_of_the_report(visit: Open) -> None:
    seen = visit("mixed")
    assert seen.groups() == [
        ("delilah", ["t10", "t2", "T3", "t1"]),
        ("samson", ["s20", "s3", "S1"]),
        ("Listings 2026", ["e1", "e12", "e11", "e2"]),
    ]
    assert seen.page.locator("[aria-sort]").count() == 0
    assert seen.told() == "Showing 11 of 11 findings."


@pytest.mark.parametrize("column", KEYS)
def test_a_column_sorts_up_and_then_down_and_then_up_again(visit: Open, column: str) -> None:
    seen = visit("mixed")
    findings = reports.mixed()["findings"]
    header = seen.page.get_by_role("columnheader", name=column)
    for way in ("ascending", "descending", "ascending"):
        header.get_by_role("button").click()
        assert seen.groups() == expected(findings, column, descending=way == "descending")
        assert header.get_attribute("aria-sort") == way
        assert seen.page.locator("[aria-sort]").count() == 1
        assert seen.told() == f"Showing 11 of 11 findings. Sorted by {column.lower()}, {way}."


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize("column", KEYS)
def test_the_keyboard_sorts_and_keeps_its_place(visit: Open, column: str, key: str) -> None:
    seen = visit("mixed")
    seen.page.locator("#search").focus()
    for _press in range(30):
        seen.page.keyboard.press("Tab")
        if seen.page.evaluate("document.activeElement.textContent") == column:
            break
    for way in ("ascending", "descending"):
        seen.page.keyboard.press(key)
        assert seen.groups() == expected(reports.mixed()["findings"], column, descending=way == "descending")
        assert seen.page.evaluate("document.activeElement.textContent") == column


def test_another_column_starts_upwards_again(visit: Open) -> None:
    seen = visit("mixed")
    for column in ("Code", "Code", "Held"):
        seen.page.get_by_role("button", name=column).click()
    assert seen.groups() == expected(reports.mixed()["findings"], "Held", descending=False)
    assert seen.page.get_by_role("columnheader", name="Code").get_attribute("aria-sort") is None


def test_hidden_rows_do_not_order_the_groups(visit: Open) -> None:
    seen = visit("mixed")
    seen.page.get_by_role("button", name="Held").click()
    seen.page.get_by_role("checkbox", name="Too much").check()
    assert seen.groups() == [("samson", ["s20"]), ("delilah", ["t2"])]
    seen.page.get_by_role("button", name="Held").click()
    assert seen.groups() == [("delilah", ["t2"]), ("samson", ["s20"])]
    seen.page.get_by_role("button", name="Show all").click()
    assert seen.groups() == expected(reports.mixed()["findings"], "Held", descending=True)


def test_a_long_group_is_sorted_as_one_and_stays_with_its_head(visit: Open) -> None:
    seen = visit("long")
    findings = reports.long()["findings"]
    for way in ("ascending", "descending"):
        seen.page.get_by_role("button", name="Held").click()
        assert seen.groups() == expected(findings, "Held", descending=way == "descending")
    seen.page.get_by_role("button", name="Place").click()
    assert seen.groups() == expected(findings, "Place", descending=False)
    sizes = seen.page.locator("#findings table").evaluate(
        "(table) => Array.from(table.tBodies, (body) => body.rows.length)"
    )
    assert sizes == [51, 10, 51, 50, 31]
    assert [title for title, _places in seen.groups()] == ["Reviews", "Listings 2026"]
    seen.page.locator("#search").fill("store-120")
    assert seen.groups() == [("Listings 2026", ["store-120"])]
    assert seen.page.locator("#findings tbody:not([hidden])").count() == 2  # the one with the head, and the one with it
    seen.page.get_by_role("button", name="Show all").click()
    assert seen.groups() == expected(findings, "Place", descending=False)


def test_the_table_of_gone_findings_sorts_by_itself(visit: Open) -> None:
    seen = visit("fleet")
    seen.page.locator("#gone summary").click()
    seen.page.locator("#gone").get_by_role("button", name="Difference").click()
    texts = seen.page.locator("#gone tbody").first.locator("tr td:nth-child(6)").all_inner_texts()
    numbers = [int(text.replace("\N{MINUS SIGN}", "-")) for text in texts]
    assert len(numbers) == 16
    assert numbers == sorted(numbers)
    assert seen.page.locator("#findings [aria-sort]").count() == 0
    assert seen.told() == "Showing 8,000 of 8,000 findings."
