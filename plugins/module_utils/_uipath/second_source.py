# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an answer tells that nothing is held, and tells it by telling nothing: what another answer says to that.

A null licence, an empty list and a 204 are in the contract, and yet can be a server's bad day. Before something is
added or taken away on the word of one of them, it is held against what is asked elsewhere. What a server states, a
quantity of 0 or a 410, needs no second source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .._errors import ApiError, Kind
from .._model.current import License, Pool, ServiceLicense
from .._model.desired import Quantities, ServiceKey, service_key

HINT = (
    "The server contradicts itself, so nothing is decided on either answer. Run again; if it stays, ask its operator."
)


def refuse_empty_license(organization_id: str, pool: Pool | None, services: Callable[[], list[ServiceLicense]]) -> None:
    """Raise ApiError(UNREADABLE) where an organization that is told without a licence has totals, or its services."""
    totals = {code: product.total for code, product in (pool or {}).items() if product.total}
    if totals:
        raise _contradiction(
            f"organization {organization_id} holds nothing", f"its pool has {quantities_in_words(totals)}"
        )
    for service in services():
        if service.license.products:
            told = f"service {service.service_type} of its tenant {service.tenant_id} holds"
            raise _contradiction(
                f"organization {organization_id} holds nothing",
                f"{told} {quantities_in_words(service.license.products)}",
                "If these are what a removed licence left behind, take them away first, without the organization's "
                f"products beside them. {HINT}",
            )


def refuse_missing_pool(pool_name: str, pool: Pool | None, label: str, held: License | None) -> None:
    """Raise ApiError(UNREADABLE) where something is held that can only come from a pool of which nothing is told."""
    if held is not None and held.products and not pool:
        told = f"{label} holds {quantities_in_words(held.products)}"
        raise _contradiction(told, f"that there is nothing in {pool_name}, from which it came")


def refuse_empty_service(organization_id: str, tenant_id: str, service_type: str, held: License | None) -> None:
    """Raise ApiError(LISTING_MISMATCH) where a service that one answer leaves empty holds something by another."""
    if held is not None and held.products:
        label = f"organization {organization_id}, tenant {tenant_id}, service {service_type}"
        raise _contradiction(
            f"{label} holds nothing", f"that it holds {quantities_in_words(held.products)}", kind=Kind.LISTING_MISMATCH
        )


def unaccounted(pool: Pool | None, services: Sequence[ServiceLicense]) -> Quantities:
    """What somebody has of an organization's pool beside what the list of its services tells: users, groups, the
    organization itself, or services that the list lacks."""
    told: Quantities = {}
    for service in services:
        for code, quantity in service.license.products.items():
            told[code] = told.get(code, 0) + quantity
    over = {code: product.allocated - told.get(code, 0) for code, product in (pool or {}).items()}
    return {code: quantity for code, quantity in over.items() if quantity > 0}


def silent_about(services: Sequence[ServiceLicense], asked: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The services (tenant ID, type) of which a list tells nothing by telling nothing."""
    told: dict[ServiceKey, License] = {service_key(one.tenant_id, one.service_type): one.license for one in services}
    return [
        (tenant_id, service_type)
        for tenant_id, service_type in asked
        if ((found := told.get(service_key(tenant_id, service_type))) is None and not services)
        or (found is not None and found.silent)
    ]


def _contradiction(first: str, second: str, hint: str = HINT, *, kind: Kind = Kind.UNREADABLE) -> ApiError:
    return ApiError(
        kind, f"One answer of the server tells that {first}, another {second}; nothing is written", hint=hint
    )


def quantities_in_words(quantities: Quantities) -> str:
    """The first few of them, such as ``UNATT 5, TIE 2``."""
    shown = [f"{code} {quantity}" for code, quantity in sorted(quantities.items())]
    return ", ".join(shown[:5]) + (", …" if len(shown) > 5 else "")
