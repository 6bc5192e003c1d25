# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UiPath's fleet: organizations that feed each other over full pools, with rings, creations and removals."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import EntryReport, Report, Settings
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.steps import HOST, PoolKey
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import parse_organizations
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath import compare as uipath_compare
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.api import LicenseResourceManager
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.plan.order import order
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.provision import provision_organizations
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet import Fleet, Holdings, Place, State
from ansible_collections.tenantops.licensing.tests.unit.support.clients import (
    TOKEN,
    token_source,
)
from simulator.testing import Handle

Quantities = dict[str, int]


@dataclasses.dataclass(frozen=True)
class Licence:
    """What one level holds at the start and is to hold; ``absent``: by ``state``, ``unnamed``: by being left out."""

    start: Quantities
    wanted: Quantities
    absent: bool = False
    unnamed: bool = False


@dataclasses.dataclass(frozen=True)
class Organization:
    """An organization of the fleet; its services by tenant and type.

    ``nameless``: tenants that lose everything, so that the file need not tell their name.
    """

    id: str
    group: str
    own: Licence
    services: Mapping[tuple[str, str], Licence]
    nameless: frozenset[str] = frozenset()

    def state(self) -> State:
        tenants: dict[str, Any] = {}
        for (tenant, service_type), licence in self.services.items():
            services = tenants.setdefault(tenant, {"name": f"Name of {tenant}", "services": {}})["services"]
            if licence.start:
                services[service_type] = {"products": licence.start}
        return {
            "name": self.id,
            "license": {"products": self.own.start} if self.own.start else None,
            "tenants": tenants,
        }

    def declared(self) -> dict[str, Any]:
        tenants: dict[str, Any] = {}
        for (tenant, service_type), licence in self.services.items():
            if tenant in self.nameless:
                tenants[tenant] = {"id": tenant, "state": "absent"}
                continue
            declared = tenants.setdefault(tenant, {"id": tenant, "name": f"Name of {tenant}", "services": []})
            if not licence.unnamed:
                declared["services"].append({"type": service_type, **_declared(licence)})
        exclusive = any(licence.unnamed for licence in self.services.values())
        return {
            "id": self.id,
            "name": self.id,
            **_declared(self.own),
            "tenants": list(tenants.values()),
            **({"exclusive_services": True} if exclusive else {}),
        }


def _declared(licence: Licence) -> dict[str, Any]:
    if licence.absent:
        return {"state": "absent"}
    products = [{"code": code, "quantity": quantity} for code, quantity in licence.wanted.items()]
    return {"products": products, "exclusive": True}


def _same(**quantities: int) -> Licence:
    return Licence(quantities, quantities)


def _gone(**quantities: int) -> Licence:
    return Licence(quantities, {}, absent=True)


def growing_and_shrinking() -> list[Organization]:
    """One organization gives back what another and a new one take; all pools are full before and after."""
    group = "growing and shrinking"
    return [
        Organization(
            "large",
            group,
            Licence({"UNATT": 5, "NONPR": 2}, {"UNATT": 8, "NONPR": 2}),
            {
                ("l1", "du"): Licence({"UNATT": 3}, {"UNATT": 5}),
                ("l1", "apps"): Licence({"UNATT": 2, "NONPR": 2}, {"UNATT": 3, "NONPR": 2}),
            },
        ),
        Organization("new", group, Licence({}, {"UNATT": 2}), {("n1", "du"): Licence({}, {"UNATT": 2})}),
        Organization(
            "small",
            group,
            Licence({"UNATT": 11, "NONPR": 6}, {"UNATT": 6, "NONPR": 6}),
            {
                ("s1", "du"): Licence({"UNATT": 4}, {"UNATT": 2}),
                ("s1", "apps"): Licence({"UNATT": 3}, {"UNATT": 1}),
                ("s2", "du"): _same(UNATT=3, NONPR=2),
                ("s2", "apps"): _same(NONPR=4),
                ("s3", "du"): _gone(UNATT=1),
            },
        ),
    ]


