# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook is killed, a task times out, a job is cancelled: nothing further is written, no process stays."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    CREDENTIALS,
    DEFAULTS,
    Task,
    environment,
    host_variables,
    playbook_command,
    quantities,
    task,
    write_inventory,
)
from simulator.testing import Handle, running

TENANTS = 16
SECONDS = 0.5  # of each write
CONCURRENCY = 2
SLACK = 0.3  # a call that had begun when the end came may still arrive
SEED: dict[str, Any] = {
    "uipath": {
        "host_pool": {"UNATT": 100},
        "organizations": {
            "org": {
                "license": {"products": {"UNATT": 50}},
                "tenants": {f"t{number}": {"name": f"T{number}"} for number in range(TENANTS)},
            }
        },
    },
    "yext": {"license_packs": {"p": {"total": 50}}},
}
ORGANIZATIONS = [
    {
        "id": "org",
        "tenants": [
            {"id": f"t{number}", "name": f"T{number}", "services": [{"type": "du", "products": quantities(UNATT=1)}]}
            for number in range(TENANTS)
        ],
    }
]
PACKS = [{"id": "p", "entities": [{"id": f"e{number}"} for number in range(TENANTS)]}]
FLEETS = {
    "org_licenses": task("fleet", "org_licenses", organizations=ORGANIZATIONS, concurrency=CONCURRENCY),
    "license_assignments": task("fleet", "license_assignments", license_packs=PACKS, concurrency=CONCURRENCY),
}


@pytest.fixture
def server() -> Iterator[Handle]:
    with running(SEED) as handle:
        handle.set_faults([{"match": {"kind": "write"}, "effect": {"delay": SECONDS}}])
        yield handle


def play(server: Handle, directory: Path, tasks: list[Task]) -> tuple[Path, Path]:
    """A playbook and its inventory."""
    playbook = directory / "playbook.yml"
    playbook.write_text(
        yaml.safe_dump([{"hosts": "all", "gather_facts": False, "module_defaults": DEFAULTS, "tasks": tasks}])
    )
    return playbook, write_inventory(directory / "inventory.yml", {"host": host_variables(server.url)})


def processes_of(directory: Path) -> list[int]:
    """The processes that were started with this folder as their home."""
    mark = f"HOME={directory}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def wait_until(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)


@contextlib.contextmanager
def started(command: list[str], env: dict[str, str], directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a session of its own; whatever is left of it at the end is ended."""
    log = (directory / "output.txt").open("wb")
    process = subprocess.Popen(
        command, env=env, cwd=directory, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        yield process
    finally:
        for pid in processes_of(directory):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        log.close()


def assert_nothing_further(server: Handle, directory: Path, ended: float) -> None:
    """The module's process ends by itself, and began no write after the end."""
    wait_until(lambda: not processes_of(directory), "the module's process ends")
    late = [call["started"] - ended for call in server.writes() if call["started"] > ended + SLACK]
    assert late == [], f"writes so many seconds after the end: {late}"
    made = len(server.writes())
    assert 0 < made < TENANTS
    time.sleep(SECONDS)
    assert len(server.writes()) == made


def assert_next_run_finishes(server: Handle, directory: Path, fleet: Task, env: dict[str, str]) -> None:
    """The next run makes the writes that were missing and no other."""
    made = [call["path"] for call in server.writes() if call["acted"]]
    server.clear_calls()
    server.clear_faults()
    playbook, inventory = play(server, directory, [fleet])
    command = playbook_command(playbook, inventory)
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    again = [call["path"] for call in server.writes()]
    assert len(made) + len(again) == TENANTS
    assert not set(made) & set(again)


@pytest.mark.parametrize(
    ("module", "pipelining"), [("org_licenses", "false"), ("org_licenses", "true"), ("license_assignments", "false")]
)
def test_a_killed_playbook_leaves_no_module_that_writes_on(
    tmp_path: Path, server: Handle, module: str, pipelining: str
) -> None:
    fleet = FLEETS[module]
    env = environment(tmp_path, **CREDENTIALS, ANSIBLE_PIPELINING=pipelining)
    playbook, inventory = play(server, tmp_path, [fleet])
    with started(playbook_command(playbook, inventory), env, tmp_path) as process:
        wait_until(server.writes, "the first write")
        assert len(processes_of(tmp_path)) > 1
        process.kill()
        process.wait()
        assert_nothing_further(server, tmp_path, time.time())
    assert_next_run_finishes(server, tmp_path, fleet, env)


def test_a_task_that_times_out_leaves_no_module_that_writes_on(tmp_path: Path, server: Handle) -> None:
    # Long enough for the first write on a busy machine, and not for all of them.
    server.set_faults([{"match": {"kind": "write"}, "effect": {"delay": 4 * SECONDS}}])
    fleet = {**FLEETS["org_licenses"], "timeout": 8, "ignore_errors": True}
    env = environment(tmp_path, **CREDENTIALS, ANSIBLE_PIPELINING="false")
    # The playbook goes on, so that it is not its end that stops the module.
    after = {"name": "after", "ansible.builtin.pause": {"seconds": 3}}
    playbook, inventory = play(server, tmp_path, [fleet, after])
    with started(playbook_command(playbook, inventory), env, tmp_path) as process:
        wait_until(lambda: "TASK [after]" in (tmp_path / "output.txt").read_text(), "the task after the one timed out")
        ended = time.time()
        assert re.search("imed out|was terminated", (tmp_path / "output.txt").read_text())
        process.wait(timeout=30)
        assert_nothing_further(server, tmp_path, ended)
    assert_next_run_finishes(server, tmp_path, FLEETS["org_licenses"], env)


def test_a_cancelled_job_of_ansible_runner_leaves_no_module_that_writes_on(tmp_path: Path, server: Handle) -> None:
    for folder in ("env", "project", "inventory"):
        (tmp_path / folder).mkdir()
    (tmp_path / "env/envvars").write_text(yaml.safe_dump(CREDENTIALS))
    # How often ansible-runner looks whether it was cancelled.
    (tmp_path / "env/settings").write_text(yaml.safe_dump({"pexpect_timeout": 1}))
    playbook, inventory = play(server, tmp_path, [FLEETS["org_licenses"]])
    playbook.rename(tmp_path / "project/playbook.yml")
    inventory.rename(tmp_path / "inventory/hosts.yml")
    env = environment(tmp_path, ANSIBLE_PIPELINING="false")
    program = str(Path(sys.executable).with_name("ansible-runner"))
    command = [program, "run", str(tmp_path), "-p", "playbook.yml", "--omit-env-files"]
    with started(command, env, tmp_path) as process:
        wait_until(server.writes, "the first write")
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        assert_nothing_further(server, tmp_path, time.time())
        assert [path.read_text() for path in tmp_path.glob("artifacts/*/status")] == ["canceled"]
    assert_next_run_finishes(server, tmp_path, FLEETS["org_licenses"], {**env, **CREDENTIALS})
