# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in to UiPath as a host administrator: the flows, and a token that is renewed as often as it ages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from .._errors import ApiError, InvalidInput, Kind
from .._http.addresses import below
from .._http.client import HttpClient
from .._http.credentials import secret_to_send, text_to_send
from .._http.reasons import bounded, reasons_of, words_in
from .._http.response import Purpose, Response

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
SECRETS = ("password", "client_secret", "access_token")
# A sign-in that fails so often, for whatever reason, is not tried again: each could count against the account.
MOST_FAILURES = 3
# Seconds. No token ages so soon; where a fresh one is refused, another one would be, too.
RENEWAL_PAUSE = 300.0


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
        if not flow:
            flow = "account" if not self.client_id else "password" if self.username else "client_credentials"
        missing = [name for name in NEEDED[flow] if not getattr(self, name)]
        if missing:
            options = " and ".join(f"{name} (or the environment variable UIPATH_{name.upper()})" for name in missing)
            raise InvalidInput(f"The sign-in to UiPath is incomplete: the {flow} flow needs {options}")
        return flow


class TokenSource:
    """The token that all workers share: fetched at the first call, renewed once for all when the server refuses it."""

    def __init__(self, http: HttpClient, sign_in: SignIn) -> None:
        self.http = http
        self._sign_in = _to_send(http, sign_in)
        self._flow = self._sign_in.flow()
        self._lock = threading.Lock()
        self._token: str | None = None
        self._failures = 0
        self._final: ApiError | None = None
        self._no_renewal_before = 0.0

    def call(self, method: str, path: str, *, purpose: Purpose, json_body: Any = None) -> Response:
        """Make a call with the token. A refused token is renewed, for a write too: a refused call did nothing."""

        def call_with(token: str) -> Response:
            headers = {"Authorization": f"Bearer {token}"}
            return self.http.call(method, path, purpose=purpose, headers=headers, json_body=json_body)

        token = self.token()
        answer = call_with(token)
        if answer.status != 401:
            return answer
        if self._flow is None:
            raise answer.error("UiPath refuses access_token", hint="It may have expired: fetch a new one.")
        return self._call_alone(call_with, token, answer)

    def token(self) -> str:
        """The token, fetched if there is none yet."""
        with self._lock:
            self._token = self._token or self._fetch()
            return self._token

    def _call_alone(self, call_with: Callable[[str], Response], refused: str, answer: Response) -> Response:
        """Repeat a refused call while no other worker can use a new token up.

        A token that somebody else has renewed meanwhile is tried first. The refusal of a fresh one is final, for all.
        """
        with self._lock:
            if self._token is not None and self._token != refused:
                answer = call_with(self._token)
                if answer.status != 401:
                    return answer
            if time.monotonic() >= self._no_renewal_before:
                self._token = self._fetch()
                answer = call_with(self._token)
                if answer.status != 401:
                    return answer
                self._no_renewal_before = time.monotonic() + RENEWAL_PAUSE
            raise answer.error("UiPath signs in but refuses the token", hint="Is it a host administrator's?")

    def _fetch(self) -> str:
        if self._final is not None:
            raise ApiError(self._final.kind, self._final.message, **self._final.facts)
        try:
            return self._signed_in()
        except ApiError as error:
            self._failures += 1
            if error.kind is Kind.AUTHENTICATION or self._failures >= MOST_FAILURES:
                self._final = error
            raise

    def _signed_in(self) -> str:
        if self._flow is None:
            return str(self._sign_in.access_token)
        path = below(self._sign_in.sign_in_path or DEFAULT_PATHS[self._flow])
        token = self._fetch_by_account(path) if self._flow == "account" else self._fetch_by_oauth(path, self._flow)
        self.http.redactor.add(token)
        return token

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

    def _reply(self, answer: Response) -> Mapping[str, Any]:
        if answer.status in (404, 405):
            raise answer.error(
                "There is no sign-in at this address",
                hint="Set sign_in_path to the path of your version, or auth_flow to another flow.",
            )
        if not answer.ok:
            reply = _refusal(answer)
            # ABP refuses a password with 500 in some versions; a server that fails says nothing of that.
            refuses = isinstance(reply.get("error"), Mapping) or reply.get("success") is False
            if answer.status == 429 or (answer.status >= 500 and not refuses):
                said = reasons_of(answer)
                message = "The sign-in did not succeed"
                raise answer.error(f"{message}: {said.text}" if said.text else message, request_id=said.request_id)
            return reply
        reply = answer.document()
        if not isinstance(reply, Mapping):
            raise answer.error("The sign-in answered with something else than an object", kind=Kind.PROTOCOL)
        return reply

    def _checked(self, answer: Response, token: Any) -> str:
        if answer.ok and isinstance(token, str) and token:
            return token
        said = reasons_of(answer)
        # What is no refusal may hold a token that is not recognized, so no excerpt of it is shown.
        text = bounded(answer, words_in(_refusal(answer))) if answer.ok else said.text
        locked = "lock" in text.lower()
        raise answer.error(
            f"UiPath refuses the sign-in: {text}" if text else "UiPath refuses the sign-in",
            kind=Kind.AUTHENTICATION,
            code=said.code,
            request_id=said.request_id,
            hint=LOCKED_HINT if locked else WRONG_HINT,
        )


WRONG_HINT = "Are the name, the password or the client right, and is the account a host administrator's?"
LOCKED_HINT = "The account is locked: unlock it or wait, and correct the password before it is tried again."


def _to_send(http: HttpClient, sign_in: SignIn) -> SignIn:
    """The options as they are sent; the secrets among them are masked from now on."""
    sent: dict[str, Any] = {}
    for option in fields(sign_in):
        name, value = option.name, getattr(sign_in, option.name)
        if name in SECRETS:
            sent[name] = secret_to_send(http.redactor, name, value, is_password=name == "password")
        else:
            sent[name] = text_to_send(name, value)
    return replace(sign_in, **{**sent, "tenancy_name": sent["tenancy_name"] or "host"})


def _refusal(answer: Response) -> Mapping[str, Any]:
    """What a refusal says; its form is not documented, and it may say nothing."""
    try:
        document = answer.document()
    except ApiError:
        return {}
    return document if isinstance(document, Mapping) else {}
