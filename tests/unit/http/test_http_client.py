# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one client on the wire: what it sends, what it does not let requests do, and what it makes of answers."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    InvalidInput,
    Kind,
    LicensingError,
    OutcomeUnknown,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._http.addresses import checked_base_url, path_of
from ansible_collections.tenantops.licensing.plugins.module_utils._http.redaction import Redactor
from ansible_collections.tenantops.licensing.plugins.module_utils._http.response import (
    EXCERPT_LENGTH,
    Purpose,
    Response,
)
from ansible_collections.tenantops.licensing.tests.unit.support.clients import (
    http_client,
    subprocess_environment,
    token_source,
)
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    Reply,
    Request,
    ScriptedServer,
    document,
    page,
    serving,
    status,
    unused_port,
)

AWKWARD = "a/b#c?d%e f+ü&=ß"
ESCAPED = "a%2Fb%23c%3Fd%25e%20f%2B%C3%BC%26%3D%C3%9F"


def answer_of(code: int = 200, body: bytes = b"", purpose: Purpose = Purpose.READ) -> Response:
    return Response(Redactor(), purpose, "GET", "http://x/y", code, {}, body)


# What is sent


def test_path_query_headers_and_body_arrive_as_given(server: ScriptedServer) -> None:
    server.replies(document({}))
    http_client(server.url + "/base/").call(
        "PUT",
        path_of("one", AWKWARD),
        purpose=Purpose.WRITE,
        params={"v": "20250101", "key": AWKWARD},
        headers={"Authorization": "Bearer t"},
        json_body={"name": "ü", "n": None},
    )
    (request,) = server.requests
    assert (request.method, request.path) == ("PUT", f"/base/one/{ESCAPED}")
    assert request.query == {"v": "20250101", "key": AWKWARD}
    assert request.headers["authorization"] == "Bearer t"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept"] == "application/json"
    assert request.document == {"name": "ü", "n": None}


def test_a_call_without_a_body_says_nothing_of_its_type(server: ScriptedServer) -> None:
    server.replies(document({}))
    http_client(server.url).call("DELETE", "/x", purpose=Purpose.WRITE)
    (request,) = server.requests
    assert request.body == b""
    assert "content-type" not in request.headers


def test_a_form_is_sent_as_one(server: ScriptedServer) -> None:
    server.replies(document({}))
    http_client(server.url).call("POST", "/x", purpose=Purpose.SIGN_IN, form={"password": "ä&b", "a": "1"})
    (request,) = server.requests
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.body == b"password=%C3%A4%26b&a=1"


@pytest.mark.parametrize("segment", ["ä ö", "%2F", "100%", "a//b", "?", "#frag", "x;y", "ünï/🙂"])
def test_a_segment_of_a_path_survives_the_way(server: ScriptedServer, segment: str) -> None:
    from urllib.parse import unquote  # noqa: PLC0415 - the other side's view

    server.replies(status(200))
    http_client(server.url).call("GET", path_of("a", segment, "z"), purpose=Purpose.READ)
    parts = server.requests[0].target.split("/")
    assert len(parts) == 4
    assert unquote(parts[2]) == segment


def test_many_calls_share_one_connection(server: ScriptedServer) -> None:
    server.answer = lambda request: document({"n": 1}) if request.method == "GET" else status(204)
    client = http_client(server.url)
    for dummy in range(20):
        client.call("GET", "/x", purpose=Purpose.READ)
        client.call("DELETE", "/x", purpose=Purpose.WRITE)
    assert len(server.requests) == 40
    assert server.connections == 1


def test_many_workers_share_as_many_connections(server: ScriptedServer) -> None:
    server.answer = lambda _request: Reply(200, b"{}", delay=0.005)
    client = http_client(server.url, connections=4)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _n: client.call("GET", "/x", purpose=Purpose.READ), range(40)))
    assert len(server.requests) == 40
    assert server.connections <= 4
    assert client.counts.reads == 40


