# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is free in the pools that something is taken from: the host's, and each organization's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._concurrency import map_concurrently
from .._errors import ApiError, Kind
from .._model.desired import Quantities
from .._plan.steps import HOST, PoolKey
from .api import LicenseResourceManager
from .compare import Entry
from .plan.capacity import pools_taken_from
from .read import Current
from .second_source import refuse_missing_pool


def free_in_pools(
    lrm: LicenseResourceManager, current: Current, entries: Sequence[Entry], concurrency: int
) -> dict[PoolKey, int]:
    """What is free, as the server says; no call where nothing is taken."""
    licensed_here = _licensed_here(current, entries)

    def read(pool: str) -> Quantities:
        if pool == HOST:
            return _free_in_host(lrm, current)
        # One that gets its first licence here has no pool yet; all of it comes with the licence.
        return {} if pool in licensed_here else _free_in_organization(lrm, current, pool)

    pools = sorted(pools_taken_from(entries))
    free: dict[PoolKey, int] = {}
    for pool, found in zip(pools, map_concurrently(read, pools, concurrency), strict=True):
        free.update({(pool, code): available for code, available in found.items()})
    return free


def pool_names(entries: Iterable[Entry]) -> dict[str, str]:
    """The pools as people call them."""
    names = {HOST: "the host pool"}
    for entry in entries:
        names[entry.place.organization_id] = f"the pool of organization {entry.place.organization}"
    return names


def _licensed_here(current: Current, entries: Iterable[Entry]) -> set[str]:
    """The organizations that get their first licence in this run."""
    return {
        entry.place.organization_id
        for entry in entries
        if entry.place.service_type is None
        and entry.outcome == "created"
        and not current.organizations[entry.place.organization_id].owns
    }


def _free_in_host(lrm: LicenseResourceManager, current: Current) -> Quantities:
    host = lrm.host_pool()
    for organization_id, held in current.organizations.items():
        refuse_missing_pool("the host's pool", host, f"organization {organization_id}", held.own)
    return {code: product.available for code, product in host.items()}


def _free_in_organization(lrm: LicenseResourceManager, current: Current, organization_id: str) -> Quantities:
    found = current.pools.get(organization_id) or lrm.organization_pool(organization_id)
    if found:
        return {code: product.available for code, product in found.items()}
    held = current.organizations[organization_id]
    if held.owns or held.services:
        raise ApiError(
            Kind.UNREADABLE,
            f"organization {organization_id} has a licence, but the server has no answer about what is left of it",
            hint="Set check_capacity to false to leave the check to the server.",
        )
    raise ApiError(
        Kind.NOT_FOUND,
        f"organization {organization_id} has no licence that its services could be given a part of",
        hint="Allocate one from the host first: products of the organization, or the module org_license.",
    )
