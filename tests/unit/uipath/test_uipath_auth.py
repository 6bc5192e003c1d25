# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in to UiPath: the flows, what they send, a token that ages, and every way in which it can fail."""

from __future__ import annotations

import json
import math
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    InvalidInput,
    Kind,
    LicensingError,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._http.response import Purpose
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath import auth as uipath_auth
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.auth import SignIn, TokenSource
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.api import YextAccount
from ansible_collections.tenantops.licensing.tests.unit.support.clients import Clock, http_client, token_source, yext
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    Reply,
    Request,
    ScriptedServer,
    document,
    page,
    status,
)

ACCOUNT = SignIn(username="admin", password="pass-word-1")
PASSWORD = SignIn(username="admin", password="pass-word-1", client_id="client", client_secret="secret-12")
CLIENT = SignIn(client_id="client", client_secret="secret-12")
FLOWS = {"account": ACCOUNT, "password": PASSWORD, "client_credentials": CLIENT}
ACCOUNT_ANSWER = {"targetUrl": None, "success": True, "error": None, "unAuthorizedRequest": False, "__abp": True}


def signed(sign_in: SignIn, token: str) -> Reply:
    """The answer of a sign-in that succeeds."""
    if sign_in.flow() == "account":
        return document({"result": token, **ACCOUNT_ANSWER})
    return document({"access_token": token, "expires_in": 3600, "token_type": "Bearer", "scope": "PM.License"})


def form(request: Request) -> dict[str, list[str]]:
    return parse_qs(request.body.decode(), strict_parsing=True)


def read(tokens: TokenSource) -> Any:
    return tokens.call("GET", "/x", purpose=Purpose.READ)


# What is sent


def test_the_account_flow_sends_exactly_its_body(server: ScriptedServer) -> None:
    server.replies(signed(ACCOUNT, "t-1"), document({}))
    read(token_source(server.url, ACCOUNT))
    sign_in, call = server.requests
    assert (sign_in.method, sign_in.target) == ("POST", "/api/account/authenticate")
    assert sign_in.headers["content-type"] == "application/json"
    assert sign_in.document == {
        "TenancyName": "host",
        "UsernameOrEmailAddress": "admin",
        "Password": "pass-word-1",
    }
    assert "authorization" not in sign_in.headers
    assert call.headers["authorization"] == "Bearer t-1"


def test_the_password_flow_sends_exactly_its_form(server: ScriptedServer) -> None:
    server.replies(signed(PASSWORD, "t-1"), document({}))
    read(token_source(server.url, PASSWORD))
    sign_in, call = server.requests
    assert (sign_in.method, sign_in.target) == ("POST", "/identity_/connect/token")
    assert sign_in.headers["content-type"] == "application/x-www-form-urlencoded"
    assert form(sign_in) == {
        "grant_type": ["password"],
        "client_id": ["client"],
        "client_secret": ["secret-12"],
        "username": ["admin"],
        "password": ["pass-word-1"],
        "acr_values": ["tenant:Host"],
    }
    assert call.headers["authorization"] == "Bearer t-1"


def test_the_client_credentials_flow_sends_exactly_its_form(server: ScriptedServer) -> None:
    server.replies(signed(CLIENT, "t-1"), document({}))
    read(token_source(server.url, CLIENT))
    assert server.requests[0].target == "/identity_/connect/token"
    assert form(server.requests[0]) == {
        "grant_type": ["client_credentials"],
        "client_id": ["client"],
        "client_secret": ["secret-12"],
        "scope": ["PM.License PM.License.Read PM.License.Write"],
    }


def test_a_tenancy_and_a_scope_are_sent_as_given(server: ScriptedServer) -> None:
    sign_in = SignIn(**{**_options(PASSWORD), "tenancy_name": "acme", "scope": "A B"})
    server.replies(signed(PASSWORD, "t-1"), document({}))
    read(token_source(server.url, sign_in))
    sent = form(server.requests[0])
    assert (sent["acr_values"], sent["scope"]) == (["tenant:acme"], ["A B"])


