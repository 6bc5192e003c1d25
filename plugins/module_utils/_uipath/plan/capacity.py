# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capacity: what the changes of a desired state take from each pool, against what is free in it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ..._plan.steps import HOST, PoolKey, Shortage
from ..._state.fields import nearest
from ..compare import Entry
from .moves import Amounts, flows


def pools_taken_from(entries: Iterable[Entry]) -> set[str]:
    """The pools whose free quantities must be known before anything is written: HOST or organization IDs."""
    return {pool for entry in entries if entry.changed and entry.held is not None for pool, _code in _takes_of(entry)}


def _takes_of(entry: Entry) -> Amounts:
    return flows(entry.place, entry.held or {}, entry.wanted)[0]


def shortages(entries: Iterable[Entry], free: Mapping[PoolKey, int], pool_names: Mapping[str, str]) -> list[Shortage]:
    """Every pool and product code from which more is wanted than there will be, giving back included.

    A pool that nothing is taken from may stay below zero: giving to it only heals it. What an organization gets from
    the host counts as left in its pool; what it gives back to the host must not be given out.
    """
    wanted: Amounts = defaultdict(int)
    held: Amounts = defaultdict(int)
    left: Amounts = defaultdict(int, free)
    taken: set[PoolKey] = set()
    lowered: dict[PoolKey, tuple[int, int]] = {}  # an organization's own quantity, wanted and held
    for entry in entries:
        if not entry.changed or entry.held is None:
            continue
        taken.update(_takes_of(entry))
        own = entry.place.organization_id
        source = HOST if entry.place.service_type is None else own
        for code in entry.held.keys() | entry.wanted.keys():
            end, start = entry.wanted.get(code, 0), entry.held.get(code, 0)
            if end != start:
                wanted[source, code] += end
                held[source, code] += start
            if source == HOST and end > start:
                left[own, code] += end - start
            elif source == HOST and end < start:
                lowered[own, code] = (end, start)
    codes: dict[str, set[str]] = defaultdict(set)
    for pool, code in left:
        codes[pool].add(code)
    found = []
    for key in sorted(taken):
        pool, code = key
        name = pool_names.get(pool, pool)
        if key in lowered:
            end, start = lowered[key]
            spare = left.get(key, 0) - (wanted[key] - held[key])
            shortage = Shortage(name, code, end, start, spare, lowers=True)
        else:
            hint = () if code in codes[pool] else tuple(nearest(code, codes[pool]))
            shortage = Shortage(name, code, wanted[key], held[key], left.get(key, 0), hint)
        if shortage.short > 0:
            found.append(shortage)
    return found
