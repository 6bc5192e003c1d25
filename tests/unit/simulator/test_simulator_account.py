# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences of services: an organization's pool and every open question about it."""

from typing import Any

import pytest

from simulator.clients import UiPathClient, quantities
from simulator.testing import Handle

ONE = "org-a/service-license/t1/orchestrator"
SERVICE_FIELDS = {
    *("accountId", "globalId", "serviceScopeId", "serviceType", "license", "userLicensingEnabled"),
    "accountLicenseCode",
}
LICENSE_FIELDS = {
    *("licenseCode", "parentLicenseCode", "bundleCode", "subscriptionCode", "licenseStatus", "startDate", "endDate"),
    *("gracePeriod", "products", "templates", "policies", "entitlements", "payload", "boonLicenseCode"),
}
USE_FIELDS = {
    *("code", "type", "quantity", "allocated", "reserved", "available", "used", "allocatedAcrossOtherTenants"),
    *("consumedByDeletedTenants", "totalUnits", "consumedAtOrganizationLevel"),
}


def services(simulator: Handle, tenant: str = "t1") -> dict[str, Any]:
    found: dict[str, Any] = simulator.state()["uipath"]["organizations"]["org-a"]["tenants"][tenant]["services"]
    return found


def pool(uipath: UiPathClient, organization: str = "org-a") -> dict[str, tuple[int, int]]:
    answer = uipath.account("GET", f"{organization}/available-account-licenses").json()
    return {each["code"]: (each["total"], each["allocated"]) for each in answer}


def test_a_licence_is_given_and_read(uipath: UiPathClient, simulator: Handle) -> None:
    answer = uipath.put_service({"UNATT": 1, "NONPR": 4}, "org-a/service-license/t2/du", tenantName="Renamed")
    assert answer.status_code == 200
    license_ = answer.json()
    assert set(license_) == SERVICE_FIELDS
    assert set(license_["license"]) == LICENSE_FIELDS
    assert (license_["accountId"], license_["serviceScopeId"], license_["serviceType"]) == ("org-a", "t2", "du")
    assert quantities(license_["license"]) == {"UNATT": 1, "NONPR": 4}
    assert uipath.account("GET", "org-a/service-license/t2/du").json() == license_
    assert uipath.account("GET", "org-a/service-license/t2").json() == [license_]
    everything = uipath.account("GET", "org-a/service-license").json()
    assert [each["serviceType"] for each in everything] == ["orchestrator", "du"]
    assert simulator.state()["uipath"]["organizations"]["org-a"]["tenants"]["t2"]["name"] == "Renamed"


def test_a_service_without_licence_is_gone(uipath: UiPathClient) -> None:
    for path in ("org-a/service-license/t1/du", "org-a/service-license/none/du", "none/service-license/t1/du"):
        assert uipath.account("GET", path).status_code == 410
    assert uipath.account("GET", "none/service-license").json() == []
    assert uipath.account("GET", "org-a/service-license/t2").json() == []


@pytest.mark.parametrize(
    ("products", "status"), [({"UNATT": 4}, 200), ({"UNATT": 5}, 409), ({"NONPR": 5}, 409), ({"TIE": 1}, 409)]
)
def test_the_pool_bounds_what_rises(
    uipath: UiPathClient, simulator: Handle, products: dict[str, int], status: int
) -> None:
    answer = uipath.put_service(products, "org-a/service-license/t2/du")
    assert answer.status_code == status
    assert ("du" in services(simulator, "t2")) == (status == 200)


def test_an_overdrawn_pool_bounds_only_what_rises(uipath: UiPathClient, simulator: Handle) -> None:
    state = simulator.state()
    state["uipath"]["organizations"]["org-a"]["license"]["products"]["UNATT"] = 2
    simulator.set_state(state)
    assert pool(uipath)["UNATT"] == (2, 6)
    assert uipath.put_service({"UNATT": 6}).status_code == 409
    assert uipath.put_service({"UNATT": 5, "NONPR": 1}).status_code == 200
    assert uipath.put_service({"UNATT": 4, "NONPR": 1}).status_code == 200


def test_licences_move_only_after_their_release(uipath: UiPathClient) -> None:
    other = "org-a/service-license/t2/orchestrator"
    assert uipath.put_service({"UNATT": 9}).status_code == 200
    assert uipath.put_service({"UNATT": 3}, other).status_code == 409
    assert uipath.put_service({"UNATT": 6}).status_code == 200
    assert uipath.put_service({"UNATT": 3}, other).status_code == 200
    assert pool(uipath)["UNATT"] == (10, 10)


