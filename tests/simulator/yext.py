# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext as a whole: which operation a call means, who may make it, and how a refusal looks."""

import copy
from urllib.parse import parse_qsl

from .reading import to_date
from .routes import Kind, Operation, Routes
from .state import YextState
from .switches import Switches
from .visibility import LateState
from .web import Call, RefusalError, Reply, read_query, refuse_unknown
from .yext_answers import RateLimit, envelope, error
from .yext_licenses import LicensePacks

_GENERAL_PARAMETERS = frozenset({"v", "api_key", "access_token"})
_NOT_DONE = ("non_fatal", "fatal")


class Yext:
    """Answers calls over a state that outlives them."""

    def __init__(self, state: YextState, switches: Switches) -> None:
        self.late = LateState(state)
        self.rate_limit = RateLimit(switches)
        self._switches = switches
        self._packs = LicensePacks(switches)
        self._routes = Routes(self._packs.operations())

    def classify(self, method: str, raw_path: str) -> tuple[str | None, Kind]:
        """The operation's name, and whether the call reads or writes."""
        operation = self._routes.find(method, raw_path).operation
        if operation is not None:
            return operation.name, operation.kind
        return None, "read" if method in ("GET", "HEAD", "OPTIONS") else "write"

    def answer(self, call: Call) -> Reply:
        """Carry the call out or refuse it."""
        try:
            self.rate_limit.count()
            reply = self._answer(call)
        except RefusalError as refusal:
            reply = self.refuse(refusal.status, refusal.message, refusal.headers)
        return self.rate_limit.sign(reply)

    def refuse(self, status: int, message: str, headers: dict[str, str] | None = None) -> Reply:
        """A refusal in this vendor's words."""
        return Reply.json(envelope({}, [error(status, message)]), status, headers)

    def expire_token(self, call: Call) -> None:
        """Make the credential invalid that the call carries."""
        query, state = dict(parse_qsl(call.query_string)), self.late.current
        state.access_tokens = [token for token in state.access_tokens if token != query.get("access_token")]
        keys = (query.get("api_key"), call.headers.get("api-key"))
        state.api_keys = [key for key in state.api_keys if key not in keys]

    def _answer(self, call: Call) -> Reply:
        found = self._routes.find(call.method, call.raw_path)
        if not found.methods:
            raise RefusalError(404, "There is no such endpoint.")
        if found.operation is None:
            raise RefusalError(405, "The method is not allowed here.", {"Allow": ", ".join(found.methods)})
        call.ids = found.ids()
        call.query = read_query(call.query_string)
        self._authorize(call)
        refuse_unknown(call.query, found.operation.query | _GENERAL_PARAMETERS, "query parameter")
        version = call.query.get("v", "")
        if len(version) != len("YYYYMMDD") or to_date(f"{version[:4]}-{version[4:6]}-{version[6:]}") is None:
            raise RefusalError(400, "v is missing or no date of the form YYYYMMDD.")
        if found.operation.kind == "read":
            return found.operation.handler(call, self.late.for_read())
        return self._write(call, found.operation)

    def _authorize(self, call: Call) -> None:
        state = self.late.current
        sent = [
            (call.query.get("api_key"), state.api_keys),
            (call.headers.get("api-key"), state.api_keys),
            (call.query.get("access_token"), state.access_tokens),
        ]
        given = [text in known for text, known in sent if text is not None]
        if not given or not all(given):
            raise RefusalError(401, "The API key or access token is missing or wrong.")
        if call.ids["account"] not in ("me", state.account_id):
            raise RefusalError(400, "There is no such account.")

    def _write(self, call: Call, operation: Operation[YextState]) -> Reply:
        if self._switches.yext_write_errors in _NOT_DONE:
            return operation.handler(call, copy.deepcopy(self.late.current))
        stale_reads = self._switches.yext_stale_reads
        past = self.late.before_write(stale_reads)
        reply = operation.handler(call, self.late.current)
        self.late.after_write(past, stale_reads)
        self._packs.run_saved_filter(call.ids["pack"], self.late.current)
        return reply
