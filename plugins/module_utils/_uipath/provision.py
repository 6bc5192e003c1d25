# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UiPath's licences from a desired state: read in bulk, compare, check the pools, write the difference."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from .._errors import ApiError, Kind, LicensingError
from .._model.current import License, Pool, ServiceLicense
from .._model.desired import DesiredOrganization, Quantities, ServiceKey, service_key
from .._plan.apply import carry_out
from .._plan.executor import gather
from .._plan.report import UNKNOWN, EntryReport, Outcome, Report, Settings, check_removals, check_shortages, listed
from .._plan.settling import Patience
from .._plan.steps import HOST, PoolKey
from .api import LicenseResourceManager
from .compare import Comparison, Entry, compare, lookalikes_of
from .plan.capacity import pools_taken_from, shortages
from .plan.order import order
from .second_source import refuse_missing_pool, silent_about
from .selection import Stage, at_stage, giving_back
from .writer import AllocationWriter

LOOKALIKE_HINT = "Write it as the server does. If these are two, name both, the one that is to go with absent or 0."


@dataclass(frozen=True, slots=True)
class HeldByOrganization:
    """What one organization holds, as far as the desired state asks. A level that could not be read is None.

    ``listed``: every service that the server names; ``services``: those of them that hold something.
    """

    own: License | None = None
    listed: Sequence[ServiceLicense] | None = None
    services: Mapping[ServiceKey, ServiceLicense] | None = None
    own_readable: bool = True
    services_readable: bool = True


