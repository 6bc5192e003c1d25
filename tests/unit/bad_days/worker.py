# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that runs cells, one after the other: a line of JSON each way. Whoever waits too long for one ends it."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.unit.bad_days.cells import Cell, cell_of, fault_of, good
from ansible_collections.tenantops.licensing.tests.unit.bad_days.judge import Case, judge, outcome_of
from ansible_collections.tenantops.licensing.tests.unit.bad_days.running import run
from ansible_collections.tenantops.licensing.tests.unit.bad_days.scenarios import SCENARIOS
from ansible_collections.tenantops.licensing.tests.unit.support.clients import clean


def case_of(cell: Cell) -> Case:
    """The task with the fault of this cell, run here."""
    ran = run(SCENARIOS[cell.scenario], cell.injection())
    return Case(
        SCENARIOS[cell.scenario],
        good(cell.scenario),
        ran,
        unplannable=unplannable(cell),
        invents=cell.kind == "an odd name",
        renames=renames(cell),
    )


def renames(cell: Cell) -> bool:
    """Whether the fault calls something otherwise that the task does not name."""
    name = fault_of(cell).renamed
    return name is not None and json.dumps(name) not in json.dumps(SCENARIOS[cell.scenario].arguments)


def unplannable(cell: Cell) -> bool:
    """Whether what the plan rests on can never be read: then nothing may be written."""
    calls = good(cell.scenario).calls
    position = next(at for at, call in enumerate(calls) if (call.key, call.occurrence) == (cell.key, cell.occurrence))
    writes = [at for at, call in enumerate(calls) if call.kind == "write"]
    first = cell.occurrence == 1 and cell.always and calls[position].kind != "write"
    return first and bool(writes) and position < writes[0] and fault_of(cell).unreadable


def judged(cell: Cell) -> dict[str, Any]:
    """How one cell ended."""
    case = case_of(cell)
    return {
        "broken": judge(case),
        "outcome": outcome_of(case.ran),
        "message": str(case.result.get("msg", "")),
        "seconds": round(case.ran.seconds, 2),
        "calls": len(case.ran.calls),
        "hit": case.ran.hit,
    }


def main() -> None:
    # What a module prints, or a library to standard error, must not come between the lines.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as environment:
        clean(environment, Path(home))
        for line in sys.stdin:
            print(json.dumps(judged(cell_of(json.loads(line)))), file=answers, flush=True)
    os._exit(0)  # threads that still wait for a server are not waited for


if __name__ == "__main__":
    main()
