# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of the desired state: its shape checked and turned into typed values, or sentences that name the places.

Pure: nothing is read or called here. A null counts as omitted, and what is omitted is left alone. Whoever brings
mistakes along refuses them afterwards, together with those of his own; without them they are refused here.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any

from .._model.desired import (
    KEEP,
    NEVER,
    DesiredEntity,
    DesiredOrganization,
    DesiredPack,
    DesiredService,
    DesiredTenant,
    Keep,
)
from .fields import CheckedMapping
from .lists import Built, each, some
from .mistakes import AsWritten, Mistake, Mistakes, Path
from .quantities import products_of
from .spelling import shown

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_organizations(
    value: Any, mistakes: Mistakes | None = None, path: Path = ()
) -> tuple[DesiredOrganization, ...]:
    """``licensing_organizations`` as typed values. Raises InvalidInput naming the places."""
    return _whole(value, mistakes, path, "organizations", "organization", _organization)


def parse_license_packs(value: Any, mistakes: Mistakes | None = None, path: Path = ()) -> tuple[DesiredPack, ...]:
    """``licensing_license_packs`` as typed values. Raises InvalidInput naming the places."""
    return _whole(value, mistakes, path, "license_packs", "license pack", _license_pack)


def checked_identifier(option: str, value: Any) -> str:
    """An ID or a name that stands in an option of its own. Raises InvalidInput naming the option."""
    mistakes = Mistakes()
    found = CheckedMapping({option: value}, "", (option,), mistakes).identifier(option)
    mistakes.refuse()
    return found


def _whole(
    value: Any,
    mistakes: Mistakes | None,
    path: Path,
    option: str,
    what: str,
    build: Callable[[CheckedMapping], Built],
) -> tuple[Built, ...]:
    own = Mistakes() if mistakes is None else mistakes
    built: tuple[Built, ...] = ()
    if isinstance(value, list):
        built = each(value, what, build, own, path)
    else:
        own.found.append(Mistake(option, f"{shown(value)} is not a list", path))
    if mistakes is None:
        own.refuse()
    return built


def _organization(node: CheckedMapping) -> DesiredOrganization:
    mistakes_before = len(node.mistakes.found)
    absent, exclusive_services = node.absent(), node.flag("exclusive_services")
    if absent and node.has("products"):
        node.complain("state absent stands alone; to take a code away, write quantity 0 for it", "state")
    node.refuse_empty("products", node.flag("exclusive"))
    node.refuse_empty("tenants", exclusive_services)
    refuse_empty_services = exclusive_services and not node.flag("allow_empty")

    def tenant(inner: CheckedMapping) -> DesiredTenant:
        return _tenant(inner, refuse_empty_services)

    organization = DesiredOrganization(
        id=node.identifier("id"),
        name=node.text("name"),
        labels=_labels(node),
        products=products_of(node),
        exclusive=node.flag("exclusive"),
        exclusive_services=exclusive_services,
        tenants=some(node, "tenants", "tenant", tenant),
        absent=absent,
    )
    if len(node.mistakes.found) == mistakes_before:
        _refuse_contradiction(node, organization)
    return organization


def _tenant(node: CheckedMapping, refuse_empty: bool) -> DesiredTenant:
    absent = node.absent()
    if absent and node.has("services"):
        node.complain("state absent stands alone; it takes the licences of every service of the tenant", "state")
    node.refuse_empty("services", refuse_empty)
    services = some(node, "services", "service", _service)
    name = node.text("name")
    if not node.has("name") and any(not service.absent for service in services or ()):
        node.complain("name is missing; UiPath wants the tenant's name with every allocation")
    return DesiredTenant(id=node.identifier("id"), name=name, services=services, absent=absent)


def _service(node: CheckedMapping) -> DesiredService:
    absent = node.absent()
    if absent and node.has("products"):
        node.complain("state absent stands alone; to take a code away, write quantity 0 for it", "state")
    node.refuse_empty("products", node.flag("exclusive"))
    return DesiredService(node.identifier("type"), products_of(node), node.flag("exclusive"), absent)


def _license_pack(node: CheckedMapping) -> DesiredPack:
    node.refuse_empty("entities", node.flag("exclusive"))
    pack_id = node.identifier("id")
    if pack_id == "-":
        node.complain("the ID - stands for every pack, and no licence can be assigned on all of them", "id")
    return DesiredPack(pack_id, some(node, "entities", "entity", _entity), node.flag("exclusive"))


def _entity(node: CheckedMapping) -> DesiredEntity:
    absent = node.absent()
    if absent and node.has("expiration_date"):
        node.complain("state absent stands alone, without expiration_date", "state")
    return DesiredEntity(node.identifier("id"), _expiration(node), absent)


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
    word = f"{value!s:.40}" if isinstance(value, (str, datetime.datetime, AsWritten)) else shown(value)
    node.complain(
        f"expiration_date {word!r} is no date: write it as YYYY-MM-DD, or never, or omit it", "expiration_date"
    )
    return KEEP


def _labels(node: CheckedMapping) -> Mapping[str, str] | None:
    labels = node.get("labels")
    if labels is None:
        return None
    if not isinstance(labels, Mapping):
        node.complain("labels is not a mapping", "labels")
        return None
    for name, value in labels.items():
        if not isinstance(name, str) or not isinstance(value, str):
            shown_name = name if isinstance(name, str) else shown(name)
            node.complain(f"label {shown_name}: {shown(value)} is not a string: write it in quotes", "labels", name)
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
                return node.complain(f"state is absent, but {place} is to hold licences: make it absent too", "state")
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
            node.complain(
                f"{code}: its services add up to {total}, but the organization is to have {limit}", "products"
            )
