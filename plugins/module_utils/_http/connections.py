# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections on which every answer ends: it has a time for each part, a time as a whole, and a size.

``timeout`` of requests is the time between two bytes, and nothing there bounds a head, so a server that trickles or
never comes to an end holds its caller for ever. Here the bytes of an answer, its head included, come through a reader
of our own, and a connection that was idle for long is not used again.
"""

from __future__ import annotations

import http.client
import io
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

try:
    from requests.adapters import HTTPAdapter
except ImportError:  # client.py tells it to the user, once for all libraries
    HTTPAdapter = object  # type: ignore[assignment,misc]

HEAD_SIZE = 256 * 1024  # bytes of a head, interim answers before it included; servers stop at a small part of that
STATUS_LINE = b"HTTP/"  # what is no HTTP begins otherwise
MOST_INTERIM = 20  # interim answers (1xx) to one request
LONGEST_IDLE = 30.0  # seconds; what stands between drops idle connections, the busiest kinds after a minute
CHUNK = 64 * 1024
LOOK_EVERY = 1.0  # seconds between two looks whether anybody still waits


class AnswerOverdue(TimeoutError):
    """The time for an answer as a whole is over."""


class UnfitAnswer(http.client.HTTPException):
    """An answer that cannot be used, and that no second try would make better; its text says why."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where an answer ends at the latest. ``ask`` is called about once a second while waiting, and may raise."""

    part: float  # seconds between two parts
    whole: float  # seconds from the request to the end of its answer
    size: int  # bytes, unpacked
    ask: Callable[[], None]


