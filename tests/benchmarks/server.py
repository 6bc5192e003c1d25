# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process of its own, and what it tells: its log of calls, and the time that it worked."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

TOKEN = "token-of-the-benchmarks"
KEY = "yext-api-key-0001"
HOST_ACCOUNT = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
CREDENTIALS = {"UIPATH_USERNAME": "admin", "UIPATH_PASSWORD": "host-admin-password", "YEXT_API_KEY": KEY}
_PATIENCE = 600  # seconds that reading a very large state may take
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the log; times in epoch seconds."""

    kind: str  # read, write or sign_in
    method: str
    path: str
    body: Any
    status: int | None
    started: float
    ended: float


class Server:
    """A running simulator."""

    def __init__(self, url: str, process_id: int) -> None:
        self.url = url
        self._process_id = process_id
        self._session = requests.Session()
        self._session.trust_env = False

    @property
    def environment(self) -> dict[str, str]:
        """How a module finds it and signs in."""
        return {**CREDENTIALS, "UIPATH_BASE_URL": self.url, "YEXT_API_URL": f"{self.url}/v2"}

    def begin(self, state: Mapping[str, Any]) -> None:
        """Take this state, with an empty log and without Yext's limit of calls an hour."""
        parts = {vendor: dict(part) for vendor, part in state.items()}
        if "uipath" in parts:
            parts["uipath"]["tokens"] = [TOKEN]
        self._control("PUT", "state", parts)
        self._control("PUT", "switches", {"yext_rate_limit": 1_000_000_000})
        self._control("DELETE", "calls")

    def calls(self, kind: str = "") -> list[Call]:
        """The log in the order of arrival, or the calls of one kind."""
        logged = self._control("GET", f"calls?kind={kind}" if kind else "calls")
        fields = ("kind", "method", "path", "body", "status", "started", "ended")
        return [Call(*(call[name] for name in fields)) for call in logged]

    def counts(self) -> Counter[str]:
        """How many calls of each kind there were."""
        return Counter(call.kind for call in self.calls())

    def worked(self) -> float:
        """Seconds of a processor that the server has used so far."""
        fields = Path(f"/proc/{self._process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def _control(self, method: str, path: str, value: Any = None) -> Any:
        body = None if value is None else json.dumps(value)
        answer = self._session.request(method, f"{self.url}/__simulator__/{path}", data=body, timeout=_PATIENCE)
        if not answer.ok:
            sys.exit(f"The simulator refuses {method} {path}: {answer.text[:500]}")
        return answer.json()


@contextlib.contextmanager
def running(delay: float) -> Iterator[Server]:
    """Run a simulator that lets each call wait for so many seconds; it is stopped in every case."""
    command = [sys.executable, "-m", "simulator", "--port=0", f"--delay={delay}", "--stop-with-parent"]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as seed:
        seed.write("{}")
        seed.flush()
        command += [f"--seed={seed.name}", "--stop-after=14400"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                words = (process.stdout.readline() if process.stdout else "").split()
                if not words:
                    sys.exit("The simulator did not start.")
                yield Server(words[3], process.pid)
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()


def span(calls: Sequence[Call]) -> float:
    """Seconds from the arrival of the first call to the answer of the last one."""
    return max(call.ended for call in calls) - min(call.started for call in calls)
