# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext's answers: the envelope, packs and assignments, pages, and the rate limit."""

import base64
import binascii
import dataclasses
import time
import uuid
import zlib
from collections.abc import Iterable
from itertools import islice
from typing import Any

from .state import LicensePack
from .switches import Switches, in_case
from .web import Call, RefusalError, Reply

Json = dict[str, Any]
_NAMES = {
    400: "BAD_REQUEST",
    401: "INVALID_CREDENTIALS",
    403: "FORBIDDEN",
    404: "UNKNOWN_ENDPOINT",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMIT_EXCEEDED",
}
_CODES = {400: 2000, 401: 1, 403: 2001, 404: 11, 405: 12, 409: 2009, 415: 2015, 429: 9}


def envelope(response: Json, errors: Iterable[Json] = ()) -> Json:
    """The shape of every answer."""
    return {"meta": {"uuid": str(uuid.uuid4()), "errors": list(errors)}, "response": response}


def error(status: int, message: str, kind: str = "FATAL_ERROR") -> Json:
    """One entry of the envelope's errors."""
    name = _NAMES.get(status, "SERVER_ERROR")
    return {"name": name, "code": _CODES.get(status, 5000), "type": kind, "message": message}


def pack_shown(pack_id: str, pack: LicensePack, switches: Switches) -> Json:
    """A pack with its counts."""
    assigned = len(pack.assigned) + switches.yext_assigned_count_offset
    return {
        "id": pack_id,
        "name": pack.name,
        "total": pack.total,
        "assigned": assigned,
        "available": pack.total - assigned,
        "notes": pack.notes,
    }


def assignment_shown(
    pack_id: str, pack: LicensePack, assigned: Iterable[tuple[str, str | None]], switches: Switches
) -> Json:
    """A pack with some of its assignments."""
    entities = []
    for entity_id, expiration in assigned:
        entity: Json = {"entityId": in_case(entity_id, switches.yext_id_case)}
        if expiration is not None or switches.yext_no_expiration == "null":
            entity["expirationDate"] = expiration
        elif switches.yext_no_expiration == "empty":
            entity["expirationDate"] = ""
        entities.append(entity)
    return {"licensePack": pack_shown(pack_id, pack, switches), "assignedEntities": entities}


@dataclasses.dataclass
class Page:
    """Which part of a listing a call asks for. A token is good for the listing alone that gave it."""

    start: int
    size: int
    listing: str
    switches: Switches

    @classmethod
    def asked(cls, call: Call, switches: Switches) -> "Page":
        """The page that the query asks for."""
        size = switches.yext_page_size_default
        if "pageSize" in call.query:
            text = call.query["pageSize"]
            if not (text.isascii() and text.isdigit()) or int(text) < 1:
                raise RefusalError(400, "pageSize is not a positive whole number.")
            size = int(text)
            if size > switches.yext_page_size_maximum and switches.yext_page_size_above_maximum == "400":
                raise RefusalError(400, f"pageSize is above {switches.yext_page_size_maximum}.")
        size = min(size, switches.yext_page_size_maximum)
        listing = f"{call.raw_path}?{call.query.get('assignedEntity', '')}"
        start = 0
        if "pageToken" in call.query:
            start = _start_of(call.query["pageToken"], listing)
        return cls(start, size, listing, switches)

    def cut(self, elements: Iterable[Any]) -> tuple[list[Any], Json]:
        """The page's elements, and the field that names the next page."""
        cut = list(islice(elements, self.start, self.start + self.size + 1))
        if len(cut) > self.size:
            following = self.size if self.switches.yext_page_token_repeats else self.start + self.size
            return cut[: self.size], {"nextPageToken": _token_for(following, self.listing)}
        form = self.switches.yext_last_page_token
        return cut, {} if form == "omitted" else {"nextPageToken": None if form == "null" else ""}


def _token_for(start: int, listing: str) -> str:
    return base64.urlsafe_b64encode(f"{start}:{zlib.crc32(listing.encode())}".encode()).decode()


def _start_of(token: str, listing: str) -> int:
    try:
        start, _colon, check = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        if _token_for(int(start), listing) == token and check:
            return int(start)
    except (ValueError, binascii.Error):
        pass
    raise RefusalError(400, "The pageToken is not known for this listing.")


class RateLimit:
    """Calls of the account in the window that runs."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self.restart()

    def restart(self) -> None:
        """Begin a window with nothing used."""
        self._used = 0
        self._reset = time.time() + self._switches.yext_rate_window

    def count(self) -> None:
        """Count one call; refuses it when the limit is used up."""
        if time.time() >= self._reset:
            self.restart()
        if self._used >= self._switches.yext_rate_limit:
            raise RefusalError(429, "The account's calls for this window are used up.")
        self._used += 1

    def sign(self, reply: Reply) -> Reply:
        """Put the headers on an answer."""
        limit = self._switches.yext_rate_limit
        reply.headers["Rate-Limit-Limit"] = str(limit)
        reply.headers["Rate-Limit-Remaining"] = str(max(limit - self._used, 0))
        reply.headers["Rate-Limit-Reset"] = str(int(self._reset) + 1)
        return reply
