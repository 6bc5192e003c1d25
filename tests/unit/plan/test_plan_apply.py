# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine tells about a plan is what became of the server, whichever write fails and however."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    Kind,
    LicensingError,
    OutcomeUnknown,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.apply import apply_plan
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import (
    UNKNOWN,
    EntryReport,
    OnError,
    Outcome,
    Report,
    Settings,
    unverified,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.steps import HOST, Step
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.compare import Allocation
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.plan.order import order
from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples
from ansible_collections.tenantops.licensing.tests.unit.support.fleet_model import (
    Fleet,
    Server,
    fleets,
    organization,
    perform,
    service,
)

DONE = (Outcome.CREATED, Outcome.UPDATED, Outcome.REMOVED)


class Fault(Enum):
    """How a write fails."""

    REFUSED = "the server does nothing and says so"
    LOST = "the call breaks and nothing was done"
    UNHEARD = "the call breaks, but it was done"
    DIFFERENT = "the server holds something else afterwards"
    NOTHING = "it does not fail"


@dataclass
class ModelWriter:
    """Writes to the model of a server; the step ``failing`` fails in its way, undoing those in ``lasting`` too."""

    fleet: Fleet
    steps: Sequence[Step]
    failing: int | None = None
    fault: Fault | LicensingError = Fault.REFUSED
    lasting: Collection[int] = ()
    undone: list[int] = field(default_factory=list)
    read_again: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = Server(self.fleet)

    def complete(self, report: Report) -> None:
        """It has told everything."""

    def write(self, step: Step) -> None:
        if self.steps.index(step) != self.failing:
            perform(self.server, step)
        elif isinstance(self.fault, LicensingError):
            raise self.fault
        elif self.fault is Fault.REFUSED:
            raise ApiError(Kind.CONFLICT, "refused", status=409)
        elif self.fault is Fault.LOST:
            raise OutcomeUnknown(Kind.TIMEOUT, "no answer")
        else:
            perform(self.server, step)
            if self.fault is Fault.NOTHING:
                return
            if self.fault is Fault.UNHEARD:
                raise OutcomeUnknown(Kind.TIMEOUT, "no answer")
            self.server.held[step.entry]["Z"] = 1
            self.server.free[self.fleet.entries[step.entry].place.organization_id, "Z"] = 1
            held = dict(self.server.held[step.entry])
            raise LicensingError(Kind.CONFLICT, "the server holds Z 1 where Z 0 was wanted", held=held)

    def held_before(self, step: Step) -> dict[str, int] | None:
        action: Allocation = step.action
        return action.start

    def held_after(self, step: Step) -> dict[str, int]:
        action: Allocation = step.action
        return action.target

    def undo(self, step: Step) -> None:
        number = self.steps.index(step)
        if number in self.lasting:
            raise ApiError(Kind.CONFLICT, "it cannot be")
        action: Allocation = step.action
        self.undone.append(number)
        self.server.write(step.entry, action.start)

    def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        self.read_again = list(entries)
        return {
            number: LicensingError(Kind.CONFLICT, "it differs", held=self.server.held[number])
            for number in self.read_again
            if self.server.held[number] != self.fleet.entries[number].wanted
        }


def report_of(fleet: Fleet) -> Report:
    return Report(
        [
            EntryReport(f"entry{number}.", {}, Outcome(entry.outcome), entry.held, entry.wanted, str, confirmed=False)
            for number, entry in enumerate(fleet.entries)
        ]
    )


def carried_out(writer: ModelWriter, **asked: object) -> Report:
    """The report after the writer's steps, with these settings."""
    report = report_of(writer.fleet)
    apply_plan(report, writer.steps, writer.fleet.free, writer, replace(Settings(concurrency=1), **asked))  # type: ignore[arg-type]
    return report


def faults_at_each_step(fleet: Fleet) -> Iterable[tuple[ModelWriter, int, Fault]]:
    steps = order(fleet.entries, fleet.free)
    for failing in range(len(steps)):
        for fault in (Fault.REFUSED, Fault.LOST, Fault.UNHEARD, Fault.DIFFERENT):
            yield ModelWriter(fleet, steps, failing, fault), steps[failing].entry, fault


def restful(fleet: Fleet) -> Fleet:
    """The fleet without pools below zero: what healed one could not be taken back."""
    return Fleet(fleet.entries, {key: max(0, amount) for key, amount in fleet.free.items()})


@given(fleets(), st.sampled_from((1, 4)))
@settings(max_examples=examples(0.6))
def test_without_a_failure_every_prediction_comes_true(fleet: Fleet, concurrency: int) -> None:
    writer = ModelWriter(fleet, order(fleet.entries, fleet.free))
    report = carried_out(writer, concurrency=concurrency, reread=True)
    assert report.failure is None
    assert writer.server.held == [entry.after for entry in report.entries] == fleet.wanted
    assert report.changed == report.written == bool(fleet.changed)
    assert [entry.outcome for entry in report.entries] == [entry.outcome for entry in fleet.entries]
    assert {number for number, entry in enumerate(report.entries) if entry.confirmed} == fleet.changed
    assert set(writer.read_again) == fleet.changed


@given(fleets(), st.sampled_from((1, 4)), st.sampled_from((OnError.STOP, OnError.CONTINUE)))
@settings(max_examples=examples(0.4))
def test_whichever_write_fails_each_entry_tells_what_the_server_holds(
    fleet: Fleet, concurrency: int, on_error: OnError
) -> None:
    for writer, failed, fault in faults_at_each_step(fleet):
        report = carried_out(writer, concurrency=concurrency, on_error=on_error)
        assert report.failure is not None
        assert report.failure.kind is (Kind.TIMEOUT if fault in (Fault.LOST, Fault.UNHEARD) else Kind.CONFLICT)
        assert report.failure.message.startswith(f"entry{failed}.: ")
        assert report.entries[failed].outcome is Outcome.FAILED
        assert report.entries[failed].failure is not None
        for number, entry in enumerate(report.entries):
            held = writer.server.held[number]
            if number != failed or fault in (Fault.REFUSED, Fault.DIFFERENT):
                assert entry.after == held, (number, fault)
            if number == failed:
                continue
            if number not in fleet.changed:
                assert entry.outcome is Outcome.UNCHANGED
            elif entry.not_restored is not None:  # what needed its room may be there after all
                assert number in made_room(writer)
                assert entry.outcome is Outcome.FAILED
            elif held == fleet.entries[number].wanted:
                assert entry.outcome.value == fleet.entries[number].outcome
            else:
                touched = number in writer.server.writes
                if touched and number in made_room(writer):  # what needed it is not there
                    assert entry.outcome is Outcome.ROLLED_BACK
                    continue
                assert entry.outcome is (Outcome.FAILED if touched else Outcome.NOT_ATTEMPTED)
                assert (entry.failure is not None) == touched or gave_way(entry)
        if fault in (Fault.REFUSED, Fault.DIFFERENT):
            differs = [held != entry.held for held, entry in zip(writer.server.held, fleet.entries, strict=True)]
            assert report.changed == any(differs)
        assert {writer.steps[number].entry for number in writer.undone} <= made_room(writer)


def made_room(writer: ModelWriter) -> set[int]:
    """The entries that went first only for the room of others."""
    return {writer.steps[made].entry for step in writer.steps for made in step.room_from}


def gave_way(entry: EntryReport) -> bool:
    """Whether an entry tells that it was held back because of another one."""
    message = entry.failure.message if entry.failure is not None else ""
    return entry.outcome is Outcome.NOT_ATTEMPTED and message.startswith("Not removed, since beside it ")


@given(fleets().map(restful), st.sampled_from((1, 4)))
@settings(max_examples=examples(0.4))
def test_whichever_write_fails_a_rollback_puts_everything_back(fleet: Fleet, concurrency: int) -> None:
    start = [entry.held for entry in fleet.entries]
    for writer, failed, fault in faults_at_each_step(fleet):
        report = carried_out(writer, concurrency=concurrency, on_error=OnError.ROLLBACK)
        assert writer.server.held == [entry.after for entry in report.entries] == start, fault
        assert report.failure is not None
        assert report.failure.message.startswith(f"entry{failed}.: ")
        assert "All that this task had changed was put back" in report.failure.message
        assert not report.changed
        for number, entry in enumerate(report.entries):
            touched = number in writer.server.writes
            if number == failed:
                assert entry.outcome is Outcome.FAILED
                assert entry.failure is not None
                continue
            assert entry.failure is None or gave_way(entry)
            if number not in fleet.changed:
                assert entry.outcome is Outcome.UNCHANGED
            else:
                assert entry.outcome is (Outcome.ROLLED_BACK if touched else Outcome.NOT_ATTEMPTED)


@pytest.mark.parametrize("fault", [Fault.UNHEARD, Fault.DIFFERENT])
def test_what_failed_and_cannot_be_put_back_is_named(fault: Fault) -> None:
    fleet = Fleet((organization("a", {}, {"U": 1}), organization("b", {}, {"U": 1})), {(HOST, "U"): 9})
    writer = ModelWriter(fleet, order(fleet.entries, fleet.free), 1, fault, lasting=(1,))
    report = carried_out(writer, on_error=OnError.ROLLBACK)
    assert report.failure is not None
    assert report.failure.message.endswith("Not restored: entry1. (it cannot be)")
    assert report.entries[1].not_restored == "it cannot be"
    assert report.entries[0].outcome is Outcome.ROLLED_BACK
    assert report.changed


@given(fleets(), st.integers(0, 9), st.sets(st.integers(0, 9)), st.sampled_from((1, 4)))
@settings(max_examples=examples(0.8))
def test_what_a_rollback_cannot_put_back_is_named_and_counts_as_changed(
    fleet: Fleet, failing: int, lasting: set[int], concurrency: int
) -> None:
    steps = order(fleet.entries, fleet.free)
    writer = ModelWriter(fleet, steps, failing, lasting=lasting)
    report = carried_out(writer, concurrency=concurrency, on_error=OnError.ROLLBACK)
    if report.failure is None:
        return
    told = report.failure.message.partition("Not restored: ")[2]
    for number, entry in enumerate(report.entries):
        held = writer.server.held[number]
        assert entry.after == held
        if held != fleet.entries[number].held:
            assert entry.not_restored
            assert entry.label in told
            assert report.changed
        assert (entry.not_restored is None) == (entry.label not in told)
    assert report.changed == bool(told)


def test_a_rollback_goes_backwards() -> None:
    fleet = Fleet(
        (
            organization("a", {}, {"U": 2}),
            service("a", "t", {}, {"U": 2}),
            organization("b", {}, {"U": 1}),
        ),
        {(HOST, "U"): 3},
    )
    writer = ModelWriter(fleet, order(fleet.entries, fleet.free), failing=2)
    report = carried_out(writer, on_error=OnError.ROLLBACK)
    assert writer.undone == sorted(writer.undone, reverse=True)
    assert len(writer.undone) == 2
    assert report.failure is not None
    assert report.failure.message.endswith("[1 failed, 2 rolled back]. All that this task had changed was put back")
    assert report.failure.facts == {"status": 409}


def test_a_failure_of_many_ends_with_how_many_ended_how() -> None:
    fleet = Fleet(tuple(organization(name, {}, {"U": 1}) for name in "abcd"), {(HOST, "U"): 9})
    report = carried_out(ModelWriter(fleet, order(fleet.entries, fleet.free), failing=1))
    assert report.failure is not None
    assert report.failure.message == "entry1.: refused [1 created, 1 failed, 2 not attempted]"
    assert report.failure.facts == {"status": 409}


def test_a_failure_of_one_ends_with_what_the_server_said() -> None:
    fleet = Fleet((organization("a", {}, {"U": 1}),), {(HOST, "U"): 9})
    report = carried_out(ModelWriter(fleet, order(fleet.entries, fleet.free), failing=0))
    assert report.failure is not None
    assert report.failure.message == "entry0.: refused"
    assert not report.changed


def test_of_several_failures_the_first_of_the_plan_is_told() -> None:
    fleet = Fleet(tuple(organization(name, {}, {"U": 1}) for name in "abc"), {(HOST, "U"): 9})
    writer = ModelWriter(fleet, order(fleet.entries, fleet.free))

    def write(step: Step) -> None:
        if step.entry:
            raise ApiError(Kind.CONFLICT, f"refused {step.entry}")

    report = report_of(fleet)
    writer.write = write  # type: ignore[method-assign]
    apply_plan(report, writer.steps, fleet.free, writer, Settings(on_error=OnError.CONTINUE))
    assert report.failure is not None
    assert report.failure.message == "entry1.: refused 1 [1 created, 2 failed]"


def ring() -> Fleet:
    """Two services that block each other; the first is written in two halves, the second between them."""
    return Fleet((service("a", "s", {"A": 1}, {"B": 1}), service("a", "t", {"B": 1}, {"A": 1})), {})


def test_an_entry_of_which_half_was_written_has_failed_and_tells_what_it_holds() -> None:
    fleet = ring()
    report = carried_out(ModelWriter(fleet, order(fleet.entries, fleet.free), failing=1))
    assert [(entry.outcome, entry.after) for entry in report.entries] == [
        (Outcome.FAILED, {}),
        (Outcome.FAILED, {"B": 1}),
    ]
    half = report.entries[0].failure
    assert half is not None
    assert (half.kind, half.message) == (Kind.INTERRUPTED, "Only the first of the two writes was made")
    assert report.failure is not None
    assert report.failure.message == "entry1.: refused [2 failed]"


def test_an_entry_of_which_half_was_written_and_put_back_did_not_fail() -> None:
    fleet = ring()
    report = carried_out(ModelWriter(fleet, order(fleet.entries, fleet.free), failing=1), on_error=OnError.ROLLBACK)
    assert (report.entries[0].outcome, report.entries[0].failure) == (Outcome.ROLLED_BACK, None)
    assert report.entries[0].after == {"A": 1}


@given(fleets(), st.sampled_from(list(OnError)), st.sampled_from((1, 4)))
@settings(max_examples=examples(0.3))
def test_an_interruption_ends_the_task_where_it_is(fleet: Fleet, on_error: OnError, concurrency: int) -> None:
    steps = order(fleet.entries, fleet.free)
    for failing in range(len(steps)):
        writer = ModelWriter(fleet, steps, failing, LicensingError(Kind.INTERRUPTED, "nobody waits"))
        report = carried_out(writer, on_error=on_error, concurrency=concurrency)
        assert report.failure is not None
        assert report.failure.kind is Kind.INTERRUPTED
        assert report.failure.message.startswith("nobody waits")
        assert writer.undone == []
        differs = [held != entry.held for held, entry in zip(writer.server.held, fleet.entries, strict=True)]
        assert report.changed == any(differs)
        for number, entry in enumerate(report.entries):
            assert entry.after == writer.server.held[number]
            if entry.outcome is Outcome.FAILED:  # one of its two writes was made
                assert entry.failure is not None
                assert entry.failure.kind is Kind.INTERRUPTED
                assert differs[number]
            elif entry.outcome is Outcome.NOT_ATTEMPTED:
                assert not differs[number]
            else:
                assert entry.after == fleet.entries[number].wanted


def test_an_interrupted_task_takes_nothing_back_although_a_write_failed_too() -> None:
    fleet = Fleet(tuple(organization(name, {}, {"U": 1}) for name in "abc"), {(HOST, "U"): 9})
    writer = ModelWriter(fleet, order(fleet.entries, fleet.free))
    together = threading.Barrier(3, timeout=5)

    def write(step: Step) -> None:
        together.wait()
        if step.entry == 1:
            raise ApiError(Kind.CONFLICT, "refused")
        if step.entry == 2:
            raise LicensingError(Kind.INTERRUPTED, "nobody waits")
        perform(writer.server, step)

    writer.write = write  # type: ignore[method-assign]
    report = report_of(fleet)
    apply_plan(report, writer.steps, fleet.free, writer, Settings(on_error=OnError.ROLLBACK, concurrency=3))
    assert writer.undone == []
    assert report.failure is not None
    assert report.failure.message == "nobody waits [1 created, 1 failed, 1 not attempted]"
    assert report.changed


def test_in_check_mode_nothing_is_written_and_the_prediction_stands() -> None:
    fleet = Fleet((organization("a", {}, {"U": 1}),), {(HOST, "U"): 9})
    writer = ModelWriter(fleet, order(fleet.entries, fleet.free))
    report = carried_out(writer, check_mode=True, reread=True)
    assert writer.server.writes == writer.read_again == []
    assert (report.written, report.changed, report.failure) == (False, True, None)
    assert unverified(report.entries) == ["entry0."]


def test_without_a_difference_nothing_is_written_nor_read_again() -> None:
    fleet = Fleet((organization("a", {"U": 1}, {"U": 1}),), {})
    writer = ModelWriter(fleet, order(fleet.entries, fleet.free))
    report = carried_out(writer, reread=True)
    assert writer.server.writes == writer.read_again == []
    assert not report.changed


# What nobody foresaw


class Broken(ModelWriter):
    """An error in the writer itself, after it has written the step ``failing``, and in undoing those ``lasting``."""

    def write(self, step: Step) -> None:
        super().write(step)
        if self.steps.index(step) == self.failing:
            raise ZeroDivisionError

    def undo(self, step: Step) -> None:
        if self.steps.index(step) in self.lasting:
            raise ZeroDivisionError
        super().undo(step)

    def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        raise ZeroDivisionError


@pytest.mark.parametrize("on_error", OnError)
def test_an_error_in_a_worker_leaves_every_entry_its_outcome(on_error: OnError) -> None:
    fleet = three_organizations()
    writer = Broken(fleet, order(fleet.entries, fleet.free), 1, fault=Fault.NOTHING)
    report = carried_out(writer, on_error=on_error)
    assert report.failure is not None
    assert report.failure.kind is Kind.DEFECT
    assert report.entries[2].outcome is Outcome.FAILED
    if on_error is OnError.ROLLBACK:
        assert report.failure.message.endswith("All that this task had changed was put back")
        assert writer.server.held == [entry.after for entry in report.entries]
        assert not report.changed
    else:
        assert report.entries[2].after is UNKNOWN
        assert report.entries[0].outcome is Outcome.CREATED


def test_an_error_in_the_rollback_is_told_of_its_entry_and_the_others_are_put_back() -> None:
    fleet = three_organizations()
    report = carried_out(
        Broken(fleet, order(fleet.entries, fleet.free), 2, fault=Fault.NOTHING, lasting=(1,)), on_error=OnError.ROLLBACK
    )
    assert report.failure is not None
    assert "Not restored: entry2. (An error in this collection" in report.failure.message
    assert report.entries[0].outcome is Outcome.ROLLED_BACK
    assert report.entries[2].after is UNKNOWN
    assert report.changed


def test_an_error_in_reading_again_is_told() -> None:
    fleet = three_organizations()
    report = carried_out(Broken(fleet, order(fleet.entries, fleet.free)), reread=True)
    assert report.failure is not None
    assert report.failure.kind is Kind.DEFECT
    assert report.failure.message.startswith("All was written, but it could not be read again")
    assert report.changed


# What gives way to what is added


def exchange(*, early: bool) -> list[Step]:
    """One service is added, another one goes because its list does not name it: before the first one, or after."""
    addition = Allocation({}, {"U": 1}, {"U": 1})
    removal = Allocation({"U": 1}, {}, None)
    if early:
        return [Step(1, removal), Step(0, addition, after=(0,), adds_to="a", room_from=(0,))]
    return [Step(0, addition, adds_to="a"), Step(1, removal, gives_way_to="a")]


def two_services(free: int) -> Fleet:
    return Fleet((service("a", "new", {}, {"U": 1}), service("a", "old", {"U": 1}, {})), {("a", "U"): free})


@pytest.mark.parametrize("on_error", OnError)
def test_what_is_refused_holds_back_the_removal_beside_it(on_error: OnError) -> None:
    writer = ModelWriter(two_services(1), exchange(early=False), 0)
    report = carried_out(writer, on_error=on_error)
    assert writer.server.held == [{}, {"U": 1}]
    assert [entry.outcome for entry in report.entries] == [Outcome.FAILED, Outcome.NOT_ATTEMPTED]
    failure = report.entries[1].failure
    assert failure is not None
    assert failure.message == "Not removed, since beside it entry0. could not be added: refused"
    assert not report.changed


@pytest.mark.parametrize("on_error", OnError)
@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.LOST])
def test_a_removal_that_had_to_make_room_is_put_back_where_what_needed_it_is_refused(
    on_error: OnError, fault: Fault
) -> None:
    writer = ModelWriter(two_services(0), exchange(early=True), 1, fault)
    report = carried_out(writer, on_error=on_error, reread=True)
    assert writer.server.held == [{}, {"U": 1}]
    assert [entry.outcome for entry in report.entries] == [Outcome.FAILED, Outcome.ROLLED_BACK]
    assert report.entries[1].after == {"U": 1}
    assert report.failure is not None
    assert "ut back" in report.failure.message
    assert report.changed == (fault is Fault.LOST and on_error is not OnError.ROLLBACK)


