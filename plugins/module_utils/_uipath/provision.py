# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UiPath's licences from a desired state: organizations, and the services of their tenants."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

from .._errors import Kind, LicensingError
from .._model.desired import DesiredOrganization, Quantities, service_key
from .._plan.provision import provision
from .._plan.report import UNKNOWN, EntryReport, Outcome, Report, Settings, listed
from .._plan.settling import Patience
from .._plan.steps import PoolKey, Shortage, Step
from .._plan.vendor import Comparison, Vendor
from .api import LicenseResourceManager
from .compare import Entry, compare, lookalikes_of
from .plan.capacity import shortages
from .pools import free_in_pools, pool_names
from .read import Current, Reader
from .selection import Stage, at_stage, giving_back
from .writer import AllocationWriter

LOOKALIKE_HINT = "Write it as the server does. If these are two, name both, the one that is to go with absent or 0."


def provision_organizations(
    lrm: LicenseResourceManager,
    desired: Sequence[DesiredOrganization],
    settings: Settings,
    *,
    ignore_codes: Iterable[str] = (),
    bypass_usage_check: bool | None = None,
    stage: Stage = Stage.ALL,
) -> Report:
    """Make organizations so, or in check mode tell what would be done. Raises LicensingError before the first write."""
    vendor = UiPath(lrm, settings, frozenset(ignore_codes), bypass_usage_check, only_give_back=stage is Stage.GIVE_BACK)
    return provision(vendor, at_stage(desired, stage), settings)


class UiPath(Vendor[DesiredOrganization, Current, Entry]):
    """One task over many organizations."""

    def __init__(
        self,
        lrm: LicenseResourceManager,
        settings: Settings,
        ignore_codes: frozenset[str],
        bypass_usage_check: bool | None,
        *,
        only_give_back: bool,
    ) -> None:
        self._lrm = lrm
        self._settings = settings
        self._reader = Reader(lrm, settings)
        self._ignore_codes = ignore_codes
        self._bypass_usage_check = bypass_usage_check
        self._only_give_back = only_give_back

    def read(self, desired: Sequence[DesiredOrganization]) -> Current:
        return Current(self._reader.read(desired))

    def compare(self, desired: Sequence[DesiredOrganization], current: Current) -> Comparison[Entry]:
        everything = Comparison[Entry]()
        for organization in desired:
            held = current.organizations[organization.id]
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

    def confirm(self, current: Current, entries: Sequence[Entry]) -> None:
        self._reader.confirm(current, entries)

    def admit(self, desired: Sequence[DesiredOrganization], current: Current, entries: Sequence[Entry]) -> list[Entry]:
        for organization in desired:
            if organization.absent:
                _refuse_removal_in_use(organization, current, entries)
        return giving_back(entries) if self._only_give_back else list(entries)

    def predict(self, current: Current, entry: Entry) -> EntryReport:
        held = current.license_at(entry.place)
        return EntryReport(
            label=entry.place.label,
            place=entry.place.as_result(),
            outcome=Outcome(entry.outcome),
            before=UNKNOWN if entry.held is None else entry.held,
            after=entry.wanted,
            in_words=_in_words,
            confirmed=entry.confirmed,
            server=held.details if held is not None else {},
        )

    def warnings(self, current: Current, entries: Sequence[Entry]) -> list[str]:
        warnings = []
        for entry in entries:
            label = entry.place.label
            if entry.held is None:
                warnings.append(f"{label}: what is held cannot be read, so the declared list is sent every time")
            held = current.license_at(entry.place)
            ends = held.ends if held is not None else None
            if ends is not None and ends < datetime.datetime.now(datetime.UTC):
                warnings.append(f"{label}: its licence ended on {ends.date()}")
        return warnings

    def free(self, current: Current, entries: Sequence[Entry]) -> dict[PoolKey, int]:
        if not self._settings.check_capacity:
            return {}
        return free_in_pools(self._lrm, current, entries, self._settings.concurrency)

    def shortages(self, entries: Sequence[Entry], free: Mapping[PoolKey, int]) -> Sequence[Shortage]:
        return shortages(entries, free, pool_names(entries))

    def order(self, entries: Sequence[Entry], free: Mapping[PoolKey, int], *, enforce: bool) -> Sequence[Step]:
        if not any(entry.changed for entry in entries):
            return []
        from .plan.order import order  # noqa: PLC0415 - most runs find nothing to plan

        return order(entries, free, enforce=enforce)

    def writer(self, current: Current, entries: Sequence[Entry]) -> AllocationWriter:
        def read_again(numbers: Iterable[int]) -> dict[int, Quantities]:
            """What entries hold now, read in bulk as at the beginning."""
            places = {number: entries[number].place for number in numbers}
            self._reader.read_again(current, {place.organization_id for place in places.values()})
            held = {number: current.license_at(place) for number, place in places.items()}
            return {number: license_.products if license_ else {} for number, license_ in held.items()}

        patience = Patience(self._settings.max_read_delay, self._lrm.pause_to_reread)
        return AllocationWriter(self._lrm, entries, read_again, self._bypass_usage_check, patience)


def _in_words(products: Quantities) -> str:
    return ", ".join(f"{code} {quantity}" for code, quantity in sorted(products.items()))


def _refuse_removal_in_use(organization: DesiredOrganization, current: Current, entries: Sequence[Entry]) -> None:
    """An organization keeps its licence while a service holds some, unless this task takes that away too."""
    gone = {
        service_key(entry.place.tenant_id, entry.place.service_type)
        for entry in entries
        if entry.place.organization_id == organization.id
        and entry.place.tenant_id is not None
        and entry.place.service_type is not None
        and not entry.wanted
    }
    services = current.organizations[organization.id].services or {}
    kept = [f"tenant {s.tenant_id}, service {s.service_type}" for key, s in services.items() if key not in gone]
    if kept:
        raise LicensingError(
            Kind.IN_USE,
            f"organization {organization.id} cannot lose its licence while its services hold some: "
            f"{listed(sorted(kept))}",
            hint="Make these absent in the same task, or first.",
        )
