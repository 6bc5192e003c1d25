# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext's licences from a desired state: read each pack's list, compare, check the room, write the difference."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._assignment import LICENSES, Act, Assignment, Entry, Held, compare, order, shortages
from ._desired_state import DesiredPack
from ._engine import carry_out
from ._errors import FateUnknown, Kind, LicensingError
from ._executor import gather
from ._report import EntryReport, Outcome, Report, Settings, check_removals, check_shortages
from ._steps import PoolKey, Step
from ._yext import PackAssignments, YextLicenses


class YextLicensing:
    """One task over many packs."""

    def __init__(self, yext: YextLicenses, settings: Settings) -> None:
        self._yext = yext
        self._settings = settings

    def apply(self, desired: Sequence[DesiredPack]) -> Report:
        """Make it so, or in check mode tell what would be done. Raises LicensingError before the first write."""
        named = [pack for pack in desired if pack.entities is not None]
        held = dict(zip([pack.id for pack in named], self._read(named), strict=True))
        entries = [entry for pack in named for entry in compare(pack, held[pack.id].entities)]
        removals = _removals(entries, held)
        check_removals(removals, self._settings.max_removals)
        for pack in named:
            if f"entities of license pack {pack.id}" in removals:
                _check_listing(held[pack.id])
        free = self._free(entries, held)
        if self._settings.check_capacity:
            check_shortages(shortages(entries, free))
        steps = order(entries, free, enforce=self._settings.check_capacity)
        report = Report([_predicted(entry) for entry in entries])
        carry_out(report, steps, free, AssignmentWriter(self._yext, entries, self._read_again), self._settings)
        report.warnings += self._yext.warnings
        return report

    def _read(self, packs: Sequence[DesiredPack]) -> list[PackAssignments]:
        return gather(lambda pack: self._yext.assignments(pack.id), packs, self._settings.concurrency)

    def _read_again(self, packs: Iterable[str]) -> dict[str, PackAssignments]:
        ids = sorted(set(packs))
        return dict(zip(ids, gather(self._yext.assignments, ids, self._settings.concurrency), strict=True))

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


class AssignmentWriter:
    """Makes the writes of one plan and holds each answer against what was wanted."""

    def __init__(self, yext: YextLicenses, entries: Sequence[Entry], read_again: Any) -> None:
        self._yext = yext
        self._entries = entries
        self._read_again = read_again

    def write(self, step: Step) -> None:
        entry = self._entries[step.entry]
        assignment: Assignment = step.action
        try:
            touched = self._send(entry, assignment)
        except FateUnknown as error:
            try:
                held = self._held_now(entry)
            except LicensingError:
                raise error from None  # what became of the write stays unknown
            if held != assignment.target:
                raise LicensingError(error.kind, error.message, **error.facts, held=as_result(held)) from error
            return
        # An answer need not name the entity; where it does, it must say what was wanted.
        if assignment.act is Act.SET_EXPIRATION and entry.entity_id in touched:
            failure = difference(assignment.target, Held(touched[entry.entity_id]))
            if failure is not None:
                raise failure

    def held_before(self, step: Step) -> Any:
        assignment: Assignment = step.action
        return as_result(assignment.start)

    def held_after(self, step: Step) -> Any:
        assignment: Assignment = step.action
        return as_result(assignment.target)

    def undo(self, step: Step) -> str | None:
        entry = self._entries[step.entry]
        assignment: Assignment = step.action
        if assignment.act is Act.ASSIGN:
            self._yext.remove(entry.license_pack_id, entry.entity_id)
            return None
        if assignment.act is Act.REMOVE:
            self._yext.assign(entry.license_pack_id, entry.entity_id)
        expiration = assignment.start.expiration if assignment.start is not None else None
        if expiration is not None and expiration < datetime.date.today().isoformat():
            return f"its expiration date {expiration} is past"
        if assignment.act is Act.SET_EXPIRATION or expiration is not None:
            self._yext.set_expiration(entry.license_pack_id, entry.entity_id, expiration)
        return None

    def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        numbers = list(entries)
        held = self._read_again(self._entries[number].license_pack_id for number in numbers)
        failures = {}
        for number in numbers:
            entry = self._entries[number]
            found = held[entry.license_pack_id].entities
            now = Held(found[entry.entity_id]) if entry.entity_id in found else None
            failure = difference(entry.wanted, now)
            if failure is not None:
                failures[number] = failure
        return failures

    def _send(self, entry: Entry, assignment: Assignment) -> Mapping[str, str | None]:
        if assignment.act is Act.ASSIGN:
            return self._yext.assign(entry.license_pack_id, entry.entity_id)
        if assignment.act is Act.SET_EXPIRATION:
            expiration = assignment.target.expiration if assignment.target is not None else None
            return self._yext.set_expiration(entry.license_pack_id, entry.entity_id, expiration)
        self._yext.remove(entry.license_pack_id, entry.entity_id)
        return {}

    def _held_now(self, entry: Entry) -> Held | None:
        found = self._yext.assignments_of_entity(entry.entity_id, entry.license_pack_id).get(entry.license_pack_id)
        return None if found is None else Held(found.entities[entry.entity_id])


def difference(wanted: Held | None, held: Held | None) -> LicensingError | None:
    """The failure that it means when Yext holds this; None where it is as wanted."""
    if wanted == held:
        return None
    message = f"Yext holds the entity {_words(held)}, where {_words(wanted)} was wanted"
    hint = "Does a saved filter of the pack assign and remove entities by itself?"
    return LicensingError(Kind.CONFLICT, message, held=as_result(held), wanted=as_result(wanted), hint=hint)


def as_result(held: Held | None) -> dict[str, str | None] | None:
    """An assignment as the modules return it."""
    return None if held is None else {"expiration_date": held.expiration}


def _words(held: Held | None) -> str:
    if held is None:
        return "not assigned"
    return f"assigned until {held.expiration}" if held.expiration else "assigned without end"


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
