# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what a task told is what the server holds, and whether the next task makes the missing writes and no other.

Each function lists what is wrong, so that one loop over many failures can tell all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import OutcomeUnknown
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import (
    EntryReport,
    OnError,
    Outcome,
    Report,
)
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet import Fleet, Holdings, Place
from simulator.testing import Handle

DONE = (Outcome.CREATED, Outcome.UPDATED, Outcome.REMOVED)


def untruths(fleet: Fleet, report: Report, end: Holdings, on_error: OnError = OnError.STOP) -> Iterator[str]:
    """What a report says that the server contradicts; the task began at the fleet's start."""
    start = fleet.holdings(fleet.start_state)
    told = {fleet.place_of_entry(entry): entry for entry in report.entries}
    if told.keys() != fleet.wanted.keys():
        yield f"entries are told for {sorted(told)}"
    for place in (start.keys() | end.keys()) - told.keys():
        if fleet.at(start, place) != fleet.at(end, place):
            yield f"{place} has changed, and nobody tells"
    for place, entry in told.items():
        held, now, wanted = fleet.at(start, place), fleet.at(end, place), fleet.wanted[place]
        said = f"{place}: told {entry.outcome} and after {entry.after}; at first {held}, wanted {wanted}, now {now}"
        if not _is_true(fleet, entry, held, wanted, now):
            yield said
        held_back = entry.outcome is Outcome.NOT_ATTEMPTED and wanted == fleet.nothing
        if (entry.failure is not None) != (entry.outcome is Outcome.FAILED) and not held_back:
            yield f"{said}, with the failure {entry.failure}"
        if entry.before != held:
            yield f"{said}, and before {entry.before}"
    wrong = fleet.missing(end)
    if (report.failure is not None) != bool(wrong):
        yield f"the task says {report.failure}; not as wanted: {sorted(wrong)}"
    differing = {place for place in told if fleet.at(start, place) != fleet.at(end, place)}
    unknown = {place for place, entry in told.items() if _is_unknown(entry)}
    if not bool(differing) <= report.changed <= bool(differing | unknown):
        yield f"the task says changed: {report.changed}; changed: {sorted(differing)}"
    if on_error is OnError.ROLLBACK and report.failure is not None:
        yield from _untruths_of_rollback(told, differing, unknown, report)
    elif any(entry.not_restored is not None and entry.outcome is not Outcome.FAILED for entry in report.entries):
        yield "a task that puts nothing back tells what it did not restore"


def _is_true(fleet: Fleet, entry: EntryReport, held: object, wanted: object, now: object) -> bool:
    after: object = entry.after
    if entry.outcome in DONE:
        expected = (
            Outcome.REMOVED
            if wanted == fleet.nothing
            else Outcome.CREATED
            if held == fleet.nothing
            else Outcome.UPDATED
        )
        return entry.outcome is expected and now == wanted != held and after == wanted
    if entry.outcome is Outcome.UNCHANGED:
        return held == now == wanted == after
    if entry.outcome is Outcome.FAILED:
        return after == now or (_is_unknown(entry) and "after" not in entry.as_result())
    return held == now == after


def _is_unknown(entry: EntryReport) -> bool:
    """Whether it is told that nobody knows what became of a write."""
    return isinstance(entry.failure, OutcomeUnknown)


def _untruths_of_rollback(
    told: Mapping[Place, EntryReport], differing: set[Place], unknown: set[Place], report: Report
) -> Iterator[str]:
    lost = {place for place, entry in told.items() if entry.not_restored is not None}
    if not differing <= lost <= differing | unknown:
        yield f"not restored are {differing}, told are {lost}"
    unnamed = [told[place].label for place in lost if told[place].label not in str(report.failure)]
    if unnamed and len(lost) <= 10:  # of more, the sentence names the first ones
        yield f"the task's failure does not name {unnamed}: {report.failure}"


@dataclass
class NextRuns:
    """Runs the fleet's task once more from wherever the last one has left the server.

    From the same state the same task makes the same writes, so each state is tried once.
    """

    fleet: Fleet
    tried: set[str] = field(default_factory=set)

    def faults(self, server: Handle) -> Iterator[str]:
        """What is wrong with the next run: it must end as wanted, with exactly the missing writes."""
        state = self.fleet.state(server)
        held = self.fleet.holdings(state)
        key = json.dumps(sorted((place, held[place]) for place in held), sort_keys=True)
        if key in self.tried:
            return
        self.tried.add(key)
        server.clear_faults()
        server.clear_calls()
        report = self.fleet.apply(server, self.fleet.settings())
        end = self.fleet.held(server)
        if report.failure is not None or self.fleet.missing(end):
            yield f"the next run leaves {sorted(self.fleet.missing(end))} and says {report.failure}"
        missing = self.fleet.missing(held)
        calls = server.writes()
        written, planned = self.fleet.written(calls), self.fleet.planned_writes(state, report)
        if set(written) != missing:
            yield f"the next run should write {sorted(missing)}, it wrote {sorted(written)}"
        if written != planned or any(number > 2 for number in written.values()):
            yield f"the next run needs {planned}, it made {written}"
        refused = [call["path"] for call in calls if not 200 <= call["status"] < 300]
        if refused:
            yield f"the next run was refused {refused}"
