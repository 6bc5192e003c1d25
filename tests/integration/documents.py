# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents for people, their code blocks, and how a command of theirs is run against a simulator."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import CREDENTIALS, environment

TOP = Path(__file__).resolve().parents[2]
README, SITE = TOP / "README.md", TOP / "docs/index.rst"
GUIDES = sorted((TOP / "docs/guides").glob("*.md"))
DOCUMENTS = [*sorted(TOP.glob("*.md")), SITE, *sorted((TOP / "docs").rglob("*.md")), *sorted(TOP.glob("roles/*/*.md"))]
FENCED = re.compile(r"^([ ]*)```(\S*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
DIRECTIVE = re.compile(r"^\.\. code-block:: (\S+)\n\n((?:   .*\n|\n)+)", re.MULTILINE)
PLAYS = {"hosts", "import_playbook", "ansible.builtin.import_playbook"}
NAMED = re.compile(r"# ([\w./-]+\.ya?ml)\n")


@dataclass(frozen=True)
class Block:
    """A code block of a document: its number there, its language and its text."""

    document: Path
    number: int
    language: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.document.relative_to(TOP)}-{self.number}"

    @property
    def file(self) -> str | None:
        """The name of the file that the block is, where its first line is a comment with that name alone."""
        named = NAMED.match(self.text)
        return named[1] if named else None

    @property
    def kind(self) -> str:
        """What a block of YAML is: a ``playbook``, a ``state``, or the word by which some other kind is known."""
        sample = yaml.safe_load(self.text)
        if isinstance(sample, list):
            return "playbook" if all(PLAYS & play.keys() for play in sample) else "tasks"
        if any(str(name).startswith("licensing_") for name in sample):
            return "state"
        return "jobs" if "jobs" in sample else str(next(iter(sample)))


@cache
def blocks(document: Path) -> tuple[Block, ...]:
    """Every code block of a document, without the indentation of its place."""
    text = document.read_text()
    found = [(match[2], match[3], len(match[1])) for match in FENCED.finditer(text)]
    if document.suffix == ".rst":
        found = [(match[1], match[2].rstrip() + "\n", 3) for match in DIRECTIVE.finditer(text)]
    return tuple(
        Block(
            document, number, language, re.sub(rf"^[ ]{{{indent}}}", "", body, flags=re.MULTILINE) if indent else body
        )
        for number, (language, body, indent) in enumerate(found, 1)
    )


def blocks_in(language: str, *documents: Path) -> list[Block]:
    return [block for document in documents or DOCUMENTS for block in blocks(document) if block.language == language]


def commands(block: Block) -> list[str]:
    """The commands of a block: all lines of one for a shell, and those behind a prompt of one with what they print."""
    lines = block.text.replace("\\\n", " ").splitlines()
    if block.language == "console":
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return [line for line in lines if line and not line.startswith("#")]


def is_walked(document: Path) -> bool:
    """Whether a document shows what commands print, so that it is followed from its beginning to its end."""
    return any(block.language == "console" for block in blocks(document))


def variables(url: str) -> dict[str, str]:
    """The sign-in for the simulator at this address."""
    return {**CREDENTIALS, "UIPATH_BASE_URL": url, "YEXT_API_URL": f"{url}/v2"}


def run(directory: Path, url: str, program: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this Python's environment in a folder, against the simulator at this address."""
    quiet = {"ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
    env = environment(directory, **{**variables(url), **quiet, **more})
    command = [shutil.which(program, path=env["PATH"]) or program, *arguments]
    return subprocess.run(command, cwd=directory, env=env, check=False, capture_output=True, text=True, timeout=300)


def assert_succeeded(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"


def write_named(directory: Path, document: Path) -> None:
    """Write the files that a document tells its readers to write; of two with one name the later."""
    for block in blocks_in("yaml", document):
        if block.file:
            (directory / block.file).write_text(block.text)


def agreed(directory: Path) -> Path:
    """The desired-state file of the README, in this folder."""
    write_named(directory, README)
    return directory / "licensing.yml"


def environment_told(block: Block) -> Mapping[str, str]:
    """The variables that a block for a shell exports."""
    return dict(re.findall(r"^export (\w+)=(\S+)$", block.text, flags=re.MULTILINE))
