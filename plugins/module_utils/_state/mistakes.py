# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a desired state, all of it; and scalars in the form in which a file has them. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import InvalidInput

MOST_MISTAKES = 20  # of those that are told; the others are counted
Path = tuple[Any, ...]  # the keys and the positions, from 0, that lead to a value


@dataclass(frozen=True, slots=True)
class _KeyItself:
    """The last step of a path that leads to a key rather than to its value."""


KEY_ITSELF = _KeyItself()


@dataclass(frozen=True, slots=True)
class AsWritten:
    """A scalar of a file that its format reads as something else than what stands there, such as ``010`` as 8."""

    text: str
    value: Any

    def __repr__(self) -> str:
        return self.text


def plain(value: Any) -> Any:
    """The same value with what the file's format makes of its scalars."""
    if isinstance(value, AsWritten):
        return value.value
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def sort_of(value: Any) -> str:
    """What a value is that is no string, with its article."""
    value = plain(value)
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, datetime.date):
        return "a date"
    return "a number" if isinstance(value, (int, float)) else f"of type {type(value).__name__}"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: the place in the user's words, what is wrong there, and where in the value it stands.

    ``other`` is where the same thing stands for the first time.
    """

    place: str
    message: str
    path: Path
    other: Path | None = None


@dataclass(slots=True)
class Mistakes:
    """The mistakes that were found so far."""

    found: list[Mistake] = field(default_factory=list)

    def refuse(self, locate: Callable[[list[Path]], Mapping[Path, str]] = lambda _paths: {}) -> None:
        """Raise InvalidInput if there are any. ``locate`` tells the file, the line and the column of paths."""
        if not self.found:
            return
        told = self.found[:MOST_MISTAKES]
        places = locate([path for mistake in told for path in (mistake.path, mistake.other) if path])
        sentences = [_sentence(mistake, places) for mistake in told]
        if len(sentences) == 1:
            raise InvalidInput(sentences[0])
        more = len(self.found) - len(told)
        numbered = " ".join(
            f"({number}) {one}{'' if one.endswith('?') else '.'}" for number, one in enumerate(sentences, 1)
        )
        raise InvalidInput(
            f"There are {len(self.found)} mistakes in the desired state: {numbered}"
            + (f" And {more} more." if more else "")
        )


def _sentence(mistake: Mistake, places: Mapping[Path, str]) -> str:
    message = mistake.message
    other = places.get(mistake.other or ())
    if other is not None:
        message += f" (the other one: {other})"
    return ": ".join(part for part in (places.get(mistake.path), mistake.place, message) if part)
