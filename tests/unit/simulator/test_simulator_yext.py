# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs and assignments: the envelope, what is refused, and every open question."""

import datetime
from typing import Any

import pytest

from simulator.clients import KEY, SEED, YextClient
from simulator.testing import Handle

FUTURE = "2099-12-31"


def assigned(simulator: Handle, pack: str = "p1") -> dict[str, str | None]:
    found: dict[str, str | None] = simulator.state()["yext"]["license_packs"][pack]["assigned"]
    return found


def error(answer: Any, kind: str = "FATAL_ERROR") -> dict[str, Any]:
    (found,) = answer.json()["meta"]["errors"]
    assert set(found) == {"name", "code", "type", "message"}
    assert found["type"] == kind
    assert isinstance(found["code"], int)
    return dict(found)


def test_packs_are_listed_with_their_counts(yext: YextClient) -> None:
    answer = yext.call("GET").json()
    assert len(answer["meta"]["uuid"]) == 36
    assert answer["meta"]["errors"] == []
    assert answer["response"]["licensePacks"] == [
        {"id": "p1", "name": "Listings", "total": 3, "assigned": 2, "available": 1, "notes": ""},
        {"id": "p2", "name": "Reviews", "total": 1, "assigned": 1, "available": 0, "notes": "small"},
        {"id": "p3", "name": "Pages", "total": 100, "assigned": 0, "available": 100, "notes": ""},
    ]


def test_an_assignment_from_its_beginning_to_its_end(yext: YextClient, simulator: Handle) -> None:
    created = yext.entity("POST", "e3")
    assert created.status_code == 200
    assert created.json()["response"] == {
        "licensePack": {"id": "p1", "name": "Listings", "total": 3, "assigned": 3, "available": 0, "notes": ""},
        "assignedEntities": [{"entityId": "e3"}],
    }
    updated = yext.entity("PUT", "e3", json={"expirationDate": FUTURE}).json()["response"]
    assert updated["assignedEntities"] == [{"entityId": "e3", "expirationDate": FUTURE}]
    assert assigned(simulator)["e3"] == FUTURE
    for cancelling in ({"expirationDate": None}, {}):
        yext.entity("PUT", "e3", json={"expirationDate": FUTURE})
        assert yext.entity("PUT", "e3", json=cancelling).status_code == 200
        assert assigned(simulator)["e3"] is None
    removed = yext.entity("DELETE", "e3")
    assert (removed.status_code, removed.json()["response"]) == (200, {})
    assert "e3" not in assigned(simulator)


def test_an_entity_over_all_packs(yext: YextClient) -> None:
    found = yext.assigned("-", assignedEntity="e1")["licenseAssignments"]
    assert [each["licensePack"]["id"] for each in found] == ["p1", "p2"]
    assert all([entity["entityId"] for entity in each["assignedEntities"]] == ["e1"] for each in found)
    assert yext.assigned("-", assignedEntity="nobody")["licenseAssignments"] == []
    assert error(yext.call("GET", "/-/assigned-entities"))
    only = yext.assigned("p1", assignedEntity="e2")["licenseAssignments"][0]
    assert only["assignedEntities"] == [{"entityId": "e2", "expirationDate": "2027-01-31"}]


@pytest.mark.parametrize(
    ("params", "headers", "status"),
    [
        ({}, {}, 200),
        ({"api_key": None}, {}, 401),
        ({"api_key": "wrong"}, {}, 401),
        ({"api_key": ""}, {}, 401),
        ({"api_key": None}, {"api-key": KEY}, 200),
        ({"api_key": None}, {"api-key": "wrong"}, 401),
        ({}, {"api-key": "wrong"}, 401),
        ({"api_key": None, "access_token": "yext-access-token-0001"}, {}, 200),
        ({"api_key": None, "access_token": KEY}, {}, 401),
        ({"api_key": None}, {"Authorization": f"Bearer {KEY}"}, 401),
        ({"v": None}, {}, 400),
        ({"v": "2026-01-01"}, {}, 400),
        ({"v": "20261301"}, {}, 400),
        ({"v": "202601"}, {}, 400),
        ({"v": ""}, {}, 400),
        ({"unknown": "1"}, {}, 400),
        ({"assignedEntity": "e1"}, {}, 400),
        ({"v": ["20260101", "20260101"]}, {}, 400),
    ],
)
def test_what_every_call_must_carry(
    yext: YextClient, params: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    answer = yext.call("GET", params=params, headers=headers)
    assert answer.status_code == status
    if status != 200:
        error(answer)
        assert answer.json()["response"] == {}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "", 405),
        ("PUT", "", 405),
        ("GET", "/p1", 404),
        ("GET", "/p1/assigned-entities/e1", 405),
        ("PATCH", "/p1/assigned-entities/e1", 405),
        ("POST", "/p1/assigned-entities", 405),
        ("GET", "/p1/assigned-entities/", 404),
        ("GET", "/none/assigned-entities", 400),
        ("POST", "/none/assigned-entities/e1", 400),
        ("DELETE", "/none/assigned-entities/e1", 400),
        ("POST", "/-/assigned-entities/e9", 400),
        ("POST", "/p1/assigned-entities/a/b", 404),
    ],
)
def test_wrong_verbs_and_paths(yext: YextClient, method: str, path: str, status: int) -> None:
    answer = yext.call(method, path)
    assert answer.status_code == status
    if method != "HEAD":
        error(answer)


