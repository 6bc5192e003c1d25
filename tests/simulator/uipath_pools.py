# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who takes what from which pool, and what a licence becomes when somebody sets it."""

from collections.abc import Mapping

from .state import Organization, Quantities, UiPathState
from .switches import Switches
from .web import RefusalError


def host_taken(state: UiPathState, code: str) -> int:
    """What is taken of a code from the host's pool."""
    held = sum(org.license.products.get(code, 0) for org in state.organizations.values() if org.license)
    return state.host_consumed.get(code, 0) + held


def host_free(state: UiPathState, code: str) -> int:
    """What the host's pool has left of a code; below zero where it is overdrawn."""
    return (state.host_pool or {}).get(code, 0) - host_taken(state, code)


def held_by_services(organization: Organization, code: str) -> int:
    """What the services of an organization's tenants hold of a code."""
    return sum(
        service.products.get(code, 0)
        for tenant in organization.tenants.values()
        for service in tenant.services.values()
    )


def held_by_users(organization: Organization, code: str) -> int:
    """How many users were given a bundle."""
    return sum(code in user.user_bundle_codes for user in organization.users.values())


def organization_taken(organization: Organization, code: str) -> int:
    """What is taken of a code from an organization's licence, by whomever."""
    consumed = organization.consumed.get(code, 0)
    return consumed + held_by_services(organization, code) + held_by_users(organization, code)


def organization_free(organization: Organization, code: str) -> int:
    """What an organization's licence has left of a code; below zero where it is overdrawn."""
    total = organization.license.products.get(code, 0) if organization.license else 0
    return total - organization_taken(organization, code)


def holds_something(organization: Organization) -> bool:
    """Whether a service of one of the tenants holds a positive quantity."""
    return any(
        any(service.products.values())
        for tenant in organization.tenants.values()
        for service in tenant.services.values()
    )


def refuse_shortage(held: Quantities, after: Quantities, free: Mapping[str, int], pool: str) -> None:
    """Refuse a licence for which the pool lacks something; codes that do not rise are not looked at."""
    short = [
        f"{code}: {quantity} wanted, {held.get(code, 0)} held, {free[code]} left in the pool of the {pool}"
        for code, quantity in after.items()
        if quantity - held.get(code, 0) > max(free[code], 0)
    ]
    if short:
        raise RefusalError(409, f"The requested quantities exceed what is available. {'; '.join(short)}.")


def refuse_below_use(held: Quantities, after: Quantities, used: Mapping[str, int]) -> None:
    """Refuse to lower a quantity below what is in use."""
    below = [
        f"{code}: {after.get(code, 0)} wanted, {used[code]} in use"
        for code, quantity in held.items()
        if after.get(code, 0) < min(quantity, used[code])
    ]
    if below:
        raise RefusalError(409, f"The requested quantities are below what is in use. {'; '.join(below)}.")


def combine(held: Quantities, wanted: Quantities, switches: Switches) -> Quantities:
    """What a PUT makes of a licence, codes at zero included."""
    after = {**held, **wanted} if switches.uipath_put == "merge" else dict(wanted)
    for code in switches.uipath_kept_codes:
        if after.get(code, 0) < held.get(code, 0):
            if switches.uipath_kept_codes_answer == "409":
                raise RefusalError(409, f"{code} cannot be taken away.")
            after[code] = held[code]
    return after


def settle(after: Quantities, added: Quantities, switches: Switches) -> Quantities:
    """What is stored of it, with what the server adds by itself."""
    for code, quantity in added.items():
        if not after.get(code):
            after[code] = quantity
    if switches.uipath_zero_code == "kept":
        return after
    return {code: quantity for code, quantity in after.items() if quantity}
