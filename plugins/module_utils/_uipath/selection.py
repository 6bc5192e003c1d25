# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A portion of what is wanted: one organization, one tenant of it, or one stage of a run that is shared out. Pure.

Organizations share only the host's pool. So a run over many of them can be shared out among jobs: in the first stage
services give back what their organizations are to lose, in the second one job changes all organizations, in the third
services receive. The first and the third know one organization at a time; the second needs all of them at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from .._errors import InvalidInput
from .._model.desired import DesiredOrganization, DesiredTenant, identity
from .._state.mistakes import sort_of
from .._state.spelling import shown
from .compare import Entry

Named = TypeVar("Named", DesiredOrganization, DesiredTenant)


class Stage(StrEnum):
    """Which part of a run over many organizations a task does."""

    ALL = "all"
    GIVE_BACK = "give_back"
    ORGANIZATIONS = "organizations"
    RECEIVE = "receive"


def only(
    organizations: Sequence[DesiredOrganization], organization: Any, tenant: Any
) -> tuple[DesiredOrganization, ...]:
    """The organization with this ID or name, and of its tenants the one with this ID or name; None for all.

    What is left out is left alone, so that it is not taken for what an exclusive list does not name. Raises
    InvalidInput for what the desired state does not name, or names twice.
    """
    for option, given in (("only_organization", organization), ("only_tenant", tenant)):
        if given is not None and not isinstance(given, str):
            raise InvalidInput(
                f"{option} is {shown(given)}, which is {sort_of(given)}, not a string: write it in quotes"
            )
    if organization is None:
        if tenant is not None:
            raise InvalidInput(f"only_tenant is {tenant!r}, but only_organization does not say of which organization")
        return tuple(organizations)
    found = _named(organizations, organization, "only_organization", "the desired state names no organization")
    if tenant is None:
        return (found,)
    if found.absent:
        raise InvalidInput(f"only_tenant is {tenant!r}, but organization {organization!r} is to be absent as a whole")
    where = f"organization {organization!r} names no tenant"
    one = _named(found.tenants or (), tenant, "only_tenant", where)
    return (replace(found, tenants=(one,), exclusive_services=False),)


def _named(candidates: Sequence[Named], wanted: str, option: str, nothing: str) -> Named:
    """The one with this ID or, if there is none, with this name."""
    found = [one for one in candidates if identity(one.id) == identity(wanted)]
    found = found or [one for one in candidates if one.name == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput(f"{option} is {wanted!r}, a name that the desired state has more than once: use the ID")
    known = ", ".join(sorted(one.name or one.id for one in candidates)) or "none"
    raise InvalidInput(f"{option} is {wanted!r}, but {nothing} with this ID or name; it names: {known}")


def at_stage(organizations: Sequence[DesiredOrganization], stage: Stage) -> tuple[DesiredOrganization, ...]:
    """What a stage must read and compare: levels that are none of its business count as omitted."""
    if stage is Stage.ORGANIZATIONS:
        return tuple(
            replace(organization, tenants=None, exclusive_services=False)
            for organization in organizations
            if organization.absent or organization.products is not None
        )
    if stage is Stage.RECEIVE:
        return tuple(
            replace(organization, products=None, exclusive=False)
            for organization in organizations
            if organization.tenants is not None and not organization.absent
        )
    return tuple(organizations)


def giving_back(entries: Sequence[Entry]) -> list[Entry]:
    """The services that hold what their organization is to lose, each without what it is to lose and with no more.

    One that also rises is written once more when services receive.
    """
    shrinking: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.place.service_type is None:
            shrinking[entry.place.organization_id].update(_falling(entry))
    return [
        replace(entry, wanted=_lowered(entry))
        for entry in entries
        if entry.place.service_type is not None and shrinking[entry.place.organization_id].intersection(_falling(entry))
    ]


def _falling(entry: Entry) -> Iterable[str]:
    """The codes of which there is to be less."""
    return [code for code, quantity in (entry.held or {}).items() if entry.wanted.get(code, 0) < quantity]


def _lowered(entry: Entry) -> dict[str, int]:
    """Of each code what is held, or what is wanted where that is less."""
    lower = {code: min(quantity, entry.wanted.get(code, 0)) for code, quantity in (entry.held or {}).items()}
    return {code: quantity for code, quantity in lower.items() if quantity}
