# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mapping of the desired state whose values are checked as they are taken out. Pure.

A null counts as omitted. What YAML made of an unquoted word is refused, not guessed. A mistake is noted, so that the
rest is checked too: who began with the mistakes ends with refusing them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .mistakes import KEY_ITSELF, AsWritten, Mistake, Mistakes, Path, sort_of
from .spelling import shown, unseen

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class CheckedMapping:
    """One mapping of the desired state, with the words for where it stands, and the path that leads to it."""

    def __init__(
        self, fields: Mapping[Any, Any], place: str, known: Iterable[str], mistakes: Mistakes, path: Path = ()
    ) -> None:
        self.place = place
        self.mistakes = mistakes
        self.path = path
        self._fields = fields
        self._noted: set[tuple[Any, ...]] | None = None
        self._has_strange_key = False
        for key in fields:
            if key not in known:
                self._has_strange_key = True
                close = nearest(str(key), known)
                told = f"is {close[0]} meant?" if close else f"the keys are {', '.join(known)}"
                self.complain(f"there is no key {shown(key)}; {told}", key, KEY_ITSELF)

    def complain(self, message: str, *steps: Any, other: Path | None = None) -> None:
        """Note a mistake here, or where these steps lead to from here; once, however often it is met."""
        self._noted = self._noted or set()
        if (message, *steps) in self._noted:
            return
        self._noted.add((message, *steps))
        self.mistakes.found.append(Mistake(self.place, message, self.path + steps, other))

    def get(self, key: str) -> Any:
        value = self._fields.get(key)
        return None if isinstance(value, AsWritten) and value.value is None else value

    def has(self, key: str) -> bool:
        return self.get(key) is not None

    def missing(self, key: str, way_out: str) -> None:
        """Note that it is omitted, or that nothing stands there; where a key is unknown, that one may be meant."""
        if self._has_strange_key:
            return
        if isinstance(self._fields.get(key), AsWritten):
            self.complain(f"{key} is {self._fields[key]}, which stands for nothing: {way_out}", key)
        else:
            self.complain(f"{key} is missing")

    def text(self, key: str) -> str | None:
        """A string, or None where it is omitted. What YAML made of an unquoted word is refused, not guessed."""
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.complain(f"{key} is {shown(value)}, which is {sort_of(value)}, not a string: write it in quotes", key)
            return None
        if not value.strip() or _CONTROL.search(value):
            self.complain(f"{key} is {shown(value)}: it must have visible characters and no control characters", key)
            return None
        return str(value)

    def identifier(self, key: str, in_path: bool = True) -> str:
        """A string of which all can be seen, and which can stand in a path; empty where it is a mistake."""
        if self.get(key) is None:
            self.missing(key, "write it in quotes")
            return ""
        value = self.text(key)
        if value is None:
            return ""
        if in_path and value in (".", ".."):
            self.complain(f"{key} is {value!r}, which no server can tell from a folder", key)
            return ""
        hidden = unseen(value)
        if hidden is not None:
            self.complain(f"{key} is {shown(value)}: {hidden}; write it without", key)
            return ""
        return value

    def flag(self, key: str) -> bool:
        value = self.get(key)
        if isinstance(value, AsWritten) and isinstance(value.value, bool):
            return value.value  # yes and no, which YAML reads as booleans, are meant as such here
        if value is None or isinstance(value, bool):
            return bool(value)
        self.complain(f"{key} is {shown(value)}: write true or false", key)
        return False

    def absent(self) -> bool:
        """Whether ``state`` is absent; what stands beside it then is refused by the caller."""
        value = self.get("state")
        if value not in (None, "present", "absent"):
            self.complain(f"state is {shown(value)}: write present or absent", "state")
        return bool(value == "absent")

    def items(self, key: str) -> list[Any] | None:
        """A list, or None where it is omitted."""
        values = self.get(key)
        if values is None or isinstance(values, list):
            return values
        self.complain(f"{key} is not a list", key)
        return None

    def refuse_empty(self, key: str, exclusive: bool) -> None:
        """An empty list under exclusive takes everything away: that must be said in words."""
        mistakes_before = len(self.mistakes.found)
        if not exclusive or self.get(key) not in ([], {}) or self.flag("allow_empty"):
            return
        if len(self.mistakes.found) == mistakes_before:
            self.complain(
                f"{key} is empty and exclusive, which takes everything away: set allow_empty to true, or omit it", key
            )


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """The known words that look most like this one, the nearest first."""
    by_folded = {name.casefold(): name for name in sorted(known)}
    return [by_folded[match] for match in difflib.get_close_matches(word.casefold(), by_folded, n=3, cutoff=0.5)]
