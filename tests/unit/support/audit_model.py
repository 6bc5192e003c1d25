# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit must find, worked out from the raw desired state and plain numbers by loops, and not by the audit."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
Raw = Mapping[str, Any]  # one mapping of the desired state, as a file has it
EPOCH = datetime.date(1970, 1, 1)
YEAR_10000 = 253402300800
DRIFT = {"missing", "too_little", "too_much", "unmanaged", "unmanaged_service", "unmanaged_tenant", "expires_otherwise"}
EXPIRY = {"ended", "in_grace", "expires_soon"}
CAPACITY = {"insufficient_capacity", "pool_nearly_used"}


@dataclass(frozen=True)
class HeldLicence:
    """What a server tells of one licence; ``end`` and ``grace`` as it writes them."""

    products: Mapping[str, int]
    templates: frozenset[str] = frozenset()
    end: Any = None
    grace: Any = None


@dataclass(frozen=True)
class HeldOrganization:
    """What one organization holds. Services by tenant and type; the pool by code as total and free, or None."""

    own: HeldLicence | None = None
    services: Mapping[tuple[str, str], HeldLicence] = field(default_factory=dict)
    pool: Mapping[str, tuple[int, int]] | None = None


@dataclass(frozen=True)
class HeldPack:
    """What a server tells of a pack: its counts, and its entities with their ends."""

    name: str | None = None
    total: int | None = None
    assigned: int | None = None
    available: int | None = None
    entities: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What is asked: seconds since 1970, days, a share in percent."""

    now: int
    days: int = 30
    share: int = 90
    ignore: frozenset[str] = frozenset()
    include_omitted: bool = False

    @property
    def today(self) -> datetime.date:
        return EPOCH + datetime.timedelta(days=self.now // 86400)


def concern_of(kind: str) -> str:
    if kind in DRIFT:
        return "drift"
    if kind in EXPIRY:
        return "expiry"
    if kind in CAPACITY:
        return "capacity"
    return "notice" if kind == "added_by_server" else "reading"


def finding(
    kind: str, place: Raw, wanted: Any, held: Any, difference: int | None = None, *, fixable: bool = False
) -> Record:
    """A finding; without ``difference`` that of two numbers."""
    if difference is None and isinstance(wanted, int) and isinstance(held, int):
        difference = held - wanted
    known = {name: value for name, value in place.items() if value is not None}
    numbers = {"wanted": wanted, "held": held, "difference": difference, "fixable": fixable}
    return {"kind": kind, "concern": concern_of(kind), **known, **numbers}


def comparable(records: Iterable[Mapping[str, Any]]) -> list[list[tuple[str, Any]]]:
    """Findings in one order and without their details; IDs and types of services that are the same are spelled so."""
    plain = []
    for record in records:
        told = {name: value for name, value in record.items() if name != "detail"}
        for name in ("organization_id", "tenant_id"):
            if name in told:
                told[name] = same_id(told[name])
        if "service_type" in told:
            told["service_type"] = told["service_type"].lower()
        plain.append(sorted(told.items()))
    return sorted(plain, key=repr)


def same_id(an_id: str) -> str:
    """A GUID in small letters; any other ID as it is."""
    guid = re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", an_id.lower())
    return an_id.lower() if guid else an_id


# Organizations


def expected_of_organizations(
    file: Sequence[Raw], held: Mapping[str, HeldOrganization], host: Mapping[str, tuple[int, int]], asked: Question
) -> list[Record]:
    """All findings about the organizations that could be read."""
    found: list[Record] = []
    for organization in file:
        if organization["id"] in held:
            world = held[organization["id"]]
            found += _own_level(organization, world, host, asked)
            found += _held_services(organization, world, asked)
            found += _services_that_hold_nothing(organization, world)
            found += _ends(organization, world, asked)
            found += _full(_place(organization), world.pool or {}, asked)
    found += _full({}, host, asked)
    found += _short(file, held, host, asked)
    return found


def _place(organization: Raw) -> Record:
    return {"organization_id": organization["id"], "organization": organization.get("name") or organization["id"]}


def _listed(raw: Raw) -> dict[str, int] | None:
    """The quantities of a list of products; None where the file leaves it out."""
    if raw.get("products") is None:
        return None
    return {product["code"]: int(product["quantity"]) for product in raw["products"]}


def _is_absent(raw: Raw) -> bool:
    return raw.get("state") == "absent"


def _own_level(
    organization: Raw, world: HeldOrganization, host: Mapping[str, tuple[int, int]], asked: Question
) -> Iterator[Record]:
    listed = _listed(organization)
    if listed is None and not _is_absent(organization) and not asked.include_omitted:
        return
    licence = world.own or HeldLicence({})
    yield from _list_against_held(organization, _place(organization), licence, host, asked)


def _list_against_held(
    raw: Raw, place: Record, licence: HeldLicence, source: Mapping[str, Any] | None, asked: Question
) -> Iterator[Record]:
    """One list of products, or ``state: absent``, against one licence that comes from a pool with these codes."""
    listed = _listed(raw)
    for code in {*licence.products, *(listed or {})}:
        has, at = licence.products.get(code, 0), {**place, "code": code}
        if _is_absent(raw):
            yield finding("too_much", at, 0, has, fixable=True)
        elif listed is not None and code in listed:
            if has < listed[code]:
                yield finding("too_little" if has > 0 else "missing", at, listed[code], has, fixable=True)
            if has > listed[code]:
                yield finding("too_much", at, listed[code], has, fixable=True)
        else:
            by_itself = code in asked.ignore or code in licence.templates
            by_itself = by_itself or (bool(source) and code not in (source or {}))
            goes = listed is not None and bool(raw.get("exclusive")) and code not in asked.ignore
            yield finding("added_by_server" if by_itself else "unmanaged", at, 0, has, fixable=goes)


def _named_tenant(organization: Raw, tenant_id: str) -> Raw | None:
    for tenant in organization.get("tenants") or []:
        if same_id(tenant["id"]) == same_id(tenant_id):
            return dict(tenant)
    return None


def _named_service(tenant: Raw, service_type: str) -> Raw | None:
    for service in tenant.get("services") or []:
        if service["type"].lower() == service_type.lower():
            return dict(service)
    return None


def _held_services(organization: Raw, world: HeldOrganization, asked: Question) -> Iterator[Record]:
    tenants_left_out = organization.get("tenants") is None
    if tenants_left_out and not _is_absent(organization) and not asked.include_omitted:
        return
    exclusive = bool(organization.get("exclusive_services"))
    for (tenant_id, service_type), licence in world.services.items():
        place = {**_place(organization), "tenant_id": tenant_id, "service_type": service_type}
        tenant = _named_tenant(organization, tenant_id)
        if tenant is None:
            goes = exclusive and not tenants_left_out
            yield from _all_of("unmanaged_tenant", place, licence, goes)
            continue
        place |= {"tenant_id": tenant["id"], "tenant": tenant.get("name")}  # as the file spells it
        service = _named_service(tenant, service_type)
        if _is_absent(tenant):
            yield from _all_of("too_much", place, licence, True)
        elif tenant.get("services") is None:
            if asked.include_omitted:
                yield from _all_of("unmanaged_service", place, licence, False)
        elif service is None:
            yield from _all_of("unmanaged_service", place, licence, exclusive)
        elif _listed(service) is not None or _is_absent(service) or asked.include_omitted:
            yield from _list_against_held(service, place, licence, world.pool, asked)


def _all_of(kind: str, place: Record, licence: HeldLicence, goes: bool) -> Iterator[Record]:
    for code, has in licence.products.items():
        yield finding(kind, {**place, "code": code}, 0, has, fixable=goes)


def _services_that_hold_nothing(organization: Raw, world: HeldOrganization) -> Iterator[Record]:
    holding = {(same_id(tenant), service_type.lower()) for tenant, service_type in world.services}
    for tenant in organization.get("tenants") or []:
        for service in tenant.get("services") or []:
            if (same_id(tenant["id"]), service["type"].lower()) in holding:
                continue
            place = {**_place(organization), "tenant_id": tenant["id"], "tenant": tenant.get("name")}
            for code, wanted in (_listed(service) or {}).items():
                if wanted > 0:
                    at = {**place, "service_type": service["type"], "code": code}
                    yield finding("missing", at, wanted, 0, fixable=True)


def _second(told: Any) -> float | None:
    """A second since 1970 that a server tells; None where what it tells is none."""
    if type(told) in (int, float) and 0 < told < YEAR_10000:
        return float(told)
    return None


def _ends(organization: Raw, world: HeldOrganization, asked: Question) -> Iterator[Record]:
    own_end = None
    if world.own is not None and world.own.products:
        own_end = _second(world.own.end)
        if own_end is not None:
            yield from _end(_place(organization), own_end, world.own.grace, asked)
    for (tenant_id, service_type), licence in world.services.items():
        end = _second(licence.end)
        if licence.products and end is not None and end != own_end:
            tenant = _named_tenant(organization, tenant_id) or {"id": tenant_id}
            place = {**_place(organization), "tenant_id": tenant["id"], "tenant": tenant.get("name")}
            yield from _end({**place, "service_type": service_type}, end, licence.grace, asked)


def _end(place: Record, end: float, grace: Any, asked: Question) -> Iterator[Record]:
    day = EPOCH + datetime.timedelta(days=int(end // 86400))
    days = (day - asked.today).days
    kind = None
    if end <= asked.now:
        until = _second(grace)
        kind = "in_grace" if until is not None and until > asked.now else "ended"
    elif days <= asked.days:
        kind = "expires_soon"
    if kind is not None:
        yield finding(kind, place, None, day.isoformat(), days)


def _full(place: Record, pool: Mapping[str, tuple[int, int]], asked: Question) -> Iterator[Record]:
    for code, (total, free) in pool.items():
        used = total - free
        if 100 * used > asked.share * total:
            yield finding("pool_nearly_used", {**place, "code": code}, asked.share * total // 100, used)


def _short(
    file: Sequence[Raw], held: Mapping[str, HeldOrganization], host: Mapping[str, tuple[int, int]], asked: Question
) -> Iterator[Record]:
    """The pools that would fall below zero if everything were written as the file has it."""
    readable = [organization for organization in file if organization["id"] in held]
    own_ends = {one["id"]: _own_as_wanted(one, held[one["id"]], asked) for one in readable}
    codes = {code for organization in readable for code in _all_codes(organization, held[organization["id"]])}
    for code in codes:
        ends = {}
        for organization in readable:
            own = held[organization["id"]].own
            ends[organization["id"]] = (
                own.products.get(code, 0) if own else 0,
                own_ends[organization["id"]].get(code, 0),
            )
        left = host.get(code, (0, 0))[1] - sum(end - start for start, end in ends.values())
        if left < 0 and any(end > start for start, end in ends.values()):
            changed = [(start, end) for start, end in ends.values() if start != end]
            wanted, has = sum(end for _start, end in changed), sum(start for start, _end in changed)
            yield finding("insufficient_capacity", {"code": code}, wanted, has, left)
        for organization in readable:
            world, (start, end) = held[organization["id"]], ends[organization["id"]]
            changes = list(_services_as_wanted(organization, world, code, asked))
            left = (world.pool or {}).get(code, (0, 0))[1] + end - start - sum(after - has for has, after in changes)
            if left < 0 and (end < start or any(after > has for has, after in changes)):
                wanted, has = sum(after for _has, after in changes), sum(has for has, _after in changes)
                if end < start:
                    wanted, has = end, start
                yield finding("insufficient_capacity", {**_place(organization), "code": code}, wanted, has, left)


def _all_codes(organization: Raw, world: HeldOrganization) -> Iterator[str]:
    yield from world.own.products if world.own else ()
    yield from _listed(organization) or ()
    for licence in world.services.values():
        yield from licence.products
    for tenant in organization.get("tenants") or []:
        for service in tenant.get("services") or []:
            yield from _listed(service) or ()


def _after(raw: Raw, held: Mapping[str, int], asked: Question) -> dict[str, int]:
    """What a place holds when its part of the file was written."""
    if _is_absent(raw):
        return {}
    listed = _listed(raw)
    if listed is None:
        return dict(held)
    kept = {code: has for code, has in held.items() if code in asked.ignore or not raw.get("exclusive")}
    return {**kept, **listed}


def _own_as_wanted(organization: Raw, world: HeldOrganization, asked: Question) -> dict[str, int]:
    return _after(organization, world.own.products if world.own else {}, asked)


def _services_as_wanted(
    organization: Raw, world: HeldOrganization, code: str, asked: Question
) -> Iterator[tuple[int, int]]:
    """What each service that changes in this code holds of it, and what it would hold."""
    for (tenant_id, service_type), licence in world.services.items():
        has = after = licence.products.get(code, 0)
        tenant = _named_tenant(organization, tenant_id)
        service = _named_service(tenant, service_type) if tenant is not None else None
        if organization.get("tenants") is None:
            continue
        if tenant is not None and _is_absent(tenant):
            after = 0
        elif service is not None:
            after = _after(service, licence.products, asked).get(code, 0)
        elif (tenant is None or tenant.get("services") is not None) and organization.get("exclusive_services"):
            after = 0
        if after != has:
            yield has, after
    for missing in _services_that_hold_nothing(organization, world):
        if missing["code"] == code:
            yield 0, missing["wanted"]


# License packs


def expected_of_packs(file: Sequence[Raw], held: Mapping[str, HeldPack], asked: Question) -> list[Record]:
    """All findings about the packs that could be read."""
    found: list[Record] = []
    for pack in file:
        if pack["id"] in held:
            found += _of_pack(pack, held[pack["id"]], asked)
    return found


def _of_pack(pack: Raw, world: HeldPack, asked: Question) -> Iterator[Record]:
    place = {"license_pack_id": pack["id"], "license_pack": world.name or None}
    listed = pack.get("entities") or []
    drift: list[Record] = [each for entity in listed for each in _of_entity(entity, world, place, asked)]
    more = [each for each in drift if each["kind"] == "missing"]
    fewer = [each for each in drift if each["kind"] == "too_much"]
    names = [entity["id"] for entity in listed]
    exclusive = bool(pack.get("exclusive")) and pack.get("entities") is not None
    for entity_id in world.entities:
        if entity_id in names:
            continue
        unmanaged = finding("unmanaged", {**place, "entity_id": entity_id}, 0, 1, fixable=exclusive)
        fewer += [unmanaged] if exclusive else []
        drift += [unmanaged] if pack.get("entities") is not None or asked.include_omitted else []
    yield from drift
    if world.assigned is not None and world.assigned != len(world.entities):
        yield finding("listing_mismatch", place, world.assigned, len(world.entities))
    yield from _pool_of_pack(world, {**place, "code": "licenses"}, (len(more), len(fewer)), asked)
    for entity_id, end in world.entities.items():
        day = _day(end)
        if day is not None and (day - asked.today).days <= asked.days:
            agreed = [_agreed_end(entity) for entity in listed if entity["id"] == entity_id and not _is_absent(entity)]
            kind = "ended" if day < asked.today else "expires_soon"
            wanted = agreed[0] if agreed else None
            yield finding(kind, {**place, "entity_id": entity_id}, wanted, day.isoformat(), (day - asked.today).days)


def _of_entity(entity: Raw, world: HeldPack, place: Record, asked: Question) -> Iterator[Record]:
    at = {**place, "entity_id": entity["id"]}
    is_held, wanted = entity["id"] in world.entities, _agreed_end(entity)
    if _is_absent(entity):
        if is_held:
            yield finding("too_much", at, 0, 1, fixable=True)
    elif not is_held:
        if not _is_over(entity, asked):
            yield finding("missing", at, 1, 0, fixable=True)
    elif wanted is not None:
        has = world.entities[entity["id"]] or "never"
        if wanted != has:
            first, second = _day(wanted), _day(has)
            apart = (second - first).days if first and second else None
            yield finding("expires_otherwise", at, wanted, has, apart, fixable=True)


def _pool_of_pack(world: HeldPack, place: Record, changes: tuple[int, int], asked: Question) -> Iterator[Record]:
    used = len(world.entities) if world.assigned is None else world.assigned
    total, free = world.total, world.available
    if total is None and free is None:
        return
    if total is None:
        total = used + (free or 0)
    if free is None:
        free = total - used
    if 100 * (total - free) > asked.share * total:
        yield finding("pool_nearly_used", place, asked.share * total // 100, total - free)
    more, fewer = changes
    if more > 0 and free + fewer - more < 0:
        yield finding("insufficient_capacity", place, more, fewer, free + fewer - more)


def _agreed_end(entity: Raw) -> str | None:
    """The end that the file tells, never included; None where it tells none."""
    told = entity.get("expiration_date")
    return None if told is None else str(told)


def _is_over(entity: Raw, asked: Question) -> bool:
    agreed = _agreed_end(entity)
    return agreed not in (None, "never") and str(agreed) <= asked.today.isoformat()


def _day(text: str | None) -> datetime.date | None:
    if text is None or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return datetime.date(int(text[:4]), int(text[5:7]), int(text[8:]))
    except ValueError:
        return None
