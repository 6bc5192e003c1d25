# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's process is killed in the middle of a fleet: the next run makes the missing writes and no other."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet import CONCURRENCY
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_truth import NextRuns
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_yard import REFUSED, Yard
from ansible_collections.tenantops.licensing.tests.unit.support.clients import subprocess_environment

PATIENCE = 60
MODULES = "ansible_collections.tenantops.licensing.plugins.modules"
# The write at which the process is killed, and whether the server has acted on it by then.
MOMENTS = [(1, False), (2, True), (7, False), (12, True), (18, False), (25, True)]


def started(yard: Yard, directory: Path, **options: Any) -> subprocess.Popen[bytes]:
    """The module in a process of its own, with the fleet as its arguments."""
    arguments = {
        **yard.fleet.module_arguments(yard.server),
        "concurrency": CONCURRENCY,
        "_ansible_remote_tmp": str(directory),
        "_ansible_keep_remote_files": False,
        **options,
    }
    file = directory / "arguments.json"
    file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
    return subprocess.Popen(
        [sys.executable, "-m", f"{MODULES}.{yard.fleet.module}", str(file)],
        env={**subprocess_environment(), "NO_PROXY": "*"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=directory,
    )


def wait_for_write(yard: Yard, process: subprocess.Popen[bytes], number: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(yard.server.writes()) < number:
        if process.poll() is not None:
            pytest.fail(f"the module has ended before write {number}: {process.communicate()}")
        assert time.monotonic() < until, f"write {number} did not come"
        time.sleep(0.003)


def wait_until_quiet(yard: Yard) -> None:
    """Until every call has ended, and what was on its way has arrived."""
    until = time.monotonic() + PATIENCE
    seen: list[dict[str, Any]] | None = None
    while seen != (calls := yard.server.calls()) or any(call["ended"] is None for call in calls):
        assert time.monotonic() < until, "the server does not become quiet"
        seen = calls
        time.sleep(0.1)


def test_the_module_itself_brings_the_fleet_to_its_end(yard: Yard, tmp_path: Path) -> None:
    yard.fleet.put(yard.server)
    with started(yard, tmp_path) as process:
        printed, complaints = process.communicate(timeout=PATIENCE)
    result = json.loads(printed)
    assert (process.returncode, complaints) == (0, b"")
    assert result["changed"]
    assert result["api"]["writes"] == len(yard.writes)
    assert yard.fleet.missing(yard.fleet.held(yard.server)) == set()


@pytest.mark.parametrize(("number", "acted"), MOMENTS)
def test_after_a_kill_the_next_run_makes_the_missing_writes_and_no_other(
    yard: Yard, tmp_path: Path, number: int, acted: bool
) -> None:
    fleet = yard.fleet
    fleet.put(yard.server)
    yard.server.set_faults([slow_from(number, acted)])
    kill_at(yard, tmp_path, number)
    made = yard.server.writes()
    assert number <= len(made) < len(yard.writes)
    assert all(call["acted"] for call in made)
    left = fleet.missing(fleet.held(yard.server))
    assert left
    assert list(NextRuns(fleet).faults(yard.server)) == []
    # Together the two runs wrote each place that had to be written.
    again = fleet.written(yard.server.writes())
    assert set(again) == left
    assert set(fleet.written(made)) | set(again) == set(fleet.written(yard.writes))


@pytest.mark.parametrize(("number", "acted"), [(4, True), (20, False)])
def test_after_a_kill_while_it_puts_back_the_next_run_makes_the_missing_writes_and_no_other(
    yard: Yard, tmp_path: Path, number: int, acted: bool
) -> None:
    yard.fleet.put(yard.server)
    yard.server.set_faults(
        [yard.hit(yard.writes[-1], {**REFUSED, "delay": 0.4}), slow_from(len(yard.writes) + number, acted)]
    )
    kill_at(yard, tmp_path, len(yard.writes) + number, on_error="rollback")
    assert len(yard.server.writes()) >= len(yard.writes) + number
    held = yard.fleet.held(yard.server)
    assert yard.fleet.missing(held)
    assert held != yard.fleet.holdings(yard.fleet.start_state)
    assert list(NextRuns(yard.fleet).faults(yard.server)) == []


def slow_from(number: int, acted: bool) -> dict[str, Any]:
    """From this write on the answers keep the workers waiting, so that the kill comes before them."""
    return {
        "match": {"kind": "write", "from": number},
        "effect": {"delay_after" if acted else "delay": 0.4},
    }


def kill_at(yard: Yard, directory: Path, number: int, **options: Any) -> None:
    """Run the module, kill it when this write has arrived, and wait for what was on its way."""
    with started(yard, directory, **options) as process:
        wait_for_write(yard, process, number)
        process.send_signal(signal.SIGKILL)
        printed, _complaints = process.communicate()
    assert (process.returncode, printed) == (-signal.SIGKILL, b"")
    wait_until_quiet(yard)
