# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of UiPath's License Resource Manager (LRM), as methods named after what they do.

Source: the vendor's published OpenAPI definition of the LRM.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from ._addresses import below, path_of
from ._answer import Answer, Purpose
from ._desired import Quantities
from ._errors import Kind
from ._held import License, Pool, ServiceLicense
from ._reasons import reasons_of
from ._uipath_answers import (
    alone,
    host_pool_of,
    license_of,
    license_told,
    object_of,
    organization_pool_of,
    service_licenses_of,
)
from ._uipath_sign_in import TokenSource

DEFAULT_HOST_ACCOUNT_ID = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
UNREADABLE_HINT = (
    "Either the host has no licence, or the on-premises licensing flows are switched off, or this version has no route "
    "for reading. For a version that only offers the documented PUT see on_unreadable."
)


class LicenseResourceManager:
    """The LRM of one host, called with one sign-in."""

    def __init__(
        self, tokens: TokenSource, *, lrm_path: str = "/lrm", host_account_id: str = DEFAULT_HOST_ACCOUNT_ID
    ) -> None:
        self._tokens = tokens
        self.pause_to_reread = tokens.http.pause_to_reread
        self.settling = tokens.http.settling
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
                self._host_pool = host_pool_of(object_of(answer))
            return self._host_pool

    def organization_license(self, organization_id: str) -> License | None:
        """The organization's own licence, or None. Raises ApiError(UNREADABLE) where that cannot be told."""
        answer = self._organization(organization_id)
        pool = self.organization_pool(organization_id) if answer.status == 404 else None
        return self._own_license(organization_id, answer, pool)

    def organization_license_and_pool(self, organization_id: str) -> tuple[License | None, Pool | None]:
        """The organization's own licence, and what it has left for its services, in two calls."""
        answer = self._organization(organization_id)
        pool = self.organization_pool(organization_id)
        return self._own_license(organization_id, answer, pool), pool

    def _organization(self, organization_id: str) -> Answer:
        answer = self._read(f"{self._host}{path_of('organization', organization_id)}/license/available")
        if answer.status == 404:
            # Ambiguous: no licence, or no such route. Where the host's pool cannot be read either, it was the route;
            # and where the organization has something to give to its services, it has a licence.
            self.host_pool()
        return answer

    def _own_license(self, organization_id: str, answer: Answer, pool: Pool | None) -> License | None:
        if answer.status == 404 and not any(product.total for product in (pool or {}).values()):
            return None
        self._stop_if_unreadable(answer, f"The licence of organization {organization_id} cannot be read")
        return license_of(object_of(answer).get("license"))

    def service_licenses(self, organization_id: str) -> list[ServiceLicense]:
        """Every service licence of every tenant of the organization, in one call."""
        answer = self._read(f"{path_of('api', 'account', organization_id)}/service-license")
        self._stop_if_unreadable(answer, f"The service licences of organization {organization_id} cannot be read")
        return service_licenses_of(answer)

    def service_license(self, organization_id: str, tenant_id: str, service_type: str) -> License | None:
        """One service's licence, or None where the server says that there is none (410)."""
        answer = self._read(_service_path(organization_id, tenant_id, service_type))
        if answer.status == 410:
            return None
        self._stop_if_unreadable(answer, f"The licence of service {service_type} cannot be read")
        return license_of(object_of(answer).get("license"))

    def organization_pool(self, organization_id: str) -> Pool | None:
        """What the organization has and has left for its services, users and groups; None where it has no licence."""
        answer = self._read(f"{path_of('api', 'account', organization_id)}/available-account-licenses")
        if answer.status == 404:
            return None
        self._stop_if_unreadable(answer, f"The licence pool of organization {organization_id} cannot be read")
        return organization_pool_of(answer)

    # Changing it

    def allocate_organization(
        self, organization_id: str, quantities: Quantities, *, bypass_usage_check: bool | None = None
    ) -> License | None:
        """Set the organization's licence. Returns what the server says is held now, None where it does not say."""
        path = f"{self._host}{path_of('organization', organization_id)}/license"
        answer = self._write("PUT", path, _body("productQuantities", quantities, bypass_usage_check))
        self._stop_if_refused(answer, "UiPath did not allocate the licence")
        with answer.understood():
            return license_told(_written(answer, alone(answer.document())))

    def remove_organization(self, organization_id: str) -> None:
        """Remove the organization's licence."""
        path = f"{self._host}{path_of('organization', organization_id)}/license/remove"
        self._stop_unless_removed(self._write("DELETE", path))

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
        with answer.understood():
            document = _written(answer, alone(answer.document()))
            return license_told(_written(answer, document.get("license")))

    def remove_service(self, organization_id: str, tenant_id: str, service_type: str) -> None:
        """Remove one service's licence."""
        self._stop_unless_removed(self._write("DELETE", _service_path(organization_id, tenant_id, service_type)))

    # Calls and answers

    def _read(self, path: str) -> Answer:
        return self._tokens.call("GET", self._api + path, purpose=Purpose.READ)

    def _write(self, method: str, path: str, body: Any = None) -> Answer:
        return self._tokens.call(method, self._api + path, purpose=Purpose.WRITE, json_body=body)

    def _stop_if_unreadable(self, answer: Answer, message: str) -> None:
        if answer.status in (404, 405):
            raise answer.error(message, kind=Kind.UNREADABLE, hint=UNREADABLE_HINT)
        self._stop_if_refused(answer, message)

    def _stop_unless_removed(self, answer: Answer) -> None:
        """The answer to a removal that the contract has is 200 without a body; no other says that it is removed."""
        self._stop_if_refused(answer, "UiPath did not remove the licence")
        if answer.status not in (200, 204) or answer.document() is not None:
            raise answer.error("UiPath does not say whether the licence is removed", kind=Kind.PROTOCOL)

    def _stop_if_refused(self, answer: Answer, message: str) -> None:
        if answer.ok:
            return
        said = reasons_of(answer)
        raise answer.error(
            f"{message}: {said.text}" if said.text else message,
            hint=HINTS.get(answer.status),
            code=said.code,
            request_id=said.request_id,
        )


HINTS = {
    403: "The signed-in account needs the right to administer the host's licences.",
    404: "Is the ID right, and is there a licence one level above to allocate from?",
}


def _written(answer: Answer, document: Any) -> Mapping[str, Any]:
    """An object in the answer to a write, which may leave it out."""
    if document is not None and not isinstance(document, Mapping):
        raise answer.error("UiPath answered to the allocation with something else than a licence", kind=Kind.PROTOCOL)
    return document or {}


def _service_path(organization_id: str, tenant_id: str, service_type: str) -> str:
    return f"{path_of('api', 'account', organization_id)}/service-license{path_of(tenant_id, service_type)}"


def _body(name: str, quantities: Quantities, bypass_usage_check: bool | None) -> dict[str, Any]:
    """The body of an allocation: the whole list, which is right whether the server replaces or merges."""
    body: dict[str, Any] = {name: [{"code": code, "quantity": quantities[code]} for code in sorted(quantities)]}
    return body if bypass_usage_check is None else {**body, "bypassUsageCheck": bypass_usage_check}
