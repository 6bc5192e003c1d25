# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the audit: what it found, what it was asked, and all that it tells. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from .._model.desired import identity
from .._model.finding_kinds import FindingKind
from .._visible_text import visible

SERIOUSNESS = {kind: number for number, kind in enumerate(FindingKind)}


@dataclass(frozen=True, slots=True)
class Spot:
    """What a finding, a pool or an expiration is about. IDs are for programs, names for people; None: does not apply.

    Nothing but a code is the host's own pool.
    """

    organization_id: str | None = None
    organization: str | None = None
    tenant_id: str | None = None
    tenant: str | None = None
    service_type: str | None = None
    license_pack_id: str | None = None
    license_pack: str | None = None
    entity_id: str | None = None
    code: str | None = None

    def as_result(self) -> dict[str, str]:
        told = ((name, getattr(self, name)) for name in PLACES)
        return {name: value for name, value in told if value is not None}

    def cleaned(self, clean: Callable[[str], str]) -> Spot:
        return Spot(**{name: clean(value) for name, value in self.as_result().items()})


PLACES = tuple(field.name for field in fields(Spot))


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    ``wanted``, ``held``: licences; for what ends, days as ``YYYY-MM-DD`` or NEVER. ``difference``: licences held beyond
    what is wanted, negative for what is short; for what ends, days. None where it does not apply or is not known.
    ``fixable``: whether provisioning the same desired state would change it.
    """

    kind: FindingKind
    spot: Spot
    wanted: int | str | None = None
    held: int | str | None = None
    difference: int | None = None
    detail: str | None = None
    fixable: bool = False

    def as_result(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "kind": self.kind.value,
            "concern": self.kind.concern.value,
            **self.spot.as_result(),
            "wanted": self.wanted,
            "held": self.held,
            "difference": self.difference,
            "fixable": self.fixable,
        }
        return told if self.detail is None else {**told, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class PoolUse:
    """Who has how many licences of a pool: held where a file names it, held otherwise, and free."""

    level: str  # host, organization or license_pack
    spot: Spot
    total: int
    managed: int
    unmanaged: int
    free: int

    def as_result(self) -> dict[str, Any]:
        numbers = {"total": self.total, "managed": self.managed, "unmanaged": self.unmanaged, "free": self.free}
        return {"level": self.level, **self.spot.as_result(), **numbers}


@dataclass(frozen=True, slots=True)
class Expiration:
    """So many licences that end on one day."""

    date: datetime.date
    level: str  # organization, service or license_pack
    spot: Spot
    licenses: int
    state: str  # ended, in_grace, soon or later

    def as_result(self) -> dict[str, Any]:
        told = {"date": self.date.isoformat(), "level": self.level, **self.spot.as_result()}
        return {**told, "licenses": self.licenses, "state": self.state}


@dataclass(frozen=True, slots=True)
class Terms:
    """What the audit was asked. ``now`` has a time zone; ``pool_share`` is in percent."""

    now: datetime.datetime
    expiry_days: int = 30
    pool_share: int = 90
    ignore_codes: frozenset[str] = frozenset()
    include_omitted: bool = False
    pool_levels: frozenset[str] = frozenset({"host", "license_pack", "organization"})  # for which pool_share is

    @property
    def today(self) -> datetime.date:
        """The day in UTC, in which all days are told."""
        return self.now.astimezone(datetime.UTC).date()


@dataclass
class Audit:
    """All that an audit tells."""

    findings: list[Finding] = field(default_factory=list)
    pools: list[PoolUse] = field(default_factory=list)
    expirations: list[Expiration] = field(default_factory=list)

    def add(self, other: Audit) -> None:
        self.findings += other.findings
        self.pools += other.pools
        self.expirations += other.expirations

    def clean(self, clean: Callable[[str], str]) -> None:
        """Pass everything that a server or a file named through this, such as a masking of secrets."""
        self.findings = [
            replace(
                one,
                spot=one.spot.cleaned(clean),
                held=clean(one.held) if isinstance(one.held, str) else one.held,
                detail=visible(clean(one.detail)) if one.detail else None,
            )
            for one in self.findings
        ]
        self.pools = [replace(one, spot=one.spot.cleaned(clean)) for one in self.pools]
        self.expirations = [replace(one, spot=one.spot.cleaned(clean)) for one in self.expirations]

    def sort(self) -> None:
        """The most serious findings first, those of one kind by place; what ends first, first."""
        self.findings.sort(key=lambda finding: (SERIOUSNESS[finding.kind], _by_name(finding.spot)))
        self.pools.sort(
            key=lambda pool: (("host", "license_pack", "organization").index(pool.level), _by_name(pool.spot))
        )
        self.expirations.sort(key=lambda expiration: (expiration.date, _by_name(expiration.spot)))


def key_of(record: Mapping[str, Any]) -> tuple[str, ...]:
    """What two records of one finding share: its kind and the IDs of its place, which servers spell as they like."""
    ids = (identity(str(record.get(name) or "")) for name in ("organization_id", "tenant_id"))
    service_type = str(record.get("service_type") or "").casefold()
    others = (str(record.get(name) or "") for name in ("license_pack_id", "entity_id", "code"))
    return (str(record["kind"]), *ids, service_type, *others)


def count_of(number: int, word: str) -> str:
    """So many of a thing, for people: 1 day, 2,000 days."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def counted(findings: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many findings there are of each kind."""
    counts = {kind.value: 0 for kind in FindingKind}
    for finding in findings:
        counts[finding["kind"]] += 1
    return counts


def _by_name(spot: Spot) -> tuple[str, ...]:
    names = (spot.organization, spot.organization_id, spot.tenant, spot.tenant_id, spot.service_type)
    return tuple(name or "" for name in (*names, spot.license_pack_id, spot.entity_id, spot.code))
