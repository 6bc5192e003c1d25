# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a write is told to have become is what became of it, however it is answered and however late it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    Kind,
    LicensingError,
    OutcomeUnknown,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.settling import (
    Patience,
    Told,
    Write,
    carried_out,
    lasting,
    until,
)

START, TARGET, OTHER = 1, 2, 3
LOST = OutcomeUnknown(Kind.CONNECTION, "the connection broke")
TIMEOUT = OutcomeUnknown(Kind.TIMEOUT, "no answer")
NOT_NOW = OutcomeUnknown(Kind.SERVER, "not now", status=503)
REDIRECTED = OutcomeUnknown(Kind.REDIRECTED, "elsewhere", status=307)
MISSHAPEN = OutcomeUnknown(Kind.PROTOCOL, "garbled", status=200)
CUT = OutcomeUnknown(Kind.PROTOCOL, "broke off")
FAILED = OutcomeUnknown(Kind.SERVER, "an error", status=500)
PARTLY = OutcomeUnknown(Kind.REJECTED, "in part", status=207)
REFUSED = ApiError(Kind.CONFLICT, "no", status=409)
MOOT = ApiError(Kind.NOT_FOUND, "nothing there", status=404)
DOUBTS = (LOST, TIMEOUT, NOT_NOW, REDIRECTED, MISSHAPEN, CUT, FAILED, PARTLY)
ONCE_MORE = (LOST, TIMEOUT, NOT_NOW)


def difference(held: int) -> LicensingError | None:
    if held == TARGET:
        return None
    return LicensingError(Kind.CONFLICT, f"{held} is held", held=held, wanted=TARGET)


@dataclass
class Slow:
    """A server that shows what it holds so many readings late. ``answers``: what each sending meets, and what it does
    with it: the value that it holds then, None for nothing."""

    answers: list[tuple[LicensingError | Told[int] | Exception | None, int | None]]
    late: int = 0
    unreadable: LicensingError | Exception | None = None
    held: int = START
    shown: int = START
    since: int = 0
    sent: int = 0
    readings: int = 0
    paused: list[float] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def send(self) -> Told[int] | None:
        answer, does = self.answers[self.sent]
        self.sent += 1
        if does is not None and does != self.held:
            self.held, self.since = does, self.readings
        if isinstance(answer, Exception):
            raise answer
        return answer

    def read(self) -> int:
        self.readings += 1
        if self.unreadable is not None:
            raise self.unreadable
        if self.readings - self.since > self.late:
            self.shown = self.held
        return self.shown

    def carried_out(self, bound: float) -> int:
        write = Write(
            send=self.send,
            read=self.read,
            difference=difference,
            untouched=lambda held: held == START,
            moot=lambda refusal: refusal is MOOT,
            tell=self.warnings.append,
        )
        return carried_out(write, Patience(bound, self.paused.append))


def failure_of(server: Slow, bound: float = 0) -> LicensingError:
    with pytest.raises(LicensingError) as caught:
        server.carried_out(bound)
    return caught.value


# The bound


@pytest.mark.parametrize(
    ("bound", "pauses"),
    [(0, []), (0.1, [0.1]), (0.2, [0.2]), (1, [0.2, 0.4, 0.4]), (10, [0.2, 0.4, 0.8, 1.6, 3.2, 3.8])],
)
def test_the_pauses_grow_up_to_the_bound(bound: float, pauses: list[float]) -> None:
    assert list(Patience(bound, lambda _seconds: None).pauses()) == pytest.approx(pauses)


@given(st.floats(0, 3600))
def test_all_pauses_together_are_the_bound_and_there_are_few(bound: float) -> None:
    pauses = list(Patience(bound, lambda _seconds: None).pauses())
    assert sum(pauses) == pytest.approx(bound)
    assert len(pauses) <= 16


def test_reading_ends_with_what_it_is_for() -> None:
    readings = iter([1, 2, 3, 4])
    paused: list[float] = []
    assert until(lambda: next(readings), lambda held: held == 3, Patience(10, paused.append)) == 3
    assert len(paused) == 2


def test_of_what_differs_only_the_rest_is_read_again() -> None:
    asked: list[list[int]] = []

    def differing(entries: Iterable[int]) -> Mapping[int, LicensingError]:
        asked.append(sorted(entries))
        return {number: REFUSED for number in asked[-1] if number >= len(asked)}

    assert lasting(differing, [0, 1, 2, 9], Patience(0.5, lambda _seconds: None)).keys() == {9}
    assert asked == [[0, 1, 2, 9], [1, 2, 9], [2, 9]]


