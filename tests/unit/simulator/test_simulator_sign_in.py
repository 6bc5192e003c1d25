# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in: the flows, their refusals, and what a token opens."""

import time
from typing import Any

import pytest
import requests

from simulator.clients import CLIENT, HOST, LOGIN, UiPathClient
from simulator.testing import Handle

POOL = f"/lrm/api/host/{HOST}/available-products"
PASSWORD = {
    "grant_type": "password",
    "username": "admin",
    "password": "host-admin-password",
    "acr_values": "tenant:Host",
    **CLIENT,
}
EVERY_SCOPE = "PM.License PM.License.Read PM.License.Write offline_access openid profile"
CREDENTIALS = {"grant_type": "client_credentials", **CLIENT}


def account(simulator: Handle, path: str = "/api/account/authenticate", **fields: Any) -> requests.Response:
    return requests.post(simulator.url + path, json={**LOGIN, **fields}, timeout=10)


def token(simulator: Handle, form: dict[str, str], path: str = "/identity_/connect/token") -> requests.Response:
    return requests.post(simulator.url + path, data=form, timeout=10)


def read(simulator: Handle, authorization: str | None, path: str = POOL) -> requests.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return requests.get(simulator.url + path, headers=headers, timeout=10)


def write(simulator: Handle, text: str) -> requests.Response:
    url = f"{simulator.url}/lrm/api/host/{HOST}/organization/org-b/license"
    body = {"productQuantities": [{"code": "UNATT", "quantity": 1}]}
    return requests.put(url, json=body, headers={"Authorization": f"Bearer {text}"}, timeout=10)


@pytest.mark.parametrize("path", ["/api/account/authenticate", "/any/thing/api/account/authenticate"])
def test_the_account_flow(simulator: Handle, path: str) -> None:
    answer = account(simulator, path)
    body = answer.json()
    text = body.pop("result")
    assert body == {
        "targetUrl": None,
        "success": True,
        "error": None,
        "unAuthorizedRequest": False,
        "__abp": True,
    }
    assert read(simulator, f"Bearer {text}").status_code == 200


@pytest.mark.parametrize("form", [PASSWORD, CREDENTIALS, {**PASSWORD, "scope": "PM.License openid"}])
@pytest.mark.parametrize("path", ["/identity_/connect/token", "/identity/connect/token"])
def test_the_token_endpoint(simulator: Handle, form: dict[str, str], path: str) -> None:
    body = token(simulator, form, path).json()
    assert set(body) == {"access_token", "expires_in", "token_type", "scope"}
    assert (body["expires_in"], body["token_type"]) == (3600, "Bearer")
    assert read(simulator, f"Bearer {body['access_token']}").status_code == 200


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, "PM.License PM.License.Read PM.License.Write"),
        ("PM.License.Read", "PM.License.Read"),
        (EVERY_SCOPE, EVERY_SCOPE),
    ],
)
def test_the_scopes_given(simulator: Handle, asked: str | None, given: str) -> None:
    form = CREDENTIALS if asked is None else {**CREDENTIALS, "scope": asked}
    assert token(simulator, form).json()["scope"] == given


def test_a_token_obtained_elsewhere(simulator: Handle) -> None:
    assert read(simulator, "Bearer given-token").status_code == 200


@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer ", "Bearer nonsense", "Basic given-token", "given-token"]
)
def test_without_a_good_token(simulator: Handle, authorization: str | None) -> None:
    answer = read(simulator, authorization)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "fields", [{"Password": "wrong"}, {"UsernameOrEmailAddress": "nobody"}, {"TenancyName": "alpha"}]
)
@pytest.mark.parametrize(("answer", "status"), [("401", 401), ("400", 400), ("200", 200), ("500", 500)])
def test_the_account_flow_refused(simulator: Handle, fields: dict[str, str], answer: str, status: int) -> None:
    simulator.set_switches(uipath_account_refusal=answer)
    refused = account(simulator, **fields)
    assert refused.status_code == status
    assert refused.json()["success"] is False
    assert refused.json()["result"] is None


@pytest.mark.parametrize(("form", "content_type"), [("empty", None), ("html", "text/html; charset=utf-8")])
def test_other_bodies_of_a_refusal(simulator: Handle, form: str, content_type: str | None) -> None:
    simulator.set_switches(uipath_sign_in_error_body=form)
    for refused in (account(simulator, Password="wrong"), token(simulator, {**PASSWORD, "password": "wrong"})):
        assert refused.status_code in (400, 401)
        assert refused.headers.get("content-type") == content_type


@pytest.mark.parametrize("body", [{"extra": 1}, {"Password": ""}, {"Password": None}, {"TenancyName": 1}], ids=str)
def test_the_account_flow_with_wrong_fields(simulator: Handle, body: dict[str, Any]) -> None:
    assert account(simulator, **body).status_code == 400


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({**PASSWORD, "password": "wrong"}, "invalid_grant"),
        ({**PASSWORD, "acr_values": "tenant:alpha"}, "invalid_grant"),
        ({**PASSWORD, "acr_values": ""}, "invalid_request"),
        ({**PASSWORD, "client_secret": "wrong"}, "invalid_client"),
        ({**CREDENTIALS, "client_id": "nobody"}, "invalid_client"),
        ({**CREDENTIALS, "scope": "Everything"}, "invalid_scope"),
        ({**CREDENTIALS, "username": "admin"}, "invalid_request"),
        ({**CREDENTIALS, "surplus": "1"}, "invalid_request"),
        ({**CREDENTIALS, "grant_type": "magic"}, "unsupported_grant_type"),
    ],
)
@pytest.mark.parametrize(("answer", "status"), [("400", 400), ("401", 401)])
def test_the_token_endpoint_refuses(
    simulator: Handle, form: dict[str, str], error: str, answer: str, status: int
) -> None:
    simulator.set_switches(uipath_token_refusal=answer)
    refused = token(simulator, form)
    assert refused.status_code == status
    assert refused.json()["error"] == error


