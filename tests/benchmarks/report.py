# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, and how it is told: as text, as Markdown and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

HEAD = ("what", "entries", "figure", "from", "goal", "")
RIGHT = (1, 2)  # the columns of numbers


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound that a figure is to keep."""

    bound: float
    least: bool = False  # the bound is the least that will do, not the most

    def met_by(self, value: float) -> bool:
        """Whether a figure keeps it."""
        return value >= self.bound if self.least else value <= self.bound

    def verdict(self, value: float) -> str:
        """Whether a figure keeps it, and if not by how much of the bound it does not."""
        if self.met_by(value):
            return "met"
        if not self.bound:
            return "missed"
        beyond = abs(value / self.bound - 1)
        return f"missed by {beyond:.0%}" if beyond >= 0.01 else "missed by less than 1%"


@dataclass(frozen=True, slots=True)
class Figure:
    """One result. ``unit`` x is a ratio; ``beside`` says what it was made of, such as the seconds of both sides."""

    what: str
    entries: int
    value: float
    unit: str
    beside: str = ""
    goal: Goal | None = None
    extrapolated: bool = False

    def cells(self) -> list[str]:
        """The figure as a row of a table."""
        goal = verdict = ""
        if self.goal is not None:
            goal = f"{'≥' if self.goal.least else '≤'} {number(self.goal.bound)} {self.unit}"
            verdict = self.goal.verdict(self.value)
        beside = f"{self.beside}, extrapolated" if self.extrapolated else self.beside
        entries = f"{self.entries:,}" if self.entries else ""
        return [self.what, entries, f"{number(self.value)} {self.unit}", beside, goal, verdict]


@dataclass(frozen=True)
class Section:
    """A part of the report: what its figures mean, and they themselves."""

    name: str
    title: str
    figures: Sequence[Figure]


def number(value: float) -> str:
    """A number with as many digits as it is worth."""
    if float(value).is_integer() or abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:.{digits}f}"


def as_text(section: Section) -> str:
    """A section for a terminal."""
    rows = [figure.cells() for figure in section.figures]
    widths = [max(len(row[column]) for row in [list(HEAD), *rows]) for column in range(len(HEAD))]
    lines = [_padded(row, widths) for row in [list(HEAD), *rows]]
    return "\n".join([section.title, *(f"  {line}" for line in lines), ""])


def as_markdown(sections: Iterable[Section]) -> str:
    """All sections as one table."""
    rows = [["part", *HEAD[:-1], "result"], ["---"] * (len(HEAD) + 1)]
    for section in sections:
        rows += [[section.name, *figure.cells()] for figure in section.figures]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def as_document(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """All figures for a program."""
    return [
        {
            "section": section.name,
            **asdict(figure),
            "verdict": figure.goal.verdict(figure.value) if figure.goal is not None else None,
        }
        for section in sections
        for figure in section.figures
    ]


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    """Words to the left, numbers to the right."""
    aligned = [text.rjust(widths[at]) if at in RIGHT else text.ljust(widths[at]) for at, text in enumerate(row)]
    return "  ".join(aligned).rstrip()
