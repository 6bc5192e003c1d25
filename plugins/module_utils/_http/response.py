# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer of a server: its JSON, or the failure that it means."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .._errors import ApiError, Kind, LicensingError, OutcomeUnknown
from .redaction import MASK, Redactor

KIND_OF_STATUS = {
    400: Kind.REJECTED,
    401: Kind.AUTHENTICATION,
    403: Kind.FORBIDDEN,
    404: Kind.NOT_FOUND,
    408: Kind.TIMEOUT,
    409: Kind.CONFLICT,
    410: Kind.NOT_FOUND,
    429: Kind.RATE_LIMITED,
    504: Kind.TIMEOUT,
}
# Refusals from which nobody can tell whether somebody behind had acted already: too late, too early, given up waiting.
DOUBTFUL_REFUSALS = frozenset({408, 425, 499})
EXCERPT_LENGTH = 300
ODD_HINT = "Nothing is decided on an answer that is not understood. Run again; if it stays, ask the server's operator."
EXCERPT_SEARCHED = 30_000  # characters, since a secret may be spelled in many more than it has


def _kind_of_other(status: int) -> Kind:
    if status < 200:
        return Kind.PROTOCOL  # an interim answer is none
    return Kind.SERVER if status >= 500 else Kind.REJECTED


class Purpose(Enum):
    """What a call is for; only a WRITE changes a licence."""

    READ = "reads"
    WRITE = "writes"
    SIGN_IN = "sign_ins"


@dataclass(frozen=True, slots=True)
class Response:
    """One answer of a server, whatever its status. What it tells of itself is without secrets."""

    redactor: Redactor
    purpose: Purpose
    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def refuses(self) -> bool:
        """Whether it says by itself that nothing was done. After any other answer to a write only reading tells."""
        return (400 <= self.status < 500 and self.status not in DOUBTFUL_REFUSALS) or self.status == 501

    def document(self) -> Any:
        """The JSON of the body; None where it is empty.

        Raises ApiError(PROTOCOL) when it is something else: a proxy's HTML page, a number that is none, a name that
        stands twice in one object.
        """
        if not self.body.strip():
            return None
        try:
            return json.loads(
                self.body, object_pairs_hook=_each_name_once, parse_constant=_refuse_number, parse_float=_finite
            )
        except _NotStrictError as odd:
            raise self.error(f"The server's answer cannot be read: {odd}", kind=Kind.PROTOCOL, hint=ODD_HINT) from None
        except (ValueError, RecursionError):
            what = "HTML" if b"<html" in self.body[:1000].lower() else "something that is no complete JSON document"
            raise self.error(
                f"The server answered with {what}",
                kind=Kind.PROTOCOL,
                hint="Is the base URL the API's own, and does no proxy or sign-in page stand before it?",
            ) from None

    def error(self, message: str, *, kind: Kind | None = None, **facts: Any) -> LicensingError:
        """What failure this answer means, without secrets. Of a write it is an OutcomeUnknown, unless it refuses."""
        kind = kind or KIND_OF_STATUS.get(self.status) or _kind_of_other(self.status)
        error_type = OutcomeUnknown if self.purpose is Purpose.WRITE and not self.refuses else ApiError
        return error_type(
            kind,
            f"{self.redactor.text(message)} ({self.method} {self.url}: HTTP {self.status})",
            status=self.status,
            method=self.method,
            url=self.url,
            **self.redactor.value(facts),
        )

    def excerpt(self) -> str:
        """The beginning of the body as one line of text, redacted before it is cut."""
        line = " ".join(self.body[: 10 * EXCERPT_SEARCHED].decode("utf-8", "replace").split())
        text = self.redactor.text(line[:EXCERPT_SEARCHED])
        if len(line) <= EXCERPT_SEARCHED and len(self.body) <= 10 * EXCERPT_SEARCHED and len(text) <= EXCERPT_LENGTH:
            return text
        if len(text) <= EXCERPT_LENGTH:  # nearly all of it is masked, and what is left may be a part of a secret
            text = text.rpartition(MASK)[0] + MASK
        return f"{text[:EXCERPT_LENGTH]}…"


class _NotStrictError(ValueError):
    """What Python's parser would let pass in a JSON document, though it cannot be meant."""


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Of a name that stands twice in it nobody knows which value counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _value in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _NotStrictError(f"{twice!a:.80} stands twice in one object")
    return found


def _refuse_number(text: str) -> Any:
    raise _NotStrictError(f"it names {text}, which is no number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _NotStrictError(f"it names {text:.40}, a number without an end")
    return number
