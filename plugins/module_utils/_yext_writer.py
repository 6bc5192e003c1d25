# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the writes of a plan for Yext and holds each answer against what was wanted."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ._assignment import Act, Assignment, Entry, Held
from ._errors import ApiError, FateUnknown, Kind, LicensingError, still_unknown
from ._held import PackAssignments
from ._steps import Step
from ._yext import YextLicenses

ReadAgain = Callable[[Iterable[str]], Mapping[str, PackAssignments]]


class AssignmentWriter:
    """Makes the writes of one plan and holds each answer against what was wanted."""

    def __init__(self, yext: YextLicenses, entries: Sequence[Entry], read_again: ReadAgain) -> None:
        self._yext = yext
        self._entries = entries
        self._read_again = read_again
        self.answers: dict[int, Held] = {}  # what Yext said of entities whose end was left to it

    def write(self, step: Step) -> None:
        entry = self._entries[step.entry]
        assignment: Assignment = step.action
        try:
            touched = self._send(entry, assignment)
        except FateUnknown as error:
            self._settle(entry, assignment, error)
            return
        except ApiError as error:
            # Yext does not document how it answers to assigning or removing what is assigned or removed already.
            if assignment.act is Act.SET_EXPIRATION or error.facts.get("status") not in (400, 404, 409):
                raise
            self._settle(entry, assignment, error)
            return
        # An answer need not name the entity; where it does, it must say what was wanted at last.
        if assignment.target is None or entry.entity_id not in touched:
            return
        answered = Held(touched[entry.entity_id])
        if entry.any_end:
            self.answers[step.entry] = answered
        elif assignment.target == entry.wanted and answered != entry.wanted:
            raise difference(entry.wanted, answered)

    def held_before(self, step: Step) -> Any:
        assignment: Assignment = step.action
        return as_result(assignment.start)

    def held_after(self, step: Step) -> Any:
        assignment: Assignment = step.action
        return as_result(assignment.target)

    def undo(self, step: Step) -> None:
        """Put back the assignment from before the step, which may take two writes."""
        assignment: Assignment = step.action
        start, target = assignment.start, assignment.target
        if start is None:
            self.write(Step(step.entry, Assignment(Act.REMOVE, target, None)))
        elif target is None:
            self._assign_again(step.entry, start)
        else:
            _refuse_past(start)
            self.write(Step(step.entry, Assignment(Act.SET_EXPIRATION, target, start)))

    def _assign_again(self, number: int, start: Held) -> None:
        """Undo a removal. Where only its date cannot be restored, the failure tells that it is assigned without end."""
        self.write(Step(number, Assignment(Act.ASSIGN, None, Held(None))))
        if start.expiration is None:
            return
        try:
            _refuse_past(start)
            self.write(Step(number, Assignment(Act.SET_EXPIRATION, Held(None), start)))
        except FateUnknown:
            raise
        except LicensingError as error:
            raise LicensingError(error.kind, error.message, **{"held": as_result(Held(None)), **error.facts}) from error

    def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        numbers = list(entries)
        held = self._read_again(self._entries[number].license_pack_id for number in numbers)
        failures = {}
        for number in numbers:
            entry = self._entries[number]
            found = held[entry.license_pack_id].entities
            now = Held(found[entry.entity_id]) if entry.entity_id in found else None
            if now != entry.wanted and not (entry.any_end and now is not None):
                failures[number] = difference(entry.wanted, now)
        return failures

    def _send(self, entry: Entry, assignment: Assignment) -> Mapping[str, str | None]:
        if assignment.act is Act.ASSIGN:
            return self._yext.assign(entry.license_pack_id, entry.entity_id)
        if assignment.act is Act.SET_EXPIRATION:
            expiration = assignment.target.expiration if assignment.target is not None else None
            return self._yext.set_expiration(entry.license_pack_id, entry.entity_id, expiration)
        self._yext.remove(entry.license_pack_id, entry.entity_id)
        return {}

    def _settle(self, entry: Entry, assignment: Assignment, error: LicensingError) -> None:
        """Read what became of the write; raise its own failure unless what is held is what it was for."""
        try:
            held = self._held_now(entry)
        except LicensingError as unread:
            raise still_unknown(error, unread) from unread
        if held != assignment.target:
            raise LicensingError(error.kind, error.message, **error.facts, held=as_result(held)) from error

    def _held_now(self, entry: Entry) -> Held | None:
        found = self._yext.assignments_of_entity(entry.entity_id, entry.license_pack_id).get(entry.license_pack_id)
        return None if found is None else Held(found.entities[entry.entity_id])


def _refuse_past(held: Held) -> None:
    if held.expiration is not None and held.expiration < datetime.date.today().isoformat():
        raise LicensingError(Kind.REJECTED, f"its expiration date {held.expiration} is past")


def difference(wanted: Held | None, held: Held | None) -> LicensingError:
    """The failure that it means when Yext holds this instead of what was wanted."""
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
