# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML as a person reads it: scalars in the form in which they stand there, and nothing that grows without bound.

It is built from the parser's events, which takes a fraction of the time of PyYAML's own loading. Where a value stands
is looked up in a second pass, which only a mistake needs.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from typing import Any

from .._errors import InvalidInput
from .mistakes import AsWritten
from .positions import Position, Step
from .spelling import shown

try:
    import yaml
except ImportError:  # only a YAML file needs it, and it need not be installed
    yaml = None  # type: ignore[assignment]

YAML_IS_THERE = yaml is not None
DEEPEST = 64
MOST_VALUES = 4_000_000  # after the aliases are expanded
Complain = Callable[[str, Position], None]  # what is wrong beside the shape, and where

_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,39}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A word that begins otherwise is a string to YAML.
_MAY_BE_NO_STRING = frozenset("0123456789+-.~nNyYtTfFoO")
_STRING_TAGS = ("!", "tag:yaml.org,2002:str", "!unsafe")
_SHAPE_TAGS = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_WORDS = {"": None, "true": True, "false": False}
LONGEST_NUMBER = 40  # characters; what is longer is no number that anybody means
_NONE_YET = object()
_MERGE = object()


def read_yaml(text: str, complain: Complain) -> Any:
    """What stands in the text. Raises InvalidInput, without the name of the file, for what is no YAML.

    ``complain`` is told of what else is wrong: keys that stand twice, tags, a second document.
    """
    try:
        return _Builder(text, complain).whole()
    except yaml.YAMLError as error:
        raise InvalidInput(_no_yaml(error)) from error


def yaml_steps(text: str) -> Iterator[Step]:
    """A text that was read, once more, with its positions."""
    parser = _parser(text)
    while True:
        event = parser.get_event()
        position = _position(event)
        if isinstance(event, yaml.ScalarEvent):
            yield "scalar", _meaning(parser, event.value) if event.implicit[0] else event.value, position
        elif isinstance(event, yaml.AliasEvent):
            yield "scalar", None, position
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            yield "mapping" if isinstance(event, yaml.MappingStartEvent) else "list", None, position
        elif isinstance(event, yaml.CollectionEndEvent):
            yield "end", None, position
        elif isinstance(event, (yaml.DocumentEndEvent, yaml.StreamEndEvent)):
            return


def _parser(text: str) -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)


def _position(event: Any) -> Position:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _no_yaml(error: Any) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
    told = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None)
    words = f"{context}: {told}" if context else str(told)
    return f"{where}it is not YAML: {' '.join(words.split())}"


def _meaning(parser: Any, text: str) -> Any:
    """What a plain scalar means. What YAML takes for something else than stands there is kept as it stands there."""
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if text[0] not in _MAY_BE_NO_STRING or parser.resolve(yaml.ScalarNode, text, (True, False)) == _STRING_TAGS[1]:
        return text
    try:
        if _DATE.fullmatch(text):
            return datetime.date.fromisoformat(text)
        return AsWritten(text, yaml.safe_load(text) if len(text) <= LONGEST_NUMBER else text)
    except ValueError:  # such as February 30
        return AsWritten(text, text)


class _Open:
    """A mapping or a list whose end has not come yet."""

    __slots__ = ("anchor", "height", "key", "merged", "size_before", "value")

    def __init__(self, value: Any, anchor: str | None, size_before: int) -> None:
        self.value = value
        self.anchor = anchor
        self.size_before = size_before
        self.height = 1
        self.key: Any = _NONE_YET
        self.merged: list[Any] = []


