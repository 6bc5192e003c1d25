# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext's licence packs and their assignments: the operations as methods, and paging.

Source: the vendor's documentation and published OpenAPI definition of the Management API v2, tag Licenses.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from .._errors import ApiError, InvalidInput, Kind
from .._http.addresses import path_of
from .._http.client import HttpClient
from .._http.credentials import secret_to_send, text_to_send
from .._http.response import ODD_HINT, Purpose, Response
from .._http.values import Part
from .._model.current import LicensePack, PackAssignments
from .._model.desired import likeness, lookalikes
from .responses import entities_of, pack_of, response_in, touched_in

DEFAULT_API_URL = "https://api.yextapis.com/v2"
# The behaviour of the API on this day is what the code was written for; never today's date.
API_VERSION = "20250101"
EVERY_PACK = "-"
MOST_PAGES = 10_000
MOST_EMPTY_PAGES = 20  # in a row; one may be empty where a filter leaves nothing of it


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
                message = "The license packs cannot be read"
                rows, complete = self._rows(self._packs_path, message, "licensePacks")
                if not complete:
                    self.warnings.append("Yext: the pages of the license packs repeat, so packs may be missing")
                self._packs = {pack.id: pack for pack in map(pack_of, rows)}
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
        found = by_pack.pop(license_pack_id, None)
        if found is None or by_pack:
            # A pack without assignments may be left out of its own listing.
            if license_pack_id not in self.license_packs():
                raise self._unknown_pack(license_pack_id)
            if by_pack:
                raise ApiError(
                    Kind.PROTOCOL,
                    f"The assignments of license pack {license_pack_id} cannot be read: the list that was asked for "
                    f"names license pack {next(iter(by_pack))!a}",
                    hint=ODD_HINT,
                )
            found = PackAssignments(self.license_packs()[license_pack_id])
        return found

    def assignments_of_entity(self, entity_id: str, license_pack_id: str = EVERY_PACK) -> dict[str, PackAssignments]:
        """The packs on which one entity is assigned, by pack ID; other entities that the server names are left out."""
        by_pack = self._assignments(license_pack_id, assignedEntity=entity_id)
        for pack_id, found in by_pack.items():
            self._refuse_alike("entity", entity_id, found.entities)
            if license_pack_id != EVERY_PACK:
                self._refuse_alike("license pack", license_pack_id, [pack_id])
            found.entities = {held: end for held, end in found.entities.items() if held == entity_id}
        return {pack_id: found for pack_id, found in by_pack.items() if found.entities}

    def _refuse_alike(self, what: str, asked: str, told: Iterable[str]) -> None:
        """An answer about something that only looks like what was asked for says nothing of it."""
        for one, other in lookalikes([asked], told, look=likeness):
            raise ApiError(
                Kind.PROTOCOL,
                f"Yext was asked for {what} {one!a} and tells of {other!a}, which nobody can tell apart",
                hint="Write the ID as Yext does.",
            )

    def _assignments(self, license_pack_id: str, **query: str) -> dict[str, PackAssignments]:
        path = f"{self._packs_path}{path_of(license_pack_id)}/assigned-entities"
        by_pack: dict[str, PackAssignments] = {}
        message = f"The assignments of license pack {license_pack_id} cannot be read"
        rows, complete = self._rows(path, message, "licenseAssignments", **query)
        for row in rows:
            pack = pack_of(row.at("licensePack").object())
            held = by_pack.setdefault(pack.id, PackAssignments(pack)).entities
            for entity_id, end, entity in entities_of(row):
                if held.setdefault(entity_id, end) != end:
                    raise entity.error("the same end for one entity wherever it stands")
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
        return touched_in(self._inside(answer, f"Yext did not assign entity {entity_id}"))

    def set_expiration(self, license_pack_id: str, entity_id: str, date: str | None) -> dict[str, str | None]:
        """Schedule the removal for a date, or cancel it with None. Returns the entities that the answer names."""
        path = self._entity_path(license_pack_id, entity_id)
        answer = self._call("PUT", path, Purpose.WRITE, json_body={"expirationDate": date})
        return touched_in(self._inside(answer, f"Yext did not change the expiration of entity {entity_id}"))

    def remove(self, license_pack_id: str, entity_id: str) -> None:
        """Take the entity's licence away now; its listings go offline."""
        answer = self._call("DELETE", self._entity_path(license_pack_id, entity_id), Purpose.WRITE)
        told = self._inside(answer, f"Yext did not remove entity {entity_id}")
        if told.value or answer.status not in (200, 204):
            raise answer.error(f"Yext does not say whether entity {entity_id} is removed", kind=Kind.PROTOCOL)

    def _entity_path(self, license_pack_id: str, entity_id: str) -> str:
        return f"{self._packs_path}{path_of(license_pack_id)}/assigned-entities{path_of(entity_id)}"

    # Calls and answers

    def _call(self, method: str, path: str, purpose: Purpose, *, json_body: Any = None, **query: str | int) -> Response:
        return self._http.call(method, path, purpose=purpose, params={**self._query, **query}, json_body=json_body)

    def _rows(self, path: str, message: str, key: str, **query: str | int) -> tuple[list[Part], bool]:
        """The rows of all pages, and whether the list came to its end: a token seen before would never end it.

        Raises ApiError(PROTOCOL) where it has more pages than any account, or goes on without telling anything.
        """
        rows: list[Part] = []
        seen: set[str] = set()
        token = ""
        pages: set[str] = set()
        without_new = 0
        while True:
            page_query = {**self._page_size, **query, **({"pageToken": token} if token else {})}
            answer = self._call("GET", path, Purpose.READ, **page_query)
            page = self._inside(answer, message)
            found = page.at(key).rows()
            rows += found
            content = repr([row.value for row in found])
            without_new = without_new + 1 if not found or content in pages else 0
            pages.add(content)
            following = page.get("nextPageToken")
            token = following.token() if following is not None else ""
            if not token or token in seen:
                return rows, not token
            seen.add(token)
            if len(seen) > MOST_PAGES or without_new > MOST_EMPTY_PAGES:
                what = f"{without_new} pages with nothing new" if without_new else f"more than {MOST_PAGES} pages"
                raise answer.error(f"{message}: the list does not end, after {what}", kind=Kind.PROTOCOL, hint=ODD_HINT)

    def _inside(self, answer: Response, message: str) -> Part:
        response, warnings = response_in(answer, message)
        self.warnings.extend(self._http.redactor.text(f"Yext: {warning}") for warning in warnings)
        return response
