# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of UiPath's organizations: what is held against what was agreed, level by level. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .._audit.expiry import expiry_finding, license_expiration
from .._audit.findings import Audit, Expiration, Finding, Spot, Terms
from .._audit.pools import nearly_used, pool_uses
from .._model.current import License, Pool, ServiceLicense
from .._model.desired import DesiredOrganization, DesiredService, Quantities, ServiceKey, identity, service_key
from .._model.finding_kinds import FindingKind
from .._plan.steps import HOST, PoolKey
from .compare import Entry, Lookalike, Place, compare, lookalikes_of
from .plan.capacity import shortages


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that one organization holds: its own licence, every service's, and its pool (None where it has none)."""

    own: License | None
    services: Sequence[ServiceLicense]
    pool: Pool | None


def audit_organizations(
    desired: Sequence[DesiredOrganization], held: Mapping[str, Holdings], host: Pool, terms: Terms
) -> Audit:
    """Hold what these organizations hold against what was agreed. Those that ``held`` lacks could not be read."""
    audit = Audit()
    planned: list[Entry] = []
    managed: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))  # pool -> code -> licences
    readable = [_Organization(one, held[one.id], terms) for one in desired if one.id in held]
    for organization in readable:
        entries = organization.compare(_as_audited(organization.desired, terms))
        written = {entry.place: entry for entry in organization.compare(organization.desired)}
        planned += written.values()
        for entry in entries:
            audit.findings += organization.drift(entry, written.get(entry.place), host)
            pool = HOST if entry.place.service_type is None else entry.place.organization_id
            for code in entry.declared & (entry.held or {}).keys() & entry.wanted.keys():
                managed[pool][code] += (entry.held or {})[code]
        audit.expirations += organization.expirations()
    audit.pools += pool_uses("host", Spot(), host, managed[HOST])
    for organization in readable:
        pool_of_it = organization.holdings.pool or {}
        audit.pools += pool_uses("organization", organization.spot, pool_of_it, managed[organization.desired.id])
    for end in audit.expirations:
        ending = expiry_finding(end.spot, end.date, end.state, terms, None)
        audit.findings += [ending] if ending else []
    audit.findings += nearly_used(audit.pools, terms)
    audit.findings += _not_provisionable(planned, host, readable)
    return audit


def lookalikes_in(desired: DesiredOrganization, holdings: Holdings, terms: Terms) -> list[Lookalike]:
    """What the file and the server spell differently, though nobody can tell it apart."""
    entries = _Organization(desired, holdings, terms).compare(desired)
    return lookalikes_of(desired, entries, [(one.tenant_id, one.service_type) for one in holdings.services])