class _Builder:
    def __init__(self, text: str, complain: Complain) -> None:
        self._parser = _parser(text)
        self._complain = complain
        self._plain: dict[str, Any] = {}  # most plain scalars come again
        self._anchors: dict[str, tuple[Any, int, int]] = {}  # the value, how many values it has, and how deep they go
        self._size = 0
        self._open: list[_Open] = []

    def whole(self) -> Any:
        """The only document of the text; None where there is none."""
        found: Any = None
        has_document = False
        get, opened = self._parser.get_event, self._open
        scalar, begins, ends, alias = (
            yaml.ScalarEvent,
            yaml.CollectionStartEvent,
            yaml.CollectionEndEvent,
            yaml.AliasEvent,
        )
        while True:
            event = get()
            height = 0
            if isinstance(event, scalar):
                value = self._scalar(event)
                self._size += 1
                if event.anchor:
                    self._anchors[event.anchor] = (value, 1, 0)
            elif isinstance(event, begins):
                self._begin(event)
                continue
            elif isinstance(event, ends):
                value, height = self._end()
            elif isinstance(event, alias):
                value, height = self._alias(event)
            elif isinstance(event, yaml.StreamEndEvent):
                return found
            else:
                if isinstance(event, yaml.DocumentStartEvent):
                    if has_document:
                        self._complain("a second document begins here: a file has one", _position(event))
                        return found
                    has_document = True
                continue
            if opened:
                self._place(value, height, event)
            else:
                found = value

    def _begin(self, event: Any) -> None:
        if event.tag not in _SHAPE_TAGS:
            self._complain(f"the tag {event.tag} means nothing here: write it without", _position(event))
        if len(self._open) >= DEEPEST:
            raise _at(event, f"it is nested more than {DEEPEST} levels deep")
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(value, event.anchor, self._size))

    def _end(self) -> tuple[Any, int]:
        ended = self._open.pop()
        for mapping in ended.merged:
            for key, value in mapping.items():
                ended.value.setdefault(key, value)
        self._size += 1
        if ended.anchor:
            self._anchors[ended.anchor] = (ended.value, self._size - ended.size_before, ended.height)
        return ended.value, ended.height

    def _alias(self, event: Any) -> tuple[Any, int]:
        if event.anchor not in self._anchors:
            raise _at(event, f"the alias *{event.anchor} stands before the end of what it names, or that is not there")
        value, size, height = self._anchors[event.anchor]
        self._size += size
        if self._size > MOST_VALUES:
            raise _at(event, f"with its aliases it has more than {MOST_VALUES:,} values")
        if len(self._open) + height > DEEPEST:
            raise _at(event, f"with its aliases it is nested more than {DEEPEST} levels deep")
        return value, height

    def _scalar(self, event: Any) -> Any:
        text, tag = event.value, event.tag
        if tag is None:
            if not event.implicit[0]:
                return text
            if text and text[0] not in _MAY_BE_NO_STRING:
                return text
            meaning = self._plain.get(text, _NONE_YET)
            if meaning is _NONE_YET:
                meaning = self._plain[text] = _meaning(self._parser, text)
            return meaning
        if tag == "!vault":
            raise _at(
                event,
                "a value stands here that is encrypted with Ansible Vault, which is decrypted for variables only: "
                "write it plainly, or hand the file over with --extra-vars @FILE or vars_files in place of the option",
            )
        if tag not in _STRING_TAGS:
            self._complain(f"the tag {tag} means nothing here: write the value without it", _position(event))
        return text

    def _place(self, value: Any, height: int, event: Any) -> None:
        """Put a value into the innermost mapping or list."""
        top = self._open[-1]
        if height >= top.height:
            top.height = height + 1
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is _NONE_YET:
            top.key = self._key(value, event, top)
        elif top.key is _MERGE:
            top.key = _NONE_YET
            mappings = value if isinstance(value, list) else [value]
            if not all(isinstance(mapping, dict) for mapping in mappings):
                self._complain("only mappings can be merged with <<", _position(event))
            else:
                top.merged.extend(mappings)
        else:
            top.value[top.key] = value
            top.key = _NONE_YET

    def _key(self, value: Any, event: Any, top: _Open) -> Any:
        if isinstance(value, (dict, list)):
            self._complain("a key is a mapping or a list", _position(event))
            return str(type(value))
        if value == "<<" and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
            return _MERGE
        if value in top.value:
            self._complain(f"the key {shown(value)} stands twice in one mapping", _position(event))
        return value


def _at(event: Any, message: str) -> InvalidInput:
    line, column = _position(event)
    return InvalidInput(f"line {line}, column {column}: {message}")
