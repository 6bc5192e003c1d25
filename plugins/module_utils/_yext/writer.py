# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the writes of a plan for Yext and holds each answer against what was wanted."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .._errors import Kind, LicensingError, OutcomeUnknown
from .._model.current import PackAssignments
from .._plan.report import Outcome, Report
from .._plan.settling import Patience, Told, Write, carried_out, lasting
from .._plan.steps import Step
from .api import YextLicenses
from .plan import Act, Assignment, Entry, Held

ReadAgain = Callable[[Iterable[str]], Mapping[str, PackAssignments]]


class AssignmentWriter:
    """Makes the writes of one plan and holds each answer against what was wanted."""

    def __init__(self, yext: YextLicenses, entries: Sequence[Entry], read_again: ReadAgain, patience: Patience) -> None:
        self._yext = yext
        self._patience = patience
        self._entries = entries
        self._read_again = read_again
        self._answers: dict[int, Held] = {}  # what Yext said of entities whose end was left to it
        self._warnings: list[str] = []

    def write(self, step: Step) -> None:
        entry = self._entries[step.entry]
        assignment: Assignment = step.action
        # An end that the account gives by itself is right where none was asked for, or is set by the next write.
        held = self._make(entry, assignment, any_end=entry.any_end or assignment.target != entry.wanted)
        if held is not None and entry.any_end:
            self._answers[step.entry] = held

    def _make(self, entry: Entry, assignment: Assignment, *, any_end: bool = False) -> Held | None:
        assigns = assignment.act is Act.ASSIGN

        def failure(held: Held | None) -> LicensingError | None:
            right = held == assignment.target or (assigns and any_end and held is not None)
            return None if right else difference(assignment.target, held)

        return carried_out(
            Write(
                send=lambda: self._send(entry, assignment),
                read=lambda: self._held_now(entry),
                difference=failure,
                untouched=lambda held: held == assignment.start,
                # Yext does not document how it answers to assigning or removing what is assigned or removed already.
                moot=lambda refusal: (
                    assignment.act is not Act.SET_EXPIRATION and refusal.facts.get("status") in (400, 404, 409)
                ),
                tell=lambda said: self._warnings.append(f"{entry.label}: {said}"),
            ),
            self._patience,
        )

    def held_before(self, step: Step) -> Any:
        assignment: Assignment = step.action
        return as_result(assignment.start)

    def held_after(self, step: Step) -> Any:
        assignment: Assignment = step.action
        return as_result(assignment.target)

    def undo(self, step: Step) -> None:
        """Put back the assignment from before the step, which may take two writes."""
        entry = self._entries[step.entry]
        assignment: Assignment = step.action
        start, target = assignment.start, assignment.target
        if start is None:
            self._make(entry, Assignment(Act.REMOVE, target, None))
        elif target is None:
            self._assign_again(entry, start)
        else:
            _refuse_past(start)
            self._make(entry, Assignment(Act.SET_EXPIRATION, target, start))

    def _assign_again(self, entry: Entry, start: Held) -> None:
        """Undo a removal. Where only its date cannot be restored, the failure tells that it is assigned without end."""
        self._make(entry, Assignment(Act.ASSIGN, None, Held(None)), any_end=start.expiration is not None)
        if start.expiration is None:
            return
        try:
            _refuse_past(start)
            self._make(entry, Assignment(Act.SET_EXPIRATION, Held(None), start))
        except OutcomeUnknown:
            raise
        except LicensingError as error:
            raise LicensingError(error.kind, error.message, **{"held": as_result(Held(None)), **error.facts}) from error

    def complete(self, report: Report) -> None:
        """Tell the end that the account gave by itself, and what Yext said of each write."""
        report.warnings += sorted(self._warnings)
        for number, answer in self._answers.items():
            if report.entries[number].outcome is Outcome.CREATED:
                report.entries[number].after = as_result(answer)

    def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        return lasting(self._differing, entries, self._patience)

    def _differing(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
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

    def _send(self, entry: Entry, assignment: Assignment) -> Told[Held | None] | None:
        """Send it. The answer need not name all entities of the pack, but where it tells anything it names this one."""
        if assignment.act is Act.REMOVE:
            self._yext.remove(entry.license_pack_id, entry.entity_id)
            return Told(None)
        if assignment.act is Act.ASSIGN:
            touched = self._yext.assign(entry.license_pack_id, entry.entity_id)
        else:
            expiration = assignment.target.expiration if assignment.target is not None else None
            touched = self._yext.set_expiration(entry.license_pack_id, entry.entity_id, expiration)
        return Told(Held(touched[entry.entity_id])) if entry.entity_id in touched else None

    def _held_now(self, entry: Entry) -> Held | None:
        with self._yext.settling():
            held = self._yext.assignments_of_entity(entry.entity_id, entry.license_pack_id)
        found = held.get(entry.license_pack_id)
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
