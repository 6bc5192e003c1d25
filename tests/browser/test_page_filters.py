# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings are filtered by kind, by what is new, by a text, and by all of these together."""

from __future__ import annotations

import pytest

from ansible_collections.tenantops.licensing.tests.browser.driving import Open, Visit

ALL = ["t10", "t2", "T3", "t1", "s20", "s3", "S1", "e1", "e12", "e11", "e2"]


def tick(seen: Visit, *kinds: str) -> None:
    for kind in kinds:
        seen.page.get_by_role("checkbox", name=kind).check()


def choose(seen: Visit, status: str) -> None:
    seen.page.get_by_role("radio", name=status).check()


def seek(seen: Visit, text: str) -> None:
    seen.page.get_by_role("searchbox", name="Search").fill(text)


def test_every_kind_that_occurs_has_a_control_with_its_number_the_most_serious_first(visit: Open) -> None:
    labels = visit("mixed").page.locator("fieldset").first.locator("label").all_inner_texts()
    assert [" ".join(label.split()) for label in labels] == [
        *("Unreadable 1", "Missing 2", "Too little 2", "Too much 2", "Other end 3", "Added by the server 1"),
    ]


def test_kinds_add_up_and_none_means_all(visit: Open) -> None:
    seen = visit("mixed")
    assert seen.places() == ALL
    tick(seen, "Missing")
    assert seen.groups() == [("delilah", ["t10", "T3"])]
    assert seen.told() == "Showing 2 of 11 findings."
    tick(seen, "Too little")
    assert seen.groups() == [("delilah", ["t10", "T3"]), ("samson", ["s3", "S1"])]
    assert seen.told() == "Showing 4 of 11 findings."
    seen.page.get_by_role("checkbox", name="Missing").uncheck()
    assert seen.groups() == [("samson", ["s3", "S1"])]
    seen.page.get_by_role("checkbox", name="Too little").uncheck()
    assert seen.places() == ALL
    assert seen.told() == "Showing 11 of 11 findings."


def test_a_group_tells_how_many_of_its_findings_are_shown(visit: Open) -> None:
    seen = visit("mixed")
    head = seen.page.locator("#findings tbody th").first
    assert head.inner_text() == "delilah organization o-1, 4 findings"
    tick(seen, "Missing")
    assert head.inner_text() == "delilah organization o-1, 2 of 4 findings"
    seen.page.get_by_role("button", name="Show all").click()
    assert head.inner_text() == "delilah organization o-1, 4 findings"


def test_new_and_still_open(visit: Open) -> None:
    seen = visit("mixed")
    choose(seen, "New")
    assert seen.places() == ["t10", "T3", "s3"]
    assert seen.told() == "Showing 3 of 11 findings."
    choose(seen, "Still open")
    assert seen.places() == [place for place in ALL if place not in {"t10", "T3", "s3"}]
    choose(seen, "All")
    assert seen.places() == ALL


def test_without_an_earlier_report_nothing_asks_for_what_is_new(visit: Open) -> None:
    seen = visit("hostile")
    assert seen.page.get_by_role("radio").count() == 3
    assert visit("none").page.get_by_role("radio").count() == 0


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("SAMSON", ["s20", "s3", "S1"]),
        ("listings-2026", ["e1", "e12", "e11", "e2"]),
        ("unatt", ["t10", "T3"]),
        ("too much", ["t2", "s20"]),
        ("samson much", ["s20"]),
        ("  much   samson ", ["s20"]),
        ("e12", ["e12"]),
        ("2,000,000", ["e1"]),
        ("2000000", ["e1"]),
        ("\N{MINUS SIGN}92", ["S1"]),
        ("-92", ["S1"]),
        ("31 Dec 2026", ["e11"]),
        ("2026-12-31", ["e11"]),
        ("never", ["e12", "e2"]),
        (".*", []),
    ],
)
def test_a_text_is_sought_in_all_of_a_row(visit: Open, text: str, places: list[str]) -> None:
    seen = visit("mixed")
    seek(seen, text)
    assert seen.places() == places
    assert seen.told() == f"Showing {len(places)} of 11 findings."


