# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The licence resource manager's upper level: the host's licence, handed out to organizations."""

import time
from typing import Any

from .reading import is_exactly
from .routes import Operation
from .state import YEAR, License, Organization, Quantities, UiPathState
from .switches import Switches
from .uipath_answers import account_license, availability, many, one
from .uipath_pools import (
    combine,
    holds_something,
    host_free,
    organization_taken,
    refuse_below_use,
    refuse_shortage,
    settle,
)
from .web import Call, RefusalError, Reply, read_json_object, refuse_body

_HOST = "/lrm/api/host/{host}"
_LICENSE = _HOST + "/organization/{organization}/license"
_LARGEST = 2**31 - 1


class HostLicenses:
    """The operations on organizations' licences."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches

    def operations(self) -> list[Operation[UiPathState]]:
        """The routes of this part."""
        return [
            Operation(
                "GetHostAvailableProducts",
                "GET",
                _HOST + "/available-products",
                "read",
                self.read_pool,
                group="host_pool",
            ),
            Operation("AllocateOrganizationLicense", "PUT", _LICENSE, "write", self.allocate),
            Operation(
                "GetOrganizationLicenseAndAvailableProducts",
                "GET",
                _LICENSE + "/available",
                "read",
                self.read_organization,
                group="organization_license",
            ),
            Operation(
                "DeallocateOrganizationLicense",
                "DELETE",
                _LICENSE + "/remove",
                "write",
                self.deallocate,
                group="removals",
            ),
            Operation(
                "GetAccountLicenses",
                "GET",
                "/lrm/api/account/{organization}/account-license",
                "read",
                self.read_account,
                frozenset({"forceAllLicenses"}),
                "organization_license",
            ),
        ]

    def read_pool(self, call: Call, state: UiPathState) -> Reply:
        """The host's own licence and what is left of it."""
        refuse_body(call)
        pool = self._pool(call, state)
        return one(
            {
                "license": account_license(None, _host_license(state, pool), self._switches),
                "productsWithAvailability": availability(state, {}, self._switches),
            },
            self._switches,
        )

    def read_organization(self, call: Call, state: UiPathState) -> Reply:
        """An organization's licence and what the host has left."""
        refuse_body(call)
        self._pool(call, state)
        organization = state.organizations.get(call.ids["organization"])
        if organization is None:
            raise RefusalError(404, "There is no such organization.")
        licensed = organization.license
        if licensed is None and self._switches.uipath_unlicensed_organization == "404":
            raise RefusalError(404, "The organization has no license.")
        shown = licensed
        if licensed is None and self._switches.uipath_unlicensed_organization == "empty":
            shown = License(start_date=0, end_date=0, grace_period=0)
        return one(
            {
                "license": shown and account_license(call.ids["organization"], shown, self._switches),
                "productsWithAvailability": availability(state, licensed.products if licensed else {}, self._switches),
            },
            self._switches,
        )

    def read_account(self, call: Call, state: UiPathState) -> Reply:
        """The licences of an organization, as it sees them itself."""
        refuse_body(call)
        if call.query.get("forceAllLicenses", "false").lower() not in ("true", "false"):
            raise RefusalError(400, "forceAllLicenses is not a boolean.")
        organization = state.organizations.get(call.ids["organization"])
        if organization is None or organization.license is None:
            raise RefusalError(404, "The organization has no license.")
        return many([account_license(call.ids["organization"], organization.license, self._switches)], self._switches)

    def allocate(self, call: Call, state: UiPathState) -> Reply:
        """Set an organization's licence."""
        fields = read_json_object(call, {"productQuantities", "bypassUsageCheck"})
        wanted = read_products(fields, "productQuantities")
        bypass = read_bypass(fields)
        self._pool(call, state)
        organization = self._organization_to_write(call, state)
        held = organization.license.products if organization.license else {}
        after = combine(held, wanted, self._switches)
        refuse_shortage(held, after, {code: host_free(state, code) for code in after}, "host")
        if self._switches.uipath_lower_below_use == "409" and not bypass:
            refuse_below_use(held, after, {code: organization_taken(organization, code) for code in held})
        state.organizations.setdefault(call.ids["organization"], organization)
        if organization.license is None:
            organization.license = License()
            organization.license.complete()
        organization.license.products = settle(after, self._switches.uipath_added_to_organization, self._switches)
        return one(account_license(call.ids["organization"], organization.license, self._switches), self._switches)

    def deallocate(self, call: Call, state: UiPathState) -> Reply:
        """Take an organization's licence away."""
        refuse_body(call)
        self._pool(call, state)
        organization = state.organizations.get(call.ids["organization"])
        if organization is None:
            raise RefusalError(404, "There is no such organization.")
        if organization.license is None:
            if self._switches.uipath_remove_unlicensed_organization == "404":
                raise RefusalError(404, "The organization has no license.")
            return Reply()
        if holds_something(organization) and self._switches.uipath_remove_held_organization == "409":
            raise RefusalError(409, "Tenants of the organization hold licenses.")
        consumed = any(organization.consumed.values()) or bool(organization.users)
        if consumed and self._switches.uipath_remove_in_use == "409":
            raise RefusalError(409, "Licenses of the organization are in use.")
        if self._switches.uipath_remove_held_organization == "cascade":
            for tenant in organization.tenants.values():
                tenant.services.clear()
        organization.license = None
        return Reply()

    def _pool(self, call: Call, state: UiPathState) -> Quantities:
        if call.ids["host"] != state.host_account_id:
            raise RefusalError(404, "There is no such host account.")
        if not self._switches.uipath_on_premises_flows:
            raise RefusalError(404, "On-premises flows are off.")
        if state.host_pool is None:
            raise RefusalError(404, "The host has no license.")
        return state.host_pool

    def _organization_to_write(self, call: Call, state: UiPathState) -> Organization:
        organization = state.organizations.get(call.ids["organization"])
        if organization is not None:
            return organization
        if self._switches.uipath_unknown_organization != "200":
            raise RefusalError(int(self._switches.uipath_unknown_organization), "There is no such organization.")
        return Organization()


