# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of the License Resource Manager: what each sends, and what it makes of every answer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    LicensingError,
    OutcomeUnknown,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._model.current import (
    License,
    PoolProduct,
    ServiceLicense,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.api import LicenseResourceManager
from ansible_collections.tenantops.licensing.tests.unit.support.clients import HOST, lrm, token_source
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    Reply,
    ScriptedServer,
    document,
    page,
    status,
)

AWKWARD = "a/b#c?d%e fü"
ESCAPED = "a%2Fb%23c%3Fd%25e%20f%C3%BC"
POOL = {"productsWithAvailability": [{"code": "UNATT", "totalQuantity": 5, "availableQuantity": 2}]}
HELD = {"license": {"products": [{"code": "UNATT", "quantity": 5}]}}
Operation = Callable[[LicenseResourceManager], Any]

READS: dict[str, tuple[Operation, str]] = {
    "host_pool": (lambda api: api.host_pool(), f"/lrm/api/host/{HOST}/available-products"),
    "organization_license": (
        lambda api: api.organization_license(AWKWARD),
        f"/lrm/api/host/{HOST}/organization/{ESCAPED}/license/available",
    ),
    "service_licenses": (lambda api: api.service_licenses(AWKWARD), f"/lrm/api/account/{ESCAPED}/service-license"),
    "service_license": (
        lambda api: api.service_license(AWKWARD, AWKWARD, AWKWARD),
        f"/lrm/api/account/{ESCAPED}/service-license/{ESCAPED}/{ESCAPED}",
    ),
    "organization_pool": (
        lambda api: api.organization_pool(AWKWARD),
        f"/lrm/api/account/{ESCAPED}/available-account-licenses",
    ),
}
OBJECT_READS = ["host_pool", "organization_license", "service_license"]
LIST_READS = ["service_licenses", "organization_pool"]
SERVICE_PATH = f"/lrm/api/account/{ESCAPED}/service-license/{ESCAPED}/{ESCAPED}"
ORGANIZATION_PATH = f"/lrm/api/host/{HOST}/organization/{ESCAPED}/license"


def put_organization(api: LicenseResourceManager) -> Any:
    return api.allocate_organization(AWKWARD, {"UNATT": 2, "AIG": 0})


def put_service(api: LicenseResourceManager) -> Any:
    return api.allocate_service(AWKWARD, AWKWARD, AWKWARD, tenant_name="Täna", quantities={"TIE": 3})


def delete_organization(api: LicenseResourceManager) -> Any:
    return api.remove_organization(AWKWARD)


def delete_service(api: LicenseResourceManager) -> Any:
    return api.remove_service(AWKWARD, AWKWARD, AWKWARD)


WRITES: dict[str, tuple[Operation, str, str, Any]] = {
    "put_organization": (
        put_organization,
        "PUT",
        ORGANIZATION_PATH,
        {"productQuantities": [{"code": "AIG", "quantity": 0}, {"code": "UNATT", "quantity": 2}]},
    ),
    "delete_organization": (delete_organization, "DELETE", f"{ORGANIZATION_PATH}/remove", None),
    "put_service": (
        put_service,
        "PUT",
        SERVICE_PATH,
        {"tenantName": "Täna", "products": [{"code": "TIE", "quantity": 3}]},
    ),
    "delete_service": (delete_service, "DELETE", SERVICE_PATH, None),
}


def products(*entries: Any) -> dict[str, Any]:
    return {"license": {"products": list(entries)}}


# What is sent


@pytest.mark.parametrize("name", READS)
def test_a_read_asks_its_path(server: ScriptedServer, name: str) -> None:
    operation, path = READS[name]
    server.replies(document([] if name in LIST_READS else {**HELD, **POOL}))
    operation(lrm(server.url))
    (request,) = server.requests
    assert (request.method, request.target, request.body) == ("GET", path, b"")
    assert request.headers["authorization"].startswith("Bearer ")


