# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every call ends, whatever a server sends: a time for the whole answer, a size, and a look whether anybody waits."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    Kind,
    LicensingError,
    OutcomeUnknown,
    OutOfTime,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._http import client as client_file
from ansible_collections.tenantops.licensing.plugins.module_utils._http import connections as http_connections
from ansible_collections.tenantops.licensing.plugins.module_utils._http.response import Purpose
from ansible_collections.tenantops.licensing.tests.unit.support.clients import Clock, http_client
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    Reply,
    Request,
    ScriptedServer,
    document,
    status,
)

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = 0.3  # seconds for the whole answer; here no more than for a part of it, since other tests take their time too
LATEST = 3.0  # seconds in which each of these calls has ended, on a machine that is busy with other tests


def sending(server: ScriptedServer, *scripts: Callable[[], Iterator[bytes]], pause: float = 0.0) -> None:
    """Let the server read a request and send these bytes, one script a connection, the last one again and again."""
    left = list(scripts)

    def converse(connection: socket.socket) -> None:
        script = left.pop(0) if len(left) > 1 else left[0]
        server.requests.append(None)  # type: ignore[arg-type]
        connection.recv(65536)
        for data in script():
            connection.sendall(data)
            if pause:
                time.sleep(pause)

    server._converse = converse  # type: ignore[method-assign]


def trickled(data: bytes, rest: bytes = b"x") -> Callable[[], Iterator[bytes]]:
    """The bytes one by one, then others without end."""
    return lambda: itertools.chain((bytes([byte]) for byte in data), itertools.repeat(rest))


def endless(data: bytes, again: bytes) -> Callable[[], Iterator[bytes]]:
    """The bytes at once, then others without end."""
    return lambda: itertools.chain([data], itertools.repeat(again))


