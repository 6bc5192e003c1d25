# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out a plan for either vendor: runs its steps, tells how each entry ended, takes back, reads again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from ._errors import FateUnknown, Kind, LicensingError
from ._executor import Run, run_steps
from ._report import UNKNOWN, OnError, Outcome, Report, Settings, listed
from ._steps import PoolKey, Step


class Writer(Protocol):
    """What a vendor knows about a step."""

    def write(self, step: Step) -> None:
        """Make the write and hold its answer against what was wanted. Raises LicensingError."""

    def held_before(self, step: Step) -> Any:
        """What the entry held before the step."""

    def held_after(self, step: Step) -> Any:
        """What the entry holds when the step has succeeded."""

    def undo(self, step: Step) -> None:
        """Put back what was held before the step. Raises LicensingError when that cannot be done, or only in part."""

    def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        """Read again; the failure of each of these entries that does not hold what was wanted."""


def carry_out(
    report: Report, steps: Sequence[Step], free: Mapping[PoolKey, int], writer: Writer, settings: Settings
) -> None:
    """Make the writes, unless in check mode, and correct the report's predictions by what happened."""
    if settings.check_mode or not steps:
        return
    run = run_steps(
        steps,
        free,
        writer.write,
        concurrency=settings.concurrency,
        keep_going=settings.on_error is OnError.CONTINUE,
    )
    doubtful = _doubtful(steps, run, writer)
    report.written = bool(run.succeeded or doubtful)
    _tell_outcomes(report, steps, run, writer)
    if run.failures and settings.on_error is OnError.ROLLBACK and run.interruption is None:
        put_back = _roll_back(report, steps, [*doubtful, *reversed(run.succeeded)], writer)
        report.failure = _the_failure(report, steps, run, f". {put_back}")
    else:
        report.failure = _the_failure(report, steps, run)
        if settings.reread:
            _read_again(report, steps, writer)


def _doubtful(steps: Sequence[Step], run: Run, writer: Writer) -> list[int]:
    """The failed steps after which the server holds, or may hold, something else than before."""
    return [
        number
        for number, error in run.failures.items()
        if isinstance(error, FateUnknown)
        or ("held" in error.facts and error.facts["held"] != writer.held_before(steps[number]))
    ]


def _tell_outcomes(report: Report, steps: Sequence[Step], run: Run, writer: Writer) -> None:
    steps_of: dict[int, list[int]] = defaultdict(list)
    for number, step in enumerate(steps):
        steps_of[step.entry].append(number)
    succeeded = set(run.succeeded)
    for entry_number, numbers in steps_of.items():
        entry = report.entries[entry_number]
        if succeeded.issuperset(numbers):
            entry.confirmed = True
            continue
        done = [number for number in numbers if number in succeeded]
        entry.after = writer.held_after(steps[done[-1]]) if done else entry.before
        failure = next((run.failures[number] for number in numbers if number in run.failures), None)
        if failure is None and done:
            failure = LicensingError(Kind.INTERRUPTED, "Only the first of the two writes was made")
        entry.outcome = Outcome.NOT_ATTEMPTED if failure is None else Outcome.FAILED
        if failure is not None:
            entry.failure = failure
            entry.after = _held_despite(failure, entry.after)


def _the_failure(report: Report, steps: Sequence[Step], run: Run, more: str = "") -> LicensingError | None:
    """The failure that the task ends with: the first in the plan's order, and what became of the rest."""
    unbegun = len(steps) - len(run.succeeded) - len(run.failures)
    if not run.failures and run.interruption is None:
        if not unbegun:
            return None
        return LicensingError(Kind.INTERRUPTED, f"{unbegun} writes were never begun; run again to make them")
    summary = report.summary()
    rest = ", ".join(f"{number} {outcome.replace('_', ' ')}" for outcome, number in summary.items() if number)
    if run.interruption is not None:
        error, place = run.interruption, ""
    else:
        first = min(run.failures)
        error, place = run.failures[first], f"{report.entries[steps[first].entry].label}: "
    tail = f" [{rest}]" if len(report.entries) > 1 else ""
    return LicensingError(error.kind, f"{place}{error.message}{tail}{more}", **error.facts)


def _held_despite(failure: LicensingError, before: Any) -> Any:
    """What is held after a write that failed, where this was held before it."""
    return UNKNOWN if isinstance(failure, FateUnknown) else failure.facts.get("held", before)


def _roll_back(report: Report, steps: Sequence[Step], newest_first: Sequence[int], writer: Writer) -> str:
    """Put back what this task changed, or may have changed: the way back passes through states that fitted.

    Returns a sentence about what could be.
    """
    failures: dict[int, LicensingError] = {}
    for number in newest_first:
        step = steps[number]
        entry = report.entries[step.entry]
        try:
            writer.undo(step)
        except LicensingError as error:
            failures.setdefault(step.entry, error)
            entry.after = _held_despite(error, entry.after)
        else:
            entry.after = writer.held_before(step)
    changed = sorted({steps[number].entry for number in newest_first})
    lost = [number for number in changed if report.entries[number].after != report.entries[number].before]
    last_step = {step.entry: step for step in steps}
    for number in changed:
        entry = report.entries[number]
        failed = entry.failure is not None and entry.failure.kind is not Kind.INTERRUPTED
        if number in lost:
            entry.not_restored = failures[number].message
            if not failed and entry.after != writer.held_after(last_step[number]):
                entry.outcome, entry.failure = Outcome.FAILED, failures[number]
        elif not failed:
            entry.outcome, entry.failure = Outcome.ROLLED_BACK, None
    report.written = bool(lost)
    names = (f"{report.entries[number].label} ({report.entries[number].not_restored})" for number in lost)
    return f"Not restored: {listed(names)}" if lost else "All that this task had changed was put back"


def _read_again(report: Report, steps: Sequence[Step], writer: Writer) -> None:
    """Hold what is there at the end against what was wanted, for every entry that was written."""
    written = {step.entry for step in steps if report.entries[step.entry].failure is None}
    attempted = sorted(number for number in written if report.entries[number].outcome is not Outcome.NOT_ATTEMPTED)
    try:
        differences = writer.differences(attempted)
    except LicensingError as error:
        message = f"All was written, but it could not be read again: {error.message}"
        report.failure = report.failure or LicensingError(error.kind, message, **error.facts)
        return
    for number, failure in differences.items():
        entry = report.entries[number]
        entry.outcome, entry.failure = Outcome.FAILED, failure
        entry.after = _held_despite(failure, entry.after)
    if differences and report.failure is None:
        first = min(differences)
        failure = differences[first]
        place = report.entries[first].label
        report.failure = LicensingError(failure.kind, f"{place}: {failure.message}", **failure.facts)
