# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of every module's document, as tasks against the simulator's own seed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    COLLECTION,
    Case,
    CaseRun,
    run_cases,
)

MODULES = Path(__file__).parents[2] / "plugins/modules"
LICENSING = """---
licensing_organizations:
  - id: y-y-y-delilah
    name: delilah
    products: [{code: UNATT, quantity: 12}, {code: NONPR, quantity: 4}]
    tenants:
      - id: y1968
        name: Default
        services:
          - {type: orchestrator, products: [{code: UNATT, quantity: 5}, {code: NONPR, quantity: 4}]}
licensing_license_packs:
  - id: listings-2026
    entities: [{id: store-1}, {id: store-2, expiration_date: "2031-01-31"}, {id: store-9, state: absent}]
"""


def examples(module: Path) -> list[dict[str, Any]]:
    """The tasks in a module's EXAMPLES."""
    for statement in ast.parse(module.read_text()).body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", None) == "EXAMPLES":
            tasks: list[dict[str, Any]] = yaml.safe_load(ast.literal_eval(statement.value))
            return tasks
    raise AssertionError(f"{module.name} has no EXAMPLES")


EXAMPLES = {module.stem: examples(module) for module in sorted(MODULES.glob("[!_]*.py"))}
CASES = {name: Case(tasks) for name, tasks in EXAMPLES.items()}


@pytest.fixture(scope="module", params=["check", "real"])
def runs(request: pytest.FixtureRequest) -> tuple[str, Mapping[str, CaseRun]]:
    arguments = ["--check"] if request.param == "check" else []
    return request.param, run_cases(CASES, *arguments, beside={"licensing.yml": LICENSING})


@pytest.mark.parametrize("module", EXAMPLES)
def test_the_examples_of_a_module_run(runs: tuple[str, Mapping[str, CaseRun]], module: str) -> None:
    mode, by_module = runs
    assert any(f"{COLLECTION}.{module}" in example for example in EXAMPLES[module])
    for run in by_module[module].tasks.values():
        assert run.ok, run.describe()
        if mode == "check":
            assert run.writes == []


@pytest.mark.parametrize("module", EXAMPLES)
def test_every_example_has_a_name_and_calls_modules_by_their_full_name(module: str) -> None:
    for example in EXAMPLES[module]:
        assert example["name"][0].isupper()
        assert any(key.startswith(f"{COLLECTION}.") for key in example), example