class _Reader(io.RawIOBase):
    """The bytes of one answer, as they come."""

    def __init__(self, sock: Any, bounds: Bounds, ends_at: float) -> None:
        self._sock = sock
        # What a connection closes is still open as long as this is.
        self._hold = sock.makefile("rb", buffering=0)
        self._bounds = bounds
        self._ends_at = ends_at
        self._left = HEAD_SIZE
        self._in_head = True
        self._begins = b""
        self._too_large = f"the head of the answer is larger than {HEAD_SIZE // 1024} KiB"

    def begin_body(self) -> None:
        """From now on the bytes are of the body, which is framed and may be packed."""
        self._in_head = False
        self._left = 2 * self._bounds.size + CHUNK
        self._too_large = too_large(self._bounds.size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._left <= 0:
            raise UnfitAnswer(self._too_large)
        received = self._receive(buffer)
        self._left -= received
        if len(self._begins) < len(STATUS_LINE):
            self._begins += bytes(buffer[: min(received, len(STATUS_LINE))])
        if not received and self._in_head and self._begins and STATUS_LINE.startswith(self._begins[: len(STATUS_LINE)]):
            # http.client would take the end of the connection for the end of the head, and nothing for the body.
            raise ConnectionResetError("the connection ended within the head of the answer")
        return received

    def _receive(self, buffer: Any) -> int:
        silent_until = time.monotonic() + self._bounds.part
        while True:
            now = time.monotonic()
            if now >= self._ends_at:
                raise AnswerOverdue("the time for the whole answer is over")
            if now >= silent_until:
                raise TimeoutError("timed out")
            self._sock.settimeout(min(silent_until - now, self._ends_at - now, LOOK_EVERY))
            try:
                return int(self._sock.recv_into(buffer))
            except TimeoutError:
                self._bounds.ask()

    def close(self) -> None:
        self._hold.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer whose bytes come through a reader with bounds."""

    def __init__(self, sock: Any, *arguments: Any, bounds: Bounds, ends_at: float, **more: Any) -> None:
        self._reader = _Reader(sock, bounds, ends_at)
        buffered = io.BufferedReader(self._reader)
        super().__init__(SimpleNamespace(makefile=lambda _mode: buffered), *arguments, **more)  # type: ignore[arg-type]

    def begin(self) -> None:
        """Read the head. Interim answers are passed over: the answer would be left to the next call."""
        for _count in range(MOST_INTERIM):
            super().begin()
            if not 100 <= self.status < 200:
                break
            if self.status == 101:
                raise UnfitAnswer("the server switches to another protocol, which nobody asked for")
            self.headers = self.msg = None  # type: ignore[assignment]
        else:
            raise UnfitAnswer(f"the server sends more than {MOST_INTERIM} interim answers")
        self._check_length()
        self._reader.begin_body()

    def _check_length(self) -> None:
        told = {part.strip() for line in self.headers.get_all("Content-Length", []) for part in line.split(",")}
        if self.chunked or not told:
            return
        if len(told) > 1:
            raise UnfitAnswer("the server tells two different lengths of its answer")
        (length,) = told
        if not (length.isascii() and length.isdecimal() and len(length) < 19):
            raise UnfitAnswer("the server tells a length of its answer that is none")
        if self.length is None:  # the same one twice
            self.length = int(length)


class _Connection:
    """What makes a connection of urllib3 one with bounds."""

    bounds: Bounds
    used_at = 0.0

    def connect(self) -> None:
        self._begin()  # a proxy answers before there is a request
        super().connect()  # type: ignore[misc]

    def putrequest(self, *arguments: Any, **more: Any) -> None:
        self._begin()
        sock = getattr(self, "sock", None)
        if sock is not None:
            sock.settimeout(self.bounds.part)  # reading the answer before left another one
        super().putrequest(*arguments, **more)  # type: ignore[misc]

    def _begin(self) -> None:
        self.used_at = time.monotonic()
        self.response_class = partial(_Response, bounds=self.bounds, ends_at=self.used_at + self.bounds.whole)


class _Pool:
    """What makes a pool of urllib3 one that gives no connection away that was idle for long."""

    def _get_conn(self, *arguments: Any, **more: Any) -> Any:
        connection = super()._get_conn(*arguments, **more)  # type: ignore[misc]
        if time.monotonic() - connection.used_at > LONGEST_IDLE:
            connection.close()  # it connects anew
        return connection


class BoundedAdapter(HTTPAdapter):
    """The adapter of requests, with bounded connections to servers and through proxies of any kind."""

    def __init__(self, bounds: Bounds, **arguments: Any) -> None:
        self._bounds = bounds
        super().__init__(**arguments)

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        super().init_poolmanager(*arguments, **more)
        self._bind(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **more)
        if not known:
            self._bind(manager)
        return manager

    def _bind(self, manager: Any) -> None:
        manager.pool_classes_by_scheme = {
            scheme: self._bounded(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
        }

    def _bounded(self, pool: Any) -> Any:
        connection = type("BoundedConnection", (_Connection, pool.ConnectionCls), {"bounds": self._bounds})
        return type("BoundedPool", (_Pool, pool), {"ConnectionCls": connection})


def too_large(size: int) -> str:
    """What is said of an answer of more than ``size`` bytes."""
    return f"the answer is larger than {size / 1024**2:g} MiB, which max_response_size allows"


def body_of(raw: Any, headers: Mapping[str, str], most: int) -> bytes:
    """The body of an answer of urllib3, unpacked, of at most so many bytes.

    Raises UnfitAnswer where it is larger or packed in an unknown way, IncompleteRead where it ends early.
    """
    packing = headers.get("Content-Encoding", "").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise UnfitAnswer(f"the answer is packed as {packing[:40]!r}, which was not asked for")
    unpacked = _Unpacked(most) if packing not in ("", "identity") else None
    body = bytearray()
    received = 0
    while chunk := raw.read(CHUNK, decode_content=False):
        received += len(chunk)
        body += unpacked.feed(chunk) if unpacked is not None else chunk
        if len(body) > most:
            raise UnfitAnswer(too_large(most))
    length = headers.get("Content-Length", "").partition(",")[0].strip()
    chunked = "chunked" in headers.get("Transfer-Encoding", "").lower()
    framed = length.isdecimal() and not chunked and raw.status not in (204, 304)
    unpacks = unpacked is None or not received or (unpacked.complete and bool(body))
    if (framed and received != int(length)) or not unpacks:
        raise http.client.IncompleteRead(b"")  # older versions of urllib3 take what came for all of it
    return bytes(body)


class _Unpacked:
    """Unpacks gzip and zlib, never more at a time than there is room for."""

    def __init__(self, most: int) -> None:
        self._room = most + 1  # one more tells that it is too much; 0 would mean without bound
        self._member: Any = None
        self.complete = False

    def feed(self, data: bytes) -> bytes:
        parts = []
        while data and self._room > 0:
            if self._member is None:
                if self.complete and not data.strip(b"\0"):
                    break  # padding
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 32)
                self.complete = False
            try:
                part = self._member.decompress(data, self._room)
            except zlib.error:
                raise UnfitAnswer("the answer broke off or is garbled: its packing cannot be undone") from None
            parts.append(part)
            self._room -= len(part)
            if self._member.eof:
                data, self._member, self.complete = self._member.unused_data, None, True
            else:
                data = self._member.unconsumed_tail
        return b"".join(parts)
