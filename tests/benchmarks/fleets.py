# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets of any size, random but the same each time: what a server holds at the start, and what is wanted. Pure."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

Quantities = dict[str, int]
PoolKey = tuple[str, str]  # organization ID, empty for the host; product code

CODES = ("UNATT", "NONPR", "TIE", "AIG", "TAUNATT", "TESTU")
SERVICE_TYPES = ("orchestrator", "du", "aicenter", "testmanager", "insights")
SERVICES = 19  # of a whole organization: with its own licence that makes 20 entries
ENTITIES = 500  # of a whole license pack
MOST = 9  # licences of one code that one service holds
SLACK = 0.25  # of what is held, where pools have room


@dataclass(frozen=True, slots=True)
class Licence:
    """One entry: an organization's own licence, or that of one service of a tenant."""

    organization: str
    held: Quantities
    wanted: Quantities
    tenant: str = ""
    service: str = ""

    @property
    def changed(self) -> bool:
        return self.held != self.wanted


@dataclass(frozen=True)
class Fleet:
    """Organizations, each followed by its services, and the host's pool in licences by code."""

    licences: Sequence[Licence]
    host_pool: Quantities
    own_named: bool = True  # whether the state file names the organizations' own licences beside their services'

    @property
    def organizations(self) -> int:
        return sum(not licence.service for licence in self.licences)

    @property
    def changed(self) -> int:
        """How many entries differ."""
        return sum(licence.changed for licence in self.licences)

    def settled(self) -> Fleet:
        """The fleet once everything is as it is wanted: a run has nothing to change."""
        return replace(self, licences=[replace(licence, held=licence.wanted) for licence in self.licences])

    def state(self) -> dict[str, Any]:
        """The start as the simulator's state."""
        organizations: dict[str, dict[str, Any]] = {}
        for licence in self.licences:
            if not licence.service:
                organizations[licence.organization] = {"license": {"products": licence.held}, "tenants": {}}
                continue
            tenants = organizations[licence.organization]["tenants"]
            tenant = tenants.setdefault(licence.tenant, {"name": "Default", "services": {}})
            tenant["services"][licence.service] = {"products": licence.held}
        return {"uipath": {"host_pool": self.host_pool, "organizations": organizations}}

    def desired(self) -> dict[str, Any]:
        """The end as the document of a state file."""
        organizations: dict[str, dict[str, Any]] = {}
        for licence in self.licences:
            if not licence.service:
                own = declared(licence) if self.own_named else {}
                organizations[licence.organization] = {"id": licence.organization, **own, "tenants": []}
                continue
            tenants = organizations[licence.organization]["tenants"]
            if not tenants or tenants[-1]["id"] != licence.tenant:
                tenants.append({"id": licence.tenant, "name": "Default", "services": []})
            tenants[-1]["services"].append({"type": licence.service, **declared(licence)})
        return {"licensing_organizations": list(organizations.values())}

    def free(self, *, at_the_end: bool = False) -> dict[PoolKey, int]:
        """What is left in each pool, in licences."""
        left: Counter[PoolKey] = Counter({("", code): quantity for code, quantity in self.host_pool.items()})
        for licence in self.licences:
            for code, quantity in (licence.wanted if at_the_end else licence.held).items():
                if licence.service:
                    left[licence.organization, code] -= quantity
                else:
                    left["", code] -= quantity
                    left[licence.organization, code] += quantity
        return dict(left)


@dataclass(frozen=True)
class Packs:
    """Entities of license packs, in the order of the packs: none of them assigned yet, or all."""

    entities: dict[str, list[str]]  # by pack ID
    assigned: bool = False

    def settled(self) -> Packs:
        """The packs once everything is as it is wanted."""
        return replace(self, assigned=True)

    def state(self) -> dict[str, Any]:
        """The start as the simulator's state."""
        packs = {
            pack: {"total": len(names), "assigned": dict.fromkeys(names) if self.assigned else {}}
            for pack, names in self.entities.items()
        }
        return {"yext": {"license_packs": packs}}

    def desired(self) -> dict[str, Any]:
        """The end as the document of a state file."""
        packs = [{"id": pack, "entities": [{"id": name} for name in names]} for pack, names in self.entities.items()]
        return {"licensing_license_packs": packs}


