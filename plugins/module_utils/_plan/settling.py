# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a write: believed where its answer tells it, else read, and read again, until it shows.

Only a refusal is definite by itself. After anything else the server may have done what it was sent, at once or a little
later, and may show it a reading or two later still. So the readings are repeated within a bound. What they show as
surely not done is sent once more, where nobody has answered to it: the same write made twice is the same as made once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from .._errors import ApiError, Kind, LicensingError, OutcomeUnknown, defect

Held = TypeVar("Held")

SHORTEST_PAUSE = 0.2  # seconds before the second reading; each further pause is twice as long
# A write that met one of these was not answered, or only that it cannot be now.
LOST = frozenset({Kind.CONNECTION, Kind.TIMEOUT, Kind.TLS})  # where there was no answer
NOT_NOW = frozenset({408, 425, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How late a reading may be: ``bound`` seconds of waiting altogether, 0 for a single reading.

    ``pause`` waits for so many seconds before one more reading, and raises when nobody waits for the result any more.
    """

    bound: float
    pause: Callable[[float], None]

    def pauses(self) -> Iterator[float]:
        """The pauses between readings, in seconds. They grow, so that what is a little late costs little."""
        left, pause = self.bound, SHORTEST_PAUSE
        while left > 0:
            yield min(pause, left)
            left -= pause
            pause *= 2


@dataclass(frozen=True, slots=True)
class Told(Generic[Held]):
    """What the answer to a write says is held now."""

    held: Held


@dataclass(frozen=True, slots=True)
class Write(Generic[Held]):
    """One write, and how to see what became of it.

    ``send`` returns what the answer tells of it, None where it tells nothing. ``difference``: the failure that it is if
    that is held at the end, with the facts ``held`` and ``wanted``; None where it is what the write is for.
    ``untouched``: whether that is what was held before. ``moot``: whether a refusal may mean that it is so already.
    ``tell`` is given what the server was not happy with where reading shows that it did it all the same.
    """

    send: Callable[[], Told[Held] | None]
    read: Callable[[], Held]
    difference: Callable[[Held], LicensingError | None]
    untouched: Callable[[Held], bool]
    moot: Callable[[ApiError], bool]
    tell: Callable[[str], None]


def carried_out(write: Write[Held], patience: Patience) -> Held:
    """Make the write; returns what is held then.

    Raises its failure, with the fact ``held`` where reading has shown it; OutcomeUnknown where it cannot be read.
    """
    try:
        told = _sent(write)
    except OutcomeUnknown as unknown:
        return _settled(write, patience, unknown)
    except ApiError as refusal:
        if not write.moot(refusal):
            raise
        return _settled(write, Patience(0, patience.pause), refusal)
    return _believed(write, patience, told)


def until(read: Callable[[], Held], shows: Callable[[Held], bool], patience: Patience) -> Held:
    """The first reading that shows it, or the last one within the bound."""
    held = read()
    for pause in patience.pauses():
        if shows(held):
            break
        patience.pause(pause)
        held = read()
    return held


def lasting(
    differing: Callable[[Iterable[int]], Mapping[int, LicensingError]], entries: Iterable[int], patience: Patience
) -> Mapping[int, LicensingError]:
    """What still differs at the end of the bound, of these entries; only what differs is read again."""
    failures = differing(entries)
    for pause in patience.pauses():
        if not failures:
            break
        patience.pause(pause)
        failures = differing(failures)
    return failures


def _sent(write: Write[Held]) -> Told[Held] | None:
    """Send it. An exception that nobody foresaw leaves open how far it had come."""
    try:
        return write.send()
    except LicensingError:
        raise
    except Exception as error:
        found = defect(error)
        raise OutcomeUnknown(found.kind, found.message, **found.facts) from error


def _believed(write: Write[Held], patience: Patience, told: Told[Held] | None) -> Held:
    """What is held after an answer that is no failure. What it says is believed where it is what was wanted."""
    differs = None if told is None else write.difference(told.held)
    if told is not None and differs is None:
        return told.held
    try:
        held = _read(write, patience)
    except LicensingError as unread:
        if differs is not None:
            raise differs from unread
        message = "The answer does not tell what is held now"
        raise _still_unknown(OutcomeUnknown(Kind.PROTOCOL, message), unread) from unread
    failure = write.difference(held)
    if failure is not None:
        raise failure
    return held


def _settled(write: Write[Held], patience: Patience, error: LicensingError, *, again: bool = True) -> Held:
    """What is held, if it is what the write was for. Otherwise raises the write's own failure."""
    try:
        held = _read(write, patience)
    except LicensingError as unread:
        raise _still_unknown(error, unread) from unread
    failure = write.difference(held)
    if failure is None:
        if _is_partial_success(error):
            write.tell(f"{error.message}. Reading shows that it was done all the same.")
        return held
    if again and write.untouched(held) and _may_be_sent_again(error):
        return _sent_again(write, patience, error, failure)
    raise _own_failure(error, failure) from error


def _sent_again(write: Write[Held], patience: Patience, first: LicensingError, failure: LicensingError) -> Held:
    """Make it once more. Whatever that meets, the first one may still have been done meanwhile."""
    try:
        told = _sent(write)
    except LicensingError as second:
        if second.kind is Kind.INTERRUPTED:
            raise _own_failure(first, failure) from second
        unknown = OutcomeUnknown(second.kind, second.message, **second.facts)
        return _settled(write, patience, unknown, again=False)
    return _believed(write, patience, told)


def _read(write: Write[Held], patience: Patience) -> Held:
    try:
        return until(write.read, lambda held: write.difference(held) is None, patience)
    except LicensingError:
        raise
    except Exception as error:
        raise defect(error) from error


def _may_be_sent_again(error: LicensingError) -> bool:
    if not isinstance(error, OutcomeUnknown):
        return False
    status = error.facts.get("status")
    return error.kind in LOST if status is None else status in NOT_NOW


def _is_partial_success(error: LicensingError) -> bool:
    """Whether an answer says both that it was done and that something was not. What it says is for somebody."""
    status = error.facts.get("status")
    return error.kind is Kind.REJECTED and status is not None and 200 <= status < 300


def _own_failure(error: LicensingError, failure: LicensingError) -> LicensingError:
    """The failure of a write of which reading has shown that it was not done, or not as wanted."""
    facts = error.facts | {name: failure.facts[name] for name in ("held", "wanted") if name in failure.facts}
    return LicensingError(error.kind, error.message, **facts)


def _still_unknown(error: LicensingError, unread: LicensingError) -> LicensingError:
    """The failure of a write that could not be settled, because what became of it cannot be read."""
    if not isinstance(error, OutcomeUnknown):
        return error  # a refusal is known without reading
    message = f"{error.message}; whether it was written is not known, since reading it again failed: {unread.message}"
    return OutcomeUnknown(error.kind, message, **error.facts)
