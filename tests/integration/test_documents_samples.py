# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook and every desired state of the documents, under check mode and really.

All of them run one after the other in one command, so that Ansible's start is paid for once. Before each of them the
simulator is put back to the state that it begins with.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.documents import (
    DOCUMENTS,
    README,
    Block,
    agreed,
    assert_succeeded,
    blocks_in,
    commands,
    is_walked,
    run,
    write_named,
)
from ansible_collections.tenantops.licensing.tests.integration.harness import HERE
from simulator.testing import DEFAULT_SEED, running

# The playbook of this guide has its own test, on the state that it speaks of.
AUDIT = "audit.md"


def samples() -> list[Block]:
    """What is not already run where a document is followed from beginning to end."""
    return [
        block
        for block in blocks_in("yaml")
        if block.document.name != AUDIT
        and (block.kind == "playbook" or (block.kind == "state" and not is_walked(block.document)))
    ]


def playbook(block: Block, file: Path, url: str) -> list[dict[str, Any]]:
    """The plays that put the simulator back, then run a sample."""
    start = {"simulator": {"url": url, "put": {"state": yaml.safe_load(DEFAULT_SEED.read_text())}}}
    before = {"name": f"Before {block.id}", "hosts": "localhost", "gather_facts": False, "tasks": [start]}
    if block.kind == "playbook":
        return [before, {"name": block.id, "import_playbook": str(file)}]
    variables = {"licensing_state_file": str(file)}
    return [before, {"name": block.id, "import_playbook": "tenantops.licensing.provision", "vars": variables}]


@pytest.mark.parametrize("mode", ["--check", "--diff"])
def test_every_sample_runs(mode: str, tmp_path: Path) -> None:
    chosen = samples()
    assert {block.document for block in chosen} > set()
    with running() as simulator:
        files: list[str] = []
        inventories: list[str] = []
        for number, document in enumerate(DOCUMENTS):
            mine = [block for block in chosen if block.document == document]
            folder = tmp_path / f"document-{number}"
            folder.mkdir()
            write_named(folder, README)
            write_named(folder, document)
            inventories += [f"--inventory={file}" for file in folder.glob("*desired_state.yml")]
            plays = []
            for block in mine:
                file = folder / f"sample-{block.number}.yml"
                file.write_text(block.text)
                plays += playbook(block, file, simulator.url)
            (folder / "all.yml").write_text(yaml.safe_dump(plays, sort_keys=False))
            files += [str(folder / "all.yml")] if mine else []
        plugins = {"ANSIBLE_ACTION_PLUGINS": str(HERE / "plugins/action"), "ANSIBLE_PIPELINING": "true"}
        done = run(tmp_path, simulator.url, "ansible-playbook", mode, *inventories, *files, **plugins)
        assert_succeeded(done)
        assert "no hosts matched" not in done.stdout
        for block in chosen:
            assert f"Before {block.id}]" in done.stdout
        assert (mode == "--check") == (not simulator.writes())


def test_the_commands_of_the_readme_run_one_after_the_other(tmp_path: Path) -> None:
    agreed(tmp_path)
    told = [shlex.split(line) for block in blocks_in("shell", README) for line in commands(block)]
    chosen = [command for command in told if command[0] == "ansible-playbook"]
    assert [command[1].rpartition(".")[2] for command in chosen] == ["provision", "provision", "retire", "audit"]
    with running() as simulator:
        for command in chosen:
            assert_succeeded(run(tmp_path, simulator.url, *command))
        assert simulator.state()["uipath"]["organizations"]["y-y-y-delilah"]["license"] is None
    assert (tmp_path / "license-audit" / "report.html").exists()
