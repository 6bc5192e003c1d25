# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server or a file says, made safe to show and to hand on. Pure."""

from __future__ import annotations

import datetime
import itertools
import math
import re
from collections.abc import Mapping
from typing import Any

# Printable to Python, and yet nothing to the eye: joiners, fillers, vowels without a sign, variation selectors, and the
# blank of braille.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
DEEPEST = 100  # levels of a value that are told; Ansible and JSON end at some hundred
MOST_DIGITS = 4000  # of a number; Python writes no more than 4,300


def visible(text: str) -> str:
    """The text with all that a terminal obeys, or nobody sees, as an escape: ``\\x1b``, ``\\u202e``, ``\\n``.

    These are control and formatting characters, line breaks, blanks other than the plain one, and what is no
    character.
    """
    if text.isprintable() and _UNSEEN.search(text) is None:
        return text
    return "".join(
        character
        if character.isprintable() and not _UNSEEN.match(character)
        else character.encode("unicode_escape").decode()
        for character in text
    )


def visible_value(value: Any) -> Any:
    """The same structure of dicts and lists with every string in it ``visible``."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {visible_value(key): visible_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [visible_value(item) for item in value]
    return value


def encodable(text: str) -> str:
    """The text with halves of surrogate pairs, which no encoding has, as escapes."""
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def as_data(value: Any, depth: int = 0) -> Any:
    """A value in what JSON and Ansible can carry, as it is wherever that is possible.

    What they cannot carry becomes text: NaN and infinities, numbers of thousands of digits, bytes, halves of surrogate
    pairs, other objects, and what is nested deeper than DEEPEST levels.
    """
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        if depth >= DEEPEST:
            return "nested too deeply to be told"
        return _mapping(value, depth) if isinstance(value, Mapping) else [as_data(one, depth + 1) for one in value]
    return _scalar(value)


def _scalar(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if value.bit_length() < MOST_DIGITS * 3 else "a number of thousands of digits"
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return visible(value.decode("utf-8", "backslashreplace"))
    if isinstance(value, (str, datetime.date)):
        return encodable(str(value))
    return f"something of the type {type(value).__name__}"


def _mapping(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    """A mapping with keys that are text; two keys that become the same text are both kept."""
    told: dict[str, Any] = {}
    for key, item in value.items():
        name = str(as_data(key, DEEPEST))
        names = itertools.chain([name], (f"{name} ({number})" for number in itertools.count(2)))
        told[next(free for free in names if free not in told)] = as_data(item, depth + 1)
    return told
