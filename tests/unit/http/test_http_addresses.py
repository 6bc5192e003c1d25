# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses, proxies and certificates of the environment: what cannot be meant is told, no secret in it is shown."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    InvalidInput,
    Kind,
    LicensingError,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._http.addresses import (
    below,
    checked_base_url,
    path_of,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._http.response import Purpose
from ansible_collections.tenantops.licensing.tests.unit.support.clients import http_client
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    ScriptedServer,
    serving,
    status,
    unused_port,
)

SECRET = "hidden0123"

# Base URLs


@pytest.mark.parametrize(
    "url",
    [
        *("https://{}@suite.example.com", "https://u:{}@suite.example.com", "https:u:{}@suite.example.com"),
        *(
            "//u:{}@suite.example.com",
            "u:{}@suite.example.com",
            "https://suite.example.com/@{}",
            "https://u:{}%40suite",
        ),
        *("https://suite.example.com?api_key={}", "https://suite.example.com/?{}", "https://suite.example.com#{}"),
        *(
            "https://suite.example.com\\{}",
            "https://u:{}\\@suite.example.com",
            "https://u:{}\N{FULLWIDTH COMMERCIAL AT}x@y",
        ),
    ],
)
def test_credentials_in_a_base_url_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(InvalidInput, match="base URL") as caught:
        checked_base_url(url.format(SECRET))
    assert SECRET not in str(caught.value.as_result())


LONG = "a" * 64


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://suite..example.com",
            "https://.example.com",
            f"https://{LONG}.example.com",
            "https://ü..example.com",
        ),
        *(f"https://{'ü' * 70}.example.com", f"https://{'abc.' * 70}com", f"https://{'x' * 300}"),
        *("https://suite.example.com:0", "https://suite.example.com:65536", "https://suite.example.com:8x"),
        *("https://suite.example.com/\0", "https://suite.exa\nmple.com", "https://suite.example.com/\x1b[31m"),
        *("https://suite.example.com/\udcff", "https://sui te.example.com", "https://[::1", "https://[zz]"),
    ],
)
def test_an_address_that_cannot_be_called_is_refused_before_any_call(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        http_client(url)
    assert caught.value.message.isprintable()


@given(st.text(max_size=40))
def test_whatever_is_given_as_an_address_is_used_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://suite.example.com{text}"):
        try:
            used = checked_base_url(url)
        except InvalidInput:
            continue
        assert used.startswith(("http://", "https://"))
        assert used.isprintable()
        assert not set(used) & set("@?#%\\ ")


@pytest.mark.parametrize(
    "url", ["https://suite.example.com.", "https://münchen.example.com", "https://my_host:8443/a/b"]
)
def test_an_unusual_address_that_can_be_called_is_used(url: str) -> None:
    assert checked_base_url(url) == url


# Paths


@pytest.mark.parametrize(
    "path", ["a\0b", "a\nb", "/lrm?x=1", "/lrm#x", "/../lrm", "lrm/./x", "a//b", "a b", "ä", "\udcff", "\\"]
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput, match="is no path") as caught:
        below(path)
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("path", "used"), [("", ""), ("/", ""), ("lrm/", "/lrm"), ("/a/b", "/a/b"), ("a%20b", "/a%20b")]
)
def test_a_path_is_put_below_the_base(path: str, used: str) -> None:
    assert below(path) == used


@pytest.mark.parametrize("segment", ["", ".", "..", "\udcff"])
def test_an_id_that_leads_elsewhere_makes_no_address(segment: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be an ID") as caught:
        path_of("a", segment)
    assert caught.value.message.isprintable()


# Plain HTTP


@pytest.mark.parametrize(
    "url",
    [
        "http://suite.example.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://[fe80::1]",
        "http://128.0.0.1",
    ],
)
def test_nothing_is_sent_in_the_clear_to_another_machine(url: str) -> None:
    with pytest.raises(InvalidInput, match="Nothing is sent to") as caught:
        http_client(url)
    assert "allow_plain_http" in caught.value.facts["hint"]
    assert http_client(url, allow_plain_http=True).base_url == url


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "[::1]"])
def test_the_machine_itself_can_be_called_in_the_clear(host: str) -> None:
    assert http_client(f"http://{host}:8080").base_url == f"http://{host}:8080"


def test_nothing_is_sent_in_the_clear_through_a_proxy_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
    with pytest.raises(InvalidInput, match="through the proxy that HTTP_PROXY names"):
        http_client("http://127.0.0.1:8080")
    http_client("http://127.0.0.1:8080", allow_plain_http=True)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    http_client("http://127.0.0.1:8080")


def test_a_proxy_may_be_called_in_the_clear_for_what_is_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    http_client("https://suite.example.com")


# Proxies

