# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each threat names the tests that cover it, and they exist."""

from __future__ import annotations

import ast
import re

import pytest

from ansible_collections.tenantops.licensing.tests.unit.architecture.collection import ROOT, tree

PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and "covered by" not in line
]
NAMED = sorted({test for row in ROWS for test in re.findall(r"`(tests/[^`]*)`", row[-1])})


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:60] for row in ROWS])
def test_a_threat_has_what_stops_it_and_a_test(row: list[str]) -> None:
    threat, stop, tests = row
    assert threat
    assert stop
    assert re.fullmatch(r"`tests/[\w/]+\.py::test_\w+`(, `tests/[\w/]+\.py::test_\w+`)*", tests)


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_a_threat_names_exists(named: str) -> None:
    path, _colons, name = named.partition("::")
    functions = {node.name for node in ast.walk(tree(ROOT / path)) if isinstance(node, ast.FunctionDef)}
    assert name in functions
