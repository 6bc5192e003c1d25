# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: which calls they meet, and what these meet."""

import concurrent.futures
import email.utils
import socket
import time
from typing import Any

import pytest
import requests

from simulator.clients import HOST, SEED, UiPathClient, YextClient
from simulator.testing import Handle


def statuses(yext: YextClient, count: int) -> list[int]:
    return [yext.call("GET").status_code for dummy in range(count)]


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({}, [500] * 6),
        ({"nth": 3}, [200, 200, 500, 200, 200, 200]),
        ({"every": 2}, [200, 500, 200, 500, 200, 500]),
        ({"from": 4}, [200, 200, 200, 500, 500, 500]),
        ({"from": 2, "times": 2}, [200, 500, 500, 200, 200, 200]),
        ({"from": 2, "every": 2}, [200, 200, 500, 200, 500, 200]),
        ({"every": 2, "times": 1}, [200, 500, 200, 200, 200, 200]),
        ({"times": 2}, [500, 500, 200, 200, 200, 200]),
    ],
)
def test_which_of_the_matching_calls(
    yext: YextClient, simulator: Handle, match: dict[str, int], expected: list[int]
) -> None:
    simulator.set_faults([{"match": match, "effect": {"status": 500}}])
    assert statuses(yext, 6) == expected
    (rule,) = simulator.faults()
    assert (rule["counted"], rule["met"]) == (6, expected.count(500))


@pytest.mark.parametrize(
    ("match", "read", "write"),
    [
        ({"method": "GET"}, 500, 200),
        ({"method": ["PUT", "POST"]}, 200, 500),
        ({"kind": "read"}, 500, 200),
        ({"kind": ["write", "sign_in"]}, 200, 500),
        ({"path": "license-packs$"}, 500, 200),
        ({"path": "/e3"}, 200, 500),
        ({"operation": "listLicensePacks"}, 500, 200),
        ({"operation": ["createLicenseAssignment"]}, 200, 500),
        ({"method": "GET", "kind": "write"}, 200, 200),
    ],
)
def test_which_calls_match(yext: YextClient, simulator: Handle, match: dict[str, Any], read: int, write: int) -> None:
    simulator.set_faults([{"match": match, "effect": {"status": 500}}])
    assert yext.call("GET").status_code == read
    assert yext.entity("POST", "e3").status_code == write


@pytest.mark.parametrize(("acts", "done"), [(None, False), (False, False), (True, True)])
@pytest.mark.parametrize("effect", [{"status": 500}, {"reset": True}, {"html": True}, {"redirect": "http://x/"}])
def test_whether_the_server_acts(
    yext: YextClient, simulator: Handle, effect: dict[str, Any], acts: bool | None, done: bool
) -> None:
    simulator.set_faults([{"effect": effect if acts is None else {**effect, "acts": acts}}])
    try:
        yext.entity("POST", "e3")
    except requests.ConnectionError:
        assert "reset" in effect
    assert ("e3" in simulator.state()["yext"]["license_packs"]["p1"]["assigned"]) == done
    assert simulator.calls()[0]["acted"] == done


def test_an_own_answer_that_the_server_does_not_act_on(yext: YextClient, simulator: Handle) -> None:
    simulator.set_faults([{"effect": {"acts": False, "status": 200, "body": {"response": {}}}}])
    assert yext.entity("POST", "e3").json() == {"response": {}}
    assert "e3" not in simulator.state()["yext"]["license_packs"]["p1"]["assigned"]


def test_the_words_of_either_vendor(uipath: UiPathClient, yext: YextClient, simulator: Handle) -> None:
    assert uipath.token
    simulator.set_faults([{"effect": {"status": 503}}])
    assert uipath.host("GET", "/available-products").json()["status"] == 503
    answer = yext.call("GET").json()
    assert (answer["response"], answer["meta"]["errors"][0]["type"]) == ({}, "FATAL_ERROR")


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ({"status": 400, "body": {"a": 1}}, (400, "application/json", '{"a": 1}')),
        ({"body": [1]}, (200, "application/json", "[1]")),
        ({"status": 502, "body": "plain"}, (502, "text/plain; charset=utf-8", "plain")),
        ({"status": 500, "body": ""}, (500, "text/plain; charset=utf-8", "")),
        ({"html": "<p>x</p>"}, (200, "text/html; charset=utf-8", "<p>x</p>")),
        ({"html": "<p>x</p>", "status": 503}, (503, "text/html; charset=utf-8", "<p>x</p>")),
        ({"status": 204}, (204, None, "")),
        ({"status": 599, "body": ""}, (599, "text/plain; charset=utf-8", "")),
        ({"status": 200}, (200, None, "")),
    ],
)
def test_other_answers(
    yext: YextClient, simulator: Handle, effect: dict[str, Any], expected: tuple[int, str | None, str]
) -> None:
    simulator.set_faults([{"effect": effect}])
    for dummy in range(2):
        answer = yext.call("GET")
        assert (answer.status_code, answer.headers.get("content-type"), answer.text) == expected


