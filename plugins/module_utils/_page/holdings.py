# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the audit's page that are looked at: the pools with their bars, and what ends when. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from .charts import STATES, pool_bar, swatch, timeline
from .markup import Element, counted, crowd, day, day_of, element, listing, name, number, quiet, whole

SHARE = 90.0  # percent; for a report whose terms do not tell
DAYS = 30  # the same for expiries
FEW = 12  # more than these are folded up
Record = Mapping[str, Any]


def pools(report: Record) -> Element | None:
    """The section of the pools; None without any."""
    listed: Sequence[Record] = report.get("pools") or []
    if not listed:
        return None
    terms = report.get("terms") or {}
    key = _key(managed="managed: held where a file names it", unmanaged="unmanaged: held where none does", free="free")
    section = element("section", {"id": "pools", "aria-labelledby": "pools-title"})
    section.append(element("h2", {"id": "pools-title"}, "Pools"))
    section.append(key)
    for level, title in (("host", "Host"), ("license_pack", "License packs"), ("organization", "Organizations")):
        of_level = [pool for pool in listed if pool.get("level") == level]
        if of_level:
            share = _share(terms, level)
            section.append(element("h3", None, title))
            section.extend(_folded(of_level, share) if level == "organization" else [_bars(of_level, share)])
    return section


def _key(**drawn: str) -> Element:
    """How the pictures of a section are to be read."""
    spans = (element("span", None, swatch(of), " ", words, " ") for of, words in drawn.items())
    return element("p", {"class": "key"}, *spans)


def _share(terms: Record, level: str) -> float:
    """From how many percent on a pool of this level is nearly used up."""
    if level not in terms.get("pool_levels", (level,)):
        return math.inf
    found = re.fullmatch(r"\s*(\d{1,3}(?:\.\d{1,3})?)\s*%?\s*", str(terms.get("pool_share")))
    return float(found[1]) if found else SHARE


def _used(pool: Record) -> float:
    """How many percent of a pool are held; without a total, all or nothing."""
    held, total = whole(pool.get("managed")) + whole(pool.get("unmanaged")), whole(pool.get("total"))
    return held / total * 100 if total > 0 else 100.0 if held > 0 else 0.0


def _folded(listed: Sequence[Record], share: float) -> list[Element]:
    """Pools of many organizations, the fullest first; those that are nearly used up in a fold of their own."""
    fullest = sorted(listed, key=_used, reverse=True)
    if len(fullest) <= FEW:
        return [_bars(fullest, share)]
    nearly = [pool for pool in fullest if _used(pool) > share]
    others = fullest[len(nearly) :]
    folds = []
    if nearly:
        title = f"{number(len(nearly))} of {counted(len(fullest), 'pool')} nearly used up"
        folds.append(fold(title, _bars(nearly, share), unfolded=len(nearly) <= FEW))
    if others:
        title = f"The other {counted(len(others), 'pool')}" if nearly else f"All {counted(len(others), 'pool')}"
        folds.append(fold(f"{title}, the fullest first", _bars(others, share)))
    return folds


def fold(title: str, *content: Element, unfolded: bool = False) -> Element:
    """Something that is folded up until a reader asks for it."""
    return element(
        "details", {"open": "" if unfolded else None}, element("summary", None, element("span", None, title)), *content
    )


def _bars(listed: Sequence[Record], share: float) -> Element:
    return element("ul", {"class": crowd("pools", listed), "role": "list"}, *(_pool(pool, share) for pool in listed))


