# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every sample in README.md and docs/ runs against the state that the simulator begins with."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import CREDENTIALS, environment
from simulator.testing import running

TOP = Path(__file__).resolve().parents[2]
DOCUMENTS = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md")), *sorted((TOP / "roles").glob("*/README.md"))]
STATE_FILE = "licensing.yml"


def blocks(document: Path, language: str) -> list[str]:
    """The fenced code blocks of a document that are in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", document.read_text(), flags=re.MULTILINE | re.DOTALL)


def all_blocks(language: str) -> list[Any]:
    return [
        pytest.param(block, id=f"{document.relative_to(TOP)}-{number}")
        for document in DOCUMENTS
        for number, block in enumerate(blocks(document, language), 1)
    ]


def run(directory: Path, url: str, *command: str) -> subprocess.CompletedProcess[str]:
    env = environment(
        directory,
        **CREDENTIALS,
        UIPATH_BASE_URL=url,
        YEXT_API_URL=f"{url}/v2",
        ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
    )
    program = str(Path(sys.executable).with_name(command[0]))
    return subprocess.run(
        [program, *command[1:]], cwd=directory, env=env, check=False, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("block", all_blocks("yaml"))
def test_every_yaml_sample_runs(block: str, tmp_path: Path) -> None:
    (tmp_path / STATE_FILE).write_text(block)
    sample = yaml.safe_load(block)
    with running() as simulator:
        if isinstance(sample, dict):  # a desired state: README.md's commands run it too
            command: tuple[str, ...] = (
                "tenantops.licensing.provision",
                "-e",
                f"licensing_state_file={tmp_path / STATE_FILE}",
            )
        else:
            command = (STATE_FILE,)
        for mode in (("--check",), ()):
            done = run(tmp_path, simulator.url, "ansible-playbook", *command, *mode)
            assert done.returncode == 0, done.stdout + done.stderr


def test_the_commands_of_the_readme_run_one_after_the_other(tmp_path: Path) -> None:
    readme = DOCUMENTS[0]
    (state,) = (block for block in blocks(readme, "yaml") if block.startswith(f"# {STATE_FILE}"))
    (tmp_path / STATE_FILE).write_text(state)
    shell = "\n".join(blocks(readme, "shell")).replace("\\\n", " ")
    commands = [shlex.split(line) for line in shell.splitlines() if line.startswith("ansible-playbook ")]
    assert len(commands) == 3
    with running() as simulator:
        for command in commands:
            done = run(tmp_path, simulator.url, *command)
            assert done.returncode == 0, done.stdout + done.stderr
        assert simulator.state()["uipath"]["organizations"]["y-y-y-delilah"]["license"] is None


def test_the_targets_that_the_documents_name_exist() -> None:
    makefile = (TOP / "Makefile").read_text()
    named = {name for document in DOCUMENTS for name in re.findall(r"\bmake ([a-z]+)\b", document.read_text())}
    assert named
    assert {name for name in named if not re.search(rf"^{name}:", makefile, flags=re.MULTILINE)} == set()


def test_every_kind_of_failure_is_documented_with_its_way_out() -> None:
    errors = (TOP / "plugins/module_utils/_errors.py").read_text()
    kinds = set(re.findall(r'^    [A-Z_]+ = "([a-z_]+)"', errors, flags=re.MULTILINE))
    assert len(kinds) > 10
    documented = re.findall(r"^\| `([a-z_]+)` \|", (TOP / "docs/failures.md").read_text(), flags=re.MULTILINE)
    assert sorted(documented) == sorted(kinds)
