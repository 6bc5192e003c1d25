# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a vendor must be able to do so that its licences can be provisioned; ``provision`` is the template around it.

A vendor is a folder. It has its own words for what it holds and for what it writes; the template knows entries by their
order, pools by their keys and writes by their steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from .._errors import LicensingError
from .report import EntryReport, Report
from .steps import PoolKey, Shortage, Step

Desired_contra = TypeVar("Desired_contra", contravariant=True)  # a part of the desired state, such as a pack
Current = TypeVar("Current")  # what one reading has found
Entry = TypeVar("Entry")  # one licence that the desired state speaks of, wanted against current


@dataclass
class Comparison(Generic[Entry]):
    """All entries of a desired state, and what exclusive lists would take away beside what was asked for."""

    entries: list[Entry] = field(default_factory=list)
    removals: dict[str, tuple[int, int]] = field(default_factory=dict)  # list -> (implied removals, held)


class Writer(Protocol):
    """What makes the writes of one plan, many at a time."""

    def write(self, step: Step) -> None:
        """Make the write and hold its answer against what was wanted. Raises LicensingError."""

    def held_before(self, step: Step) -> Any:
        """What the entry held before the step."""

    def held_after(self, step: Step) -> Any:
        """What the entry holds when the step has succeeded."""

    def undo(self, step: Step) -> None:
        """Put back what was held before the step. Raises LicensingError when that cannot be done, or only in part."""

    def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        """Read again; the failure of each of these entries that does not hold what was wanted."""

    def complete(self, report: Report) -> None:
        """Add what only the answers to the writes have told."""


class Vendor(Protocol[Desired_contra, Current, Entry]):
    """What is asked of every vendor, in this order. Each method raises LicensingError; up to ``writer`` none writes."""

    def read(self, desired: Sequence[Desired_contra]) -> Current:
        """What is held, in as few calls as possible."""

    def compare(self, desired: Sequence[Desired_contra], current: Current) -> Comparison[Entry]:
        """What is wanted against what is held. Refuses two spellings that nobody can tell apart."""

    def confirm(self, current: Current, entries: Sequence[Entry]) -> None:
        """Ask a second source, where there is one, before anything rests on an answer that tells of nothing."""

    def admit(self, desired: Sequence[Desired_contra], current: Current, entries: Sequence[Entry]) -> list[Entry]:
        """The entries of this run. Refuses what must not be written, whether or not there is room for it."""

    def predict(self, current: Current, entry: Entry) -> EntryReport:
        """What becomes of an entry if all goes well; ``before`` is UNKNOWN where it could not be read."""

    def warnings(self, current: Current, entries: Sequence[Entry]) -> list[str]:
        """What the user should know, though nothing fails."""

    def free(self, current: Current, entries: Sequence[Entry]) -> Mapping[PoolKey, int]:
        """What is free in each pool that something is taken from, by the server's own numbers."""

    def shortages(self, entries: Sequence[Entry], free: Mapping[PoolKey, int]) -> Sequence[Shortage]:
        """What the pools lack for all entries together."""

    def order(self, entries: Sequence[Entry], free: Mapping[PoolKey, int], *, enforce: bool) -> Sequence[Step]:
        """The writes that make it so, in an order that the pools allow; any order where not ``enforce``."""

    def writer(self, current: Current, entries: Sequence[Entry]) -> Writer:
        """What makes the writes."""


@runtime_checkable
class HasAllowance(Protocol):
    """A vendor whose account has a number of calls for a time."""

    def has_waited(self, writes: int) -> bool:
        """Whether it waited because the calls that are left are too few for so many writes.

        Raises LicensingError(RATE_LIMITED) where it must not wait.
        """
