# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may import whom, and who may speak with Ansible."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ansible_collections.tenantops.licensing.tests.unit.house.collection import (
    MODULES,
    PACKAGE,
    PLUGINS,
    PRIVATE,
    ROOT,
    imports,
    python_files,
    tree,
)

# A private file imports only files that stand above it.
ORDER = (
    "_python",
    "_visible_text",
    "_errors",
    "_desired",
    "_held",
    "_encodings",
    "_redaction",
    "_credentials",
    "_answer",
    "_reasons",
    "_answer_values",
    "_addresses",
    "_connections",
    "_connection_errors",
    "_transport",
    "_retry",
    "_rate_limit",
    "_http",
    "_uipath_sign_in",
    "_uipath_answers",
    "_uipath_second_source",
    "_uipath",
    "_yext_answers",
    "_yext",
    "_spelling",
    "_mistakes",
    "_checked_mapping",
    "_checked_list",
    "_quantities",
    "_desired_state",
    "_regular_file",
    "_positions",
    "_state_yaml",
    "_state_json",
    "_state_folder",
    "_state_file",
    "_settling",
    "_steps",
    "_allocation",
    "_portion",
    "_moves",
    "_capacity",
    "_arrangement",
    "_fewest_writes",
    "_giving_way",
    "_ordering",
    "_assignment",
    "_executor",
    "_report",
    "_rollback",
    "_engine",
    "_findings",
    "_audit_expiry",
    "_audit_pools",
    "_audit_organizations",
    "_audit_packs",
    "_trend",
    "_audit",
    "_page_style_findings",
    "_page_style",
    "_page_script",
    "_page_kinds",
    "_page_markup",
    "_page_charts",
    "_page_holdings",
    "_page_findings",
    "_page",
    "_audit_files",
    "_yext_second_source",
    "_reading",
    "_uipath_audit",
    "_yext_audit",
    "_uipath_writer",
    "_uipath_licensing",
    "_yext_writer",
    "_yext_licensing",
    "_watch",
    "_arguments",
    "_module",
    "_uipath_arguments",
    "_yext_arguments",
    "_audit_arguments",
)
PURE = (
    *("_visible_text", "_encodings"),
    *("_desired", "_held", "_spelling", "_mistakes", "_checked_mapping"),
    *("_checked_list", "_quantities", "_desired_state", "_positions"),
    *("_steps", "_allocation", "_portion"),
    *("_moves", "_capacity", "_arrangement", "_fewest_writes", "_giving_way", "_ordering", "_assignment"),
    *("_findings", "_audit_expiry", "_audit_pools", "_audit_organizations", "_audit_packs", "_trend", "_audit"),
    *("_page_style_findings", "_page_style", "_page_script", "_page_kinds", "_page_markup", "_page_charts"),
    *("_page_holdings", "_page_findings", "_page"),
)
PURE_MAY_IMPORT = {
    *("__future__", "collections", "collections.abc", "contextlib", "dataclasses", "datetime", "difflib", "enum"),
    *("base64", "binascii", "bisect", "gc", "hashlib", "heapq", "html.entities", "itertools", "math", "operator"),
    *("random", "re", "typing", "unicodedata", "uuid", "xml.etree"),
}
# The audit is about both vendors at once; its options are where they meet.
KNOWS_BOTH_VENDORS = "_audit_arguments"
# Only these two know Ansible: one builds the module, the other takes options from the environment.
KNOW_ANSIBLE = {"_module", "_arguments"}
OF_THE_MODULE = {"AnsibleModule", "exit_json", "fail_json", "warn", "deprecate"}


def private(name: str) -> Path:
    return PLUGINS / "module_utils" / f"{name}.py"


def vendor(name: str) -> str | None:
    """The vendor of a private file, by its name."""
    word = name.split("_")[1]
    return word if word in ("uipath", "yext") else None


def test_every_private_file_has_its_place_in_the_order() -> None:
    assert sorted(ORDER) == PRIVATE
    assert all(name.startswith("_") for name in PRIVATE)


def test_the_description_of_the_house_has_the_same_order() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = "".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `_"))
    assert tuple(re.findall(r"`(_\w+)`", rows)) == ORDER


@pytest.mark.parametrize("name", PRIVATE)
def test_a_private_file_imports_private_files_above_it_only_and_relatively(name: str) -> None:
    above = ORDER[: ORDER.index(name)]
    for imported in imports(private(name)):
        assert not imported.module.startswith("ansible_collections"), f"{name}: {imported.module} is not relative"
        if imported.level:
            assert imported.level == 1
            assert imported.module in above


@pytest.mark.parametrize("name", sorted({*PRIVATE} - {KNOWS_BOTH_VENDORS}))
def test_a_vendor_is_known_only_to_its_own_files(name: str) -> None:
    for imported in imports(private(name)):
        if imported.level and vendor(imported.module):
            assert vendor(name) == vendor(imported.module)


@pytest.mark.parametrize("name", PURE)
def test_a_pure_file_does_no_input_or_output(name: str) -> None:
    for imported in imports(private(name)):
        allowed = {"_errors", *PURE} if imported.level else PURE_MAY_IMPORT
        assert imported.module in allowed
    calls = [node.func for node in ast.walk(tree(private(name))) if isinstance(node, ast.Call)]
    called = {function.id for function in calls if isinstance(function, ast.Name)}
    assert not called & {"open", "print", "input", "exec", "eval", "__import__"}


@pytest.mark.parametrize("name", sorted(set(PRIVATE) - KNOW_ANSIBLE))
def test_only_two_private_files_know_ansible(name: str) -> None:
    assert not [one.module for one in imports(private(name)) if one.module.split(".")[0] == "ansible"]


@pytest.mark.parametrize(
    "path", [path for path in python_files(PLUGINS) if path.stem != "_module"], ids=lambda path: str(path.stem)
)
def test_only_one_file_touches_the_module_of_ansible(path: Path) -> None:
    named = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
    named |= {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    named |= {alias.name for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert not named & OF_THE_MODULE


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_nothing_but_the_standard_library_and_private_files_of_one_vendor(module: str) -> None:
    vendors = set()
    for imported in imports(PLUGINS / "modules" / f"{module}.py"):
        assert imported.level == 0
        if imported.module.startswith("ansible"):
            package, _dot, name = imported.module.rpartition(".")
            assert package == f"{PACKAGE}.module_utils"
            vendors.add(vendor(name))
        else:
            assert imported.module.split(".")[0] in {"__future__", "collections", "dataclasses", "typing"}
    assert len(vendors - {None}) <= 1


def test_the_simulator_imports_nothing_of_the_plugins() -> None:
    files = python_files(ROOT / "tests" / "simulator")
    assert files
    for path in files:
        for imported in imports(path):
            assert not imported.module.startswith(("ansible", "plugins")), path
            assert imported.level <= 1, path


def test_the_plugins_import_nothing_of_the_tests() -> None:
    for path in python_files(PLUGINS):
        for imported in imports(path):
            assert not {"simulator", "tests"} & set(imported.module.split(".")), path
