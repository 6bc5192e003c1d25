# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what organizations hold, as far as the desired state asks, and a second source where that is nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from .._concurrency import map_concurrently
from .._errors import ApiError, Kind
from .._model.current import License, Pool, ServiceLicense
from .._model.desired import DesiredOrganization, ServiceKey, service_key
from .._plan.report import Settings
from .api import LicenseResourceManager
from .compare import Entry, Place
from .second_source import silent_about


@dataclass(frozen=True, slots=True)
class OrganizationLicenses:
    """What one organization holds. A level that was not asked for, or could not be read, is None.

    ``listed``: every service that the server names; ``services``: those of them that hold something.
    """

    desired: DesiredOrganization
    own: License | None = None
    listed: Sequence[ServiceLicense] | None = None
    services: Mapping[ServiceKey, ServiceLicense] | None = None
    own_readable: bool = True
    services_readable: bool = True

    @property
    def owns(self) -> bool:
        """Whether it is known to hold a licence that says anything."""
        return self.own is not None and bool(self.own.products)


@dataclass(frozen=True, slots=True)
class Current:
    """What organizations hold, by their IDs. ``pools``: those that were read as a second source."""

    organizations: dict[str, OrganizationLicenses]
    pools: dict[str, Pool | None] = field(default_factory=dict)

    def license_at(self, place: Place) -> License | None:
        """The licence of an organization or of a service."""
        organization = self.organizations[place.organization_id]
        if place.tenant_id is None or place.service_type is None:
            return organization.own
        service = (organization.services or {}).get(service_key(place.tenant_id, place.service_type))
        return service.license if service is not None else None


class Reader:
    """Reads many organizations at a time."""

    def __init__(self, lrm: LicenseResourceManager, settings: Settings) -> None:
        self._lrm = lrm
        self._settings = settings

    def read(self, desired: Sequence[DesiredOrganization]) -> dict[str, OrganizationLicenses]:
        """Only the level that each organization's part of the file names; nothing is read twice."""
        found = map_concurrently(self._read_one, desired, self._settings.concurrency)
        return {organization.id: licenses for organization, licenses in zip(desired, found, strict=True)}

    def read_again(self, current: Current, organizations: Iterable[str]) -> None:
        """Bring what is current up to date for these organizations."""
        current.organizations.update(self.read([current.organizations[one].desired for one in sorted(organizations)]))

    def _read_one(self, organization: DesiredOrganization) -> OrganizationLicenses:
        own: License | None = None
        listed: list[ServiceLicense] | None = None
        services: dict[ServiceKey, ServiceLicense] | None = None
        own_readable = services_readable = True
        read_services = cache(partial(self._lrm.service_licenses, organization.id))
        if organization.absent or organization.products is not None:
            try:
                own = self._lrm.organization_license(organization.id, read_services)
            except ApiError as error:
                self._may_write_unread(error, organization.absent or organization.exclusive)
                own_readable = False
        if organization.absent or organization.tenants is not None:
            try:
                listed = read_services()
            except ApiError as error:
                self._may_write_unread(error, _fully_declared(organization))
                services_readable = False
            else:
                holding = [service for service in listed if service.license.products]
                services = {service_key(service.tenant_id, service.service_type): service for service in holding}
        return OrganizationLicenses(organization, own, listed, services, own_readable, services_readable)

    def _may_write_unread(self, error: ApiError, fully_declared: bool) -> None:
        if error.kind is not Kind.UNREADABLE or not self._settings.write_unreadable:
            raise error
        if not fully_declared:
            raise ApiError(
                Kind.UNREADABLE,
                f"{error.message}. on_unreadable: write needs exclusive: true, since only a complete list can be sent "
                "without knowing what is held",
                **error.facts,
            ) from error

    def confirm(self, current: Current, entries: Sequence[Entry]) -> None:
        """Nothing is added or taken away on the word of a list that tells nothing, if something else tells more."""
        of: dict[str, list[Entry]] = {organization_id: [] for organization_id in current.organizations}
        for entry in entries:
            of[entry.place.organization_id].append(entry)

        def confirm_one(organization_id: str) -> None:
            self._confirm_one(current, organization_id, of[organization_id])

        map_concurrently(confirm_one, current.organizations, self._settings.concurrency)

    def _confirm_one(self, current: Current, organization_id: str, entries: Sequence[Entry]) -> None:
        held = current.organizations[organization_id]
        asks_for_own = held.desired.absent or held.desired.products is not None
        if held.listed is None or (asks_for_own and held.own_readable and not held.owns):
            return  # the list was not asked for, or the organization has nothing that a service could hold
        asked = [
            (entry.place.tenant_id, entry.place.service_type)
            for entry in entries
            if entry.place.tenant_id is not None and entry.place.service_type is not None and not entry.held
        ]
        tenants = [tenant.id for tenant in held.desired.tenants or () if tenant.absent]
        if silent_about(held.listed, asked) or (tenants and not held.listed):
            pool = current.pools[organization_id] = self._pool_of(organization_id)
            self._lrm.refuse_empty_services(organization_id, held.listed, pool, asked, tenants)

    def _pool_of(self, organization_id: str) -> Pool | None:
        """The pool of an organization, None also where this version has no route to read it."""
        try:
            return self._lrm.organization_pool(organization_id)
        except ApiError as error:
            if error.kind is not Kind.UNREADABLE:
                raise
            return None


def _fully_declared(organization: DesiredOrganization) -> bool:
    """Whether the file says everything about the services that it names, so that nothing must be read."""
    tenants = organization.tenants or ()
    services = [service for tenant in tenants for service in tenant.services or ()]
    return (
        not organization.absent
        and not organization.exclusive_services
        and not any(tenant.absent for tenant in tenants)
        and all(service.exclusive or service.absent for service in services)
    )
