# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many cells in a few processes; one that does not come to its end is stopped, and its cell is wrong."""

from __future__ import annotations

import json
import os
import queue
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ansible_collections.tenantops.licensing.tests.unit.bad_days import worker
from ansible_collections.tenantops.licensing.tests.unit.bad_days.cells import Cell

PATIENCE = 25.0  # seconds for a cell, in any case
START = 60.0  # seconds for a process to begin with its first
ROOT = Path(worker.__file__).parents[6]  # where the collection is found


@dataclass(frozen=True)
class Judged:
    """How one cell ended. ``hit``: the fault came at all."""

    cell: Cell
    broken: tuple[str, ...]
    outcome: str
    message: str = ""
    seconds: float = 0.0
    calls: int = 0
    hit: bool = True


class Worker:
    """One process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self._stop()

    def judge(self, cell: Cell) -> Judged:
        fresh = self._process is None
        process = self._process = self._process or _start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(cell.as_message()).encode() + b"\n")
        process.stdin.flush()
        ready, _writable, _odd = select.select([process.stdout], [], [], PATIENCE + (START if fresh else 0.0))
        line = process.stdout.readline() if ready else b""
        if not line:
            self._stop()
            what = f"no end after {PATIENCE:g} s" if not ready else "the process ended"
            return Judged(cell, (f"it ends: {what}",), "no result", seconds=PATIENCE)
        told: dict[str, Any] = json.loads(line)
        return Judged(cell, **{**told, "broken": tuple(told["broken"])})

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _start() -> subprocess.Popen[bytes]:
    path = os.pathsep.join(dict.fromkeys([str(ROOT), *sys.path]))
    return subprocess.Popen(
        [sys.executable, "-m", worker.__name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )


def judge_all(
    cells: Sequence[Cell], processes: int, tell: Callable[[Judged], None] = lambda judged: None
) -> list[Judged]:
    """Every cell, in their order. ``tell`` is called with each as it ends."""
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(cells)):
        waiting.put(number)
    ended: dict[int, Judged] = {}
    lock = threading.Lock()

    def work() -> None:
        with Worker() as running:
            while True:
                try:
                    number = waiting.get_nowait()
                except queue.Empty:
                    return
                judged = running.judge(cells[number])
                with lock:
                    ended[number] = judged
                    tell(judged)

    threads = [threading.Thread(target=work) for _number in range(max(1, min(processes, len(cells))))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [ended[number] for number in range(len(cells))]
