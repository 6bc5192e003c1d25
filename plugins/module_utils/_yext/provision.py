# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext's licences from a desired state: read each pack's list, compare, check the room, write the difference."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .._errors import Kind, LicensingError
from .._model.current import PackAssignments
from .._model.desired import DesiredPack
from .._plan.apply import carry_out
from .._plan.executor import gather
from .._plan.report import EntryReport, Outcome, Report, Settings, check_removals, check_shortages
from .._plan.settling import Patience
from .._plan.steps import PoolKey, Step
from .api import YextLicenses
from .plan import LICENSES, Entry, compare, order, refuse_lookalikes, shortages
from .second_source import refuse_empty_list, refuse_unlisted
from .writer import AssignmentWriter, as_result


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, from one reading of the packs."""

    entries: Sequence[Entry]
    free: Mapping[PoolKey, int]
    steps: Sequence[Step]


class YextLicensing:
    """One task over many packs."""

    def __init__(self, yext: YextLicenses, settings: Settings) -> None:
        self._yext = yext
        self._settings = settings

    def apply(self, desired: Sequence[DesiredPack]) -> Report:
        """Make it so, or in check mode tell what would be done. Raises LicensingError before the first write."""
        named = [pack for pack in desired if pack.entities is not None]
        plan = self._plan(named)
        while self._has_waited(len(plan.steps)):
            plan = self._plan(named)  # an hour may have passed
        report = Report([_predicted(entry) for entry in plan.entries])
        patience = Patience(self._settings.max_read_delay, self._yext.pause_to_reread)
        writer = AssignmentWriter(self._yext, plan.entries, self._read_again, patience)
        carry_out(report, plan.steps, plan.free, writer, self._settings)
        for number, answer in writer.answers.items():
            if report.entries[number].outcome is Outcome.CREATED:
                report.entries[number].after = as_result(answer)
        report.warnings += self._yext.warnings
        return report

    def _plan(self, packs: Sequence[DesiredPack]) -> Plan:
        held = dict(zip([pack.id for pack in packs], self._read(packs), strict=True))
        for pack in packs:
            refuse_lookalikes(pack, held[pack.id].entities)
        entries = [entry for pack in packs for entry in compare(pack, held[pack.id].entities)]
        self._refuse_unlisted(entries, held)
        removals = _removals(entries, held)
        check_removals(removals, self._settings.max_removals)
        for pack in packs:
            if pack.exclusive:
                refuse_empty_list(self._yext, held[pack.id])
                _check_listing(held[pack.id])
        free = self._free(entries, held)
        if self._settings.check_capacity:
            check_shortages(shortages(entries, free))
        return Plan(entries, free, order(entries, free, enforce=self._settings.check_capacity))

    def _has_waited(self, writes: int) -> bool:
        """Whether it waited for the account's next hour, because this one has too few calls left for these writes.

        Where no hour has enough it does not wait now, but whenever the calls are used up. Raises
        LicensingError(RATE_LIMITED) where it must not wait for so long.
        """
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

    def _read(self, packs: Sequence[DesiredPack]) -> list[PackAssignments]:
        return gather(lambda pack: self._yext.assignments(pack.id), packs, self._settings.concurrency)

    def _read_again(self, packs: Iterable[str]) -> dict[str, PackAssignments]:
        ids = sorted(set(packs))
        return dict(zip(ids, gather(self._yext.assignments, ids, self._settings.concurrency), strict=True))

    def _refuse_unlisted(self, entries: Sequence[Entry], held: Mapping[str, PackAssignments]) -> None:
        """Ask by themselves for entities that a list lacks which is shorter than its pack's own count."""
        unlisted: dict[str, list[str]] = {}
        for entry in entries:
            if entry.held is None:
                unlisted.setdefault(entry.license_pack_id, []).append(entry.entity_id)
        for pack_id, entity_ids in unlisted.items():
            refuse_unlisted(self._yext, held[pack_id], entity_ids, self._settings.concurrency)

    def _free(self, entries: Sequence[Entry], held: Mapping[str, PackAssignments]) -> dict[PoolKey, int]:
        """What is left on each pack that something is assigned on; a pack whose room is not told is left out."""
        free = {}
        for pack_id in sorted({entry.license_pack_id for entry in entries if entry.outcome == "created"}):
            pack = held[pack_id].pack
            if pack.available is None:
                pack = self._yext.license_packs().get(pack_id, pack)
            if pack.available is not None:
                free[pack_id, LICENSES] = pack.available
        return free


def _predicted(entry: Entry) -> EntryReport:
    return EntryReport(
        label=entry.label,
        place={"license_pack_id": entry.license_pack_id, "entity_id": entry.entity_id},
        outcome=Outcome(entry.outcome),
        before=as_result(entry.held),
        after=as_result(entry.wanted),
        confirmed=entry.held is not None or entry.wanted is None,
    )


def _removals(entries: Sequence[Entry], held: Mapping[str, PackAssignments]) -> dict[str, tuple[int, int]]:
    counts: dict[str, int] = {}
    for entry in entries:
        if entry.implied:
            counts[entry.license_pack_id] = counts.get(entry.license_pack_id, 0) + 1
    return {
        f"entities of license pack {pack_id}": (implied, len(held[pack_id].entities))
        for pack_id, implied in counts.items()
    }


def _check_listing(found: PackAssignments) -> None:
    """Nothing is removed on the word of a listing that contradicts the pack's own count."""
    if found.pack.assigned is not None and found.pack.assigned != len(found.entities):
        raise LicensingError(
            Kind.LISTING_MISMATCH,
            f"license pack {found.pack.id} says that {found.pack.assigned} entities are assigned, but its pages list "
            f"{len(found.entities)}; nothing is removed on the word of such a list",
            hint="Run again; if it stays, remove entities by naming them with state: absent.",
        )
