# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane: state, log, switches and faults, over HTTP and from the same process."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from simulator.clients import CLIENT, KEY, LOGIN, SEED, UiPathClient, YextClient
from simulator.switches import describe_switches
from simulator.testing import Handle, running


def control(simulator: Handle, method: str, path: str, **options: Any) -> requests.Response:
    return requests.request(method, f"{simulator.url}/__simulator__/{path}", timeout=10, **options)


def test_state_goes_out_and_in_again(simulator: Handle) -> None:
    state = control(simulator, "GET", "state").json()
    assert state == simulator.state()
    assert state["yext"]["license_packs"]["p2"]["assigned"] == {"e1": None}
    state["yext"]["license_packs"]["p2"]["total"] = 9
    assert control(simulator, "PUT", "state", json=state).status_code == 200
    assert simulator.state() == state


def test_a_part_of_the_state_leaves_the_other(simulator: Handle, uipath: UiPathClient) -> None:
    before = simulator.state()
    assert uipath.token
    simulator.set_state({"yext": {"license_packs": {"only": {"total": 1}}}})
    assert simulator.state()["uipath"] == before["uipath"]
    assert list(simulator.state()["yext"]["license_packs"]) == ["only"]
    simulator.set_state({"uipath": SEED["uipath"]})
    # Tokens live on: a test may change the state between two calls of a run.
    assert uipath.host("GET", "/available-products").status_code == 200


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ([], "state"),
        ({"uipaths": {}}, "uipaths"),
        ({"uipath": {"organisations": {}}}, "organisations"),
        ({"uipath": {"host_pool": {"UNATT": -1}}}, "state.uipath.host_pool.UNATT: -1 is less than 0"),
        ({"uipath": {"host_pool": {"UNATT": 1.5}}}, "1.5 is not a whole number"),
        ({"uipath": {"host_pool": {"UNATT": True}}}, "True is not a whole number"),
        ({"uipath": {"organizations": {"a": {"license": {"product": {}}}}}}, "organizations.a.license: unknown field"),
        ({"uipath": {"organizations": {"a": {"tenants": {"t": {"services": {"du": {"x": 1}}}}}}}}, "services.du"),
        ({"uipath": {"users": [{"username": "x"}]}}, "state.uipath.users[0]: missing field password"),
        ({"yext": {"license_packs": {"p": {"total": 1, "assigned": {"e": "soon"}}}}}, "'soon' is no date"),
        ({"yext": {"license_packs": {"p": {"total": 0, "assigned": {"e": None}}}}}, "1 assigned of a total of 0"),
        ({"yext": {"entities": "all"}}, "state.yext.entities"),
    ],
)
def test_wrong_state_changes_nothing(simulator: Handle, state: Any, words: str) -> None:
    before = simulator.state()
    answer = control(simulator, "PUT", "state", json=state)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert simulator.state() == before


def test_the_log_of_calls(simulator: Handle, uipath: UiPathClient, yext: YextClient) -> None:
    uipath.put_service({"UNATT": 4})
    yext.call("GET", params={"pageSize": 1})
    yext.entity("POST", "a%2Fb")
    yext.call("GET", "/nowhere")
    yext.call("POST", "/nowhere")
    sign_in, put, listing, post, lost, lost_write = control(simulator, "GET", "calls").json()
    assert sign_in["kind"] == "sign_in"
    assert sign_in["body"] == {**LOGIN, "Password": "********"}
    assert put["path"] == "/lrm/api/account/org-a/service-license/t1/orchestrator"
    assert put["body"]["products"] == [{"code": "UNATT", "quantity": 4}]
    assert (put["method"], put["kind"], put["status"], put["acted"]) == ("PUT", "write", 200, True)
    assert put["operation"] == "AllocateServiceLicense"
    assert listing["query"] == {"v": "20260101", "pageSize": "1"}
    assert (listing["kind"], listing["operation"], listing["body"]) == ("read", "listLicensePacks", None)
    assert post["path"].endswith("/assigned-entities/a%2Fb")
    assert (lost["status"], lost["operation"], lost["kind"]) == (404, None, "read")
    assert (lost_write["status"], lost_write["kind"]) == (404, "write")
    assert put["started"] <= put["ended"] <= listing["started"]
    assert [call["sequence"] for call in simulator.calls()] == list(range(sign_in["sequence"], sign_in["sequence"] + 6))


