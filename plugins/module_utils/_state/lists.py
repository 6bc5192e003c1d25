# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of the desired state: each item checked, and none of them twice. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .._model.desired import identity, likeness
from .fields import CheckedMapping
from .mistakes import Mistake, Mistakes, Path
from .spelling import shown

# The keys of each mapping; the first of them says which one it is.
KEYS = {
    "organization": (
        *("id", "name", "labels", "products", "exclusive", "exclusive_services", "allow_empty", "tenants", "state"),
    ),
    "tenant": ("id", "name", "services", "allow_empty", "state"),
    "service": ("type", "products", "exclusive", "allow_empty", "state"),
    "license pack": ("id", "entities", "exclusive", "allow_empty"),
    "entity": ("id", "expiration_date", "state"),
}

Built = TypeVar("Built")


def some(
    node: CheckedMapping, key: str, what: str, build: Callable[[CheckedMapping], Built]
) -> tuple[Built, ...] | None:
    values = node.items(key)
    return None if values is None else each(values, what, build, node.mistakes, (*node.path, key), node.place)


def each(
    values: list[Any],
    what: str,
    build: Callable[[CheckedMapping], Built],
    mistakes: Mistakes,
    path: Path,
    parent: str = "",
) -> tuple[Built, ...]:
    """Build each item of a list and refuse the same one twice."""
    known, key = KEYS[what], KEYS[what][0]
    inside = f"{parent}, " if parent else ""
    built: list[Built] = []
    first: dict[str, tuple[str, Path, bool]] = {}
    for number, value in enumerate(values):
        place = f"{inside}{what} {number + 1}"
        if not isinstance(value, Mapping):
            mistakes.found.append(Mistake(place, f"{shown(value)} is not a mapping", (*path, number)))
            continue
        node = CheckedMapping(value, place, known, mistakes, (*path, number))
        an_id = node.identifier(key)
        if an_id:
            node.place = f"{inside}{what} {an_id}"  # told by its ID as soon as that is known
            refuse_twice(node, what, an_id, key, first)
        built.append(build(node))
    return tuple(built)


def refuse_twice(
    node: CheckedMapping, what: str, an_id: str, key: str, first: dict[str, tuple[str, Path, bool]]
) -> None:
    """Of two IDs that a person cannot tell apart, or that differ in letter case only, one is a slip of the pen.

    But where one of them is to be absent, it is said in words that they are two.
    """
    path, absent = (*node.path, key), node.get("state") == "absent"
    other, other_path, other_absent = first.setdefault(likeness(an_id), (an_id, path, absent))
    if other_path == path:
        return
    told = f"the same {what} stands twice"
    same = str.casefold if what == "service" else identity
    if same(other) == same(an_id):
        node.complain(told, key, other=other_path)
    elif absent == other_absent:
        node.complain(f"{told}, first as {shown(other)}", key, other=other_path)
