# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small HTTP server that does what a test tells it, also what no well-kept server would do."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, urlsplit

UNEXPECTED = 599  # the status of an answer that no test asked for


class End(Enum):
    """What becomes of the connection after an answer."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"
    GARBAGE = "garbage"  # bytes that are no TLS record, then closed


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path as it was sent, escapes included."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def document(self) -> Any:
        """The JSON of the body; None where there is no body."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Reply:
    """One answer. ``cut``: only so many bytes of the body are sent. Times in seconds."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: int | None = None
    stall: float = 0.0  # after what is sent
    end: End = End.KEEP
    silent: bool = False  # no answer at all, only the end


def document(value: Any, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON. A header's name is written with underscores."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **named})


def status(code: int, **headers: str) -> Reply:
    """An answer without a body."""
    return Reply(code, headers={name.replace("_", "-"): text for name, text in headers.items()})


def page(text: str = "<html><body>Sign in</body></html>", code: int = 200) -> Reply:
    """An answer in HTML."""
    return Reply(code, text.encode(), {"Content-Type": "text/html"})


LOST = Reply(silent=True, end=End.RESET)  # the request is read, then the connection breaks

Answer = Callable[[Request], Reply]


class ScriptedServer:
    """Answers with the replies that it was given, one after the other, or with what ``answer`` returns.

    ``refusals``: so many requests are reset before they are read.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.refusals = 0
        self.answer: Answer = self._next_reply
        self._replies: list[Reply] = []
        self._lock = threading.Lock()
        self._tls = tls
        self._stopped = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def replies(self, *replies: Reply) -> None:
        """Give these answers, in this order."""
        self._replies.extend(replies)

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.requests]

    def stop(self) -> None:
        self._stopped.set()
        # Waking the listener up is not portable; a last connection is.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _next_reply(self, _request: Request) -> Reply:
        with self._lock:
            return self._replies.pop(0) if self._replies else Reply(UNEXPECTED, b"no answer was written for this call")

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            if self._stopped.is_set():
                connection.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            wrapped = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
        except OSError:
            connection.close()
            return
        with self._lock:
            self._open.add(wrapped)
        try:
            self._converse(wrapped)
        except (OSError, ValueError):
            pass  # the client went away in the middle
        finally:
            with self._lock:
                self._open.discard(wrapped)
            wrapped.close()

    def _converse(self, connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        while not self._stopped.is_set():
            if self._refuses(connection):
                _reset(connection)
                return
            request = _read(reader)
            if request is None:
                return
            with self._lock:
                self.requests.append(request)
            if not self._give(connection, self.answer(request)):
                return

    def _refuses(self, connection: socket.socket) -> bool:
        if self.refusals:
            connection.recv(1, socket.MSG_PEEK)  # something of the request has come: the client was connected
        with self._lock:
            if self.refusals:
                self.refusals -= 1
                return True
            return False

    def _give(self, connection: socket.socket, reply: Reply) -> bool:
        """Send the answer; returns whether the connection lives on."""
        if reply.delay:
            self._stopped.wait(reply.delay)
        if not reply.silent:
            connection.sendall(_head(reply) + reply.body[: reply.cut])
        if reply.stall:
            self._stopped.wait(reply.stall)
        if reply.end is End.RESET:
            _reset(connection)
        elif reply.end is End.GARBAGE:
            with contextlib.suppress(OSError), socket.socket(fileno=connection.detach()) as plain:
                plain.sendall(b"this is no TLS record at all")
        return reply.end is End.KEEP and reply.cut is None


def _head(reply: Reply) -> bytes:
    headers = {"Content-Length": str(len(reply.body)), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} Scripted", *(f"{name}: {text}" for name, text in headers.items() if text)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _read(reader: Any) -> Request | None:
    line = reader.readline()
    if not line.strip():
        return None
    method, target, _version = line.decode("latin-1").split()
    headers = {}
    while (line := reader.readline().decode("latin-1").strip()) != "":
        name, _colon, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Request(method, target, headers, reader.read(int(headers.get("content-length", 0))))


def _reset(connection: socket.socket) -> None:
    """Close so that the other side sees a reset and not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with contextlib.suppress(OSError):
        socket.socket(fileno=connection.detach()).close()


_RESERVED: list[socket.socket] = []


def unused_port() -> int:
    """A port on which nothing listens, and no other test can: it stays taken as long as this process lives."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    _RESERVED.append(taken)
    return int(taken.getsockname()[1])


@contextlib.contextmanager
def serving(*, tls: ssl.SSLContext | None = None) -> Iterator[ScriptedServer]:
    """A server for as long as the block lasts."""
    server = ScriptedServer(tls=tls)
    try:
        yield server
    finally:
        server.stop()
