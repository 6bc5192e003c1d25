# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs playbooks as AWX does: by ansible-runner, from a private data directory, without rights that it does not need.

The project is read-only, credentials stand in ``env/envvars`` alone, the answers of a survey in ``env/extravars``.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import assert_no_warning, environment

UNPRIVILEGED = 1000


@dataclass(frozen=True)
class Job:
    """How a job ended: its exit status, what it printed, and its events, oldest first."""

    status: int
    output: str
    events: list[dict[str, Any]]

    @property
    def changed(self) -> int:
        """How many tasks changed something."""
        return sum(event["event"] == "runner_on_ok" and event["event_data"]["res"]["changed"] for event in self.events)

    @property
    def artifacts(self) -> dict[str, Any]:
        """What the job leaves to the next one of a workflow."""
        (end,) = (event for event in self.events if event["event"] == "playbook_on_stats")
        left: dict[str, Any] = end["event_data"]["artifact_data"]
        return left


class PrivateData:
    """A private data directory, in which jobs run one after the other or side by side."""

    def __init__(self, directory: Path, project: Mapping[str, str], credentials: Mapping[str, str]) -> None:
        self.directory = directory
        for folder in ("project", "env", "inventory", "home"):
            (directory / folder).mkdir(parents=True)
        localhost = "localhost ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'\n"
        (directory / "inventory" / "hosts").write_text(localhost)
        for name, text in project.items():
            (directory / "project" / name).write_text(text)
            (directory / "project" / name).chmod(0o444)
        (directory / "project").chmod(0o555)
        self.put("env/envvars", credentials)

    def put(self, name: str, content: object) -> None:
        """Write a file of the private data as YAML."""
        (self.directory / name).write_text(yaml.safe_dump(content))

    def start(self, playbook: str, *arguments: str, **answers: Any) -> subprocess.Popen[str]:
        """Start a job with these answers to its survey and these arguments of ``ansible-playbook``."""
        self.put("env/extravars", answers)
        program = str(Path(sys.executable).with_name("ansible-runner"))
        # Without the files of "env" in the artifacts, as AWX starts it.
        command = [program, "run", str(self.directory), "-p", playbook, "--omit-env-files"]
        if arguments:
            command.append(f"--cmdline={' '.join(arguments)}")
        own = {"ANSIBLE_INVENTORY_UNPARSED_WARNING": "false", "ANSIBLE_PIPELINING": "false"}
        env = environment(self.directory / "home", **own)
        return subprocess.Popen(
            [*unprivileged(), *command], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def run(self, playbook: str, *arguments: str, **answers: Any) -> Job:
        """Run a job to its end."""
        shutil.rmtree(self.directory / "artifacts", ignore_errors=True)
        return self.end(self.start(playbook, *arguments, **answers))

    def end(self, process: subprocess.Popen[str]) -> Job:
        """Wait for a job, and read what is left of it."""
        output, _nothing = process.communicate(timeout=180)
        files = self.directory.glob("artifacts/*/job_events/*.json")
        events = sorted((json.loads(file.read_text()) for file in files), key=lambda event: event["counter"])
        assert_no_warning(output)
        return Job(process.returncode, output, events)


@functools.cache
def unprivileged() -> list[str]:
    """What makes a command run without root's rights, where the tests themselves have them.

    In a user namespace of its own a process is user 1000 and may do what permissions say, and no more; files of root
    are its own there, so that an interpreter below root's home can be read.
    """
    if os.geteuid() != 0:
        return []
    command = ["unshare", "--user", f"--map-user={UNPRIVILEGED}", f"--map-group={UNPRIVILEGED}"]
    if subprocess.run([*command, "true"], check=False, capture_output=True).returncode:
        pytest.skip("these tests run as root, and no user namespace can be made to run jobs without its rights")
    return command
