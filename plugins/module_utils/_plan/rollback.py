# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts back what a task has changed: all of it, or a removal that was made only for the room of what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._errors import Kind, LicensingError, OutcomeUnknown, defect
from .executor import Run
from .report import UNKNOWN, EntryReport, Outcome, Report, listed
from .steps import Step
from .vendor import Writer


def held_despite(failure: LicensingError, before: Any) -> Any:
    """What is held after a write that failed, where this was held before it."""
    return UNKNOWN if isinstance(failure, OutcomeUnknown) else failure.facts.get("held", before)


def roll_back(report: Report, steps: Sequence[Step], newest_first: Sequence[int], writer: Writer) -> str:
    """Put back what this task changed, or may have changed: the way back passes through states that fitted.

    Returns a sentence about what could be.
    """
    failures: dict[int, LicensingError] = {}
    for number in newest_first:
        step = steps[number]
        entry = report.entries[step.entry]
        error = _undo(entry, step, writer)
        if error is not None:
            failures.setdefault(step.entry, error)
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


def put_room_back(report: Report, steps: Sequence[Step], run: Run, writer: Writer) -> str:
    """Put back each removal that was made only for the room of something that was not made then.

    Returns the end of a sentence about it, empty where there was nothing to put back, or nobody waits for it.
    """
    done = set(run.succeeded)
    room = {made for number, step in enumerate(steps) if number not in done for made in step.room_from if made in done}
    if not room or run.interruption is not None:
        return ""
    restored, lost = [], []
    for number in sorted(room, reverse=True):
        entry = report.entries[steps[number].entry]
        error = _undo(entry, steps[number], writer)
        if error is None:
            entry.outcome = Outcome.ROLLED_BACK
            restored.append(entry.label)
        else:
            entry.outcome, entry.failure, entry.not_restored = Outcome.FAILED, error, error.message
            lost.append(f"{entry.label} ({error.message})")
    report.written = any(entry.after != entry.before for entry in report.entries)
    told = f". Put back, since what needed its room was not made: {listed(restored)}" if restored else ""
    return f"{told}. Not restored: {listed(lost)}" if lost else told


def _undo(entry: EntryReport, step: Step, writer: Writer) -> LicensingError | None:
    """Undo a step, and tell in its entry what is held then. Returns what it failed with, if it did."""
    try:
        writer.undo(step)
    except LicensingError as error:
        entry.after = held_despite(error, entry.after)
        return error
    except Exception as unforeseen:  # whatever it is, the others are put back and told
        entry.after = UNKNOWN
        return defect(unforeseen)
    entry.after = writer.held_before(step)
    return None