def test_a_search_does_not_run_over_from_one_cell_into_the_next(visit: Open) -> None:
    seen = visit("mixed")
    seek(seen, "missingt10")
    assert seen.places() == []


def test_filters_work_together(visit: Open) -> None:
    seen = visit("mixed")
    tick(seen, "Missing", "Too little")
    choose(seen, "New")
    assert seen.places() == ["t10", "T3", "s3"]
    seek(seen, "unatt")
    assert seen.places() == ["t10", "T3"]
    seek(seen, "c9")
    assert seen.places() == ["s3"]
    choose(seen, "Still open")
    assert seen.places() == ["S1"]


def test_sorting_keeps_the_filters(visit: Open) -> None:
    seen = visit("mixed")
    tick(seen, "Other end")
    seek(seen, "e1")
    seen.page.get_by_role("button", name="Held").click()
    assert seen.groups() == [("Listings 2026", ["e11", "e12"])]
    assert seen.told() == "Showing 2 of 11 findings. Sorted by held, ascending."
    assert seen.page.get_by_role("checkbox", name="Other end").is_checked()
    assert seen.page.locator("#search").input_value() == "e1"


def test_where_nothing_is_left_it_says_so_and_leads_back(visit: Open) -> None:
    seen = visit("mixed")
    assert not seen.page.locator("#nothing").is_visible()
    tick(seen, "Missing")
    choose(seen, "New")
    seek(seen, "nothing has this name")
    assert seen.page.locator("#nothing").inner_text().startswith("No finding matches these filters.")
    assert seen.told() == "Showing 0 of 11 findings."
    assert not seen.page.locator("#findings table").is_visible()
    seen.page.get_by_role("button", name="Show all findings").click()
    assert seen.page.evaluate("document.activeElement.id") == "search"
    assert seen.places() == ALL


def test_show_all_undoes_every_filter(visit: Open) -> None:
    seen = visit("mixed")
    tick(seen, "Missing", "Too much")
    choose(seen, "Still open")
    seek(seen, "t2")
    assert seen.places() == ["t2"]
    seen.page.get_by_role("button", name="Show all").click()
    assert seen.told() == "Showing 11 of 11 findings."
    assert seen.places() == ALL
    assert seen.page.locator("input[type=checkbox]:checked").count() == 0
    assert seen.page.get_by_role("radio", name="All").is_checked()
    assert seen.page.locator("#search").input_value() == ""


def test_the_enter_key_in_the_search_leaves_the_page_alone(visit: Open) -> None:
    seen = visit("mixed")
    seek(seen, "e12")
    seen.page.keyboard.press("Enter")
    assert seen.page.url == seen.uri
    assert seen.places() == ["e12"]


def test_one_finding_is_one_finding(visit: Open) -> None:
    seen = visit("every_kind")
    seek(seen, "C0")
    assert seen.told() == "Showing 1 of 16 findings."


def test_thousands_of_findings_are_filtered_and_sorted_alike(visit: Open) -> None:
    seen = visit("fleet")
    assert seen.told() == "Showing 8,000 of 8,000 findings."
    choose(seen, "New")
    assert seen.told() == "Showing 800 of 8,000 findings."
    seek(seen, "customer-499")
    assert seen.groups() == [("customer-499", ["Test / du", "Training / insights"])]
    assert seen.told() == "Showing 2 of 8,000 findings."
    seen.page.locator("#findings").get_by_role("button", name="Kind").click()
    assert seen.groups() == [("customer-499", ["Training / insights", "Test / du"])]
    seek(seen, "")
    choose(seen, "All")
    assert len(seen.groups()) == 500
    assert len(seen.places()) == 8_000
