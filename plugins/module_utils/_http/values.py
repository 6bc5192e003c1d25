# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of an answer, each with its place in it: what is not what was promised stops the run.

A key that is missing is not a null, a row that cannot be read is not no row. Fields that nobody asks for may be there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from .._errors import Kind, LicensingError
from .response import ODD_HINT, Response

LARGEST = 2**63 - 1  # no vendor counts in more bits
SHOWN = 60  # characters of a value that a message repeats


class Part:
    """A value of an answer, and where it stands: ``license.products[2].quantity``."""

    __slots__ = ("_key", "_whole", "answer", "value")

    def __init__(self, answer: Response, value: Any, whole: Part | None = None, key: str | int = "") -> None:
        self.answer = answer
        self.value = value
        self._whole = whole
        self._key = key

    @property
    def place(self) -> str:
        """The way to it from the whole answer, which has an empty one."""
        if self._whole is None:
            return ""
        before = self._whole.place
        if isinstance(self._key, int):
            return f"{before}[{self._key}]"
        return f"{before}.{self._key}" if before else self._key

    def error(self, expected: str) -> LicensingError:
        """The failure that this value means where something else was promised."""
        where = f"its {self.place}" if self.place else "the whole of it"
        return self.answer.error(
            f"The server's answer is not understood: {where} is {shown(self.value)}, where {expected} belongs",
            kind=Kind.PROTOCOL,
            hint=ODD_HINT,
        )

    def missing(self, key: str) -> LicensingError:
        """The failure that a missing key means."""
        where = f"its {self.place}" if self.place else "the whole of it"
        return self.answer.error(
            f"The server's answer is not understood: {where} is {shown(self.value)}, in which {key} is missing",
            kind=Kind.PROTOCOL,
            hint=ODD_HINT,
        )

    # What is inside

    def object(self) -> Part:
        """Itself, if it is an object, or the one object of a list of one."""
        if isinstance(self.value, Mapping):
            return self
        if isinstance(self.value, list) and len(self.value) == 1 and isinstance(self.value[0], Mapping):
            return Part(self.answer, self.value[0], self, 0)
        raise self.error("an object")

    def at(self, key: str) -> Part:
        """What stands under a key of this object. The key must be there, null or not."""
        inside = self.object()
        if key not in inside.value:
            raise inside.missing(key)
        return Part(self.answer, inside.value[key], inside, key)

    def get(self, key: str) -> Part | None:
        """What stands under a key of this object; None where it is missing or null."""
        inside = self.object()
        value = inside.value.get(key)
        return None if value is None else Part(self.answer, value, inside, key)

    def rows(self, *, alone: bool = True) -> list[Part]:
        """The objects of this list, each of which must be one. ``alone``: one object without its list is a row too."""
        if alone and isinstance(self.value, Mapping):
            return [self]
        if not isinstance(self.value, list):
            raise self.error("a list")
        return list(self._objects(self.value))

    def _objects(self, values: list[Any]) -> Iterator[Part]:
        for number, value in enumerate(values):
            row = Part(self.answer, value, self, number)
            if not isinstance(value, Mapping):
                raise row.error("an object")
            yield row

    # What it is

    @property
    def is_null(self) -> bool:
        return self.value is None

    def identity(self) -> str:
        """An ID, a type or a code: a text that can be sent back as it is, whatever address it becomes a part of."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.error("a text that is not empty")
        fault = unsendable(self.value)
        if fault is not None:
            raise self.error(f"a text without {fault}")
        return self.value

    def text(self) -> str:
        """A text for people; halves of characters, which cannot be printed, are replaced."""
        if not isinstance(self.value, str):
            raise self.error("a text")
        return self.value.encode("utf-8", "replace").decode()

    def token(self) -> str:
        """A text that is only sent back as it is."""
        text = self.text()
        if text != self.value:
            raise self.error("a text without half a character")
        return text

    def scalar(self) -> str | int | float | bool:
        """A text, a number or a truth value that is only passed on."""
        if isinstance(self.value, str):
            return self.text()
        if isinstance(self.value, (bool, int, float)):
            return self.value
        raise self.error("a text or a number")

    def count(self, *, negative: bool = False) -> int:
        """A whole number of licences; 5.0 is one. ``negative``: it may be below zero."""
        number = self.amount(negative=negative)
        if number != int(number):
            raise self.error("a whole number")
        return int(number)

    def amount(self, *, negative: bool = False) -> int | float:
        """A number of licences, of which a part may be used. ``negative``: it may be below zero."""
        number = self.value
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise self.error("a number")
        if abs(number) > LARGEST:
            raise self.error("a number of at most 64 bits")
        if number < 0 and not negative:
            raise self.error("a number that is not negative")
        return number


def unsendable(text: str) -> str | None:
    """What keeps a text from being a part of an address, in words; None where nothing does."""
    if text in (".", ".."):
        return "a meaning of its own in an address"
    if text.isprintable():
        return None
    if any(unicodedata.category(character) == "Cs" for character in text):
        return "half a character"
    if any(unicodedata.category(character) == "Cc" for character in text):
        return "control characters"
    return None


def shown(value: Any) -> str:
    """A value as a message repeats it: short, and every odd character of it visible."""
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        names = ", ".join(f"{name!a:.{SHOWN}}" for name in list(value)[:5])
        return f"an object of {names}{', …' if len(value) > 5 else ''}" if names else "an object without anything in it"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > LARGEST:
        return f"a number of {value.bit_length()} bits"
    text = ascii(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
