# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of findings as the audit's page tells them: a short name, what it is about, what it means. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CONCERNS = ("reading", "capacity", "drift", "expiry", "notice")


@dataclass(frozen=True, slots=True)
class KindText:
    """One kind for people."""

    concern: str
    name: str
    meaning: str


# The most serious first: so they are ordered wherever the page lists or sorts them.
KNOWN: Mapping[str, KindText] = {
    "unreadable": KindText("reading", "Unreadable", "It could not be read, so nothing is known about it."),
    "listing_mismatch": KindText(
        "reading", "Counts disagree", "What a license pack counts itself and what it lists are not the same."
    ),
    "insufficient_capacity": KindText(
        "capacity", "Not enough licences", "What was agreed could not be provisioned today: too few licences are free."
    ),
    "missing": KindText("drift", "Missing", "It was agreed, and nothing of it is held."),
    "too_little": KindText("drift", "Too little", "It is held, but less of it than agreed."),
    "too_much": KindText("drift", "Too much", "It is held, but more of it than agreed."),
    "unmanaged": KindText("drift", "Unmanaged", "A code or an entity is held, and no file names it."),
    "unmanaged_service": KindText(
        "drift", "Unmanaged service", "A whole service holds licences, and no file names the service."
    ),
    "unmanaged_tenant": KindText(
        "drift", "Unmanaged tenant", "A whole tenant holds licences, and no file names the tenant."
    ),
    "expires_otherwise": KindText("drift", "Other end", "An assignment ends on another day than agreed."),
    "ended": KindText("expiry", "Ended", "The licences are past their end."),
    "in_grace": KindText("expiry", "In grace", "The licences are past their end, within their grace period."),
    "expires_soon": KindText("expiry", "Ends soon", "The licences end within the days that were asked for."),
    "pool_nearly_used": KindText(
        "capacity", "Nearly used up", "More of a pool is in use than the share that was asked for."
    ),
    "added_by_server": KindText(
        "notice", "Added by the server", "No file names the code, and the server is known to add it by itself."
    ),
}


@dataclass(frozen=True)
class Kinds:
    """Known kinds, and those that only the report knows after them."""

    texts: Mapping[str, KindText]

    @classmethod
    def of(cls, findings: Iterable[Mapping[str, Any]]) -> Kinds:
        texts = dict(KNOWN)
        for finding in findings:
            kind = kind_of(finding)
            if kind not in texts:
                concern = str(finding.get("concern"))
                words = kind.replace("_", " ").strip() or "unnamed"
                texts[kind] = KindText(
                    concern if concern in CONCERNS else "notice",
                    words[0].upper() + words[1:],
                    "The report names this kind, but this page has no explanation of it.",
                )
        return cls(texts)

    def ranks(self) -> dict[str, int]:
        """A number for each kind, the most serious first."""
        return {kind: rank for rank, kind in enumerate(self.texts)}


def kind_of(finding: Mapping[str, Any]) -> str:
    """The kind as the report spells it."""
    return str(finding.get("kind", ""))