@pytest.mark.parametrize("name", WRITES)
def test_a_write_sends_exactly_its_body(server: ScriptedServer, name: str) -> None:
    operation, method, path, body = WRITES[name]
    server.replies(status(200) if method == "DELETE" else document({}))
    operation(lrm(server.url))
    (request,) = server.requests
    assert (request.method, request.target, request.document) == (method, path, body)


@pytest.mark.parametrize("bypass", [True, False])
def test_bypass_usage_check_is_sent_where_it_is_said(server: ScriptedServer, bypass: bool) -> None:
    server.replies(document({}), document({}))
    api = lrm(server.url)
    api.allocate_organization("o", {}, bypass_usage_check=bypass)
    api.allocate_service("o", "t", "s", tenant_name="T", quantities={}, bypass_usage_check=bypass)
    assert [request.document for request in server.requests] == [
        {"productQuantities": [], "bypassUsageCheck": bypass},
        {"tenantName": "T", "products": [], "bypassUsageCheck": bypass},
    ]


def test_another_path_and_another_host_are_used(server: ScriptedServer) -> None:
    server.replies(document(POOL))
    lrm(server.url, lrm_path="/other/lrm/", host_account_id="h/1").host_pool()
    assert server.requests[0].target == "/other/lrm/api/host/h%2F1/available-products"


def test_a_path_without_its_slash_is_not_glued_to_the_host(server: ScriptedServer) -> None:
    server.replies(document(POOL))
    lrm(server.url, lrm_path="lrm").host_pool()
    assert server.requests[0].target == f"/lrm/api/host/{HOST}/available-products"


# Licences


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        (products({"code": "A", "quantity": 2}), {"A": 2}),
        (products({"code": "A", "quantity": 2, "allocated": 9}), {"A": 2}),
        (products({"code": "A", "allocated": 3}), {"A": 3}),
        (products({"code": "A", "quantity": None, "allocated": 3}), {"A": 3}),
        (products({"code": "A", "quantity": 0, "allocated": 3}), {}),
        (products({"code": "A", "quantity": 2}, {"code": "A", "quantity": 3}), {"A": 5}),
        (products({"code": "A", "quantity": 0}, {"code": "B", "quantity": 1}), {"B": 1}),
        (products({"code": "A", "quantity": 2.0}), {"A": 2}),
        ({"license": {"products": {"code": "A", "quantity": 2}}}, {"A": 2}),
    ],
)
@pytest.mark.parametrize("name", ["organization_license", "service_license"])
def test_quantities_are_read_whatever_is_null_or_missing(
    server: ScriptedServer, name: str, answer: Any, held: dict[str, int]
) -> None:
    server.replies(document(answer))
    assert READS[name][0](lrm(server.url)) == License(held)


NOTHING = [
    document({"license": None}),
    document({"license": {"products": None}}),
    document({"license": {"products": []}}),
    document({"license": {"licenseCode": "L-1"}}),  # a server may leave out what is null
    status(204),
]


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize("pool", [status(404), document([]), document([{"code": "A", "total": 0, "allocated": 0}])])
def test_an_empty_licence_is_believed_where_the_totals_and_the_services_are_empty_too(
    server: ScriptedServer, nothing: Reply, pool: Reply
) -> None:
    server.replies(nothing, pool, document([]))
    found = lrm(server.url).organization_license("o")
    assert found is not None
    assert (found.products, found.silent) == ({}, True)
    asked = [request.target.rpartition("/")[2] for request in server.requests]
    assert asked == ["available", "available-account-licenses", "service-license"]


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize(
    "second",
    [
        [document([{"code": "A", "total": 5, "allocated": 5}])],
        [document([]), document([{"serviceScopeId": "t", "serviceType": "du", **HELD}])],
        [status(404), document([{"serviceScopeId": "t", "serviceType": "du", **HELD}])],
    ],
)
def test_an_empty_licence_is_unreadable_where_something_else_shows_one(
    server: ScriptedServer, nothing: Reply, second: list[Reply]
) -> None:
    server.replies(nothing, *second)
    with pytest.raises(ApiError) as caught:
        lrm(server.url).organization_license("o")
    assert caught.value.kind == "unreadable"
    assert "organization o holds nothing" in caught.value.message


