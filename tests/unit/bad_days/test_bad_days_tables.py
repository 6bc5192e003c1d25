# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of bad days is whole: every module, every operation of the clients, every key of their answers."""

from __future__ import annotations

import inspect
import itertools
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.api import LicenseResourceManager
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.auth import FLOWS
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.api import YextLicenses
from ansible_collections.tenantops.licensing.tests.unit.architecture.collection import MODULES, ROOT
from ansible_collections.tenantops.licensing.tests.unit.bad_days import page
from ansible_collections.tenantops.licensing.tests.unit.bad_days.__main__ import lot
from ansible_collections.tenantops.licensing.tests.unit.bad_days.cells import (
    UNNOTICED,
    Cell,
    cell_of,
    every_cell,
    good,
    unnoticed,
)
from ansible_collections.tenantops.licensing.tests.unit.bad_days.faults import Fault, faults_of
from ansible_collections.tenantops.licensing.tests.unit.bad_days.judge import RULES
from ansible_collections.tenantops.licensing.tests.unit.bad_days.pool import Judged
from ansible_collections.tenantops.licensing.tests.unit.bad_days.running import run
from ansible_collections.tenantops.licensing.tests.unit.bad_days.scenarios import SCENARIOS
from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import Right
from ansible_collections.tenantops.licensing.tests.unit.support.clients import clean

CALLS_NO_SERVER = {"desired_state_info"}
PAGE = ROOT / "docs" / "bad-days.md"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clean(monkeypatch, tmp_path)


@pytest.fixture(scope="module")
def cells() -> list[Cell]:
    with pytest.MonkeyPatch.context() as environment:
        clean(environment, ROOT)
        return list(every_cell())


@pytest.fixture(scope="module")
def answers() -> list[tuple[str, Right]]:
    """Every right answer, with its operation."""
    with pytest.MonkeyPatch.context() as environment:
        clean(environment, ROOT)
        return [
            (str(call.operation), right)
            for name in SCENARIOS
            for call, right in zip(good(name).calls, good(name).answers, strict=True)
        ]


def operations(client: type) -> set[str]:
    """The public methods of a client."""
    return {name for name, _method in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}


@pytest.mark.parametrize("client", [LicenseResourceManager, YextLicenses])
def test_every_operation_of_a_client_occurs_in_some_task(client: type, monkeypatch: pytest.MonkeyPatch) -> None:
    called: set[str] = set()

    def watched(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            called.add(name)
            return method(*args, **more)

        return call

    for name in operations(client):
        monkeypatch.setattr(client, name, watched(name, getattr(client, name)))
    for scenario in SCENARIOS.values():
        run(scenario)
    assert len(called) > 3
    assert operations(client) - called == set()


def test_every_module_that_calls_a_server_has_a_task() -> None:
    assert {scenario.module_name for scenario in SCENARIOS.values()} == set(MODULES) - CALLS_NO_SERVER


def test_every_flow_signs_in() -> None:
    logins = [name.partition(": ")[2] for name in SCENARIOS if name.startswith("uipath_login: ")]
    assert len(logins) == len(FLOWS)
    signed_in = [call for name in SCENARIOS for call in good(name).calls if call.kind == "sign_in"]
    assert len(signed_in) > len(FLOWS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_task_makes_the_same_calls_each_time(name: str) -> None:
    first, second = good(name), run(SCENARIOS[name])
    assert sorted(call.key for call in first.calls) == sorted(call.key for call in second.calls)
    assert first.after == second.after


def test_an_id_stands_for_one_cell(cells: list[Cell]) -> None:
    assert len(cells) > 50_000
    assert len({cell.id for cell in cells}) == len(cells)
    assert all(cell_of(cell.as_message()) == cell for cell in cells[::999])


def test_every_fault_can_be_sent(answers: list[tuple[str, Right]]) -> None:
    kinds: Counter[str] = Counter()
    for right in dict(answers).values():
        for fault in faults_of(right).values():
            steps = list(itertools.islice(fault.send(right).steps(), 3))
            assert all(isinstance(step, (bytes, float)) for step in steps), fault.name
            kinds[fault.kind] += 1
    assert min(kinds.values()) > 1, kinds


def test_every_key_of_an_answer_is_tried(answers: list[tuple[str, Right]]) -> None:
    for _operation, right in answers:
        text = right.body.decode() if right.headers.get("Content-Type") == "application/json" else ""
        keys = set(re.findall(r'"(\w+)":', text))
        tried = {match for name in faults_of(right) for match in re.findall(r"(?:^|[.\]])(\w+) is missing$", name)}
        assert keys - tried == set()


def test_a_fault_that_is_left_out_has_a_reason_and_exists(answers: list[tuple[str, Right]]) -> None:
    left_out = {unnoticed(operation, name) for operation, right in answers for name in faults_of(right)} - {None}
    assert left_out == {reason for _operation, _fault, reason in UNNOTICED.values()}


def test_what_was_not_done_is_not_said_to_be_done(cells: list[Cell]) -> None:
    """Nobody could notice that, so nobody can be judged by it."""
    not_done = {cell.fault for cell in cells if cell.moment == "not done"}
    done = {cell.fault for cell in cells if cell.moment == "done"}
    assert "wire: as it is" in done - not_done
    assert "201 with the right answer" in done - not_done
    assert "404" in not_done - done
    assert {"500", "wire: closed before the head", "303 with the right answer"} <= done & not_done


def test_the_lot_has_something_of_every_kind(cells: list[Cell]) -> None:
    drawn = lot(cells, 300, seed=7)
    assert len({cell.id for cell in drawn}) == 300
    assert {cell.kind for cell in drawn} == {cell.kind for cell in cells}
    assert drawn == lot(cells, 300, seed=7) != lot(cells, 300, seed=8)


def test_the_page_has_every_rule_and_every_kind(cells: list[Cell]) -> None:
    assert list(page.RULES_SAY) == list(RULES)
    one_of_each = {(cell.kind, cell.operation): cell for cell in cells}.values()
    text = page.page_of([Judged(cell, (), "as wanted") for cell in one_of_each], "All of it")
    assert kinds_in(text) == {cell.kind for cell in cells}
    assert set(re.findall(r"^### (\w+)$", text, flags=re.MULTILINE)) == {cell.operation for cell in cells}


def test_the_page_in_the_documentation_is_about_this_table(cells: list[Cell]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.startswith(page.HEAD)
    assert set() < kinds_in(text) <= {cell.kind for cell in cells}
    assert all(f"| {rule} |" in text for rule in RULES)


def kinds_in(text: str) -> set[str]:
    table = text.partition("## The last run")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| ([^|]+) \| \d+ \|", table, flags=re.MULTILINE))


def test_faults_of_two_answers_of_one_shape_have_the_same_names(answers: list[tuple[str, Right]]) -> None:
    by_operation: dict[tuple[str, str], list[dict[str, Fault]]] = {}
    for operation, right in answers:
        by_operation.setdefault((operation, right.method), []).append(faults_of(right))
    for tables in by_operation.values():
        common = set(tables[0]).intersection(*tables)
        assert len(common) > 100