def test_a_cookie_is_not_kept(server: ScriptedServer) -> None:
    server.answer = lambda _request: status(200, Set_Cookie="session=abc; Path=/")
    client = http_client(server.url)
    for dummy in range(2):
        client.call("GET", "/x", purpose=Purpose.READ)
    assert ["cookie" in request.headers for request in server.requests] == [False, False]


# What requests would do by itself


@pytest.mark.parametrize("variable", [None, "NETRC"])
def test_netrc_does_not_replace_the_token(
    server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str | None
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1\nlogin thief\npassword stolen\n")
    netrc.chmod(0o600)
    if variable:
        monkeypatch.setenv(variable, str(netrc))
    server.answer = lambda _request: document({})
    token_source(server.url).call("GET", "/x", purpose=Purpose.READ)
    http_client(server.url).call("POST", "/sign-in", purpose=Purpose.SIGN_IN, json_body={})
    assert server.requests[0].headers["authorization"] == "Bearer given-token-0123456789"
    assert "authorization" not in server.requests[1].headers


@pytest.mark.parametrize("code", [300, 301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_a_redirect_is_not_followed(server: ScriptedServer, code: int, method: str) -> None:
    server.replies(status(code, Location=f"{server.url}/elsewhere"), document({}))
    purpose = Purpose.READ if method == "GET" else Purpose.WRITE
    with pytest.raises(LicensingError) as caught:
        http_client(server.url).call(method, "/x", purpose=purpose)
    assert isinstance(caught.value, ApiError if method == "GET" else OutcomeUnknown)  # whoever redirects may have acted
    failure = caught.value.as_result()
    assert (failure["kind"], failure["status"], failure["method"]) == ("redirected", code, method)
    assert "/elsewhere" in failure["message"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("location", ["", "http://[oops", "http://", "/relative", "javascript:x", "http://a:b:c/"])
def test_a_redirect_to_nowhere_is_still_a_redirect(server: ScriptedServer, location: str) -> None:
    server.replies(status(302, Location=location))
    with pytest.raises(ApiError) as caught:
        http_client(server.url).call("GET", "/x", purpose=Purpose.READ)
    assert caught.value.kind is Kind.REDIRECTED


def test_a_proxy_of_the_environment_is_used(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    server.replies(document({"by": "proxy"}))
    answer = http_client("http://licences.invalid/api", allow_plain_http=True).call("GET", "/x", purpose=Purpose.READ)
    assert answer.document() == {"by": "proxy"}
    assert server.requests[0].target == "http://licences.invalid/api/x"


def test_no_proxy_is_honoured(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_port()}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.replies(document({}))
    assert http_client(server.url, max_retries=0).call("GET", "/x", purpose=Purpose.READ).ok


@pytest.mark.parametrize(("method", "purpose"), [("GET", Purpose.READ), ("PUT", Purpose.WRITE)])
def test_a_proxy_that_refuses_the_tunnel_is_a_connection_failure(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, method: str, purpose: Purpose
) -> None:
    monkeypatch.setenv("https_proxy", server.url)
    server.answer = lambda _request: status(403)
    with pytest.raises(ApiError) as caught:
        http_client("https://licences.invalid", max_retries=0).call(method, "/x", purpose=purpose)
    assert caught.value.kind is Kind.CONNECTION
    assert [request.method for request in server.requests] == ["CONNECT"]


# Addresses


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://suite.example.com", "https://suite.example.com"),
        (" https://suite.example.com:8443/base// ", "https://suite.example.com:8443/base"),
        ("http://[::1]:80/", "http://[::1]:80"),
    ],
)
def test_a_base_url_is_taken_without_its_last_slash(given: str, used: str) -> None:
    assert checked_base_url(given) == used


@pytest.mark.parametrize(
    "url",
    [
        "",
        "suite.example.com",
        "ftp://suite.example.com",
        "https://",
        "https:///path",
        "https://user@suite.example.com",
        "https://suite.example.com?a=b",
        "https://suite.example.com#there",
        "http://[::1",
        "https://suite.example.com:port",
        "https://:secret@suite.example.com",
    ],
)
def test_what_is_no_base_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="base URL"):
        checked_base_url(url)


def test_a_host_name_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(InvalidInput, match="No call can be made to"):
        http_client("http://.example.com").call("PUT", "/x", purpose=Purpose.WRITE)


@pytest.mark.parametrize(
    "url", ["https://me:the-secret@suite.example.com", "https://x.example.com/v2?api_key=the-secret"]
)
def test_a_refused_base_url_is_shown_without_the_secret_in_it(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_base_url(url)
    assert "the-secret" not in caught.value.message


@pytest.mark.parametrize("value", ["sesame\n", "ses\name", "sesame\r\nX-Other: 1", "sesam€-0123"])
def test_a_header_that_cannot_be_sent_is_refused_without_its_value(server: ScriptedServer, value: str) -> None:
    client = http_client(server.url)
    client.redactor.add(value)
    with pytest.raises(LicensingError) as caught:
        client.call("GET", "/x", purpose=Purpose.READ, headers={"Authorization": f"Bearer {value}"})
    assert caught.value.kind is Kind.INVALID_INPUT
    assert "ses" not in str(caught.value.as_result())
    assert server.requests == []


# What answers are


def test_an_answer_is_told_with_its_head(server: ScriptedServer) -> None:
    server.replies(document([1], 201, X_Request_Id="r-1"))
    answer = http_client(server.url).call("PUT", "/x", purpose=Purpose.WRITE, params={"a": "b"})
    assert (answer.status, answer.method, answer.url) == (201, "PUT", f"{server.url}/x?a=b")
    assert answer.headers["x-request-id"] == "r-1"
    assert answer.document() == [1]
    assert answer.ok


@pytest.mark.parametrize("body", [b"", b"  \r\n\t "])
def test_an_empty_body_is_no_document(body: bytes) -> None:
    assert answer_of(204, body).document() is None


@pytest.mark.parametrize("body", [b"null", b" null "])
def test_null_is_no_document(body: bytes) -> None:
    assert answer_of(200, body).document() is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><HTML><body>Sign in</body></HTML>", "HTML"),
        (b'{"cut": [1, 2', "no complete JSON"),
        (b"plain text", "no complete JSON"),
        (b"\xff\xfe\x00", "no complete JSON"),
        (b"[" * 100_000, "no complete JSON"),
    ],
)
def test_what_is_no_json_is_a_failure_of_the_protocol(body: bytes, words: str) -> None:
    with pytest.raises(ApiError) as caught:
        answer_of(200, body).document()
    failure = caught.value.as_result()
    assert failure["kind"] == "protocol"
    assert words in failure["message"]
    assert "base URL" in failure["hint"]


def test_an_answer_that_was_cut_but_has_the_length_that_it_says_is_no_json(server: ScriptedServer) -> None:
    server.replies(Reply(200, b'{"license": {"products": [{"co'))
    with pytest.raises(ApiError) as caught:
        http_client(server.url).call("GET", "/x", purpose=Purpose.READ).document()
    assert caught.value.kind is Kind.PROTOCOL


def test_garbled_compression_is_a_failure_of_the_protocol(server: ScriptedServer) -> None:
    server.answer = lambda _request: Reply(200, b"no gzip at all", {"Content-Encoding": "gzip"})
    with pytest.raises(ApiError) as caught:
        http_client(server.url, max_retries=1).call("GET", "/x", purpose=Purpose.READ)
    assert caught.value.kind is Kind.PROTOCOL


def test_compression_is_undone(server: ScriptedServer) -> None:
    server.replies(Reply(200, gzip.compress(b'{"a": 1}'), {"Content-Encoding": "gzip"}))
    assert http_client(server.url).call("GET", "/x", purpose=Purpose.READ).document() == {"a": 1}


def test_something_that_is_no_http_is_a_failure(server: ScriptedServer) -> None:
    def greet(connection: socket.socket) -> None:
        connection.sendall(b"220 smtp ready\r\n")

    server._converse = greet  # type: ignore[method-assign]
    with pytest.raises(ApiError) as caught:
        http_client(server.url, max_retries=1).call("GET", "/x", purpose=Purpose.READ)
    assert caught.value.kind in (Kind.CONNECTION, Kind.PROTOCOL)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, "rejected"),
        (401, "authentication"),
        (403, "forbidden"),
        (404, "not_found"),
        (405, "rejected"),
        (408, "timeout"),
        (409, "conflict"),
        (410, "not_found"),
        (422, "rejected"),
        (429, "rate_limited"),
        (500, "server"),
        (501, "server"),
        (503, "server"),
        (504, "timeout"),
    ],
)
def test_each_status_has_its_kind(code: int, kind: str) -> None:
    failure = answer_of(code).error("It did not work", hint=None, code=7).as_result()
    assert failure == {
        "kind": kind,
        "message": f"It did not work (GET http://x/y: HTTP {code})",
        "status": code,
        "code": 7,
        "method": "GET",
        "url": "http://x/y",
    }