def test_a_quantity_of_zero_is_a_statement_that_needs_no_second_source(server: ScriptedServer) -> None:
    server.replies(document(products({"code": "A", "quantity": 0})))
    assert lrm(server.url).organization_license("o") == License({})


@pytest.mark.parametrize("nothing", NOTHING)
def test_an_empty_licence_of_a_service_is_held_against_the_list(server: ScriptedServer, nothing: Reply) -> None:
    server.replies(nothing, document([entry(service="DU", license_={"products": None})]))
    found = lrm(server.url).service_license("o", "t", "du")
    assert found is not None
    assert found.products == {}
    server.replies(nothing, document([entry(service="DU", license_=HELD["license"])]))
    with pytest.raises(ApiError) as caught:
        lrm(server.url).service_license("o", "t", "du")
    assert caught.value.kind == "listing_mismatch"


@pytest.mark.parametrize("name", ["organization_license", "service_license"])
def test_a_quantity_that_is_a_text_is_never_taken_for_nothing(server: ScriptedServer, name: str) -> None:
    server.replies(document(products({"code": "A", "quantity": "5"})))
    with contextlib.suppress(ApiError):
        assert READS[name][0](lrm(server.url)) == License({"A": 5})


def test_what_only_the_server_determines_is_kept_apart(server: ScriptedServer) -> None:
    license_ = {
        "licenseCode": "L-1",
        "licenseStatus": 1,
        "startDate": 1700000000,
        "endDate": 1800000000,
        "gracePeriod": None,
        "products": [{"code": "A", "quantity": 1}],
        "bundleCode": "B",
    }
    server.replies(document({"license": license_}))
    held = lrm(server.url).organization_license("o")
    assert held == License(
        {"A": 1}, {"license_code": "L-1", "license_status": 1, "start_date": 1700000000, "end_date": 1800000000}
    )


def entry(tenant: Any = "t", service: Any = "du", license_: Any = None) -> dict[str, Any]:
    return {"serviceScopeId": tenant, "serviceType": service, "license": license_}


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ([], []),
        ([entry()], [ServiceLicense("t", "du", License({}))]),
        ([entry(license_={"products": None})], [ServiceLicense("t", "du", License({}))]),
        (entry(license_={"products": []}), [ServiceLicense("t", "du", License({}))]),
    ],
)
def test_service_licences_are_read_as_list_or_object(server: ScriptedServer, answer: Any, found: Any) -> None:
    server.replies(document(answer))
    assert lrm(server.url).service_licenses("o") == found


@pytest.mark.parametrize("answer", [{"error": "gone"}, {"items": [entry()]}, {}])
def test_an_object_that_is_no_service_licence_is_never_taken_for_nothing(server: ScriptedServer, answer: Any) -> None:
    server.replies(document(answer))
    with pytest.raises(ApiError) as caught:
        lrm(server.url).service_licenses("o")
    assert caught.value.kind == "protocol"


@pytest.mark.parametrize("tenant", ["a1b2c3d4-aaaa-4bbb-8ccc-ddddeeeeffff", " {A1B2C3D4-aaaa-4bbb-8ccc-ddddeeeeffff} "])
def test_a_service_that_stands_twice_must_hold_the_same(server: ScriptedServer, tenant: str) -> None:
    one = entry("a1b2c3d4aaaa4bbb8cccddddeeeeffff", "DU", {"products": [{"code": "A", "quantity": 1}]})
    server.replies(document([one, {**one, "serviceScopeId": tenant, "serviceType": "du"}]))
    assert len(lrm(server.url).service_licenses("o")) == 1
    server.replies(document([one, entry(tenant, "du", {"products": [{"code": "A", "quantity": 2}]})]))
    with pytest.raises(ApiError, match="an earlier row"):
        lrm(server.url).service_licenses("o")


