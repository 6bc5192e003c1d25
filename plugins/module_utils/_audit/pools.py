# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has how much of a pool, and which pools are nearly used up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from .._model.current import Pool
from .._model.finding_kinds import FindingKind
from .findings import Finding, PoolUse, Spot, Terms


def pool_uses(level: str, spot: Spot, pool: Pool, managed: Mapping[str, int]) -> Iterator[PoolUse]:
    """One for each code of a pool. ``managed``: by code, what is held of it where a file names it.

    What else is used is unmanaged: other organizations, services and entities, but also users and groups.
    """
    for code, product in pool.items():
        held = managed.get(code, 0)
        others = max(product.total - product.available - held, 0)
        yield PoolUse(level, replace(spot, code=code), product.total, held, others, product.available)


def nearly_used(pools: Iterable[PoolUse], terms: Terms) -> Iterator[Finding]:
    """A finding for each pool of which more is used than the share that was asked for."""
    for pool in pools:
        used = pool.total - pool.free
        if pool.level in terms.pool_levels and used * 100 > pool.total * terms.pool_share:
            most = pool.total * terms.pool_share // 100
            share = f" ({used * 100 // pool.total} %)" if pool.total else ""
            detail = f"{used} of {pool.total} used{share}, {pool.free} free"
            yield Finding(FindingKind.POOL_NEARLY_USED, pool.spot, most, used, used - most, detail)
