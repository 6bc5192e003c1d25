# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong with the bytes: connections that break, lengths that lie, answers without an end or a bound."""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ansible_collections.tenantops.licensing.tests.unit.bad_days.faults import Fault
from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import (
    End,
    Right,
    Sending,
    as_it_is,
    head,
    whole,
)

PAUSE = 0.05  # between the drops of what trickles
LONG = 20.0  # beyond every bound of a scenario
HUGE = 300 * 2**20
Steps = Callable[[Right], Iterable[bytes | float]]


def of(right: Right) -> Iterator[Fault]:
    yield from _breaks()
    yield from _lengths(not right.body)
    yield from _garbage()
    yield from _endless()
    yield from _packed(not right.body)
    yield from _fine()


def _fault(kind: str, name: str, steps: Steps, end: End = End.CLOSE, *, late: bool = False) -> Fault:
    return Fault(kind, f"wire: {name}", lambda right: Sending(lambda: steps(right), end), unreadable=True, late=late)


def _breaks() -> Iterator[Fault]:
    for end, how in ((End.CLOSE, "closed"), (End.RESET, "reset")):
        yield _fault("the connection breaks", f"{how} before the head", lambda right: [], end, late=True)
        yield _fault("the connection breaks", f"{how} in the head", lambda right: [_head(right)[:20]], end)
        yield _fault(
            "the connection breaks",
            f"{how} behind the status",
            lambda right: [_head(right).partition(b"\n")[0]],
            end,
        )
        yield _fault(
            "the connection breaks", f"{how} behind the head", lambda right: [_head(right, more=1)], end, late=True
        )
        yield _fault(
            "the connection breaks",
            f"{how} in the body",
            lambda right: [_head(right, more=1) + right.body[: len(right.body) // 2]],
            end,
            late=True,
        )


def _lengths(empty: bool) -> Iterator[Fault]:
    def said(*lengths: str, body: bytes | None = None) -> Steps:
        def steps(right: Right) -> list[bytes | float]:
            data = right.body if body is None else body
            lines = b"".join(b"Content-Length: %s\r\n" % text.encode() for text in lengths)
            return [_open_head(right) + lines + b"\r\n" + data]

        return steps

    kind = "a length that lies"
    yield _fault(kind, "a length that is too large", lambda right: [_head(right, more=5) + right.body])
    yield _fault(kind, "no number for a length", said("x"))
    yield _fault(kind, "a negative length", said("-1"))
    yield _fault(kind, "a length of 5,000 digits", said("9" * 5000))
    yield _fault(kind, "two different lengths", said("3", "5"))
    yield _fault(kind, "two lengths in one line", said("3, 5"))
    short = Fault(
        kind,
        "wire: a length that is too small",
        lambda right: Sending(lambda: [_head(right, more=-min(1, len(right.body))) + right.body], End.CLOSE),
        truthful=empty,
    )
    yield short


def _garbage() -> Iterator[Fault]:
    kind = "no HTTP"
    yield _fault(kind, "a TLS record", lambda right: [b"\x15\x03\x01\x00\x02\x02\x46"])
    yield _fault(kind, "another protocol", lambda right: [b"220 ready\r\n"])
    yield _fault(kind, "a body without a head", lambda right: [right.body or b"x"])
    yield _fault(kind, "bytes", lambda right: [bytes(range(256)) * 4])
    yield _fault(kind, "a status that is no number", lambda right: [head("OK", right.headers, length=0)])
    yield _fault(kind, "a status of four digits", lambda right: [head("2000", right.headers, length=0)])
    kind = "chunks"
    yield _fault(kind, "chunks without an end", lambda right: [_chunked(right) + _chunk(right.body or b" ")])
    yield _fault(kind, "a chunk cut off", lambda right: [_chunked(right) + _chunk(right.body or b"xx")[:-4]])
    yield _fault(
        kind, "a chunk of no size", lambda right: [_chunked(right) + b"zz\r\n" + right.body + b"\r\n0\r\n\r\n"]
    )
    yield _fault(kind, "a chunk of a negative size", lambda right: [_chunked(right) + b"-5\r\n" + right.body])
    yield _fault(
        kind, "a chunk of a huge size", lambda right: [_chunked(right) + b"ffffffffffffffffff\r\n" + right.body]
    )


def _endless() -> Iterator[Fault]:
    def trickle(data: bytes) -> Iterator[bytes | float]:
        for byte in data:
            yield bytes([byte])
            yield PAUSE
        yield from itertools.cycle([b" ", PAUSE])

    def again(first: bytes, part: bytes, pause: float = 0.0) -> Iterator[bytes | float]:
        yield first
        yield from itertools.cycle([part, pause] if pause else [part])

    kind = "an answer that does not end"
    yield _fault(kind, "nothing for long", lambda right: [LONG])
    yield _fault(kind, "nothing for long, then the answer", lambda right: [1.0, _head(right) + right.body], late=True)
    yield _fault(kind, "half a body, then nothing", lambda right: [_head(right, more=9) + right.body[:9], LONG])
    yield _fault(kind, "a head that trickles", lambda right: trickle(_head(right)))
    yield _fault(kind, "a body that trickles", lambda right: again(_head(right, more=HUGE), b" ", PAUSE))
    yield _fault(kind, "chunks that trickle", lambda right: again(_chunked(right), _chunk(b" "), PAUSE))
    yield _fault(kind, "endless interim answers", lambda right: again(b"", b"HTTP/1.1 100 Continue\r\n\r\n"))
    yield _fault(kind, "interim answers that trickle", lambda right: again(b"", b"HTTP/1.1 102 Wait\r\n\r\n", PAUSE))
    yield _fault(kind, "endless headers", lambda right: again(_open_head(right), b"X-More: " + b"x" * 200 + b"\r\n"))
    yield _fault(kind, "headers that trickle", lambda right: again(_open_head(right), b"X-More: x\r\n", PAUSE))
    yield _fault(kind, "a header without an end", lambda right: again(_open_head(right) + b"X: ", b"x" * 65536))
    kind = "an answer that is too large"
    yield _fault(kind, "300 MB of blanks", lambda right: _large(_head(right, more=HUGE), b" " * 65536))
    yield _fault(kind, "300 MB without a length", lambda right: _large(_open_head(right) + b"\r\n", b"[" * 65536))
    yield _fault(
        kind, "chunks without an end, at full speed", lambda right: again(_chunked(right), _chunk(b" " * 65536))
    )


def _packed(empty: bool) -> Iterator[Fault]:
    def packed(name: str, how: str, pack: Callable[[bytes], bytes], *, nothing: bool = False) -> Fault:
        def steps(right: Right) -> list[bytes | float]:
            data = pack(right.body)
            return [head(right.status, {**right.headers, "Content-Encoding": how}, length=len(data)) + data]

        return replace(_fault("a packed answer", name, steps, End.KEEP), truthful=nothing and empty)

    yield packed("nothing, said to be gzip", "gzip", lambda body: b"", nothing=True)
    yield packed("gzip of nothing", "gzip", lambda body: gzip.compress(b""), nothing=True)
    yield packed("no gzip", "gzip", lambda body: body or b"x")
    yield packed("gzip cut off", "gzip", lambda body: gzip.compress(body or b"x" * 99)[:-12])
    yield packed("gzip of a page", "gzip", lambda body: gzip.compress(b"<html></html>"))
    yield packed("an unknown packing", "x-odd", lambda body: b"\x01\x02" + body)
    yield packed("packed a hundred times", ", ".join(["gzip"] * 100), lambda body: body)
    yield packed("a bomb", "gzip", lambda body: gzip.compress(b" " * 2**20) * (HUGE // 2**20))
    yield packed("a bomb of deflate", "deflate", lambda body: _deflated())


def _fine() -> Iterator[Fault]:
    """Answers that are right, only written in another way; and what comes between two of them."""

    def fine(name: str, send: Callable[[Right], Sending], kind: str = "another spelling") -> Fault:
        return Fault(
            kind, f"wire: {name}", send, truthful=True, late=name in ("as it is", "closed at the next request")
        )

    def gzipped(right: Right) -> Sending:
        return whole(right.status, {**right.headers, "Content-Encoding": "gzip"}, gzip.compress(right.body))

    def in_chunks(right: Right) -> Sending:
        pieces = [right.body[at : at + 7] for at in range(0, len(right.body), 7)]
        return Sending(lambda: [_chunked(right), *map(_chunk, pieces), b"0\r\n\r\n"])

    def slow(right: Right) -> Sending:
        return Sending(lambda: [0.05, _head(right)[:9], 0.05, _head(right)[9:], 0.05, right.body])

    yield fine("as it is", as_it_is)
    yield fine("packed", gzipped)
    yield fine("in chunks", in_chunks)
    yield fine(
        "until the connection ends",
        lambda right: Sending(lambda: [_open_head(right) + b"\r\n" + right.body], End.CLOSE),
    )
    yield fine("a little slow", slow)
    yield fine(
        "behind an interim answer",
        lambda right: Sending(lambda: [b"HTTP/1.1 100 Continue\r\n\r\n", _head(right) + right.body]),
    )
    between = "a connection dropped in between"
    yield fine(
        "closed behind the answer", lambda right: whole(right.status, right.headers, right.body, End.CLOSE), between
    )
    yield fine(
        "reset behind the answer", lambda right: Sending(lambda: [_head(right) + right.body, 0.02], End.RESET), between
    )
    yield fine(
        "closed at the next request",
        lambda right: whole(right.status, right.headers, right.body, End.CLOSE_AT_NEXT),
        between,
    )
    more = b"HTTP/1.1 200 Said\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    yield fine("another answer behind it", lambda right: Sending(lambda: [_head(right) + right.body + more]), between)


def _head(right: Right, more: int = 0) -> bytes:
    return head(right.status, right.headers, length=len(right.body) + more)


def _open_head(right: Right) -> bytes:
    """The head without a length and without the blank line at its end."""
    return head(right.status, right.headers)[:-2]


def _chunked(right: Right) -> bytes:
    return head(right.status, {**right.headers, "Transfer-Encoding": "chunked"})


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _large(first: bytes, part: bytes) -> Iterator[bytes | float]:
    yield first
    for _number in range(HUGE // len(part)):
        yield part


def _deflated() -> bytes:
    """So much of blanks in one stream, without making it: a block that is flushed may stand many times."""
    packer = zlib.compressobj(9)
    first = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (HUGE // 2**20)
