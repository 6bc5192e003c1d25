# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext's pages: sizes, tokens, and a pack over several of them."""

from typing import Any

import pytest

from simulator.clients import YextClient
from simulator.testing import Handle


@pytest.fixture(autouse=True)
def many_entities(simulator: Handle) -> None:
    """A pack of 120 assignments, and 12 packs."""
    packs: dict[str, Any] = {f"p{number}": {"total": 5, "assigned": {"e1": None}} for number in range(12)}
    packs["p0"] = {"total": 200, "assigned": {f"e{number}": None for number in range(120)}}
    simulator.set_state({"yext": {"license_packs": packs}})


def entities(response: dict[str, Any]) -> list[str]:
    return [each["entityId"] for pack in response["licenseAssignments"] for each in pack["assignedEntities"]]


def all_pages(yext: YextClient, pack: str, **params: Any) -> list[dict[str, Any]]:
    pages = [yext.assigned(pack, **params)]
    while token := pages[-1].get("nextPageToken"):
        pages.append(yext.assigned(pack, pageToken=token, **params))
    return pages


@pytest.mark.parametrize(("size", "pages"), [(None, 12), (1, 120), (50, 3), (40, 3)])
def test_a_pack_over_several_pages(yext: YextClient, size: int | None, pages: int) -> None:
    found = all_pages(yext, "p0", pageSize=size)
    assert len(found) == pages
    assert [name for page in found for name in entities(page)] == [f"e{number}" for number in range(120)]
    assert {page["licenseAssignments"][0]["licensePack"]["assigned"] for page in found} == {120}
    assert "nextPageToken" not in found[-1]


def test_packs_over_several_pages(yext: YextClient) -> None:
    first = yext.call("GET").json()["response"]
    second = yext.call("GET", params={"pageToken": first["nextPageToken"]}).json()["response"]
    ids = [pack["id"] for page in (first, second) for pack in page["licensePacks"]]
    assert sorted(ids) == sorted(f"p{number}" for number in range(12))
    assert "nextPageToken" not in second


def test_an_entity_over_all_packs(yext: YextClient) -> None:
    found = all_pages(yext, "-", assignedEntity="e1", pageSize=5)
    assert [len(page["licenseAssignments"]) for page in found] == [5, 5, 2]


@pytest.mark.parametrize("size", ["0", "-1", "x", "1.5", "", "٣"])
def test_wrong_sizes(yext: YextClient, size: str) -> None:
    assert yext.call("GET", params={"pageSize": size}).status_code == 400


@pytest.mark.parametrize(("above", "status"), [("400", 400), ("clamped", 200)])
def test_sizes_above_the_largest(yext: YextClient, simulator: Handle, above: str, status: int) -> None:
    simulator.set_switches(yext_page_size_above_maximum=above, yext_page_size_maximum=30)
    answer = yext.call("GET", "/p0/assigned-entities", {"pageSize": 31})
    assert answer.status_code == status
    if status == 200:
        assert len(entities(answer.json()["response"])) == 30
    assert len(entities(yext.assigned("p0", pageSize=30))) == 30


def test_the_size_that_is_not_sent(yext: YextClient, simulator: Handle) -> None:
    simulator.set_switches(yext_page_size_default=7)
    assert len(entities(yext.assigned("p0"))) == 7
    simulator.set_switches(yext_page_size_maximum=3)
    assert len(entities(yext.assigned("p0"))) == 3


def test_unknown_tokens(yext: YextClient) -> None:
    token = yext.assigned("p0")["nextPageToken"]
    assert yext.call("GET", params={"pageToken": token}).status_code == 400
    assert yext.call("GET", "/p1/assigned-entities", {"pageToken": token}).status_code == 400
    assert yext.call("GET", "/p0/assigned-entities", {"pageToken": token, "assignedEntity": "e1"}).status_code == 400
    for wrong in ("", "x", token + "A", "MTA6MQ=="):
        assert yext.call("GET", "/p0/assigned-entities", {"pageToken": wrong}).status_code == 400


@pytest.mark.parametrize(("counts", "sizes"), [("entities", [50, 50, 20]), ("packs", [120])])
def test_what_a_page_counts(yext: YextClient, simulator: Handle, counts: str, sizes: list[int]) -> None:
    simulator.set_switches(yext_page_counts=counts)
    assert [len(entities(page)) for page in all_pages(yext, "p0", pageSize=50)] == sizes


@pytest.mark.parametrize(("form", "shown"), [("null", None), ("empty", "")])
def test_the_last_page(yext: YextClient, simulator: Handle, form: str, shown: str | None) -> None:
    simulator.set_switches(yext_last_page_token=form)
    assert yext.assigned("p1")["nextPageToken"] == shown
    assert yext.assigned("p0")["nextPageToken"]


def test_a_token_that_repeats(yext: YextClient, simulator: Handle) -> None:
    simulator.set_switches(yext_page_token_repeats=True)
    first = yext.assigned("p0")
    second = yext.assigned("p0", pageToken=first["nextPageToken"])
    assert second["nextPageToken"] == first["nextPageToken"]
