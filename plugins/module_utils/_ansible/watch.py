# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether anybody still waits for this task: its playbook lives, and its time is not over.

A playbook that is killed, a task ``timeout`` or a cancelled job leave the module's process running. What changes is
one link in the chain of its ancestors: the orphan among them is handed to another parent. The chain ends at the
playbook; who started that may end before it does, as a terminal does that is closed.
"""

from __future__ import annotations

import itertools
import os
import time
import weakref

from .._errors import Kind, LicensingError, OutOfTime

STAT_LENGTH = 4096  # more than a line of /proc/*/stat can have


class CancellationGuard:
    """Called before each call of a server; raises LicensingError(INTERRUPTED) when nothing new must begin."""

    def __init__(self, max_runtime: float | None = None) -> None:
        self._max_runtime = max_runtime
        self._ends_at = None if max_runtime is None else time.monotonic() + max_runtime
        chain = ancestors()
        self._parent = chain[0]
        try:
            self._links = [_Link(pid, parent) for pid, parent in itertools.pairwise(up_to_playbook(chain))]
            self._came_too_late = started_without_worker(chain)
        except OSError:  # an ancestor has ended since the chain was read
            self._came_too_late = True

    def __call__(self) -> None:
        now = time.monotonic()
        if self._ends_at is not None and now > self._ends_at:
            message = f"max_runtime of {self._max_runtime:g} s is over, so no further call was made"
            raise OutOfTime(message, now - self._ends_at)
        if self._came_too_late or os.getppid() != self._parent or not all(link.holds() for link in self._links):
            raise LicensingError(Kind.INTERRUPTED, "The playbook has ended, so no further call was made")


class _Link:
    """One link of the chain: a process that lives, and has the parent that it had.

    Its file is kept open, since it is read before every call, and since that tells the process from a later one that
    has got its number.
    """

    def __init__(self, pid: int, parent: int) -> None:
        self._parent = parent
        self._stat = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
        weakref.finalize(self, os.close, self._stat)

    def holds(self) -> bool:
        try:
            return _parent_in(os.pread(self._stat, STAT_LENGTH, 0)) == self._parent
        except (OSError, ValueError):
            return False


def ancestors() -> list[int]:
    """The process IDs from the parent upwards; only the parent where there is no /proc.

    A task under ``async`` is meant to outlive its playbook: there the chain ends at the wrapper that Ansible put
    between.
    """
    chain = [os.getppid()]
    while chain[-1] > 1:
        parent = _parent(chain[-1])
        if parent is None:
            break
        chain.append(parent)
    return chain


def up_to_playbook(chain: list[int]) -> list[int]:
    """The chain without what is above the playbook; all of it where none is found in it, as on a remote machine.

    Ansible's worker is a fork of its playbook: two processes in a row with the same command line, which a Python runs.
    """
    command_lines = [_command_line(pid) for pid in chain]
    for number, (worker, playbook) in enumerate(itertools.pairwise(command_lines)):
        if worker == playbook and b"python" in os.path.basename(playbook.split(b"\0")[0]):
            return chain[: number + 2]
    return chain


def started_without_worker(chain: list[int]) -> bool:
    """Whether Ansible's worker had ended before the module was loaded: only the module's own shell is left above it."""
    return chain[-1] == 1 and len(chain) > 1 and all(b"AnsiballZ_" in _command_line(pid) for pid in chain[:-1])


def _command_line(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def _parent(pid: int) -> int | None:
    """The parent of a process; None where that cannot or need not be told."""
    try:
        if b"async_wrapper" in _command_line(pid):
            return None
        with open(f"/proc/{pid}/stat", "rb") as file:
            return _parent_in(file.read())
    except (OSError, ValueError):
        return None


def _parent_in(stat: bytes) -> int:
    """The name in parentheses may contain anything; the state and the parent follow its last bracket."""
    return int(stat.rpartition(b")")[2].split()[1])
