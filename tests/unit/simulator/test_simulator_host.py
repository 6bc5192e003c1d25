# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences of organizations: the host's pool and every open question about it."""

import time

import pytest

from simulator.clients import HOST, SEED, UiPathClient, quantities
from simulator.testing import Handle

ACCOUNT_LICENSE_FIELDS = {
    *("accountId", "bundleCode", "endDate", "gracePeriod", "licenseCode", "licenseStatus", "products", "templates"),
    *("policies", "entitlements", "startDate", "subscriptionCode", "subscriptionPlan", "payload", "type"),
    "parentLicenseCode",
}


def pool(answer: dict[str, list[dict[str, int]]]) -> dict[str, tuple[int, float, int]]:
    return {
        str(each["code"]): (each["availableQuantity"], each["consumedQuantity"], each["totalQuantity"])
        for each in answer["productsWithAvailability"]
    }


def held(simulator: Handle, organization: str = "org-a") -> dict[str, int]:
    products: dict[str, int] = simulator.state()["uipath"]["organizations"][organization]["license"]["products"]
    return products


def test_the_pool_counts_organizations_and_the_host_itself(uipath: UiPathClient) -> None:
    answer = uipath.host("GET", "/available-products")
    assert answer.status_code == 200
    assert pool(answer.json()) == {"UNATT": (9, 11.0, 20), "NONPR": (6, 4.0, 10), "TIE": (2, 0.0, 2)}
    assert set(answer.json()["license"]) == ACCOUNT_LICENSE_FIELDS
    license_ = answer.json()["license"]
    assert license_["accountId"] is None
    assert license_["startDate"] < time.time() < license_["endDate"] < license_["gracePeriod"]
    assert quantities(license_) == {"UNATT": 20, "NONPR": 10, "TIE": 2}


def test_a_licence_is_given_and_read(uipath: UiPathClient, simulator: Handle) -> None:
    answer = uipath.put_organization("org-b", {"UNATT": 2, "TIE": 1})
    assert answer.status_code == 200
    assert set(answer.json()) == ACCOUNT_LICENSE_FIELDS
    assert quantities(answer.json()) == {"UNATT": 2, "TIE": 1}
    assert answer.json()["accountId"] == "org-b"
    assert answer.json()["licenseStatus"] == "ACTIVE"
    read = uipath.host("GET", "/organization/org-b/license/available").json()
    assert read["license"] == answer.json()
    assert pool(read)["UNATT"] == (7, 13.0, 20)
    assert uipath.account("GET", "org-b/account-license").json() == [answer.json()]
    assert held(simulator, "org-b") == {"UNATT": 2, "TIE": 1}


@pytest.mark.parametrize(
    ("products", "status"),
    [
        ({"UNATT": 9}, 200),
        ({"UNATT": 10}, 409),
        ({"TIE": 3}, 409),
        ({"UNATT": 1, "TIE": 3}, 409),
        ({"UNKNOWN": 1}, 409),
        ({"UNKNOWN": 0}, 200),
    ],
)
def test_the_pool_bounds_what_rises(
    uipath: UiPathClient, simulator: Handle, products: dict[str, int], status: int
) -> None:
    before = simulator.state()["uipath"]["organizations"]["org-b"]
    answer = uipath.put_organization("org-b", products)
    assert answer.status_code == status
    if status == 409:
        assert simulator.state()["uipath"]["organizations"]["org-b"] == before
        assert "left in the pool of the host" in answer.json()["detail"]


def test_an_overdrawn_pool_bounds_only_what_rises(uipath: UiPathClient, simulator: Handle) -> None:
    state = simulator.state()
    state["uipath"]["host_pool"] = {"UNATT": 3, "NONPR": 10}
    simulator.set_state(state)
    assert uipath.put_organization("org-a", {"UNATT": 11, "NONPR": 4}).status_code == 409
    assert uipath.put_organization("org-a", {"UNATT": 10, "NONPR": 5}).status_code == 200
    assert uipath.put_organization("org-a", {"UNATT": 7, "NONPR": 5}).status_code == 200
    assert pool(uipath.host("GET", "/available-products").json())["UNATT"] == (-5, 8.0, 3)


@pytest.mark.parametrize(("put", "after"), [("replace", {"NONPR": 5}), ("merge", {"UNATT": 10, "NONPR": 5})])
def test_put_replaces_or_merges(uipath: UiPathClient, simulator: Handle, put: str, after: dict[str, int]) -> None:
    simulator.set_switches(uipath_put=put, uipath_lower_below_use="200")
    answer = uipath.put_organization("org-a", {"NONPR": 5})
    assert quantities(answer.json()) == after == held(simulator)


@pytest.mark.parametrize(("answer", "status"), [("409", 409), ("200", 200)])
def test_lowering_below_use(uipath: UiPathClient, simulator: Handle, answer: str, status: int) -> None:
    simulator.set_switches(uipath_lower_below_use=answer)
    assert uipath.put_organization("org-a", {"UNATT": 6, "NONPR": 4}).status_code == 200
    assert uipath.put_organization("org-a", {"UNATT": 5, "NONPR": 4}).status_code == status
    assert uipath.put_organization("org-a", {"UNATT": 4}, bypassUsageCheck=True).status_code == 200


