# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment: its definition, and that what the plugins import is what the collection asks for."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import yaml

TOP = Path(__file__).resolve().parents[2]
DEFINITION = TOP / "execution-environment.yml"
# What comes along with something that is asked for, and what a module does without where it is not installed.
COMES_WITH = {"urllib3": "requests"}
OPTIONAL = {"yaml"}


def builder(*arguments: str) -> str:
    """What ansible-builder prints."""
    program = str(Path(sys.executable).with_name("ansible-builder"))
    done = subprocess.run([program, *arguments], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def required() -> list[str]:
    """What the collection asks for, a requirement a line."""
    lines = (TOP / "meta" / "ee-requirements.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_definition_makes_a_context_that_installs_the_collection(tmp_path: Path) -> None:
    builder("create", f"--file={DEFINITION}", f"--context={tmp_path}", "--output-filename=Containerfile")
    steps = (tmp_path / "Containerfile").read_text()
    assert "ansible-galaxy collection install" in steps
    collections = yaml.safe_load((tmp_path / "_build" / "requirements.yml").read_text())["collections"]
    galaxy = yaml.safe_load((TOP / "galaxy.yml").read_text())
    assert [each["name"] for each in collections] == [f"{galaxy['namespace']}.{galaxy['name']}"]


def test_what_is_found_in_the_collection_is_what_it_asks_for(tmp_path: Path) -> None:
    place = tmp_path / "ansible_collections" / "tenantops"
    place.mkdir(parents=True)
    (place / "licensing").symlink_to(TOP, target_is_directory=True)
    found = yaml.safe_load(builder("introspect", "--sanitize", str(tmp_path)))
    assert [line.split("#")[0].strip() for line in found["python"]] == required()
    assert not found.get("system")


def imported() -> set[str]:
    """The packages that plugins import, beside Python's own and Ansible."""
    names: set[str] = set()
    for file in (TOP / "plugins").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"ansible", "ansible_collections"}


def test_the_plugins_import_what_the_collection_asks_for_and_nothing_else() -> None:
    packages = {re.split(r"[<>=~]", line)[0] for line in required()}
    assert imported() - OPTIONAL - COMES_WITH.keys() == packages
    assert {COMES_WITH[name] for name in imported() & COMES_WITH.keys()} <= packages


def test_the_documents_of_every_module_ask_for_the_same() -> None:
    text = (TOP / "plugins" / "doc_fragments" / "attributes.py").read_text()
    for line in required():
        assert line.replace(">=", " >= ") in text
