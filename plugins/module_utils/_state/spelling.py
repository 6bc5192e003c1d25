# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person cannot see in an ID, and how it is shown to one. Pure."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Any

LONGEST_SHOWN = 120
# Letters and marks that are drawn as nothing, beside the categories for control and format.
_DRAWN_AS_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180d\u180f]")


def unseen(text: str) -> str | None:
    """What of a text a person cannot see, as the end of a sentence; None where all of it can be seen.

    Two IDs that differ only in such things look like one, so an ID with any of them is refused.
    """
    if text.isascii() and text.isprintable() and text == text.strip():
        return None
    for character in text:
        if _invisible(character):
            return f"it has {_named(character)}, which nobody sees"
        if character.isspace() and character != " ":
            return f"it has {_named(character)}, which looks like an ordinary blank"
    if text != text.strip():
        return "it has a blank at its edge"
    if not unicodedata.is_normalized("NFC", text):
        return f"it is written with combining marks ({text!a}), where the composed letters look the same"
    return None


def _invisible(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        or character in _DRAWN_AS_NOTHING
        or _VARIATION.match(character) is not None
    )


def _named(character: str) -> str:
    name = unicodedata.name(character, "a control character" if ord(character) < 0xA0 else "no character")
    return f"U+{ord(character):04X} ({name})"


def shown(value: Any) -> str:
    """A value as a message shows it: escaped, and not longer than a line."""
    try:
        text = value.isoformat() if isinstance(value, datetime.date) else repr(value)
    except ValueError:  # Python writes no integer of thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
