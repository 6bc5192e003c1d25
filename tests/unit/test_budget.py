# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where few parameters are tried, every test still is, and no test says its examples in a number of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import settings

from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples, few


@pytest.mark.parametrize(
    ("number", "chosen"),
    [(1, ["b[0]"]), (2, ["b[0]", "b[9]"]), (3, ["b[0]", "b[4]", "b[9]"]), (20, [f"b[{value}]" for value in range(10)])],
)
def test_of_each_test_few_parameters_are_tried_and_of_none_nothing(number: int, chosen: list[str]) -> None:
    assert few(["a", *(f"b[{value}]" for value in range(10)), "c[x]"], number) == {"a", "c[x]", *chosen}


def test_examples_are_a_share_of_the_profile() -> None:
    assert examples(2) == 2 * settings().max_examples
    assert examples(0.0001, least=7) == 7


def test_no_test_has_a_number_of_examples_of_its_own() -> None:
    files = sorted(Path(__file__).parent.rglob("test_*.py"))
    assert len(files) > 50
    assert [path.name for path in files if re.search(r"max_examples=\d", path.read_text(encoding="utf-8"))] == []
