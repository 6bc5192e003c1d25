# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Some hundred cells of the table of bad days, by lot. ``make bad-days`` runs all of them.

A change draws another lot, and the same files always the same, so that what fails on one machine fails on each.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from ansible_collections.tenantops.licensing.tests.unit.architecture.collection import PLUGINS
from ansible_collections.tenantops.licensing.tests.unit.bad_days import worker
from ansible_collections.tenantops.licensing.tests.unit.bad_days.__main__ import lot
from ansible_collections.tenantops.licensing.tests.unit.bad_days.cells import every_cell, good
from ansible_collections.tenantops.licensing.tests.unit.bad_days.judge import Case, judge
from ansible_collections.tenantops.licensing.tests.unit.bad_days.pool import judge_all
from ansible_collections.tenantops.licensing.tests.unit.bad_days.scenarios import SCENARIOS
from ansible_collections.tenantops.licensing.tests.unit.support.clients import clean

CELLS = 300
SEED = "BAD_DAYS_SEED"  # an environment variable that draws another lot
DRAW = [PLUGINS, Path(worker.__file__).parent]  # what a lot depends on


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clean(monkeypatch, tmp_path)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_good_day_is_right(name: str) -> None:
    assert judge(Case(SCENARIOS[name], good(name), good(name))) == []


def seed_of(folders: Iterable[Path]) -> int:
    """A number that changes with any file."""
    digest = hashlib.sha256()
    for path in (path for folder in folders for path in sorted(folder.rglob("*.py"))):
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:4], "big")


def test_a_lot_of_bad_days_is_right() -> None:
    seed = int(os.environ.get(SEED) or seed_of(DRAW))
    run = judge_all(lot(list(every_cell()), CELLS, seed), processes=6)
    wrong = [judged for judged in run if judged.broken]
    told = "\n".join(
        f"{each.cell.text}\n    {'; '.join(each.broken)}\n    make bad-days CELL={each.cell.id}" for each in wrong
    )
    assert not wrong, f"{len(wrong)} of {len(run)} are wrong; {SEED}={seed} draws this lot again\n{told}"