TRICKLES = {
    "status line": trickled(b"", b"H"),
    "head": trickled(HEAD[:20], b"x"),
    "one header after the other": endless(HEAD, b"X-A: b\r\n"),
    "body": endless(HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
    "chunked body": endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "body to the end of the connection": endless(HEAD + b"\r\n", b" "),
    "trailers": endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: b\r\n"),
    "interim answers": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("purpose", [Purpose.READ, Purpose.WRITE])
@pytest.mark.parametrize("end", range(1, len(HEAD) + 1))
def test_a_head_that_is_cut_off_is_no_answer(server: ScriptedServer, end: int, purpose: Purpose) -> None:
    sending(server, lambda: iter([HEAD[:end]]))
    method = "GET" if purpose is Purpose.READ else "DELETE"
    with pytest.raises(OutcomeUnknown if purpose is Purpose.WRITE else ApiError) as caught:
        http_client(server.url, max_retries=0).call(method, "/", purpose=purpose)
    assert caught.value.kind in (Kind.CONNECTION, Kind.PROTOCOL)


@pytest.mark.parametrize(
    "sent",
    [
        b'{"result": "a-token-of-nobody"}',
        b"HTTP/1.1 a-token-of-nobody\r\n\r\n",
        b"HTTP/a-token-of-nobody 200 OK\r\n\r\n",
    ],
)
def test_what_is_no_http_is_not_quoted(server: ScriptedServer, sent: bytes) -> None:
    sending(server, lambda: iter([sent + b"\r\n"]))
    with pytest.raises(ApiError) as caught:
        http_client(server.url, max_retries=0).call("POST", "/", purpose=Purpose.SIGN_IN)
    assert "speaks no HTTP" in caught.value.message
    assert "a-token-of-nobody" not in str(caught.value.as_result())


@pytest.mark.parametrize("name", TRICKLES)
def test_an_answer_that_trickles_ends(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(client_file, "WHOLE", 1)
    sending(server, TRICKLES[name], pause=0.01)
    began = time.monotonic()
    with pytest.raises(ApiError) as caught:
        http_client(server.url, timeout=WHOLE).call("GET", "/x", purpose=Purpose.READ)
    assert WHOLE * 0.9 < time.monotonic() - began < LATEST
    assert caught.value.kind is Kind.TIMEOUT
    assert f"not complete within {WHOLE:g} s" in caught.value.message
    assert len(server.requests) == 1  # the next try would take as long


@pytest.mark.parametrize("name", ["head", "body"])
def test_the_fate_of_a_write_whose_answer_trickles_is_unknown(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(client_file, "WHOLE", 1)
    sending(server, TRICKLES[name], pause=0.01)
    with pytest.raises(OutcomeUnknown) as caught:
        http_client(server.url, timeout=WHOLE).call("PUT", "/x", purpose=Purpose.WRITE)
    assert caught.value.kind is Kind.TIMEOUT


def test_the_whole_answer_has_ten_times_as_long_as_a_part_of_it() -> None:
    bounds = http_client("http://127.0.0.1", timeout=3)._bounds
    assert (bounds.part, bounds.whole) == (3, 30)


FLOODS = {
    "headers": (endless(HEAD, b"X-A: " + b"b" * 60_000 + b"\r\n"), Kind.PROTOCOL),
    "interim answers": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), Kind.PROTOCOL),
    "early hints": (endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 10), Kind.PROTOCOL),
    "body": (endless(HEAD + b"\r\n", b" " * 65536), Kind.PROTOCOL),
    "chunks": (
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", (b"8000\r\n" + b" " * 32768 + b"\r\n") * 4),
        Kind.PROTOCOL,
    ),
    "a length": (lambda: iter([HEAD + b"Content-Length: 9999999999\r\n\r\n" + b" " * 65536] * 200), Kind.PROTOCOL),
    "trailers": (
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: " + b"b" * 60_000 + b"\r\n"),
        Kind.PROTOCOL,
    ),
}


@pytest.mark.parametrize("name", FLOODS)
@pytest.mark.parametrize(("method", "purpose"), [("GET", Purpose.READ), ("PUT", Purpose.WRITE)])
def test_an_answer_without_end_ends_by_its_size(
    server: ScriptedServer, name: str, method: str, purpose: Purpose
) -> None:
    script, kind = FLOODS[name]
    sending(server, script)
    tracemalloc.start()
    with pytest.raises(LicensingError) as caught:
        http_client(server.url, timeout=5, max_response_size=1).call(method, "/x", purpose=purpose)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.kind in (kind, Kind.CONNECTION)
    assert isinstance(caught.value, OutcomeUnknown) is (purpose is Purpose.WRITE)
    assert peak < 6 * 1024**2


BOMBS = {pack: pack(b" " * 20 * 1024**2, 1) for pack in (gzip.compress, zlib.compress)}


@pytest.mark.parametrize(("packing", "code"), [("gzip", 200), ("deflate", 400), ("x-gzip", 503), ("GZIP", 200)])
def test_a_bomb_is_stopped_while_it_is_unpacked(server: ScriptedServer, packing: str, code: int) -> None:
    packed = BOMBS[zlib.compress if packing == "deflate" else gzip.compress]
    server.answer = lambda _request: Reply(code, packed, {"Content-Encoding": packing})
    tracemalloc.start()
    with pytest.raises(ApiError) as caught:
        http_client(server.url, max_response_size=1, max_retries=1).call("GET", "/x", purpose=Purpose.READ)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.kind is Kind.PROTOCOL
    assert "larger than 1 MiB, which max_response_size allows" in caught.value.message
    assert peak < 6 * 1024**2


def test_an_answer_as_large_as_it_may_be_is_read(server: ScriptedServer) -> None:
    body = b'"' + b"a" * (1024**2 - 2) + b'"'
    server.replies(Reply(200, body), Reply(200, gzip.compress(body), {"Content-Encoding": "gzip"}))
    client = http_client(server.url, max_response_size=1)
    for _number in range(2):
        assert client.call("GET", "/x", purpose=Purpose.READ).body == body


SEVERAL = gzip.compress(b'{"a"') + gzip.compress(b": 1}") + b"\0" * 9


def test_a_packed_answer_of_several_parts_is_whole(server: ScriptedServer) -> None:
    server.replies(Reply(200, SEVERAL, {"Content-Encoding": "gzip"}))
    assert http_client(server.url).call("GET", "/x", purpose=Purpose.READ).document() == {"a": 1}


BROKEN = {
    "packed and cut off": Reply(200, gzip.compress(b'{"a": 1}')[:-5], {"Content-Encoding": "gzip"}),
    "packed and nearly nothing of it": Reply(200, gzip.compress(b'{"a": 1}')[:11], {"Content-Encoding": "gzip"}),
    "packed nothing": Reply(200, gzip.compress(b""), {"Content-Encoding": "gzip"}),
    "a second part cut off": Reply(200, SEVERAL[:40], {"Content-Encoding": "gzip"}),
    "packed as nobody asked": Reply(200, b"\x8b\x03\x80{}\x03", {"Content-Encoding": "br"}),
    "packed twice": Reply(200, gzip.compress(gzip.compress(b"{}")), {"Content-Encoding": "gzip, gzip"}),
    "longer than what comes": Reply(200, b"{}", {"Content-Length": "10"}, cut=2),
    "a length and nothing": Reply(200, b"", {"Content-Length": "10"}, cut=0),
    "no length": Reply(200, b"{}", {"Content-Length": "two"}),
    "a negative length": Reply(200, b"{}", {"Content-Length": "-2"}),
    "a length of 5,000 digits": Reply(200, b"{}", {"Content-Length": "2" * 5000}),
    "two lengths": Reply(200, b"{}", {"content-length": "3"}),
    "two lengths in one": Reply(200, b"{}", {"Content-Length": "2, 3"}),
    "switched": Reply(101, b"", {"Upgrade": "h2c", "Connection": "Upgrade"}),
    "a chunk cut off": Reply(200, b"8\r\n{}", {"Content-Length": "", "Transfer-Encoding": "chunked"}, cut=5),
    "no last chunk": Reply(200, b"2\r\n{}\r\n", {"Content-Length": "", "Transfer-Encoding": "chunked"}, cut=7),
    "no chunk at all": Reply(200, b"{}\r\n", {"Content-Length": "", "Transfer-Encoding": "chunked"}, cut=4),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize(("method", "purpose"), [("GET", Purpose.READ), ("PUT", Purpose.WRITE)])
def test_a_broken_answer_is_none_and_of_a_write_its_fate_is_unknown(
    server: ScriptedServer, name: str, method: str, purpose: Purpose
) -> None:
    server.answer = lambda _request: BROKEN[name]
    with pytest.raises(LicensingError) as caught:
        http_client(server.url, timeout=0.3, max_retries=1).call(method, "/x", purpose=purpose)
    assert caught.value.kind in (Kind.PROTOCOL, Kind.CONNECTION)
    assert isinstance(caught.value, OutcomeUnknown if purpose is Purpose.WRITE else ApiError)


def test_the_same_length_told_twice_is_one(server: ScriptedServer) -> None:
    server.replies(Reply(200, b"{}", {"Content-Length": "2, 2"}))
    assert http_client(server.url, timeout=0.3).call("GET", "/x", purpose=Purpose.READ).document() == {}


@pytest.mark.parametrize("code", [102, 103])
def test_an_interim_answer_is_not_taken_for_the_answer(server: ScriptedServer, code: int) -> None:
    """It would leave the answer in the connection, where the next call would take it for its own."""
    interim = b"HTTP/1.1 %d Interim\r\nLink: </x>\r\n\r\n" % code
    answers = [b'{"n": 1}', b'{"n": 2}']

    def converse(connection: socket.socket) -> None:
        for body in answers:
            connection.recv(65536)
            connection.sendall(interim)
            time.sleep(0.02)
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    server._converse = converse  # type: ignore[method-assign]
    client = http_client(server.url)
    told = [client.call("GET", "/x", purpose=Purpose.READ).document() for _number in range(2)]
    assert told == [{"n": 1}, {"n": 2}]
    assert server.connections == 1


def test_a_slow_answer_that_comes_within_its_time_is_read(server: ScriptedServer) -> None:
    body = b'{"a": 1}'
    sending(server, lambda: iter([HEAD, b"Content-Length: 8\r\n\r\n", *(bytes([byte]) for byte in body)]), pause=0.03)
    assert http_client(server.url, timeout=0.1).call("GET", "/x", purpose=Purpose.READ).document() == {"a": 1}


def test_a_short_part_of_an_answer_leaves_the_next_request_its_time(server: ScriptedServer) -> None:
    """The time left for the answer is set on the socket, which the next request uses as well."""
    server.answer = lambda _request: document({})
    client = http_client(server.url, timeout=5)
    client.call("GET", "/x", purpose=Purpose.READ)
    adapter: Any = client._session.get_adapter(server.url)
    (pool,) = adapter.poolmanager.pools._container.values()
    connection = pool.pool.get()
    assert connection.sock.gettimeout() == pytest.approx(1.0)
    connection.putrequest("GET", "/x")
    assert connection.sock.gettimeout() == pytest.approx(5)


# Who waits


class Over(LicensingError):
    def __init__(self) -> None:
        super().__init__(Kind.INTERRUPTED, "over")


@pytest.mark.parametrize("purpose", [Purpose.READ, Purpose.SIGN_IN])
def test_a_call_that_hangs_ends_with_its_task(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, purpose: Purpose
) -> None:
    monkeypatch.setattr(http_connections, "LOOK_EVERY", 0.02)
    ended = threading.Event()

    def proceed() -> None:
        if ended.is_set():
            raise Over

    def answer(_request: Request) -> Reply:
        ended.set()
        return Reply(delay=5)

    server.answer = answer
    began = time.monotonic()
    with pytest.raises(Over):
        http_client(server.url, proceed, timeout=30).call("GET", "/x", purpose=purpose)
    assert time.monotonic() - began < LATEST


def test_a_write_that_is_under_way_is_waited_for(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connections, "LOOK_EVERY", 0.02)
    ended = threading.Event()

    def proceed() -> None:
        if ended.is_set():
            raise Over

    def answer(_request: Request) -> Reply:
        ended.set()
        return Reply(200, b"{}", delay=0.2)

    server.answer = answer
    assert http_client(server.url, proceed).call("PUT", "/x", purpose=Purpose.WRITE).ok


@pytest.mark.parametrize(("seconds", "read"), [(1.0, True), (59.0, True), (61.0, False)])
def test_what_became_of_a_write_is_read_though_the_time_is_over(
    server: ScriptedServer, seconds: float, read: bool
) -> None:
    def proceed() -> None:
        raise OutOfTime("over", seconds)

    server.answer = lambda _request: document({})
    client = http_client(server.url, proceed)
    for purpose in (Purpose.READ, Purpose.WRITE, Purpose.SIGN_IN):
        with pytest.raises(OutOfTime):
            client.call("GET", "/x", purpose=purpose)
    with client.settling():
        if read:
            assert client.call("GET", "/x", purpose=Purpose.READ).ok
        else:
            with pytest.raises(OutOfTime):
                client.call("GET", "/x", purpose=Purpose.READ)
    with pytest.raises(OutOfTime):
        client.call("GET", "/x", purpose=Purpose.READ)


def test_nothing_is_read_any_more_for_a_playbook_that_has_ended(server: ScriptedServer) -> None:
    def proceed() -> None:
        raise Over

    client = http_client(server.url, proceed)
    with client.settling(), pytest.raises(Over):
        client.call("GET", "/x", purpose=Purpose.READ)
    assert server.requests == []


# Idle connections


@pytest.mark.parametrize(("idle", "connections"), [(10.0, 1), (31.0, 2)])
def test_a_connection_that_was_idle_for_long_is_not_used_again(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, idle: float, connections: int
) -> None:
    clock = Clock()
    monkeypatch.setattr(http_connections, "time", clock)
    server.answer = lambda _request: document({})
    client = http_client(server.url)
    client.call("PUT", "/x", purpose=Purpose.WRITE)
    clock.sleep(idle)
    client.call("PUT", "/x", purpose=Purpose.WRITE)
    assert server.connections == connections


def test_after_a_long_limit_a_call_is_made_again_on_a_connection_of_its_own(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(http_connections, "time", clock)
    server.replies(status(429, Retry_After="120"), document({}))
    assert http_client(server.url).call("PUT", "/x", purpose=Purpose.WRITE).ok
    assert server.connections == 2
