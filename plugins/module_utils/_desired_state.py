# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of the desired state: its shape checked and turned into typed values, or a sentence that names the place.

Pure: nothing is read or called here. A null counts as omitted, and what is omitted is left alone.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ._checked_mapping import CheckedMapping
from ._desired import (
    KEEP,
    NEVER,
    DesiredEntity,
    DesiredOrganization,
    DesiredPack,
    DesiredService,
    DesiredTenant,
    Keep,
    identity,
)
from ._errors import InvalidInput

LARGEST_QUANTITY = 2**31 - 1  # the vendor's int32
_DIGITS = re.compile(r"0|[1-9][0-9]{0,9}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

Built = TypeVar("Built")


def parse_organizations(value: Any) -> tuple[DesiredOrganization, ...]:
    """``licensing_organizations`` as typed values. Raises InvalidInput naming the place."""
    return _each(value, "organizations", "organization", _organization, same=identity)


def parse_license_packs(value: Any) -> tuple[DesiredPack, ...]:
    """``licensing_license_packs`` as typed values. Raises InvalidInput naming the place."""
    return _each(value, "license_packs", "license pack", _license_pack)


def checked_identifier(option: str, value: Any) -> str:
    """An ID or a name that stands in an option of its own. Raises InvalidInput naming the option."""
    node = CheckedMapping({option: value}, "", (option,))
    return node.identifier(option)


def _organization(value: Any, place: str) -> DesiredOrganization:
    keys = ("id", "name", "labels", "products", "exclusive", "exclusive_services", "allow_empty", "tenants", "state")
    node = _named(value, place, "organization", "id", keys)
    absent, exclusive_services = node.absent(), node.flag("exclusive_services")
    if absent and node.has("products"):
        node.fail("state absent stands alone; to take a code away, write quantity 0 for it")
    node.refuse_empty("products", node.flag("exclusive"))
    node.refuse_empty("tenants", exclusive_services)

    def tenant(value: Any, place: str) -> DesiredTenant:
        return _tenant(value, place, exclusive_services and not node.flag("allow_empty"))

    organization = DesiredOrganization(
        id=node.identifier("id"),
        name=node.text("name"),
        labels=_labels(node),
        products=_products(node),
        exclusive=node.flag("exclusive"),
        exclusive_services=exclusive_services,
        tenants=_some(node, "tenants", "tenant", tenant, same=identity),
        absent=absent,
    )
    _refuse_contradiction(node, organization)
    return organization


def _tenant(value: Any, place: str, refuse_empty: bool) -> DesiredTenant:
    node = _named(value, place, "tenant", "id", ("id", "name", "services", "allow_empty", "state"))
    absent = node.absent()
    if absent and node.has("services"):
        node.fail("state absent stands alone; it takes the licences of every service of the tenant")
    node.refuse_empty("services", refuse_empty)
    services = _some(node, "services", "service", _service, key_of_item="type", same=str.casefold)
    name = node.text("name")
    if name is None and any(not service.absent for service in services or ()):
        node.fail("name is missing; UiPath wants the tenant's name with every allocation")
    return DesiredTenant(id=node.identifier("id"), name=name, services=services, absent=absent)


def _service(value: Any, place: str) -> DesiredService:
    node = _named(value, place, "service", "type", ("type", "products", "exclusive", "allow_empty", "state"))
    absent = node.absent()
    if absent and node.has("products"):
        node.fail("state absent stands alone; to take a code away, write quantity 0 for it")
    node.refuse_empty("products", node.flag("exclusive"))
    return DesiredService(node.identifier("type"), _products(node), node.flag("exclusive"), absent)


def _license_pack(value: Any, place: str) -> DesiredPack:
    node = _named(value, place, "license pack", "id", ("id", "entities", "exclusive", "allow_empty"))
    node.refuse_empty("entities", node.flag("exclusive"))
    pack_id = node.identifier("id")
    if pack_id == "-":
        node.fail("the ID - stands for every pack, and no licence can be assigned on all of them")
    return DesiredPack(pack_id, _some(node, "entities", "entity", _entity), node.flag("exclusive"))


def _entity(value: Any, place: str) -> DesiredEntity:
    node = _named(value, place, "entity", "id", ("id", "expiration_date", "state"))
    absent = node.absent()
    if absent and node.has("expiration_date"):
        node.fail("state absent stands alone, without expiration_date")
    return DesiredEntity(node.identifier("id"), _expiration(node), absent)


def _products(node: CheckedMapping) -> dict[str, int] | None:
    products: dict[str, int] = {}
    entries = _list(node, "products")
    if entries is None:
        return None
    for number, entry in enumerate(entries, 1):
        product = CheckedMapping(entry, f"{node.place}, product {number}", ("code", "quantity"))
        code = product.text("code")
        if code is None:
            product.fail("code is missing")
        product.place = f"{node.place}, {code}"
        if code in products:
            product.fail("the same code stands twice")
        products[code] = _quantity(product)
    return products


def _quantity(product: CheckedMapping) -> int:
    value = product.get("quantity")
    if value is None:
        product.fail("quantity is missing")
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)  # a template's result is a string
    if isinstance(value, bool) or not isinstance(value, int):
        shown = f"the boolean {str(value).lower()}" if isinstance(value, bool) else str(value) or "nothing"
        product.fail(f"{shown} is not a whole number")
    if value < 0:
        product.fail(f"{value} is negative; to take the code away, write 0")
    if value > LARGEST_QUANTITY:
        product.fail(f"the quantity is more than {LARGEST_QUANTITY}, the most that UiPath can count")
    return int(value)


