# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the audit's page: how a pool is used, and what ends when. As SVG in the document itself. Pure.

Across they are drawn in percent and down in pixels: so they fill any width while their texts keep their size.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .markup import MONTHS, Element, day_of, element, listing, number, whole

STATES: Mapping[str, str] = {"ended": "ended", "in_grace": "in grace", "soon": "ends soon", "later": "ends later"}
DRAWN_YEARS = 10  # what ends further away is drawn at the edge
MANY_BARS = 8  # from here on a narrow screen has no room for their numbers
TOP, FLOOR, FOOT = 44, 164, 186  # where the highest bar begins, where all stand, where their days are written


def icon(shape: str) -> Element:
    """A sign beside a word that says the same."""
    paths = {
        "good": "M7 12.5l3.5 3.5L17.5 8.5",
        "alert": "M7 9.5h10M7 14.5h10M15 6l-6 12",
        "unread": "M9 9.6a3 3 0 1 1 4.2 2.7c-.9.4-1.2 1-1.2 2M12 17.2v.1",
        "none": "M7 12h10",
    }
    return element(
        "svg",
        {"class": f"icon {shape}", "viewBox": "0 0 24 24", "aria-hidden": "true"},
        element("circle", {"cx": 12, "cy": 12, "r": 11}),
        element("path", {"d": paths[shape]}),
    )


def patterns() -> Element:
    """The hatching that other pictures of the page refer to."""
    hatch = element(
        "pattern",
        {"id": "hatch", "width": 5, "height": 5, "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"},
        element("rect", {"width": 5, "height": 5, "class": "hatch-ground"}),
        element("rect", {"width": 2, "height": 5, "class": "hatch-line"}),
    )
    return element("svg", {"class": "patterns", "width": 0, "height": 0, "aria-hidden": "true"}, hatch)


def swatch(of: str) -> Element:
    """A sample of how a picture draws something."""
    return element("svg", {"class": "swatch", "aria-hidden": "true"}, element("rect", {"class": of, **_SWATCH}))


_SWATCH = {"x": 0.5, "y": 0.5, "width": 15, "height": 11}


def pool_bar(pool: Mapping[str, Any]) -> Element:
    """How much of a pool is held by whom. Whatever the numbers are, the parts never leave the bar.

    The whole bar is the total, or what is held where that is more; a line then marks the total.
    """
    parts = {state: max(0, whole(pool.get(state))) for state in ("managed", "unmanaged")}
    total, held = max(0, whole(pool.get("total"))), sum(parts.values())
    full = max(total, held, 1)
    drawing, begins = element("svg", {"class": "bar", "aria-hidden": "true"}), 0
    for state, amount in parts.items():
        if amount:
            drawing.append(
                element("rect", {"class": state, "x": _percent(begins / full), "width": _percent(amount / full)})
            )
        begins += amount
    if held > total:
        drawing.append(element("rect", {"class": "limit", "x": _percent(total / full * 0.994), "width": "0.6%"}))
    return drawing


def timeline(expirations: Sequence[Mapping[str, Any]], today: datetime.date, days: int) -> Element | None:
    """How many licences end when, summed up by day, month or year. None if no day can be drawn."""
    days = min(max(days, 0), 366 * DRAWN_YEARS)
    bins = _Bins.of(expirations, today, days)
    if bins is None:
        return None
    sums = bins.sums(expirations)
    begin, end = bins.share(today), bins.share(min(today + datetime.timedelta(days), bins.last))
    picture = element(
        "svg",
        {"class": "timeline", "role": "img", "aria-label": _spoken(bins, sums)},
        _box("window", begin, end - begin, TOP - 18, FLOOR - TOP + 18),
    )
    picture.append(_box("today", begin, None, TOP - 30, FLOOR - TOP + 30))
    picture.append(_text("today", begin, 12, "Today", end=begin > 0.8))
    highest = max(sum(states.values()) for states in sums.values())
    for number_of_bin, states in sums.items():
        picture.extend(_column(bins, number_of_bin, states, highest, minor=len(sums) > MANY_BARS))
    picture.append(_box("axis", 0, 1, FLOOR, 1))
    picture.extend(_days(bins))
    return picture


