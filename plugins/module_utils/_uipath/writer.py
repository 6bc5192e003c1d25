# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the writes of a plan for UiPath and holds each answer against what was wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from .._errors import ApiError, Kind, LicensingError
from .._model.current import License
from .._model.desired import Quantities
from .._plan.report import Report
from .._plan.settling import Patience, Told, Write, carried_out, lasting
from .._plan.steps import Step
from .api import LicenseResourceManager
from .compare import Allocation, Entry, Place
from .plan.moves import whole_list

ReadAgain = Callable[[Iterable[int]], Mapping[int, Quantities]]


class AllocationWriter:
    """Makes the writes of one plan and holds each answer against what was wanted."""

    def __init__(
        self,
        lrm: LicenseResourceManager,
        entries: Sequence[Entry],
        read_again: ReadAgain,
        bypass_usage_check: bool | None,
        patience: Patience,
    ) -> None:
        self._lrm = lrm
        self._entries = entries
        self._read_again = read_again
        self._bypass_usage_check = bypass_usage_check
        self._patience = patience
        self._answers: dict[int, License] = {}  # the last licence that the server told for an entry
        self._warnings: list[str] = []

    def write(self, step: Step) -> None:
        """Make the write; settle by reading what became of it where the answer does not tell."""
        entry = self._entries[step.entry]
        allocation: Allocation = step.action
        before = whole_list(allocation.target, allocation.start or {})
        after = allocation.body or whole_list(entry.held or {}, {})
        held = carried_out(
            Write(
                send=lambda: self._send(entry, allocation),
                read=lambda: self._held_now(entry),
                difference=lambda held: difference(entry, after, _products(held)),
                untouched=lambda held: (
                    allocation.start is not None and difference(entry, before, _products(held)) is None
                ),
                moot=lambda refusal: allocation.body is None and refusal.kind is Kind.NOT_FOUND,
                tell=lambda said: self._warnings.append(f"{entry.place.label}: {said}"),
            ),
            self._patience,
        )
        if held is not None:
            self._answers[step.entry] = held

    def held_before(self, step: Step) -> Quantities | None:
        allocation: Allocation = step.action
        return allocation.start

    def held_after(self, step: Step) -> Quantities:
        allocation: Allocation = step.action
        return allocation.target

    def undo(self, step: Step) -> None:
        """Put back the quantities from before the step."""
        place = self._entries[step.entry].place
        allocation: Allocation = step.action
        if allocation.start is None:
            raise LicensingError(Kind.UNREADABLE, "what it held before could not be read")
        if allocation.start and place.tenant_id is not None and place.tenant is None:
            raise LicensingError(
                Kind.INVALID_INPUT, "the tenant's name, which UiPath wants with every allocation, is not known"
            )
        body = whole_list(allocation.target, allocation.start) if allocation.start else None
        self.write(Step(step.entry, Allocation(allocation.target, allocation.start, body)))

    def complete(self, report: Report) -> None:
        """Tell what else the server said of each licence, and of each write."""
        report.warnings += sorted(self._warnings)
        for number, answer in self._answers.items():
            report.entries[number].server = answer.details

    def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        readable = [number for number in entries if self._entries[number].held is not None]
        return lasting(self._differing, readable, self._patience)

    def _differing(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        failures = {}
        for number, held in self._read_again(entries).items():
            entry = self._entries[number]
            failure = difference(entry, whole_list(entry.held or {}, entry.wanted), held)
            if failure is not None:
                failures[number] = failure
        return failures

    def _send(self, entry: Entry, allocation: Allocation) -> Told[License | None] | None:
        try:
            if allocation.body is None:
                self._remove(entry.place)
                return Told(None)
            answer = self._allocate(entry.place, allocation.body)
        except ApiError as refusal:
            raise _explained(refusal, allocation) from refusal
        if answer is None and entry.held is None:  # it cannot be read, so there is nothing to hold it against
            return Told(License(allocation.target))
        return None if answer is None else Told(answer)

    def _remove(self, place: Place) -> None:
        if place.tenant_id is None or place.service_type is None:
            self._lrm.remove_organization(place.organization_id)
        else:
            self._lrm.remove_service(place.organization_id, place.tenant_id, place.service_type)

    def _allocate(self, place: Place, body: Quantities) -> License | None:
        if place.tenant_id is None or place.service_type is None:
            return self._lrm.allocate_organization(
                place.organization_id, body, bypass_usage_check=self._bypass_usage_check
            )
        return self._lrm.allocate_service(
            place.organization_id,
            place.tenant_id,
            place.service_type,
            tenant_name=place.tenant,
            quantities=body,
            bypass_usage_check=self._bypass_usage_check,
        )

    def _held_now(self, entry: Entry) -> License | None:
        place = entry.place
        with self._lrm.settling():
            if place.tenant_id is None or place.service_type is None:
                return self._lrm.organization_license(place.organization_id)
            return self._lrm.service_license(place.organization_id, place.tenant_id, place.service_type)


def _products(held: License | None) -> Quantities:
    return held.products if held is not None else {}


def difference(entry: Entry, body: Quantities, held: Quantities) -> LicensingError | None:
    """The failure that it means when a server holds this after it was sent that body; None where all is as wanted."""
    compared = (body.keys() | held.keys()) - entry.ignored if entry.named is None else entry.named
    wrong = sorted(code for code in compared if body.get(code, 0) != held.get(code, 0))
    if not wrong:
        return None
    wanted = ", ".join(f"{code} {body.get(code, 0)}" for code in wrong)
    has = ", ".join(f"{code} {held.get(code, 0)}" for code in wrong)
    survivors = [code for code in wrong if not body.get(code, 0)]
    kind = Kind.NOT_REMOVABLE if len(survivors) == len(wrong) else Kind.CONFLICT
    hint = None
    if kind is Kind.NOT_REMOVABLE:
        hint = f"If the server adds or keeps these by itself, name them in ignore_codes: {', '.join(survivors)}."
    return LicensingError(kind, f"the server holds {has} where {wanted} was wanted", held=held, wanted=body, hint=hint)


def _explained(error: ApiError, allocation: Allocation) -> ApiError:
    """A 409 means a short pool where quantities only rise, and something in use where they only fall."""
    start, target = allocation.start or {}, allocation.target
    changes = {target.get(code, 0) - start.get(code, 0) for code in start.keys() | target.keys()} - {0}
    if error.kind is not Kind.CONFLICT or allocation.start is None or min(changes) < 0 < max(changes):
        return error
    return ApiError(Kind.INSUFFICIENT_CAPACITY if max(changes) > 0 else Kind.IN_USE, error.message, **error.facts)
