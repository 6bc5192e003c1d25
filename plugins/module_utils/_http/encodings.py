# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a text can spell another: what its escapes mean, with the way back to where they stood. Pure."""

from __future__ import annotations

import base64
import binascii
import bisect
import re
from collections.abc import Callable, Iterator
from html.entities import html5

Span = tuple[int, int]  # from, and up to but not with
BLANKS = re.compile(r"[\s+]{2,}|[^\S ]|\+")
LAST_CHARACTER = 0x10FFFF
GAPS = re.compile(r"[\s+]+")
LEAST = 8  # characters of a block in which something is looked for; fewer could be anything

_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def lowered(text: str) -> str:
    """The text with small letters of ASCII, which is of the same length whatever else stands in it."""
    return text.lower() if text.isascii() else text.translate(_LOWER)


class View:
    """A text with some of its parts replaced by what they mean, and the way back to the original."""

    def __init__(self, text: str, tokens: re.Pattern[str], meaning: Callable[[re.Match[str]], str | None]) -> None:
        """``meaning`` None leaves a token as it is."""
        parts: list[str] = []
        self._outs, self._ins, self._is_token = [0], [0], [False]
        done = length = 0
        for token in tokens.finditer(text):
            means = meaning(token)
            if means is None:
                continue
            start, end = token.span()
            parts += (text[done:start], means)
            length += start - done
            self._breakpoint(length, start, is_token=True)
            length += len(means)
            self._breakpoint(length, end, is_token=False)
            done = end
        parts.append(text[done:])
        self.differs = done > 0
        self.text = "".join(parts)

    def _breakpoint(self, out: int, into: int, *, is_token: bool) -> None:
        self._outs.append(out)
        self._ins.append(into)
        self._is_token.append(is_token)

    def origin(self, span: Span) -> Span:
        """Where a part of the view stands in the original; a replaced part counts as a whole."""
        return self._at(span[0])[0], self._at(span[1] - 1)[1]

    def _at(self, position: int) -> Span:
        """What a character of the view is made of."""
        number = bisect.bisect_right(self._outs, position) - 1
        if self._is_token[number]:
            return self._ins[number], self._ins[number + 1]
        start = self._ins[number] + position - self._outs[number]
        return start, start + 1


def folded(text: str) -> View:
    """The text in small letters, with one blank for each stretch of blanks, line breaks and plus signs."""
    return View(lowered(text), BLANKS, lambda _gap: " ")


def tight(text: str) -> View:
    """The text in small letters without blanks, line breaks and plus signs."""
    return View(lowered(text), GAPS, lambda _gap: "")


# Escapes. Each of these takes away one layer, exactly as whoever put it there would.

_HEX = "[0-9a-fA-F]"


def _bytes_pattern(mark: str) -> str:
    """One character of UTF-8, or one byte of anything else, as escapes of its bytes."""
    more = f"{mark}[89abAB]{_HEX}"
    several = f"{mark}[cdCD]{_HEX}{more}|{mark}[eE]{_HEX}(?:{more}){{2}}|{mark}[fF][0-7](?:{more}){{3}}"
    return f"{several}|{mark}{_HEX}{{2}}"


def _of_bytes(digits: str) -> str:
    data = bytes.fromhex(digits)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


_ESCAPED_BYTES = _bytes_pattern(r"\\x")
_IN_URL = re.compile(f"%[uU]({_HEX}{{4}})|{_bytes_pattern('%')}")
_IN_STRING = re.compile(
    rf"\\u([dD][89abAB]{_HEX}{{2}})\\u([dD][c-fC-F]{_HEX}{{2}})"
    rf"|\\(?:u({_HEX}{{4}})|U({_HEX}{{8}})|u\{{({_HEX}{{1,6}})\}}|([bfnrtv\\/\"'`]))"
    rf"|{_ESCAPED_BYTES}"
)
_IN_MARKUP = re.compile(r"&(?:#0*([0-9]{1,7})|#[xX]0*([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));?")
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _in_url(token: re.Match[str]) -> str:
    return chr(int(token[1], 16)) if token[1] else _of_bytes(token[0].replace("%", ""))


def _in_string(token: re.Match[str]) -> str | None:
    high, low, *numbers, letter = token.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    if letter:
        return _LETTERS.get(letter, letter)
    number = next(filter(None, numbers), None)
    return _of_bytes(token[0].replace("\\x", "")) if number is None else _character(int(number, 16))