def _expiration(node: CheckedMapping) -> Keep | str | None:
    value = node.get("expiration_date")
    if value is None:
        return KEEP
    if value == NEVER:
        return None
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        value = value.isoformat()  # YAML reads an unquoted date as one
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        pass  # such as February 30: told below
    return node.fail(f"expiration_date {str(value)!r} is no date: write it as YYYY-MM-DD, or never, or omit it")


def _labels(node: CheckedMapping) -> Mapping[str, str] | None:
    labels = node.get("labels")
    if labels is None:
        return None
    if not isinstance(labels, Mapping):
        node.fail("labels is not a mapping")
    for name, value in labels.items():
        if not isinstance(name, str) or not isinstance(value, str):
            node.fail(f"label {name}: {value!r} is not a string: write it in quotes")
    return dict(labels)


def _refuse_contradiction(node: CheckedMapping, organization: DesiredOrganization) -> None:
    """Services cannot keep what their organization loses, nor add up to more than it has."""
    services = [
        (tenant, service)
        for tenant in organization.tenants or ()
        for service in tenant.services or ()
        if not service.absent
    ]
    if organization.absent:
        for tenant, service in services:
            if any((service.products or {}).values()):
                place = f"tenant {tenant.id}, service {service.type}"
                node.fail(f"state is absent, but {place} is to hold licences: make it absent too")
        return
    if organization.products is None:
        return
    sums: dict[str, int] = {}
    for _of_tenant, service in services:
        for code, quantity in (service.products or {}).items():
            sums[code] = sums.get(code, 0) + quantity
    for code, total in sorted(sums.items()):
        # A code that its own list does not name is for the pools to judge: it may be held, or one of ignore_codes.
        limit = organization.products.get(code)
        if limit is not None and total > limit:
            node.fail(f"{code}: its services add up to {total}, but the organization is to have {limit}")


def _named(value: Any, place: str, what: str, key: str, known: tuple[str, ...]) -> CheckedMapping:
    """A node whose place is told by its ID as soon as that is known."""
    node = CheckedMapping(value, place, known)
    parent, _comma, _position = place.rpartition(", ")
    own = f"{what} {node.identifier(key)}"
    node.place = f"{parent}, {own}" if parent else own
    return node


def _some(
    node: CheckedMapping,
    key: str,
    what: str,
    build: Callable[[Any, str], Built],
    *,
    key_of_item: str = "id",
    same: Callable[[str], str] = str,
) -> tuple[Built, ...] | None:
    values = _list(node, key)
    return None if values is None else _each(values, key, what, build, node.place, key_of_item, same)


def _each(
    values: Any,
    option: str,
    what: str,
    build: Callable[[Any, str], Built],
    parent: str = "",
    key: str = "id",
    same: Callable[[str], str] = str,
) -> tuple[Built, ...]:
    """Build each item of a list and refuse the same one twice."""
    if not isinstance(values, list):
        raise InvalidInput(f"{parent or option}: {values!r} is not a list")
    built: dict[str, Built] = {}
    for number, value in enumerate(values, 1):
        item = build(value, f"{parent}, {what} {number}" if parent else f"{what} {number}")
        name = same(getattr(item, key))
        if name in built:
            where = f"{parent}, " if parent else ""
            raise InvalidInput(f"{where}{what} {getattr(item, key)}: the same {what} stands twice")
        built[name] = item
    return tuple(built.values())


def _list(node: CheckedMapping, key: str) -> list[Any] | None:
    values = node.get(key)
    if values is not None and not isinstance(values, list):
        node.fail(f"{key} is not a list")
    return values
