# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in to UiPath: the account flow and the token endpoint."""

import dataclasses
import time
from collections.abc import Mapping

from .routes import Operation
from .state import UiPathState
from .switches import Switches
from .tokens import Token, Tokens
from .web import Call, RefusalError, Reply, read_form, read_json_object

READ_SCOPES = frozenset({"PM.License", "PM.License.Read"})
WRITE_SCOPES = frozenset({"PM.License", "PM.License.Write"})
_SCOPES = READ_SCOPES | WRITE_SCOPES | {"openid", "profile", "offline_access"}
_FORM = {"grant_type", "client_id", "client_secret", "username", "password", "acr_values", "scope"}
_HTML = "<!DOCTYPE html><html><body><h1>Sign-in failed</h1></body></html>"


@dataclasses.dataclass
class _OAuthError(Exception):
    error: str
    description: str


class SignIn:
    """The sign-in operations; they give tokens and check nothing else."""

    def __init__(self, switches: Switches, tokens: Tokens) -> None:
        self._switches = switches
        self._tokens = tokens

    def operations(self) -> list[Operation[UiPathState]]:
        """The routes of this part."""
        paths = {
            "/api/account/authenticate": self.account_at_root,
            "/{organization}/{tenant}/api/account/authenticate": self.account_below_organization,
            "/identity_/connect/token": self.token_at_identity_,
            "/identity/connect/token": self.token_at_identity,
        }
        return [
            Operation("Authenticate" if "account" in path else "Token", "POST", path, "sign_in", handler)
            for path, handler in paths.items()
        ]

    def account_at_root(self, call: Call, state: UiPathState) -> Reply:
        """The account flow where the documentation has it."""
        if self._switches.uipath_account_path == "organization":
            raise RefusalError(404, "There is no such endpoint.")
        return self._account(call, state)

    def account_below_organization(self, call: Call, state: UiPathState) -> Reply:
        """The account flow where older versions have it."""
        if self._switches.uipath_account_path == "root":
            raise RefusalError(404, "There is no such endpoint.")
        return self._account(call, state)

    def token_at_identity_(self, call: Call, state: UiPathState) -> Reply:
        """The token endpoint of today."""
        if self._switches.uipath_identity_path == "identity":
            raise RefusalError(404, "There is no such endpoint.")
        return self._token(call, state)

    def token_at_identity(self, call: Call, state: UiPathState) -> Reply:
        """The token endpoint of older installations."""
        if self._switches.uipath_identity_path == "identity_":
            raise RefusalError(404, "There is no such endpoint.")
        return self._token(call, state)

    def _account(self, call: Call, state: UiPathState) -> Reply:
        names = {"TenancyName", "UsernameOrEmailAddress", "Password"}
        fields = read_json_object(call, names)
        if any(not isinstance(fields.get(name), str) or not fields[name] for name in names):
            raise RefusalError(400, f"{', '.join(sorted(names))} are required, as non-empty strings.")
        tenancy, username, password = fields["TenancyName"], fields["UsernameOrEmailAddress"], fields["Password"]
        if not _knows(state, tenancy, username, password):
            return self._refused_account()
        text = self._give(call, Token(tenancy, "account"), self._switches.uipath_account_token_seconds)
        return Reply.json(_abp(text, None))

    def _refused_account(self) -> Reply:
        error = {
            "code": 0,
            "message": "Login failed!",
            "details": "Invalid user name or password.",
            "validationErrors": None,
        }
        return self._refused(_abp(None, error), int(self._switches.uipath_account_refusal))

    def _token(self, call: Call, state: UiPathState) -> Reply:
        fields = read_form(call)
        try:
            token = self._granted(fields, state)
        except _OAuthError as error:
            body = {"error": error.error, "error_description": error.description}
            return self._refused(body, int(self._switches.uipath_token_refusal))
        seconds = self._switches.uipath_token_seconds
        text = self._give(call, token, seconds)
        scope = " ".join(sorted(token.scopes or WRITE_SCOPES | READ_SCOPES))
        answer = {"access_token": text, "expires_in": seconds, "token_type": "Bearer", "scope": scope}
        return Reply.json(answer, headers={"Cache-Control": "no-store"})

    def _granted(self, fields: dict[str, str], state: UiPathState) -> Token:
        if unknown := set(fields) - _FORM:
            raise _OAuthError("invalid_request", f"Unknown parameter: {', '.join(sorted(unknown))}.")
        grant = fields.get("grant_type", "")
        if grant not in ("password", "client_credentials"):
            raise _OAuthError("unsupported_grant_type", f"The grant type {grant or '(none)'} is not supported.")
        client = next((each for each in state.clients if each.client_id == fields.get("client_id")), None)
        if client is None or client.client_secret != fields.get("client_secret"):
            raise _OAuthError("invalid_client", "The client is not known or its secret is wrong.")
        if grant not in client.grants:
            raise _OAuthError("unauthorized_client", f"The client may not use the grant {grant}.")
        scopes = frozenset(fields.get("scope", "").split())
        if not scopes <= _SCOPES:
            raise _OAuthError("invalid_scope", f"Unknown scope: {', '.join(sorted(scopes - _SCOPES))}.")
        if grant == "client_credentials":
            if surplus := set(fields) & {"username", "password", "acr_values"}:
                raise _OAuthError("invalid_request", f"Not for this grant: {', '.join(sorted(surplus))}.")
            return Token("host", grant, scopes)
        tenancy = fields.get("acr_values", "").removeprefix("tenant:")
        if not fields.get("acr_values", "").startswith("tenant:"):
            raise _OAuthError("invalid_request", "acr_values names no tenant.")
        if not _knows(state, tenancy, fields.get("username", ""), fields.get("password", "")):
            raise _OAuthError("invalid_grant", "Invalid user name or password.")
        return Token(tenancy, grant, scopes)

    def _give(self, call: Call, token: Token, seconds: float) -> str:
        lifetime = seconds if call.token_seconds is None else call.token_seconds
        token.expires = time.time() + lifetime
        token.calls_left = call.token_calls
        return self._tokens.issue(token)

    def _refused(self, body: Mapping[str, object], status: int) -> Reply:
        form = self._switches.uipath_sign_in_error_body
        if form == "json":
            return Reply.json(body, status)
        return Reply(status) if form == "empty" else Reply(status, _HTML.encode(), "text/html; charset=utf-8")


def _knows(state: UiPathState, tenancy: str, username: str, password: str) -> bool:
    return any(
        user.username == username and user.password == password and user.tenancy.lower() == tenancy.lower()
        for user in state.users
    )


def _abp(result: str | None, error: dict[str, object] | None) -> dict[str, object]:
    return {
        "result": result,
        "targetUrl": None,
        "success": error is None,
        "error": error,
        "unAuthorizedRequest": False,
        "__abp": True,
    }
