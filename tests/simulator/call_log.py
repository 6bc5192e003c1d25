# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of calls, without secrets."""

import dataclasses
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from .routes import Kind
from .web import Call, media_type

MASK = "********"
_SECRET_FIELDS = {"password", "client_secret", "access_token", "refresh_token", "client_assertion"}
_SECRET_PARAMETERS = {"api_key", "access_token"}
_LONGEST_TEXT = 2000


@dataclasses.dataclass
class LoggedCall:
    """One call; times in epoch seconds, ``status`` null when the connection was dropped or the call still runs."""

    sequence: int
    method: str
    path: str
    query: dict[str, str]
    body: object
    kind: Kind
    operation: str | None
    started: float
    in_flight: int
    acted: bool = False
    fault: str | None = None
    status: int | None = None
    ended: float | None = None


class CallLog:
    """Every call to either vendor since the start or the last clearing, in the order of arrival."""

    def __init__(self) -> None:
        self.entries: list[LoggedCall] = []
        self._sequence = 0
        self._in_flight = 0

    def start(self, call: Call, kind: Kind, operation: str | None) -> LoggedCall:
        """Note a call that arrived."""
        self._sequence += 1
        self._in_flight += 1
        parameters = parse_qsl(call.query_string, keep_blank_values=True)
        entry = LoggedCall(
            sequence=self._sequence,
            method=call.method,
            path=call.raw_path,
            query={name: value for name, value in parameters if name.lower() not in _SECRET_PARAMETERS},
            body=_loggable_body(call, kind),
            kind=kind,
            operation=operation,
            started=time.time(),
            in_flight=self._in_flight,
        )
        self.entries.append(entry)
        return entry

    def finish(self, entry: LoggedCall, status: int | None) -> None:
        """Note the answer to a call."""
        self._in_flight -= 1
        entry.status = status
        entry.ended = time.time()

    def clear(self) -> None:
        """Forget all calls; the numbering goes on."""
        self.entries = []


def _loggable_body(call: Call, kind: Kind) -> object:
    if not call.body:
        return None
    try:
        text = call.body.decode("utf-8")
        if media_type(call) == "application/x-www-form-urlencoded":
            return _masked(dict(parse_qsl(text, keep_blank_values=True)))
        value = json.loads(text)
    except (ValueError, RecursionError):
        # Where the secret stands in something unreadable cannot be known.
        return MASK if kind == "sign_in" else call.body.decode("utf-8", "replace")[:_LONGEST_TEXT]
    if isinstance(value, dict):
        return _masked(value)
    return MASK if kind == "sign_in" else value


def _masked(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: MASK if name.lower() in _SECRET_FIELDS else value for name, value in fields.items()}