def test_writes_are_what_would_change_a_licence(simulator: Handle, uipath: UiPathClient) -> None:
    uipath.host("GET", "/available-products")
    assert simulator.writes() == []
    uipath.put_organization("org-b", {"UNATT": 9999})
    uipath.call("POST", "/lrm/api/anything")
    assert [call["status"] for call in simulator.writes()] == [409, 404]
    assert simulator.writes() == control(simulator, "GET", "calls?kind=write").json()
    assert control(simulator, "GET", "calls?kind=writes").status_code == 400
    simulator.clear_calls()
    assert simulator.calls() == []
    uipath.host("GET", "/available-products")
    assert control(simulator, "DELETE", "calls").status_code == 200
    assert control(simulator, "GET", "calls").json() == []


def test_no_secret_in_the_log(simulator: Handle, uipath: UiPathClient, yext: YextClient) -> None:
    url = simulator.url
    secrets = [KEY, "host-admin-password", CLIENT["client_secret"], "yext-access-token-0001", uipath.token]
    form = {
        "grant_type": "password",
        "username": "admin",
        "password": secrets[1],
        "acr_values": "tenant:host",
        **CLIENT,
    }
    requests.post(url + "/identity_/connect/token", data=form, timeout=10)
    requests.post(url + "/api/account/authenticate", data=f'{{"Password": "{secrets[1]}"', timeout=10)
    requests.post(url + "/api/account/authenticate", json=[secrets[1]], timeout=10)
    yext.call("GET")
    yext.call("GET", params={"api_key": None, "access_token": secrets[3]}, headers={"api-key": KEY})
    yext.entity("POST", "x", json={"access_token": secrets[3]})
    uipath.host("GET", "/available-products")
    text = json.dumps(simulator.calls())
    assert len(simulator.calls()) == 8
    assert not [secret for secret in secrets if secret in text]
    assert '"client_secret": "********"' in text


def test_the_control_plane_is_not_logged_and_meets_no_fault(simulator: Handle) -> None:
    simulator.set_faults([{"effect": {"status": 500}}])
    assert control(simulator, "GET", "state").status_code == 200
    assert simulator.calls() == []


def test_switches_are_set_read_and_reset(simulator: Handle) -> None:
    changes = {"uipath_put": "merge", "yext_rate_limit": 7}
    assert control(simulator, "PUT", "switches", json=changes).status_code == 200
    assert changes.items() <= control(simulator, "GET", "switches").json().items()
    assert control(simulator, "PUT", "switches", json={"uipath_id_case": "upper"}).status_code == 200
    assert changes.items() <= control(simulator, "GET", "switches").json().items()
    assert control(simulator, "DELETE", "switches").status_code == 200
    defaults = {name: switch["default"] for name, switch in describe_switches().items()}
    assert control(simulator, "GET", "switches").json() == defaults
    simulator.set_switches(uipath_put="merge", uipath_kept_codes=["A"])
    simulator.reset_switches()
    assert control(simulator, "GET", "switches").json() == defaults


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"uipath_puts": "merge"}, "uipath_puts"),
        ({"uipath_put": "both"}, "switches.uipath_put: 'both' is not one of 'replace', 'merge'"),
        ({"yext_assign_twice": 409}, "yext_assign_twice"),
        ({"yext_page_size_default": 0}, "less than 1"),
        ({"yext_page_size_default": True}, "yext_page_size_default"),
        ({"yext_today": "tomorrow"}, "no date"),
        ({"uipath_added_to_service": {"A": -1}}, "uipath_added_to_service.A"),
        ({"yext_saved_filter": {"p": {"add": []}}}, "yext_saved_filter.p: unknown field add"),
        (["uipath_put"], "mapping"),
        ({"uipath_zero_code": "kept", "uipath_put": "both"}, "uipath_put"),
    ],
)
def test_wrong_switches_change_nothing(simulator: Handle, changes: Any, words: str) -> None:
    before = control(simulator, "GET", "switches").json()
    answer = control(simulator, "PUT", "switches", json=changes)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert control(simulator, "GET", "switches").json() == before