def test_the_account_flow_sends_the_tenancy(server: ScriptedServer) -> None:
    sign_in = SignIn(username="admin", password="pass-word-1", tenancy_name="acme")
    server.replies(signed(ACCOUNT, "t-1"), document({}))
    read(token_source(server.url, sign_in))
    assert server.requests[0].document["TenancyName"] == "acme"


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("path", ["/org/tenant/api/account/authenticate", "/identity/connect/token"])
def test_the_path_of_another_version_is_used(server: ScriptedServer, flow: str, path: str) -> None:
    sign_in = SignIn(**{**_options(FLOWS[flow]), "sign_in_path": path})
    server.replies(signed(sign_in, "t-1"), document({}))
    assert read(token_source(server.url, sign_in)).ok
    assert server.requests[0].target == path


def test_a_path_without_its_slash_is_not_glued_to_the_host(server: ScriptedServer) -> None:
    sign_in = SignIn(username="admin", password="pass-word-1", sign_in_path="api/account/authenticate")
    server.replies(signed(ACCOUNT, "t-1"), document({}))
    assert read(token_source(server.url, sign_in)).ok
    assert server.requests[0].target == "/api/account/authenticate"


def test_a_given_token_needs_no_sign_in(server: ScriptedServer) -> None:
    server.replies(document({}))
    assert read(token_source(server.url, SignIn(access_token="given-one", username="unused"))).ok
    assert server.methods == ["GET"]
    assert server.requests[0].headers["authorization"] == "Bearer given-one"


@pytest.mark.parametrize("flow", FLOWS)
def test_awkward_characters_arrive_unchanged(server: ScriptedServer, flow: str) -> None:
    secret = 'p&=+%ä "ß\\🙂'
    options = {name: secret for name in ("password", "client_secret") if getattr(FLOWS[flow], name)}
    sign_in = SignIn(**{**_options(FLOWS[flow]), **options})
    server.replies(signed(sign_in, "t-1"), document({}))
    read(token_source(server.url, sign_in))
    sent = server.requests[0]
    told = [sent.document["Password"]] if flow == "account" else [form(sent)[name][0] for name in options]
    assert told == [secret] * len(told)


# Which flow


