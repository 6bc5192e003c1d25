# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quantities wanted against quantities held: every licence that the desired state speaks of, and what differs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .._model.desired import (
    DesiredOrganization,
    DesiredService,
    Quantities,
    ServiceKey,
    identity,
    likeness,
    lookalikes,
    service_key,
    service_likeness,
)
from .._plan.vendor import Comparison


@dataclass(frozen=True, slots=True)
class Place:
    """Where a licence is held: an organization, or a service of one of its tenants. Names are for people."""

    organization_id: str
    organization: str
    tenant_id: str | None = None
    tenant: str | None = None
    service_type: str | None = None

    @property
    def label(self) -> str:
        if self.service_type is None:
            return self.organization
        return f"{self.organization}/{self.tenant or self.tenant_id}/{self.service_type}"

    def as_result(self) -> dict[str, str]:
        told = {
            "organization_id": self.organization_id,
            "organization": self.organization,
            "tenant_id": self.tenant_id,
            "tenant": self.tenant,
            "service_type": self.service_type,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Entry:
    """One licence that the desired state speaks of. Quantities are positive; a missing code is 0.

    ``held`` None: it could not be read. ``named``: the codes that are compared, None for all but the ignored ones.
    ``declared``: the codes that the file names, 0 included. ``remove``: the licence itself goes, not only its
    quantities. ``implied``: it goes because no list names it.
    """

    place: Place
    held: Quantities | None
    wanted: Quantities
    named: frozenset[str] | None = None
    declared: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    remove: bool = False
    implied: bool = False
    confirmed: bool = True  # False: no reading call shows that what the IDs name exists

    @property
    def changed(self) -> bool:
        return self.held is None or self.held != self.wanted

    @property
    def outcome(self) -> str:
        if not self.changed:
            return "unchanged"
        if not self.wanted:
            return "removed"
        return "updated" if self.held or self.held is None else "created"

    @property
    def implied_codes(self) -> list[str]:
        """The codes that go only because an exclusive list does not name them."""
        if self.remove or self.named is not None or not self.held:
            return []
        return sorted(self.held.keys() - self.wanted.keys() - self.declared)


@dataclass(frozen=True, slots=True)
class Allocation:
    """The action of a step: from ``start`` (None: not known) to ``target``, by sending ``body``.

    The body is the whole list, in which 0 takes a code away; None removes the licence itself.
    """

    start: Quantities | None
    target: Quantities
    body: Quantities | None


def compare(
    organization: DesiredOrganization,
    own: Quantities | None,
    services: Mapping[ServiceKey, Quantities] | None,
    names: Mapping[ServiceKey, tuple[str, str]],
    ignore_codes: frozenset[str],
    *,
    readable: tuple[bool, bool] = (True, True),
) -> Comparison[Entry]:
    """Hold one organization's desired state against what is held.

    ``own``: the organization's own licence, None where no answer names one. ``services``: every service that holds
    something. ``names``: for each of these the tenant ID and service type as the server spells them. ``readable``:
    whether the organization's level and the services' level could be read.
    """
    found = Comparison[Entry]()
    label = organization.name or organization.id
    if organization.absent or organization.products is not None:
        held = (own or {}) if readable[0] else None
        place = Place(organization.id, label)
        found.entries.append(_entry(place, organization, held, ignore_codes, confirmed=own is not None))
    held_services = services or {}
    unnamed = set(held_services)
    tenants_with_licences = {tenant for tenant, _service_type in held_services}
    for tenant in organization.tenants or ():
        key = identity(tenant.id)
        confirmed = key in tenants_with_licences
        if tenant.absent:
            for held_key in sorted(unnamed):
                if held_key[0] == key:
                    unnamed.discard(held_key)
                    place = Place(organization.id, label, tenant.id, tenant.name, names[held_key][1])
                    found.entries.append(Entry(place, held_services[held_key], {}, remove=True))
            continue
        if tenant.services is None:
            unnamed = {held_key for held_key in unnamed if held_key[0] != key}
        for service in tenant.services or ():
            wanted_key = service_key(tenant.id, service.type)
            unnamed.discard(wanted_key)
            if service.products is None and not service.absent:
                continue
            held = held_services.get(wanted_key, {}) if readable[1] else None
            place = Place(organization.id, label, tenant.id, tenant.name, service.type)
            found.entries.append(_entry(place, service, held, ignore_codes, confirmed=confirmed))
    if organization.exclusive_services and organization.tenants is not None:
        named_tenants = {identity(tenant.id): tenant.name for tenant in organization.tenants}
        for held_key in sorted(unnamed):
            tenant_id, service_type = names[held_key]
            place = Place(organization.id, label, tenant_id, named_tenants.get(held_key[0]), service_type)
            found.entries.append(Entry(place, held_services[held_key], {}, remove=True, implied=True))
    _count_removals(found, organization.id, held_services)
    return found


def _entry(
    place: Place,
    desired: DesiredOrganization | DesiredService,
    held: Quantities | None,
    ignore_codes: frozenset[str],
    *,
    confirmed: bool,
) -> Entry:
    """What one part of the desired state says of the licence at a place."""
    wanted, named = _wanted(desired, held, ignore_codes)
    declared = frozenset(desired.products or ())
    return Entry(place, held, wanted, named, declared, ignore_codes, remove=desired.absent, confirmed=confirmed)


def _wanted(
    desired: DesiredOrganization | DesiredService, held: Quantities | None, ignore_codes: frozenset[str]
) -> tuple[Quantities, frozenset[str] | None]:
    """The whole list that is to be held, and the codes that are compared (None: all)."""
    if desired.absent:
        return {}, None
    named = desired.products or {}
    kept = held or {}
    if desired.exclusive:
        kept = {code: quantity for code, quantity in kept.items() if code in ignore_codes}
    wanted = {code: quantity for code, quantity in {**kept, **named}.items() if quantity}
    return wanted, None if desired.exclusive else frozenset(named)


def _count_removals(
    found: Comparison[Entry], organization_id: str, held_services: Mapping[ServiceKey, Quantities]
) -> None:
    codes = sum(len(entry.implied_codes) for entry in found.entries)
    held_codes = sum(len(entry.held or {}) for entry in found.entries)
    services = sum(entry.implied for entry in found.entries)
    if codes:
        found.removals[f"product codes of organization {organization_id}"] = (codes, held_codes)
    if services:
        found.removals[f"services of organization {organization_id}"] = (
            services,
            sum(map(bool, held_services.values())),
        )


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Two spellings at one place that a person cannot tell apart: what the file says or would take away, and what is
    held beside it. ``what`` they are: a tenant, a service, a product code."""

    organization: str
    what: str
    spelling: str
    held: str

    def __str__(self) -> str:
        return (
            f"organization {self.organization}: the server holds {self.what} {self.held!a} beside {self.spelling!a}, "
            "and nobody can tell these two apart"
        )


def lookalikes_of(
    organization: DesiredOrganization, entries: Sequence[Entry], listed: Sequence[tuple[str, str]]
) -> list[Lookalike]:
    """What an organization's file and the server spell differently, though it looks alike.

    ``listed``: tenant ID and type of every service that the server names, whatever it holds.
    """
    label = organization.name or organization.id
    found: list[Lookalike] = []
    for entry in entries:
        where = label if entry.place.service_type is None else entry.place.label
        codes = entry.declared | (entry.ignored if entry.named is None else frozenset())
        pairs = lookalikes(codes, entry.held or {}, entry.implied_codes, look=likeness)
        found += [Lookalike(where, "product code", *pair) for pair in pairs]
    return [
        *found,
        *_tenants_alike(organization, label, entries, listed),
        *_services_alike(organization, label, entries, listed),
    ]


def _tenants_alike(
    organization: DesiredOrganization, label: str, entries: Iterable[Entry], listed: Iterable[tuple[str, str]]
) -> Iterator[Lookalike]:
    """Tenants that the file names and the server does not, beside others; those of which everything is to go; and
    those that would lose something for want of a name."""
    named = {identity(tenant.id): tenant for tenant in organization.tenants or ()}
    held = {identity(tenant_id): tenant_id for tenant_id, _service_type in listed}
    whole = {key for key, tenant in named.items() if tenant.absent}
    going = {identity(entry.place.tenant_id) for entry in entries if entry.implied and entry.place.tenant_id}
    spelled = {**held, **{key: tenant.id for key, tenant in named.items()}}
    for one, other in lookalikes(named, held.keys() - whole, going - named.keys(), look=likeness):
        yield Lookalike(label, "tenant", spelled[one], spelled[other])


def _services_alike(
    organization: DesiredOrganization, label: str, entries: Iterable[Entry], listed: Iterable[tuple[str, str]]
) -> Iterator[Lookalike]:
    """Services that the file names and the server does not, beside others; those that would go for want of a name; and
    what only looks like the name of a service, where all of a tenant's are to go."""
    named = {
        service_key(tenant.id, service.type): (tenant.id, service.type)
        for tenant in organization.tenants or ()
        for service in tenant.services or ()
    }
    held = {service_key(*service): service for service in listed}
    places = [(entry, entry.place.tenant_id, entry.place.service_type) for entry in entries]
    going = {service_key(tenant, kind) for entry, tenant, kind in places if entry.implied and tenant and kind}
    for one, other in lookalikes(named, held, going, look=service_likeness):
        yield Lookalike(label, "service", _in_words(*{**held, **named}[one]), _in_words(*{**held, **named}[other]))
    for entry, tenant, kind in places:
        if (
            entry.remove
            and tenant
            and kind
            and (tenant, kind) not in named.values()
            and likeness(kind) != kind.casefold()
        ):
            yield Lookalike(label, "service", _in_words(tenant, likeness(kind)), _in_words(tenant, kind))


def _in_words(tenant_id: str, service_type: str) -> str:
    return f"{service_type} of tenant {tenant_id}"
