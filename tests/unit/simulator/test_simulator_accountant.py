# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles for users and rules for groups."""

from typing import Any

import pytest
import requests

from simulator.clients import UiPathClient
from simulator.testing import Handle

USERS = "/lease_/api/account/org-a/user-license"


def give(uipath: UiPathClient, users: list[str], codes: list[str], **fields: Any) -> requests.Response:
    return uipath.call("PUT", USERS, json={"userIds": users, "userBundleCodes": codes, **fields})


def test_users_take_from_the_organizations_pool(uipath: UiPathClient, simulator: Handle) -> None:
    answer = give(uipath, ["anna", "ben"], ["NONPR"], useExternalLicense=True)
    assert answer.json() == [
        {"userId": name, "organizationId": "org-a", "useExternalLicense": True, "userBundleCodes": ["NONPR"]}
        for name in ("anna", "ben")
    ]
    assert uipath.call("GET", USERS).json() == [
        {"code": "UNATT", "allocated": 6, "total": 10},
        {"code": "NONPR", "allocated": 2, "total": 4},
    ]
    assert uipath.put_service({"NONPR": 3}, "org-a/service-license/t2/du").status_code == 409
    assert uipath.put_service({"NONPR": 2}, "org-a/service-license/t2/du").status_code == 200
    assert set(simulator.state()["uipath"]["organizations"]["org-a"]["users"]) == {"anna", "ben"}


def test_too_many_are_refused_whole(uipath: UiPathClient, simulator: Handle) -> None:
    assert give(uipath, ["a", "b", "c", "d"], ["NONPR"]).status_code == 200
    assert give(uipath, ["d", "e"], ["NONPR", "UNATT"]).status_code == 409
    assert give(uipath, ["d"], ["NONPR", "UNATT"]).status_code == 200
    users = simulator.state()["uipath"]["organizations"]["org-a"]["users"]
    assert {name: user["user_bundle_codes"] for name, user in users.items()} == {
        **{name: ["NONPR"] for name in "abc"},
        "d": ["NONPR", "UNATT"],
    }


def test_users_are_found_and_removed(uipath: UiPathClient, simulator: Handle) -> None:
    give(uipath, ["anna", "ben"], ["UNATT"])
    simulator.clear_calls()
    found = uipath.call("POST", USERS, json={"userIds": ["anna", "nobody"]}).json()
    assert found == [
        {
            "id": "anna",
            "email": None,
            "name": None,
            "surname": None,
            "lastInUse": None,
            "userBundleLicenses": ["UNATT"],
            "useExternalLicense": False,
            "orphan": False,
        }
    ]
    assert [user["id"] for user in uipath.call("GET", USERS + "/users").json()] == ["anna", "ben"]
    assert uipath.call("GET", USERS + "/ublCodes/explicit").json() == ["UNATT"]
    assert uipath.call("GET", USERS + "/anna").json() == {
        "userId": "anna",
        "accountId": "org-a",
        "license_token": None,
    }
    assert simulator.writes() == []
    assert uipath.call("DELETE", USERS, json={"userIds": ["anna", "nobody"]}).json() == {
        "successfulUserIds": ["anna"],
        "failedUserIds": ["nobody"],
    }
    assert len(simulator.writes()) == 1


def test_rules_for_groups(uipath: UiPathClient) -> None:
    rule = {"userBundleCodes": ["UNATT"], "useExternalLicense": True}
    assert uipath.call("PUT", USERS + "/group/g1", json=rule).json() == {
        "groupId": "g1",
        "organizationId": "org-a",
        **rule,
    }
    read = uipath.call("GET", USERS + "/group/g1").json()
    assert (read["allocatedUserBundles"], read["useExternalLicense"]) == (["UNATT"], True)
    assert [each["code"] for each in read["availableUserBundles"]] == ["UNATT", "NONPR"]
    assert uipath.call("GET", USERS + "/groups").json()["allocatedUserBundles"] == ["UNATT"]
    assert uipath.call("GET", USERS + "/ublCodes/group").json() == ["UNATT"]
    assert uipath.call("DELETE", USERS + "/group/g1").status_code == 200
    assert uipath.call("GET", USERS + "/group/g1").json()["allocatedUserBundles"] == []
    assert uipath.call("PUT", USERS + "/group/g1", json={"userBundleCodes": ["TIE"]}).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"userBundleCodes": ["UNATT"]},
        {"userIds": ["a"], "userBundleCodes": "UNATT"},
        {"userIds": ["a", "a"], "userBundleCodes": ["UNATT"]},
        {"userIds": [1], "userBundleCodes": ["UNATT"]},
        {"userIds": ["a"], "userBundleCodes": ["UNATT"], "useExternalLicense": "no"},
        {"userIds": ["a"], "userBundleCodes": ["UNATT"], "unknown": 1},
    ],
)
def test_wrong_bodies(uipath: UiPathClient, body: dict[str, Any]) -> None:
    assert uipath.call("PUT", USERS, json=body).status_code == 400


def test_organizations_without_licence_or_unknown(uipath: UiPathClient) -> None:
    body = {"userIds": ["a"], "userBundleCodes": []}
    assert uipath.call("PUT", USERS.replace("org-a", "org-b"), json=body).status_code == 404
    assert uipath.call("GET", USERS.replace("org-a", "none")).status_code == 404


@pytest.mark.parametrize("route", ["served", "404", "405"])
def test_a_version_without_the_accountant(uipath: UiPathClient, simulator: Handle, route: str) -> None:
    simulator.set_switches(uipath_route_accountant=route)
    assert uipath.call("GET", USERS).status_code == {"served": 200, "404": 404, "405": 405}[route]
