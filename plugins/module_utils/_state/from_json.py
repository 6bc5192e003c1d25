# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON as a person reads it: numbers in the form in which they stand there, and no key twice. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from .._errors import InvalidInput
from .mistakes import AsWritten
from .positions import Position, Step, repeated
from .spelling import shown

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s{}\[\],:"]+', re.DOTALL)
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,39}")


class NoJson(InvalidInput):
    """A text that is no JSON."""


def read_json(text: str, complain: Callable[[str, Position], None]) -> Any:
    """What stands in the text. Raises NoJson, or InvalidInput where it is nested too deeply.

    ``complain`` is told of keys that stand twice.
    """
    twice = False

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        whole = dict(pairs)
        twice = twice or len(whole) < len(pairs)
        return whole

    try:
        found = json.loads(
            text, object_pairs_hook=once, parse_float=_no_whole, parse_int=_whole, parse_constant=_no_whole
        )
    except RecursionError as error:
        raise InvalidInput("it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise NoJson(f"line {error.lineno}, column {error.colno}: it is not JSON: {error.msg}") from error
    if twice:
        for key, position in repeated(json_steps(text)):
            complain(f"the key {shown(key)} stands twice in one mapping", position)
    return found


def _whole(text: str) -> Any:
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else AsWritten(text, text)


def _no_whole(text: str) -> AsWritten:
    return AsWritten(text, float(text))


def json_steps(text: str) -> Iterator[Step]:
    """A text that was read, once more, with its positions."""
    line, line_start = 1, 0
    for token in _TOKEN.finditer(text):
        start, word = token.start(), token[0]
        newlines = text.count("\n", line_start, start)
        if newlines:
            line += newlines
            line_start = text.rindex("\n", line_start, start) + 1
        position = (line, start - line_start + 1)
        if word in ("{", "["):
            yield "mapping" if word == "{" else "list", None, position
        elif word in ("}", "]"):
            yield "end", None, position
        else:
            yield "scalar", json.loads(word) if word[0] == '"' else None, position
