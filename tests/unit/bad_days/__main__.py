# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the table of bad days, or a part of it."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from ansible_collections.tenantops.licensing.tests.unit.bad_days.cells import Cell, every_cell
from ansible_collections.tenantops.licensing.tests.unit.bad_days.judge import judge
from ansible_collections.tenantops.licensing.tests.unit.bad_days.page import page_of
from ansible_collections.tenantops.licensing.tests.unit.bad_days.pool import Judged, judge_all
from ansible_collections.tenantops.licensing.tests.unit.bad_days.worker import case_of
from ansible_collections.tenantops.licensing.tests.unit.support.clients import clean

SHOWN = 40  # wrong cells in the summary


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as environment:
        clean(environment, Path(home))
        cells = list(every_cell())
        if options.cell:
            return _show([cell for cell in cells if cell.id.startswith(options.cell)])
        chosen = choose(cells, options)
        began = time.monotonic()
        run = judge_all(chosen, options.processes, _Progress(len(chosen)))
    wrong = [judged for judged in run if judged.broken]
    if options.report:
        options.report.write_text("".join(json.dumps(_line(judged)) + "\n" for judged in run), encoding="utf-8")
    if options.page:
        options.page.write_text(page_of(run, said(options, len(cells))), encoding="utf-8")
    print(f"\n{len(run)} of {len(cells)} cells, {len(wrong)} wrong, {time.monotonic() - began:.0f} s")
    for judged in wrong[:SHOWN]:
        print(f"{judged.cell.id}  {judged.cell.text}\n    {'; '.join(judged.broken)[:400]}")
    for rule, count in Counter(text.partition(":")[0] for judged in wrong for text in judged.broken).most_common():
        print(f"{count:6} {rule}")
    return 1 if wrong else 0


def choose(cells: Sequence[Cell], options: argparse.Namespace) -> list[Cell]:
    """The cells that are asked for."""
    chosen = [cell for cell in cells if not options.only or re.search(options.only, cell.text)]
    if options.lot is not None:
        chosen = lot(chosen, options.lot, options.seed)
    return chosen[:: options.every]


def lot(cells: Sequence[Cell], size: int, seed: int) -> list[Cell]:
    """So many cells, of each kind of fault about as many, since some kinds have a hundred times as many as others."""
    chance = random.Random(seed)
    by_kind: dict[str, list[Cell]] = {}
    for cell in cells:
        by_kind.setdefault(cell.kind, []).append(cell)
    piles = [chance.sample(pile, len(pile)) for pile in by_kind.values()]
    drawn: list[Cell] = []
    while len(drawn) < size and piles:
        piles = [pile for pile in piles if pile]
        drawn += [pile.pop() for pile in piles]
    return drawn[:size]


def said(options: argparse.Namespace, altogether: int) -> str:
    """Which part of the table was run."""
    parts = [f"Of {altogether} cells"]
    parts += [f"those that match `{options.only}`"] if options.only else []
    parts += [f"a lot of {options.lot} with seed {options.seed}"] if options.lot is not None else []
    parts += [f"each {options.every}th"] if options.every > 1 else []
    return ", ".join(parts) if len(parts) > 1 else "All of it"


def _show(cells: Sequence[Cell]) -> int:
    """Run these cells in this process, and print all that happened."""
    for cell in cells:
        case = case_of(cell)
        print(f"{cell.id}  {cell.text}\n")
        for call in case.ran.calls:
            print(f"  {call.key} #{call.occurrence}{'  <- the fault' if call.hit else ''}")
        for name, held in (("before", case.ran.before), ("after", case.ran.after), ("wanted", case.good.after)):
            print(f"\n{name}: {json.dumps(held)}")
        print(f"\n{case.ran.raised or json.dumps(case.ran.result, indent=2) or case.ran.printed}\n")
        print("\n".join(judge(case)) or "right", f"({case.ran.seconds:.1f} s, {case.ran.megabytes:.0f} MB)")
        if judge(case):
            return 1
    return 0 if cells else 2


class _Progress:
    """A line now and then."""

    def __init__(self, altogether: int) -> None:
        self._altogether, self._ended, self._wrong, self._last = altogether, 0, 0, time.monotonic()

    def __call__(self, judged: Judged) -> None:
        self._ended += 1
        self._wrong += bool(judged.broken)
        if time.monotonic() - self._last > 10:
            self._last = time.monotonic()
            print(f"{self._ended} of {self._altogether}, {self._wrong} wrong", flush=True)


def _line(judged: Judged) -> dict[str, object]:
    return {"id": judged.cell.id, "text": judged.cell.text, **asdict(judged)}


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bad_days", description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth cell")
    parser.add_argument("--lot", type=int, metavar="N", help="only N cells, chosen by lot")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="what the lot is drawn by")
    parser.add_argument("--only", metavar="REGEX", help="only cells whose line matches")
    parser.add_argument("--cell", metavar="ID", help="one cell, with all that happened")
    parser.add_argument("--processes", type=int, default=2 * (os.cpu_count() or 1), metavar="N")
    parser.add_argument("--report", type=Path, metavar="FILE", help="a line of JSON for each cell")
    parser.add_argument("--page", type=Path, metavar="FILE", help="where the page is written")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