def test_a_removal_that_made_room_and_cannot_be_put_back_is_told() -> None:
    writer = ModelWriter(two_services(0), exchange(early=True), 1, lasting=(0,))
    report = carried_out(writer)
    assert report.failure is not None
    assert report.failure.message == "entry0.: refused [2 failed]. Not restored: entry1. (it cannot be)"
    assert report.entries[1].not_restored == "it cannot be"
    assert [entry.after for entry in report.entries] == writer.server.held == [{}, {}]
    assert report.changed


def test_a_removal_that_made_room_stays_where_nobody_waits_any_more() -> None:
    writer = ModelWriter(two_services(0), exchange(early=True), 1, LicensingError(Kind.INTERRUPTED, "nobody waits"))
    report = carried_out(writer)
    assert writer.undone == []
    assert [entry.outcome for entry in report.entries] == [Outcome.NOT_ATTEMPTED, Outcome.REMOVED]
    assert report.changed


# Reading again


def three_organizations() -> Fleet:
    return Fleet(
        (
            organization("a", {}, {"U": 1}),
            organization("same", {"U": 1}, {"U": 1}),
            organization("b", {}, {"U": 1}),
            organization("c", {}, {"U": 1}),
        ),
        {(HOST, "U"): 9},
    )


class Undone(ModelWriter):
    """Another writer takes away what this one writes for the entries ``lasting``, before it is read again."""

    def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        for number in self.lasting:
            self.server.held[number] = {}
        return super().differences(entries)


