# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task for many was asked and what it answers: the words that both vendors' engines share."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .._errors import InvalidInput, Kind, LicensingError
from .._visible_text import visible
from .steps import Shortage

LEAST_REMOVALS = 5  # a share of a small list would forbid nearly everything
MOST_NAMED = 10  # places named in one sentence
UNKNOWN = object()  # what an entry holds when a write's fate could not be settled


class OnError(StrEnum):
    """What happens to the other writes when one fails."""

    STOP = "stop"
    CONTINUE = "continue"
    ROLLBACK = "rollback"


class Outcome(StrEnum):
    """How an entry ended."""

    UNCHANGED = "unchanged"
    CREATED = "created"
    UPDATED = "updated"
    REMOVED = "removed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not_attempted"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to write, as the user said it."""

    check_mode: bool = False
    check_capacity: bool = True
    max_removals: str = "10%"
    reread: bool = False
    write_unreadable: bool = False
    on_error: OnError = OnError.STOP
    concurrency: int = 16
    max_read_delay: float = 10.0  # seconds


@dataclass(slots=True)
class EntryReport:
    """One entry of the answer. ``before`` and ``after``: what was and is held, None for nothing, UNKNOWN where nobody
    could read it. ``in_words`` says in a diff what is held, where that is something.
    """

    label: str
    place: Mapping[str, Any]
    outcome: Outcome
    before: Any
    after: Any
    in_words: Callable[[Any], str]
    confirmed: bool = True
    server: Mapping[str, Any] = field(default_factory=dict)
    failure: LicensingError | None = None
    not_restored: str | None = None

    def as_result(self) -> dict[str, Any]:
        result = {**self.place, "outcome": self.outcome.value}
        result["before"] = None if self.before is UNKNOWN else self.before
        if self.after is not UNKNOWN:
            result["after"] = self.after
        if self.server:
            result["server"] = dict(self.server)
        if self.failure is not None:
            result["failure"] = self.failure.as_result()
        if self.not_restored is not None:
            result["not_restored"] = visible(self.not_restored)
        return result


@dataclass
class Report:
    """All entries, the failure that stopped the task if one did, and warnings."""

    entries: list[EntryReport]
    failure: LicensingError | None = None
    warnings: list[str] = field(default_factory=list)
    written: bool = False  # whether a write remains that was not rolled back

    @property
    def changed(self) -> bool:
        done = (Outcome.CREATED, Outcome.UPDATED, Outcome.REMOVED)
        return self.written or any(entry.outcome in done for entry in self.entries)

    def summary(self) -> dict[str, int]:
        """How many entries ended how."""
        counted = Counter(entry.outcome for entry in self.entries)
        return {outcome.value: counted[outcome] for outcome in Outcome}

    def diff(self) -> dict[str, str]:
        """Before and after as text, one sorted line for each entry that differs."""
        differing = sorted(
            (entry for entry in self.entries if entry.before != entry.after), key=lambda entry: entry.label
        )
        return {
            "before": "".join(_line(entry, entry.before) for entry in differing if entry.before is not UNKNOWN),
            "after": "".join(_line(entry, entry.after) for entry in differing),
        }


def unverified(entries: Iterable[EntryReport]) -> list[str]:
    """Places of which no reading call could tell whether they exist."""
    return [visible(entry.label) for entry in entries if not entry.confirmed and entry.outcome != Outcome.UNCHANGED]


def _line(entry: EntryReport, held: Any) -> str:
    """One line of a diff; nothing where nothing is held. Whatever a name holds, it stays one line."""
    label = visible(entry.label)
    if held is UNKNOWN:
        return f"{label}: not known\n"
    return f"{label}: {visible(entry.in_words(held))}\n" if held else ""


def removal_limit(max_removals: str, held: int) -> int:
    """How many may be removed of so many held. Raises InvalidInput unless it is a number or a share such as 10%."""
    text = max_removals.strip()
    number, percent = text.removesuffix("%").strip(), text.endswith("%")
    if not re.fullmatch(r"[0-9]{1,9}", number) or (percent and int(number) > 100):
        raise InvalidInput(f"max_removals {max_removals!r} is neither a number such as 20 nor a share such as 10%")
    return max(LEAST_REMOVALS, math.floor(held * int(number) / 100)) if percent else int(number)


def check_removals(removals: Mapping[str, tuple[int, int]], max_removals: str) -> None:
    """Stop when exclusive lists would take away more than allowed, in one list or altogether.

    ``removals``: for each list how many it implies and of how many. Raises LicensingError(REMOVALS_EXCEEDED).
    """
    implied_by_all = sum(implied for implied, _held in removals.values())
    altogether = (implied_by_all, sum(held for _implied, held in removals.values()))
    lists = dict(removals) if max_removals.strip().endswith("%") else {}
    for name, (implied, held) in {**lists, "all exclusive lists together": altogether}.items():
        limit = removal_limit(max_removals, held)
        if implied > limit:
            raise LicensingError(
                Kind.REMOVALS_EXCEEDED,
                f"{name}: {implied} of {held} would be removed because no list names them; "
                f"max_removals {max_removals} allows {limit}",
                hint="If that is meant, raise max_removals; what is written as absent or 0 never counts.",
                removals=implied,
                allowed=limit,
            )


def check_shortages(shortages: Sequence[Shortage]) -> None:
    """Raises LicensingError with every shortage, before anything is written.

    INSUFFICIENT_CAPACITY, or IN_USE where pools only shrink below what is given out of them.
    """
    if shortages:
        raise LicensingError(
            Kind.IN_USE if all(shortage.lowers for shortage in shortages) else Kind.INSUFFICIENT_CAPACITY,
            f"Not enough licences, nothing was written. {listed(map(str, shortages))}",
            shortages=[shortage.as_result() for shortage in shortages],
            hint="Free licences elsewhere, ask for fewer, or correct the product code.",
        )


def listed(texts: Iterable[str]) -> str:
    """Texts as one, the first of them named and the others counted."""
    all_texts = list(texts)
    named = "; ".join(all_texts[:MOST_NAMED])
    return named if len(all_texts) <= MOST_NAMED else f"{named}; and {len(all_texts) - MOST_NAMED} more"
