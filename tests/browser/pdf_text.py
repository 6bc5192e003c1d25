# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a PDF of chromium says: as much of the format as its own writer uses, and no more."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Mapping

OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)\bendobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
# A font that is chosen, or glyphs that are shown.
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]*)> Tj|(\bET\b)")
Glyphs = Mapping[int, str]


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    fonts: dict[bytes, Glyphs] = {}
    for font, number in re.findall(rb"/(F\d+) (\d+) 0 R", pdf):
        told = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
        fonts[font] = _glyphs(_stream(objects[int(told[1])])) if told else {}
    contents = [re.search(rb"/Contents (\d+) 0 R", body) for body in objects.values() if b"/Type /Page\n" in body]
    return [_text(_stream(objects[int(found[1])]), fonts) for found in contents if found]


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found
    return zlib.decompressobj().decompress(found[1]) if b"/FlateDecode" in body else found[1]


def _glyphs(table: bytes) -> Glyphs:
    """Which text each glyph stands for."""
    glyphs = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, text in re.findall(rb"<(\w+)> <(\w+)>", block):
            glyphs[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(rb"<(\w+)> <(\w+)> <(\w+)>", block):
            for place, glyph in enumerate(range(int(first, 16), int(last, 16) + 1)):
                glyphs[glyph] = chr(int(text, 16) + place)
    return glyphs


def _text(content: bytes, fonts: Mapping[bytes, Glyphs]) -> str:
    said: list[str] = []
    glyphs: Glyphs = {}
    for font, shown, end in SHOWN.findall(content):
        if font:
            glyphs = fonts[font]
        elif end:
            said.append("\n")
        else:
            codes = re.findall(rb"....", shown)
            said.append("".join(glyphs.get(int(code, 16), "\N{REPLACEMENT CHARACTER}") for code in codes))
    return unicodedata.normalize("NFKC", "".join(said))  # a font may have one glyph for several letters
