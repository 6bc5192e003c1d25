# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each check of one run of nox came to: how it ended, what its tests did, how long it took; told at the end."""

from __future__ import annotations

import atexit
import functools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import nox

REPORTS = Path(__file__).resolve().parents[1] / ".nox" / "reports"


@dataclass(frozen=True)
class Ended:
    """How a check ended; ``tests`` is empty where it runs none."""

    check: str
    passed: bool
    tests: str
    seconds: float


ENDED: list[Ended] = []


def check(run: Callable[[nox.Session], None]) -> Callable[[nox.Session], None]:
    """A session whose end is told in the table, also where it fails."""

    @functools.wraps(run)
    def timed(session: nox.Session) -> None:
        REPORTS.mkdir(parents=True, exist_ok=True)
        reported = REPORTS / f"{session.name}.xml"
        reported.unlink(missing_ok=True)
        began, passed = time.monotonic(), False
        try:
            run(session)
            passed = True
        finally:
            tests = summary_of([reported]) if reported.exists() else ""
            ENDED.append(Ended(session.name, passed, tests, time.monotonic() - began))

    return nox.session(timed)


def report_of(session: nox.Session) -> list[str]:
    """The option of pytest by which a check's table learns of its tests."""
    return [f"--junitxml={REPORTS / session.name}.xml"]


def summary_of(reports: Iterable[Path]) -> str:
    """How many tests passed, failed and were skipped, by reports in JUnit's XML."""
    tests = failed = skipped = 0
    for report in reports:
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            tests += int(suite.get("tests", 0))
            failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped += int(suite.get("skipped", 0) or suite.get("disabled", 0))
    counts = {"passed": tests - failed - skipped, "failed": failed, "skipped": skipped}
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def minutes(seconds: float) -> str:
    """A time as minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def table(ended: Iterable[Ended]) -> str:
    """The ends as a table for a terminal."""
    rows = [
        (
            each.check,
            "passed" if each.passed else "FAILED",
            each.tests,
            f"{each.seconds // 60:.0f}:{each.seconds % 60:04.1f}",
        )
        for each in ended
    ]
    total = sum(each.seconds for each in ended)
    rows = [("check", "", "tests", "time"), *rows, ("all", "", "", f"{total // 60:.0f}:{total % 60:04.1f}")]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        f"{name:<{widths[0]}}  {end:<{widths[1]}}  {tests:<{widths[2]}}  {took:>{widths[3]}}"
        for name, end, tests, took in rows
    )


@atexit.register
def tell() -> None:
    """Print the table, which says no more than nox itself where only one check ran."""
    if len(ENDED) > 1:
        print(f"\n{table(ENDED)}", flush=True)