def test_only_a_write_has_an_unknown_fate() -> None:
    assert isinstance(answer_of(500, purpose=Purpose.WRITE).error("x"), OutcomeUnknown)
    assert isinstance(answer_of(500, purpose=Purpose.READ).error("x"), ApiError)
    assert isinstance(answer_of(500, purpose=Purpose.SIGN_IN).error("x"), ApiError)


def test_an_excerpt_is_one_short_line() -> None:
    assert answer_of(body=b" a\n\n b\tc \xff").excerpt() == "a b c \N{REPLACEMENT CHARACTER}"
    assert answer_of(body=b"x" * 5000).excerpt() == "x" * EXCERPT_LENGTH + "…"


def test_calls_are_counted_by_what_they_are_for(server: ScriptedServer) -> None:
    server.answer = lambda _request: status(200)
    client = http_client(server.url)
    for purpose, number in ((Purpose.READ, 3), (Purpose.WRITE, 2), (Purpose.SIGN_IN, 1)):
        for dummy in range(number):
            client.call("GET", "/x", purpose=purpose)
    assert client.counts.as_result() == {"reads": 3, "writes": 2, "sign_ins": 1, "retries": 0}


def test_two_clients_do_not_share_what_they_know() -> None:
    with serving() as one, serving() as other:
        one.answer = other.answer = lambda _request: status(200)
        first, second = http_client(one.url), http_client(other.url)
        first.call("GET", "/x", purpose=Purpose.READ)
        assert second.counts.reads == 0


