# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext's licence packs and their assignments: envelope, paging, and the operations as methods.

Source: the vendor's documentation and published OpenAPI definition of the Management API v2, tag Licenses.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ._addresses import path_of
from ._answer import Answer, Purpose, objects_in
from ._credentials import secret_to_send, text_to_send
from ._errors import ApiError, InvalidInput, Kind, LicensingError
from ._held import LicensePack, PackAssignments
from ._http import HttpClient
from ._reasons import bounded, reasons_of

DEFAULT_API_URL = "https://api.yextapis.com/v2"
# The behaviour of the API on this day is what the code was written for; never today's date.
API_VERSION = "20250101"
EVERY_PACK = "-"


@dataclass(frozen=True, slots=True)
class YextAccount:
    """Whose packs, by which key. An empty string counts as not given."""

    account_id: str = "me"
    api_key: str | None = None
    access_token: str | None = None
    api_version: str = API_VERSION
    page_size: int | None = None

    def credentials(self) -> dict[str, str]:
        """The query parameters that sign a call. Raises InvalidInput when there are none."""
        if self.access_token:
            return {"access_token": self.access_token}
        if self.api_key:
            return {"api_key": self.api_key}
        raise InvalidInput(
            "The sign-in to Yext is incomplete: it needs api_key (or the environment variable YEXT_API_KEY) "
            "or access_token (or YEXT_ACCESS_TOKEN)"
        )


class YextLicenses:
    """The licence operations of one Yext account, and its limit of calls an hour.

    ``warnings`` collects what Yext did but was not happy with.
    """

    def __init__(self, http: HttpClient, account: YextAccount) -> None:
        account = replace(
            account,
            account_id=text_to_send("account_id", account.account_id) or "me",
            api_key=secret_to_send(http.redactor, "api_key", account.api_key),
            access_token=secret_to_send(http.redactor, "access_token", account.access_token),
        )
        self._http = http
        self._query: dict[str, str | int] = {"v": account.api_version, **account.credentials()}
        self._page_size: dict[str, str | int] = {"pageSize": account.page_size} if account.page_size else {}
        self._packs_path = path_of("accounts", account.account_id, "license-packs")
        self._packs: dict[str, LicensePack] | None = None
        self._lock = threading.Lock()
        self.limit = http.limit
        self.pause_to_reread = http.pause_to_reread
        self.settling = http.settling
        self.warnings: list[str] = []

    # What is held and what is left

    def license_packs(self) -> dict[str, LicensePack]:
        """All active packs by ID. Read once: everything is planned on one picture of them."""
        with self._lock:
            if self._packs is None:
                pages, _complete = self._pages(self._packs_path, "The license packs cannot be read")
                packs = [_pack(document) for page in pages for document in objects_in(page.get("licensePacks"))]
                self._packs = {pack.id: pack for pack in packs}
            return self._packs

    def assignments(self, license_pack_id: str) -> PackAssignments:
        """Everything that is assigned on one pack.

        Raises ApiError(NOT_FOUND) for a pack that the account does not have.
        """
        try:
            by_pack = self._assignments(license_pack_id)
        except ApiError as error:
            # Yext answers 400 to a wrong ID in the path, as to much else: the list of packs tells which it was.
            if error.facts.get("status") != 400 or license_pack_id in self.license_packs():
                raise
            raise self._unknown_pack(license_pack_id, error) from error
        found = by_pack.get(license_pack_id)
        if found is None:
            # A pack without assignments may be left out of its own listing.
            if license_pack_id not in self.license_packs():
                raise self._unknown_pack(license_pack_id)
            found = PackAssignments(self.license_packs()[license_pack_id])
        return found

    def assignments_of_entity(self, entity_id: str, license_pack_id: str = EVERY_PACK) -> dict[str, PackAssignments]:
        """The packs on which one entity is assigned, by pack ID; other entities that the server names are left out."""
        by_pack = self._assignments(license_pack_id, assignedEntity=entity_id)
        for found in by_pack.values():
            found.entities = {held: end for held, end in found.entities.items() if held == entity_id}
        return {pack_id: found for pack_id, found in by_pack.items() if found.entities}

    def _assignments(self, license_pack_id: str, **query: str) -> dict[str, PackAssignments]:
        path = f"{self._packs_path}{path_of(license_pack_id)}/assigned-entities"
        by_pack: dict[str, PackAssignments] = {}
        message = f"The assignments of license pack {license_pack_id} cannot be read"
        pages, complete = self._pages(path, message, **query)
        for response in pages:
            for document in objects_in(response.get("licenseAssignments")):
                pack = _pack(document.get("licensePack"))
                by_pack.setdefault(pack.id, PackAssignments(pack)).entities.update(_entities(document))
        if not complete and any(found.pack.assigned != len(found.entities) for found in by_pack.values()):
            raise ApiError(
                Kind.LISTING_MISMATCH,
                f"{message}: its pages repeat before all entities are listed",
                hint="Run again, or set page_size to another number.",
            )
        return by_pack

    def _unknown_pack(self, license_pack_id: str, refusal: ApiError | None = None) -> ApiError:
        known = ", ".join(sorted(self.license_packs())) or "none"
        facts = refusal.facts if refusal else {}
        return ApiError(
            Kind.NOT_FOUND,
            f"There is no license pack {license_pack_id} in this account",
            **{**facts, "hint": f"Its packs are: {known}."},
        )

    # Changing it

    def assign(self, license_pack_id: str, entity_id: str) -> dict[str, str | None]:
        """Give the entity a licence. Returns the entities that the answer names, which need not be all."""
        answer = self._call("POST", self._entity_path(license_pack_id, entity_id), Purpose.WRITE)
        with answer.understood():
            return _entities(self._response(answer, f"Yext did not assign entity {entity_id}"))

    def set_expiration(self, license_pack_id: str, entity_id: str, date: str | None) -> dict[str, str | None]:
        """Schedule the removal for a date, or cancel it with None. Returns the entities that the answer names."""
        path = self._entity_path(license_pack_id, entity_id)
        answer = self._call("PUT", path, Purpose.WRITE, json_body={"expirationDate": date})
        with answer.understood():
            return _entities(self._response(answer, f"Yext did not change the expiration of entity {entity_id}"))

    def remove(self, license_pack_id: str, entity_id: str) -> None:
        """Take the entity's licence away now; its listings go offline."""
        answer = self._call("DELETE", self._entity_path(license_pack_id, entity_id), Purpose.WRITE)
        with answer.understood():
            told = self._response(answer, f"Yext did not remove entity {entity_id}")
        if told or answer.status not in (200, 204):
            raise answer.error(f"Yext does not say whether entity {entity_id} is removed", kind=Kind.PROTOCOL)

    def _entity_path(self, license_pack_id: str, entity_id: str) -> str:
        return f"{self._packs_path}{path_of(license_pack_id)}/assigned-entities{path_of(entity_id)}"

    # Calls and answers

    def _call(self, method: str, path: str, purpose: Purpose, *, json_body: Any = None, **query: str | int) -> Answer:
        return self._http.call(method, path, purpose=purpose, params={**self._query, **query}, json_body=json_body)

    def _pages(self, path: str, message: str, **query: str | int) -> tuple[list[Mapping[str, Any]], bool]:
        """Each page's ``response``, and whether the list came to its end: a token seen before would never end it."""
        pages: list[Mapping[str, Any]] = []
        seen: set[str] = set()
        token = ""
        while True:
            page_query = {**self._page_size, **query, **({"pageToken": token} if token else {})}
            pages.append(self._response(self._call("GET", path, Purpose.READ, **page_query), message))
            token = str(pages[-1].get("nextPageToken") or "")
            if not token or token in seen:
                return pages, not token
            seen.add(token)

    def _response(self, answer: Answer, message: str) -> Mapping[str, Any]:
        """What is inside the envelope. An error of any type but WARNING fails, whatever the HTTP status."""
        envelope = self._envelope(answer, message)
        meta = envelope.get("meta")
        meta = meta if isinstance(meta, Mapping) else {}
        errors = objects_in(meta.get("errors"))
        failures = [error for error in errors if error.get("type") != "WARNING"]
        if failures or not answer.ok:
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
        self.warnings.extend(self._http.redactor.text(f"Yext: {_said(error)}") for error in errors)
        response = envelope.get("response")
        return response if isinstance(response, Mapping) else {}

    def _envelope(self, answer: Answer, message: str) -> Mapping[str, Any]:
        """The body as an object; what a failing answer says beside the envelope is left to its excerpt."""
        try:
            document = answer.document()
        except LicensingError:
            if answer.ok:
                raise
            return {}
        if isinstance(document, Mapping) and ("meta" in document or "response" in document):
            return document
        if answer.ok:
            raise answer.error(f"{message}: the answer has no envelope", kind=Kind.PROTOCOL)
        return {}


