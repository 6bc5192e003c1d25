# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit as a whole: both vendors' findings with their trend, numbers and verdict, as a report. Pure.

The shape of a report is described in docs/license-audit-report.schema.json.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._model.desired import DesiredOrganization, DesiredPack, identity
from .._model.finding_kinds import Concern, FindingKind
from .findings import Audit, Terms, count_of, counted
from .trend import Record, trend

SCHEMA = "tenantops.licensing/license-audit"
SCHEMA_VERSION = 1


def report_of(
    audit: Audit,
    organizations: Sequence[DesiredOrganization],
    packs: Sequence[DesiredPack],
    earlier: Mapping[str, Any] | None,
    terms: Terms,
) -> dict[str, Any]:
    """The whole report. ``earlier``: an earlier one, to tell what is new."""
    audit.sort()
    now = terms.now.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    unread = {
        (name, identity(place))
        for finding in audit.findings
        if finding.kind is FindingKind.UNREADABLE
        for name, place in finding.spot.as_result().items()
        if name in ("organization_id", "license_pack_id")
    }
    told = trend([finding.as_result() for finding in audit.findings], earlier, unread, now)
    by_kind = counted(told.findings)
    by_concern = {concern.value: 0 for concern in Concern}
    for finding in told.findings:
        by_concern[finding["concern"]] += 1
    scope = _scope(organizations, packs)
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "generated_at": now,
        "earlier": None if earlier is None else {"generated_at": earlier["generated_at"]},
        "terms": {
            "expiry_days": terms.expiry_days,
            "pool_share": f"{terms.pool_share}%",
            "pool_levels": sorted(terms.pool_levels),
            "ignore_codes": sorted(terms.ignore_codes),
            "include_omitted": terms.include_omitted,
        },
        "verdict": _verdict(told.findings, by_kind, scope),
        "agreed": not by_concern[Concern.DRIFT] and not by_concern[Concern.READING],
        "scope": scope,
        "summary": {
            "findings": len(told.findings),
            "new": sum(finding["status"] == "new" for finding in told.findings),
            "open": sum(finding["status"] == "open" for finding in told.findings),
            "gone": len(told.gone),
            "unknown": len(told.unknown),
            "by_kind": by_kind,
            "by_concern": by_concern,
        },
        "findings": told.findings,
        "gone": told.gone,
        "unknown": told.unknown,
        "pools": [pool.as_result() for pool in audit.pools],
        "expirations": [expiration.as_result() for expiration in audit.expirations],
    }


def numbers_of(by_kind: Mapping[str, int], kinds: Iterable[str]) -> str:
    """How many there are of each of these kinds, in words; kinds without any are left out."""
    asked = set(kinds)
    numbers = ((by_kind[kind], kind.counted) for kind in FindingKind if kind.value in asked)
    return ", ".join(f"{number:,} {words.format(s='' if number == 1 else 's')}" for number, words in numbers if number)


def _scope(organizations: Sequence[DesiredOrganization], packs: Sequence[DesiredPack]) -> dict[str, int]:
    tenants = [tenant for organization in organizations for tenant in organization.tenants or ()]
    return {
        "organizations": len(organizations),
        "tenants": len(tenants),
        "services": sum(len(tenant.services or ()) for tenant in tenants),
        "license_packs": len(packs),
        "entities": sum(len(pack.entities or ()) for pack in packs),
    }


def _verdict(findings: Sequence[Record], by_kind: Mapping[str, int], scope: Mapping[str, int]) -> str:
    """The first thing that a reader wants to know, in a sentence or two."""
    if not any(scope.values()):
        return "The desired state names nothing, so nothing was compared."
    drift = [finding for finding in findings if finding["concern"] == Concern.DRIFT]
    unread = [finding for finding in findings if finding["kind"] == FindingKind.UNREADABLE]
    sentences = []
    nothing_read = len(unread) == scope["organizations"] + scope["license_packs"]
    if unread:
        sentences.append(f"Not everything could be read: {_places(unread)} could not.")
    if drift:
        differences = f"{count_of(len(drift), 'difference')} from what was agreed"
        kinds = numbers_of(by_kind, (kind for kind in FindingKind if kind.concern is Concern.DRIFT))
        sentences.append(f"{differences}, in {_places(drift)}: {kinds}.")
    elif unread and not nothing_read:
        sentences.append("What could be read is as agreed.")
    elif not unread:
        sentences.append("What is allocated is what was agreed.")
    others = (kind for kind in FindingKind if kind.concern is not Concern.DRIFT and kind != FindingKind.UNREADABLE)
    beside = numbers_of(by_kind, others)
    return " ".join([*sentences, f"To know as well: {beside}."] if beside else sentences)


def _places(findings: Iterable[Record]) -> str:
    """How many organizations and packs findings are about."""
    listed = list(findings)
    counts = []
    for name, word in (("organization_id", "organization"), ("license_pack_id", "license pack")):
        number = len({finding[name] for finding in listed if name in finding})
        counts += [count_of(number, word)] if number else []
    return " and ".join(counts)