def test_an_organization_without_licence(uipath: UiPathClient) -> None:
    assert uipath.put_service({"UNATT": 0}, "org-b/service-license/u1/du").status_code == 404
    assert uipath.account("GET", "org-b/available-account-licenses").status_code == 404
    assert uipath.account("GET", "none/available-account-licenses").status_code == 404


@pytest.mark.parametrize(("put", "after"), [("replace", {"NONPR": 1}), ("merge", {"UNATT": 5, "NONPR": 1})])
def test_put_replaces_or_merges(uipath: UiPathClient, simulator: Handle, put: str, after: dict[str, int]) -> None:
    simulator.set_switches(uipath_put=put, uipath_lower_below_use="200")
    assert quantities(uipath.put_service({"NONPR": 1}).json()["license"]) == after


@pytest.mark.parametrize(("answer", "status"), [("409", 409), ("200", 200)])
def test_lowering_below_use(uipath: UiPathClient, simulator: Handle, answer: str, status: int) -> None:
    simulator.set_switches(uipath_lower_below_use=answer)
    assert uipath.put_service({"UNATT": 2}).status_code == 200
    assert uipath.put_service({"UNATT": 1}).status_code == status
    assert uipath.put_service({"UNATT": 0}, bypassUsageCheck=True).status_code == 200


@pytest.mark.parametrize(("answer", "status"), [("404", 404), ("400", 400), ("200", 200)])
def test_an_unknown_tenant(uipath: UiPathClient, simulator: Handle, answer: str, status: int) -> None:
    simulator.set_switches(uipath_unknown_tenant=answer)
    assert uipath.put_service({"UNATT": 1}, "org-a/service-license/t9/du").status_code == status
    assert ("t9" in simulator.state()["uipath"]["organizations"]["org-a"]["tenants"]) == (status == 200)


@pytest.mark.parametrize(("form", "status"), [("gone", 410), ("empty", 200), ("zeros", 200)])
def test_a_service_at_zero(uipath: UiPathClient, simulator: Handle, form: str, status: int) -> None:
    simulator.set_switches(uipath_zero_service=form)
    assert uipath.put_service({"UNATT": 0}, bypassUsageCheck=True).status_code == 200
    read = uipath.account("GET", ONE)
    assert read.status_code == status
    assert len(uipath.account("GET", "org-a/service-license").json()) == (0 if form == "gone" else 1)
    if form != "gone":
        assert quantities(read.json()["license"]) == ({} if form == "empty" else {"UNATT": 0})


def test_codes_that_the_server_adds_or_keeps(uipath: UiPathClient, simulator: Handle) -> None:
    simulator.set_switches(uipath_added_to_service={"AGU": 3}, uipath_kept_codes=["UNATT"])
    answer = uipath.put_service({"NONPR": 1})
    assert quantities(answer.json()["license"]) == {"UNATT": 5, "NONPR": 1, "AGU": 3}


@pytest.mark.parametrize(("answer", "status"), [("404", 404), ("200", 200), ("410", 410)])
def test_removing_what_is_not_there(uipath: UiPathClient, simulator: Handle, answer: str, status: int) -> None:
    simulator.set_switches(uipath_remove_absent_service=answer)
    assert uipath.account("DELETE", "org-a/service-license/t1/du").status_code == status


@pytest.mark.parametrize(("answer", "status"), [("200", 200), ("409", 409)])
@pytest.mark.parametrize("path", [ONE, "org-a/service-license/t1"])
def test_removing_what_is_in_use(uipath: UiPathClient, simulator: Handle, answer: str, status: int, path: str) -> None:
    simulator.set_switches(uipath_remove_in_use=answer)
    assert uipath.account("DELETE", path).status_code == status
    assert ("orchestrator" in services(simulator)) == (status == 409)


@pytest.mark.parametrize(("contains", "allocated"), [("all", 7), ("services", 5), ("services_and_users", 6)])
def test_what_allocated_contains(uipath: UiPathClient, simulator: Handle, contains: str, allocated: int) -> None:
    simulator.set_switches(uipath_allocated=contains)
    body = {"userIds": ["someone"], "userBundleCodes": ["UNATT"], "useExternalLicense": False}
    assert uipath.call("PUT", "/lease_/api/account/org-a/user-license", json=body).status_code == 200
    assert pool(uipath) == {"UNATT": (10, allocated), "NONPR": (4, 0)}
    # Whatever is told, three are left.
    assert uipath.put_service({"UNATT": 4}, "org-a/service-license/t2/du").status_code == 409
    assert uipath.put_service({"UNATT": 3}, "org-a/service-license/t2/du").status_code == 200


