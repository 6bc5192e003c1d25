# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another document than the right one, with a status that says that all is well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ansible_collections.tenantops.licensing.tests.unit.bad_days.faults import CARRYING, Fault
from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import Right, Sending, whole

PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>"
OTHERS = {
    "nothing": b"",
    "a blank": b" \r\n",
    "{}": b"{}",
    "[]": b"[]",
    "null": b"null",
    "a string": b'"x"',
    "a number": b"7",
    "true": b"true",
    "NaN": b"NaN",
    "a page": PAGE,
    "a message": b'{"message": "maintenance"}',
    "a list of a message": b'[{"message": "maintenance"}]',
    "a list of null": b"[null]",
    "a list of a number": b"[7]",
    "a list of {}": b"[{}]",
    "a list of []": b"[[]]",
    "an envelope without anything": b'{"meta": {"uuid": "u-1", "errors": []}}',
    "an envelope of null": b'{"meta": {"uuid": "u-1", "errors": []}, "response": null}',
    "an envelope of {}": b'{"meta": {"uuid": "u-1", "errors": []}, "response": {}}',
    "an envelope of []": b'{"meta": {"uuid": "u-1", "errors": []}, "response": []}',
    "an envelope of a string": b'{"meta": {"uuid": "u-1", "errors": []}, "response": "x"}',
    "an envelope of a number": b'{"meta": {"uuid": "u-1", "errors": []}, "response": 7}',
    "an envelope whose errors are a string": b'{"meta": {"uuid": "u-1", "errors": "x"}, "response": {}}',
    "an envelope with an error of no type": b'{"meta": {"errors": [{"message": "m"}]}, "response": {}}',
    "an envelope with an unknown error": b'{"meta": {"errors": [{"type": "ODD", "message": "m"}]}, "response": {}}',
    "an envelope with a part refused": b'{"meta": {"errors": [{"type": "NON_FATAL_ERROR", "message": "m"}]}, '
    b'"response": {}}',
    "a failed ABP answer": b'{"result": null, "success": false, "error": {"message": "m"}, "__abp": true}',
    "an OAuth refusal": b'{"error": "invalid_grant", "error_description": "m"}',
    "bytes": bytes(range(256)),
    "a very deep list": b"[" * 100_000,
    "a very deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a number of 10,000 digits": b"7" * 10_000,
}


def of(right: Right) -> Iterator[Fault]:
    """Bodies in the place of the right one, and bodies that are made of it."""
    for fault in _bodies(right):
        # Of a refusal the status says enough.
        yield replace(fault, unreadable=fault.unreadable and right.status < 300)


def _bodies(right: Right) -> Iterator[Fault]:
    empty_listing = {"[]"} if isinstance(_document(right), list) else set()
    for name, body in OTHERS.items():
        if body.strip() != right.body.strip() and _differs(right, body):
            yield Fault(
                "another document",
                f"body: {name}",
                _body(body),
                unreadable=name not in empty_listing,
                truthful=name == "an envelope of {}" and _tells_nothing(right),
                late=name == "a page",
            )
    if right.body and _document(right) is not None:
        yield from _made_of(right)


def _made_of(right: Right) -> Iterator[Fault]:
    text, document = right.body, _document(right)
    cuts = {"half": len(text) // 2, "but one byte": len(text) - 1, "one byte": 1}
    for name, kept in cuts.items():
        yield Fault("a document cut off", f"body: {name} of it", _body(text[:kept]), unreadable=True)
    yield Fault("a document cut off", "body: more behind it", _body(text + b"}"), unreadable=True)
    yield Fault("a document cut off", "body: twice", _body(text + text), unreadable=True)
    yield Fault("another spelling", "body: UTF-16", _body(text.decode().encode("utf-16")), truthful=True)
    yield Fault("another spelling", "body: a byte order mark", _body(b"\xef\xbb\xbf" + text), truthful=True)
    yield Fault("another spelling", "body: blanks around", _body(b"\r\n " * 99 + text + b"\n" * 99), truthful=True)
    yield Fault("another document", "body: a string of it", _body(json.dumps(text.decode()).encode()), unreadable=True)
    for name in ("result", "data", "value"):
        yield Fault(
            "another document", f"body: below {name}", _body(b'{"%s": %s}' % (name.encode(), text)), unreadable=True
        )
    if isinstance(document, dict):
        yield Fault("another spelling", "body: a list of it", _body(b"[" + text + b"]"), truthful=True)
        yield Fault(
            "another document", "body: a list of it twice", _body(b"[" + text + b"," + text + b"]"), unreadable=True
        )
        more = {**document, "unknownField": {"a": [1, None]}, "": 1}
        yield Fault("unknown fields", "body: unknown fields", _body(_json(more)), truthful=True)
        for name in document:
            twice = text.rstrip()[:-1] + b', "%s": null}' % name.encode()
            carries = name in CARRYING
            yield Fault("a key twice", f"body: {name} once more, null", _body(twice), truthful=not carries)
            first = b'{"%s": null, ' % name.encode() + text.lstrip()[1:]
            yield Fault("a key twice", f"body: {name} before, null", _body(first), truthful=True)


def _tells_nothing(right: Right) -> bool:
    """Whether the right answer is an envelope without anything inside, as that to a removal."""
    document = _document(right)
    return isinstance(document, dict) and document.get("response") == {}


def _document(right: Right) -> Any:
    return right.document() if right.headers.get("Content-Type") == "application/json" else None


def _differs(right: Right, body: bytes) -> bool:
    try:
        return bool(json.loads(body) != right.document())
    except (ValueError, RecursionError):
        return True


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _body(body: bytes) -> Any:
    def send(right: Right) -> Sending:
        headers = dict(right.headers)
        headers["Content-Type"] = "text/html" if body is PAGE else "application/json"
        return whole(right.status, headers, body)

    return send
