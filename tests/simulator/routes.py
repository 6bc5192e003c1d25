# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding the operation that a raw path means.

The raw path is split before anything is decoded, so that an escaped slash belongs to an ID and an unescaped one leads
to another route.
"""

import dataclasses
from collections.abc import Callable
from typing import Generic, Literal, TypeVar

from .web import Call, Reply, decode_id

Kind = Literal["read", "write", "sign_in"]
S = TypeVar("S")


@dataclasses.dataclass(frozen=True)
class Operation(Generic[S]):
    """One operation of a contract. ``group`` names the switch that can take the route away."""

    name: str
    method: str
    path: str
    kind: Kind
    handler: Callable[[Call, S], Reply]
    query: frozenset[str] = frozenset()
    group: str | None = None


@dataclasses.dataclass(frozen=True)
class Found(Generic[S]):
    """What a method and a path lead to: no operation but methods means 405, neither means 404."""

    operation: Operation[S] | None
    segments: dict[str, str]
    methods: tuple[str, ...]

    def ids(self) -> dict[str, str]:
        """The decoded values of the placeholders."""
        return {name: decode_id(segment) for name, segment in self.segments.items()}


class Routes(Generic[S]):
    """The operations of one vendor."""

    def __init__(self, operations: list[Operation[S]]) -> None:
        paths: dict[str, dict[str, Operation[S]]] = {}
        for operation in operations:
            paths.setdefault(operation.path, {})[operation.method] = operation
        self._by_length: dict[int, list[tuple[list[str], dict[str, Operation[S]]]]] = {}
        # A literal segment wins over a placeholder: "~" sorts placeholders last.
        for path in sorted(paths, key=lambda path: path.replace("{", "~")):
            segments = path.split("/")
            self._by_length.setdefault(len(segments), []).append((segments, paths[path]))

    def find(self, method: str, raw_path: str) -> Found[S]:
        """The operation for a call."""
        sent = raw_path.split("/")
        for template, operations in self._by_length.get(len(sent), ()):
            found = _match(template, sent)
            if found is not None:
                return Found(operations.get(method), found, tuple(sorted(operations)))
        return Found(None, {}, ())


def _match(template: list[str], sent: list[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for expected, segment in zip(template, sent, strict=True):
        if expected.startswith("{"):
            if not segment:
                return None
            found[expected[1:-1]] = segment
        elif expected != segment:
            return None
    return found