@pytest.mark.parametrize("named", [{"serviceScopeId": "u"}, {"serviceType": "ai"}, {"serviceType": "du "}])
def test_an_answer_about_another_service_is_not_understood(server: ScriptedServer, named: dict[str, str]) -> None:
    server.replies(document({**entry(license_=HELD["license"]), **named}))
    with pytest.raises(ApiError, match="which was asked for"):
        lrm(server.url).service_license("o", "t", "du")
    server.replies(document({**entry(license_=HELD["license"]), **named}))
    with pytest.raises(OutcomeUnknown, match="which was asked for"):
        lrm(server.url).allocate_service("o", "t", "du", tenant_name="T", quantities={"UNATT": 5})
    server.replies(document(entry(service="DU", license_=HELD["license"])))
    assert lrm(server.url).service_license("o", "t", "du") == License({"UNATT": 5})


def test_a_service_without_a_licence_is_410(server: ScriptedServer) -> None:
    server.replies(status(410))
    assert lrm(server.url).service_license("o", "t", "s") is None


# Pools


@pytest.mark.parametrize(
    ("answer", "pool"),
    [
        (POOL, {"UNATT": PoolProduct(5, 2)}),
        ({"productsWithAvailability": None}, {}),
        (
            {"productsWithAvailability": [{"code": "A", "totalQuantity": 5, "consumedQuantity": 3.2}]},
            {"A": PoolProduct(5, 1)},
        ),
        (
            {"productsWithAvailability": [{"code": "A", "totalQuantity": 1, "availableQuantity": -2}]},
            {"A": PoolProduct(1, -2)},
        ),
        (
            {"productsWithAvailability": [{"code": "A", "totalQuantity": n, "availableQuantity": n} for n in (5, 2.0)]},
            {"A": PoolProduct(7, 7)},
        ),
    ],
)
def test_the_hosts_pool_is_read_whatever_is_null_or_missing(server: ScriptedServer, answer: Any, pool: Any) -> None:
    server.replies(document(answer))
    assert lrm(server.url).host_pool() == pool


def test_the_hosts_pool_is_read_once(server: ScriptedServer) -> None:
    server.replies(document(POOL))
    api = lrm(server.url)
    assert api.host_pool() == api.host_pool()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "pool"),
    [
        ([{"code": "A", "total": 5, "allocated": 2}], {"A": PoolProduct(5, 3)}),
        ([{"code": "A", "total": 5, "allocated": 2.5}], {"A": PoolProduct(5, 2)}),
        ([{"code": "A", "total": 0, "allocated": 5}], {"A": PoolProduct(0, -5)}),
        (
            [{"code": "A", "total": 5, "allocated": 2}, {"code": "A", "total": 3, "allocated": 1}],
            {"A": PoolProduct(8, 5)},
        ),
        ({"code": "A", "total": 1, "allocated": 0}, {"A": PoolProduct(1, 1)}),
        ([], {}),
    ],
)
def test_an_organizations_pool_is_read_whatever_is_null_or_missing(
    server: ScriptedServer, answer: Any, pool: Any
) -> None:
    server.replies(document(answer))
    assert lrm(server.url).organization_pool("o") == pool


def test_an_organization_without_a_licence_has_no_pool(server: ScriptedServer) -> None:
    server.replies(status(404))
    assert lrm(server.url).organization_pool("o") is None


# What cannot be read


@pytest.mark.parametrize("name", ["host_pool", "service_licenses", "service_license"])
@pytest.mark.parametrize("code", [404, 405])
def test_a_route_that_is_not_there_is_unreadable(server: ScriptedServer, name: str, code: int) -> None:
    server.replies(page(code=code))
    with pytest.raises(ApiError) as caught:
        READS[name][0](lrm(server.url))
    failure = caught.value.as_result()
    assert (failure["kind"], failure["status"]) == ("unreadable", code)
    assert all(word in failure["hint"] for word in ("host has no licence", "switched off", "no route", "on_unreadable"))


def test_an_organizations_pool_without_its_route_is_unreadable(server: ScriptedServer) -> None:
    server.replies(status(405))
    with pytest.raises(ApiError) as caught:
        lrm(server.url).organization_pool("o")
    assert caught.value.kind == "unreadable"


