# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet beside its server: runs under faults that strike chosen writes of the plan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import EntryReport, OnError, Report
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet import CONCURRENCY, Fleet
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_truth import NextRuns
from simulator.testing import Handle

REFUSED = {"status": 409}
FAILED_BEFORE = {"status": 500, "acts": False}
LOST_BEFORE = {"reset": True, "acts": False}
LOST_AFTER = {"reset": True, "acts": True}


@dataclass
class Yard:
    """A fleet, its server, the writes of its plan as the server logged them, and the next runs that were tried."""

    fleet: Fleet
    server: Handle
    writes: list[dict[str, Any]]
    next_runs: NextRuns

    def hit(self, call: Mapping[str, Any], effect: Mapping[str, Any]) -> dict[str, Any]:
        """The rule by which just this write of the plan meets an effect."""
        of_it = [each for each in self.writes if (each["method"], each["path"]) == (call["method"], call["path"])]
        match = {"method": call["method"], "path": f"^{re.escape(call['path'])}$", "nth": of_it.index(dict(call)) + 1}
        return {"match": match, "effect": dict(effect)}

    def run(self, on_error: OnError, *faults: Mapping[str, Any], concurrency: int = CONCURRENCY) -> Report:
        """The fleet's task from its start, under these faults, each of which must strike once."""
        self.fleet.put(self.server)
        self.server.set_faults([dict(fault) for fault in faults])
        report = self.fleet.apply(self.server, self.fleet.settings(on_error, concurrency))
        assert [rule["met"] for rule in self.server.faults()] == [1 for dummy in faults]
        return report


def yard_of(fleet: Fleet, server: Handle) -> Yard:
    """A fleet that has reached its end once, one write after the other."""
    fleet.put(server)
    report = fleet.apply(server, fleet.settings(concurrency=1))
    assert report.failure is None
    return Yard(fleet, server, server.writes(), NextRuns(fleet))


def not_restored(report: Report) -> list[EntryReport]:
    return [entry for entry in report.entries if entry.not_restored is not None]


def carried_out(writes: Sequence[Mapping[str, Any]]) -> Counter[tuple[str, str]]:
    """How often the server acted on each write."""
    return Counter((call["method"], call["path"]) for call in writes if call["acted"])