class _Organization:
    """One organization: what was agreed for it, and what it holds."""

    def __init__(self, desired: DesiredOrganization, holdings: Holdings, terms: Terms) -> None:
        self.desired = desired
        self.holdings = holdings
        self.label = desired.name or desired.id
        self.spot = Spot(organization_id=desired.id, organization=self.label)
        self._terms = terms
        self._tenants = {identity(tenant.id): tenant for tenant in desired.tenants or ()}
        self._services: dict[ServiceKey, ServiceLicense] = {}
        self._licenses: dict[ServiceKey, License] = {}
        for service in holdings.services:
            if service.license.products:
                key = service_key(service.tenant_id, service.service_type)
                self._services[key], self._licenses[key] = service, service.license

    def compare(self, desired: DesiredOrganization) -> list[Entry]:
        """Every licence that this desired state of the organization speaks of."""
        own = self.holdings.own
        return compare(
            desired,
            own.products if own is not None and not own.silent else None,
            {key: license_.products for key, license_ in self._licenses.items()},
            {key: (service.tenant_id, service.service_type) for key, service in self._services.items()},
            self._terms.ignore_codes,
        ).entries

    def drift(self, entry: Entry, written: Entry | None, host: Pool) -> Iterator[Finding]:
        """What differs at one place, code by code. ``written``: what provisioning makes of it, None for nothing."""
        held = entry.held or {}
        for code in sorted(held.keys() | entry.declared):
            has, spot = held.get(code, 0), self._spot(entry.place, code)
            fixable = written is not None and written.wanted.get(code, 0) != has
            if entry.implied:
                yield Finding(self._unmanaged(entry.place), spot, 0, has, has, fixable=fixable)
            elif entry.remove or code in entry.declared:
                wanted = entry.wanted.get(code, 0)
                if has != wanted:
                    kind = FindingKind.TOO_MUCH if has > wanted else FindingKind.TOO_LITTLE
                    kind = kind if has else FindingKind.MISSING
                    what = "organization" if entry.place.service_type is None else "tenant"
                    doubt = None if entry.confirmed else f"no reading call shows that there is such a {what}"
                    yield Finding(kind, spot, wanted, has, has - wanted, doubt, fixable=fixable)
            else:
                reason = self._added_by_server(entry, code, host)
                kind = FindingKind.ADDED_BY_SERVER if reason else FindingKind.UNMANAGED
                yield Finding(kind, spot, 0, has, has, reason, fixable=fixable)

    def expirations(self) -> Iterator[Expiration]:
        """The end of the organization's licence, and those of its services that differ from it."""
        own = self.holdings.own
        own_end = own.ends if own is not None and own.products else None
        if own is not None and own_end is not None:
            yield license_expiration("organization", self.spot, own, own_end, self._terms)
        for key, service in self._services.items():
            license_ = self._licenses[key]
            if license_.ends is not None and license_.ends != own_end:
                place = Place(self.desired.id, self.label, service.tenant_id, None, service.service_type)
                yield license_expiration("service", self._spot(place), license_, license_.ends, self._terms)

    def _spot(self, place: Place, code: str | None = None) -> Spot:
        """The place of a finding, with a tenant that the file names spelled as it stands there."""
        named = self._tenants.get(identity(place.tenant_id)) if place.tenant_id is not None else None
        return replace(
            self.spot,
            tenant_id=named.id if named is not None else place.tenant_id,
            tenant=named.name if named is not None else None,
            service_type=place.service_type,
            code=code,
        )

    def _unmanaged(self, place: Place) -> FindingKind:
        named = place.tenant_id is not None and identity(place.tenant_id) in self._tenants
        return FindingKind.UNMANAGED_SERVICE if named else FindingKind.UNMANAGED_TENANT

    def _added_by_server(self, entry: Entry, code: str, host: Pool) -> str | None:
        """How it can be known that the server added a code by itself; None where it cannot."""
        place = entry.place
        if place.tenant_id is None or place.service_type is None:
            source: Pool | None = host
            license_ = self.holdings.own
        else:
            source = self.holdings.pool
            license_ = self._licenses.get(service_key(place.tenant_id, place.service_type))
        if code in entry.ignored:
            return "ignore_codes names it"
        if license_ is not None and code in license_.template_codes:
            return "a template of the licence brings it along"
        if source and code not in source:  # an empty pool tells nothing
            return "the pool that it would come from has no such code"
        return None


def _as_audited(organization: DesiredOrganization, terms: Terms) -> DesiredOrganization:
    """The organization as if its file spoke of all that is held at the levels that it speaks of.

    What no list of services names shows as implied then.
    """
    tenants = organization.tenants
    if organization.absent and tenants is None:
        tenants = ()  # its services hold what was agreed to be gone
    if not terms.include_omitted:
        return replace(organization, tenants=tenants, exclusive_services=tenants is not None)
    return replace(
        organization,
        products=_or_nothing(organization),
        tenants=tuple(
            tenant
            if tenant.absent
            else replace(
                tenant,
                services=tuple(replace(service, products=_or_nothing(service)) for service in tenant.services or ()),
            )
            for tenant in tenants or ()
        ),
        exclusive_services=True,
    )


def _or_nothing(part: DesiredOrganization | DesiredService) -> Quantities | None:
    """The products that a part of the file names, none where it omits them; None where it is absent as a whole."""
    return None if part.absent else part.products or {}


def _not_provisionable(planned: Iterable[Entry], host: Pool, readable: Sequence[_Organization]) -> Iterator[Finding]:
    """What the desired state wants beyond what its pools can give today."""
    free: dict[PoolKey, int] = {(HOST, code): product.available for code, product in host.items()}
    for organization in readable:
        pool = organization.holdings.pool or {}
        free.update({(organization.desired.id, code): product.available for code, product in pool.items()})
    by_id = {organization.desired.id: organization for organization in readable}
    for shortage in shortages(planned, free, {}):
        if shortage.pool == HOST:
            spot, name = Spot(code=shortage.code), "the host pool"
        else:
            organization = by_id[shortage.pool]
            spot = replace(organization.spot, code=shortage.code)
            name = f"the pool of organization {organization.label}"
        told = str(replace(shortage, pool=name))
        kind = FindingKind.INSUFFICIENT_CAPACITY
        yield Finding(kind, spot, shortage.wanted, shortage.held, -shortage.short, told)