def test_a_client_with_other_grants(simulator: Handle) -> None:
    state = simulator.state()
    state["uipath"]["clients"][0]["grants"] = ["password"]
    simulator.set_state(state)
    assert token(simulator, CREDENTIALS).json()["error"] == "unauthorized_client"


def test_content_types_and_verbs(simulator: Handle) -> None:
    url = simulator.url + "/identity_/connect/token"
    assert requests.post(url, json=PASSWORD, timeout=10).status_code == 415
    assert requests.get(url, timeout=10).status_code == 405
    assert requests.post(simulator.url + "/api/account/authenticate", data=LOGIN, timeout=10).status_code == 415


@pytest.mark.parametrize(("grant", "answer"), [("accepted", 200), ("403", 403), ("401", 401)])
def test_client_credentials_on_the_hosts_level(simulator: Handle, grant: str, answer: int) -> None:
    simulator.set_switches(uipath_client_credentials_at_host=grant)
    text = token(simulator, CREDENTIALS).json()["access_token"]
    assert read(simulator, f"Bearer {text}").status_code == answer
    assert read(simulator, f"Bearer {text}", "/lrm/api/account/org-a/service-license").status_code == 200


@pytest.mark.parametrize(
    ("scope", "reads", "writes"),
    [("PM.License", 200, 200), ("PM.License.Read", 200, 403), ("PM.License.Write", 403, 200), ("openid", 403, 403)],
)
def test_scopes(simulator: Handle, scope: str, reads: int, writes: int) -> None:
    text = token(simulator, {**CREDENTIALS, "scope": scope}).json()["access_token"]
    assert read(simulator, f"Bearer {text}").status_code == reads
    assert write(simulator, text).status_code == writes


def test_a_user_of_an_organization(simulator: Handle) -> None:
    user = {"TenancyName": "alpha", "UsernameOrEmailAddress": "alice", "Password": "alpha-password"}
    text = account(simulator, **user).json()["result"]
    assert read(simulator, f"Bearer {text}").status_code == 403
    assert read(simulator, f"Bearer {text}", "/lrm/api/account/org-a/service-license").status_code == 200
    assert read(simulator, f"Bearer {text}", "/lrm/api/account/org-b/service-license").status_code == 403


@pytest.mark.parametrize(
    ("switch", "root", "below"), [("both", 200, 200), ("root", 200, 404), ("organization", 404, 200)]
)
def test_where_the_account_flow_lies(simulator: Handle, switch: str, root: int, below: int) -> None:
    simulator.set_switches(uipath_account_path=switch)
    assert account(simulator).status_code == root
    assert account(simulator, "/org/tenant/api/account/authenticate").status_code == below


@pytest.mark.parametrize(
    ("switch", "new", "old"), [("both", 200, 200), ("identity_", 200, 404), ("identity", 404, 200)]
)
def test_where_the_token_endpoint_lies(simulator: Handle, switch: str, new: int, old: int) -> None:
    simulator.set_switches(uipath_identity_path=switch)
    assert token(simulator, CREDENTIALS).status_code == new
    assert token(simulator, CREDENTIALS, "/identity/connect/token").status_code == old


def test_tokens_age(simulator: Handle) -> None:
    simulator.set_switches(uipath_account_token_seconds=0, uipath_token_seconds=1)
    assert read(simulator, f"Bearer {account(simulator).json()['result']}").status_code == 401
    body = token(simulator, CREDENTIALS).json()
    assert body["expires_in"] == 1
    assert read(simulator, f"Bearer {body['access_token']}").status_code == 200
    time.sleep(1.05)
    assert read(simulator, f"Bearer {body['access_token']}").status_code == 401


def test_a_token_good_for_some_calls(simulator: Handle) -> None:
    simulator.set_faults([{"match": {"kind": "sign_in", "times": 1}, "effect": {"token_calls": 2}}])
    first, second = (f"Bearer {account(simulator).json()['result']}" for dummy in range(2))
    assert [read(simulator, first).status_code for dummy in range(4)] == [200, 200, 401, 401]
    assert [read(simulator, second).status_code for dummy in range(4)] == [200] * 4


def test_a_token_good_for_some_seconds(simulator: Handle) -> None:
    simulator.set_faults([{"effect": {"token_seconds": 0}}])
    assert read(simulator, f"Bearer {account(simulator).json()['result']}").status_code == 401


def test_a_token_that_expires_at_a_call(simulator: Handle, uipath: UiPathClient) -> None:
    simulator.set_faults([{"match": {"kind": "write", "nth": 2}, "effect": {"expire_token": True}}])
    path = "/organization/org-b/license"
    statuses = [uipath.put_organization("org-b", {"UNATT": amount}).status_code for amount in (1, 2, 3)]
    assert statuses == [200, 401, 401]
    assert uipath.host("GET", f"{path}/available").status_code == 401
    simulator.set_faults([{"effect": {"expire_token": True}}])
    assert read(simulator, "Bearer given-token").status_code == 401


def test_all_tokens_forgotten(simulator: Handle, uipath: UiPathClient) -> None:
    assert uipath.host("GET", "/available-products").status_code == 200
    simulator.forget_tokens()
    assert uipath.host("GET", "/available-products").status_code == 401
    assert read(simulator, "Bearer given-token").status_code == 200