def _pool(pool: Record, share: float) -> Element:
    """One pool: whose it is, its bar, and its numbers as the server told them."""
    owner = pool.get("organization", pool.get("organization_id", pool.get("license_pack", pool.get("license_pack_id"))))
    code = str(pool.get("code", ""))
    title = element("p", {"class": "whose"}, element("b", None, name(code if owner is None else owner)))
    if owner is not None and code != "licenses":
        title.extend([name(code)])
    used = _used(pool)
    if used > share:
        title.append(element("em", None, "used up" if used >= 100 else "nearly used up"))
    total = pool.get("total")
    percent = f" ({number(int(used))}%)" if whole(total) > 0 else ""
    held = whole(pool.get("managed")) + whole(pool.get("unmanaged"))
    parts = [f"{number(pool[part])} {part}" for part in ("managed", "unmanaged", "free") if pool.get(part) is not None]
    numbers = element(
        "p",
        {"class": "numbers"},
        element("span", None, f"{number(held)} of {'?' if total is None else number(total)} held{percent}"),
        " ",
        quiet(", ".join(parts)),
    )
    return element("li", None, title, pool_bar(pool), numbers)


def expiries(report: Record) -> Element | None:
    """The section of what ends when: the picture, and the same as a list. None if nothing ends."""
    listed: Sequence[Record] = report.get("expirations") or []
    if not listed:
        return None
    days = (report.get("terms") or {}).get("expiry_days")
    days = days if isinstance(days, int) else DAYS
    today = day_of(report.get("generated_at"))
    picture = None if today is None else timeline(listed, today, days)
    by_day = sorted(listed, key=lambda one: str(one.get("date")))
    section = element("section", {"id": "expiries", "aria-labelledby": "expiries-title"})
    section.append(element("h2", {"id": "expiries-title"}, "Expiries"))
    if picture is not None:
        shown = {state: words for state, words in STATES.items() if any(one.get("state") == state for one in listed)}
        section.extend([_key(window=f"the next {counted(days, 'day')}", **shown), picture])
    if len(by_day) <= FEW:
        section.append(_ends(by_day, today))
    else:
        section.extend(_folded_ends(by_day, today))
    return section


def _folded_ends(by_day: Sequence[Record], today: Any) -> list[Element]:
    """Many ends, folded up by their state."""
    states = {str(one.get("state")): None for one in by_day}
    folds = []
    for state in sorted(states, key=lambda one: list(STATES).index(one) if one in STATES else len(STATES)):
        of_state = [one for one in by_day if str(one.get("state")) == state]
        words = STATES.get(state, state)
        licenses = counted(sum(whole(one.get("licenses")) for one in of_state), "licence")
        title = f"{words[0:1].upper()}{words[1:]}: {licenses} in {counted(len(of_state), 'place')}"
        folds.append(fold(title, _ends(of_state, today), unfolded=len(of_state) <= FEW))
    return folds


def _ends(by_day: Sequence[Record], today: Any) -> Element:
    """A list of days with what ends on each."""
    ends = element("dl", {"class": "ends"})
    for date, group in groupby(by_day, key=lambda one: str(one.get("date"))):
        of_day = list(group)
        words = listing([STATES.get(state, state) for state in dict.fromkeys(str(one.get("state")) for one in of_day)])
        when = f"{_distance(date, today)}, {words}" if today is not None and day_of(date) is not None else words
        ends.append(
            element(
                "div",
                None,
                element("dt", None, day(date), " ", quiet(when)),
                *(element("dd", None, *_whose_end(one)) for one in of_day),
            )
        )
    return ends


def _distance(date: str, today: Any) -> str:
    """How far a day is away."""
    away = (day_of(date) - today).days
    if away == 0:
        return "today"
    return f"in {counted(away, 'day')}" if away > 0 else f"{counted(-away, 'day')} ago"


def _whose_end(one: Record) -> list[Element | str]:
    """Whose licences end, and how many."""
    names = [one.get(key, one.get(f"{key}_id")) for key in ("organization", "tenant", "service_type", "license_pack")]
    told: list[Element | str] = []
    for text in names:
        if text is not None:
            told += [" / ", name(text)] if told else [name(text)]
    licenses = one.get("licenses")
    amount = counted(licenses, "licence") if isinstance(licenses, int) else ""
    return [*told, " ", element("b", None, amount)]