def declared(licence: Licence) -> dict[str, Any]:
    """What a state file says of one licence."""
    products = [{"code": code, "quantity": quantity} for code, quantity in licence.wanted.items()]
    return {"products": products, "exclusive": True}


def packs(entities: int) -> Packs:
    """License packs with so many entities in all, none of them assigned."""
    names = [f"store-{number:06}" for number in range(entities)]
    return Packs(
        {f"listings-{start // ENTITIES:04}": names[start : start + ENTITIES] for start in range(0, entities, ENTITIES)}
    )


def raised(entries: int, seed: int = 1) -> Fleet:
    """A fleet in which every quantity rises: any order works that sees to the organizations before the services."""
    random = Random(seed)
    start = [_some(random) for dummy in _services(entries)]
    end = [{code: quantity + random.randint(1, MOST) for code, quantity in held.items()} for held in start]
    return _fleet(random, entries, start, end, slack=0)


def reshuffled(entries: int, seed: int = 1, *, slack: float = 0) -> Fleet:
    """A fleet whose services exchange all that they hold at random; without slack every pool is full, before and after.

    ``slack``: what organizations hold beyond what their services do, and the host beyond its organizations, as a share.
    """
    random = Random(seed)
    start = [_some(random) for dummy in _services(entries)]
    end = random.sample(start, len(start))
    return _fleet(random, entries, start, end, slack=slack)


def _services(entries: int) -> list[tuple[int, int]]:
    """For each service of so many entries the number of its organization, and its own number there."""
    places = [divmod(number, SERVICES + 1) for number in range(entries)]
    return [(organization, position - 1) for organization, position in places if position]


def _some(random: Random) -> Quantities:
    """What one service holds: half of the codes, and at least one."""
    codes = [code for code in CODES if random.random() < 0.5] or [random.choice(CODES)]
    return {code: random.randint(1, MOST) for code in codes}


def _fleet(random: Random, entries: int, start: list[Quantities], end: list[Quantities], *, slack: float) -> Fleet:
    """Services with what they hold and want, in organizations that hold what they add up to, and the slack."""
    services: dict[int, list[Licence]] = {number: [] for number in range(-(-entries // (SERVICES + 1)))}
    for (number, position), held, wanted in zip(_services(entries), start, end, strict=True):
        service = SERVICE_TYPES[position % len(SERVICE_TYPES)]
        tenant = str(position // len(SERVICE_TYPES))
        services[number].append(Licence(str(number), held, wanted, tenant, service))
    licences: list[Licence] = []
    for found in services.values():
        own_id = _guid(random)
        tenants = {tenant: _guid(random) for tenant in dict.fromkeys(licence.tenant for licence in found)}
        held, wanted = (_sum((getattr(one, side) for one in found), slack) for side in ("held", "wanted"))
        licences.append(Licence(own_id, held, wanted))
        licences += [replace(one, organization=own_id, tenant=tenants[one.tenant]) for one in found]
    own = [licence for licence in licences if not licence.service]
    sums = [_sum((getattr(licence, side) for licence in own), slack) for side in ("held", "wanted")]
    return Fleet(licences, {code: max(quantities.get(code, 0) for quantities in sums) for code in CODES})


def _sum(all_quantities: Iterable[Quantities], slack: float) -> Quantities:
    """Quantities added up, and the slack beyond them, rounded up."""
    total: Counter[str] = Counter()
    for quantities in all_quantities:
        total.update(quantities)
    return {code: quantity + int(quantity * slack + 0.5) for code, quantity in sorted(total.items())}


def _guid(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))