# What is believed


def test_an_answer_that_says_what_was_wanted_is_believed_without_a_further_call() -> None:
    server = Slow([(Told(TARGET), TARGET)])
    assert server.carried_out(10) == TARGET
    assert (server.readings, server.paused) == (0, [])


@pytest.mark.parametrize("answer", [None, Told(OTHER)])
@pytest.mark.parametrize("late", [0, 1, 3])
def test_an_answer_that_says_nothing_or_something_else_is_waited_for(answer: Told[int] | None, late: int) -> None:
    server = Slow([(answer, TARGET)], late=late)
    assert server.carried_out(10) == TARGET
    assert (server.sent, server.readings) == (1, late + 1)


@pytest.mark.parametrize("answer", [None, Told(OTHER)])
def test_what_is_not_as_wanted_at_the_end_of_the_bound_is_a_conflict(answer: Told[int] | None) -> None:
    server = Slow([(answer, OTHER)])
    failure = failure_of(server, 10)
    assert (failure.kind, failure.facts) == (Kind.CONFLICT, {"held": OTHER, "wanted": TARGET})
    assert server.sent == 1
    assert sum(server.paused) == pytest.approx(10)


def test_another_answer_than_wanted_stays_a_conflict_where_nothing_can_be_read() -> None:
    failure = failure_of(Slow([(Told(OTHER), OTHER)], unreadable=REFUSED))
    assert (failure.kind, failure.facts["held"]) == (Kind.CONFLICT, OTHER)


def test_an_answer_that_says_nothing_leaves_it_open_where_nothing_can_be_read() -> None:
    failure = failure_of(Slow([(None, TARGET)], unreadable=REFUSED))
    assert isinstance(failure, OutcomeUnknown)
    assert failure.kind is Kind.PROTOCOL


def test_a_refusal_is_definite() -> None:
    server = Slow([(REFUSED, None)])
    assert failure_of(server, 10) is REFUSED
    assert (server.readings, server.paused) == (0, [])


def test_a_refusal_of_what_is_so_already_is_settled_by_one_reading() -> None:
    assert Slow([(MOOT, TARGET)]).carried_out(10) == TARGET
    server = Slow([(MOOT, None)])
    failure = failure_of(server, 10)
    assert (failure.kind, failure.facts["held"]) == (Kind.NOT_FOUND, START)
    assert (server.readings, server.paused) == (1, [])
    assert failure_of(Slow([(MOOT, None)], unreadable=LOST)) is MOOT


# What is settled


@pytest.mark.parametrize("error", DOUBTS)
@pytest.mark.parametrize("late", [0, 1, 2, 5])
def test_what_was_done_is_a_success_however_it_was_answered_and_is_sent_once(error: OutcomeUnknown, late: int) -> None:
    server = Slow([(error, TARGET)], late=late)
    assert server.carried_out(10) == TARGET
    assert (server.sent, server.readings) == (1, late + 1)


@pytest.mark.parametrize("error", DOUBTS)
def test_what_was_not_done_is_sent_once_more_where_nobody_has_answered_to_it(error: OutcomeUnknown) -> None:
    server = Slow([(error, None), (Told(TARGET), TARGET)])
    if error in ONCE_MORE:
        assert server.carried_out(1) == TARGET
        assert server.sent == 2
        assert sum(server.paused) == pytest.approx(1)  # not before the bound is over
    else:
        failure = failure_of(server, 1)
        assert (failure.kind, failure.message) == (error.kind, error.message)
        assert failure.facts == {**error.facts, "held": START, "wanted": TARGET}
        assert not isinstance(failure, OutcomeUnknown)
        assert server.sent == 1


@pytest.mark.parametrize("error", DOUBTS)
def test_what_holds_neither_is_a_failure_of_its_own_kind_and_is_not_sent_again(error: OutcomeUnknown) -> None:
    server = Slow([(error, OTHER)])
    failure = failure_of(server, 1)
    assert (failure.kind, failure.facts["held"], server.sent) == (error.kind, OTHER, 1)


