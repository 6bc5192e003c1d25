# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What UiPath's side refuses whatever the state: verbs, bodies, content types, parameters."""

import re
from pathlib import Path
from typing import Any

import pytest
import requests

import simulator as package
from simulator.clients import HOST, UiPathClient, listed
from simulator.testing import Handle

ORGANIZATION = f"/lrm/api/host/{HOST}/organization/org-a/license"
SERVICE = "/lrm/api/account/org-a/service-license/t1/orchestrator"
GOOD: dict[str, dict[str, Any]] = {
    ORGANIZATION: {"productQuantities": listed({"UNATT": 10, "NONPR": 4})},
    SERVICE: {"tenantName": "Default", "products": listed({"UNATT": 5})},
}


@pytest.fixture(params=GOOD)
def target(request: pytest.FixtureRequest) -> str:
    path: str = request.param
    return path


def test_the_good_bodies_are_good(uipath: UiPathClient, target: str) -> None:
    for bypass in ({}, {"bypassUsageCheck": None}, {"bypassUsageCheck": True}):
        assert uipath.call("PUT", target, json={**GOOD[target], **bypass}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", ORGANIZATION, "PUT"),
        ("GET", ORGANIZATION, "PUT"),
        ("DELETE", ORGANIZATION, "PUT"),
        ("POST", ORGANIZATION + "/remove", "DELETE"),
        ("PUT", ORGANIZATION + "/available", "GET"),
        ("POST", SERVICE, "DELETE, GET, PUT"),
        ("PATCH", SERVICE, "DELETE, GET, PUT"),
        ("HEAD", SERVICE, "DELETE, GET, PUT"),
        ("PUT", "/lrm/api/account/org-a/service-license/t1", "DELETE, GET"),
        ("POST", "/lrm/api/account/org-a/service-license", "GET"),
        ("DELETE", "/lease_/api/account/org-a/user-license/users", "GET"),
    ],
)
def test_wrong_verbs(uipath: UiPathClient, method: str, path: str, allowed: str) -> None:
    answer = uipath.call(method, path, json=GOOD.get(path))
    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("path", ["/", "/lrm", "/lrm/api/host", ORGANIZATION + "/", SERVICE.replace("lrm", "LRM")])
def test_unknown_endpoints(uipath: UiPathClient, path: str) -> None:
    answer = uipath.call("GET", path)
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def change(target: str, **fields: Any) -> dict[str, Any]:
    body = {**GOOD[target], **fields}
    return {name: value for name, value in body.items() if value is not ...}


@pytest.mark.parametrize(
    "bad",
    [
        [{"code": "UNATT", "quantity": -1}],
        [{"code": "UNATT", "quantity": 1.5}],
        [{"code": "UNATT", "quantity": 1.0}],
        [{"code": "UNATT", "quantity": True}],
        [{"code": "UNATT", "quantity": "1"}],
        [{"code": "UNATT", "quantity": None}],
        [{"code": "UNATT", "quantity": 2**31}],
        [{"code": "UNATT"}],
        [{"quantity": 1}],
        [{"code": "", "quantity": 1}],
        [{"code": 1, "quantity": 1}],
        [{"code": "UNATT", "quantity": 1, "type": None}],
        [{"code": "UNATT", "quantity": 1}, {"code": "UNATT", "quantity": 1}],
        ["UNATT"],
        {"UNATT": 1},
        "UNATT",
        None,
        ...,
    ],
)
def test_wrong_products(uipath: UiPathClient, simulator: Handle, target: str, bad: Any) -> None:
    before = simulator.state()
    name = "products" if target == SERVICE else "productQuantities"
    assert uipath.call("PUT", target, json=change(target, **{name: bad})).status_code == 400
    assert simulator.state() == before


@pytest.mark.parametrize("field", ["unknown", "Products", "bypassusagecheck"])
def test_unknown_fields(uipath: UiPathClient, target: str, field: str) -> None:
    answer = uipath.call("PUT", target, json=change(target, **{field: None}))
    assert answer.status_code == 400
    assert field in answer.json()["detail"]