@pytest.mark.parametrize(
    ("given", "flow"),
    [
        ({"username": "u", "password": "p"}, "account"),
        ({"username": "u", "password": "p", "client_id": "c", "client_secret": "s"}, "password"),
        ({"client_id": "c", "client_secret": "s"}, "client_credentials"),
        ({"username": "u", "password": "p", "client_id": "c", "client_secret": "s", "auth_flow": "account"}, "account"),
        ({"access_token": "t"}, None),
        ({"access_token": "t", "username": "u", "password": "p"}, None),
        ({"access_token": "t", "username": "u", "password": "p", "auth_flow": "account"}, "account"),
        ({"access_token": "", "username": "u", "password": "p"}, "account"),
        ({"client_id": "", "username": "u", "password": "p"}, "account"),
        ({"auth_flow": "", "username": "u", "password": "p"}, "account"),
    ],
)
def test_the_flow_follows_from_what_is_given(given: dict[str, str], flow: str | None) -> None:
    assert SignIn(**given).flow() == flow


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, {"username", "password"}),
        ({"username": "u"}, {"password"}),
        ({"username": "u", "password": ""}, {"password"}),
        ({"password": "p"}, {"username"}),
        ({"client_id": "c"}, {"client_secret"}),
        ({"client_id": "c", "username": "u"}, {"client_secret", "password"}),
        ({"auth_flow": "password", "username": "u"}, {"client_id", "client_secret", "password"}),
        ({"auth_flow": "password"}, {"client_id", "client_secret", "username", "password"}),
        ({"auth_flow": "client_credentials", "access_token": "t"}, {"client_id", "client_secret"}),
    ],
)
def test_each_missing_option_is_named_with_its_variable(
    server: ScriptedServer, given: dict[str, str], missing: set[str]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        token_source(server.url, SignIn(**given))
    options = ("username", "password", "client_id", "client_secret")
    named = {
        name for name in options if f"{name} (or the environment variable UIPATH_{name.upper()})" in str(caught.value)
    }
    assert named == missing
    assert server.requests == []


# When


def test_nothing_is_called_before_the_first_read(server: ScriptedServer) -> None:
    tokens = token_source(server.url, ACCOUNT)
    assert server.connections == 0
    server.replies(signed(ACCOUNT, "t-1"))
    assert tokens.token() == "t-1"
    assert tokens.token() == "t-1"
    assert len(server.requests) == 1
    assert tokens.http.counts.as_result() == {"reads": 0, "writes": 0, "sign_ins": 1, "retries": 0}


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_aged_token_is_renewed_and_the_call_made_again(server: ScriptedServer, flow: str, method: str) -> None:
    sign_in = FLOWS[flow]
    server.replies(signed(sign_in, "t-1"), document({}), status(401), signed(sign_in, "t-2"), document({"now": True}))
    tokens = token_source(server.url, sign_in)
    read(tokens)
    purpose = Purpose.READ if method == "GET" else Purpose.WRITE
    assert tokens.call(method, "/y", purpose=purpose, json_body={"a": 1}).document() == {"now": True}
    assert [request.headers.get("authorization") for request in server.requests] == [
        *(None, "Bearer t-1", "Bearer t-1", None, "Bearer t-2")
    ]
    assert server.requests[4].document == {"a": 1}


class AgeingServer:
    """Refuses each token after so many calls."""

    def __init__(self, calls_per_token: int) -> None:
        self.calls_per_token = calls_per_token
        self.used: Counter[str] = Counter()
        self.sign_ins = 0
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Reply:
        with self._lock:
            if request.method == "POST":
                self.sign_ins += 1
                return document({"result": f"token-{self.sign_ins}", **ACCOUNT_ANSWER})
            token = request.headers["authorization"].removeprefix("Bearer ")
            if self.used[token] >= self.calls_per_token:
                return status(401)
            self.used[token] += 1
            return document({})


@pytest.mark.parametrize("calls_per_token", [1, 2, 3, 7, 50])
def test_a_token_is_renewed_as_often_as_it_ages_and_once_for_all_workers(
    server: ScriptedServer, calls_per_token: int
) -> None:
    ageing = server.answer = AgeingServer(calls_per_token)
    tokens = token_source(server.url, ACCOUNT, connections=8)
    calls = 120
    with ThreadPoolExecutor(8) as workers:
        answers = list(workers.map(lambda _n: read(tokens).status, range(calls)))
    assert answers == [200] * calls
    assert ageing.sign_ins == math.ceil(calls / calls_per_token)


def test_the_first_call_of_many_workers_signs_in_once(server: ScriptedServer) -> None:
    ageing = server.answer = AgeingServer(1000)
    tokens = token_source(server.url, ACCOUNT, connections=8)
    barrier = threading.Barrier(8)

    def call(_n: int) -> int:
        barrier.wait(5)
        return int(read(tokens).status)

    with ThreadPoolExecutor(8) as workers:
        assert list(workers.map(call, range(8))) == [200] * 8
    assert ageing.sign_ins == 1


def test_a_slow_refusal_of_an_old_token_does_not_discard_the_new_one(server: ScriptedServer) -> None:
    both_sent = threading.Barrier(2)
    sign_ins = []

    def answer(request: Request) -> Reply:
        if request.method == "POST":
            sign_ins.append(1)
            return signed(ACCOUNT, f"t-{len(sign_ins)}")
        if request.headers["authorization"] == "Bearer t-1":
            both_sent.wait(5)
            return Reply(401, delay=0.2 if request.path == "/slow" else 0)
        return document({})

    server.answer = answer
    tokens = token_source(server.url, ACCOUNT, connections=2)
    with ThreadPoolExecutor(2) as workers:
        done = workers.map(lambda path: tokens.call("GET", path, purpose=Purpose.READ).status, ["/slow", "/fast"])
        assert list(done) == [200, 200]
    assert len(sign_ins) == 2


def test_a_token_that_was_never_good_is_not_renewed_for_ever(server: ScriptedServer) -> None:
    def answer(request: Request) -> Reply:
        return signed(ACCOUNT, "token-0123") if request.method == "POST" else status(401)

    server.answer = answer
    with pytest.raises(ApiError) as caught:
        read(token_source(server.url, ACCOUNT))
    assert caught.value.kind is Kind.AUTHENTICATION
    assert "refuses the token" in caught.value.message
    assert server.methods == ["POST", "GET", "POST", "GET"]


def storm(server: ScriptedServer, tokens: TokenSource, workers: int = 16) -> list[LicensingError]:
    """What workers that all call at the same moment, and then once more, are told; each of them must fail."""
    barrier = threading.Barrier(workers)

    def call(_number: int) -> list[LicensingError]:
        told = []
        barrier.wait(5)
        for _again in range(2):
            with pytest.raises(LicensingError) as caught:
                read(tokens)
            told.append(caught.value)
        return told

    with ThreadPoolExecutor(workers) as pool:
        return [error for errors in pool.map(call, range(workers)) for error in errors]


def sign_ins(server: ScriptedServer) -> int:
    return server.methods.count("POST")


@pytest.mark.parametrize("flow", FLOWS)
def test_workers_whose_tokens_are_all_refused_sign_in_twice_altogether(server: ScriptedServer, flow: str) -> None:
    def answer(request: Request) -> Reply:
        return signed(FLOWS[flow], f"token-{sign_ins(server)}") if request.method == "POST" else status(401)

    server.answer = answer
    told = storm(server, token_source(server.url, FLOWS[flow], connections=16))
    assert sign_ins(server) == 2
    assert {error.kind for error in told} == {Kind.AUTHENTICATION}
    assert all("refuses the token" in error.message for error in told)


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(
    "refusal", [document({"error": "invalid_grant", "error_description": "Wrong"}, 400), status(401)]
)
def test_a_wrong_password_is_tried_once_for_all_workers(server: ScriptedServer, flow: str, refusal: Reply) -> None:
    server.answer = lambda _request: refusal
    told = storm(server, token_source(server.url, FLOWS[flow], connections=16))
    assert server.methods == ["POST"]
    assert {error.message for error in told} == {told[0].message}
    assert len({id(error) for error in told}) == len(told)  # each its own: a traceback grows where one is raised


def test_a_password_that_is_refused_when_a_token_aged_is_not_tried_again(server: ScriptedServer) -> None:
    server.replies(signed(ACCOUNT, "t-1"), document({}), *[status(401)] * 40)
    tokens = token_source(server.url, ACCOUNT, connections=16)
    read(tokens)
    storm(server, tokens)
    assert sign_ins(server) == 2


def test_a_sign_in_that_keeps_failing_is_given_up(server: ScriptedServer) -> None:
    server.answer = lambda _request: status(500)
    assert {error.kind for error in storm(server, token_source(server.url, ACCOUNT, connections=16))} == {Kind.SERVER}
    assert sign_ins(server) == 3


def test_one_call_that_is_always_refused_leaves_the_others_their_token(server: ScriptedServer) -> None:
    """So that a rollback can be made after it."""

    def answer(request: Request) -> Reply:
        if request.method == "POST":
            return signed(ACCOUNT, f"token-{sign_ins(server)}")
        return status(401) if request.path == "/forbidden" else document({})

    server.answer = answer
    tokens = token_source(server.url, ACCOUNT)
    for _number in range(5):
        assert read(tokens).ok
        with pytest.raises(ApiError):
            tokens.call("PUT", "/forbidden", purpose=Purpose.WRITE)
    assert read(tokens).ok
    assert sign_ins(server) == 2


def test_long_after_a_renewal_in_vain_a_token_is_renewed_again(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(uipath_auth, "time", clock)
    server.replies(signed(ACCOUNT, "t-1"), status(401), signed(ACCOUNT, "t-2"), status(401))
    tokens = token_source(server.url, ACCOUNT)
    with pytest.raises(ApiError):
        read(tokens)
    clock.sleep(1800)
    server.replies(status(401), signed(ACCOUNT, "t-3"), document({}))
    assert read(tokens).ok


# Secrets as they are sent


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", "\n{}\n\n", "{}"])
def test_a_line_break_around_a_secret_is_neither_sent_nor_shown(server: ScriptedServer, flow: str, around: str) -> None:
    given = _options(FLOWS[flow])
    for name in ("password", "client_secret"):
        given[name] = given[name] and around.format(given[name])
    told = json.dumps(given)

    server.answer = lambda request: document({"message": f"you sent {request.body.decode()} and {told}"}, 400)
    tokens = token_source(server.url, SignIn(**given))
    with pytest.raises(ApiError) as caught:
        tokens.token()
    sent = server.requests[0].body.decode()
    assert "%0A" not in sent
    assert "\\n" not in sent
    assert "pass-word-1" not in str(caught.value.as_result())
    assert "secret-12" not in str(caught.value.as_result())


def test_blanks_belong_to_a_password_and_to_no_other_secret(server: ScriptedServer) -> None:
    server.replies(signed(PASSWORD, "t-1"))
    given = {
        **_options(PASSWORD),
        "password": " pass word \n",
        "client_secret": " secret-12 \n",
        "client_id": "client\n",
    }
    tokens = token_source(server.url, SignIn(**given))
    tokens.token()
    sent = form(server.requests[0])
    assert (sent["password"], sent["client_secret"], sent["client_id"]) == ([" pass word "], ["secret-12"], ["client"])
    assert tokens.http.redactor.text("a;pass word;b secret-12 c") == "a;********;b ******** c"


@pytest.mark.parametrize("name", ["password", "client_secret", "access_token", "username", "client_id", "scope"])
def test_half_a_character_is_refused_with_the_name_of_its_option(server: ScriptedServer, name: str) -> None:
    given = {**_options(PASSWORD), name: "secret-\udcff-12"}
    with pytest.raises(InvalidInput, match=name) as caught:
        token_source(server.url, SignIn(**given))
    assert "secret-" not in caught.value.message or name not in ("password", "client_secret", "access_token")
    caught.value.message.encode()


@pytest.mark.parametrize("name", ["client_secret", "access_token"])
@pytest.mark.parametrize("inside", ["\n", "\r\n", "\0", "\u2028", "\x1b"])
def test_a_secret_with_a_line_break_inside_is_refused_without_it(
    server: ScriptedServer, name: str, inside: str
) -> None:
    with pytest.raises(InvalidInput, match=f"{name} has a line break") as caught:
        token_source(server.url, SignIn(**{**_options(PASSWORD), name: f"one-half{inside}other-half"}))
    assert "half" not in caught.value.message


@pytest.mark.parametrize("option", ["api_key", "access_token"])
def test_the_same_holds_for_yext(server: ScriptedServer, option: str) -> None:
    def account(value: str) -> YextAccount:
        return YextAccount(api_key=value) if option == "api_key" else YextAccount(access_token=value)

    server.answer = lambda request: document({"echo": request.query}, 400)
    api = yext(server.url, account(" key-0123456789\n"))
    with pytest.raises(LicensingError) as caught:
        api.license_packs()
    assert server.requests[0].query[option] == "key-0123456789"
    assert "key-0123456789" not in str(caught.value.as_result())
    with pytest.raises(InvalidInput, match=option):
        yext(server.url, account("key\n0123"))
    with pytest.raises(InvalidInput, match="incomplete"):
        yext(server.url, account(" \n"))


def test_a_given_token_that_is_refused_is_told_at_once(server: ScriptedServer) -> None:
    server.replies(status(401))
    with pytest.raises(ApiError) as caught:
        read(token_source(server.url))
    failure = caught.value.as_result()
    assert (failure["kind"], failure["status"]) == ("authentication", 401)
    assert "expired" in failure["hint"]
    assert len(server.requests) == 1


def test_no_403_renews_the_token(server: ScriptedServer) -> None:
    server.replies(signed(ACCOUNT, "t-1"), status(403))
    assert read(token_source(server.url, ACCOUNT)).status == 403
    assert server.methods == ["POST", "GET"]


# Refusals


def oauth_error(error: str, **more: str) -> Any:
    return {"error": error, **more}


REFUSALS: list[tuple[str, Reply, str]] = [
    ("account", document({"result": None, "success": False, "error": {"message": "Invalid login"}}), "Invalid login"),
    (
        "account",
        document({"success": False, "error": {"message": None, "details": "Locked out"}, "__abp": True}, 500 - 99),
        "Locked out",
    ),
    ("account", document({"message": "Bad credentials", "errorCode": 1}, 400), "Bad credentials"),
    ("account", document({"error": None, "result": None, "success": False}), ""),
    ("account", status(401), ""),
    ("account", page(code=401), ""),
    ("account", document("Wrong", 401), ""),
    ("account", document([], 403), ""),
    ("account", document({"result": "", "success": True}), ""),
    ("account", document({"result": {"token": "x"}, "success": True}), ""),
    ("password", document(oauth_error("invalid_grant", error_description="No such user"), 400), "No such user"),
    ("password", document(oauth_error("invalid_grant"), 400), "invalid_grant"),
    ("password", document(oauth_error("invalid_client"), 401), "invalid_client"),
    ("password", status(401), ""),
    ("client_credentials", document(oauth_error("invalid_client"), 400), "invalid_client"),
    ("client_credentials", document(oauth_error("invalid_scope"), 400), "invalid_scope"),
    ("client_credentials", status(403), ""),
    ("client_credentials", document({"token_type": "Bearer"}), ""),
]


@pytest.mark.parametrize(("flow", "reply", "said"), REFUSALS)
def test_a_refused_sign_in_is_a_failure_of_authentication(
    server: ScriptedServer, flow: str, reply: Reply, said: str
) -> None:
    server.replies(reply)
    with pytest.raises(ApiError) as caught:
        read(token_source(server.url, FLOWS[flow]))
    failure = caught.value.as_result()
    assert failure["kind"] == "authentication"
    assert "refuses the sign-in" in failure["message"]
    assert said in failure["message"]
    assert "pass-word-1" not in json.dumps(failure)
    assert len(server.requests) == 1


def test_the_code_of_an_oauth_refusal_is_told(server: ScriptedServer) -> None:
    server.replies(document({"error": "invalid_client"}, 401))
    with pytest.raises(ApiError) as caught:
        read(token_source(server.url, CLIENT))
    assert caught.value.facts["code"] == "invalid_client"


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("code", [404, 405])
def test_a_sign_in_path_that_is_not_there_is_told(server: ScriptedServer, flow: str, code: int) -> None:
    server.replies(page(code=code))
    with pytest.raises(ApiError) as caught:
        read(token_source(server.url, FLOWS[flow]))
    failure = caught.value.as_result()
    assert "no sign-in at this address" in failure["message"]
    assert "sign_in_path" in failure["hint"]
    assert failure["status"] == code
    assert failure["kind"] != "authentication"


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(("code", "kind"), [(500, "server"), (502, "server"), (503, "server"), (504, "timeout")])
def test_a_sign_in_that_the_server_fails_at_is_no_refusal(
    server: ScriptedServer, flow: str, code: int, kind: str
) -> None:
    server.replies(status(code))
    with pytest.raises(ApiError) as caught:
        read(token_source(server.url, FLOWS[flow]))
    assert caught.value.as_result()["kind"] == kind


def test_a_sign_in_waits_for_a_limit(server: ScriptedServer) -> None:
    server.replies(status(429, Retry_After="2"), signed(ACCOUNT, "t-1"))
    assert token_source(server.url, ACCOUNT).token() == "t-1"


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(
    "reply", [page(), document([1]), document("token"), Reply(200, b'{"result": "cu'), status(204)]
)
def test_a_sign_in_page_is_a_failure_of_the_protocol(server: ScriptedServer, flow: str, reply: Reply) -> None:
    server.replies(reply)
    with pytest.raises(ApiError) as caught:
        read(token_source(server.url, FLOWS[flow]))
    assert caught.value.kind is Kind.PROTOCOL


def test_a_redirect_of_the_sign_in_is_told(server: ScriptedServer) -> None:
    server.replies(status(302, Location="/portal_/login"))
    with pytest.raises(ApiError) as caught:
        read(token_source(server.url, ACCOUNT))
    assert caught.value.kind is Kind.REDIRECTED


def test_a_failed_sign_in_is_tried_again_by_the_next_call(server: ScriptedServer) -> None:
    server.replies(status(500), signed(ACCOUNT, "t-1"), document({}))
    tokens = token_source(server.url, ACCOUNT)
    with pytest.raises(LicensingError):
        read(tokens)
    assert read(tokens).ok


def test_the_token_is_kept_out_of_texts_as_soon_as_it_is_known(server: ScriptedServer) -> None:
    server.replies(signed(ACCOUNT, "fresh-token-77"))
    http = http_client(server.url)
    tokens = TokenSource(http, ACCOUNT)
    tokens.token()
    assert http.redactor.text("a fresh-token-77 b pass-word-1") == "a ******** b ********"


def _options(sign_in: SignIn) -> dict[str, Any]:
    return {name: getattr(sign_in, name) for name in SignIn.__dataclass_fields__}
