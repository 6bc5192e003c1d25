# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the collection lies, and its files as syntax trees and documents."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

ROOT = Path(__file__).resolve().parents[3]
PLUGINS = ROOT / "plugins"
COLLECTION = "tenantops.licensing"
PACKAGE = f"ansible_collections.{COLLECTION}.plugins"
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py"))
PRIVATE_ROOT = PLUGINS / "module_utils"
# The files that modules share, by their path without its ending: `_http/client`.
PRIVATE = sorted(str(path.relative_to(PRIVATE_ROOT).with_suffix("")) for path in PRIVATE_ROOT.rglob("*.py"))


def python_files(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@dataclass(frozen=True)
class Import:
    """One name that a file imports: ``level`` 1 for a relative one, whose module stands without its dot."""

    level: int
    module: str


def imports(path: Path) -> Iterator[Import]:
    """Every import of a file, those inside of functions included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (Import(0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield Import(node.level, node.module)
        elif isinstance(node, ast.ImportFrom):
            yield from (Import(node.level, alias.name) for alias in node.names)


@dataclass
class Call:
    """What a module asks of run_module."""

    spec: dict[str, Any] = field(default_factory=dict)
    constraints: dict[str, Any] = field(default_factory=dict)


@cache
def argument_spec(module: str) -> dict[str, Any]:
    """The argument spec with which a module's main() builds its AnsibleModule."""
    imported = importlib.import_module(f"{PACKAGE}.modules.{module}")
    call = Call()

    def run_module(_run: Any, spec: dict[str, Any], **constraints: Any) -> None:
        call.spec, call.constraints = spec, constraints

    with mock.patch.object(imported, "run_module", run_module):
        imported.main()
    return call.spec


def texts(path: Path) -> dict[str, str]:
    """DOCUMENTATION, EXAMPLES and RETURN of a plugin, by name."""
    found = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id.isupper():
                found[target.id] = node.value.value
    return found


def module_texts(module: str) -> dict[str, str]:
    return texts(PLUGINS / "modules" / f"{module}.py")


def fragment_texts(file: str) -> dict[str, str]:
    """The parts of a document fragment, by name."""
    imported = importlib.import_module(f"{PACKAGE}.doc_fragments.{file}")
    return {name: text for name, text in vars(imported.ModuleDocFragment).items() if name.isupper()}


def fragment(name: str) -> dict[str, Any]:
    """A document fragment by what a module calls it without the collection: ``attributes`` or ``attributes.info``."""
    file, _dot, part = name.partition(".")
    loaded: dict[str, Any] = yaml.safe_load(fragment_texts(file)[part.upper() or "DOCUMENTATION"])
    return loaded


def fragments_of(module: str) -> list[str]:
    """The fragments that a module extends, without the collection's name."""
    names = yaml.safe_load(module_texts(module)["DOCUMENTATION"]).get("extends_documentation_fragment") or []
    assert all(name.startswith(f"{COLLECTION}.") for name in names)
    return [name.removeprefix(f"{COLLECTION}.") for name in names]


@cache
def documentation(module: str) -> dict[str, Any]:
    """A module's document with its fragments, what it says itself before what they say."""
    own: dict[str, Any] = yaml.safe_load(module_texts(module)["DOCUMENTATION"])
    options: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    for part in (*map(fragment, fragments_of(module)), own):
        options |= part.get("options", {})
        for name, attribute in part.get("attributes", {}).items():
            attributes[name] = attributes.get(name, {}) | attribute
    return {**own, "options": options, "attributes": attributes}
