# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strict reading of JSON values into annotated types.

Used for the seed, the switches and the fault rules: whatever is unknown or of the wrong kind is refused with one
sentence that names its place. Understands dataclasses, ``Literal``, ``int``, ``float``, ``str``, ``bool``, ``None``,
unions, ``list[...]``, ``dict[str, ...]``, ``object`` (anything) and ``Annotated`` with functions that return a
complaint or ``None``.
"""

import dataclasses
import functools
import types
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Check = Callable[[Any], str | None]


class UnreadableError(ValueError):
    """A value that is refused; the text is a sentence that names the place."""


def at_least(smallest: int) -> Check:
    """A check for numbers that are not below ``smallest``."""

    def check(value: float) -> str | None:
        return None if value >= smallest else f"{value} is less than {smallest}"

    return check


def at_most(largest: int) -> Check:
    """A check for numbers that are not above ``largest``."""

    def check(value: float) -> str | None:
        return None if value <= largest else f"{value} is more than {largest}"

    return check


def is_date(value: str) -> str | None:
    """A check for dates written YYYY-MM-DD."""
    return None if to_date(value) else f"{value!r} is no date of the form YYYY-MM-DD"


def to_date(text: str) -> date | None:
    """The date that ``YYYY-MM-DD`` names, or None; stricter than the standard library, which takes more forms."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None


def read(kind: type[T], value: object, place: str) -> T:
    """``value`` as a ``kind``; raises UnreadableError with a sentence that begins with ``place``."""
    result: T = _read(kind, value, place)
    return result


@functools.cache
def fields_of(kind: type) -> dict[str, Any]:
    """The annotated type of each field of a dataclass."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def describe(kind: Any) -> str:
    """A type in words."""
    origin = get_origin(kind)
    if origin is Annotated:
        return describe(get_args(kind)[0])
    if origin is Literal:
        return "one of " + ", ".join(repr(choice) for choice in get_args(kind))
    if origin in (Union, types.UnionType):
        return " or ".join(describe(choice) for choice in get_args(kind))
    if origin in (list, dict):
        container = "a list (each: {})" if origin is list else "a mapping (each value: {})"
        return container.format(describe(get_args(kind)[-1]))
    if dataclasses.is_dataclass(kind):
        return "a mapping with " + ", ".join(fields_of(kind))  # type: ignore[arg-type]
    names = {int: "a whole number", float: "a number", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(kind, "anything")


def _read(kind: Any, value: object, place: str) -> Any:  # noqa: PLR0911 - one return a kind of type
    origin = get_origin(kind)
    if origin is Annotated:
        inner, *checks = get_args(kind)
        result = _read(inner, value, place)
        for check in checks:
            if callable(check) and (complaint := check(result)):
                raise UnreadableError(f"{place}: {complaint}")
        return result
    if origin in (Union, types.UnionType):
        return _read_union(kind, value, place)
    if origin is Literal:
        for choice in get_args(kind):
            if choice == value and type(choice) is type(value):
                return value
    elif origin is list and isinstance(value, list):
        (inner,) = get_args(kind)
        return [_read(inner, item, f"{place}[{index}]") for index, item in enumerate(value)]
    elif origin is dict and isinstance(value, dict):
        return {_key(key, place): _read(get_args(kind)[1], item, f"{place}.{key}") for key, item in value.items()}
    elif dataclasses.is_dataclass(kind) and isinstance(value, dict):
        return _read_fields(kind, value, place)
    elif kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif kind is object or (isinstance(kind, type) and is_exactly(value, kind)):
        return value
    raise UnreadableError(f"{place}: {value!r:.80} is not {describe(kind)}")


def is_exactly(value: object, kind: type) -> bool:
    """Whether the value is of this type: true is no whole number, although Python's bool is an int."""
    return isinstance(value, kind) and isinstance(value, bool) == (kind is bool)


def _key(key: object, place: str) -> str:
    if not isinstance(key, str):
        raise UnreadableError(f"{place}: the key {key!r} is not a string, write it in quotes")
    return key


def _read_union(kind: Any, value: object, place: str) -> Any:
    complaints = []
    for choice in get_args(kind):
        try:
            return _read(choice, value, place)
        except UnreadableError as error:
            complaints.append(str(error))
    choices = [choice for choice in get_args(kind) if choice is not type(None)]
    # With one real choice its own complaint names the place inside; with several only the whole can be described.
    raise UnreadableError(complaints[0] if len(choices) == 1 else f"{place}: {value!r:.80} is not {describe(kind)}")


def _read_fields(kind: Any, value: dict[Any, Any], place: str) -> Any:
    hints = fields_of(kind)
    if unknown := [str(name) for name in value if name not in hints]:
        raise UnreadableError(f"{place}: unknown field {', '.join(unknown)}; known: {', '.join(hints)}")
    try:
        return kind(**{name: _read(hints[name], item, f"{place}.{name}") for name, item in value.items()})
    except TypeError as error:
        required = [
            field.name
            for field in dataclasses.fields(kind)
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        ]
        missing = ", ".join(name for name in required if name not in value)
        raise UnreadableError(f"{place}: missing field {missing}") from error
