# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server around the application: a free port, a ready call, and an end in every case."""

import asyncio
import contextlib
import dataclasses
import os
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .app import make_app
from .simulation import Simulation
from .state import State
from .tls import make_context

ADDRESS = "127.0.0.1"
_PARENT_LOOKS = 0.5
# Longer than any client keeps a connection idle: a server that closes one first makes a client's next write fail.
_KEEP_ALIVE = 600


class _Protocol(H11Protocol):
    """Hands its transport to the application, which must be able to cut a connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The caller decides about signals: the server may run in any thread, and a stop on request is no failure.
        yield


@dataclasses.dataclass
class RunningServer:
    """A server that listens already and serves once ``serve`` runs."""

    simulation: Simulation
    url: str
    ca_path: Path | None
    _server: _Server
    _socket: socket.socket

    async def serve(self) -> None:
        """Serve until ``stop`` is called."""
        await self._server.serve([self._socket])

    def stop(self) -> None:
        """Let ``serve`` come to its end; may be called from any thread."""
        self._server.should_exit = True

    async def stop_when_orphaned(self) -> None:
        """Stop once the process that started this one is gone."""
        parent = os.getppid()
        while os.getppid() == parent:
            await asyncio.sleep(_PARENT_LOOKS)
        self.stop()


def prepare(
    seed: State, port: int, tls_directory: Path | None, delay: float, on_ready: Callable[[RunningServer], None]
) -> RunningServer:
    """Bind the port (0: a free one) and build the server; ``on_ready`` is called when it accepts connections."""
    simulation = Simulation(seed)
    context, ca_path = make_context(tls_directory) if tls_directory is not None else (None, None)
    tls: dict[str, Any] = {} if context is None else {"ssl_context_factory": _always(context)}
    config = uvicorn.Config(
        make_app(simulation, delay),
        http=_Protocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="error",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=1,
        **tls,
    )
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it each answer waits 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((ADDRESS, port))
        listening.listen(1024)
    except OSError:
        listening.close()
        raise
    scheme = "http" if context is None else "https"
    url = f"{scheme}://{ADDRESS}:{listening.getsockname()[1]}"
    server = _Server(config, lambda: on_ready(running))
    running = RunningServer(simulation, url, ca_path, server, listening)
    return running


def _always(context: ssl.SSLContext) -> Callable[[object, object], ssl.SSLContext]:
    return lambda _config, _default: context
