# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A third vendor, which no shared file knows: desks get seats of one floor, and the template does all the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import ApiError, Kind, LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.provision import provision
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import (
    UNKNOWN,
    EntryReport,
    OnError,
    Outcome,
    Report,
    Settings,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.steps import PoolKey, Shortage, Step
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.vendor import Comparison, HasAllowance, Vendor

FLOOR: PoolKey = ("floor", "seat")


@dataclass
class Building:
    """The server of this vendor: what each desk has, and how many seats there are. ``broken``: a desk it refuses."""

    seats: dict[str, int]
    total: int
    broken: str = ""
    secretly: dict[str, int] = field(default_factory=dict)  # what a second source would tell
    calls: list[str] = field(default_factory=list)

    def listing(self) -> dict[str, int]:
        self.calls.append("list")
        return dict(self.seats)

    def put(self, desk: str, seats: int) -> None:
        self.calls.append(f"{desk}={seats}")
        if desk == self.broken:
            raise ApiError(Kind.CONFLICT, "the desk is screwed down", status=409)
        self.seats[desk] = seats
        assert sum(self.seats.values()) <= self.total


@dataclass(frozen=True)
class Seating:
    """One entry: a desk, and its seats now and as they are to be."""

    desk: str
    now: int | None
    wanted: int
    implied: bool = False


class Chairs:
    """The vendor's writer."""

    def __init__(self, building: Building, entries: Sequence[Seating]) -> None:
        self._building = building
        self._entries = entries

    def write(self, step: Step) -> None:
        self._building.put(self._entries[step.entry].desk, step.action)

    def held_before(self, step: Step) -> Any:
        return self._entries[step.entry].now

    def held_after(self, step: Step) -> Any:
        return step.action

    def undo(self, step: Step) -> None:
        self._building.put(self._entries[step.entry].desk, self._entries[step.entry].now or 0)

    def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        now = self._building.listing()
        wrong = [number for number in entries if now.get(self._entries[number].desk, 0) != self._entries[number].wanted]
        return {number: LicensingError(Kind.CONFLICT, "somebody sat down") for number in wrong}

    def complete(self, report: Report) -> None:
        report.warnings.append("the chairs are counted")


class Desks(Vendor[Mapping[str, int], dict[str, int], Seating]):
    """The vendor itself. A part of its desired state is a table of desks; a table takes the seats of unnamed ones."""

    def __init__(self, building: Building, *, unreadable: bool = False) -> None:
        self.building = building
        self.unreadable = unreadable

    def read(self, desired: Sequence[Mapping[str, int]]) -> dict[str, int]:
        return self.building.listing()

    def compare(self, desired: Sequence[Mapping[str, int]], current: dict[str, int]) -> Comparison[Seating]:
        (table,) = desired
        named = [Seating(desk, None if self.unreadable else current.get(desk, 0), n) for desk, n in table.items()]
        unnamed = [Seating(desk, now, 0, implied=True) for desk, now in current.items() if desk not in table]
        return Comparison([*named, *unnamed], {"desks": (len(unnamed), len(current))} if unnamed else {})

    def confirm(self, current: dict[str, int], entries: Sequence[Seating]) -> None:
        for entry in entries:
            if not entry.now and self.building.secretly.get(entry.desk):
                raise ApiError(Kind.UNREADABLE, f"{entry.desk} is not empty")

    def admit(
        self, desired: Sequence[Mapping[str, int]], current: dict[str, int], entries: Sequence[Seating]
    ) -> list[Seating]:
        return list(entries)

    def predict(self, current: dict[str, int], entry: Seating) -> EntryReport:
        same, gone = entry.now == entry.wanted, not entry.wanted
        outcome = Outcome.UNCHANGED if same else Outcome.REMOVED if gone else Outcome.UPDATED
        before = UNKNOWN if entry.now is None else entry.now
        return EntryReport(entry.desk, {"desk": entry.desk}, outcome, before, entry.wanted, "{} seats".format)

    def warnings(self, current: dict[str, int], entries: Sequence[Seating]) -> list[str]:
        return []

    def free(self, current: dict[str, int], entries: Sequence[Seating]) -> Mapping[PoolKey, int]:
        return {FLOOR: self.building.total - sum(current.values())}

    def shortages(self, entries: Sequence[Seating], free: Mapping[PoolKey, int]) -> Sequence[Shortage]:
        more = sum(entry.wanted - (entry.now or 0) for entry in entries)
        held = sum(entry.now or 0 for entry in entries)
        short = Shortage("the floor", "seat", wanted=held + more, held=held, available=free[FLOOR])
        return [short] if more > free[FLOOR] else []

    def order(self, entries: Sequence[Seating], free: Mapping[PoolKey, int], *, enforce: bool) -> Sequence[Step]:
        changes = [(entry.wanted - (entry.now or 0), number) for number, entry in enumerate(entries)]
        return [
            Step(
                number,
                entries[number].wanted,
                takes={FLOOR: change} if enforce and change > 0 else {},
                gives={FLOOR: -change} if change < 0 else {},
            )
            for change, number in sorted(changes)
            if change
        ]

    def writer(self, current: dict[str, int], entries: Sequence[Seating]) -> Chairs:
        return Chairs(self.building, entries)


class RationedDesks(Desks, HasAllowance):
    """The same, with calls for one write an hour."""

    hours = 0

    def has_waited(self, writes: int) -> bool:
        if writes <= 1 + self.hours:
            return False
        self.hours += 1
        return True


SETTINGS = Settings(concurrency=2, max_removals="100%")


def building(**more: Any) -> Building:
    return Building({"window": 2, "door": 3}, total=6, **more)


def test_it_is_made_so_and_a_second_run_changes_nothing() -> None:
    server = building()
    report = provision(Desks(server), [{"window": 4, "door": 1}], SETTINGS)
    assert (report.failure, report.changed, server.seats) == (None, True, {"window": 4, "door": 1})
    assert report.diff() == {"before": "door: 3 seats\nwindow: 2 seats\n", "after": "door: 1 seats\nwindow: 4 seats\n"}
    assert report.warnings == ["the chairs are counted"]
    writes = len(server.calls)
    again = provision(Desks(server), [{"window": 4, "door": 1}], SETTINGS)
    assert (again.changed, server.calls[writes:]) == (False, ["list"])


def test_check_mode_predicts_the_same_and_writes_nothing() -> None:
    real, checked = building(), building()
    done = provision(Desks(real), [{"window": 3}], SETTINGS)
    told = provision(Desks(checked), [{"window": 3}], replace(SETTINGS, check_mode=True))
    assert checked.calls == ["list"]
    assert (told.changed, told.diff(), told.summary()) == (done.changed, done.diff(), done.summary())


@pytest.mark.parametrize(
    ("server", "table", "settings", "kind"),
    [
        (building(), {"window": 9, "door": 3}, SETTINGS, Kind.INSUFFICIENT_CAPACITY),
        (building(), {}, replace(SETTINGS, max_removals="1"), Kind.REMOVALS_EXCEEDED),
        (building(secretly={"attic": 1}), {"attic": 1, "window": 2, "door": 3}, SETTINGS, Kind.UNREADABLE),
    ],
    ids=["capacity", "removals", "second source"],
)
def test_every_safety_catch_stops_it_before_the_first_write(
    server: Building, table: dict[str, int], settings: Settings, kind: Kind
) -> None:
    with pytest.raises(LicensingError) as caught:
        provision(Desks(server), [table], settings)
    assert caught.value.kind is kind
    assert server.calls == ["list"]


def test_what_cannot_be_read_is_not_held_against_the_pool() -> None:
    server = building()
    report = provision(Desks(server, unreadable=True), [{"window": 2, "door": 4}], SETTINGS)
    assert (report.failure, server.seats) == (None, {"window": 2, "door": 4})


def test_a_write_that_is_refused_is_told_and_the_others_are_put_back() -> None:
    server = building(broken="window")
    report = provision(Desks(server), [{"window": 4, "door": 1}], replace(SETTINGS, on_error=OnError.ROLLBACK))
    assert report.failure is not None
    assert "window: the desk is screwed down" in report.failure.message
    assert server.seats == {"window": 2, "door": 3}
    assert report.summary()["rolled_back"] == report.summary()["failed"] == 1


def test_a_vendor_with_an_allowance_is_planned_anew_after_it_has_waited() -> None:
    server = building()
    vendor = RationedDesks(server)
    report = provision(vendor, [{"window": 3, "door": 2}], SETTINGS)
    assert (report.failure, vendor.hours, server.calls.count("list")) == (None, 1, 2)


def test_reading_again_finds_what_somebody_else_has_changed() -> None:
    server = building()

    class Busy(Chairs):
        def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
            server.put("window", 1)
            return super().differences(entries)

    class BusyDesks(Desks):
        def writer(self, current: dict[str, int], entries: Sequence[Seating]) -> Chairs:
            return Busy(server, entries)

    report = provision(BusyDesks(server), [{"window": 3, "door": 3}], replace(SETTINGS, reread=True))
    assert report.failure is not None
    assert "window: somebody sat down" in report.failure.message
