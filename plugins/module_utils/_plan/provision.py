# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The template of every run: read, compare, check, and make the plan so, for one entry or for a thousand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .apply import apply_plan
from .report import UNKNOWN, EntryReport, Report, Settings, check_removals, check_shortages
from .steps import PoolKey, Step
from .vendor import HasAllowance, Vendor

Desired = TypeVar("Desired")
Current = TypeVar("Current")
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Plan(Generic[Current, Entry]):
    """What is to be done, from one reading. ``predictions``: how each entry ends if all goes well."""

    current: Current
    entries: Sequence[Entry]
    predictions: list[EntryReport]
    warnings: list[str]
    free: Mapping[PoolKey, int]
    steps: Sequence[Step]


def provision(vendor: Vendor[Desired, Current, Entry], desired: Sequence[Desired], settings: Settings) -> Report:
    """Make it so, or in check mode tell what would be done. Raises LicensingError before the first write."""
    plan = make_plan(vendor, desired, settings)
    while isinstance(vendor, HasAllowance) and vendor.has_waited(len(plan.steps)):
        plan = make_plan(vendor, desired, settings)  # an hour may have passed
    report = Report(plan.predictions, warnings=plan.warnings)
    writer = vendor.writer(plan.current, plan.entries)
    apply_plan(report, plan.steps, plan.free, writer, settings)
    writer.complete(report)
    return report


def make_plan(
    vendor: Vendor[Desired, Current, Entry], desired: Sequence[Desired], settings: Settings
) -> Plan[Current, Entry]:
    """Read, compare, and let every safety catch have its say."""
    current = vendor.read(desired)
    comparison = vendor.compare(desired, current)
    vendor.confirm(current, comparison.entries)
    check_removals(comparison.removals, settings.max_removals)
    entries = vendor.admit(desired, current, comparison.entries)
    predictions = [vendor.predict(current, entry) for entry in entries]
    free = vendor.free(current, entries)
    # Of what could not be read, nobody can tell how much it takes.
    enforce = settings.check_capacity and all(prediction.before is not UNKNOWN for prediction in predictions)
    if enforce:
        check_shortages(vendor.shortages(entries, free))
    steps = vendor.order(entries, free, enforce=enforce)
    return Plan(current, entries, predictions, vendor.warnings(current, entries), free, steps)
