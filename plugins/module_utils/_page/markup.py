# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Elements, names, numbers and days of the audit's page. Whatever a server calls its things, it stays text. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sized
from typing import Any, TypeAlias
from xml.etree import ElementTree

from .._visible_text import visible

Element = ElementTree.Element
Child: TypeAlias = "Element | str | None"

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MANY = 1000  # things of a kind; of more than these a browser lays out only those that are in sight
MINUS = "\N{MINUS SIGN}"
RAW = ("script", "style")  # of which every character is ours


def element(tag: str, attributes: Mapping[str, Any] | None = None, *children: Child) -> Element:
    """An element with its children. An attribute that is None, and a child that is None, is left out."""
    made = Element(tag)
    for name, value in (attributes or {}).items():
        if value is not None:
            made.set(name, visible(str(value)))
    for child in children:
        append(made, child)
    return made


def append(parent: Element, child: Child) -> None:
    """Adds a child at the end; a text becomes text, never markup, and all of it can be seen."""
    if isinstance(child, str):
        text = child if parent.tag in RAW else visible(child)
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + text
        else:
            parent.text = (parent.text or "") + text
    elif child is not None:
        parent.append(child)


def name(text: Any) -> Element:
    """What somebody else named: its writing direction ends where it ends."""
    return element("bdi", None, str(text))


def quiet(*children: Child) -> Element:
    """What is said beside the main thing."""
    return element("small", None, *children)


def whole(value: Any) -> int:
    """A number to reckon with; 0 for whatever is none."""
    return value if isinstance(value, int) else 0


def number(value: Any, *, signed: bool = False) -> str:
    """A number for people: groups of digits, a real minus, and a plus where the sign is what counts."""
    if not isinstance(value, int):
        return "" if value is None else str(value)
    return f"{value:+,}".replace("-", MINUS) if signed and value else f"{value:,}".replace("-", MINUS)


def crowd(of: str, things: Sized) -> str:
    """The class of what holds such things, which tells the stylesheet where they are many."""
    return f"{of} many" if len(things) > MANY else of


def counted(count: int, one: str, many: str | None = None) -> str:
    """So many of a thing: 1 licence, 2 licences."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listing(texts: list[str]) -> str:
    """Texts as a part of a sentence: a, b and c."""
    return " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))


def day_of(text: Any) -> datetime.date | None:
    """The day that a text begins with; None where it does not."""
    try:
        return datetime.date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def day(text: Any, *, short: bool = False) -> str:
    """A day for people, or the text itself where it is none."""
    found = day_of(text)
    if found is None:
        return str(text)
    month = MONTHS[found.month - 1]
    return f"{found.day} {month[:3] if short else month} {found.year}"


def moment(text: Any) -> str:
    """A day and a time for people, or the text itself where it is none."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d)?Z", str(text))
    return f"{day(found[1])}, {found[2]} UTC" if found else str(text)
