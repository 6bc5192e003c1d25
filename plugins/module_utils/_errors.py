# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, as exceptions that carry everything a failed task must tell."""

from __future__ import annotations

import os
import traceback
from enum import StrEnum
from typing import Any

from ._visible_text import as_data, visible, visible_value

HERE = os.path.dirname(__file__)


class Kind(StrEnum):
    """The documented values of ``failure.kind``, on which a playbook may branch."""

    AUTHENTICATION = "authentication"  # no sign-in, a wrong one, or a token that is refused
    FORBIDDEN = "forbidden"  # signed in, but without the right
    NOT_FOUND = "not_found"  # what an ID names, or the licence that it needs, does not exist
    UNREADABLE = "unreadable"  # the state cannot be read, so it cannot be compared
    INSUFFICIENT_CAPACITY = "insufficient_capacity"  # a pool has too little left
    IN_USE = "in_use"  # what should be taken away is still used
    NOT_REMOVABLE = "not_removable"  # the server keeps a product code that was taken away
    CONFLICT = "conflict"  # the server's state differs from what was wanted
    RATE_LIMITED = "rate_limited"  # the server asks to wait for longer than max_wait
    TIMEOUT = "timeout"  # no answer in time
    CONNECTION = "connection"  # no connection, or it broke
    TLS = "tls"  # the certificate does not verify
    REDIRECTED = "redirected"  # the server sends elsewhere; following would change the call
    PROTOCOL = "protocol"  # an answer that is not what the API promises
    REJECTED = "rejected"  # the server calls the request wrong
    INVALID_INPUT = "invalid_input"  # what the user wrote cannot be meant
    REMOVALS_EXCEEDED = "removals_exceeded"  # more would be removed than max_removals allows
    LISTING_MISMATCH = "listing_mismatch"  # a listing contradicts the server's own count
    INTERRUPTED = "interrupted"  # nobody waits for this task any more, or its time is over
    SERVER = "server"  # the server failed
    DEFECT = "defect"  # an error in this collection


class LicensingError(Exception):
    """A failure: its kind, one sentence for people, and facts for programs.

    ``facts`` become further keys of the returned ``failure``: ``status`` (HTTP status), ``code`` (the server's own
    error code), ``method``, ``url`` (without secrets), ``request_id``, ``hint`` (the way out), ``shortages``; ``held``:
    what an entry holds, None for nothing.
    """

    def __init__(self, kind: Kind, message: str, **facts: Any) -> None:
        self.kind = kind
        self.message = visible(message)  # much of it is what a server or a file says
        super().__init__(self.message)
        self.facts = {name: value for name, value in facts.items() if value is not None or name == "held"}

    def as_result(self) -> dict[str, Any]:
        """The ``failure`` of a module's result, with every text in it visible."""
        told = {name: visible_value(as_data(value)) for name, value in self.facts.items()}
        return {"kind": self.kind.value, "message": self.message, **told}


class InvalidInput(LicensingError):
    """What the user wrote cannot be meant; raised before any call that depends on it."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(Kind.INVALID_INPUT, message, **facts)


class OutOfTime(LicensingError):
    """``max_runtime`` is over, since so many seconds."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(Kind.INTERRUPTED, message)
        self.seconds = seconds


class ApiError(LicensingError):
    """A call that the server did not carry out."""


class OutcomeUnknown(LicensingError):
    """A write that the server may or may not have carried out: to be settled by reading again."""


def defect(error: Exception) -> LicensingError:
    """The failure that an exception means which nobody foresaw: its type and its place, and never what it says.

    What it says may hold a secret, such as the URL of a call.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(HERE + os.sep)]
    place = next((f" in {_name_of(f.filename)}, line {f.lineno}" for f in reversed(own or frames)), "")
    return LicensingError(
        Kind.DEFECT,
        f"An error in this collection: {type(error).__name__}{place}",
        hint="Please report it, with the module's name and this sentence; no secret stands in it.",
    )


def _name_of(path: str) -> str:
    """A file of the collection with its folder, any other by its name alone."""
    return path.removeprefix(HERE + os.sep) if path.startswith(HERE + os.sep) else os.path.basename(path)
