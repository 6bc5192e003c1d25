# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Yext's answers mean: the envelope, packs, and the entities that are assigned on them.

Source: the vendor's documentation and published OpenAPI definition of the Management API v2, tag Licenses.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from .._errors import Kind, LicensingError
from .._http.reasons import bounded, reasons_of
from .._http.response import ODD_HINT, Purpose, Response
from .._http.values import Part
from .._model.current import LicensePack

NO_ROUTE_HINT = "There is no such endpoint at this address: is api_url right?"
HINTS = {
    401: "Is api_key right, and does its app have the permission for licenses?",
    403: "The app of this key needs the permission for licenses.",
    404: "Are the IDs of the license pack and of the entity right?",
    429: "The account's calls of this hour are used up: run later, or raise max_wait.",
}


def response_in(answer: Response, message: str) -> tuple[Part, list[str]]:
    """What is inside the envelope, and what Yext warns of.

    An error of any type but WARNING fails, whatever the HTTP status; so does an envelope without a response.
    """
    envelope = _envelope(answer, message)
    errors = _errors_in(envelope)
    failures = [error for error in errors if error.get("type") != "WARNING"]
    if failures or not answer.ok:
        meta = _mapping(envelope.value.get("meta"))
        reasons = reasons_of(answer)
        said = bounded(answer, map(_said, failures)) or (reasons.text if not meta else "")
        no_route = answer.purpose is Purpose.READ and answer.status in (404, 405)
        kind = Kind.UNREADABLE if no_route else None
        raise answer.error(
            f"{message}: {said}" if said else message,
            kind=kind or (Kind.REJECTED if answer.ok else None),
            code=failures[0].get("code") if failures else reasons.code,
            request_id=meta.get("uuid") or reasons.request_id,
            hint=NO_ROUTE_HINT if no_route else HINTS.get(answer.status),
        )
    response = envelope.at("response")
    if not isinstance(response.value, Mapping):
        raise response.error("an object")
    return response, list(map(_said, errors))


def _envelope(answer: Response, message: str) -> Part:
    """The body as an object; what a failing answer says beside the envelope is left to its excerpt."""
    try:
        document = answer.document()
    except LicensingError:
        if answer.ok:
            raise
        document = None
    if isinstance(document, Mapping) and ("meta" in document or "response" in document):
        return Part(answer, document)
    if answer.ok:
        raise answer.error(f"{message}: the answer has no envelope", kind=Kind.PROTOCOL, hint=ODD_HINT)
    return Part(answer, {})


def _errors_in(envelope: Part) -> list[Mapping[str, Any]]:
    """The errors that an envelope names. An answer that fails anyway may name them in any form."""
    if envelope.answer.ok:
        meta = envelope.get("meta")
        errors = meta.get("errors") if meta is not None else None
        return [row.value for row in errors.rows()] if errors is not None else []
    told = _mapping(envelope.value.get("meta")).get("errors")
    return [error for error in (told if isinstance(told, list) else [told]) if isinstance(error, Mapping)]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _said(error: Mapping[str, Any]) -> str:
    return str(error.get("message") or error.get("name") or "an error without a message")


def pack_of(told: Part) -> LicensePack:
    """A pack; counts that are null or missing are not told, and a name that is no text is none: it is for people."""

    def text(key: str) -> str | None:
        part = told.get(key)
        return part.text() if part is not None and isinstance(part.value, str) else None

    def count(key: str, *, negative: bool = False) -> int | None:
        part = told.get(key)
        return part.count(negative=negative) if part is not None else None

    return LicensePack(
        id=told.at("id").identity(),
        name=text("name"),
        total=count("total"),
        assigned=count("assigned"),
        available=count("available", negative=True),
        notes=text("notes"),
    )


def entities_of(told: Part) -> Iterator[tuple[str, str | None, Part]]:
    """Each entity with its end as ``YYYY-MM-DD`` or None, and its row."""
    for row in told.at("assignedEntities").rows():
        end = row.get("expirationDate")
        yield row.at("entityId").identity(), _day(end) if end is not None and end.value != "" else None, row


def touched_in(response: Part) -> dict[str, str | None]:
    """The entities that the answer to a write names, with their ends; it may name none."""
    if response.get("assignedEntities") is None:
        return {}
    return {entity_id: end for entity_id, end, _row in entities_of(response)}


def _day(told: Part) -> str:
    """A time behind the date is dropped: the day is what counts."""
    text = told.text()
    try:
        day = datetime.date.fromisoformat(text[:10])
    except ValueError:
        raise told.error("a date like 2027-01-31") from None
    if text[:10] != day.isoformat() or text[10:11] not in ("", "T", " "):
        raise told.error("a date like 2027-01-31")
    return day.isoformat()
