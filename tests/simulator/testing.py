# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator for tests: in a thread of the same process, on a free port, stopped in every case."""

import asyncio
import contextlib
import dataclasses
import queue
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from .server import RunningServer, prepare
from .simulation import Simulation
from .state import State, load_seed, read_state

T = TypeVar("T")
DEFAULT_SEED = Path(__file__).with_name("seed.yml")
_PATIENCE = 30


@dataclasses.dataclass
class Handle:
    """A running simulator; what is wrong in an argument is raised as ValueError with a sentence."""

    url: str
    ca_path: str | None
    _simulation: Simulation
    _loop: asyncio.AbstractEventLoop

    def state(self) -> dict[str, Any]:
        """The state, in the shape of a seed; changing it changes nothing."""
        return self._do(self._simulation.state)

    def set_state(self, state: object) -> None:
        """Replace ``uipath``, ``yext`` or both."""
        self._do(lambda: self._simulation.set_state(state))

    def calls(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The log of calls, in the order of arrival, on request of one kind: read, write or sign_in."""
        return self._do(lambda: self._simulation.show_calls({} if kind is None else {"kind": kind}))

    def writes(self) -> list[dict[str, Any]]:
        """The calls that would change a licence, refused ones included."""
        return self.calls("write")

    def clear_calls(self) -> None:
        """Clear the log of calls."""
        self._do(self._simulation.log.clear)

    def set_faults(self, rules: list[dict[str, Any]]) -> None:
        """Replace all rules."""
        self._do(lambda: self._simulation.faults.set(rules))

    def clear_faults(self) -> None:
        """Remove all rules."""
        self._do(self._simulation.faults.clear)

    def faults(self) -> list[dict[str, Any]]:
        """The rules in force, with how many calls each counted and met."""
        return self._do(self._simulation.faults.show)

    def set_switches(self, **switches: Any) -> None:
        """Set the switches named."""
        self._do(lambda: self._simulation.set_switches(switches))

    def reset_switches(self) -> None:
        """All switches back to the answers at the start."""
        self._do(self._simulation.reset_switches)

    def forget_tokens(self) -> None:
        """Make the tokens of all sign-ins invalid."""
        self._do(self._simulation.uipath.tokens.forget_all)

    def reset(self) -> None:
        """State, log, faults, switches and tokens as at the start."""
        self._do(self._simulation.reset)

    def _do(self, action: Callable[[], T]) -> T:
        async def run() -> T:
            return action()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(_PATIENCE)


@contextlib.contextmanager
def running(seed: dict[str, Any] | Path | None = None, *, tls: bool = False, delay: float = 0.0) -> Iterator[Handle]:
    """Run a simulator from a seed (None: the one that ships), with ``delay`` seconds added to each call."""
    state = read_state(seed) if isinstance(seed, dict) else load_seed(seed or DEFAULT_SEED)
    with contextlib.ExitStack() as cleanup:
        directory = Path(cleanup.enter_context(tempfile.TemporaryDirectory())) if tls else None
        loop, server = _start(state, directory, delay, cleanup)
        yield Handle(server.url, str(server.ca_path) if server.ca_path else None, server.simulation, loop)


def _start(
    state: State, directory: Path | None, delay: float, cleanup: contextlib.ExitStack
) -> tuple[asyncio.AbstractEventLoop, RunningServer]:
    ready: queue.Queue[asyncio.AbstractEventLoop] = queue.Queue()
    server = prepare(state, 0, directory, delay, lambda _: ready.put(asyncio.get_running_loop()))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), name="simulator", daemon=True)
    thread.start()

    def stop() -> None:
        server.stop()
        thread.join(_PATIENCE)

    cleanup.callback(stop)
    return ready.get(timeout=_PATIENCE), server
