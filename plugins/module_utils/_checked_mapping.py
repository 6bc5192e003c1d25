# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mapping of the desired state whose values are checked as they are taken out. Pure.

A null counts as omitted. What YAML made of an unquoted word is refused, not guessed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from ._errors import InvalidInput

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class CheckedMapping:
    """One mapping of the desired state, with the words for where it stands."""

    def __init__(self, value: Any, place: str, known: Iterable[str]) -> None:
        self.place = place
        if not isinstance(value, Mapping):
            self.fail(f"{value!r} is not a mapping")
        self._fields = value
        for key in value:
            if key not in known:
                close = nearest(str(key), known)
                self.fail(f"there is no key {key!r}; " + (f"is {close[0]} meant?" if close else _known(known)))

    def fail(self, message: str) -> NoReturn:
        raise InvalidInput(f"{self.place}: {message}" if self.place else message)

    def get(self, key: str) -> Any:
        return self._fields.get(key)

    def has(self, key: str) -> bool:
        return self._fields.get(key) is not None

    def text(self, key: str) -> str | None:
        """A string, or None where it is omitted. What YAML made of an unquoted word is refused, not guessed."""
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fail(f"{key} is {value!r}, which is {_article(value)}, not a string: write it in quotes")
        if not value.strip() or _CONTROL.search(value):
            self.fail(f"{key} is {value!r}: it must have visible characters and no control characters")
        return str(value)

    def identifier(self, key: str) -> str:
        """A string that can stand in a path."""
        value = self.text(key)
        if value is None:
            self.fail(f"{key} is missing")
        if value in (".", ".."):
            self.fail(f"{key} is {value!r}, which no server can tell from a folder")
        return value

    def flag(self, key: str) -> bool:
        value = self.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        return self.fail(f"{key} is {value!r}: write true or false")

    def absent(self) -> bool:
        """Whether ``state`` is absent; what stands beside it then is refused by the caller."""
        value = self.get("state")
        if value not in (None, "present", "absent"):
            self.fail(f"state is {value!r}: write present or absent")
        return bool(value == "absent")

    def refuse_empty(self, key: str, exclusive: bool) -> None:
        """An empty list under exclusive takes everything away: that must be said in words."""
        if exclusive and self.get(key) in ([], {}) and not self.flag("allow_empty"):
            self.fail(f"{key} is empty and exclusive, which takes everything away: set allow_empty to true, or omit it")


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """The known words that look most like this one, the nearest first."""
    by_folded = {name.casefold(): name for name in sorted(known)}
    return [by_folded[match] for match in difflib.get_close_matches(word.casefold(), by_folded, n=3, cutoff=0.5)]


def _known(known: Iterable[str]) -> str:
    return f"the keys are {', '.join(known)}"


def _article(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean"
    return "a number" if isinstance(value, (int, float)) else f"of type {type(value).__name__}"
