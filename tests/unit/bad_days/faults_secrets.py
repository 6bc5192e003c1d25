# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that tells back what signed the call, in every spelling; and texts that want to be more than texts."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

from ansible_collections.tenantops.licensing.tests.unit.bad_days.faults import Fault
from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import Right, Sending, whole

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in JSON by numbers": lambda text: "".join(f"\\u{ord(c):04X}" for c in text),
    "in JSON with escaped slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "in an address": lambda text: quote(text, safe=""),
    "in an address twice": lambda text: quote(quote(text, safe=""), safe=""),
    "in small letters in an address": lambda text: quote(text, safe="").lower(),
    "in a form": quote_plus,
    "in HTML": html.escape,
    "in HTML by numbers": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "in HTML by hexadecimal numbers": lambda text: "".join(f"&#x{ord(c):x};" for c in text),
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64 behind a name": lambda text: base64.b64encode(f"me:{text}".encode()).decode(),
    "in base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "in base32": lambda text: base64.b32encode(text.encode()).decode(),
    "in hexadecimal numbers": lambda text: text.encode().hex(),
    "in large hexadecimal numbers": lambda text: text.encode().hex().upper(),
}
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "latin-1")
ODD_TEXT = "\x1b[31mred\x9b0m\x07\r\nTASK [forged] ok\u202e\u2028{{ 1 + 1 }}\x00"


def spellings(secret: str) -> set[str]:
    """Every spelling in which a secret must not be found."""
    return {spell(secret) for spell in SPELLINGS.values()}


def of(right: Right) -> Iterator[Fault]:
    for name in SPELLINGS:
        yield Fault(
            "a secret told back", f"told back: {name}", _refusal(name, "utf-8"), unreadable=True, thorough=False
        )
    for encoding in ENCODINGS[1:]:
        what = f"told back: as it is in {encoding}"
        yield Fault("a secret told back", what, _refusal("as it is", encoding), unreadable=True, thorough=False)
    yield Fault("a secret told back", "told back: in a redirect", _redirect, unreadable=True, thorough=False)
    yield Fault("a secret told back", "told back: in a request's ID", _request_id, unreadable=True, thorough=False)
    yield Fault("a secret told back", "told back: in an answer that is fine", _fine, unreadable=True, thorough=False)
    for status in (400, 500):
        yield Fault(
            "an odd text",
            f"{status} with an odd text",
            _odd_text(status),
            unreadable=True,
            thorough=False,
            refusal=status == 400,
        )


def _told(right: Right, spelling: str) -> str:
    return " ".join(f"key {SPELLINGS[spelling](secret)} was sent" for secret in right.secrets)


def _refusal(spelling: str, encoding: str) -> Callable[[Right], Sending]:
    def send(right: Right) -> Sending:
        body = _told(right, spelling) + " " + right.request_headers.get("authorization", "")
        if spelling.startswith("in JSON"):
            told = _told(right, spelling)
            error = f'{{"type": "FATAL_ERROR", "message": "{told}"}}'
            body = f'{{"meta": {{"errors": [{error}]}}, "message": "{told}"}}'
        return whole(500, {"Content-Type": "application/json"}, body.encode(encoding, "replace"))

    return send


def _redirect(right: Right) -> Sending:
    return whole(302, {"Location": f"http://127.0.0.1:1{right.target}&token={_told(right, 'in an address')}"}, b"")


def _request_id(right: Right) -> Sending:
    return whole(500, {"X-Request-Id": _told(right, "as it is")}, b"{}")


def _fine(right: Right) -> Sending:
    return whole(right.status, right.headers, json.dumps({"message": _told(right, "as it is")}).encode())


def _odd_text(status: int) -> Callable[[Right], Sending]:
    message = json.dumps(ODD_TEXT)
    error = f'{{"code": {message}, "type": "FATAL_ERROR", "message": {message}}}'
    text = (
        f'{{"message": {message}, "detail": {message}, "error": {{"message": {message}}}, "errorCode": {message}, '
        f'"meta": {{"uuid": {message}, "errors": [{error}]}}}}'
    )
    return lambda right: whole(status, {"Content-Type": "application/json"}, text.encode())
