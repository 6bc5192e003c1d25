# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of UiPath's License Resource Manager (LRM), as methods named after what they do.

Source: the vendor's published OpenAPI definition of the LRM; any field of an answer may be null or missing.
"""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._answer import Answer, Purpose, objects_in
from ._errors import ApiError, Kind, LicensingError
from ._http import below, path_of
from ._uipath_sign_in import TokenSource

Quantities = dict[str, int]  # product code -> licences; a missing code is 0

DEFAULT_HOST_ACCOUNT_ID = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
UNREADABLE_HINT = (
    "Either the host has no licence, or the on-premises licensing flows are switched off, or this version has no route "
    "for reading. For a version that only offers the documented PUT see on_unreadable."
)


@dataclass(frozen=True, slots=True)
class License:
    """What is held: positive quantities by product code, and what only the server determines."""

    products: Quantities
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceLicense:
    """One service's licence of one tenant."""

    tenant_id: str
    service_type: str
    license: License | None


@dataclass(frozen=True, slots=True)
class PoolProduct:
    """One product of a pool; ``total`` and ``available`` in licences."""

    total: int
    available: int


Pool = dict[str, PoolProduct]  # by product code


class LicenseResourceManager:
    """The LRM of one host, called with one sign-in."""

    def __init__(
        self, tokens: TokenSource, *, lrm_path: str = "/lrm", host_account_id: str = DEFAULT_HOST_ACCOUNT_ID
    ) -> None:
        self._tokens = tokens
        self._api = below(lrm_path)
        self._host = path_of("api", "host", host_account_id)
        self._host_pool: Pool | None = None
        self._host_pool_lock = threading.Lock()

    # What is held and what is left

    def host_pool(self) -> Pool:
        """What the host has and has left. Read once: everything is planned on one picture of the pool.

        Raises ApiError(UNREADABLE) on 404 or 405.
        """
        with self._host_pool_lock:
            if self._host_pool is None:
                answer = self._read(f"{self._host}/available-products")
                self._stop_if_unreadable(answer, "The host's licence pool cannot be read")
                self._host_pool = _pool(_object(answer))
            return self._host_pool

    def organization_license(self, organization_id: str) -> License | None:
        """The organization's own licence, or None. Raises ApiError(UNREADABLE) where that cannot be told."""
        answer = self._read(f"{self._host}{path_of('organization', organization_id)}/license/available")
        if answer.status == 404:
            # Ambiguous: no licence, or no such route. Where the host's pool cannot be read either, it was the route;
            # and where the organization has something to give to its services, it has a licence.
            self.host_pool()
            if not any(product.total for product in (self.organization_pool(organization_id) or {}).values()):
                return None
        self._stop_if_unreadable(answer, f"The licence of organization {organization_id} cannot be read")
        return license_of(_object(answer).get("license"))

    def service_licenses(self, organization_id: str) -> list[ServiceLicense]:
        """Every service licence of every tenant of the organization, in one call."""
        answer = self._read(f"{path_of('api', 'account', organization_id)}/service-license")
        self._stop_if_unreadable(answer, f"The service licences of organization {organization_id} cannot be read")
        return [
            ServiceLicense(str(entry["serviceScopeId"]), str(entry["serviceType"]), license_of(entry.get("license")))
            for entry in _objects(answer, "serviceType")
            if entry.get("serviceScopeId") and entry.get("serviceType")
        ]

    def service_license(self, organization_id: str, tenant_id: str, service_type: str) -> License | None:
        """One service's licence, or None where the server says that there is none (410)."""
        answer = self._read(_service_path(organization_id, tenant_id, service_type))
        if answer.status == 410:
            return None
        self._stop_if_unreadable(answer, f"The licence of service {service_type} cannot be read")
        return license_of(_object(answer).get("license"))

    def organization_pool(self, organization_id: str) -> Pool | None:
        """What the organization has and has left for its services, users and groups; None where it has no licence."""
        answer = self._read(f"{path_of('api', 'account', organization_id)}/available-account-licenses")
        if answer.status == 404:
            return None
        self._stop_if_unreadable(answer, f"The licence pool of organization {organization_id} cannot be read")
        return {
            str(entry["code"]): PoolProduct(
                total=int(_number(entry.get("total"))),
                available=int(_number(entry.get("total"))) - math.ceil(_number(entry.get("allocated"))),
            )
            for entry in _objects(answer, "code")
            if entry.get("code")
        }

    # Changing it

    def allocate_organization(
        self, organization_id: str, quantities: Quantities, *, bypass_usage_check: bool | None = None
    ) -> License | None:
        """Set the organization's licence. Returns what the server says is held now, None where it does not say."""
        path = f"{self._host}{path_of('organization', organization_id)}/license"
        answer = self._write("PUT", path, _body("productQuantities", quantities, bypass_usage_check))
        self._stop_if_refused(answer, "UiPath did not allocate the licence")
        return _answered(_alone(answer.document()))

    def remove_organization(self, organization_id: str) -> None:
        """Remove the organization's licence."""
        path = f"{self._host}{path_of('organization', organization_id)}/license/remove"
        self._stop_if_refused(self._write("DELETE", path), "UiPath did not remove the licence")

    def allocate_service(
        self,
        organization_id: str,
        tenant_id: str,
        service_type: str,
        *,
        tenant_name: str | None,
        quantities: Quantities,
        bypass_usage_check: bool | None = None,
    ) -> License | None:
        """Set one service's licence. Returns what the server says is held now, None where it does not say."""
        body = {"tenantName": tenant_name, **_body("products", quantities, bypass_usage_check)}
        answer = self._write("PUT", _service_path(organization_id, tenant_id, service_type), body)
        self._stop_if_refused(answer, "UiPath did not allocate the licence")
        document = _alone(answer.document())
        return _answered(document.get("license")) if isinstance(document, Mapping) else None

    def remove_service(self, organization_id: str, tenant_id: str, service_type: str) -> None:
        """Remove one service's licence."""
        answer = self._write("DELETE", _service_path(organization_id, tenant_id, service_type))
        self._stop_if_refused(answer, "UiPath did not remove the licence")

    # Calls and answers

    def _read(self, path: str) -> Answer:
        return self._tokens.call("GET", self._api + path, purpose=Purpose.READ)

    def _write(self, method: str, path: str, body: Any = None) -> Answer:
        return self._tokens.call(method, self._api + path, purpose=Purpose.WRITE, json_body=body)

    def _stop_if_unreadable(self, answer: Answer, message: str) -> None:
        if answer.status in (404, 405):
            raise answer.error(message, kind=Kind.UNREADABLE, hint=UNREADABLE_HINT)
        self._stop_if_refused(answer, message)

    def _stop_if_refused(self, answer: Answer, message: str) -> None:
        if answer.ok:
            return
        said = _server_message(answer)
        raise answer.error(
            f"{message}: {said}" if said else message,
            hint=HINTS.get(answer.status),
            request_id=answer.headers.get("X-Request-Id") or answer.headers.get("X-Correlation-Id"),
        )