def _in_markup(token: re.Match[str]) -> str | None:
    decimal, hexadecimal, name = token.groups()
    return html5.get(f"{name};") if name else _character(int(decimal) if decimal else int(hexadecimal, 16))


def _character(number: int) -> str | None:
    return chr(number) if number <= LAST_CHARACTER else None


# Each kind of escape, by the character without which there is none of it.
ESCAPES: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    ("%", _IN_URL, _in_url),
    ("\\", _IN_STRING, _in_string),
    ("&", _IN_MARKUP, _in_markup),
    ("\0", re.compile("\0+"), lambda _token: ""),  # UTF-16 and UTF-32 that were read as something else
)

# Blocks: hexadecimal, base32 and base64, in which a character depends on where it stands.

_GUID = re.compile(f"{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}")
_SPEAKS = re.compile(rb"[\t\n\r -~]{%d}" % LEAST)


def blocks(text: str, least: int) -> Iterator[tuple[Span, str]]:
    """What may be blocks of at least so many bytes in a text, each with a text that it may mean."""
    for pattern, offsets, decode in _BLOCKS:
        for run in pattern.finditer(text):
            if len(run[0]) < least or _GUID.fullmatch(run[0]):  # most of what is searched are IDs
                continue
            digits = run[0].rstrip("=")
            for offset in range(offsets):
                data = decode(digits[offset:])
                yield from ((run.span(), told) for told in _texts(data))


def _texts(data: bytes) -> Iterator[str]:
    """What bytes say, if anything."""
    if data.count(0) * 4 > len(data):  # UTF-16 of mostly ASCII
        yield data.decode("utf-16-le", "replace")
        yield data.decode("utf-16-be", "replace")
    elif _SPEAKS.search(data):
        yield data.decode("utf-8", "replace")
    else:
        told = data.decode("utf-8", "ignore")
        if len(told) >= LEAST // 2 and told.encode() == data:
            yield told


def _from_hexadecimal(digits: str) -> bytes:
    return bytes.fromhex(digits[: len(digits) // 2 * 2])


def _from_base32(digits: str) -> bytes:
    whole = digits.upper()[: len(digits) - (len(digits) % 8 in (1, 3, 6))]
    return base64.b32decode(whole + "=" * (-len(whole) % 8))


def _from_base64(digits: str) -> bytes:
    whole = digits[: len(digits) // 4 * 4 + (len(digits) % 4 if len(digits) % 4 != 1 else 0)]
    return binascii.a2b_base64(whole.translate(_STANDARD) + "=" * (-len(whole) % 4))


_STANDARD = str.maketrans("-_", "+/")


# Each kind of block with how many characters one group has.
_BLOCKS: tuple[tuple[re.Pattern[str], int, Callable[[str], bytes]], ...] = (
    (re.compile(rf"{_HEX}{{{2 * LEAST},}}"), 2, _from_hexadecimal),
    (re.compile(rf"[A-Za-z2-7]{{{LEAST * 8 // 5},}}=*"), 8, _from_base32),
    (re.compile(rf"[A-Za-z0-9+/_-]{{{LEAST},}}=*"), 4, _from_base64),
)


# What a secret is spelled like where no escapes are.


def in_blocks(data: bytes) -> Iterator[str]:
    """Bytes in hexadecimal, base32 and base64, alone and as a part of something longer, such as ``user:password``.

    Of a few bytes only the base64 that is nothing else: the others could be anything.
    """
    if len(data) < LEAST // 2:
        yield base64.b64encode(data).decode()
        return
    yield data.hex()
    for encode, bits, size in (
        (base64.b32encode, 5, 5),
        (base64.b64encode, 6, 3),
        (base64.urlsafe_b64encode, 6, 3),
    ):
        yield encode(data).decode()
        for before in range(size):
            whole = encode(bytes(before) + data).decode().rstrip("=")
            # Characters that also hold bits of what stands beside the secret can be any.
            own = whole[(before * 8 + bits - 1) // bits : (before + len(data)) * 8 // bits]
            if len(own) >= LEAST:
                yield own


def misread(text: str) -> Iterator[str]:
    """A text whose bytes were taken for those of another encoding."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1", "cp1252"):
        data = encoded(text, encoding)
        if data is not None:
            for other in ("utf-8", "latin-1", "cp1252"):
                read = data.decode(other, "replace")
                if len(read) - 2 * read.count("\ufffd") >= LEAST // 2:
                    yield read


def encoded(text: str, encoding: str) -> bytes | None:
    """The bytes of a text, None where the encoding lacks a character."""
    try:
        return text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "strict")
    except UnicodeEncodeError:
        return None