@pytest.mark.parametrize("pool", [status(404), document([]), document([{"code": "A", "total": 0, "allocated": 0}])])
def test_404_of_an_organizations_licence_means_none_where_nothing_else_shows_one(
    server: ScriptedServer, pool: Reply
) -> None:
    server.replies(status(404), document(POOL), pool)
    assert lrm(server.url).organization_license("o") is None
    asked = [request.target.rpartition("/")[2] for request in server.requests]
    assert asked == ["available", "available-products", "available-account-licenses"]


def test_404_of_an_organizations_licence_is_unreadable_where_its_pool_shows_one(server: ScriptedServer) -> None:
    server.replies(status(404), document(POOL), document([{"code": "A", "total": 5, "allocated": 5}]))
    with pytest.raises(ApiError) as caught:
        lrm(server.url).organization_license("o")
    assert caught.value.kind == "unreadable"


@pytest.mark.parametrize("second", [404, 405])
def test_404_of_an_organizations_licence_is_unreadable_where_the_hosts_pool_is_too(
    server: ScriptedServer, second: int
) -> None:
    server.replies(status(404), status(second))
    with pytest.raises(ApiError) as caught:
        lrm(server.url).organization_license("o")
    assert caught.value.kind == "unreadable"


def test_405_of_an_organizations_licence_is_unreadable_without_another_question(server: ScriptedServer) -> None:
    server.replies(status(405))
    with pytest.raises(ApiError) as caught:
        lrm(server.url).organization_license("o")
    assert caught.value.kind == "unreadable"
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (status(400), "rejected"),
        (status(403), "forbidden"),
        (status(409), "conflict"),
        (status(500), "server"),
        (status(504), "timeout"),
        (page(), "protocol"),
        (Reply(200, b'{"license": {"prod'), "protocol"),
        (document("text"), "protocol"),
        (document(7), "protocol"),
        (document(None), "protocol"),
        (Reply(200, b""), "protocol"),
    ],
)
def test_a_read_that_does_not_succeed_is_never_taken_for_nothing(
    server: ScriptedServer, name: str, reply: Reply, kind: str
) -> None:
    server.answer = lambda _request: reply
    api = LicenseResourceManager(token_source(server.url, max_retries=0))
    with pytest.raises(ApiError) as caught:
        READS[name][0](api)
    assert caught.value.kind == kind


@pytest.mark.parametrize("name", OBJECT_READS)
def test_a_list_of_one_stands_for_an_object(server: ScriptedServer, name: str) -> None:
    whole = {**products({"code": "A", "quantity": 2}), **POOL}
    server.replies(document([whole]), document(whole))
    assert READS[name][0](lrm(server.url)) == READS[name][0](lrm(server.url))


@pytest.mark.parametrize("name", OBJECT_READS)
@pytest.mark.parametrize("answer", [[], [{}, {}], ["text"], [None]])
def test_another_list_for_an_object_is_a_failure_of_the_protocol(
    server: ScriptedServer, name: str, answer: list[Any]
) -> None:
    server.replies(document(answer))
    with pytest.raises(ApiError) as caught:
        READS[name][0](lrm(server.url))
    assert caught.value.kind == "protocol"


@pytest.mark.parametrize("name", LIST_READS)
def test_no_content_for_a_list_is_an_empty_one(server: ScriptedServer, name: str) -> None:
    server.replies(status(204))
    assert not READS[name][0](lrm(server.url))


@pytest.mark.parametrize("code", [403, 404])
def test_a_refusal_has_a_way_out(server: ScriptedServer, code: int) -> None:
    server.replies(document({"message": "No"}, code))
    with pytest.raises(ApiError) as caught:
        put_organization(lrm(server.url))
    failure = caught.value.as_result()
    assert failure["hint"]
    assert failure["message"].startswith("UiPath did not allocate the licence: No")