def read_products(fields: dict[str, Any], name: str) -> Quantities:
    """A body's list of codes and quantities."""
    value = fields.get(name)
    if not isinstance(value, list):
        raise RefusalError(400, f"{name} is not a list.")
    wanted: Quantities = {}
    for index, item in enumerate(value):
        place = f"{name}[{index}]"
        if not isinstance(item, dict) or set(item) != {"code", "quantity"}:
            raise RefusalError(400, f"{place} is not an object with code and quantity alone.")
        code, quantity = item["code"], item["quantity"]
        if not isinstance(code, str) or not code:
            raise RefusalError(400, f"{place}.code is not a non-empty string.")
        if not is_exactly(quantity, int) or not 0 <= quantity <= _LARGEST:
            raise RefusalError(400, f"{place}.quantity is not a whole number from 0 to {_LARGEST}.")
        if code in wanted:
            raise RefusalError(400, f"{place}.code stands twice: {code}.")
        wanted[code] = quantity
    return wanted


def read_bypass(fields: dict[str, Any]) -> bool:
    """A body's bypassUsageCheck."""
    value = fields.get("bypassUsageCheck")
    if value is not None and not isinstance(value, bool):
        raise RefusalError(400, "bypassUsageCheck is not a boolean.")
    return bool(value)


def _host_license(state: UiPathState, pool: Quantities) -> License:
    # The host's dates are no part of the state; the beginning of a span makes them the same on every reading.
    start = int(time.time()) // YEAR * YEAR
    licensed = License(dict(pool), f"host-{state.host_account_id}", start, start + 2 * YEAR)
    licensed.complete()
    return licensed
