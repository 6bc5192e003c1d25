# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UiPath as a whole: which operation a call means, who may make it, and how a refusal looks."""

from .accountant import Accountant
from .routes import Found, Kind, Operation, Routes
from .state import UiPathState
from .switches import Switches
from .tokens import Token, Tokens
from .uipath_account import AccountLicenses
from .uipath_answers import problem
from .uipath_host import HostLicenses
from .uipath_sign_in import READ_SCOPES, WRITE_SCOPES, SignIn
from .visibility import LateState
from .web import Call, RefusalError, Reply, read_query, refuse_unknown


class UiPath:
    """Answers calls over a state that outlives them."""

    def __init__(self, state: UiPathState, switches: Switches) -> None:
        self.late = LateState(state)
        self.tokens = Tokens()
        self._switches = switches
        sign_in, host = SignIn(switches, self.tokens), HostLicenses(switches)
        account, accountant = AccountLicenses(switches), Accountant(switches)
        self._routes = Routes([part for each in (sign_in, host, account, accountant) for part in each.operations()])

    def classify(self, method: str, raw_path: str) -> tuple[str | None, Kind]:
        """The operation's name, and whether the call reads, writes or signs in."""
        operation = self._routes.find(method, raw_path).operation
        if operation is not None:
            return operation.name, operation.kind
        return None, "read" if method in ("GET", "HEAD", "OPTIONS") else "write"

    def answer(self, call: Call) -> Reply:
        """Carry the call out or refuse it."""
        try:
            return self._answer(call)
        except RefusalError as refusal:
            return self.refuse(refusal.status, refusal.message, refusal.headers)

    def refuse(self, status: int, message: str, headers: dict[str, str] | None = None) -> Reply:
        """A refusal in this vendor's words."""
        return Reply.json(problem(status, message), status, headers)

    def expire_token(self, call: Call) -> None:
        """Make the token invalid that the call carries."""
        text = call.headers.get("authorization", "").removeprefix("Bearer ")
        self.tokens.forget(text)
        if text in self.late.current.tokens:
            self.late.current.tokens.remove(text)

    def _answer(self, call: Call) -> Reply:
        found = self._routes.find(call.method, call.raw_path)
        operation = self._served(found)
        call.ids = found.ids()
        if operation.kind != "sign_in":
            self._authorize(call, operation)
        call.query = read_query(call.query_string)
        refuse_unknown(call.query, operation.query, "query parameter")
        if operation.kind != "write":
            return operation.handler(call, self.late.for_read() if operation.kind == "read" else self.late.current)
        stale_reads = self._switches.uipath_stale_reads
        past = self.late.before_write(stale_reads)
        reply = operation.handler(call, self.late.current)
        self.late.after_write(past, stale_reads)
        return reply

    def _served(self, found: Found[UiPathState]) -> Operation[UiPathState]:
        operation = found.operation
        switch = "served"
        if operation is not None and operation.group is not None:
            switch = getattr(self._switches, f"uipath_route_{operation.group}")
        methods = [method for method in found.methods if operation is None or method != operation.method]
        if not found.methods or switch == "404":
            raise RefusalError(404, "There is no such endpoint.")
        if operation is None or switch == "405":
            raise RefusalError(
                405, "The method is not allowed here.", {"Allow": ", ".join(methods)} if methods else None
            )
        return operation

    def _authorize(self, call: Call, operation: Operation[UiPathState]) -> None:
        scheme, _space, text = call.headers.get("authorization", "").partition(" ")
        state = self.late.current
        token = None
        if scheme.lower() == "bearer":
            token = Token() if text in state.tokens else self.tokens.use(text)
        if token is None:
            challenge = 'Bearer error="invalid_token"' if text else "Bearer"
            raise RefusalError(401, "The bearer token is missing, unknown or expired.", {"WWW-Authenticate": challenge})
        scopes = WRITE_SCOPES if operation.kind == "write" else READ_SCOPES
        if token.scopes and not token.scopes & scopes:
            raise RefusalError(403, "The token's scopes do not cover this operation.")
        self._refuse_level(call, token, state)

    def _refuse_level(self, call: Call, token: Token, state: UiPathState) -> None:
        at_host = "host" in call.ids
        if at_host and token.grant == "client_credentials":
            answer = self._switches.uipath_client_credentials_at_host
            if answer != "accepted":
                raise RefusalError(int(answer), "The client may not act for the host.")
        if token.tenancy.lower() == "host":
            return
        organization = state.organizations.get(call.ids.get("organization", ""))
        own = organization is not None and (organization.name or "").lower() == token.tenancy.lower()
        if at_host or not own:
            raise RefusalError(403, "The user may not act here.")
