# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS: who is believed, and what becomes of a call when nobody is."""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    InvalidInput,
    Kind,
    LicensingError,
    OutcomeUnknown,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._http.response import Purpose
from ansible_collections.tenantops.licensing.tests.unit.support.clients import http_client
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    LOST,
    End,
    Reply,
    ScriptedServer,
    document,
    serving,
)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.fixture(scope="module")
def context(authority: trustme.CA) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", key_type=trustme.KeyType.ECDSA).configure_cert(made)
    return made


@pytest.fixture
def tls_server(context: ssl.SSLContext) -> Iterator[ScriptedServer]:
    with serving(tls=context) as running:
        running.replies(document({"done": True}))
        yield running


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def other_ca_file(tmp_path: Path) -> str:
    path = tmp_path / "other.pem"
    trustme.CA(key_type=trustme.KeyType.ECDSA).cert_pem.write_to_path(str(path))
    return str(path)


def test_a_private_authority_is_believed_by_its_file(tls_server: ScriptedServer, ca_file: str) -> None:
    client = http_client(tls_server.url, ca_path=ca_file)
    assert client.call("GET", "/x", purpose=Purpose.READ).document() == {"done": True}


@pytest.mark.parametrize(("method", "purpose"), [("GET", Purpose.READ), ("PUT", Purpose.WRITE)])
def test_an_unknown_authority_is_not_believed(tls_server: ScriptedServer, method: str, purpose: Purpose) -> None:
    client = http_client(tls_server.url)
    with pytest.raises(ApiError) as caught:
        client.call(method, "/x", purpose=purpose)
    failure = caught.value.as_result()
    assert failure["kind"] == "tls"
    assert "certificate verify failed" in failure["message"]
    assert "ca_path" in failure["hint"]
    assert tls_server.requests == []
    assert client.counts.retries == 0


def test_another_authority_than_the_named_one_is_not_believed(tls_server: ScriptedServer, other_ca_file: str) -> None:
    with pytest.raises(ApiError) as caught:
        http_client(tls_server.url, ca_path=other_ca_file).call("GET", "/x", purpose=Purpose.READ)
    assert caught.value.kind is Kind.TLS


def test_a_certificate_for_another_name_is_not_believed(tls_server: ScriptedServer, ca_file: str) -> None:
    url = tls_server.url.replace("127.0.0.1", "localhost")
    with pytest.raises(ApiError) as caught:
        http_client(url, ca_path=ca_file).call("GET", "/x", purpose=Purpose.READ)
    assert caught.value.kind is Kind.TLS
    assert "localhost" in caught.value.message


def test_nothing_is_verified_where_that_is_asked_for(tls_server: ScriptedServer) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client = http_client(tls_server.url, validate_certs=False)
        assert client.call("GET", "/x", purpose=Purpose.READ).ok


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_ca_path_wins_over_a_bundle_of_the_environment(
    tls_server: ScriptedServer, ca_file: str, other_ca_file: str, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, other_ca_file)
    assert http_client(tls_server.url, ca_path=ca_file).call("GET", "/x", purpose=Purpose.READ).ok


def test_a_bundle_of_the_environment_does_not_rescue_a_wrong_ca_path(
    tls_server: ScriptedServer, ca_file: str, other_ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_file)
    with pytest.raises(ApiError) as caught:
        http_client(tls_server.url, ca_path=other_ca_file).call("GET", "/x", purpose=Purpose.READ)
    assert caught.value.kind is Kind.TLS


def test_a_bundle_of_the_environment_is_believed_where_no_ca_path_is_named(
    tls_server: ScriptedServer, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_file)
    assert http_client(tls_server.url).call("GET", "/x", purpose=Purpose.READ).ok


def test_validate_certs_false_wins_over_a_bundle_of_the_environment(
    tls_server: ScriptedServer, other_ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", other_ca_file)
    assert http_client(tls_server.url, validate_certs=False).call("GET", "/x", purpose=Purpose.READ).ok


def test_a_ca_path_that_is_not_there_is_refused_before_any_call(tls_server: ScriptedServer) -> None:
    with pytest.raises(InvalidInput, match=r"ca_path: there is no file or folder '/no/such/ca.pem'"):
        http_client(tls_server.url, ca_path="/no/such/ca.pem")


def test_a_ca_path_that_holds_no_certificate_is_refused_with_its_name(
    tls_server: ScriptedServer, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing of use")
    with pytest.raises((InvalidInput, ApiError)) as caught:
        http_client(tls_server.url, ca_path=str(empty), max_retries=0).call("GET", "/x", purpose=Purpose.READ)
    assert caught.value.kind in (Kind.TLS, Kind.INVALID_INPUT)
    assert tls_server.requests == []


def test_a_server_that_speaks_no_tls_is_a_failure_of_tls(server: ScriptedServer) -> None:
    def answer_in_clear(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    server._converse = answer_in_clear  # type: ignore[method-assign]
    with pytest.raises(LicensingError) as caught:
        http_client(server.url.replace("http:", "https:"), max_retries=0).call("PUT", "/x", purpose=Purpose.WRITE)
    assert caught.value.kind is Kind.TLS


@pytest.mark.parametrize("end", [End.RESET, End.CLOSE, End.GARBAGE])
def test_the_fate_of_a_write_is_unknown_when_tls_breaks_after_the_request(
    context: ssl.SSLContext, ca_file: str, end: End
) -> None:
    with serving(tls=context) as running:
        running.replies(Reply(silent=True, end=end))
        with pytest.raises(OutcomeUnknown):
            http_client(running.url, ca_path=ca_file).call("PUT", "/x", purpose=Purpose.WRITE)
        assert running.methods == ["PUT"]


@pytest.mark.parametrize("broken", [LOST, Reply(silent=True, end=End.CLOSE), Reply(200, b"0123456789", cut=3)])
def test_a_read_is_repeated_when_tls_breaks_after_the_request(
    context: ssl.SSLContext, ca_file: str, broken: Reply
) -> None:
    with serving(tls=context) as running:
        running.replies(broken, document({"done": True}))
        client = http_client(running.url, ca_path=ca_file)
        assert client.call("GET", "/x", purpose=Purpose.READ).document() == {"done": True}