class UiPathLicensing:
    """One task over many organizations."""

    def __init__(
        self,
        lrm: LicenseResourceManager,
        settings: Settings,
        *,
        ignore_codes: Iterable[str] = (),
        bypass_usage_check: bool | None = None,
        stage: Stage = Stage.ALL,
    ) -> None:
        self._lrm = lrm
        self._settings = settings
        self._ignore_codes = frozenset(ignore_codes)
        self._bypass_usage_check = bypass_usage_check
        self._stage = stage
        self._desired: Mapping[str, DesiredOrganization] = {}
        self._held: dict[str, HeldByOrganization] = {}
        self._entries: list[Entry] = []
        self._pools: dict[str, Pool | None] = {}  # of organizations, read before anything was written
        self._created: set[str] = set()  # the organizations that get their first licence here

    def apply(self, desired: Sequence[DesiredOrganization]) -> Report:
        """Make it so, or in check mode tell what would be done. Raises LicensingError before the first write."""
        desired = at_stage(desired, self._stage)
        self._desired = {organization.id: organization for organization in desired}
        self._held = self._read(desired)
        comparison = self._compare(desired)
        self._entries = comparison.entries
        gather(self._refuse_contradicted, desired, self._settings.concurrency)
        self._created = {
            entry.place.organization_id
            for entry in self._entries
            if entry.place.service_type is None
            and entry.outcome == "created"
            and not self._holds(entry.place.organization_id)
        }
        check_removals(comparison.removals, self._settings.max_removals)
        self._refuse_removal_in_use(desired)
        if self._stage is Stage.GIVE_BACK:
            self._entries = giving_back(self._entries)
        free = self._free()
        enforce = self._settings.check_capacity and all(entry.held is not None for entry in self._entries)
        if enforce:
            check_shortages(shortages(self._entries, free, self._pool_names()))
        steps = order(self._entries, free, enforce=enforce)
        report = Report([self._predicted(entry) for entry in self._entries], warnings=self._warnings())
        patience = Patience(self._settings.max_read_delay, self._lrm.pause_to_reread)
        writer = AllocationWriter(self._lrm, self._entries, self._read_again, self._bypass_usage_check, patience)
        carry_out(report, steps, free, writer, self._settings)
        for number, answer in writer.answers.items():
            report.entries[number].server = answer.details
        return report

    # Reading and comparing

    def _read(self, desired: Sequence[DesiredOrganization]) -> dict[str, HeldByOrganization]:
        """Only the level that each organization's part of the file names; nothing is read twice."""
        held = gather(self._read_one, desired, self._settings.concurrency)
        return {organization.id: found for organization, found in zip(desired, held, strict=True)}

    def _read_again(self, numbers: Iterable[int]) -> dict[int, Quantities]:
        """What entries hold now, read in bulk as at the beginning."""
        entries = {number: self._entries[number] for number in numbers}
        self._held.update(
            self._read([self._desired[pool] for pool in sorted({e.place.organization_id for e in entries.values()})])
        )
        held = {number: self._license_of(entry) for number, entry in entries.items()}
        return {number: license_.products if license_ else {} for number, license_ in held.items()}

    def _read_one(self, organization: DesiredOrganization) -> HeldByOrganization:
        own: License | None = None
        listed_services: list[ServiceLicense] | None = None
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
                listed_services = read_services()
            except ApiError as error:
                self._may_write_unread(error, _fully_declared(organization))
                services_readable = False
            else:
                services = {
                    service_key(found.tenant_id, found.service_type): found
                    for found in listed_services
                    if found.license.products
                }
        return HeldByOrganization(own, listed_services, services, own_readable, services_readable)

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

    def _compare(self, desired: Sequence[DesiredOrganization]) -> Comparison:
        everything = Comparison()
        for organization in desired:
            held = self._held[organization.id]
            services = held.services or {}
            found = compare(
                organization,
                held.own.products if held.own is not None and not held.own.silent else None,
                {key: service.license.products for key, service in services.items()},
                {key: (service.tenant_id, service.service_type) for key, service in services.items()},
                self._ignore_codes,
                readable=(held.own_readable, held.services_readable),
            )
            listed_services = [(service.tenant_id, service.service_type) for service in held.listed or ()]
            for lookalike in lookalikes_of(organization, found.entries, listed_services):
                raise LicensingError(Kind.CONFLICT, str(lookalike), hint=LOOKALIKE_HINT)
            everything.entries += found.entries
            everything.removals.update(found.removals)
        return everything

    def _refuse_contradicted(self, organization: DesiredOrganization) -> None:
        """Nothing is added or taken away on the word of a list that tells nothing, if something else tells more."""
        held = self._held[organization.id]
        owns = organization.absent or organization.products is not None
        if held.listed is None or (owns and held.own_readable and not self._holds(organization.id)):
            return  # the list was not asked for, or the organization has nothing that a service could hold
        entries = [entry for entry in self._entries if entry.place.organization_id == organization.id]
        asked = [
            (entry.place.tenant_id, entry.place.service_type)
            for entry in entries
            if entry.place.tenant_id is not None and entry.place.service_type is not None and not entry.held
        ]
        tenants = [tenant.id for tenant in organization.tenants or () if tenant.absent]
        if silent_about(held.listed, asked) or (tenants and not held.listed):
            pool = self._pools[organization.id] = self._pool_of(organization.id)
            self._lrm.refuse_empty_services(organization.id, held.listed, pool, asked, tenants)

    def _pool_of(self, organization_id: str) -> Pool | None:
        """The pool of an organization, None also where this version has no route to read it."""
        try:
            return self._lrm.organization_pool(organization_id)
        except ApiError as error:
            if error.kind is not Kind.UNREADABLE:
                raise
            return None

    def _refuse_removal_in_use(self, desired: Sequence[DesiredOrganization]) -> None:
        """An organization keeps its licence while a service holds some, unless this task takes that away too."""
        for organization in desired:
            if not organization.absent:
                continue
            gone = {
                service_key(entry.place.tenant_id, entry.place.service_type)
                for entry in self._entries
                if entry.place.organization_id == organization.id
                and entry.place.tenant_id is not None
                and entry.place.service_type is not None
                and not entry.wanted
            }
            services = self._held[organization.id].services or {}
            kept = [f"tenant {s.tenant_id}, service {s.service_type}" for key, s in services.items() if key not in gone]
            if kept:
                raise LicensingError(
                    Kind.IN_USE,
                    f"organization {organization.id} cannot lose its licence while its services hold some: "
                    f"{listed(sorted(kept))}",
                    hint="Make these absent in the same task, or first.",
                )

    # Pools

    def _free(self) -> dict[PoolKey, int]:
        """What is free in each pool that something is taken from, as the server says; nothing where nothing differs."""
        if not self._settings.check_capacity:
            return {}
        pools = sorted(pools_taken_from(self._entries))
        free: dict[PoolKey, int] = {}
        for pool, found in zip(pools, gather(self._free_in, pools, self._settings.concurrency), strict=True):
            free.update({(pool, code): available for code, available in found.items()})
        return free

    def _free_in(self, pool: str) -> Quantities:
        if pool == HOST:
            host = self._lrm.host_pool()
            for organization_id, held in self._held.items():
                refuse_missing_pool("the host's pool", host, f"organization {organization_id}", held.own)
            return {code: product.available for code, product in host.items()}
        if pool in self._created:
            return {}  # it has no pool yet; all of it comes with its licence
        found = self._pools.get(pool) or self._lrm.organization_pool(pool)
        if found:
            return {code: product.available for code, product in found.items()}
        if self._holds(pool) or self._held[pool].services:
            raise ApiError(
                Kind.UNREADABLE,
                f"organization {pool} has a licence, but the server has no answer about what is left of it",
                hint="Set check_capacity to false to leave the check to the server.",
            )
        raise ApiError(
            Kind.NOT_FOUND,
            f"organization {pool} has no licence that its services could be given a part of",
            hint="Allocate one from the host first: products of the organization, or the module org_license.",
        )

    def _holds(self, organization_id: str) -> bool:
        """Whether the organization is known to hold a licence that says anything."""
        own = self._held[organization_id].own
        return own is not None and bool(own.products)

    def _pool_names(self) -> dict[str, str]:
        names = {HOST: "the host pool"}
        for entry in self._entries:
            names[entry.place.organization_id] = f"the pool of organization {entry.place.organization}"
        return names

    # Telling

    def _predicted(self, entry: Entry) -> EntryReport:
        held = self._license_of(entry)
        return EntryReport(
            label=entry.place.label,
            place=entry.place.as_result(),
            outcome=Outcome(entry.outcome),
            before=UNKNOWN if entry.held is None else entry.held,
            after=entry.wanted,
            confirmed=entry.confirmed,
            server=held.details if held is not None else {},
        )

    def _license_of(self, entry: Entry) -> License | None:
        held = self._held[entry.place.organization_id]
        if entry.place.tenant_id is None or entry.place.service_type is None:
            return held.own
        service = (held.services or {}).get(service_key(entry.place.tenant_id, entry.place.service_type))
        return service.license if service is not None else None

    def _warnings(self) -> list[str]:
        warnings = []
        for entry in self._entries:
            if entry.held is None:
                warnings.append(
                    f"{entry.place.label}: what is held cannot be read, so the declared list is sent every time"
                )
            held = self._license_of(entry)
            ends = held.ends if held is not None else None
            if ends is not None and ends < datetime.datetime.now(datetime.UTC):
                warnings.append(f"{entry.place.label}: its licence ended on {ends.date()}")
        return warnings


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