def test_each_calls_field_is_unknown_to_the_other(uipath: UiPathClient) -> None:
    assert uipath.call("PUT", SERVICE, json=change(SERVICE, productQuantities=[])).status_code == 400
    assert uipath.call("PUT", ORGANIZATION, json=change(ORGANIZATION, products=[])).status_code == 400
    assert uipath.call("PUT", ORGANIZATION, json=change(ORGANIZATION, tenantName="x")).status_code == 400


@pytest.mark.parametrize("name", [..., None, "", 1])
def test_the_tenants_name_is_required(uipath: UiPathClient, name: Any) -> None:
    assert uipath.call("PUT", SERVICE, json=change(SERVICE, tenantName=name)).status_code == 400


@pytest.mark.parametrize("bypass", ["true", 1, []])
def test_the_bypass_is_a_boolean(uipath: UiPathClient, target: str, bypass: Any) -> None:
    assert uipath.call("PUT", target, json=change(target, bypassUsageCheck=bypass)).status_code == 400


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"productQuantities":[],"productQuantities":[]}', "application/json", 400),
        (b'{"productQuantities":[{"code":"UNATT","quantity":NaN}]}', "application/json", 400),
        (b'{"productQuantities":[]}', "text/plain", 415),
        (b'{"productQuantities":[]}', "application/x-www-form-urlencoded", 415),
        (b'{"productQuantities":[]}', None, 415),
        (b'{"productQuantities":[]}', "application/json; charset=utf-8", 200),
    ],
)
def test_bodies_and_content_types(uipath: UiPathClient, data: bytes, content_type: str | None, status: int) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    path = f"/lrm/api/host/{HOST}/organization/org-b/license"
    assert uipath.call("PUT", path, data=data, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/lrm/api/host/{HOST}/available-products"),
        ("GET", ORGANIZATION + "/available"),
        ("DELETE", ORGANIZATION + "/remove"),
        *(
            ("GET", f"/lrm/api/account/org-a/{path}")
            for path in (
                *("account-license", "available-account-licenses", "available-service-licenses/t1"),
                *("service-licenses/t1", "service-license", "service-license/t1", "service-license/t1/orchestrator"),
            )
        ),
        ("DELETE", SERVICE),
        ("DELETE", "/lrm/api/account/org-a/service-license/t1"),
        *(
            ("GET", f"/lease_/api/account/org-a/user-license{path}")
            for path in ("", "/users", "/groups", "/group/g", "/someone", "/ublCodes/group", "/ublCodes/explicit")
        ),
        ("DELETE", "/lease_/api/account/org-a/user-license/group/g"),
    ],
)
def test_bodies_where_there_is_none(uipath: UiPathClient, simulator: Handle, method: str, path: str) -> None:
    before = simulator.state()
    assert uipath.call(method, path, json={}).status_code == 400
    assert simulator.state() == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (SERVICE + "?commandSource=Job", 200),
        (SERVICE + "?commandSource=Other", 400),
        (SERVICE + "?unknown=1", 400),
        (SERVICE + "?commandSource=Ui&commandSource=Ui", 400),
        ("/lrm/api/account/org-a/service-license?services=a", 400),
        ("/lrm/api/account/org-a/service-licenses/t1?services=", 200),
        ("/lrm/api/account/org-a/account-license?forceAllLicenses=true", 200),
        ("/lrm/api/account/org-a/account-license?forceAllLicenses=1", 400),
    ],
)
def test_query_parameters(uipath: UiPathClient, path: str, status: int) -> None:
    assert uipath.call("GET", path).status_code == status


def test_no_token_no_answer(simulator: Handle) -> None:
    for method, path in (("PUT", SERVICE), ("GET", SERVICE), ("DELETE", ORGANIZATION + "/remove")):
        assert requests.request(method, simulator.url + path, timeout=10).status_code == 401
    assert {call["status"] for call in simulator.calls()} == {401}


def test_it_shares_no_code_with_the_collection() -> None:
    folder = Path(package.__file__ or "").parent
    pattern = re.compile(r"^\s*(?:from|import)\s+([\w.]+)", re.MULTILINE)
    found = {name for file in folder.glob("*.py") for name in pattern.findall(file.read_text("utf-8"))}
    assert "starlette.requests" in found
    assert not [name for name in found if "ansible" in name or "plugins" in name]
