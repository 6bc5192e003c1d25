# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of what is held: licences of organizations and services, pools, packs and their assignments. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .desired import Quantities

END_OF_TIME = 253402300800  # epoch seconds of the year 10000: no calendar has later days


@dataclass(frozen=True, slots=True)
class License:
    """What is held: positive quantities by product code, and what only the server determines.

    ``template_codes``: the codes that a template of the licence brings along, as far as the server says so.
    ``silent``: no row said so; it is empty because the server told no product at all, which may be its bad day.
    """

    products: Quantities
    details: Mapping[str, Any] = field(default_factory=dict)
    template_codes: frozenset[str] = frozenset()
    silent: bool = field(default=False, compare=False)

    @property
    def ends(self) -> datetime.datetime | None:
        """When it ends; None where the server tells no time."""
        return _moment(self.details.get("end_date"))

    @property
    def grace_ends(self) -> datetime.datetime | None:
        """When the grace period after its end is over; None where the server tells no time."""
        return _moment(self.details.get("grace_period"))


@dataclass(frozen=True, slots=True)
class ServiceLicense:
    """One service's licence of one tenant, as a list names it."""

    tenant_id: str
    service_type: str
    license: License


@dataclass(frozen=True, slots=True)
class PoolProduct:
    """One product of a pool; ``total`` and ``available`` in licences."""

    total: int
    available: int

    @property
    def allocated(self) -> int:
        """How many of them somebody has."""
        return self.total - self.available


Pool = dict[str, PoolProduct]  # by product code


@dataclass(frozen=True, slots=True)
class LicensePack:
    """One pack; ``total``, ``assigned`` and ``available`` in licences, None where the server does not say."""

    id: str
    name: str | None = None
    total: int | None = None
    assigned: int | None = None
    available: int | None = None
    notes: str | None = None


@dataclass(slots=True)
class PackAssignments:
    """A pack with the entities that hold its licences: entity ID -> end as ``YYYY-MM-DD`` or None."""

    pack: LicensePack
    entities: dict[str, str | None] = field(default_factory=dict)


def _moment(epoch_seconds: Any) -> datetime.datetime | None:
    if isinstance(epoch_seconds, bool) or not isinstance(epoch_seconds, (int, float)):
        return None
    return datetime.datetime.fromtimestamp(epoch_seconds, datetime.UTC) if 0 < epoch_seconds < END_OF_TIME else None
