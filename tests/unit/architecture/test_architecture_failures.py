# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fact that a failure can carry is described by every module, and by the guide."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
import yaml

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.steps import Shortage
from ansible_collections.tenantops.licensing.tests.unit.architecture.collection import (
    MODULES,
    PLUGINS,
    ROOT,
    module_texts,
    python_files,
    tree,
)

ALWAYS = {"kind", "message"}


def raising() -> set[str]:
    """What the code calls to make a failure: its classes, their variables, and the method of an answer."""
    classes, found = {LicensingError}, {"error", "error_type"}
    while classes:
        found |= {one.__name__ for one in classes}
        classes = {child for one in classes for child in one.__subclasses__()}
    return found


def facts_in(function: ast.AST) -> Iterator[str]:
    """The facts of every failure that is made within a function, or in what is outside of all."""
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        callee = call.func
        name = callee.id if isinstance(callee, ast.Name) else callee.attr if isinstance(callee, ast.Attribute) else ""
        if name not in RAISING:
            continue
        for keyword in call.keywords:
            if keyword.arg is not None:
                yield keyword.arg
            else:
                yield from facts_of(keyword.value, function)


def facts_of(spread: ast.expr, function: ast.AST) -> Iterator[str]:
    """The facts that ``**spread`` hands on. Those of another failure are found where that is made."""
    text = ast.unparse(spread)
    if isinstance(spread, ast.Dict):
        for key, value in zip(spread.keys, spread.values, strict=True):
            if key is None:
                yield from facts_of(value, function)
            else:
                assert isinstance(key, ast.Constant), text
                yield str(key.value)
    elif isinstance(spread, ast.IfExp | ast.BinOp):
        sides = (spread.body, spread.orelse) if isinstance(spread, ast.IfExp) else (spread.left, spread.right)
        for side in sides:
            yield from facts_of(side, function)
    elif isinstance(spread, (ast.DictComp, ast.Subscript)):
        yield from facts_of(spread.value, function)
    elif not (text.endswith(".facts") or text.removeprefix("self.redactor.value(").rstrip(")") == rest_of(function)):
        made = [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and text in map(ast.unparse, node.targets)
        ]
        assert made, f"nobody can see which facts **{text} has"
        for value in made:
            yield from facts_of(value, function)


def rest_of(function: ast.AST) -> str | None:
    """The parameter ``**facts`` of a function, whose facts are found where it is called."""
    rest = function.args.kwarg if isinstance(function, ast.FunctionDef) else None
    return None if rest is None else rest.arg


RAISING = raising()
FACTS = {
    fact
    for path in python_files(PLUGINS / "module_utils", PLUGINS / "modules")
    for function in ast.walk(tree(path))
    if isinstance(function, ast.FunctionDef)
    for fact in facts_in(function)
} - ALWAYS


def test_the_facts_are_found() -> None:
    assert {"hint", "status", "held", "wanted", "shortages", "removals", "request_id", "code"} <= FACTS


@pytest.mark.parametrize("module", MODULES)
def test_a_module_describes_every_fact_of_a_failure_and_no_other(module: str) -> None:
    failure = yaml.safe_load(module_texts(module)["RETURN"])["failure"]
    assert failure["contains"].keys() == FACTS | ALWAYS
    assert failure["sample"].keys() <= failure["contains"].keys()
    shortage = Shortage("p", "c", 2, 0, 1).as_result()
    assert failure["contains"]["shortages"]["contains"].keys() == shortage.keys()


def test_all_modules_say_the_same_of_a_failure() -> None:
    told = [yaml.safe_load(module_texts(module)["RETURN"])["failure"] for module in MODULES]
    assert all(one == told[0] for one in told)


def test_the_guide_describes_every_fact_of_a_failure() -> None:
    guide = (ROOT / "docs" / "guides" / "troubleshooting.md").read_text(encoding="utf-8")
    table = guide.partition("| in `failure` |")[2].partition("\n\n")[0]
    names = [name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(names) == sorted(FACTS | ALWAYS)