@pytest.mark.parametrize(("zero", "after"), [("dropped", {"UNATT": 10}), ("kept", {"UNATT": 10, "NONPR": 0})])
def test_a_code_at_zero(uipath: UiPathClient, simulator: Handle, zero: str, after: dict[str, int]) -> None:
    simulator.set_switches(uipath_zero_code=zero)
    assert quantities(uipath.put_organization("org-a", {"UNATT": 10, "NONPR": 0}).json()) == after


def test_codes_that_the_server_adds(uipath: UiPathClient, simulator: Handle) -> None:
    simulator.set_switches(uipath_added_to_organization={"PLTU": 7})
    assert quantities(uipath.put_organization("org-b", {"UNATT": 1}).json()) == {"UNATT": 1, "PLTU": 7}
    assert quantities(uipath.put_organization("org-b", {"UNATT": 1, "PLTU": 0}).json()) == {"UNATT": 1, "PLTU": 7}


@pytest.mark.parametrize(("answer", "status"), [("silent", 200), ("409", 409)])
def test_codes_that_the_server_keeps(uipath: UiPathClient, simulator: Handle, answer: str, status: int) -> None:
    simulator.set_switches(uipath_kept_codes=["NONPR"], uipath_kept_codes_answer=answer)
    assert uipath.put_organization("org-a", {"UNATT": 10, "NONPR": 0}).status_code == status
    assert held(simulator) == {"UNATT": 10, "NONPR": 4}
    for amount in (4, 5):
        assert uipath.put_organization("org-a", {"UNATT": 10, "NONPR": amount}).status_code == 200


@pytest.mark.parametrize(
    ("answer", "status", "tenants"),
    [("409", 409, {"orchestrator"}), ("cascade", 200, set()), ("orphan", 200, {"orchestrator"})],
)
def test_removing_while_tenants_hold(
    uipath: UiPathClient, simulator: Handle, answer: str, status: int, tenants: set[str]
) -> None:
    simulator.set_switches(uipath_remove_held_organization=answer)
    assert uipath.host("DELETE", "/organization/org-a/license/remove").status_code == status
    organization = simulator.state()["uipath"]["organizations"]["org-a"]
    assert (organization["license"] is None) == (status == 200)
    assert set(organization["tenants"]["t1"]["services"]) == tenants


@pytest.mark.parametrize(("answer", "status"), [("200", 200), ("409", 409)])
def test_removing_what_is_in_use(uipath: UiPathClient, simulator: Handle, answer: str, status: int) -> None:
    simulator.set_switches(uipath_remove_in_use=answer, uipath_remove_held_organization="cascade")
    assert uipath.host("DELETE", "/organization/org-a/license/remove").status_code == status


@pytest.mark.parametrize(("answer", "status"), [("200", 200), ("404", 404)])
def test_removing_what_is_not_there(uipath: UiPathClient, simulator: Handle, answer: str, status: int) -> None:
    simulator.set_switches(uipath_remove_unlicensed_organization=answer)
    assert uipath.host("DELETE", "/organization/org-b/license/remove").status_code == status


@pytest.mark.parametrize(("answer", "status"), [("404", 404), ("400", 400), ("200", 200)])
def test_an_unknown_organization(uipath: UiPathClient, simulator: Handle, answer: str, status: int) -> None:
    simulator.set_switches(uipath_unknown_organization=answer)
    assert uipath.put_organization("nobody", {"UNATT": 1}).status_code == status
    assert ("nobody" in simulator.state()["uipath"]["organizations"]) == (status == 200)
    assert uipath.host("DELETE", "/organization/none/license/remove").status_code == 404


@pytest.mark.parametrize("answer", ["404", "null", "empty"])
def test_reading_an_organization_without_licence(uipath: UiPathClient, simulator: Handle, answer: str) -> None:
    simulator.set_switches(uipath_unlicensed_organization=answer)
    read = uipath.host("GET", "/organization/org-b/license/available")
    assert read.status_code == (404 if answer == "404" else 200)
    if answer == "null":
        assert read.json()["license"] is None
    if answer == "empty":
        assert read.json()["license"]["products"] == []
    if answer != "404":
        assert pool(read.json())["UNATT"] == (9, 11.0, 20)
    assert uipath.account("GET", "org-b/account-license").status_code == 404


@pytest.mark.parametrize(("counts", "expected"), [(False, (9, 11.0, 20)), (True, (19, 1.0, 20))])
def test_whether_the_own_share_is_available(
    uipath: UiPathClient, simulator: Handle, counts: bool, expected: tuple[int, float, int]
) -> None:
    simulator.set_switches(uipath_available_counts_own=counts)
    assert pool(uipath.host("GET", "/organization/org-a/license/available").json())["UNATT"] == expected
    assert pool(uipath.host("GET", "/available-products").json())["UNATT"] == (9, 11.0, 20)


