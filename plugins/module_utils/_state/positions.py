# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where in a file the values stand that are wrong: a second pass, which only mistakes need. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Literal

from .mistakes import KEY_ITSELF, Path

Position = tuple[int, int]  # line and column, from 1
# One step through a text: what begins or ends there, the scalar if it is one, and where.
Step = tuple[Literal["mapping", "list", "end", "scalar"], Any, Position]


def positions(steps: Iterable[Step], wanted: Collection[Path]) -> dict[Path, Position]:
    """Where each of these paths leads to, or where it is left, as it is where a mapping is merged into another."""
    on_the_way = {path[:length] for path in wanted for length in range(len(path) + 1)}
    found: dict[Path, Position] = {}
    inside: list[_Inside] = []
    for sort, scalar, position in steps:
        if sort == "end":
            inside.pop()
            continue
        path: Path | None = ()
        if inside:
            top = inside[-1]
            if top.awaits_key:
                top.awaits_key = False
                top.step = scalar
                if top.path is not None and sort == "scalar":
                    key_path = (*top.path, scalar, KEY_ITSELF)
                    if key_path in on_the_way:
                        found[key_path] = position
                path = None  # nothing that is looked for stands inside a key
                if sort == "scalar":
                    continue
            else:
                path = top.next_path(on_the_way)
        if path is not None:
            found[path] = position
        if sort != "scalar":
            inside.append(_Inside(path, sort == "mapping"))
    return {path: _nearest(path, found) for path in wanted}


class _Inside:
    """A mapping or a list that is being walked through; ``path`` is None where nothing in it is looked for."""

    __slots__ = ("awaits_key", "is_mapping", "path", "step")

    def __init__(self, path: Path | None, is_mapping: bool) -> None:
        self.path = path
        self.is_mapping = is_mapping
        self.awaits_key = is_mapping
        self.step: Any = 0

    def next_path(self, on_the_way: Collection[Path]) -> Path | None:
        """The path of the value that comes now, if it is one of those."""
        step = self.step
        if self.is_mapping:
            self.awaits_key = True
        else:
            self.step += 1
        if self.path is None:
            return None
        path = (*self.path, step)
        return path if path in on_the_way else None


def _nearest(path: Path, found: dict[Path, Position]) -> Position:
    while path and path not in found:
        path = path[:-1]
    return found.get(path, (1, 1))


def repeated(steps: Iterable[Step]) -> list[tuple[str, Position]]:
    """The keys that stand in one mapping for a second time, and where."""
    again: list[tuple[str, Position]] = []
    inside: list[set[Any] | None] = []
    awaits_key = False
    for sort, scalar, position in steps:
        is_key = awaits_key and bool(inside) and inside[-1] is not None
        keys = inside[-1] if inside else None
        if sort == "end":
            inside.pop()
            awaits_key = True
        elif sort == "scalar":
            if is_key and keys is not None:
                if scalar in keys:
                    again.append((scalar, position))
                keys.add(scalar)
            awaits_key = not is_key
        else:
            inside.append(set() if sort == "mapping" else None)
            awaits_key = True
    return again
