# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer of a server: its JSON, or the failure that it means."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ._errors import ApiError, FateUnknown, Kind, LicensingError
from ._redaction import MASK, Redactor

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
class Answer:
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

        Raises ApiError(PROTOCOL) when it is something else, such as a proxy's HTML page.
        """
        if not self.body.strip():
            return None
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            what = "HTML" if b"<html" in self.body[:1000].lower() else "something that is no complete JSON document"
            raise self.error(
                f"The server answered with {what}",
                kind=Kind.PROTOCOL,
                hint="Is the base URL the API's own, and does no proxy or sign-in page stand before it?",
            ) from None

    def error(self, message: str, *, kind: Kind | None = None, **facts: Any) -> LicensingError:
        """The failure that this answer means, without secrets. For a write it is a FateUnknown, unless it refuses."""
        kind = kind or KIND_OF_STATUS.get(self.status) or _kind_of_other(self.status)
        error_type = FateUnknown if self.purpose is Purpose.WRITE and not self.refuses else ApiError
        return error_type(
            kind,
            f"{self.redactor.text(message)} ({self.method} {self.url}: HTTP {self.status})",
            status=self.status,
            method=self.method,
            url=self.url,
            **self.redactor.value(facts),
        )

    @contextlib.contextmanager
    def understood(self) -> Iterator[None]:
        """While something is read in this answer: where it has not the form that it must have, the call is told too.

        Raises what ``error`` returns.
        """
        try:
            yield
        except ApiError as odd:
            if odd.kind is not Kind.PROTOCOL or "status" in odd.facts:
                raise
            raise self.error(odd.message, kind=odd.kind, **odd.facts) from odd

    def excerpt(self) -> str:
        """The beginning of the body as one line of text, redacted before it is cut."""
        line = " ".join(self.body[: 10 * EXCERPT_SEARCHED].decode("utf-8", "replace").split())
        text = self.redactor.text(line[:EXCERPT_SEARCHED])
        if len(line) <= EXCERPT_SEARCHED and len(self.body) <= 10 * EXCERPT_SEARCHED and len(text) <= EXCERPT_LENGTH:
            return text
        if len(text) <= EXCERPT_LENGTH:  # nearly all of it is masked, and what is left may be a part of a secret
            text = text.rpartition(MASK)[0] + MASK
        return f"{text[:EXCERPT_LENGTH]}…"


def objects_in(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list in an answer. One alone is a list of one, null an empty list, nulls in it are left out.

    Raises ApiError(PROTOCOL) for what is neither, such as true or a number.
    """
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [value]
    if not isinstance(value, list):
        raise ApiError(Kind.PROTOCOL, f"The server tells {value!r:.80} where a list belongs")
    return [item for item in value if isinstance(item, Mapping)]