def test_no_host_licence_and_wrong_host(uipath: UiPathClient, simulator: Handle) -> None:
    wrong = uipath.call("GET", "/lrm/api/host/another/available-products")
    assert wrong.status_code == 404
    simulator.set_state({"uipath": {**SEED["uipath"], "host_pool": None}})
    for answer in (
        uipath.host("GET", "/available-products"),
        uipath.host("GET", "/organization/org-a/license/available"),
        uipath.put_organization("org-a", {"UNATT": 1}),
        uipath.host("DELETE", "/organization/org-a/license/remove"),
    ):
        assert answer.status_code == 404


def test_on_premises_flows_off(uipath: UiPathClient, simulator: Handle) -> None:
    simulator.set_switches(uipath_on_premises_flows=False)
    assert uipath.put_organization("org-a", {"UNATT": 1}).status_code == 404
    assert uipath.host("GET", "/available-products").status_code == 404
    assert uipath.account("GET", "org-a/service-license").status_code == 200


@pytest.mark.parametrize("form", ["empty", "null", "missing"])
def test_how_no_products_are_shown(uipath: UiPathClient, simulator: Handle, form: str) -> None:
    simulator.set_switches(uipath_no_products=form)
    license_ = uipath.put_organization("org-b", {}).json()
    assert ("products" in license_) == (form != "missing")
    assert license_.get("products") == ([] if form == "empty" else None)


@pytest.mark.parametrize("form", ["null", "missing"])
def test_how_fields_without_value_are_shown(uipath: UiPathClient, simulator: Handle, form: str) -> None:
    simulator.set_switches(uipath_null_fields=form)
    license_ = uipath.put_organization("org-b", {"UNATT": 1}).json()
    assert ("bundleCode" in license_) == (form == "null")
    assert ("features" in license_["products"][0]) == (form == "null")
    assert license_["accountId"] == "org-b"


@pytest.mark.parametrize(("case", "shown"), [("as_stored", "Org-C"), ("lower", "org-c"), ("upper", "ORG-C")])
def test_letter_case_of_ids(uipath: UiPathClient, simulator: Handle, case: str, shown: str) -> None:
    simulator.set_switches(uipath_id_case=case, uipath_unknown_organization="200")
    assert uipath.put_organization("Org-C", {"UNATT": 1}).json()["accountId"] == shown
    assert uipath.host("GET", "/organization/org-c/license/available").status_code == 404


def test_reads_that_come_late(uipath: UiPathClient, simulator: Handle) -> None:
    simulator.set_switches(uipath_stale_reads=2)
    uipath.put_organization("org-a", {"UNATT": 11, "NONPR": 4})
    path = "/organization/org-a/license/available"
    seen = [quantities(uipath.host("GET", path).json()["license"])["UNATT"] for dummy in range(4)]
    assert seen == [10, 10, 11, 11]
    assert uipath.put_organization("org-a", {"UNATT": 9999}).status_code == 409
    assert quantities(uipath.host("GET", path).json()["license"])["UNATT"] == 11


@pytest.mark.parametrize("route", ["served", "404", "405"])
@pytest.mark.parametrize(
    ("switch", "call"),
    [
        ("host_pool", f"GET host/{HOST}/available-products"),
        ("organization_license", f"GET host/{HOST}/organization/org-a/license/available"),
        ("organization_license", "GET account/org-a/account-license"),
        ("service_licenses", "GET account/org-a/service-license"),
        ("service_licenses", "GET account/org-a/service-license/t1"),
        ("service_licenses", "GET account/org-a/service-license/t1/orchestrator"),
        ("service_licenses", "GET account/org-a/service-licenses/t1"),
        ("account_pool", "GET account/org-a/available-account-licenses"),
        ("account_pool", "GET account/org-a/available-service-licenses/t1"),
        ("removals", "DELETE account/org-a/service-license/t1/orchestrator"),
        ("removals", "DELETE account/org-a/service-license/t1"),
        ("removals", f"DELETE host/{HOST}/organization/org-b/license/remove"),
    ],
)
def test_routes_that_a_version_lacks(
    uipath: UiPathClient, simulator: Handle, route: str, switch: str, call: str
) -> None:
    simulator.set_switches(**{f"uipath_route_{switch}": route})
    expected = {"served": 200, "404": 404, "405": 405}[route]
    method, path = call.split()
    assert uipath.call(method, f"/lrm/api/{path}").status_code == expected
    assert uipath.put_service({"UNATT": 4}).status_code == 200


def test_a_licence_whose_dates_are_past(uipath: UiPathClient, simulator: Handle) -> None:
    state = simulator.state()
    state["uipath"]["organizations"]["org-a"]["license"].update(start_date=1, end_date=2, grace_period=3)
    simulator.set_state(state)
    license_ = uipath.host("GET", "/organization/org-a/license/available").json()["license"]
    assert (license_["startDate"], license_["endDate"], license_["gracePeriod"]) == (1, 2, 3)
    assert license_["licenseStatus"] == "EXPIRED"