def test_faults_over_http(simulator: Handle, yext: YextClient) -> None:
    rule = {"name": "down", "match": {"kind": "read", "from": 2}, "effect": {"status": 503, "retry_after": 1}}
    assert control(simulator, "PUT", "faults", json=[rule]).status_code == 200
    assert [yext.call("GET").status_code for dummy in range(2)] == [200, 503]
    shown = control(simulator, "GET", "faults").json()
    assert shown == [{**rule, "counted": 2, "met": 1}]
    assert control(simulator, "PUT", "faults", json=[{"effect": {"state": 1}}]).status_code == 400
    assert control(simulator, "DELETE", "faults").status_code == 200
    assert yext.call("GET").status_code == 200


def test_what_may_be_set_is_told(simulator: Handle) -> None:
    schema = control(simulator, "GET", "schema").json()
    switch = schema["switches"]["uipath_put"]
    assert switch["default"] == "replace"
    assert switch["values"] == "one of 'replace', 'merge'"
    assert switch["meaning"]
    assert {"nth", "every", "from", "times"} <= set(schema["faults"]["match"])
    assert {"status", "reset", "truncate", "acts"} <= set(schema["faults"]["effect"])
    assert "PUT /__simulator__/faults" in control(simulator, "GET", "").json()


def test_everything_is_put_back(simulator: Handle, uipath: UiPathClient) -> None:
    before = simulator.state()
    uipath.put_organization("org-b", {"UNATT": 1})
    simulator.set_switches(uipath_put="merge")
    simulator.set_faults([{"effect": {"delay": 0.01}}])
    assert control(simulator, "POST", "reset").status_code == 200
    assert simulator.state() == before
    assert simulator.calls() == simulator.faults() == []
    assert control(simulator, "GET", "switches").json()["uipath_put"] == "replace"
    assert uipath.host("GET", "/available-products").status_code == 401


def test_tokens_are_forgotten_over_http(simulator: Handle, uipath: UiPathClient) -> None:
    assert uipath.token
    assert control(simulator, "DELETE", "tokens").status_code == 200
    assert uipath.host("GET", "/available-products").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "nothing", 404), ("POST", "state", 405), ("PUT", "calls", 405), ("PUT", "state", 400)],
)
def test_wrong_control_calls(simulator: Handle, method: str, path: str, status: int) -> None:
    assert control(simulator, method, path, data="{").status_code == status


def test_every_switch_has_a_test() -> None:
    text = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    parts = {"uipath_route_" + group for group in ("host_pool", "organization_license", "service_licenses")}
    parts |= {"uipath_route_account_pool", "uipath_route_removals"}
    untested = [name for name in describe_switches() if name not in text and name not in parts]
    assert untested == []


def test_a_seed_of_ones_own_takes_defaults() -> None:
    with running({"uipath": {"host_pool": {"UNATT": 1}, "organizations": {"o": {}}}}) as own:
        client = UiPathClient(own.url)
        assert client.put_organization("o", {"UNATT": 1}).status_code == 200
        assert YextClient(own.url).call("GET").json()["response"]["licensePacks"] == []


def test_a_delay_for_every_call() -> None:
    with running({}, delay=0.1) as slow:
        YextClient(slow.url).call("GET")
        (call,) = slow.calls()
        assert call["ended"] - call["started"] >= 0.1
