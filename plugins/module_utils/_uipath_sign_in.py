# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in to UiPath as a host administrator: the flows, and a token that is renewed as often as it ages."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._errors import ApiError, InvalidInput, Kind
from ._http import Answer, HttpClient, Purpose

FLOWS = ("account", "password", "client_credentials")
NEEDED = {
    "account": ("username", "password"),
    "password": ("client_id", "client_secret", "username", "password"),
    "client_credentials": ("client_id", "client_secret"),
}
DEFAULT_PATHS = {
    "account": "/api/account/authenticate",
    "password": "/identity_/connect/token",
    "client_credentials": "/identity_/connect/token",
}
LICENSE_SCOPES = "PM.License PM.License.Read PM.License.Write"


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in options as the user gave them; an empty string counts as not given."""

    auth_flow: str | None = None
    username: str | None = None
    password: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    access_token: str | None = None
    tenancy_name: str = "host"
    scope: str | None = None
    sign_in_path: str | None = None

    def flow(self) -> str | None:
        """The flow to use, or None where a token is given.

        Raises InvalidInput naming each option that is missing, with the environment variable that would supply it.
        """
        if self.access_token and not self.auth_flow:
            return None
        flow = self.auth_flow
        if flow is None:
            flow = "account" if not self.client_id else "password" if self.username else "client_credentials"
        missing = [name for name in NEEDED[flow] if not getattr(self, name)]
        if missing:
            options = " and ".join(f"{name} (or the environment variable UIPATH_{name.upper()})" for name in missing)
            raise InvalidInput(f"The sign-in to UiPath is incomplete: the {flow} flow needs {options}")
        return flow


class _Token:
    """One token, and whether the server has ever accepted it."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.accepted = False


class TokenSource:
    """The token that all workers share: fetched at the first call, renewed once for all when the server refuses it."""

    def __init__(self, http: HttpClient, sign_in: SignIn) -> None:
        self.http = http
        self._sign_in = sign_in
        self._flow = sign_in.flow()
        self._lock = threading.Lock()
        self._token: _Token | None = None
        http.redactor.add(sign_in.password, sign_in.client_secret, sign_in.access_token)

    def call(self, method: str, path: str, *, purpose: Purpose, json_body: Any = None) -> Answer:
        """Make a call with the token. A refused token is renewed, for a write too: a refused call did nothing."""
        refusals = 0
        while True:
            token = self._current()
            headers = {"Authorization": f"Bearer {token.value}"}
            answer = self.http.call(method, path, purpose=purpose, headers=headers, json_body=json_body)
            if answer.status != 401:
                token.accepted = True
                return answer
            refusals += 1
            if self._flow is None:
                raise answer.error("UiPath refuses access_token", hint="It may have expired: fetch a new one.")
            # Two fresh tokens in a row, neither good for any call: this is no question of age.
            if refusals > 1 and not token.accepted:
                raise answer.error("UiPath signs in but refuses the token", hint="Is it a host administrator?")
            self._discard(token)

    def token(self) -> str:
        """The token itself, for use by other tasks."""
        return self._current().value

    def _current(self) -> _Token:
        with self._lock:
            if self._token is None:
                self._token = _Token(self._fetch())
                self.http.redactor.add(self._token.value)
            return self._token

    def _discard(self, token: _Token) -> None:
        with self._lock:
            if self._token is token:
                self._token = None

    def _fetch(self) -> str:
        if self._flow is None:
            return str(self._sign_in.access_token)
        path = self._sign_in.sign_in_path or DEFAULT_PATHS[self._flow]
        if self._flow == "account":
            return self._fetch_by_account(path)
        return self._fetch_by_oauth(path, self._flow)

    def _fetch_by_account(self, path: str) -> str:
        body = {
            "TenancyName": self._sign_in.tenancy_name,
            "UsernameOrEmailAddress": self._sign_in.username,
            "Password": self._sign_in.password,
        }
        answer = self.http.call("POST", path, purpose=Purpose.SIGN_IN, json_body=body)
        token = self._reply(answer).get("result")
        return self._checked(answer, token)

    def _fetch_by_oauth(self, path: str, flow: str) -> str:
        form = {
            "grant_type": flow,
            "client_id": str(self._sign_in.client_id),
            "client_secret": str(self._sign_in.client_secret),
        }
        scope = self._sign_in.scope
        if flow == "password":
            form["username"] = str(self._sign_in.username)
            form["password"] = str(self._sign_in.password)
            # The identity server spells the host's tenancy with a capital letter.
            tenancy = self._sign_in.tenancy_name
            form["acr_values"] = f"tenant:{'Host' if tenancy == 'host' else tenancy}"
        else:
            scope = scope or LICENSE_SCOPES
        if scope:
            form["scope"] = scope
        answer = self.http.call("POST", path, purpose=Purpose.SIGN_IN, form=form)
        return self._checked(answer, self._reply(answer).get("access_token"))

    def _reply(self, answer: Answer) -> Mapping[str, Any]:
        if answer.status in (404, 405):
            raise answer.error(
                "There is no sign-in at this address",
                hint="Set sign_in_path to the path of your version, or auth_flow to another flow.",
            )
        if answer.status >= 500 or answer.status == 429:
            raise answer.error("The sign-in did not succeed")
        reply = answer.document() if answer.ok else self._refusal(answer)
        if not isinstance(reply, Mapping):
            raise answer.error("The sign-in answered with something else than an object", kind=Kind.PROTOCOL)
        return reply

    def _refusal(self, answer: Answer) -> Any:
        try:
            return answer.document()
        except ApiError:
            return {}

    def _checked(self, answer: Answer, token: Any) -> str:
        if answer.ok and isinstance(token, str) and token:
            return token
        reply = self._refusal(answer)
        said = _said(reply) if isinstance(reply, Mapping) else None
        raise answer.error(
            "UiPath refuses the sign-in" + (f": {self.http.redactor.text(said)}" if said else ""),
            kind=Kind.AUTHENTICATION,
            code=reply.get("error") if isinstance(reply, Mapping) and isinstance(reply.get("error"), str) else None,
            hint="Are the name, the password or the client right, and is the account a host administrator's?",
        )


def _said(reply: Mapping[str, Any]) -> str | None:
    """What a refusal says, in the form of either sign-in."""
    error = reply.get("error")
    if isinstance(error, Mapping):
        return str(error.get("message") or error.get("details") or "") or None
    return str(reply.get("error_description") or error or reply.get("message") or "") or None
