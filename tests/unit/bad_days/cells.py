# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cells of the table: every call that a task makes, with every fault that its answer has a place for."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from ansible_collections.tenantops.licensing.tests.unit.bad_days.faults import Fault, faults_of
from ansible_collections.tenantops.licensing.tests.unit.bad_days.running import Ran, run
from ansible_collections.tenantops.licensing.tests.unit.bad_days.scenarios import SCENARIOS
from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import Injection, Made, Moment, Right, Sending

ALIKE = 2  # calls of one operation in one task that are tried with everything
# What no client can notice: an answer that the contract has, that reads well, and that nothing contradicts.
UNNOTICED: Mapping[str, tuple[str, str, str]] = {
    # a name: operation, fault, reason; both are regular expressions
    "a service that is said to have none": (
        r"GetServiceLicense",
        r"410.*",
        "410 is the contract's word for a service without a licence, and nothing else tells of one service",
    ),
    "a pool that is overdrawn": (
        r".*",
        r".*\.available(Quantity)? is -1(\.0)?",
        "a pool may be given out beyond what it has, and is told so",
    ),
    "a removal without a word": (
        r"(Deallocate|delete).*",
        r"204 .*",
        "204 says that it is done, and has no body that could say something else",
    ),
    "a list of packs that ends early": (
        r"listLicensePacks",
        r"response\.nextPageToken is (missing|null)",
        "the last page is written so, and nothing counts the packs of an account",
    ),
    "a host without anything": (
        r"GetHostAvailableProducts",
        r"productsWithAvailability is \[\]",
        "a host may have no licences, and nothing else tells what it has",
    ),
    "a code in two rows": (
        r".*",
        r".*(products|productsWithAvailability) has its first row twice",
        "a code may stand in several rows, named and concurrent, which add",
    ),
    "a code in two rows of a pool": (
        r"GetAccountProductUsageAsync",
        r"the list has its first row twice",
        "a code may stand in several rows, named and concurrent, which add",
    ),
    "an end that is not told": (
        r".*",
        r".*expirationDate is (missing|null)",
        "an assignment without an end is written so, and no other call tells an end",
    ),
}


@dataclass(frozen=True)
class Cell:
    """One fault at one call of one task. ``always``: at every further such call, too."""

    scenario: str
    key: str
    occurrence: int
    operation: str
    fault: str
    kind: str
    moment: Moment
    always: bool

    @property
    def text(self) -> str:
        """The cell as a line, for people and for regular expressions."""
        often = "always" if self.always else "once"
        return f"{self.scenario} | {self.key} #{self.occurrence} | {self.fault} | {self.moment}, {often}"

    @property
    def id(self) -> str:
        """The same as long as the task, the call and the fault have their names."""
        return hashlib.sha256(self.text.encode("utf-8", "backslashreplace")).hexdigest()[:12]

    def as_message(self) -> dict[str, Any]:
        return asdict(self)

    def injection(self) -> Injection:
        """What the server is told."""

        def send(right: Right) -> Sending | None:
            fault = faults_of(right).get(self.fault)
            return fault.send(right) if fault is not None else None

        return Injection(self.key, self.occurrence, self.always, self.moment, send)


def cell_of(message: Mapping[str, Any]) -> Cell:
    return Cell(**{**message, "moment": Moment(message["moment"])})


@cache
def good(scenario: str) -> Ran:
    """The task without any fault."""
    return run(SCENARIOS[scenario])


@cache
def fault_of(cell: Cell) -> Fault:
    """The fault of a cell, as the answer of the good run has a place for it."""
    ran = good(cell.scenario)
    (right,) = [
        right
        for call, right in zip(ran.calls, ran.answers, strict=True)
        if (call.key, call.occurrence) == (cell.key, cell.occurrence)
    ]
    return faults_of(right)[cell.fault]


def every_cell(scenarios: Iterable[str] = SCENARIOS) -> Iterator[Cell]:
    """All cells, in an order that stays."""
    for scenario in scenarios:
        ran = good(scenario)
        calls = list(zip(ran.calls, ran.answers, strict=True))
        if SCENARIOS[scenario].repeats:
            calls = list(itertools.dropwhile(lambda pair: pair[0].kind != "write", calls))
        # Two vendors are called side by side, so the order of their calls is by chance.
        calls.sort(key=lambda pair: (pair[0].key, pair[0].occurrence))
        seen: Counter[str] = Counter()
        for call, right in calls:
            operation = str(call.operation)
            seen[operation] += 1
            yield from _cells(scenario, call, right, alike=seen[operation] > ALIKE)


def _cells(scenario: str, call: Made, right: Right, *, alike: bool) -> Iterator[Cell]:
    """The cells of one call; of one that is ``alike`` others of its task only the faults that matter most."""
    for fault in faults_of(right).values():
        operation = str(call.operation)
        if unnoticed(operation, fault.name) is not None or (alike and not fault.late):
            continue
        for moment in moments(call, fault):
            for always in how_often(call, fault):
                yield Cell(scenario, call.key, call.occurrence, operation, fault.name, fault.kind, moment, always)


def moments(call: Made, fault: Fault) -> list[Moment]:
    """When a fault is tried. That what was not done is said to be done is a lie, and so is the refusal of what was."""
    if call.kind != "write":
        return [Moment.ANSWER]
    done = [] if fault.refusal else [Moment.DONE]
    late = [Moment.SEEN_AFTER_1, Moment.SEEN_AFTER_2] if fault.late and not fault.refusal else []
    return [*([] if fault.truthful else [Moment.NOT_DONE]), *done, *late]


def how_often(call: Made, fault: Fault) -> tuple[bool, ...]:
    """Whether a fault is tried once, always, or both. Of a first read always is the worse, of a later one once."""
    if call.kind == "write":
        return (False, True) if fault.late else (False,)
    return (False, True) if fault.thorough else (call.occurrence == 1,)


def unnoticed(operation: str, fault: str) -> str | None:
    """Why nobody can notice this fault; None where it can be noticed."""
    for of_operation, of_fault, reason in UNNOTICED.values():
        if re.fullmatch(of_operation, operation) and re.fullmatch(of_fault, fault):
            return reason
    return None
