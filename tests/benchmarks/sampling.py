# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The memory of Ansible's own processes, looked at while a playbook runs."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.02  # seconds between two looks; a peak stays visible as long as its process lives


@dataclass(frozen=True, slots=True)
class Peaks:
    """Peaks of resident memory in MiB, of the playbook's process and of the largest of its workers."""

    controller: float
    worker: float


def watched(process: subprocess.Popen[bytes]) -> Peaks:
    """Watch a running ``ansible-playbook`` to its end."""
    controller = worker = 0.0
    while True:
        controller = max(controller, _peak(process.pid))
        for child in _workers(process.pid):
            worker = max(worker, _peak(child))
        try:
            process.wait(INTERVAL)
        except subprocess.TimeoutExpired:
            continue
        return Peaks(controller, worker)


def _workers(process_id: int) -> Iterator[int]:
    """The processes below this one that run Ansible itself, not a module."""
    for child in _children(process_id):
        with contextlib.suppress(OSError):
            program = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[:2]  # Python, and its script
            if any(b"ansible-playbook" in part for part in program):
                yield child
                yield from _workers(child)


def _children(process_id: int) -> list[int]:
    with contextlib.suppress(OSError):
        tasks = Path(f"/proc/{process_id}/task").glob("*/children")
        return [int(child) for file in tasks for child in file.read_text().split()]
    return []


def _peak(process_id: int) -> float:
    """MiB; 0 for a process that has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0
