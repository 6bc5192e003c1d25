# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may import whom, and who may speak with Ansible."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from ansible_collections.tenantops.licensing.tests.unit.architecture.collection import (
    MODULES,
    PACKAGE,
    PLUGINS,
    PRIVATE,
    PRIVATE_ROOT,
    ROOT,
    imports,
    python_files,
    tree,
)

# The layers as docs/architecture.md has them: a private file imports only files that stand above it, and those whose
# row ends with the word do no input or output.
LAYERS = [
    (re.findall(r"`(_[\w/]+)`", line.split("|")[1]), line.rstrip().endswith("; pure |"))
    for line in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `_")
]
ORDER = tuple(name for names, _pure in LAYERS for name in names)
PURE = tuple(name for names, pure in LAYERS if pure for name in names)
PURE_MAY_IMPORT = {
    *("__future__", "collections", "collections.abc", "contextlib", "dataclasses", "datetime", "difflib", "enum"),
    *("base64", "binascii", "bisect", "gc", "hashlib", "heapq", "html.entities", "itertools", "math", "operator"),
    *("random", "re", "typing", "unicodedata", "uuid", "xml.etree"),
}
# The audit is about both vendors at once; its options are where they meet.
KNOWS_ALL_VENDORS = "_vendors"
# Only these two know Ansible: one builds the module, the other takes options from the environment.
KNOW_ANSIBLE = {"_ansible/runner", "_ansible/options"}
OF_THE_MODULE = {"AnsibleModule", "exit_json", "fail_json", "warn", "deprecate"}
VENDORS = ("_uipath", "_yext")


def private(name: str) -> Path:
    return PRIVATE_ROOT / f"{name}.py"


def vendor(name: str) -> str | None:
    """The vendor of a private file: its folder."""
    folder = name.split("/", maxsplit=1)[0]
    return folder if folder in VENDORS else None


def private_imports(name: str) -> Iterator[str]:
    """The private files that a private file imports, by their paths."""
    for imported in imports(private(name)):
        if imported.level:
            folder = name.split("/")[: -imported.level]
            yield "/".join([*folder, *imported.module.split(".")])


def test_every_private_file_has_its_place_in_the_order() -> None:
    assert sorted(ORDER) == PRIVATE
    assert set(PURE) < set(ORDER)
    assert all(name.startswith("_") for name in PRIVATE)


def test_the_files_of_a_folder_stand_together() -> None:
    folders = [name.split("/")[0] for name in ORDER]
    assert [folder for folder, _files in groupby(folders)] == list(dict.fromkeys(folders))


@pytest.mark.parametrize("name", PRIVATE)
def test_a_private_file_imports_private_files_above_it_only_and_relatively(name: str) -> None:
    assert not [one.module for one in imports(private(name)) if one.module.startswith("ansible_collections")]
    above = ORDER[: ORDER.index(name)]
    assert [imported for imported in private_imports(name) if imported not in above] == []


@pytest.mark.parametrize("name", sorted({*PRIVATE} - {KNOWS_ALL_VENDORS}))
def test_a_vendor_is_known_only_to_its_own_folder(name: str) -> None:
    vendors = {vendor(imported) for imported in private_imports(name)}
    assert vendors <= {None, vendor(name)}


@pytest.mark.parametrize("name", PURE)
def test_a_pure_file_does_no_input_or_output(name: str) -> None:
    assert {*private_imports(name)} <= {"_errors", *PURE}
    assert {one.module for one in imports(private(name)) if not one.level} <= PURE_MAY_IMPORT
    calls = [node.func for node in ast.walk(tree(private(name))) if isinstance(node, ast.Call)]
    called = {function.id for function in calls if isinstance(function, ast.Name)}
    assert not called & {"open", "print", "input", "exec", "eval", "__import__"}


@pytest.mark.parametrize("name", sorted(set(PRIVATE) - KNOW_ANSIBLE))
def test_only_two_private_files_know_ansible(name: str) -> None:
    assert not [one.module for one in imports(private(name)) if one.module.split(".")[0] == "ansible"]


@pytest.mark.parametrize(
    "path",
    [path for path in python_files(PLUGINS) if path != private("_ansible/runner")],
    ids=lambda path: str(path.relative_to(PLUGINS)),
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
            assert imported.module.startswith(f"{PACKAGE}.module_utils.")
            vendors.add(vendor(imported.module.removeprefix(f"{PACKAGE}.module_utils.").replace(".", "/")))
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
