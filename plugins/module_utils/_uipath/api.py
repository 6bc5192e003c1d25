# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of UiPath's License Resource Manager (LRM), as methods named after what they do.

Source: the vendor's published OpenAPI definition of the LRM.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .._errors import Kind
from .._http.addresses import below, path_of
from .._http.reasons import reasons_of
from .._http.response import Purpose, Response
from .._model.current import License, Pool, ServiceLicense
from .._model.desired import Quantities, service_key
from .auth import TokenSource
from .responses import (
    host_pool_in,
    license_in,
    license_written,
    organization_pool_in,
    service_licenses_in,
)
from .second_source import (
    refuse_empty_license,
    refuse_empty_service,
    refuse_missing_pool,
    silent_about,
    unaccounted,
)

DEFAULT_HOST_ACCOUNT_ID = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
ReadServices = Callable[[], list[ServiceLicense]]
TELL_NOTHING = (403, 404, 405, 410)  # statuses of a second source that say nothing against the first
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
                self._host_pool = host_pool_in(answer)
            return self._host_pool

    def organization_license(self, organization_id: str, services: ReadServices | None = None) -> License | None:
        """The organization's own licence, or None. Raises ApiError(UNREADABLE) where that cannot be told.

        ``services`` reads the list of its services, for a caller that wants it too; asked where the licence is empty.
        """
        answer = self._organization(organization_id)
        if answer.status == 404:
            return self._own_license(organization_id, answer, self.organization_pool(organization_id))
        own = self._own_license(organization_id, answer, None)
        if own is not None and own.silent:
            pool = self.organization_pool(organization_id)
            refuse_empty_license(organization_id, pool, services or (lambda: self.service_licenses(organization_id)))
        return own

    def organization_license_and_pool(
        self, organization_id: str, services: ReadServices
    ) -> tuple[License | None, Pool | None]:
        """The organization's own licence, and what it has left for its services, in two calls."""
        answer = self._organization(organization_id)
        pool = self.organization_pool(organization_id)
        own = self._own_license(organization_id, answer, pool)
        if own is not None:
            label = f"organization {organization_id}"
            refuse_missing_pool(f"the pool of {label}", pool, label, own)
            if own.silent:
                refuse_empty_license(organization_id, pool, services)
        return own, pool

    def _organization(self, organization_id: str) -> Response:
        answer = self._read(f"{self._host}{path_of('organization', organization_id)}/license/available")
        if answer.status == 404:
            # Ambiguous: no licence, or no such route. Where the host's pool cannot be read either, it was the route;
            # and where the organization has something to give to its services, it has a licence.
            self.host_pool()
        return answer

    def _own_license(self, organization_id: str, answer: Response, pool: Pool | None) -> License | None:
        if answer.status == 404 and not any(product.total for product in (pool or {}).values()):
            return None
        self._stop_if_unreadable(answer, f"The licence of organization {organization_id} cannot be read")
        return license_in(answer)

    def service_licenses(self, organization_id: str) -> list[ServiceLicense]:
        """Every service licence of every tenant of the organization, in one call."""
        answer = self._read(f"{path_of('api', 'account', organization_id)}/service-license")
        self._stop_if_unreadable(answer, f"The service licences of organization {organization_id} cannot be read")
        return service_licenses_in(answer)

    def refuse_empty_services(
        self,
        organization_id: str,
        listed: Sequence[ServiceLicense],
        pool: Pool | None,
        services: Iterable[tuple[str, str]],
        tenants: Iterable[str] = (),
    ) -> None:
        """Ask by themselves for the services (tenant ID, type) and tenants of which a list tells nothing by telling
        nothing, unless it accounts for all that is allocated of the organization's pool.

        Raises ApiError(LISTING_MISMATCH) where one of them holds something.
        """
        if pool is not None and not unaccounted(pool, listed):
            return
        for tenant_id, service_type in silent_about(listed, services):
            answer = self._read(_service_path(organization_id, tenant_id, service_type))
            if answer.status not in TELL_NOTHING:
                self._stop_if_refused(answer, f"The licence of service {service_type} cannot be read")
                found = license_in(answer, service_key(tenant_id, service_type))
                refuse_empty_service(organization_id, tenant_id, service_type, found)
        for tenant_id in tenants if not listed else ():
            path = f"{path_of('api', 'account', organization_id)}/service-license{path_of(tenant_id)}"
            answer = self._read(path)
            if answer.status not in TELL_NOTHING:
                self._stop_if_refused(answer, f"The service licences of tenant {tenant_id} cannot be read")
                for service in service_licenses_in(answer):
                    refuse_empty_service(organization_id, tenant_id, service.service_type, service.license)

    def service_license(self, organization_id: str, tenant_id: str, service_type: str) -> License | None:
        """One service's licence, or None where the server says that there is none (410)."""
        answer = self._read(_service_path(organization_id, tenant_id, service_type))
        if answer.status == 410:
            return None
        self._stop_if_unreadable(answer, f"The licence of service {service_type} cannot be read")
        key = service_key(tenant_id, service_type)
        found = license_in(answer, key)
        if found.silent:
            for other in self.service_licenses(organization_id):
                if service_key(other.tenant_id, other.service_type) == key:
                    refuse_empty_service(organization_id, tenant_id, service_type, other.license)
        return found

    def organization_pool(self, organization_id: str) -> Pool | None:
        """What the organization has and has left for its services, users and groups; None where it has no licence."""
        answer = self._read(f"{path_of('api', 'account', organization_id)}/available-account-licenses")
        if answer.status == 404:
            return None
        self._stop_if_unreadable(answer, f"The licence pool of organization {organization_id} cannot be read")
        return organization_pool_in(answer)

    # Changing it

    def allocate_organization(
        self, organization_id: str, quantities: Quantities, *, bypass_usage_check: bool | None = None
    ) -> License | None:
        """Set the organization's licence. Returns what the server says is held now, None where it does not say."""
        path = f"{self._host}{path_of('organization', organization_id)}/license"
        answer = self._write("PUT", path, _body("productQuantities", quantities, bypass_usage_check))
        self._stop_if_refused(answer, "UiPath did not allocate the licence")
        return license_written(answer)

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
        return license_written(answer, service_key(tenant_id, service_type))

    def remove_service(self, organization_id: str, tenant_id: str, service_type: str) -> None:
        """Remove one service's licence."""
        self._stop_unless_removed(self._write("DELETE", _service_path(organization_id, tenant_id, service_type)))

    # Calls and answers

    def _read(self, path: str) -> Response:
        return self._tokens.call("GET", self._api + path, purpose=Purpose.READ)

    def _write(self, method: str, path: str, body: Any = None) -> Response:
        return self._tokens.call(method, self._api + path, purpose=Purpose.WRITE, json_body=body)

    def _stop_if_unreadable(self, answer: Response, message: str) -> None:
        if answer.status in (404, 405):
            raise answer.error(message, kind=Kind.UNREADABLE, hint=UNREADABLE_HINT)
        self._stop_if_refused(answer, message)

    def _stop_unless_removed(self, answer: Response) -> None:
        """The answer to a removal that the contract has is 200 without a body; no other says that it is removed."""
        self._stop_if_refused(answer, "UiPath did not remove the licence")
        if answer.status not in (200, 204) or answer.document() is not None:
            raise answer.error("UiPath does not say whether the licence is removed", kind=Kind.PROTOCOL)

    def _stop_if_refused(self, answer: Response, message: str) -> None:
        if answer.ok and not (answer.status == PARTLY and answer.purpose is Purpose.WRITE):
            return
        said = reasons_of(answer)
        raise answer.error(
            f"{message}: {said.text}" if said.text else message,
            hint=HINTS.get(answer.status),
            code=said.code,
            request_id=said.request_id,
        )


PARTLY = 207  # says that something was done and something was not; which, only reading tells
HINTS = {
    403: "The signed-in account needs the right to administer the host's licences.",
    404: "Is the ID right, and is there a licence one level above to allocate from?",
}


def _service_path(organization_id: str, tenant_id: str, service_type: str) -> str:
    return f"{path_of('api', 'account', organization_id)}/service-license{path_of(tenant_id, service_type)}"


def _body(name: str, quantities: Quantities, bypass_usage_check: bool | None) -> dict[str, Any]:
    """The body of an allocation: the whole list, which is right whether the server replaces or merges."""
    body: dict[str, Any] = {name: [{"code": code, "quantity": quantities[code]} for code in sorted(quantities)]}
    return body if bypass_usage_check is None else {**body, "bypassUsageCheck": bypass_usage_check}