def test_accounts(yext: YextClient, simulator: Handle) -> None:
    query = {"v": "20260101", "api_key": KEY}
    url = simulator.url + "/v2/accounts/{}/license-packs"
    assert yext.session.get(url.format("4711"), params=query, timeout=10).status_code == 200
    assert yext.session.get(url.format("4712"), params=query, timeout=10).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"expirationDate": FUTURE}, 200),
        ({"expirationDate": "2026-02-30"}, 400),
        ({"expirationDate": "20991231"}, 400),
        ({"expirationDate": "2099-1-1"}, 400),
        ({"expirationDate": "2099-12-31T00:00:00"}, 400),
        ({"expirationDate": ""}, 400),
        ({"expirationDate": 20991231}, 400),
        ({"expirationDate": FUTURE, "other": 1}, 400),
        ([], 400),
    ],
)
def test_expiration_dates(yext: YextClient, simulator: Handle, body: Any, status: int) -> None:
    assert yext.entity("PUT", "e1", json=body).status_code == status
    assert assigned(simulator)["e1"] == (FUTURE if status == 200 else None)


def test_bodies_and_content_types(yext: YextClient, simulator: Handle) -> None:
    assert yext.entity("POST", "e3", json={}).status_code == 400
    assert yext.entity("DELETE", "e1", json={}).status_code == 400
    assert yext.call("GET", json={}).status_code == 400
    assert yext.entity("PUT", "e1").status_code == 400
    assert yext.entity("PUT", "e1", data="{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert assigned(simulator) == SEED["yext"]["license_packs"]["p1"]["assigned"]


@pytest.mark.parametrize("answer", ["200", "400", "409"])
@pytest.mark.parametrize("expiry", ["kept", "cleared"])
def test_assigning_twice(yext: YextClient, simulator: Handle, answer: str, expiry: str) -> None:
    simulator.set_switches(yext_assign_twice=answer, yext_assign_twice_expiry=expiry)
    assert yext.entity("POST", "e2").status_code == int(answer)
    cleared = (answer, expiry) == ("200", "cleared")
    assert assigned(simulator)["e2"] == (None if cleared else "2027-01-31")


@pytest.mark.parametrize(("answer", "status"), [("200", 200), ("201", 201)])
def test_the_status_of_assigning(yext: YextClient, simulator: Handle, answer: str, status: int) -> None:
    simulator.set_switches(yext_assign_status=answer)
    assert yext.entity("POST", "e3").status_code == status
    assert yext.entity("POST", "e3").status_code == 200


@pytest.mark.parametrize("answer", ["200", "400", "404", "409"])
def test_removing_what_is_not_assigned(yext: YextClient, simulator: Handle, answer: str) -> None:
    simulator.set_switches(yext_remove_unassigned=answer)
    assert yext.entity("DELETE", "e9").status_code == int(answer)


@pytest.mark.parametrize("answer", ["400", "404", "409", "200"])
def test_updating_what_is_not_assigned(yext: YextClient, simulator: Handle, answer: str) -> None:
    simulator.set_switches(yext_update_unassigned=answer)
    assert yext.entity("PUT", "e9", json={"expirationDate": FUTURE}).status_code == int(answer)
    assert assigned(simulator).get("e9") == (FUTURE if answer == "200" else None)
    assert yext.entity("PUT", "e9", "p2", json={}).status_code == (400 if answer == "200" else int(answer))


@pytest.mark.parametrize(("answer", "status"), [("400", 400), ("accepted", 200)])
def test_dates_that_are_past(yext: YextClient, simulator: Handle, answer: str, status: int) -> None:
    simulator.set_switches(yext_past_date=answer)
    assert yext.entity("PUT", "e1", json={"expirationDate": "2020-01-01"}).status_code == status
    today = datetime.date.today().isoformat()
    assert yext.entity("PUT", "e1", json={"expirationDate": today}).status_code == 200
    simulator.set_switches(yext_today="2098-01-01")
    assert yext.entity("PUT", "e1", json={"expirationDate": "2097-12-31"}).status_code == status
    assert yext.entity("PUT", "e1", json={"expirationDate": "2098-01-01"}).status_code == 200


@pytest.mark.parametrize("answer", ["400", "409"])
def test_assigning_with_none_available(yext: YextClient, simulator: Handle, answer: str) -> None:
    simulator.set_switches(yext_none_available=answer)
    assert yext.entity("POST", "e3").status_code == 200
    assert yext.entity("POST", "e4").status_code == int(answer)
    assert yext.entity("POST", "e3").status_code == 200
    assert "e4" not in assigned(simulator)


@pytest.mark.parametrize("answer", ["400", "404"])
def test_unknown_entities(yext: YextClient, simulator: Handle, answer: str) -> None:
    simulator.set_state({"yext": {**SEED["yext"], "entities": ["e1", "e2", "e3"]}})
    simulator.set_switches(yext_unknown_entity=answer, yext_remove_unassigned="200")
    assert yext.entity("POST", "e3").status_code == 200
    assert yext.entity("POST", "E3").status_code == int(answer)
    assert yext.entity("DELETE", "e9").status_code == int(answer)


@pytest.mark.parametrize(("form", "entities"), [("touched", ["e3"]), ("all", ["e1", "e2", "e3"]), ("empty", None)])
def test_what_writes_answer_with(yext: YextClient, simulator: Handle, form: str, entities: list[str] | None) -> None:
    simulator.set_switches(yext_write_answer=form)
    for answer in (yext.entity("POST", "e3"), yext.entity("PUT", "e3", json={})):
        response = answer.json()["response"]
        found = [each["entityId"] for each in response["assignedEntities"]] if response else None
        assert found == entities


@pytest.mark.parametrize("form", ["omitted", "null", "empty"])
def test_how_no_expiration_is_shown(yext: YextClient, simulator: Handle, form: str) -> None:
    simulator.set_switches(yext_no_expiration=form)
    entity = yext.assigned()["licenseAssignments"][0]["assignedEntities"][0]
    assert entity == {
        "entityId": "e1",
        **{"omitted": {}, "null": {"expirationDate": None}}.get(form, {"expirationDate": ""}),
    }


@pytest.mark.parametrize(("form", "count"), [("listed", 1), ("omitted", 0)])
def test_an_empty_pack(yext: YextClient, simulator: Handle, form: str, count: int) -> None:
    simulator.set_switches(yext_empty_pack=form)
    assert len(yext.assigned("p3")["licenseAssignments"]) == count
    assert len(yext.assigned("p1")["licenseAssignments"]) == 1


def test_reads_that_come_late(yext: YextClient, simulator: Handle) -> None:
    simulator.set_switches(yext_stale_reads=1)
    yext.entity("POST", "e3")
    seen = [len(yext.assigned()["licenseAssignments"][0]["assignedEntities"]) for dummy in range(2)]
    assert seen == [2, 3]
    yext.entity("DELETE", "e1")
    yext.entity("DELETE", "e2")
    seen = [yext.assigned()["licenseAssignments"][0]["licensePack"]["assigned"] for dummy in range(2)]
    assert seen == [3, 1]


def test_a_saved_filter(yext: YextClient, simulator: Handle) -> None:
    simulator.set_switches(yext_saved_filter={"p1": {"adds": ["e1", "e7"], "removes": ["e3"]}})
    assert yext.entity("DELETE", "e1").status_code == 200
    assert assigned(simulator) == {"e2": "2027-01-31", "e1": None, "e7": None}
    yext.entity("DELETE", "e7")
    yext.entity("DELETE", "e2")
    assert yext.entity("POST", "e3").status_code in (200, 400)
    assert "e3" not in assigned(simulator)
    yext.entity("DELETE", "e1", "p2")
    assert assigned(simulator, "p2") == {}
    simulator.set_switches(yext_saved_filter={"p2": {"adds": ["e8", "e9"]}})
    assert yext.entity("DELETE", "e5", "p2").status_code == 400
    simulator.set_switches(yext_remove_unassigned="200")
    yext.entity("DELETE", "e5", "p2")
    assert assigned(simulator, "p2") == {"e8": None}


def test_counts_that_do_not_match(yext: YextClient, simulator: Handle) -> None:
    simulator.set_switches(yext_assigned_count_offset=1)
    pack = yext.assigned()["licenseAssignments"][0]
    assert (pack["licensePack"]["assigned"], pack["licensePack"]["available"]) == (3, 0)
    assert len(pack["assignedEntities"]) == 2


@pytest.mark.parametrize(
    ("form", "expected", "done"),
    [
        ("none", (200, []), True),
        ("warning", (200, ["WARNING"]), True),
        ("non_fatal", (207, ["NON_FATAL_ERROR"]), False),
        ("non_fatal_done", (207, ["NON_FATAL_ERROR"]), True),
        ("fatal", (200, ["FATAL_ERROR"]), False),
    ],
)
def test_errors_of_writes(
    yext: YextClient, simulator: Handle, form: str, expected: tuple[int, list[str]], done: bool
) -> None:
    simulator.set_switches(yext_write_errors=form)
    for method, entity, body in (
        ("POST", "e3", None),
        ("PUT", "e1", {"expirationDate": FUTURE}),
        ("DELETE", "e2", None),
    ):
        answer = yext.entity(method, entity, json=body)
        assert (answer.status_code, [each["type"] for each in answer.json()["meta"]["errors"]]) == expected
        if not done:
            assert answer.json()["response"] == {}
    after = {"e1": FUTURE, "e3": None} if done else SEED["yext"]["license_packs"]["p1"]["assigned"]
    assert assigned(simulator) == after
    assert yext.entity("POST", "e1", "none").status_code == 400


@pytest.mark.parametrize(
    ("form", "status", "kind"),
    [("none", 200, None), ("warning", 200, "WARNING"), ("non_fatal", 207, "NON_FATAL_ERROR")],
)
def test_errors_of_listings(yext: YextClient, simulator: Handle, form: str, status: int, kind: str | None) -> None:
    simulator.set_switches(yext_read_errors=form)
    for answer in (yext.call("GET"), yext.call("GET", "/p1/assigned-entities")):
        assert answer.status_code == status
        assert [each["type"] for each in answer.json()["meta"]["errors"]] == ([kind] if kind else [])
        assert answer.json()["response"]


@pytest.mark.parametrize(("case", "shown"), [("as_stored", "Ab"), ("lower", "ab"), ("upper", "AB")])
def test_letter_case_of_ids(yext: YextClient, simulator: Handle, case: str, shown: str) -> None:
    simulator.set_switches(yext_id_case=case)
    answer = yext.entity("POST", "Ab").json()["response"]
    assert answer["assignedEntities"][0]["entityId"] == shown
    assert yext.assigned(assignedEntity="ab")["licenseAssignments"][0]["assignedEntities"] == []


def test_ids_are_taken_from_the_raw_path(yext: YextClient, simulator: Handle) -> None:
    assert yext.entity("POST", "a%2Fb%20%23%3F%25+").status_code == 200
    assert "a/b #?%+" in assigned(simulator)
    assert yext.assigned(assignedEntity="a/b #?%+")["licenseAssignments"][0]["assignedEntities"]


def test_the_rate_limit(yext: YextClient, simulator: Handle) -> None:
    first = yext.call("GET")
    assert (first.headers["Rate-Limit-Limit"], first.headers["Rate-Limit-Remaining"]) == ("5000", "4999")
    simulator.set_switches(yext_rate_limit=2, yext_rate_window=1)
    answers = [yext.call("GET"), yext.call("GET", params={"v": None}), yext.entity("POST", "e3")]
    assert [answer.status_code for answer in answers] == [200, 400, 429]
    assert [answer.headers["Rate-Limit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].json()["response"] == {}
    assert "e3" not in assigned(simulator)
    error(answers[2])
    reset = int(answers[2].headers["Rate-Limit-Reset"])
    wait = reset - datetime.datetime.now().timestamp()
    assert 0 < wait <= 2
    simulator.set_switches(yext_rate_window=1)
    assert yext.call("GET").status_code == 200