@dataclass(frozen=True)
class _Bins:
    """The parts of the time axis: where each begins, and where the last one ends."""

    unit: str
    begins: Sequence[datetime.date]
    last: datetime.date

    @classmethod
    def of(cls, expirations: Sequence[Mapping[str, Any]], today: datetime.date, days: int) -> _Bins | None:
        found = [one for one in (day_of(expiration.get("date")) for expiration in expirations) if one is not None]
        if not found or not DRAWN_YEARS < today.year < datetime.MAXYEAR - 2 * DRAWN_YEARS:
            return None
        reach = datetime.timedelta(366 * DRAWN_YEARS)
        first = min(today, max(min(found), today - reach))
        last = max(today + datetime.timedelta(days), min(max(found), today + reach))
        span = (last - first).days
        unit = "day" if span <= 45 else "month" if span <= 1100 else "year"
        begins = [_begin(unit, first)]
        while begins[-1] <= last:
            begins.append(_next(unit, begins[-1]))
        return cls(unit, begins[:-1], begins[-1])

    def share(self, day: datetime.date) -> float:
        """Where on the axis a day begins."""
        return (day - self.begins[0]).days / (self.last - self.begins[0]).days

    def sums(self, expirations: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, int]]:
        """Licences by part and state; a day beyond the axis counts in the part at its edge."""
        places = {begin: place for place, begin in enumerate(self.begins)}
        sums: dict[int, dict[str, int]] = {}
        for expiration in expirations:
            day = day_of(expiration.get("date"))
            if day is not None:
                inside = min(max(day, self.begins[0]), self.begins[-1])
                states = sums.setdefault(places[_begin(self.unit, inside)], dict.fromkeys(STATES, 0))
                state = str(expiration.get("state"))
                states[state if state in STATES else "later"] += max(0, whole(expiration.get("licenses")))
        return dict(sorted(sums.items()))

    def label(self, place: int) -> str:
        begin = self.begins[place]
        month = MONTHS[begin.month - 1][:3]
        return {"day": f"{begin.day} {month}", "month": f"{month} {begin.year}", "year": str(begin.year)}[self.unit]


def _begin(unit: str, day: datetime.date) -> datetime.date:
    return day if unit == "day" else day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _next(unit: str, begin: datetime.date) -> datetime.date:
    """Where the next part begins: 31 days after the first of a month is always in the next month, and so for years."""
    return _begin(unit, begin + datetime.timedelta({"day": 1, "month": 31, "year": 366}[unit]))


def _column(bins: _Bins, place: int, states: Mapping[str, int], highest: int, *, minor: bool) -> list[Element]:
    """What ends in one part of the axis: a bar for each state, one on the other, and their sum above."""
    begin = bins.share(bins.begins[place])
    end = bins.share(bins.begins[place + 1] if place + 1 < len(bins.begins) else bins.last)
    width, top, made = end - begin, float(FLOOR), []
    for state, licenses in states.items():
        if licenses:
            height = max(3.0, licenses / highest * (FLOOR - TOP))
            top -= height
            made.append(_box(state, begin + width * 0.12, width * 0.76, top, height))
    total = sum(states.values())
    made.append(_text("count minor" if minor else "count", begin + width / 2, top - 6, number(total)))
    return made


def _days(bins: _Bins) -> list[Element]:
    """Some days below the axis: every other one for wide screens only, and none that would leave the picture."""
    step = math.ceil(len(bins.begins) / 8)
    made = []
    for order, place in enumerate(range(0, len(bins.begins), step)):
        share = bins.share(bins.begins[place])
        made.append(_box("tick", share, None, FLOOR, 6))
        if share < 0.9:
            made.append(_text("day minor" if order % 2 or share > 0.8 else "day", share, FOOT, bins.label(place)))
    return made


def _spoken(bins: _Bins, sums: Mapping[int, Mapping[str, int]]) -> str:
    """The picture in a sentence."""
    totals = {state: sum(states[state] for states in sums.values()) for state in STATES}
    told = listing([f"{number(total)} {state.replace('_', ' ')}" for state, total in totals.items() if total])
    return f"Licences by the {bins.unit} in which they end: {told or 'none'}. The list below names each."


def _box(of: str, begin: float, width: float | None, top: float, height: float) -> Element:
    """A part of a picture; without a width it is a line."""
    return element(
        "rect",
        {
            "class": of,
            "x": _percent(begin),
            "y": f"{top:.4g}",
            "width": 1.5 if width is None else _percent(width),
            "height": f"{height:.4g}",
        },
    )


def _text(of: str, share: float, y: float, text: str, *, end: bool = False) -> Element:
    """A text at a place of the axis, before it where it would leave the picture behind it."""
    attributes = {"class": of, "x": _percent(share), "y": f"{y:.4g}", "text-anchor": "end" if end else None}
    return element("text", attributes, text)


def _percent(share: float) -> str:
    return f"{share * 100:.4g}%"
