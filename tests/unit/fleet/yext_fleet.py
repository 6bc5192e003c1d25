# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext's fleet: a full pack that is fed by its removals, one with room, and one that is right already."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import unquote

from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import EntryReport, Report, Settings
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import parse_license_packs
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.api import YextAccount, YextLicenses
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.provision import provision_packs
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet import Fleet, Holdings, Place, State
from ansible_collections.tenantops.licensing.tests.unit.support.clients import (
    API_KEY,
    http_client,
)
from simulator.testing import Handle

FULL, ROOMY = "full pack", "roomy"


class YextFleet(Fleet):
    """Three packs: a full one in which what is removed feeds what is assigned, one with room, and one that is right."""

    name = "yext"
    module = "license_assignments"
    nothing = None

    def __init__(self) -> None:
        assigned: dict[str, dict[str, str | None]] = {FULL: {}, ROOMY: {}, "right": {}}
        declared: dict[str, list[dict[str, Any]]] = {FULL: [], ROOMY: [], "right": []}
        wanted_at: dict[Place, Any] = {}
        groups: dict[Place, str] = {}

        def entity(pack: str, name: str, *dates: str | None) -> None:
            """``dates``: what is held (``-``: nothing), and what is wanted (``-``: nothing, ``?``: not named)."""
            held, wanted = dates
            if held != "-":
                assigned[pack][name] = held
            if wanted == "-":
                declared[pack].append({"id": name, "state": "absent"})
            elif wanted != "?":
                declared[pack].append({"id": name, "expiration_date": wanted or "never"})
            wanted_at[pack, name] = None if wanted in ("-", "?") else {"expiration_date": wanted}
            groups[pack, name] = pack

        for number in range(4):
            entity(FULL, f"assigned{number}", "-", None)
            entity(FULL, f"dated/{number}", "-", f"2999-01-1{number}")
            entity(FULL, f"absent{number}", f"2999-02-1{number}" if number % 2 else None, "-")
            entity(FULL, f"unnamed{number}", f"2999-03-1{number}" if number % 2 else None, "?")
            entity(FULL, f"kept{number}", "2999-04-01", "2999-04-01")
            entity(FULL, f"endless{number}", None, None)
            entity(FULL, f"moved{number}", None if number % 2 else "2999-05-01", "2999-05-02" if number % 2 else None)
            entity(ROOMY, f"assigned{number}", "-", "2999-06-01" if number % 2 else None)
        for number in range(6):
            entity("right", f"dated{number}", "2999-04-01", "2999-04-01")
            entity("right", f"endless{number}", None, None)
        entity(ROOMY, "moved", "2999-07-01", "2999-07-02")
        entity(ROOMY, "absent", None, "-")
        packs = {
            pack: {"total": len(held) + (9 if pack == ROOMY else 0), "assigned": held}
            for pack, held in assigned.items()
        }
        self.wanted, self.groups = wanted_at, groups
        self.start_state = {"api_keys": [API_KEY], "license_packs": packs}
        self.declared = [
            {"id": pack, "entities": entities, "exclusive": pack == FULL} for pack, entities in declared.items()
        ]
        self._desired = parse_license_packs(self.declared)

    def apply(self, server: Handle, settings: Settings, **transport: Any) -> Report:
        http = http_client(f"{server.url}/v2", connections=settings.concurrency, **transport)
        return provision_packs(YextLicenses(http, YextAccount(api_key=API_KEY, page_size=50)), self._desired, settings)

    def module_arguments(self, server: Handle) -> dict[str, Any]:
        return {
            "api_url": f"{server.url}/v2",
            "api_key": API_KEY,
            "license_packs": self.declared,
            "max_removals": "100%",
        }

    def holdings(self, state: State) -> Holdings:
        return {
            (pack_id, entity_id): {"expiration_date": expiration}
            for pack_id, pack in state["license_packs"].items()
            for entity_id, expiration in pack["assigned"].items()
        }

    def place_of_entry(self, entry: EntryReport) -> Place:
        return (entry.place["license_pack_id"], entry.place["entity_id"])

    def place_of_path(self, path: str) -> Place:
        parts = [unquote(part) for part in path.split("/")]
        return (parts[parts.index("license-packs") + 1], parts[-1])

    def planned_writes(self, state: State, report: Report) -> Counter[Place]:
        """One write for each place; two for what is not yet assigned and is to end on a day."""
        held = self.holdings(state)
        writes: Counter[Place] = Counter()
        for place in self.missing(held):
            wanted = self.wanted[place]
            writes[place] = 2 if place not in held and wanted["expiration_date"] else 1
        return writes

    def has_room(self, state: State, place: Place) -> bool:
        pack = state["license_packs"][place[0]]
        return place[1] in pack["assigned"] or len(pack["assigned"]) < pack["total"]