def test_html_by_default(yext: YextClient, simulator: Handle) -> None:
    simulator.set_faults([{"effect": {"html": True}}])
    assert yext.call("GET").text.startswith("<!DOCTYPE html>")


def test_a_redirect(yext: YextClient, simulator: Handle) -> None:
    simulator.set_faults([{"effect": {"redirect": "https://elsewhere.example/"}}])
    answer = yext.call("GET")
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://elsewhere.example/")
    simulator.set_faults([{"effect": {"redirect": "/login", "status": 307}}])
    assert yext.call("GET").status_code == 307


def test_the_headers_of_a_limit(yext: YextClient, simulator: Handle) -> None:
    now = time.time()

    def answer(**effect: Any) -> dict[str, str]:
        simulator.set_faults([{"effect": {"status": 429, **effect}}])
        headers = yext.call("GET").headers
        names = {"Retry-After", "Rate-Limit-Reset", "Rate-Limit-Limit", "X-Own"}
        return {name: headers[name] for name in names if name in headers}

    assert answer() == {}
    assert answer(retry_after=7) == {"Retry-After": "7"}
    date = email.utils.parsedate_to_datetime(answer(retry_after_date=60)["Retry-After"]).timestamp()
    assert 58 <= date - now <= 63
    assert 28 <= int(answer(rate_limit_reset=30)["Rate-Limit-Reset"]) - now <= 33
    assert answer(headers={"X-Own": "1"}) == {"X-Own": "1"}


def test_headers_on_the_own_answer(yext: YextClient, simulator: Handle) -> None:
    simulator.set_faults([{"effect": {"headers": {"X-Own": "1"}, "retry_after": 3}}])
    answer = yext.call("GET")
    assert answer.json()["response"]["licensePacks"]
    assert (answer.headers["X-Own"], answer.headers["Retry-After"]) == ("1", "3")


@pytest.mark.parametrize(("field", "acted_early"), [("delay", False), ("delay_after", True)])
def test_delays(yext: YextClient, simulator: Handle, field: str, acted_early: bool) -> None:
    simulator.set_faults([{"match": {"kind": "write"}, "effect": {field: 0.4}}])
    with pytest.raises(requests.Timeout):
        yext.entity("POST", "e3", timeout=0.15)
    assert ("e3" in simulator.state()["yext"]["license_packs"]["p1"]["assigned"]) == acted_early
    time.sleep(0.4)
    assert "e3" in simulator.state()["yext"]["license_packs"]["p1"]["assigned"]


def test_calls_in_flight(yext: YextClient, simulator: Handle) -> None:
    simulator.set_faults([{"effect": {"delay": 0.2}}])
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: yext.call("GET"), range(4)))
    calls = simulator.calls()
    assert sorted(call["in_flight"] for call in calls) == [1, 2, 3, 4]
    numbers = [call["sequence"] for call in calls]
    assert numbers == list(range(numbers[0], numbers[0] + 4))
    assert all(call["ended"] - call["started"] >= 0.2 for call in calls)
    yext.call("GET")
    assert simulator.calls()[-1]["in_flight"] == 1


def test_a_connection_that_is_reset(simulator: Handle) -> None:
    simulator.set_faults([{"effect": {"reset": True}}])
    host, port = simulator.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(100)
    assert simulator.calls()[0]["status"] is None
    assert simulator.calls()[0]["ended"] is not None


