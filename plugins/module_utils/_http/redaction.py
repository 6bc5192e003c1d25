# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps secrets out of every text that leaves the module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .encodings import ESCAPES, LEAST, Span, View, blocks, encoded, folded, in_blocks, misread, tight

MASK = "********"
DEPTH = 2  # encodings, one within the other, that are looked through
MOST_REMEMBERED = 10_000  # texts without a secret


class Redactor:
    """Replaces every secret that it was told, however it is spelled.

    A text is searched as it stands, and with one or two layers of escapes or blocks taken away: those of URLs, JSON,
    HTML, UTF-16, hexadecimal, base32 and base64. Blanks and line breaks count alike, as do letters in either case.
    """

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._blank: set[str] = set()  # secrets of nothing but blanks are found as they are
        self._folded: list[str] = []
        self._tight: list[str] = []
        self._least = 0
        self._silent: set[str] = set()

    def add(self, *secrets: str | None) -> None:
        """Remember secrets; None and empty ones are no secrets. One with blanks around it is sent without them."""
        for secret in filter(None, secrets):
            if not secret.strip():
                self._blank.add(secret)
            elif secret.strip() not in self._secrets:
                self._secrets.add(secret.strip())
                self._folded += _in_letters(secret.strip())
                for block in _in_blocks(secret.strip()):
                    (self._tight if len(block) >= LEAST else self._folded).append(block)
        self._folded = sorted(filter(None, {folded(spelling).text for spelling in self._folded}), key=len)
        self._tight = sorted(filter(None, {tight(spelling).text for spelling in self._tight}), key=len)
        self._least = min(map(len, [*self._folded, *self._tight, *self._blank]), default=0)
        self._silent.clear()

    def text(self, text: str) -> str:
        """The text without secrets."""
        if not self._least or len(text) < self._least or text in self._silent:
            return text
        spans = sorted(self._spans(text, DEPTH))
        if not spans:
            if len(self._silent) < MOST_REMEMBERED:
                self._silent.add(text)
            return text
        parts: list[str] = []
        done = 0
        for start, end in _joined(spans):
            parts += (text[done:start], MASK)
            done = end
        return "".join([*parts, text[done:]])

    def value(self, value: Any) -> Any:
        """The same structure of dicts and lists with every string in it redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        return value

    def _spans(self, text: str, depth: int, least: int = 1) -> Iterator[Span]:
        """Where spellings of at least ``least`` characters stand, with so many layers of encodings looked through."""
        if len(text) < self._least:
            return
        for secret in self._blank:
            yield from _found(text, secret)
        for spellings, view in ((self._folded, folded(text)), (self._tight, tight(text))):
            for spelling in spellings:
                if len(spelling) > len(view.text):
                    break
                if len(spelling) >= least:
                    yield from map(view.origin, _found(view.text, spelling))
        if depth:
            for mark, tokens, means in ESCAPES:
                if mark in text:
                    view = View(text, tokens, means)
                    if view.differs:
                        yield from map(view.origin, self._spans(view.text, depth - 1, least))
            for run, meaning in blocks(text, max(LEAST, self._least * 4 // 3)):
                if any(self._spans(meaning, depth - 1, LEAST // 2)):
                    yield run


def _found(text: str, sought: str) -> Iterator[Span]:
    start = text.find(sought)
    while start >= 0:
        yield start, start + len(sought)
        start = text.find(sought, start + 1)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Sorted spans, those that overlap as one."""
    start, end = 0, 0
    for next_start, next_end in spans:
        if next_start >= end:
            if end:
                yield start, end
            start = next_start
        end = max(end, next_end)
    yield start, end


def _in_letters(secret: str) -> Iterator[str]:
    yield secret
    yield from misread(secret)


def _in_blocks(secret: str) -> Iterator[str]:
    lines = "\n".join(secret.splitlines())
    for text in dict.fromkeys((secret, lines, lines.replace("\n", "\r\n"))):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1"):
            data = encoded(text, encoding)
            if data is not None:
                yield from in_blocks(data)
