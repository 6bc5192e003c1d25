# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server over the simulator's state whose answers are bytes: at one call, or from it on, a fault has its way.

Plain sockets and threads, since a well-kept server refuses to send most of what is sent here.
"""

from __future__ import annotations

import contextlib
import copy
import email.utils
import json
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlencode, urlsplit

from simulator.routes import Kind
from simulator.simulation import Simulation
from simulator.web import Call, Reply

MOST_CALLS = 4000  # whoever makes more is cut off
_NOT_IN_KEYS = frozenset({"v", "api_key", "access_token", "pageToken", "pageSize"})


class End(Enum):
    """What becomes of the connection after an answer."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"
    CLOSE_AT_NEXT = "close at the next request"  # as a load balancer drops what was idle for long


class Moment(StrEnum):
    """When the fault comes: of a write, whether it was done, and how many reads see it late."""

    ANSWER = "answer"  # of what changes nothing
    NOT_DONE = "not done"
    DONE = "done"
    SEEN_AFTER_1 = "seen after 1 read"
    SEEN_AFTER_2 = "seen after 2 reads"

    @property
    def stale_reads(self) -> int:
        return {Moment.SEEN_AFTER_1: 1, Moment.SEEN_AFTER_2: 2}.get(self, 0)


@dataclass(frozen=True)
class Sending:
    """What goes over the wire: bytes, and pauses in seconds. ``steps`` may be endless."""

    steps: Callable[[], Iterable[bytes | float]]
    end: End = End.KEEP


@dataclass(frozen=True)
class Right:
    """The right answer to one request, on which faults are made."""

    method: str
    target: str
    request_headers: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    body: bytes
    refuse: Callable[[int], bytes]  # a refusal in the vendor's words

    def document(self) -> Any:
        """The JSON of the body; None where there is none."""
        return json.loads(self.body) if self.body else None

    @property
    def secrets(self) -> list[str]:
        """What the request carries that nobody else must see."""
        token = self.request_headers.get("authorization", "").removeprefix("Bearer ")
        query = dict(parse_qsl(urlsplit(self.target).query))
        return [secret for secret in (token, query.get("api_key"), query.get("access_token")) if secret]


def head(status: int | str, headers: Mapping[str, str], *, reason: str = "Said", length: int | None = None) -> bytes:
    """The head of an answer; a length is added where it is given."""
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {text}" for name, text in headers.items())]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def whole(status: int, headers: Mapping[str, str], body: bytes, end: End = End.KEEP) -> Sending:
    """A well-formed answer."""
    bare = status in (204, 304) or 100 <= status < 200
    data = head(status, headers, length=None if bare else len(body)) + (b"" if bare else body)
    return Sending(lambda: [data], end)


def as_it_is(right: Right) -> Sending:
    """The right answer."""
    return whole(right.status, right.headers, right.body)


LOST = Sending(lambda: [], End.RESET)


@dataclass(frozen=True)
class Made:
    """One call that came. ``key`` names it in every run of the same task, ``occurrence`` counts the same keys."""

    method: str
    key: str
    occurrence: int
    kind: Kind
    operation: str | None
    hit: bool = False  # a fault had its way


@dataclass(frozen=True)
class Injection:
    """Where a fault comes. ``send`` returns None where this answer has no place for it."""

    key: str
    occurrence: int
    always: bool  # at every further call of that key, too
    moment: Moment
    send: Callable[[Right], Sending | None]

    def meets(self, key: str, occurrence: int) -> bool:
        return key == self.key and (occurrence >= self.occurrence if self.always else occurrence == self.occurrence)


