# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps, the writes of a plan, and the pools that decide which of them may run: the words planner and executor share.

A pool is a free quantity of one thing, such as (organization, product code) or (license pack, its licences).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PoolKey = tuple[str, str]
HOST = ""  # the first half of a PoolKey of the host's own pool; no organization has an empty ID


@dataclass(frozen=True, slots=True)
class Step:
    """One write: ``entry`` is the index of the entry it belongs to, ``action`` what to do, in the vendor's terms.

    It may begin when the free quantities cover ``takes`` and every step whose index is in ``after`` has succeeded;
    when it has succeeded, ``gives`` is free.

    ``adds_to``, ``gives_way_to``: the name of a list of the desired state. What the list implies to be removed, because
    it does not name it, gives way to what adds to it: it begins when all of that has succeeded. ``room_from``: removals
    of that kind that must go before this step, since it needs what they give; where it is not made, they are put back.
    """

    entry: int
    action: Any
    takes: Mapping[PoolKey, int] = field(default_factory=dict)
    gives: Mapping[PoolKey, int] = field(default_factory=dict)
    after: tuple[int, ...] = ()
    adds_to: str | None = None
    gives_way_to: str | None = None
    room_from: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shortage:
    """A pool that cannot give what is wanted of one thing.

    ``available`` is what is left beside those held. Where ``lowers``, it is the pool itself that is to shrink from
    ``held`` to ``wanted``, and ``available`` what of it is not given out.
    """

    pool: str  # as people call it
    code: str
    wanted: int
    held: int
    available: int
    nearest: tuple[str, ...] = ()
    lowers: bool = False

    @property
    def short(self) -> int:
        if self.lowers:
            return self.held - self.wanted - self.available
        return self.wanted - self.held - self.available

    def __str__(self) -> str:
        if self.lowers:
            given = self.held - self.available
            return (
                f"{self.code}: {self.wanted} wanted, but {given} of {self.held} are given to services or users "
                f"from {self.pool}: {self.short} short"
            )
        text = f"{self.code}: {self.wanted} wanted, {self.held} held, {self.available} left in {self.pool}"
        hint = f" (no such code in it; nearest: {', '.join(self.nearest)})" if self.nearest else ""
        return f"{text}: {self.short} short{hint}"

    def as_result(self) -> dict[str, Any]:
        return {
            "pool": self.pool,
            "code": self.code,
            "wanted": self.wanted,
            "held": self.held,
            "available": self.available,
            "short": self.short,
        }