def ring_at_the_host() -> list[Organization]:
    """Organizations whose pools are full, like the host's, hand their whole licence on in a circle."""
    codes = ("ATTUNU", "RPADEVNU")
    fleet = []
    for number, code in enumerate(codes):
        following = codes[(number + 1) % len(codes)]
        own = Licence({code: 6, following: 1}, {code: 1, following: 6})
        services = {
            ("r1", "du"): Licence({code: 5}, {following: 5}),
            ("r2", "du"): _same(**{code: 1}),
            ("r1", "apps"): _same(**{following: 1}),
        }
        fleet.append(Organization(f"ring{number}", "ring at the host", own, services))
    return fleet


def ring_within() -> Organization:
    """An organization that stays as it is while its services exchange what they hold; its pool is full."""
    services = {
        ("w1", "du"): Licence({"TIE": 4}, {"AIG": 4}),
        ("w1", "apps"): Licence({"AIG": 4}, {"TIE": 4}),
        ("w2", "du"): Licence({"TIE": 4, "AIG": 1}, {"TIE": 1, "AIG": 4}),
        ("w2", "apps"): Licence({"AIG": 3}, {"TIE": 3}),
    }
    services.update({(f"w{number}", "kept"): _same(TIE=1) for number in range(4)})
    return Organization("within", "ring within", _same(TIE=12, AIG=8), services)


def inheritance() -> list[Organization]:
    """An organization goes, another takes what it had, and loses services of its own in three ways."""
    group = "inheritance"
    return [
        Organization(
            "heir",
            group,
            Licence({"TAUNATT": 5, "TESTU": 2}, {"TAUNATT": 10, "TESTU": 2}),
            {
                ("h1", "du"): Licence({"TAUNATT": 2}, {"TAUNATT": 2, "TESTU": 2}),
                ("h1", "apps"): Licence({}, {"TAUNATT": 4}),
                ("h2", "du"): Licence({}, {"TAUNATT": 3}),
                ("h3", "apps"): _same(TAUNATT=1),
                ("h3", "du"): Licence({"TESTU": 2}, {}, unnamed=True),
                ("h4", "du"): _gone(TAUNATT=2),
            },
            nameless=frozenset({"h4"}),
        ),
        Organization(
            "testator",
            group,
            _gone(TAUNATT=5),
            {("g1", "du"): _gone(TAUNATT=3), ("g1", "apps"): _gone(TAUNATT=2)},
        ),
    ]


def with_room() -> Organization:
    """An organization that grows, and its services with it, out of a host's pool that has enough."""
    services = {
        ("m1", "du"): Licence({}, {"RU": 2}),
        ("m2", "du"): Licence({}, {"RU": 2}),
        ("m3", "du"): Licence({"RU": 1}, {"RU": 2}),
        **{(f"m{number}", "kept"): _same(AIU=1) for number in range(6)},
    }
    return Organization("roomy", "with room", Licence({"RU": 2, "AIU": 7}, {"RU": 12, "AIU": 7}), services)


