# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server says about a refusal reaches the user: its words, its code and its trace, in whatever form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import ApiError, LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._http.reasons import LONGEST, reasons_of
from ansible_collections.tenantops.licensing.plugins.module_utils._http.redaction import MASK, Redactor
from ansible_collections.tenantops.licensing.plugins.module_utils._http.response import Purpose, Response
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.auth import SignIn
from ansible_collections.tenantops.licensing.tests.unit.support.clients import lrm, token_source, yext
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import ScriptedServer, document


def answer_of(body: Any, headers: dict[str, str] | None = None, redactor: Redactor | None = None) -> Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(redactor or Redactor(), Purpose.WRITE, "PUT", "http://x/y", 409, headers or {}, data)


ABP = {
    "message": "Your request is not valid!",
    "details": "The following errors were detected:\n - quantity",
    "code": 0,
    "validationErrors": [{"message": "quantity must be positive", "members": ["quantity"]}],
}
SAID: list[tuple[Any, tuple[str, ...], Any, str | None]] = [
    ({"message": "No capacity", "errorCode": 1004, "traceId": "0HM-1"}, ("No capacity",), 1004, "0HM-1"),
    (
        {"message": "M", "errors": ["The licence expired", "and more"]},
        ("M", "The licence expired", "and more"),
        None,
        None,
    ),
    (
        {"title": "One or more validation errors occurred.", "status": 400, "errors": {"products": ["is empty", "x"]}},
        ("One or more validation errors occurred.", "products: is empty", "products: x"),
        None,
        None,
    ),
    (
        {"error": ABP, "success": False, "__abp": True},
        ("Your request is not valid!", "detected: - quantity", "quantity must be positive"),
        None,
        None,
    ),
    ({"error": {"code": "E7", "message": "Locked out"}}, ("Locked out",), "E7", None),
    ({"error": "invalid_grant", "error_description": "No such user"}, ("No such user",), "invalid_grant", None),
    ({"error": "invalid_client"}, ("invalid_client",), "invalid_client", None),
    ({"error": "A sentence about it."}, ("A sentence about it.",), None, None),
    ({"type": "about:blank", "title": "Conflict", "detail": "It expired"}, ("It expired",), None, None),
    ({"errors": [{"code": "X1", "message": "first"}, {"message": "second"}]}, ("first", "second"), "X1", None),
    ({"message": "M", "code": "C", "requestId": "r-9"}, ("M",), "C", "r-9"),
    ({"message": ["a", {"detail": "b"}]}, ("a", "b"), None, None),
    ({"other": "form"}, ('{"other": "form"}',), None, None),
    (b"<html>Proxy</html>", ("<html>Proxy</html>",), None, None),
]


@pytest.mark.parametrize(("body", "words", "code", "trace"), SAID)
def test_words_code_and_trace_are_found(body: Any, words: tuple[str, ...], code: Any, trace: str | None) -> None:
    told = reasons_of(answer_of(body))
    for word in words:
        assert word in told.text
    assert (told.code, told.request_id) == (code, trace)


def test_what_is_said_twice_is_told_once() -> None:
    body = {"message": "No capacity left", "errors": ["No capacity left", "capacity"], "detail": "No capacity left"}
    assert reasons_of(answer_of(body)).text == "No capacity left"


@pytest.mark.parametrize("header", ["X-Request-Id", "X-Correlation-Id", "Request-Id"])
def test_the_trace_of_a_header_is_told_where_the_body_has_none(header: str) -> None:
    assert reasons_of(answer_of({"message": "M"}, {header: "h-1"})).request_id == "h-1"
    assert reasons_of(answer_of({"message": "M", "traceId": "b-1"}, {header: "h-1"})).request_id == "b-1"


def test_long_reasons_are_cut_after_their_secrets_are_masked() -> None:
    redactor = Redactor()
    redactor.add("secret-0123456789")
    for before in range(LONGEST - 20, LONGEST + 2):
        told = reasons_of(answer_of({"message": "x" * before + "secret-0123456789" + "y" * 99}, redactor=redactor))
        assert len(told.text) <= LONGEST + 1
        assert "secret" not in told.text
    assert MASK in reasons_of(answer_of({"errors": {"secret-0123456789": ["a"]}}, redactor=redactor)).text


NESTED: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: (
        st.lists(inner, max_size=20)
        | st.dictionaries(st.sampled_from(["message", "error", "errors", "details", "code", "traceId", "x"]), inner)
    ),
    max_leaves=30,
)


@given(NESTED)
def test_whatever_a_body_holds_it_is_told_and_bounded(body: Any) -> None:
    told = reasons_of(answer_of(body))
    assert len(told.text) <= LONGEST + 1


def test_a_body_that_is_nested_deeply_is_told() -> None:
    assert reasons_of(answer_of(('{"error":' * 500 + '"x"' + "}" * 500).encode())).text


# Where they are told


def test_a_refused_write_of_uipath_tells_them(server: ScriptedServer) -> None:
    body = {"message": "Conflict", "errors": ["The licence expired on 2026-01-01"], "errorCode": 7, "traceId": "t-7"}
    server.replies(document(body, 409))
    with pytest.raises(ApiError) as caught:
        lrm(server.url).allocate_organization("o", {"A": 1})
    assert "Conflict; The licence expired on 2026-01-01" in caught.value.message
    assert (caught.value.facts["code"], caught.value.facts["request_id"]) == (7, "t-7")


@pytest.mark.parametrize("code", [200, 401, 403, 500])
def test_a_locked_account_is_told_as_that(server: ScriptedServer, code: int) -> None:
    error = {"code": 0, "message": "Login failed!", "details": "The user account has been locked out.", "traceId": "t"}
    server.replies(document({"result": None, "success": False, "error": error, "__abp": True}, code))
    with pytest.raises(ApiError) as caught:
        token_source(server.url, SignIn(username="admin", password="pass-word-1")).token()
    failure = caught.value.as_result()
    assert "Login failed! The user account has been locked out." in failure["message"]
    assert failure["kind"] == "authentication"
    assert "unlock" in failure["hint"]
    assert failure["request_id"] == "t"


def test_a_refusal_of_yext_tells_them(server: ScriptedServer) -> None:
    errors = [{"type": "FATAL_ERROR", "code": 7, "message": text} for text in ("first", "second", "first")]
    server.replies(
        document({"meta": {"uuid": "u-1", "errors": errors}, "response": {}}, 400),
        document({"message": "Gateway", "errors": ["no route"], "code": "G1"}, 403, X_Request_Id="h-1"),
    )
    api = yext(server.url)
    told = []
    for _number in range(2):
        with pytest.raises(LicensingError) as caught:
            api.assign("p", "e")
        told.append(caught.value)
    assert "first; second (" in told[0].message
    assert (told[0].facts["code"], told[0].facts["request_id"]) == (7, "u-1")
    assert "Gateway; no route" in told[1].message
    assert (told[1].facts["code"], told[1].facts["request_id"]) == ("G1", "h-1")