@pytest.mark.parametrize("error", ONCE_MORE)
@pytest.mark.parametrize("second", [*DOUBTS, REFUSED, MOOT])
@pytest.mark.parametrize("late", [0, 2])
def test_whatever_the_second_sending_meets_the_first_may_have_been_done_late(
    error: OutcomeUnknown, second: LicensingError, late: int
) -> None:
    server = Slow([(error, None), (second, TARGET)], late=late)
    assert server.carried_out(10) == TARGET
    assert server.sent == 2
    server = Slow([(error, None), (second, None)])
    failure = failure_of(server, 1)
    assert (failure.kind, failure.facts["held"], server.sent) == (second.kind, START, 2)
    assert not isinstance(failure, OutcomeUnknown)


@pytest.mark.parametrize("error", DOUBTS)
@pytest.mark.parametrize("unreadable", [REFUSED, ZeroDivisionError("a secret")])
def test_what_cannot_be_read_stays_unknown(error: OutcomeUnknown, unreadable: Exception) -> None:
    failure = failure_of(Slow([(error, TARGET)], unreadable=unreadable), 10)
    assert isinstance(failure, OutcomeUnknown)
    assert failure.kind is error.kind
    assert failure.message.startswith(
        f"{error.message}; whether it was written is not known, since reading it again failed: "
    )
    assert "a secret" not in failure.message
    assert failure.facts == error.facts


@pytest.mark.parametrize("does", [None, TARGET])
def test_an_error_that_nobody_foresaw_is_settled_too(does: int | None) -> None:
    server = Slow([(ZeroDivisionError("a secret"), does)])
    if does is not None:
        assert server.carried_out(1) == TARGET
        return
    failure = failure_of(server, 1)
    assert (failure.kind, failure.facts["held"], server.sent) == (Kind.DEFECT, START, 1)
    assert "a secret" not in failure.message


@pytest.mark.parametrize("kind", [Kind.INTERRUPTED, Kind.REJECTED])
def test_what_was_never_sent_is_no_doubt(kind: Kind) -> None:
    error = LicensingError(kind, "not begun")
    server = Slow([(error, None)])
    assert failure_of(server, 10) is error
    assert server.readings == 0


def test_where_nobody_waits_any_more_the_waiting_ends() -> None:
    def pause(_seconds: float) -> None:
        raise LicensingError(Kind.INTERRUPTED, "nobody waits")

    server = Slow([(LOST, None)])
    write = Write(server.send, server.read, difference, lambda held: held == START, lambda _refusal: False, print)
    with pytest.raises(OutcomeUnknown) as caught:
        carried_out(write, Patience(10, pause))
    assert caught.value.message.endswith("failed: nobody waits")
    assert server.sent == 1


def test_where_nobody_waits_for_the_second_sending_the_first_was_not_done() -> None:
    server = Slow([(LOST, None), (LicensingError(Kind.INTERRUPTED, "nobody waits"), None)])
    failure = failure_of(server)
    assert (failure.kind, failure.facts["held"]) == (Kind.CONNECTION, START)
    assert not isinstance(failure, OutcomeUnknown)


@given(
    st.sampled_from((*DOUBTS, REFUSED, MOOT, Told(TARGET), Told(OTHER), None)),
    st.sampled_from((None, TARGET, OTHER)),
    st.sampled_from((*DOUBTS, REFUSED, MOOT, Told(TARGET), None)),
    st.sampled_from((None, TARGET)),
    st.integers(0, 6),
)
def test_what_is_told_is_what_is_held_wherever_it_shows_within_the_bound(
    first: LicensingError | Told[int] | None,
    does: int | None,
    second: LicensingError | Told[int] | None,
    then: int | None,
    late: int,
) -> None:
    definite = first in (REFUSED, MOOT)
    if first == Told(TARGET):
        does = TARGET  # such an answer is no lie
    if definite:
        does = None  # and neither is a refusal
    if second == Told(TARGET):
        then = TARGET
    server = Slow([(first, does), (second, then)], late=late)
    failure: LicensingError | None = None
    held: int | None = None
    try:
        held = server.carried_out(10)
    except LicensingError as error:
        failure = error
    assert server.sent <= 2
    if failure is None:
        assert held == server.held == TARGET
    else:
        assert server.held != TARGET
        assert not isinstance(failure, OutcomeUnknown)  # it could be read
        assert failure.facts.get("held", server.held) == server.held


@pytest.mark.parametrize(("met", "told"), [(PARTLY, 1), (LOST, 0), (None, 0)])
def test_a_part_that_was_not_done_is_told_where_reading_shows_all_of_it(met: LicensingError | None, told: int) -> None:
    server = Slow([(met, TARGET)])
    assert server.carried_out(0) == TARGET
    assert server.warnings == ["in part. Reading shows that it was done all the same."] * told
