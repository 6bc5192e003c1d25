# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is new since an earlier audit, what is gone, and what is still open, and since when. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._model.desired import identity
from .._model.finding_kinds import FindingKind
from .findings import key_of

Record = dict[str, Any]  # a finding as reports write it
UnreadPlace = tuple[str, str]  # the name of an ID, such as organization_id, and the identity of that


@dataclass(frozen=True, slots=True)
class Trend:
    """Today's findings, each with ``status`` and ``since``; those that are gone; and those nobody can tell about."""

    findings: list[Record]
    gone: list[Record]
    unknown: list[Record]


def trend(
    findings: Iterable[Record], earlier: Mapping[str, Any] | None, unread: Collection[UnreadPlace], now: str
) -> Trend:
    """Hold today's findings against an earlier report, or date them today where there is none.

    A finding whose place could not be read today is neither open nor gone: it is kept for the next audit to tell.
    """
    if earlier is None:
        return Trend([{**finding, "status": None, "since": now} for finding in findings], [], [])
    before = {key_of(finding): finding for finding in (*earlier["findings"], *earlier["unknown"])}
    dated = []
    for finding in findings:
        known = before.pop(key_of(finding), None)
        if known is None:
            dated.append({**finding, "status": "new", "since": now})
        else:
            dated.append({**finding, "status": "open", "since": known["since"]})
    told = Trend(dated, [], [])
    for finding in before.values():
        (told.unknown if _out_of_sight(finding, unread) else told.gone).append(finding)
    return told


def _out_of_sight(finding: Record, unread: Collection[UnreadPlace]) -> bool:
    """Whether what a finding is about could not be read today."""
    places = {(name, identity(finding[name])) for name in ("organization_id", "license_pack_id") if finding.get(name)}
    if places:
        return any(place in unread for place in places)
    # What the host's pool lacks depends on every organization.
    needs_all = finding["kind"] == FindingKind.INSUFFICIENT_CAPACITY
    return needs_all and any(name == "organization_id" for name, _id in unread)