def test_reading_again_shows_what_another_writer_changed() -> None:
    fleet = three_organizations()
    writer = Undone(fleet, order(fleet.entries, fleet.free), lasting=(2, 3))
    report = carried_out(writer, reread=True)
    assert report.failure is not None
    assert report.failure.kind is Kind.CONFLICT
    assert report.failure.message.startswith("entry2.: it differs")
    assert [entry.outcome for entry in report.entries] == [
        Outcome.CREATED,
        Outcome.UNCHANGED,
        Outcome.FAILED,
        Outcome.FAILED,
    ]
    assert [entry.after for entry in report.entries] == writer.server.held
    assert report.changed


def test_without_reread_nothing_is_read_again() -> None:
    fleet = three_organizations()
    writer = Undone(fleet, order(fleet.entries, fleet.free), lasting=(2, 3))
    assert carried_out(writer).failure is None
    assert writer.read_again == []


def test_after_a_failure_only_what_was_written_is_read_again_and_the_failure_stays() -> None:
    fleet = three_organizations()
    writer = Undone(fleet, order(fleet.entries, fleet.free), 1, lasting=(0,))
    report = carried_out(writer, reread=True)
    assert writer.read_again == [0]
    assert report.failure is not None
    assert report.failure.message.startswith("entry2.: refused")
    assert [entry.outcome for entry in report.entries] == [
        Outcome.FAILED,
        Outcome.UNCHANGED,
        Outcome.FAILED,
        Outcome.NOT_ATTEMPTED,
    ]


class Unreadable(ModelWriter):
    """A server that cannot be read again."""

    def differences(self, entries: Iterable[int]) -> Mapping[int, LicensingError]:
        raise ApiError(Kind.CONNECTION, "the connection broke")


@pytest.mark.parametrize("failing", [None, 1])
def test_what_was_written_is_told_although_it_cannot_be_read_again(failing: int | None) -> None:
    fleet = three_organizations()
    writer = Unreadable(fleet, order(fleet.entries, fleet.free), failing)
    report = carried_out(writer, reread=True)
    assert report.failure is not None
    assert report.failure.kind is (Kind.CONNECTION if failing is None else Kind.CONFLICT)
    assert report.changed
    assert report.entries[0].outcome is Outcome.CREATED


def test_a_step_that_never_began_is_no_success() -> None:
    fleet = Fleet((service("a", "t", {}, {"U": 1}),), {("a", "U"): 0})
    steps = [Step(0, Allocation({}, {"U": 1}, {"U": 1}), takes={("a", "U"): 1})]
    report = carried_out(ModelWriter(fleet, steps))
    assert report.entries[0].outcome is Outcome.NOT_ATTEMPTED
    assert report.failure is not None