HINTS = {
    403: "The signed-in account needs the right to administer the host's licences.",
    404: "Is the ID right, and is there a licence one level above to allocate from?",
}


def license_of(document: Any) -> License | None:
    """A licence as the server writes it; None where there is none. What is no licence is never taken for none."""
    document = _alone(document)
    if document is None:
        return None
    if not isinstance(document, Mapping):
        raise ApiError(Kind.PROTOCOL, "The server tells a licence that is no object")
    details = {
        "license_code": document.get("licenseCode"),
        "license_status": document.get("licenseStatus"),
        "start_date": document.get("startDate"),
        "end_date": document.get("endDate"),
        "grace_period": document.get("gracePeriod"),
    }
    return License(_quantities(document.get("products")), {k: v for k, v in details.items() if v is not None})


def _answered(document: Any) -> License | None:
    """The licence in the answer to a write; None where it names no products, which says nothing about them."""
    if isinstance(document, Mapping) and document.get("products") is not None:
        return license_of(document)
    return None


def _quantities(products: Any) -> Quantities:
    """Positive quantities by code. Newer versions write ``allocated`` where older ones wrote ``quantity``."""
    quantities: Quantities = {}
    for product in objects_in(products):
        told = product.get("quantity")
        quantity = int(_number(product.get("allocated") if told is None else told))
        if product.get("code") and quantity:
            code = sys.intern(str(product["code"]))  # thousands of services share a few of them
            quantities[code] = quantities.get(code, 0) + quantity
    return quantities


def _pool(document: Mapping[str, Any]) -> Pool:
    """The host's pool; what is available is computed only where the server does not say it."""
    pool: Pool = {}
    for product in objects_in(document.get("productsWithAvailability")):
        total = int(_number(product.get("totalQuantity")))
        available = product.get("availableQuantity")
        if available is None:
            available = total - math.ceil(_number(product.get("consumedQuantity")))
        if product.get("code"):
            pool[str(product["code"])] = PoolProduct(total, int(_number(available)))
    return pool


def _number(value: Any) -> float:
    """A number of an answer; null and missing are 0. What is no number is never taken for nothing."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ApiError(Kind.PROTOCOL, f"The server tells a quantity that is no number: {value!r}")
    return value


def _object(answer: Answer) -> Mapping[str, Any]:
    document = _alone(answer.document())
    if not isinstance(document, Mapping):
        raise answer.error("The server answered with something else than an object", kind=Kind.PROTOCOL)
    return document


def _alone(document: Any) -> Any:
    """What a list of one holds, for an answer that should be an object."""
    return document[0] if isinstance(document, list) and len(document) == 1 else document


def _objects(answer: Answer, key: str) -> list[Mapping[str, Any]]:
    """The objects of a list. One alone that has this key is a list of one: the vendor's definition says both."""
    document = answer.document()
    if answer.status == 204:
        return []
    if isinstance(document, Mapping) and key in document:
        return [document]
    if not isinstance(document, list):
        raise answer.error("The server answered with something else than a list", kind=Kind.PROTOCOL)
    return [entry for entry in document if isinstance(entry, Mapping)]


def _server_message(answer: Answer) -> str:
    """What the server says about a refusal; the form of its error bodies is not documented."""
    try:
        document = answer.document()
    except LicensingError:
        return answer.excerpt()
    if isinstance(document, Mapping):
        for name in ("message", "detail", "title", "error", "errorMessage"):
            said = document.get(name)
            said = said.get("message") if isinstance(said, Mapping) else said
            if isinstance(said, str) and said:
                return said
    return answer.excerpt()


def _service_path(organization_id: str, tenant_id: str, service_type: str) -> str:
    return f"{path_of('api', 'account', organization_id)}/service-license{path_of(tenant_id, service_type)}"


def _body(name: str, quantities: Quantities, bypass_usage_check: bool | None) -> dict[str, Any]:
    """The body of an allocation: the whole list, which is right whether the server replaces or merges."""
    body: dict[str, Any] = {name: [{"code": code, "quantity": quantities[code]} for code in sorted(quantities)]}
    return body if bypass_usage_check is None else {**body, "bypassUsageCheck": bypass_usage_check}