# Answers to writes


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        ({"products": [{"code": "A", "quantity": 2}], "licenseCode": "L"}, License({"A": 2}, {"license_code": "L"})),
        ({"products": []}, License({})),
        ({"products": None, "licenseCode": "L"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_answer_to_an_organizations_allocation_is_read(server: ScriptedServer, answer: Any, held: Any) -> None:
    server.replies(document(answer))
    assert put_organization(lrm(server.url)) == held


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        ({"license": {"products": [{"code": "A", "allocated": 2}]}}, License({"A": 2})),
        ({"license": {"products": None}}, None),
        ({"license": None}, None),
        ({}, None),
        ([{"license": {"products": []}}], License({})),
        (None, None),
    ],
)
def test_the_answer_to_a_services_allocation_is_read(server: ScriptedServer, answer: Any, held: Any) -> None:
    server.replies(document(answer))
    assert put_service(lrm(server.url)) == held


@pytest.mark.parametrize("name", WRITES)
def test_an_empty_answer_to_a_write_is_enough(server: ScriptedServer, name: str) -> None:
    server.replies(status(204))
    assert WRITES[name][0](lrm(server.url)) is None


@pytest.mark.parametrize("answer", [[], [1], 7, True, "x"])
@pytest.mark.parametrize("name", ["put_organization", "put_service"])
def test_another_shape_in_answer_to_an_allocation_leaves_its_fate_unknown(
    server: ScriptedServer, name: str, answer: Any
) -> None:
    server.replies(document(answer))
    with pytest.raises(OutcomeUnknown) as caught:
        WRITES[name][0](lrm(server.url))
    assert caught.value.kind == "protocol"


@pytest.mark.parametrize("name", ["put_organization", "put_service"])
def test_html_in_answer_to_an_allocation_leaves_its_fate_unknown(server: ScriptedServer, name: str) -> None:
    server.replies(page())
    with pytest.raises((ApiError, OutcomeUnknown)) as caught:
        WRITES[name][0](lrm(server.url))
    assert caught.value.kind == "protocol"
    assert isinstance(caught.value, OutcomeUnknown)


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize(
    ("code", "kind", "unknown"),
    [
        (400, "rejected", False),
        (403, "forbidden", False),
        (404, "not_found", False),
        (405, "rejected", False),
        (409, "conflict", False),
        (410, "not_found", False),
        (500, "server", True),
        (502, "server", True),
        (501, "server", False),
        (503, "server", True),
        (504, "timeout", True),
    ],
)
def test_a_write_that_does_not_succeed_says_why(
    server: ScriptedServer, name: str, code: int, kind: str, unknown: bool
) -> None:
    server.replies(document({"message": "The reason"}, code, X_Request_Id="r-7"))
    with pytest.raises(LicensingError) as caught:
        WRITES[name][0](lrm(server.url))
    failure = caught.value.as_result()
    assert (failure["kind"], failure["status"], failure["request_id"]) == (kind, code, "r-7")
    assert "The reason" in failure["message"]
    assert isinstance(caught.value, OutcomeUnknown) is unknown
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (document({"message": "M", "title": "T"}, 409), "M"),
        (document({"message": "", "detail": "D"}, 409), "D"),
        (document({"title": "T"}, 409), "T"),
        (document({"error": {"message": "E"}}, 409), "E"),
        (document({"error": "E"}, 409), "E"),
        (document({"errorMessage": "X"}, 409), "X"),
        (document({"other": 1}, 409), '{"other": 1}'),
        (document(["a"], 409), '["a"]'),
        (page("<html>Proxy  says\nno</html>", 409), "<html>Proxy says no</html>"),
        (Reply(409, b"plain"), "plain"),
    ],
)
def test_what_the_server_says_is_passed_on(server: ScriptedServer, reply: Reply, said: str) -> None:
    server.replies(reply)
    with pytest.raises(ApiError) as caught:
        put_service(lrm(server.url))
    assert f"UiPath did not allocate the licence: {said} (PUT " in caught.value.message


def test_a_refusal_without_a_word_is_told_without_one(server: ScriptedServer) -> None:
    server.replies(status(409, X_Correlation_Id="c-1"))
    with pytest.raises(ApiError) as caught:
        put_service(lrm(server.url))
    assert caught.value.message.startswith("UiPath did not allocate the licence (PUT ")
    assert caught.value.facts["request_id"] == "c-1"
