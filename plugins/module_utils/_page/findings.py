# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of findings of the audit's page, with the filters of the first of them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .kinds import Kinds, kind_of
from .markup import Element, counted, crowd, day, day_of, element, name, number, quiet

LONG = 50  # a longer group is cut into parts, each of which a browser may leave out of its layout
Record = Mapping[str, Any]
# The script sorts a column by what its cells are: kinds by rank, texts as people do, values by size.
COLUMNS = {
    "Kind": "kind",
    "Place": "text",
    "Code": "text",
    "Wanted": "value",
    "Held": "value",
    "Difference": "value",
    "Since": "value",
    "Detail": "text",
}


def table(findings: Sequence[Record], kinds: Kinds, title: str) -> Element:
    """A table with a group of rows for each organization and license pack, in the order of the findings.

    The roles say again what the elements are: browsers forget it where a stylesheet lays a table out otherwise.
    """
    groups: dict[tuple[str, str], list[Record]] = {}
    for finding in findings:
        groups.setdefault(_group(finding), []).append(finding)
    heads = [
        element("th", {"role": "columnheader", "scope": "col", "data-sort": sort}, column)
        for column, sort in COLUMNS.items()
    ]
    ranks = kinds.ranks()
    return element(
        "table",
        {"class": crowd("findings", findings), "role": "table", "aria-labelledby": title},
        element("thead", {"role": "rowgroup"}, element("tr", {"role": "row"}, *heads)),
        *(
            element(
                "tbody",
                {"role": "rowgroup", "class": "more" if begin else None},
                None if begin else _head(listed),
                *(_row(finding, kinds, ranks[kind_of(finding)]) for finding in listed[begin : begin + LONG]),
            )
            for listed in groups.values()
            for begin in range(0, len(listed), LONG)
        ),
    )


def _group(finding: Record) -> tuple[str, str]:
    """What a finding is grouped by: an organization, a license pack, or the host."""
    for level in ("organization", "license_pack"):
        place = finding.get(f"{level}_id", finding.get(level))
        if place is not None:
            return level, str(place)
    return "host", ""


def _head(listed: Sequence[Record]) -> Element:
    """The row above a group: whose findings these are."""
    finding = listed[0]
    level, place = _group(finding)
    count = element("span", {"class": "count"}, counted(len(listed), "finding"))
    if level == "host":
        told: list[Element | str] = ["Host ", quiet(count)]
    else:
        title = str(finding.get(level, place))
        word = "organization" if level == "organization" else "license pack"
        told = [name(title), " "]
        told.append(quiet(word, ", ", count) if title == place else quiet(f"{word} ", name(place), ", ", count))
    head = element(
        "th", {"role": "rowheader", "scope": "rowgroup", "colspan": len(COLUMNS), "aria-colspan": len(COLUMNS)}, *told
    )
    return element("tr", {"role": "row"}, head)


def _row(finding: Record, kinds: Kinds, rank: int) -> Element:
    text = kinds.texts[kind_of(finding)]
    in_days = any(isinstance(finding.get(amount), str) for amount in ("wanted", "held"))
    return element(
        "tr",
        {"role": "row", "data-kind": rank, "data-status": finding.get("status")},
        _cell({"class": text.concern}, text.name),
        _cell({}, *_place(finding)),
        _cell({}, *([] if finding.get("code") is None else [name(finding["code"])])),
        _amount(finding.get("wanted")),
        _amount(finding.get("held")),
        _difference(finding.get("difference"), in_days=in_days),
        _cell({"data-value": finding.get("since")}, *_since(finding)),
        _cell({}, *_detail(finding)),
    )


def _cell(attributes: Mapping[str, Any], *children: Element | str) -> Element:
    return element("td", {"role": "cell", **attributes}, *children)


def _place(finding: Record) -> list[Element | str]:
    """Where it is within its organization or license pack."""
    texts = [finding.get("tenant", finding.get("tenant_id")), finding.get("service_type"), finding.get("entity_id")]
    named = [name(text) for text in texts if text is not None]
    if not named:
        return [quiet({"organization": "itself", "license_pack": "whole pack", "host": "host"}[_group(finding)[0]])]
    return [part for one in named for part in (" / ", one)][1:]


def _since(finding: Record) -> list[Element | str]:
    """The day since when it is so, and whether that is new."""
    told: list[Element | str] = [] if finding.get("since") is None else [name(day(finding["since"], short=True))]
    return [*told, " ", element("strong", None, "new")] if finding.get("status") == "new" else told


def _detail(finding: Record) -> list[Element | str]:
    """What else there is to say."""
    told: list[Element | str] = [name(finding["detail"]), " "] if finding.get("detail") else []
    return [*told, quiet("Provisioning mends it.")] if finding.get("fixable") else told


def _amount(value: Any) -> Element:
    """A number or a day, with what it is sorted by where its text is for people only."""
    if isinstance(value, str):
        is_day = day_of(value) is not None
        return _cell({"data-value": value if is_day else None}, day(value, short=True) if is_day else value)
    text = number(value)
    return _cell({"data-value": None if text == str(value) else value}, text)


def _difference(value: Any, *, in_days: bool) -> Element:
    text = number(value, signed=True)
    if in_days and text:
        text += " day" if value in (1, -1) else " days"
    return _cell({"data-value": value}, text)


def filters(findings: Sequence[Record], kinds: Kinds, *, compared: bool) -> Element:
    """The controls above the table; hidden until the script that they need runs. ``compared``: with an earlier report.

    Nothing ticked means that nothing is filtered.
    """
    counts = Counter(kind_of(finding) for finding in findings)
    ticks = [
        element(
            "label",
            None,
            element("input", {"type": "checkbox", "name": "kind", "value": rank}),
            *(element("span", {"class": kinds.texts[kind].concern}, kinds.texts[kind].name), " "),
            quiet(number(counts[kind])),
        )
        for kind, rank in kinds.ranks().items()
        if counts[kind]
    ]
    statuses = Counter(finding.get("status") for finding in findings)
    choices = [
        element(
            "label",
            None,
            element("input", {"type": "radio", "name": "status", "value": value, "checked": None if value else ""}),
            *(element("span", None, words), " "),
            quiet(number(count)),
        )
        for value, words, count in (
            ("", "All", len(findings)),
            ("new", "New", statuses["new"]),
            ("open", "Still open", statuses["open"]),
        )
    ]
    search = element(
        "p",
        {"class": "search"},
        element("label", {"for": "search"}, "Search"),
        element("input", {"id": "search", "type": "search", "name": "search", "spellcheck": "false"}),
        element("button", {"type": "button", "class": "all"}, "Show all"),
    )
    return element(
        "form",
        {"id": "filters", "role": "search", "aria-label": "Findings", "autocomplete": "off", "hidden": ""},
        search,
        element("fieldset", None, element("legend", None, "Kind"), *ticks),
        element("fieldset", None, element("legend", None, "Since the earlier report"), *choices) if compared else None,
    )


def fixable(findings: Sequence[Record]) -> str:
    """What provisioning would do about it, in a sentence."""
    count = sum(bool(finding.get("fixable")) for finding in findings)
    if count == len(findings):
        return (
            "Provisioning the same files mends all of them." if count > 1 else "Provisioning the same files mends it."
        )
    others = counted(len(findings) - count, "needs a decision first", "need a decision first")
    return f"Provisioning the same files mends {number(count)} of them; {others}." if count else ""
