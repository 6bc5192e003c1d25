# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of Yext's license packs: who is assigned, and until when, against what was agreed. Pure."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from .._audit.expiry import day_state, expiry_finding
from .._audit.findings import Audit, Expiration, Finding, Spot, Terms
from .._audit.pools import nearly_used, pool_uses
from .._model.current import PackAssignments, PoolProduct
from .._model.desired import NEVER, DesiredPack
from .._model.finding_kinds import FindingKind
from .plan import LICENSES, Entry, Held, compare, shortages


def audit_packs(desired: Sequence[DesiredPack], held: Mapping[str, PackAssignments], terms: Terms) -> Audit:
    """Hold what is assigned on these packs against what was agreed. Those that ``held`` lacks could not be read.

    A pack whose listing spells an entity of the file otherwise is none that could be read.
    """
    audit = Audit()
    for pack in desired:
        if pack.id in held:
            audit.add(_audit_pack(pack, held[pack.id], terms))
    return audit


def _audit_pack(pack: DesiredPack, found: PackAssignments, terms: Terms) -> Audit:
    audit = Audit()
    spot = Spot(license_pack_id=pack.id, license_pack=found.pack.name or None)
    entries = compare(replace(pack, exclusive=False), found.entities)
    named = {entity.id for entity in pack.entities or ()}
    unnamed = sorted(found.entities.keys() - named)
    for entry in entries:
        audit.findings += _drift(entry, replace(spot, entity_id=entry.entity_id), terms)
    if pack.entities is not None or terms.include_omitted:
        goes = pack.exclusive and pack.entities is not None
        for entity_id in unnamed:
            at = replace(spot, entity_id=entity_id)
            audit.findings.append(Finding(FindingKind.UNMANAGED, at, 0, 1, 1, fixable=goes))
    audit.findings += _listing(found, spot)
    room = _room(found)
    if room is not None:
        managed = sum(entry.held is not None and entry.wanted is not None for entry in entries)
        audit.pools += pool_uses("license_pack", spot, {LICENSES: room}, {LICENSES: managed})
        audit.findings += nearly_used(audit.pools, terms)
        gone = [Entry(pack.id, each, Held(found.entities[each]), None) for each in unnamed if pack.exclusive]
        planned = [entry for entry in entries if not _over_as_agreed(entry, terms)] + gone
        for shortage in shortages(planned, {(pack.id, LICENSES): room.available}):
            at = replace(spot, code=LICENSES)
            numbers = (shortage.wanted, shortage.held, -shortage.short)
            audit.findings.append(Finding(FindingKind.INSUFFICIENT_CAPACITY, at, *numbers, str(shortage)))
    _add_expirations(audit, entries, found, spot, terms)
    return audit


def _drift(entry: Entry, spot: Spot, terms: Terms) -> Iterator[Finding]:
    if entry.wanted is None:
        if entry.held is not None:
            yield Finding(FindingKind.TOO_MUCH, spot, 0, 1, 1, fixable=True)
    elif entry.held is None:
        if not _over_as_agreed(entry, terms):
            yield Finding(FindingKind.MISSING, spot, 1, 0, -1, fixable=True)
    elif entry.held != entry.wanted:
        wanted, held = _date(entry.wanted.expiration), _date(entry.held.expiration)
        days = (held - wanted).days if wanted is not None and held is not None else None
        ends = (entry.wanted.expiration or NEVER, entry.held.expiration or NEVER)
        yield Finding(FindingKind.EXPIRES_OTHERWISE, spot, *ends, days, fixable=True)


def _over_as_agreed(entry: Entry, terms: Terms) -> bool:
    """Whether an entity holds nothing because the day that was agreed for its end is past."""
    ends = _date(entry.wanted.expiration) if entry.wanted is not None else None
    return entry.held is None and ends is not None and ends <= terms.today


def _listing(found: PackAssignments, spot: Spot) -> Iterator[Finding]:
    counted, listed = found.pack.assigned, len(found.entities)
    if counted is not None and counted != listed:
        detail = f"the pack says that {counted} entities are assigned, its pages list {listed}"
        yield Finding(FindingKind.LISTING_MISMATCH, spot, counted, listed, listed - counted, detail)


def _room(found: PackAssignments) -> PoolProduct | None:
    """How many licences the pack has, and has left; None where the server tells neither."""
    used = found.pack.assigned if found.pack.assigned is not None else len(found.entities)
    if found.pack.total is not None:
        available = found.pack.available if found.pack.available is not None else found.pack.total - used
        return PoolProduct(found.pack.total, available)
    return None if found.pack.available is None else PoolProduct(used + found.pack.available, found.pack.available)


def _add_expirations(audit: Audit, entries: Sequence[Entry], found: PackAssignments, spot: Spot, terms: Terms) -> None:
    """Every end near or past as a finding, and how many licences end on each day."""
    agreed = {entry.entity_id: entry.wanted.expiration for entry in entries if entry.wanted is not None}
    stated = {entry.entity_id for entry in entries if not entry.any_end}
    days: Counter[datetime.date] = Counter()
    for entity_id, end in sorted(found.entities.items()):
        date = _date(end)
        if date is None:
            continue
        days[date] += 1
        wanted = (agreed.get(entity_id) or NEVER) if entity_id in stated and entity_id in agreed else None
        at = replace(spot, entity_id=entity_id)
        ending = expiry_finding(at, date, day_state(date, terms), terms, wanted)
        audit.findings += [ending] if ending else []
    audit.expirations += [
        Expiration(date, "license_pack", spot, licenses, day_state(date, terms)) for date, licenses in days.items()
    ]


def _date(text: str | None) -> datetime.date | None:
    """A day as the server or the file writes it; None where it is none."""
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        return None
