# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext's licences from a desired state: packs, and the entities that are assigned on them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from .._concurrency import map_concurrently
from .._errors import Kind, LicensingError
from .._model.current import PackAssignments
from .._model.desired import DesiredPack
from .._plan.provision import provision
from .._plan.report import EntryReport, Outcome, Report, Settings
from .._plan.settling import Patience
from .._plan.steps import PoolKey, Shortage, Step
from .._plan.vendor import Comparison, HasAllowance, Vendor
from .api import YextLicenses
from .plan import LICENSES, Entry, compare, order, refuse_lookalikes, shortages
from .second_source import refuse_empty_list, refuse_unlisted
from .writer import AssignmentWriter, as_result

Current = Mapping[str, PackAssignments]


def provision_packs(yext: YextLicenses, desired: Sequence[DesiredPack], settings: Settings) -> Report:
    """Make packs so, or in check mode tell what would be done. Raises LicensingError before the first write."""
    return provision(Yext(yext, settings), [pack for pack in desired if pack.entities is not None], settings)


class Yext(Vendor[DesiredPack, Current, Entry], HasAllowance):
    """One task over many packs."""

    def __init__(self, yext: YextLicenses, settings: Settings) -> None:
        self._yext = yext
        self._settings = settings

    def read(self, desired: Sequence[DesiredPack]) -> Current:
        return self._assignments(pack.id for pack in desired)

    def compare(self, desired: Sequence[DesiredPack], current: Current) -> Comparison[Entry]:
        for pack in desired:
            refuse_lookalikes(pack, current[pack.id].entities)
        entries = [entry for pack in desired for entry in compare(pack, current[pack.id].entities)]
        return Comparison(entries, _implied_removals(entries, current))

    def confirm(self, current: Current, entries: Sequence[Entry]) -> None:
        """Ask by themselves for entities that a list lacks which is shorter than its pack's own count."""
        unlisted: dict[str, list[str]] = {}
        for entry in entries:
            if entry.held is None:
                unlisted.setdefault(entry.license_pack_id, []).append(entry.entity_id)
        for pack_id, entity_ids in unlisted.items():
            refuse_unlisted(self._yext, current[pack_id], entity_ids, self._settings.concurrency)

    def admit(self, desired: Sequence[DesiredPack], current: Current, entries: Sequence[Entry]) -> list[Entry]:
        for pack in desired:
            if pack.exclusive:
                refuse_empty_list(self._yext, current[pack.id])
                _refuse_odd_listing(current[pack.id])
        return list(entries)

    def predict(self, current: Current, entry: Entry) -> EntryReport:
        return EntryReport(
            label=entry.label,
            place={"license_pack_id": entry.license_pack_id, "entity_id": entry.entity_id},
            outcome=Outcome(entry.outcome),
            before=as_result(entry.held),
            after=as_result(entry.wanted),
            in_words=_in_words,
            confirmed=entry.held is not None or entry.wanted is None,
        )

    def warnings(self, current: Current, entries: Sequence[Entry]) -> list[str]:
        return []  # those of the client are told by the task, whatever becomes of it

    def free(self, current: Current, entries: Sequence[Entry]) -> dict[PoolKey, int]:
        """What is left on each pack that something is assigned on; a pack whose room is not told is left out."""
        free = {}
        for pack_id in sorted({entry.license_pack_id for entry in entries if entry.outcome == "created"}):
            pack = current[pack_id].pack
            if pack.available is None:
                pack = self._yext.license_packs().get(pack_id, pack)
            if pack.available is not None:
                free[pack_id, LICENSES] = pack.available
        return free

    def shortages(self, entries: Sequence[Entry], free: Mapping[PoolKey, int]) -> Sequence[Shortage]:
        return shortages(entries, free)

    def order(self, entries: Sequence[Entry], free: Mapping[PoolKey, int], *, enforce: bool) -> Sequence[Step]:
        return order(entries, free, enforce=enforce)

    def writer(self, current: Current, entries: Sequence[Entry]) -> AssignmentWriter:
        patience = Patience(self._settings.max_read_delay, self._yext.pause_to_reread)
        return AssignmentWriter(self._yext, entries, self._assignments, patience)

    def has_waited(self, writes: int) -> bool:
        """Whether it waited for the account's next hour. Where no hour has enough calls it does not wait now, but
        whenever the calls are used up."""
        allowance = self._yext.limit.allowance()
        if allowance is None or writes <= allowance.calls:
            return False
        if not self._yext.limit.may_wait(allowance.renewed_in):
            raise LicensingError(
                Kind.RATE_LIMITED,
                f"{writes} writes are planned, but of the account's calls only {allowance.calls} are left for the next "
                f"{math.ceil(allowance.renewed_in / 60)} min; nothing was written",
                hint="Run again later, name fewer entities, or set on_rate_limit to wait.",
            )
        if self._settings.check_mode or writes > allowance.limit:
            return False
        self._yext.limit.wait(max(allowance.renewed_in, 1.0))
        return True

    def _assignments(self, pack_ids: Iterable[str]) -> dict[str, PackAssignments]:
        ids = sorted(set(pack_ids))
        return dict(zip(ids, map_concurrently(self._yext.assignments, ids, self._settings.concurrency), strict=True))


def _in_words(assignment: Mapping[str, str | None]) -> str:
    end = assignment["expiration_date"]
    return f"until {end}" if end else "without end"


def _implied_removals(entries: Sequence[Entry], current: Current) -> dict[str, tuple[int, int]]:
    counts: dict[str, int] = {}
    for entry in entries:
        if entry.implied:
            counts[entry.license_pack_id] = counts.get(entry.license_pack_id, 0) + 1
    return {
        f"entities of license pack {pack_id}": (implied, len(current[pack_id].entities))
        for pack_id, implied in counts.items()
    }


def _refuse_odd_listing(found: PackAssignments) -> None:
    """Nothing is removed on the word of a listing that contradicts the pack's own count."""
    if found.pack.assigned is not None and found.pack.assigned != len(found.entities):
        raise LicensingError(
            Kind.LISTING_MISMATCH,
            f"license pack {found.pack.id} says that {found.pack.assigned} entities are assigned, but its pages list "
            f"{len(found.entities)}; nothing is removed on the word of such a list",
            hint="Run again; if it stays, remove entities by naming them with state: absent.",
        )