NO_ROUTE_HINT = "There is no such endpoint at this address: is api_url right?"
HINTS = {
    401: "Is api_key right, and does its app have the permission for licenses?",
    403: "The app of this key needs the permission for licenses.",
    404: "Are the IDs of the license pack and of the entity right?",
    429: "The account's calls of this hour are used up: run later, or raise max_wait.",
}


def _said(error: Mapping[str, Any]) -> str:
    return str(error.get("message") or error.get("name") or "an error without a message")


def _pack(document: Any) -> LicensePack:
    fields = document if isinstance(document, Mapping) else {}
    return LicensePack(
        id=str(fields.get("id") or ""),
        name=_text(fields.get("name")),
        total=_count(fields.get("total")),
        assigned=_count(fields.get("assigned")),
        available=_count(fields.get("available")),
        notes=_text(fields.get("notes")),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: Any) -> int | None:
    """A count of an answer, None where it tells none. What is no number is never taken for nothing."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ApiError(Kind.PROTOCOL, f"Yext tells a count that is no whole number: {value!r:.80}")


def _entities(document: Mapping[str, Any]) -> dict[str, str | None]:
    """Entity ID -> end; a time behind the date is dropped, the day is what counts."""
    return {
        str(entity["entityId"]): str(entity.get("expirationDate") or "")[:10] or None
        for entity in objects_in(document.get("assignedEntities"))
        if entity.get("entityId") is not None
    }
