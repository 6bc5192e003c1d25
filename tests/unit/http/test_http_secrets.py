# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret, in no spelling, in anything that a failure tells or a library logs."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._http.redaction import MASK, Redactor
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.api import LicenseResourceManager
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.auth import SignIn
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.api import YextAccount
from ansible_collections.tenantops.licensing.tests.unit.support.clients import token_source, yext
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    LOST,
    Reply,
    Request,
    ScriptedServer,
    unused_port,
)

# Characters that URLs, JSON and base64 spell differently, but that a header can carry.
TOKEN = 'To"k&en/+=%\\ 1 <end>'
PASSWORD = 'Pä"ss wörd/+&=%\\ß'
API_KEY = 'Ke"y&/+=% ü\\1 <end>'
FRESH = 'Fre"sh&/+=% \\token'


def spellings(secret: str) -> set[str]:
    """Every way in which a URL, a header or a body may write it."""
    return {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        quote(secret, safe="").lower() if "%" in quote(secret, safe="") else secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        base64.b64encode(secret.encode()).decode(),
    }


def echo(secret: str) -> str:
    return " | ".join(sorted(spellings(secret)))


class Records(logging.Handler):
    """Everything that the HTTP libraries log, down to the last detail."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """What is logged at the level that a default configuration shows."""
    handler = Records()
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler.lines
    root.removeHandler(handler)


def echoing(code: int, body: Callable[[str], bytes]) -> Callable[[str], Reply]:
    def reply(secret: str) -> Reply:
        headers = {
            "X-Request-Id": quote(secret),
            "Location": f"https://elsewhere.example.com/?return={quote(secret, safe='')}",
        }
        return Reply(code, body(echo(secret)), headers)

    return reply


def message(text: str) -> bytes:
    return json.dumps({"message": text, "error": text}).encode()


def envelope(text: str) -> bytes:
    error = {"name": text, "code": text, "type": "FATAL_ERROR", "message": text}
    return json.dumps({"meta": {"uuid": text, "errors": [error]}, "response": {}}, ensure_ascii=False).encode()


def plain(text: str) -> bytes:
    return f"<html>{text}</html>".encode()


def unknown_shape(text: str) -> bytes:
    return json.dumps({"surprise": text}).encode()


ANSWERS: dict[str, Callable[[str], Reply]] = {
    **{
        f"{code}-{body.__name__}": echoing(code, body)
        for code in (301, 400, 401, 403, 404, 405, 409, 410, 429, 500, 503, 504)
        for body in (message, envelope, plain, unknown_shape)
    },
    **{f"200-{body.__name__}": echoing(200, body) for body in (envelope, plain)},
    "lost": lambda _secret: LOST,
    "late": lambda _secret: Reply(delay=2),
    "cut": lambda secret: Reply(200, message(secret), cut=5),
    "garbled": lambda secret: Reply(200, message(secret), {"Content-Encoding": "gzip"}),
}


def assert_silent(secret: str, error: LicensingError, *others: str) -> None:
    told = [error.message, str(error), repr(error), json.dumps(error.facts, ensure_ascii=False), str(error.facts)]
    for text in [*told, *others]:
        for spelling in spellings(secret):
            assert spelling not in text


@pytest.fixture
def small(server: ScriptedServer) -> dict[str, Any]:
    """A transport that gives up soon."""
    return {"timeout": 0.1, "max_retries": 1}


@pytest.mark.parametrize("name", ANSWERS)
def test_no_failure_of_yext_shows_the_key(
    server: ScriptedServer, small: dict[str, Any], logged: list[str], capfd: pytest.CaptureFixture[str], name: str
) -> None:
    server.answer = lambda _request: ANSWERS[name](API_KEY)
    operations: list[Callable[[Any], Any]] = [
        lambda api: api.license_packs(),
        lambda api: api.assignments("p"),
        lambda api: api.assign("p", "e"),
        lambda api: api.set_expiration("p", "e", None),
        lambda api: api.remove("p", "e"),
    ]
    for operation in operations if name != "late" else operations[::2]:
        api = yext(server.url, YextAccount(api_key=API_KEY), **small)
        with pytest.raises(LicensingError) as caught:
            operation(api)
        assert_silent(API_KEY, caught.value, *api.warnings, *logged)
    assert_silent(API_KEY, caught.value, *capfd.readouterr())
    assert any(API_KEY in request.query.get("api_key", "") for request in server.requests)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("fresh", [False, True])
def test_no_failure_of_uipath_shows_the_token(
    server: ScriptedServer,
    small: dict[str, Any],
    logged: list[str],
    capfd: pytest.CaptureFixture[str],
    name: str,
    fresh: bool,
) -> None:
    token = FRESH if fresh else TOKEN

    def answer(request: Request) -> Reply:
        if request.method == "POST":
            return Reply(200, json.dumps({"result": FRESH}).encode())
        return ANSWERS[name](token)

    server.answer = answer
    sign_in = SignIn(username="admin", password=PASSWORD) if fresh else SignIn(access_token=TOKEN)
    operations: list[Callable[[LicenseResourceManager], Any]] = [
        lambda api: api.host_pool(),
        lambda api: api.service_licenses("o"),
        lambda api: api.allocate_organization("o", {"A": 1}),
        lambda api: api.remove_service("o", "t", "s"),
    ]
    failed = 0
    for operation in operations if name != "late" else operations[::2]:
        api = LicenseResourceManager(token_source(server.url, sign_in, **small))
        try:
            operation(api)
        except LicensingError as error:
            failed += 1
            for secret in (token, PASSWORD):
                assert_silent(secret, error, *logged)
    assert failed or name == "200-envelope"
    captured = capfd.readouterr()
    assert not any(spelling in captured.err + captured.out for spelling in spellings(token))


SIGN_INS = {
    "account": SignIn(username="admin", password=PASSWORD),
    "password": SignIn(username="admin", password=PASSWORD, client_id="c", client_secret=FRESH),
    "client_credentials": SignIn(client_id="c", client_secret=PASSWORD),
}


@pytest.mark.parametrize("flow", SIGN_INS)
@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "200-envelope"])
def test_no_failure_of_a_sign_in_shows_the_password(
    server: ScriptedServer, small: dict[str, Any], logged: list[str], flow: str, name: str
) -> None:
    server.answer = lambda _request: ANSWERS[name](PASSWORD)
    with pytest.raises(LicensingError) as caught:
        token_source(server.url, SIGN_INS[flow], **small).token()
    assert_silent(PASSWORD, caught.value, *logged)


def test_no_failure_to_connect_shows_the_key(logged: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LicensingError) as caught:
        yext(f"http://127.0.0.1:{unused_port()}", YextAccount(api_key=API_KEY), max_retries=2).license_packs()
    assert_silent(API_KEY, caught.value, *logged, *capfd.readouterr())


def test_no_warning_shows_the_key(server: ScriptedServer) -> None:
    warning = {"name": "N", "code": 1, "type": "WARNING", "message": echo(API_KEY)}
    server.replies(Reply(200, json.dumps({"meta": {"errors": [warning]}, "response": {"licensePacks": []}}).encode()))
    api = yext(server.url, YextAccount(api_key=API_KEY))
    api.license_packs()
    assert MASK in api.warnings[0]
    assert not any(spelling in api.warnings[0] for spelling in spellings(API_KEY))


@pytest.mark.parametrize("before", range(270, 301, 3))
def test_a_secret_that_an_excerpt_cuts_is_not_shown_in_part(server: ScriptedServer, before: int) -> None:
    key = "0123456789abcdef0123456789abcdef"
    server.replies(Reply(400, b"x" * before + key.encode() + b"y" * 100))
    with pytest.raises(LicensingError) as caught:
        yext(server.url, YextAccount(api_key=key)).assign("p", "e")
    assert key[:6] not in caught.value.message


def test_a_secret_with_several_blanks_is_not_shown_by_an_excerpt_that_joins_them(server: ScriptedServer) -> None:
    server.replies(Reply(400, b"you sent: key  with   blanks"))
    with pytest.raises(LicensingError) as caught:
        yext(server.url, YextAccount(api_key="key  with   blanks")).assign("p", "e")
    assert "with" not in caught.value.message.partition("you sent")[2]


# The redactor itself


@pytest.mark.parametrize("secret", ["plain-secret", PASSWORD, TOKEN, "ÄÖÜ", "a\nb\tc", '"', "\\", "🙂/🙂"])
def test_every_spelling_of_a_secret_is_masked(secret: str) -> None:
    redactor = Redactor()
    redactor.add(secret)
    for spelling in spellings(secret):
        assert redactor.text(f"<{spelling}>") == f"<{MASK}>"


def test_nothing_is_masked_without_a_secret() -> None:
    redactor = Redactor()
    redactor.add(None, "")
    assert redactor.text("a text") == "a text"


def test_a_secret_within_another_leaves_no_rest() -> None:
    redactor = Redactor()
    redactor.add("secret")
    redactor.add("secret-and-more")
    assert redactor.text("secret-and-more secret") == f"{MASK} {MASK}"


def test_structures_are_masked_throughout() -> None:
    redactor = Redactor()
    redactor.add("secret")
    value = {"a": ["x secret", {"b": "secret"}, 1, None, True], "c": 2.5}
    assert redactor.value(value) == {"a": [f"x {MASK}", {"b": MASK}, 1, None, True], "c": 2.5}
