# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies a plan, whoever the vendor is: runs its steps, tells how each entry ended, takes back, reads again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from .._errors import Kind, LicensingError, OutcomeUnknown, defect
from .executor import Run, run_steps
from .report import OnError, Outcome, Report, Settings
from .rollback import held_despite, put_room_back, roll_back
from .steps import PoolKey, Step
from .vendor import Writer


def apply_plan(
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
    _tell_what_gave_way(report, steps, run, keeps_going=settings.on_error is OnError.CONTINUE)
    if run.failures and settings.on_error is OnError.ROLLBACK and run.interruption is None:
        put_back = roll_back(report, steps, [*doubtful, *reversed(run.succeeded)], writer)
        report.failure = _the_failure(report, steps, run, f". {put_back}")
    else:
        put_back = put_room_back(report, steps, run, writer)
        report.failure = _the_failure(report, steps, run, put_back)
        if settings.reread:
            _read_again(report, steps, writer)


def _doubtful(steps: Sequence[Step], run: Run, writer: Writer) -> list[int]:
    """The failed steps after which the server holds, or may hold, something else than before."""
    return [
        number
        for number, error in run.failures.items()
        if isinstance(error, OutcomeUnknown)
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
            entry.after = held_despite(failure, entry.after)


def _tell_what_gave_way(report: Report, steps: Sequence[Step], run: Run, *, keeps_going: bool) -> None:
    """What was not removed, because it stands beside something that could not be added, tells what that is."""
    if not run.failures:
        return
    ended = {*run.succeeded, *run.failures}
    not_added: dict[str | None, int] = {}
    unbegun = [number for number in range(len(steps)) if number not in ended] if keeps_going else []
    for number in [*sorted(run.failures), *unbegun]:
        not_added.setdefault(steps[number].adds_to, number)
    for number, step in enumerate(steps):
        if number not in ended and step.gives_way_to is not None and step.gives_way_to in not_added:
            addition = not_added[step.gives_way_to]
            error = run.failures.get(addition, run.failures[min(run.failures)])
            what = f"could not be added: {error.message}" if addition in run.failures else "was not added"
            message = f"Not removed, since beside it {report.entries[steps[addition].entry].label} {what}"
            report.entries[step.entry].failure = LicensingError(error.kind, message)


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


def _read_again(report: Report, steps: Sequence[Step], writer: Writer) -> None:
    """Hold what is there at the end against what was wanted, for every entry that was written."""
    written = {step.entry for step in steps if report.entries[step.entry].failure is None}
    left_alone = (Outcome.NOT_ATTEMPTED, Outcome.ROLLED_BACK)
    attempted = sorted(number for number in written if report.entries[number].outcome not in left_alone)
    try:
        differences = writer.differences(attempted)
    except Exception as unread:
        error = unread if isinstance(unread, LicensingError) else defect(unread)
        message = f"All was written, but it could not be read again: {error.message}"
        report.failure = report.failure or LicensingError(error.kind, message, **error.facts)
        return
    for number, failure in differences.items():
        entry = report.entries[number]
        entry.outcome, entry.failure = Outcome.FAILED, failure
        entry.after = held_despite(failure, entry.after)
    if differences and report.failure is None:
        first = min(differences)
        failure = differences[first]
        place = report.entries[first].label
        report.failure = LicensingError(failure.kind, f"{place}: {failure.message}", **failure.facts)