@pytest.mark.parametrize("truncate", [True, 5, 0])
def test_an_answer_that_is_cut_off(simulator: Handle, truncate: bool | int) -> None:
    simulator.set_faults([{"effect": {"truncate": truncate}}])
    host, port = simulator.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n")
        received = b""
        while part := connection.recv(1000):
            received += part
    head, _gap, body = received.partition(b"\r\n\r\n")
    (promised,) = [
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    ]
    assert len(body) < promised
    assert len(body) == (promised // 2 if truncate is True else truncate)


def test_even_an_empty_body_can_be_cut_off(uipath: UiPathClient, simulator: Handle) -> None:
    assert uipath.token
    simulator.set_faults([{"effect": {"truncate": True}}])
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        uipath.account("DELETE", "org-a/service-license/t1/orchestrator")
    assert simulator.state()["uipath"]["organizations"]["org-a"]["tenants"]["t1"]["services"] == {}


def test_the_server_goes_on_after_faults(yext: YextClient, simulator: Handle) -> None:
    simulator.set_faults([{"match": {"times": 1}, "effect": {"reset": True}}])
    with pytest.raises(requests.ConnectionError):
        yext.call("GET")
    assert statuses(yext, 2) == [200, 200]


def test_rules_together(yext: YextClient, simulator: Handle) -> None:
    simulator.set_faults(
        [
            {"name": "slow", "effect": {"delay": 0.1}},
            {"name": "third", "match": {"nth": 3}, "effect": {"status": 500, "delay": 60}},
            {"match": {"nth": 3}, "effect": {"status": 400}},
        ]
    )
    assert statuses(yext, 4) == [200, 200, 500, 200]
    calls = simulator.calls()
    assert [call["fault"] for call in calls] == ["slow", "slow", "slow, third, faults[2]", "slow"]
    assert all(0.1 <= call["ended"] - call["started"] < 5 for call in calls)


def test_faults_are_removed(yext: YextClient, simulator: Handle) -> None:
    simulator.set_faults([{"effect": {"status": 500}}])
    simulator.clear_faults()
    assert statuses(yext, 1) == [200]
    assert simulator.faults() == []


def test_a_key_that_expires(yext: YextClient, simulator: Handle) -> None:
    simulator.set_faults([{"match": {"nth": 2}, "effect": {"expire_token": True}}])
    assert statuses(yext, 3) == [200, 401, 401]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({}, "faults"),
        (["x"], "faults[0]"),
        ([{}], "missing field effect"),
        ([{"effect": {}}], "says nothing"),
        ([{"effect": {"status": 500}, "other": 1}], "other"),
        ([{"effect": {"statuses": 500}}], "statuses"),
        ([{"effect": {"status": "500"}}], "status"),
        ([{"effect": {"status": 99}}], "less than 200"),
        ([{"effect": {"status": 600}}], "more than 599"),
        ([{"effect": {"delay": -1}}], "less than 0"),
        ([{"effect": {"reset": False}}], "reset"),
        ([{"effect": {"status": 500}, "match": {"verb": "PUT"}}], "verb"),
        ([{"effect": {"status": 500}, "match": {"kind": "reads"}}], "kind"),
        ([{"effect": {"status": 500}, "match": {"path": "("}}], "regular expression"),
        ([{"effect": {"status": 500}, "match": {"nth": 0}}], "less than 1"),
        ([{"effect": {"status": 500}, "match": {"from": "2"}}], "match.from:"),
        ([{"effect": {"status": 500}, "match": {"nth": 1, "times": 1}}], "nth stands alone"),
    ],
)
def test_wrong_rules_change_nothing(simulator: Handle, rules: Any, words: str) -> None:
    simulator.set_faults([{"effect": {"status": 418}}])
    with pytest.raises(ValueError, match=r"faults") as refused:
        simulator.set_faults(rules)
    assert words in str(refused.value)
    assert simulator.faults()[0]["effect"] == {"status": 418}


def test_state_is_untouched_by_faults(uipath: UiPathClient, simulator: Handle) -> None:
    assert uipath.token
    simulator.set_faults([{"match": {"path": f"^/lrm/api/host/{HOST}"}, "effect": {"status": 500}}])
    assert uipath.put_organization("org-b", {"UNATT": 1}).status_code == 500
    assert simulator.state()["uipath"]["organizations"]["org-b"]["license"] is None
    assert SEED["uipath"]["organizations"]["org-b"].get("license") is None