@dataclass
class Server:
    """One server on a free port of this machine.

    ``loses`` names a method: the answer to the first such call is lost, although it was carried out. ``expires``: the
    token of the first read is no longer good. Both belong to a scenario, and no fault.
    """

    simulation: Simulation
    injection: Injection | None = None
    loses: str | None = None
    expires: bool = False
    calls: list[Made] = field(default_factory=list)
    answers: list[Right] = field(default_factory=list)  # the right ones, beside ``calls``

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._open: set[socket.socket] = set()
        self._occurrences: Counter[str] = Counter()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        with contextlib.suppress(OSError):  # a last connection wakes the listener up
            socket.create_connection(self._listener.getsockname(), 1).close()
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

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
            with self._lock:
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection.makefile("rb") as reader:
                while (call := _read(reader)) is not None and not self._stopped.is_set():
                    if not self._give(connection, reader, self._respond(call)):
                        return
        except (OSError, ValueError):
            pass  # the client went away in the middle
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _give(self, connection: socket.socket, reader: BinaryIO, sending: Sending) -> bool:
        """Send the answer; returns whether the connection lives on."""
        for step in sending.steps():
            if self._stopped.is_set():
                return False
            if isinstance(step, float):
                self._stopped.wait(step)
            else:
                connection.sendall(step)
        if sending.end is End.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if sending.end is End.CLOSE_AT_NEXT:
            reader.read(1)
        return sending.end is End.KEEP

    def _respond(self, call: Call) -> Sending:
        with self._lock:
            key = key_of(call)
            self._occurrences[key] += 1
            occurrence = self._occurrences[key]
            vendor = self.simulation.vendor(call.raw_path)
            operation, kind = vendor.classify(call.method, call.raw_path)
            if len(self.calls) >= MOST_CALLS:
                return LOST
            injection = self.injection if self.injection and self.injection.meets(key, occurrence) else None
            if self.expires and kind == "read":
                self.expires = False
                vendor.expire_token(call)
            reply = self._carry_out(call, kind, injection)
            right = _right(call, reply, lambda status: vendor.refuse(status, "A bad day.").content)
            sending = injection.send(right) if injection else None
            lost = self.loses == call.method and sending is None
            if lost:
                self.loses = None
            self.calls.append(Made(call.method, key, occurrence, kind, operation, hit=sending is not None))
            self.answers.append(right)
            return sending or (LOST if lost else as_it_is(right))

    def _carry_out(self, call: Call, kind: Kind, injection: Injection | None) -> Reply:
        """Let the simulator answer; what must not be done is done to a copy."""
        vendor = self.simulation.vendor(call.raw_path)
        if injection is None or kind != "write":
            return vendor.answer(call)
        if injection.moment is Moment.NOT_DONE:
            kept = dict(vars(vendor.late))
            vendor.late.current = copy.deepcopy(vendor.late.current)
            try:
                return vendor.answer(call)
            finally:
                vars(vendor.late).update(kept)
        switches, stale_reads = self.simulation.switches, injection.moment.stale_reads
        switches.uipath_stale_reads = switches.yext_stale_reads = stale_reads
        try:
            return vendor.answer(call)
        finally:
            switches.uipath_stale_reads = switches.yext_stale_reads = 0


def key_of(call: Call) -> str:
    """The call without what signs it and what pages it."""
    query = [(name, text) for name, text in parse_qsl(call.query_string) if name not in _NOT_IN_KEYS]
    return f"{call.method} {call.raw_path}" + (f"?{urlencode(query)}" if query else "")


def _right(call: Call, reply: Reply, refuse: Callable[[int], bytes]) -> Right:
    headers = {"Date": email.utils.formatdate(usegmt=True), **reply.headers}
    if reply.media_type is not None:
        headers["Content-Type"] = reply.media_type
    target = call.raw_path + (f"?{call.query_string}" if call.query_string else "")
    return Right(call.method, target, call.headers, reply.status, headers, reply.content, refuse)


def _read(reader: BinaryIO) -> Call | None:
    """One request, as the simulator takes it."""
    line = reader.readline(65536)
    if not line.strip():
        return None
    method, target, _version = line.decode("latin-1").split()
    headers = {}
    while (text := reader.readline(65536).decode("latin-1").strip()) != "":
        name, _colon, value = text.partition(":")
        headers[name.strip().lower()] = value.strip()
    path, _mark, query = target.partition("?")
    length = headers.get("content-length", "0")
    body = reader.read(int(length)) if re.fullmatch(r"[0-9]{1,9}", length) else b""
    return Call(method, path, query, headers, body)


@contextlib.contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The server for as long as the block lasts."""
    try:
        yield server
    finally:
        server.stop()
