# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of findings as the audit's page tells them, those included that only the report knows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._model.finding_kinds import Concern, FindingKind


@dataclass(frozen=True, slots=True)
class KindText:
    """One kind for people."""

    concern: str
    name: str
    meaning: str


# The most serious first: so they are ordered wherever the page lists or sorts them.
KNOWN: Mapping[str, KindText] = {
    kind.value: KindText(kind.concern.value, kind.label, kind.meaning) for kind in FindingKind
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
                    concern if concern in set(Concern) else Concern.NOTICE.value,
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