class UiPathFleet(Fleet):
    """Organizations with their services. All pools that anything is taken from are full, but for one of the host's."""

    name = "uipath"
    module = "org_licenses"

    def __init__(self) -> None:
        self.nothing = {}
        organizations = [
            *growing_and_shrinking(),
            *ring_at_the_host(),
            ring_within(),
            *inheritance(),
            with_room(),
        ]
        self.declared = [organization.declared() for organization in organizations]
        self._desired = parse_organizations(self.declared)
        licences: dict[Place, Licence] = {}
        groups: dict[Place, str] = {}
        host_pool: Counter[str] = Counter({"RU": 20})
        for organization in organizations:
            host_pool.update(organization.own.start)
            licences[organization.id,] = organization.own
            licences.update({(organization.id, *key): licence for key, licence in organization.services.items()})
        for place in licences:
            groups[place] = next(one.group for one in organizations if one.id == place[0])
        self.wanted = {place: licence.wanted for place, licence in licences.items()}
        self.groups = groups
        self._removed = {place for place, licence in licences.items() if not licence.wanted}
        self.unnamed = {place for place, licence in licences.items() if licence.unnamed}
        self.start_state = {
            "tokens": [TOKEN],
            "host_pool": dict(host_pool),
            "organizations": {organization.id: organization.state() for organization in organizations},
        }

    def apply(self, server: Handle, settings: Settings, **transport: Any) -> Report:
        lrm = LicenseResourceManager(token_source(server.url, connections=settings.concurrency, **transport))
        return provision_organizations(lrm, self._desired, settings)

    def module_arguments(self, server: Handle) -> dict[str, Any]:
        return {"base_url": server.url, "access_token": TOKEN, "organizations": self.declared, "max_removals": "100%"}

    def holdings(self, state: State) -> Holdings:
        held: dict[Place, Any] = {}
        for organization_id, organization in state["organizations"].items():
            if organization["license"] and organization["license"]["products"]:
                held[organization_id,] = organization["license"]["products"]
            for tenant_id, tenant in organization["tenants"].items():
                for service_type, service in tenant["services"].items():
                    held[organization_id, tenant_id, service_type] = service["products"]
        return held

    def place_of_entry(self, entry: EntryReport) -> Place:
        names = ("organization_id", "tenant_id", "service_type")
        return tuple(entry.place[name] for name in names if name in entry.place)

    def place_of_path(self, path: str) -> Place:
        parts = [unquote(part) for part in path.split("/")]
        if "organization" in parts:
            return (parts[parts.index("organization") + 1],)
        return (parts[parts.index("account") + 1], *parts[-2:])

    def planned_writes(self, state: State, report: Report) -> Counter[Place]:
        """What the planner makes of this state, which decides alone which entries must be split."""
        held, free = self.holdings(state), self._free(state)
        places = [self.place_of_entry(entry) for entry in report.entries]
        entries = [
            uipath_compare.Entry(
                uipath_compare.Place(place[0], place[0], *(place[1], place[1], place[2]) if len(place) == 3 else ()),
                dict(self.at(held, place)),
                dict(self.wanted[place]),
                remove=place in self._removed,
            )
            for place in places
        ]
        return Counter(places[step.entry] for step in order(entries, free))

    def gives_way(self, place: Place, missing: set[Place]) -> bool:
        """Whether a place is to lose what no list names, while one of these, of the same list, has not got its own."""
        held = self.holdings(self.start_state)
        additions = {other for other in missing if other[0] == place[0] and len(other) == 3 and other not in held}
        return place in self.unnamed and bool(additions)

    def has_room(self, state: State, place: Place) -> bool:
        held, free, wanted = self.at(self.holdings(state), place), self._free(state), self.wanted[place]
        own = place[0]
        for code in held.keys() | wanted.keys():
            rise = wanted.get(code, 0) - held.get(code, 0)
            pool = HOST if len(place) == 1 and rise > 0 else own
            takes = rise if len(place) > 1 else abs(rise)
            if takes > 0 and takes > free[pool, code]:
                return False
        return len(place) == 1 or own in {place[0] for place in self.holdings(state) if len(place) == 1} or not wanted

    def _free(self, state: State) -> dict[PoolKey, int]:
        free: dict[PoolKey, int] = defaultdict(int)
        free.update({(HOST, code): quantity for code, quantity in state["host_pool"].items()})
        for place, products in self.holdings(state).items():
            for code, quantity in products.items():
                if len(place) == 1:
                    free[HOST, code] -= quantity
                    free[place[0], code] += quantity
                else:
                    free[place[0], code] -= quantity
        return free
