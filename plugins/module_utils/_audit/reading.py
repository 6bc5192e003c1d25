# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads many places for the audit, of which one that cannot be read must not hide the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from .._concurrency import map_concurrently
from .._errors import ApiError, Kind
from .._model.finding_kinds import FindingKind
from .findings import Finding, Spot

Place = TypeVar("Place")
Read = TypeVar("Read")
# What a server says about one place. Said of every place, the second kinds are about the server or the sign-in instead;
# what is in neither, such as a lost connection, always is.
OF_ONE_PLACE = {Kind.NOT_FOUND, Kind.REJECTED, Kind.CONFLICT, Kind.LISTING_MISMATCH}
OF_ONE_OR_OF_ALL = {Kind.FORBIDDEN, Kind.UNREADABLE, Kind.PROTOCOL, Kind.SERVER}


def read_places(
    read: Callable[[Place], Read], places: Sequence[Place], spots: Sequence[Spot], concurrency: int
) -> tuple[list[Read | None], list[Finding]]:
    """What is read of each place, None for one that cannot be; and a finding for each of those.

    Raises ApiError where no place at all can be read, for a reason that lies in none of them.
    """

    def attempt(place: Place) -> Read | ApiError:
        try:
            return read(place)
        except ApiError as error:
            if error.kind in OF_ONE_PLACE or _may_be_of_one(error):
                return error
            raise

    found: list[Read | None] = []
    unreadable: list[Finding] = []
    errors: list[ApiError] = []
    for spot, result in zip(spots, map_concurrently(attempt, places, concurrency), strict=True):
        if isinstance(result, ApiError):
            found.append(None)
            errors.append(result)
            unreadable.append(Finding(FindingKind.UNREADABLE, spot, detail=result.message))
        else:
            found.append(result)
    if errors and len(errors) == len(places) and all(map(_may_be_of_one, errors)):
        raise errors[0]
    return found, unreadable


def _may_be_of_one(error: ApiError) -> bool:
    answered_late = error.kind is Kind.TIMEOUT and "status" in error.facts  # the server itself says so, as with 504
    return answered_late or error.kind in OF_ONE_OR_OF_ALL
