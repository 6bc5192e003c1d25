# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext's five operations on licence packs and their assignments."""

import datetime

from .reading import to_date
from .routes import Operation
from .state import LicensePack, YextState
from .switches import Switches
from .web import Call, RefusalError, Reply, read_json_object, refuse_body
from .yext_answers import Json, Page, assignment_shown, envelope, error, pack_shown

_PACKS = "/v2/accounts/{account}/license-packs"
_ASSIGNED = _PACKS + "/{pack}/assigned-entities"
_ENTITY = _ASSIGNED + "/{entity}"
_PAGES = frozenset({"pageSize", "pageToken"})
_EVERY_PACK = "-"
_OK = 200
_MULTI_STATUS = 207


class LicensePacks:
    """The operations of the contract, over the state that they are given."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches

    def operations(self) -> list[Operation[YextState]]:
        """The routes of this part."""
        listed = _PAGES | {"assignedEntity"}
        return [
            Operation("listLicensePacks", "GET", _PACKS, "read", self.list_packs, _PAGES),
            Operation("listLicenseAssignments", "GET", _ASSIGNED, "read", self.list_assignments, listed),
            Operation("createLicenseAssignment", "POST", _ENTITY, "write", self.create),
            Operation("updateLicenseAssignment", "PUT", _ENTITY, "write", self.update),
            Operation("deleteLicenseAssignment", "DELETE", _ENTITY, "write", self.delete),
        ]

    def list_packs(self, call: Call, state: YextState) -> Reply:
        """The active packs, a page at a time."""
        refuse_body(call)
        cut, following = Page.asked(call, self._switches).cut(state.license_packs.items())
        return self._listed(
            {"licensePacks": [pack_shown(name, pack, self._switches) for name, pack in cut], **following}
        )

    def list_assignments(self, call: Call, state: YextState) -> Reply:
        """A pack's assignments, or those of one entity over all packs, a page at a time."""
        refuse_body(call)
        entity_id = call.query.get("assignedEntity")
        page = Page.asked(call, self._switches)
        if call.ids["pack"] != _EVERY_PACK:
            pack = self._pack(call, state)
            return self._listed(self._assignments_of(call.ids["pack"], pack, entity_id, page))
        if entity_id is None:
            raise RefusalError(400, "assignedEntity is required where no pack is named.")
        holding = ((name, pack) for name, pack in state.license_packs.items() if entity_id in pack.assigned)
        cut, following = page.cut(holding)
        shown = [
            assignment_shown(name, pack, [(entity_id, pack.assigned[entity_id])], self._switches) for name, pack in cut
        ]
        return self._listed({"licenseAssignments": shown, **following})

    def create(self, call: Call, state: YextState) -> Reply:
        """Assign a pack's licence to an entity."""
        refuse_body(call)
        pack, entity_id = self._pack(call, state), self._entity(call, state)
        if entity_id not in pack.assigned:
            self._assign(pack, entity_id)
            return self._written(call, pack, int(self._switches.yext_assign_status))
        if self._switches.yext_assign_twice != "200":
            raise RefusalError(int(self._switches.yext_assign_twice), "The entity is assigned already.")
        if self._switches.yext_assign_twice_expiry == "cleared":
            pack.assigned[entity_id] = None
        return self._written(call, pack)

    def update(self, call: Call, state: YextState) -> Reply:
        """Set or cancel the date on which an entity's licence ends."""
        fields = read_json_object(call, {"expirationDate"})
        pack, entity_id = self._pack(call, state), self._entity(call, state)
        expiration = self._expiration(fields.get("expirationDate"))
        if entity_id not in pack.assigned:
            if self._switches.yext_update_unassigned != "200":
                raise RefusalError(int(self._switches.yext_update_unassigned), "The entity is not assigned.")
            self._assign(pack, entity_id)
        pack.assigned[entity_id] = expiration
        return self._written(call, pack)

    def delete(self, call: Call, state: YextState) -> Reply:
        """Take an entity's licence away at once."""
        refuse_body(call)
        pack, entity_id = self._pack(call, state), self._entity(call, state)
        if entity_id not in pack.assigned and self._switches.yext_remove_unassigned != "200":
            raise RefusalError(int(self._switches.yext_remove_unassigned), "The entity is not assigned.")
        pack.assigned.pop(entity_id, None)
        return self._with_write_errors({}, _OK)

    def run_saved_filter(self, pack_id: str, state: YextState) -> None:
        """What a pack's saved filter does by itself once somebody wrote to the pack."""
        saved, pack = self._switches.yext_saved_filter.get(pack_id), state.license_packs.get(pack_id)
        if saved is None or pack is None:
            return
        for entity_id in saved.removes:
            pack.assigned.pop(entity_id, None)
        for entity_id in saved.adds:
            if entity_id not in pack.assigned and len(pack.assigned) < pack.total:
                pack.assigned[entity_id] = None

    def _assignments_of(self, pack_id: str, pack: LicensePack, entity_id: str | None, page: Page) -> Json:
        assigned = (
            pack.assigned.items()
            if entity_id is None
            else [(entity_id, pack.assigned[entity_id]) for dummy in (entity_id,) if entity_id in pack.assigned]
        )
        if self._switches.yext_page_counts == "packs":
            [whole], following = page.cut([list(assigned)]) if page.start == 0 else ([[]], {})
        else:
            whole, following = page.cut(assigned)
        if not whole and self._switches.yext_empty_pack == "omitted":
            return {"licenseAssignments": [], **following}
        return {"licenseAssignments": [assignment_shown(pack_id, pack, whole, self._switches)], **following}

    def _pack(self, call: Call, state: YextState) -> LicensePack:
        pack = state.license_packs.get(call.ids["pack"])
        if pack is None:
            raise RefusalError(400, "There is no such license pack.")
        return pack

    def _entity(self, call: Call, state: YextState) -> str:
        if not state.knows(call.ids["entity"]):
            raise RefusalError(int(self._switches.yext_unknown_entity), "There is no such entity.")
        return call.ids["entity"]

    def _assign(self, pack: LicensePack, entity_id: str) -> None:
        if len(pack.assigned) >= pack.total:
            raise RefusalError(int(self._switches.yext_none_available), "The license pack has no license available.")
        pack.assigned[entity_id] = None

    def _expiration(self, value: object) -> str | None:
        if value is None:
            return None
        day = to_date(value) if isinstance(value, str) else None
        if day is None:
            raise RefusalError(400, "expirationDate is neither null nor a date of the form YYYY-MM-DD.")
        today = to_date(self._switches.yext_today or "") or datetime.date.today()
        if day < today and self._switches.yext_past_date == "400":
            raise RefusalError(400, "expirationDate is in the past.")
        return day.isoformat()

    def _listed(self, response: Json) -> Reply:
        errors = self._switches.yext_read_errors
        if errors == "warning":
            return Reply.json(envelope(response, [error(_OK, "Something to know.", "WARNING")]))
        if errors == "non_fatal":
            listed = [error(_MULTI_STATUS, "A part could not be read.", "NON_FATAL_ERROR")]
            return Reply.json(envelope(response, listed), _MULTI_STATUS)
        return Reply.json(envelope(response))

    def _written(self, call: Call, pack: LicensePack, status: int = _OK) -> Reply:
        if self._switches.yext_write_answer == "empty":
            return self._with_write_errors({}, status)
        touched = [(call.ids["entity"], pack.assigned[call.ids["entity"]])]
        entities = pack.assigned.items() if self._switches.yext_write_answer == "all" else touched
        return self._with_write_errors(assignment_shown(call.ids["pack"], pack, entities, self._switches), status)

    def _with_write_errors(self, response: Json, status: int) -> Reply:
        errors = self._switches.yext_write_errors
        if errors == "warning":
            return Reply.json(envelope(response, [error(_OK, "Done, with something to know.", "WARNING")]), status)
        if errors == "fatal":
            return Reply.json(envelope({}, [error(400, "Nothing was done.")]), status)
        if errors in ("non_fatal", "non_fatal_done"):
            listed = [error(_MULTI_STATUS, "A part of it was refused.", "NON_FATAL_ERROR")]
            return Reply.json(envelope(response if errors == "non_fatal_done" else {}, listed), _MULTI_STATUS)
        return Reply.json(envelope(response), status)
