# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether anybody still waits for the task."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible import watch as ansible_watch
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.watch import CancellationGuard, ancestors
from ansible_collections.tenantops.licensing.plugins.module_utils._errors import Kind, LicensingError
from ansible_collections.tenantops.licensing.tests.unit.support.clients import subprocess_environment

CHILD = """
import sys, time
from ansible_collections.tenantops.licensing.plugins.module_utils._errors import LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.watch import CancellationGuard
watch = CancellationGuard()
open(sys.argv[1], "w").write("ready")
until = time.monotonic() + 10
while time.monotonic() < until:
    try:
        watch()
    except LicensingError as error:
        open(sys.argv[2], "w").write(error.kind)
        break
    time.sleep(0.01)
"""
# A parent that starts the child and lives until it is told to go; it stands for Ansible's worker.
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], *sys.argv[2:4]])
sys.stdin.read()
"""


# A playbook whose worker is a fork of it, and whoever started the playbook, which notes the playbook's process ID.
PLAYBOOK = """
import os, subprocess, sys
if os.fork() == 0:
    subprocess.run([sys.executable, "-c", *sys.argv[1:4]])
    os._exit(0)
sys.stdin.read()
"""
STARTER = """
import subprocess, sys
playbook = subprocess.Popen([sys.executable, "-c", *sys.argv[2:]])
open(sys.argv[1], "w").write(str(playbook.pid))
playbook.wait()
"""


def wait_for(path: Path) -> str:
    until = time.monotonic() + 10
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < until, f"{path.name} did not come"
        time.sleep(0.01)
    return path.read_text()


def test_a_task_goes_on_while_its_playbook_lives() -> None:
    watch = CancellationGuard()
    for dummy in range(3):
        watch()


def test_a_task_ends_when_its_playbook_does(tmp_path: Path) -> None:
    ready, ended = tmp_path / "ready", tmp_path / "ended"
    command = [sys.executable, "-c", PARENT, CHILD, str(ready), str(ended)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=subprocess_environment()) as parent:
        wait_for(ready)
        time.sleep(0.05)
        assert not ended.exists()
        parent.kill()
    assert wait_for(ended) == "interrupted"


def test_a_task_ends_when_a_distant_ancestor_does(tmp_path: Path) -> None:
    ready, ended = tmp_path / "ready", tmp_path / "ended"
    middle = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}, *sys.argv[1:3]])"
    command = [sys.executable, "-c", PARENT, middle, str(ready), str(ended)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=subprocess_environment()) as parent:
        wait_for(ready)
        parent.kill()
    assert wait_for(ended) == "interrupted"


def test_a_task_goes_on_when_only_the_starter_of_its_playbook_ends(tmp_path: Path) -> None:
    playbook, ready, ended = tmp_path / "playbook", tmp_path / "ready", tmp_path / "ended"
    command = [sys.executable, "-c", STARTER, str(playbook), PLAYBOOK, CHILD, str(ready), str(ended)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=subprocess_environment()) as starter:
        wait_for(ready)
        starter.kill()
        starter.wait()
        time.sleep(0.2)
        assert not ended.exists()
        os.kill(int(wait_for(playbook)), signal.SIGKILL)
    assert wait_for(ended) == "interrupted"


@pytest.mark.parametrize(
    ("chain", "up_to"),
    [
        (["python AnsiballZ", "sh -c", "python3.11 ansible-playbook", "python3.11 ansible-playbook", "bash"], 4),
        (["python AnsiballZ", "sudo -u x", "sudo -u x", "python ansible", "python ansible", "bash", "bash"], 5),
        (["python AnsiballZ", "sh", "sshd", "sshd"], 4),
        (["python AnsiballZ", "python ansible-playbook"], 2),
        (["sh"], 1),
    ],
)
def test_the_chain_ends_at_the_playbook(monkeypatch: pytest.MonkeyPatch, chain: list[str], up_to: int) -> None:
    monkeypatch.setattr(ansible_watch, "_command_line", lambda pid: chain[pid].replace(" ", "\0").encode())
    assert ansible_watch.up_to_playbook(list(range(len(chain)))) == list(range(up_to))


def test_max_runtime_ends_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [50.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    watch = CancellationGuard(2.5)
    now[0] = 52.5
    watch()
    now[0] = 52.6
    with pytest.raises(LicensingError, match=r"max_runtime of 2.5 s is over") as caught:
        watch()
    assert caught.value.kind is Kind.INTERRUPTED


def test_the_chain_begins_with_the_parent_and_ends_at_the_top() -> None:
    chain = ancestors()
    assert chain[0] == os.getppid()
    assert len(set(chain)) == len(chain)
    assert chain[-1] <= 1 or not Path("/proc").exists()


def test_a_changed_chain_ends_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = CancellationGuard()
    monkeypatch.setattr(os, "getppid", lambda: 1)
    with pytest.raises(LicensingError, match="The playbook has ended") as caught:
        watch()
    assert caught.value.kind is Kind.INTERRUPTED


def fake_proc(monkeypatch: pytest.MonkeyPatch, parent_of: Callable[[int], int | None]) -> None:
    monkeypatch.setattr(os, "getppid", lambda: 40)
    monkeypatch.setattr(ansible_watch, "_parent", parent_of)


def test_without_proc_only_the_parent_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_proc(monkeypatch, lambda _pid: None)
    assert ancestors() == [40]


def test_the_chain_is_followed_upwards(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_proc(monkeypatch, lambda pid: pid // 2)
    assert ancestors() == [40, 20, 10, 5, 2, 1]


def test_a_process_that_is_gone_has_no_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    assert ansible_watch._parent(gone.pid) is None


def test_the_chain_ends_at_ansibles_wrapper_of_async_tasks() -> None:
    command = [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()", "async_wrapper.py"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as wrapper:
        assert wrapper.stdout is not None
        assert wrapper.stdout.readline() == b"up\n"
        assert ansible_watch._parent(wrapper.pid) is None
        assert wrapper.stdin is not None
        wrapper.stdin.close()


def test_a_process_with_an_odd_name_has_a_parent(tmp_path: Path) -> None:
    link = tmp_path / "a ) S 1 (b"
    link.symlink_to(Path("/bin/sleep").resolve())
    with subprocess.Popen([str(link), "5"]) as odd:
        assert ansible_watch._parent(odd.pid) == os.getpid()
        odd.kill()


@pytest.mark.parametrize(
    ("chain", "shells", "late"),
    [
        ([7, 1], {7}, True),
        ([8, 7, 1], {7, 8}, True),
        ([8, 7, 1], {8}, False),
        ([7, 0], {7}, False),
        ([7], {7}, False),
        ([1], set(), False),
    ],
)
def test_a_task_whose_worker_ended_before_it_was_loaded_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, chain: list[int], shells: set[int], late: bool
) -> None:
    command_lines = {True: b"sh -c AnsiballZ_x.py", False: b"ansible"}
    monkeypatch.setattr(ansible_watch, "_command_line", lambda pid: command_lines[pid in shells])
    assert ansible_watch.started_without_worker(chain) is late
    monkeypatch.setattr(ansible_watch, "started_without_worker", lambda _chain: late)
    watch = CancellationGuard()
    if late:
        with pytest.raises(LicensingError, match="The playbook has ended"):
            watch()
    else:
        watch()


def test_a_link_holds_as_long_as_its_process_lives() -> None:
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as child:
        link, other = ansible_watch._Link(child.pid, os.getpid()), ansible_watch._Link(child.pid, os.getpid() + 1)
        assert link.holds()
        assert not other.holds()
        child.kill()
        child.wait()
        assert not link.holds()


def test_an_ancestor_that_ends_while_the_chain_is_read_counts_as_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    monkeypatch.setattr(ansible_watch, "ancestors", lambda: [gone.pid, 1])
    watch = CancellationGuard()
    with pytest.raises(LicensingError, match="The playbook has ended"):
        watch()