# Without the library


def test_the_files_can_be_imported_where_requests_is_missing() -> None:
    program = """
import sys
sys.modules["requests"] = sys.modules["urllib3"] = None
from ansible_collections.tenantops.licensing.plugins.module_utils._http import client as client_file
from ansible_collections.tenantops.licensing.plugins.module_utils._ansible import runner as ansible_runner
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath import api as uipath_api
from ansible_collections.tenantops.licensing.plugins.module_utils._yext import api as yext_api
print("requests" in client_file.REQUESTS_IMPORT_ERROR and ansible_runner.Task is not None)
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=subprocess_environment(), check=False, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("True", "")


def test_a_client_in_threads_gives_each_its_own_answer(server: ScriptedServer) -> None:
    def echo(request: Request) -> Reply:
        return document(request.query["n"])

    server.answer = echo
    client = http_client(server.url, connections=8)
    read: Callable[[int], Any] = lambda n: client.call(  # noqa: E731 - short
        "GET", "/x", purpose=Purpose.READ, params={"n": n}
    ).document()
    with ThreadPoolExecutor(8) as workers:
        assert list(workers.map(read, range(200))) == [str(n) for n in range(200)]


def test_a_page_of_a_proxy_keeps_its_status(server: ScriptedServer) -> None:
    server.replies(page(code=403))
    answer = http_client(server.url).call("GET", "/x", purpose=Purpose.READ)
    assert answer.error("x").kind is Kind.FORBIDDEN
    assert json.dumps(answer.excerpt())
