# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd headers: on a limit that they explain, and on an answer that is right without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ansible_collections.tenantops.licensing.tests.unit.bad_days.faults import Fault
from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import Right, Sending, whole

DIGITS = "9" * 5000
WAITS: dict[str, dict[str, str]] = {
    "0": {"Retry-After": "0"},
    "negative": {"Retry-After": "-5"},
    "a fraction": {"Retry-After": "0.1"},
    "nan": {"Retry-After": "nan"},
    "1e999": {"Retry-After": "1e999"},
    "a century": {"Retry-After": "3153600000"},
    "20 digits": {"Retry-After": "9" * 20},
    "5,000 digits": {"Retry-After": DIGITS},
    "a power": {"Retry-After": "²"},
    "digits of another script": {"Retry-After": "1\xb2"},
    "a word": {"Retry-After": "soon"},
    "empty": {"Retry-After": ""},
    "a past day": {"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"},
    "the year 9999": {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"},
    "the year 99999": {"Retry-After": "Fri, 31 Dec 99999 23:59:59 GMT"},
    "no such day": {"Retry-After": "Fri, 31 Feb 2031 99:99:99 GMT"},
    "a reset that is past": {"Rate-Limit-Reset": "1000000000"},
    "a reset in the year 99999": {"Rate-Limit-Reset": "3093527980799"},
    "a reset of 5,000 digits": {"Rate-Limit-Reset": DIGITS},
    "a reset that is negative": {"Rate-Limit-Reset": "-1"},
    "a reset that is no number": {"Rate-Limit-Reset": "NaN"},
    "a reset and a date of the year 99999": {
        "Rate-Limit-Reset": "4000000000",
        "Date": "Fri, 31 Dec 99999 23:59:59 GMT",
    },
    "a reset and no such date": {"Rate-Limit-Reset": "4000000000", "Date": "x, 99 Foo 0 99:99:99 +9999999"},
}
ODD: dict[str, dict[str, str]] = {
    "a date of the year 99999": {"Date": "Fri, 31 Dec 99999 23:59:59 GMT"},
    "no date": {"Date": "yesterday"},
    "a limit of 5,000 digits": {"Rate-Limit-Limit": DIGITS, "Rate-Limit-Remaining": DIGITS, "Rate-Limit-Reset": DIGITS},
    "a negative limit": {"Rate-Limit-Limit": "-5", "Rate-Limit-Remaining": "-5", "Rate-Limit-Reset": "-5"},
    "a limit that is no number": {"Rate-Limit-Limit": "x", "Rate-Limit-Remaining": "NaN", "Rate-Limit-Reset": "1e999"},
    "a limit in superscript": {"Rate-Limit-Limit": "\xb2", "Rate-Limit-Remaining": "\xb2", "Rate-Limit-Reset": "\xb2"},
    "a type that is a page's": {"Content-Type": "text/html"},
    "a type that is none": {"Content-Type": "x"},
    "an unknown character set": {"Content-Type": "application/json; charset=x-odd"},
    "a cookie": {"Set-Cookie": "session=1; Path=/; HttpOnly"},
    "a location": {"Location": "http://127.0.0.1:1/"},
    "a challenge": {"WWW-Authenticate": 'Negotiate, Basic realm="x"'},
    "a request's ID with controls": {"X-Request-Id": "a\x9b31mb\x07c", "X-Correlation-Id": "\x1b[31mred"},
    "a request's ID of 60,000 letters": {"X-Request-Id": "x" * 60_000},
    "bytes": {"X-Bytes": "".join(map(chr, range(0x80, 0x100)))},
    "a connection that closes": {"Connection": "close"},
    "an upgrade": {"Connection": "upgrade", "Upgrade": "h2c"},
}
LINES: dict[str, bytes] = {
    "a line without a colon": b"no colon here\r\n",
    "a line with nothing before the colon": b": x\r\n",
    "a folded line": b"X-Folded: a\r\n b\r\n\tc\r\n",
    "a NUL": b"X-Nul: a\x00b\r\n",
    "a bare line feed": b"X-Feed: a\nX-Other: b\n",
    "a bare carriage return": b"X-Return: a\rX-Other: b\r\n",
    "90 lines": b"".join(b"X-%d: x\r\n" % number for number in range(90)),
}


def of(right: Right) -> Iterator[Fault]:
    for status in (429, 503):
        for name, headers in WAITS.items():
            yield Fault(
                "a limit with an odd header",
                f"{status} with {name}",
                _limit(status, headers),
                unreadable=True,
                refusal=status == 429,
                thorough=False,
            )
    for name, headers in ODD.items():
        yield Fault("an odd header", f"headers: {name}", _with(headers), truthful=True, thorough=False)
    yield Fault("an odd header", "headers: a failure whose ID has controls", _failure_with_controls, unreadable=True)
    for name, lines in LINES.items():
        yield Fault("an odd header", f"headers: {name}", _lines(lines), truthful=True, thorough=False)


def _limit(status: int, headers: dict[str, str]) -> Callable[[Right], Sending]:
    return lambda right: whole(
        status, {**right.headers, "Content-Type": "application/json", **headers}, right.refuse(status)
    )


def _with(headers: dict[str, str]) -> Callable[[Right], Sending]:
    return lambda right: whole(right.status, {**right.headers, **headers}, right.body)


def _failure_with_controls(right: Right) -> Sending:
    odd = ODD["a request's ID with controls"]
    body = b'{"message": "\\u001b[31mred\\u009b\\u202e\\r\\nTASK [forged]\\u0000", "detail": "\\ud800"}'
    return whole(500, {**right.headers, "Content-Type": "application/json", **odd}, body)


def _lines(lines: bytes) -> Callable[[Right], Sending]:
    def send(right: Right) -> Sending:
        data = whole(right.status, right.headers, right.body)
        (first,) = data.steps()
        assert isinstance(first, bytes)
        status, _end, rest = first.partition(b"\r\n")
        return Sending(lambda: [status + b"\r\n" + lines + rest])

    return send
