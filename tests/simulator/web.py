# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A call as the vendors' parts see it, an answer, and the strict reading of what a call carries."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes


@dataclasses.dataclass
class Call:
    """One request. ``raw_path`` is as sent; ``ids`` are the decoded values of the placeholders in its route."""

    method: str
    raw_path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    ids: dict[str, str] = dataclasses.field(default_factory=dict)
    query: dict[str, str] = dataclasses.field(default_factory=dict)
    # Set by a fault: how long a token is good that this sign-in gives.
    token_calls: int | None = None
    token_seconds: float | None = None


@dataclasses.dataclass
class Reply:
    """An answer, ready to send."""

    status: int = 200
    content: bytes = b""
    media_type: str | None = None
    headers: dict[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def json(cls, value: object, status: int = 200, headers: dict[str, str] | None = None) -> "Reply":
        """An answer in JSON."""
        content = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        return cls(status, content, "application/json", dict(headers or {}))


class RefusalError(Exception):
    """A call that is refused; each vendor words it in its own error body."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


def decode_id(segment: str) -> str:
    """A path segment as the ID that it stands for."""
    try:
        return unquote_to_bytes(segment).decode("utf-8")
    except UnicodeDecodeError:
        raise RefusalError(400, f"The path segment {segment} is not UTF-8.") from None


def read_query(query_string: str) -> dict[str, str]:
    """The query's parameters; a name that stands twice is refused."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(query_string, keep_blank_values=True):
        if name in found:
            raise RefusalError(400, f"The query parameter {name} stands twice.")
        found[name] = value
    return found


def refuse_unknown(names: Mapping[str, object], known: frozenset[str] | set[str], what: str) -> None:
    """Refuse names that are not among the known ones."""
    if unknown := sorted(set(names) - known):
        raise RefusalError(400, f"Unknown {what}: {', '.join(unknown)}.")


def refuse_body(call: Call) -> None:
    """Refuse a body where the operation has none."""
    if call.body:
        raise RefusalError(400, "This operation takes no body.")


def read_json_object(call: Call, known: set[str]) -> dict[str, Any]:
    """The body as a JSON object with no fields but the known ones."""
    if not call.body:
        raise RefusalError(400, "A non-empty request body is required.")
    if media_type(call) != "application/json":
        raise RefusalError(415, f"The content type {media_type(call) or '(none)'} is not application/json.")
    try:
        value = json.loads(call.body, object_pairs_hook=_no_field_twice, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RefusalError(400, f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise RefusalError(400, "The body is not a JSON object.")
    refuse_unknown(value, known, "body field")
    return value


def read_form(call: Call) -> dict[str, str]:
    """The body as form fields."""
    if media_type(call) != "application/x-www-form-urlencoded":
        raise RefusalError(415, f"The content type {media_type(call) or '(none)'} is not a form.")
    try:
        return read_query(call.body.decode("utf-8"))
    except UnicodeDecodeError:
        raise RefusalError(400, "The form is not UTF-8.") from None


def media_type(call: Call) -> str:
    """The content type without its parameters."""
    return call.headers.get("content-type", "").split(";")[0].strip().lower()


def _no_field_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")