ODD_PROXIES = (
    *("http://u:{}#x@proxy:3128", "http://u:{}/x@proxy:3128", "http://u:x#{}@proxy:3128", "http://u:a/{}@proxy:3128"),
    *("http://u:{}?@proxy:3128", "http://u:{}@@proxy:3128", "http://u:{}@proxy:port", "http://u:{}@proxy:99999"),
    *(
        "http://u:{}@pro..xy:3128",
        "http://u:{}@:3128",
        "u:{}@",
        "http://[{}:3128",
        "http://u:{} @proxy",
        "ftp://u:{}@proxy",
    ),
    *("http://u:{}\\@proxy:3128", "://{}", "{}://proxy", "http://proxy:3128/{}", "http://u:{}@[::1"),
)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("address", ODD_PROXIES)
def test_what_is_no_address_of_a_proxy_is_told_by_its_variable_only(
    monkeypatch: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    monkeypatch.setenv(variable, address.format(SECRET))
    with pytest.raises(InvalidInput, match=f"^{variable} is no address of a proxy") as caught:
        http_client("https://suite.example.com")
    assert SECRET not in str(caught.value.as_result())
    assert "%23" in caught.value.facts["hint"]


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("code", [403, 407, 502])
def test_a_proxy_that_refuses_is_told_as_the_proxy(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, code: int, method: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.url.replace("//", "//user:p%23ss%2Fword@"))
    server.answer = lambda _request: status(code)
    client = http_client("https://licences.invalid", max_retries=0)
    purpose = Purpose.READ if method == "GET" else Purpose.WRITE
    with pytest.raises(ApiError) as caught:  # never an OutcomeUnknown: the server was not reached
        client.call(method, "/x", purpose=purpose)
    failure = caught.value.as_result()
    assert failure["kind"] == "connection"
    assert "the proxy that HTTPS_PROXY names" in failure["message"]
    assert str(code) in failure["message"]
    assert "HTTPS_PROXY" in failure["hint"]
    assert client.redactor.text("p%23ss%2Fword p#ss/word") == "******** ********"


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_proxy_that_wants_a_password_for_plain_http_is_told_as_the_proxy(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    server.answer = lambda _request: status(407, Proxy_Authenticate="Basic")
    purpose = Purpose.READ if method == "GET" else Purpose.WRITE
    with pytest.raises(ApiError, match="The proxy that HTTP_PROXY names refuses") as caught:
        http_client("http://licences.invalid", allow_plain_http=True).call(method, "/x", purpose=purpose)
    assert caught.value.kind is Kind.CONNECTION


@pytest.mark.parametrize("url", ["https://licences.invalid", "http://licences.invalid"])
def test_a_proxy_that_is_not_there_is_told_as_the_proxy(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for variable in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(variable, f"127.0.0.1:{unused_port()}")
    with pytest.raises(ApiError, match=r"the proxy that https?_proxy names refuses or is not there") as caught:
        http_client(url, max_retries=0, allow_plain_http=True).call("PUT", "/x", purpose=Purpose.WRITE)
    assert "refused" in caught.value.message


def test_a_proxy_of_a_kind_for_which_a_library_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"socks5://127.0.0.1:{unused_port()}")
    with pytest.raises(LicensingError) as caught:
        http_client("https://licences.invalid", max_retries=0).call("PUT", "/x", purpose=Purpose.WRITE)
    assert caught.value.kind in (Kind.INVALID_INPUT, Kind.CONNECTION)


# Certificates


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_of_the_environment_that_is_not_there_is_told_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, tmp_path: Path
) -> None:
    monkeypatch.setenv(variable, "/no/such/bundle.pem")
    with pytest.raises(InvalidInput, match=f"{variable}: there is no file or folder '/no/such/bundle.pem'"):
        http_client("https://suite.example.com")
    http_client("https://suite.example.com", validate_certs=False)
    http_client("https://suite.example.com", ca_path=str(tmp_path))
    http_client("http://127.0.0.1")


@pytest.mark.parametrize("path", ["/no/such/ca.pem", "a\0b", "/" + "x" * 5000, "\udcff"])
def test_a_ca_path_that_names_nothing_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput, match="ca_path") as caught:
        http_client("https://suite.example.com", ca_path=path)
    assert caught.value.message.isprintable()


# The wrong port


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(
    ("said", "hint"), [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "speaks no TLS"), (b"", "does TLS belong to this port")]
)
def test_an_https_address_on_a_plain_port_is_told_as_that(
    server: ScriptedServer, method: str, said: bytes, hint: str
) -> None:
    def converse(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(said)

    server._converse = converse  # type: ignore[method-assign]
    client = http_client(server.url.replace("http:", "https:"), max_retries=0)
    purpose = Purpose.READ if method == "GET" else Purpose.WRITE
    with pytest.raises(LicensingError) as caught:
        client.call(method, "/x", purpose=purpose)
    assert hint in caught.value.facts["hint"]
    assert caught.value.kind is Kind.TLS


@pytest.mark.parametrize("alert", [b"\x15\x03\x01\x00\x02\x02\x46", b"\x15\x03\x03\x00\x02\x02\x0a"])
def test_an_http_address_on_a_port_of_tls_is_told_as_that(server: ScriptedServer, alert: bytes) -> None:
    def converse(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(alert)

    server._converse = converse  # type: ignore[method-assign]
    with pytest.raises(LicensingError) as caught:
        http_client(server.url, max_retries=0).call("GET", "/x", purpose=Purpose.READ)
    assert "write https" in caught.value.facts["hint"]
    assert caught.value.message.isprintable()


def test_an_http_address_on_a_server_of_tls_is_a_failure_of_the_connection() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA(key_type=trustme.KeyType.ECDSA).issue_cert("127.0.0.1").configure_cert(context)
    with serving(tls=context) as running, pytest.raises(ApiError) as caught:
        http_client(running.url.replace("https:", "http:"), max_retries=0).call("GET", "/x", purpose=Purpose.READ)
    assert caught.value.kind in (Kind.CONNECTION, Kind.PROTOCOL)