@pytest.mark.parametrize("form", ["both", "quantity", "allocated", "allocated_and_null"])
def test_where_a_quantity_stands(uipath: UiPathClient, simulator: Handle, form: str) -> None:
    simulator.set_switches(uipath_service_quantity=form)
    product = uipath.account("GET", ONE).json()["license"]["products"][0]
    expected = {
        "both": {"quantity": 5, "allocated": 5},
        "quantity": {"quantity": 5},
        "allocated": {"allocated": 5},
        "allocated_and_null": {"quantity": None, "allocated": 5},
    }[form]
    assert {name: product[name] for name in ("quantity", "allocated") if name in product} == expected


@pytest.mark.parametrize("form", ["list", "object", "first"])
def test_all_services_of_a_tenant(uipath: UiPathClient, simulator: Handle, form: str) -> None:
    simulator.set_switches(uipath_tenant_services=form)
    path = "org-a/service-license/t1"
    assert isinstance(uipath.account("GET", path).json(), list if form == "list" else dict)
    uipath.put_service({"NONPR": 1}, f"{path}/du")
    two = uipath.account("GET", path).json()
    assert (two["serviceType"] == "orchestrator") if form == "first" else (len(two) == 2)
    assert uipath.account("GET", "org-a/service-license/t2").status_code == (410 if form == "first" else 200)


@pytest.mark.parametrize("form", ["list", "object"])
def test_lists_of_one_and_objects(uipath: UiPathClient, simulator: Handle, form: str) -> None:
    simulator.set_switches(uipath_lists=form, uipath_objects=form)
    kind = list if form == "list" else dict
    assert isinstance(uipath.account("GET", "org-a/service-license").json(), kind)
    assert isinstance(uipath.account("GET", ONE).json(), kind)
    assert isinstance(uipath.put_service({"UNATT": 5}).json(), kind)
    assert len(uipath.account("GET", "org-a/available-account-licenses").json()) == 2


@pytest.mark.parametrize(
    ("case", "shown"), [("as_stored", "orchestrator"), ("lower", "orchestrator"), ("upper", "ORCHESTRATOR")]
)
def test_letter_case_of_service_types(uipath: UiPathClient, simulator: Handle, case: str, shown: str) -> None:
    simulator.set_switches(uipath_service_type_case=case)
    assert uipath.account("GET", ONE).json()["serviceType"] == shown


def test_use_by_service(uipath: UiPathClient) -> None:
    uipath.put_service({"UNATT": 1}, "org-a/service-license/t2/du")
    held, free = uipath.account("GET", "org-a/service-licenses/t1?services=orchestrator,du").json()
    assert set(held["products"][0]) == USE_FIELDS
    expected = {"code": "UNATT", "allocated": 5, "available": 3.0, "used": 2.0, "allocatedAcrossOtherTenants": 1.0}
    assert expected.items() <= held["products"][0].items()
    assert [(each["code"], each["allocated"]) for each in free["products"]] == [("UNATT", 0), ("NONPR", 0)]
    assert [each["serviceType"] for each in uipath.account("GET", "org-a/service-licenses/t1").json()] == [
        "orchestrator"
    ]
    assert uipath.account("GET", "org-a/available-service-licenses/t1").json() == [
        {"code": "UNATT", "total": 5, "allocated": 2}
    ]
    assert uipath.account("GET", "none/service-licenses/t1").status_code == 404


def test_ids_are_taken_from_the_raw_path(uipath: UiPathClient, simulator: Handle) -> None:
    simulator.set_switches(uipath_unknown_tenant="200")
    path = "org-a/service-license/a%2Fb%20%23%3F%25%0Aé/du"
    assert uipath.put_service({"NONPR": 1}, path).json()["serviceScopeId"] == "a/b #?%\né"
    assert "a/b #?%\né" in simulator.state()["uipath"]["organizations"]["org-a"]["tenants"]
    assert uipath.account("GET", "org-a/service-license/a/b/du").status_code == 404
    assert uipath.account("GET", "org-a/service-license//du").status_code == 404
    assert uipath.account("GET", "org-a/service-license/%FF/du").status_code == 400
