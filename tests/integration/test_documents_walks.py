# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guides that show what commands print are followed as a reader follows them, and print what they show.

A file is written where it is shown, a variable is set where it is exported, and a command is run where it stands behind
a prompt. ``…`` stands for what is left out: a line of it for any lines, within a line for any text.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ansible_collections.tenantops.licensing.tests.integration.documents import (
    DOCUMENTS,
    TOP,
    Block,
    assert_succeeded,
    blocks,
    commands,
    environment_told,
    is_walked,
    run,
)
from simulator.testing import running

WALKED = [document for document in DOCUMENTS if is_walked(document)]
ANYTHING = "…"
TOLD_ADDRESS = "http://127.0.0.1:8787"  # what make simulator takes


def expected(block: Block) -> list[tuple[str, list[str]]]:
    """Each command of a block, with the lines that it must print, in this order."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif line != ANYTHING:
            found[-1][1].append(line)
    return found


def pattern(line: str) -> str:
    """A line in which ``…`` stands for any text, and white space for any white space."""
    return r"\s+".join(".*" if word == ANYTHING else re.escape(word) for word in line.split())


def missing(lines: list[str], output: str) -> list[str]:
    """The lines that the output does not have, in this order."""
    rest = iter(output.splitlines())
    return [line for line in lines if not any(re.fullmatch(rf"\s*{pattern(line)}\s*", printed) for printed in rest)]


@pytest.mark.parametrize("document", WALKED, ids=lambda path: str(path.relative_to(TOP)))
def test_a_guide_shows_what_is_printed(document: Path, tmp_path: Path) -> None:
    told: dict[str, str] = {}
    with running() as simulator:
        for block in blocks(document):
            if block.language == "yaml" and block.file:
                (tmp_path / block.file).write_text(block.text)
            if block.language == "shell" and TOLD_ADDRESS in block.text:
                told |= {
                    name: value.replace(TOLD_ADDRESS, simulator.url) for name, value in environment_told(block).items()
                }
            if block.language == "console":
                assert len(expected(block)) == len(commands(block))
                for command, lines in expected(block):
                    done = run(tmp_path, simulator.url, *shlex.split(command), **told)
                    assert_succeeded(done)
                    assert lines
                    assert missing(lines, done.stdout) == [], f"{command}\n{done.stdout}"


def test_something_is_walked() -> None:
    names = {document.name for document in WALKED}
    assert {"first-steps.md", "uipath.md", "yext.md", "moving.md", "exclusive.md"} <= names
