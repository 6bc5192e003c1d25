# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet drifts behind the collection's back, and the audit finds that drift: all of it, and nothing else."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._audit.findings import Audit, Terms
from ansible_collections.tenantops.licensing.plugins.module_utils._errors import LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import Report, Settings
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import (
    parse_license_packs,
    parse_organizations,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.api import LicenseResourceManager
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.audit_read import audit_uipath
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.provision import provision_organizations
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.api import YextAccount, YextLicenses
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.audit_read import audit_yext
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.provision import provision_packs
from ansible_collections.tenantops.licensing.plugins.modules import license_audit_info
from ansible_collections.tenantops.licensing.tests.unit.support.audit_model import Record, comparable, finding
from ansible_collections.tenantops.licensing.tests.unit.support.clients import API_KEY, TOKEN, http_client, token_source
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import run
from simulator.testing import Handle, running

NOW = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)
SECONDS, DAY = int(NOW.timestamp()), 86400
FAR = "2999-01-01"
IGNORED = frozenset(("BYITSELF", "WITHIN"))
TERMS = Terms(NOW, ignore_codes=IGNORED)
ROUNDS = range(30)

# What each organization is to have. No two kinds of drift are about one code of one place, so that each is found alone:
# OWN for quantities, WITHIN for what a service holds beside its list, SPARE for what users take, SHORT for services
# that want more than is left, HOST for organizations that do.
OWN = {"SERVICE": 1000, "OWN": 30, "WITHIN": 100, "BESIDE": 100, "SPARE": 100, "SHORT": 20, "HOST": 50}
HOST_POOL = {**{code: 100_000 for code in (*OWN, "BYITSELF", "UNNAMED", "FILLED")}, "FILLED": 1000}


def guid(number: int) -> str:
    return f"abcdef00-0000-4000-8000-{number:012x}"


ORGANIZATIONS = {guid(number): f"organization {number}" for number in range(1, 5)}
UNLICENSED, LEFT_OPEN = guid(8), guid(9)


def tenants_of(organization: str) -> list[str]:
    return [guid(int(organization[-1]) * 16 + number) for number in range(3)]


def gone_of(organization: str) -> str:
    """The tenant that the file calls absent."""
    return guid(int(organization[-1]) * 16 + 15)


def is_exclusive(an_id: str) -> bool:
    return int(an_id[-1], 16) % 2 == 0


def product_list(quantities: Mapping[str, int]) -> list[Record]:
    return [{"code": code, "quantity": quantity} for code, quantity in quantities.items()]


def declared_organization(an_id: str) -> Record:
    exclusive = is_exclusive(an_id)
    tenants: list[Record] = [{"id": gone_of(an_id), "state": "absent"}]
    for tenant in tenants_of(an_id):
        short = {"SHORT": 10} if tenant.endswith("0") else {}
        services: list[Record] = [
            {"type": "du", "products": product_list({"SERVICE": 10, **short}), "exclusive": exclusive},
            {"type": "aicenter", "products": product_list({"SERVICE": 7, "BESIDE": 0})},
            {"type": "old", "state": "absent"},
            {"type": "leftopen"},
        ]
        tenants.append({"id": tenant, "name": f"Tenant {tenant[-2:]}", "services": services})
    return {
        **{"id": an_id, "name": ORGANIZATIONS[an_id], "products": product_list(OWN), "exclusive": exclusive},
        **{"exclusive_services": exclusive, "tenants": tenants},
    }


FILE = [
    *map(declared_organization, ORGANIZATIONS),
    {"id": UNLICENSED, "state": "absent", "tenants": [{"id": guid(200), "state": "absent"}]},
    {"id": LEFT_OPEN, "name": "left open"},
]


def state_of(organization: Record) -> Record:
    """What the simulator holds for an organization that is as the file has it."""
    tenants: dict[str, Any] = {}
    for tenant in organization["tenants"]:
        services = {
            service["type"]: {"products": {each["code"]: each["quantity"] for each in service["products"]}}
            for service in tenant.get("services", ())
            if "products" in service
        }
        tenants[tenant["id"]] = {"name": tenant.get("name"), "services": services}
    for tenant_id in tenants_of(organization["id"]):
        tenants[tenant_id]["services"]["leftopen"] = {"products": {"SERVICE": 3}}
    end = SECONDS + 400 * DAY
    licence = {"products": dict(OWN), "start_date": 1, "end_date": end, "grace_period": end}
    return {"name": organization["name"], "license": licence, "consumed": {}, "tenants": tenants}


PACKS = {"100": "listings", "200": "reviews", "300": "empty"}
KEPT, DATED, ENDLESS, ABSENT = ("10", "11", "12"), ("20", "21", "22"), ("30", "31"), ("40", "41")


def declared_pack(an_id: str) -> Record:
    if PACKS[an_id] == "empty":
        return {"id": an_id, "entities": []}
    entities = [
        *({"id": entity} for entity in KEPT),
        *({"id": entity, "expiration_date": FAR} for entity in DATED),
        *({"id": entity, "expiration_date": "never"} for entity in ENDLESS),
        *({"id": entity, "state": "absent"} for entity in ABSENT),
    ]
    return {"id": an_id, "entities": entities, "exclusive": is_exclusive(an_id[0])}


PACK_FILE = [*map(declared_pack, PACKS)]


def start_state() -> Record:
    organizations = {organization["id"]: state_of(organization) for organization in FILE[: len(ORGANIZATIONS)]}
    organizations[UNLICENSED] = {"license": None, "tenants": {guid(200): {}}}
    held = {"products": {"SERVICE": 5}, "start_date": 1, "end_date": SECONDS + 400 * DAY}
    services = {"any": {"products": {"SERVICE": 4}}}
    organizations[LEFT_OPEN] = {"license": held, "tenants": {guid(201): {"name": "T", "services": services}}}
    assigned: dict[str, str | None] = {**dict.fromkeys((*KEPT, *ENDLESS)), **dict.fromkeys(DATED, FAR)}
    return {
        "uipath": {"tokens": [TOKEN], "host_pool": dict(HOST_POOL), "organizations": organizations},
        "yext": {
            "api_keys": [API_KEY],
            "license_packs": {
                an_id: {"name": name, "total": 100, "assigned": {} if name == "empty" else dict(assigned)}
                for an_id, name in PACKS.items()
            },
        },
    }


@pytest.fixture(scope="module")
def server() -> Iterator[Handle]:
    with running(start_state()) as handle, pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "*")
        yield handle


def put(server: Handle, state: Record) -> None:
    server.clear_faults()
    server.reset_switches()
    server.set_state(copy.deepcopy(state))
    server.clear_calls()


def audit(server: Handle, terms: Terms = TERMS) -> Audit:
    lrm = LicenseResourceManager(token_source(server.url, connections=4))
    found = audit_uipath(lrm, parse_organizations(FILE), terms, 4)
    yext = YextLicenses(http_client(f"{server.url}/v2", connections=4), YextAccount(api_key=API_KEY))
    found.add(audit_yext(yext, parse_license_packs(PACK_FILE), terms, 4))
    return found


def told(found: Audit) -> list[Record]:
    return [one.as_result() for one in found.findings]


@dataclass
class Drift:
    """Changes a state and notes, for each change, what an audit must find of it.

    ``touched``: what has been changed already and is not changed twice. ``capacity``: whether pools may run short.
    """

    random: Random
    state: Record
    capacity: bool = True
    expected: list[Record] = field(default_factory=list)
    touched: set[tuple[str, ...]] = field(default_factory=set)

    def happen(self) -> None:
        kinds: list[Callable[[], None]] = [
            *(self.own_quantity, self.own_code_beside, self.service_quantity, self.service_code_beside),
            *(self.zero_quantity_held, self.service_gone, self.service_beside, self.tenant_beside, self.absent_service),
            *(self.absent_tenant, self.licence_end, self.entity_missing, self.entity_beside, self.entity_absent),
            *(self.entity_end, self.entity_ends_soon),
        ]
        if self.capacity:
            kinds += [self.spare_taken, self.host_filled, self.service_short, self.host_short, self.licence_gone]
        for dummy in range(self.random.randint(3, 25)):
            self.random.choice(kinds)()
        for an_id in [*PACKS][:2]:
            if self.capacity and self.random.random() < 0.5:
                self.pack_filled(an_id)

    def first(self, *place: str) -> bool:
        """Whether nothing has been changed here yet."""
        if place in self.touched:
            return False
        self.touched.add(place)
        return True

    def note(self, kind: str, place: Record, wanted: Any, held: Any, **more: Any) -> None:
        self.expected.append(finding(kind, place, wanted, held, **more))

    # Organizations

    def organization(self) -> tuple[str, Record, Record]:
        """Its ID, its state, its place. One that has lost its licence is left alone."""
        while True:
            an_id = self.random.choice([*ORGANIZATIONS])
            if ("no licence", an_id) not in self.touched:
                state = self.state["uipath"]["organizations"][an_id]
                return an_id, state, {"organization_id": an_id, "organization": ORGANIZATIONS[an_id]}

    def service(self, service_type: str) -> tuple[str, dict[str, int], Record]:
        """The organization's ID, the quantities of one of its services, which may be new, and its place."""
        an_id, state, place = self.organization()
        tenant_id = self.random.choice(tenants_of(an_id))
        tenant = state["tenants"][tenant_id]
        products = tenant["services"].setdefault(service_type, {"products": {}})["products"]
        return an_id, products, {**place, **self.at(tenant_id, tenant["name"], service_type)}

    def at(self, tenant_id: str, tenant: str | None, service_type: str) -> Record:
        return {"tenant_id": tenant_id, "tenant": tenant, "service_type": service_type}

    def quantity(self, products: dict[str, int], code: str, place: Record) -> None:
        """Another quantity than the one that is there, which was agreed."""
        wanted = products[code]
        held = self.random.choice([number for number in (0, 1, wanted - 1, wanted + 1, wanted + 5) if number != wanted])
        products[code] = held
        kind = "too_much" if held > wanted else "too_little" if held else "missing"
        self.note(kind, {**place, "code": code}, wanted, held, fixable=True)

    def own_quantity(self) -> None:
        an_id, state, place = self.organization()
        if self.first(an_id, "OWN"):
            self.quantity(state["license"]["products"], "OWN", place)

    def own_code_beside(self) -> None:
        """UNNAMED is in the host's pool, UNKNOWN is not, BYITSELF is one of those that are ignored."""
        an_id, state, place = self.organization()
        code = self.random.choice(("UNNAMED", "UNKNOWN", "BYITSELF"))
        if self.first(an_id, code):
            state["license"]["products"][code] = held = self.random.randint(1, 9)
            kind = "unmanaged" if code == "UNNAMED" else "added_by_server"
            self.note(kind, {**place, "code": code}, 0, held, fixable=is_exclusive(an_id) and code != "BYITSELF")

    def service_quantity(self) -> None:
        _an_id, products, place = self.service(self.random.choice(("du", "aicenter")))
        if self.first(place["tenant_id"], place["service_type"], "SERVICE"):
            self.quantity(products, "SERVICE", place)

    def service_code_beside(self) -> None:
        an_id, products, place = self.service("du")
        code = self.random.choice(("BESIDE", "WITHIN"))
        if self.first(place["tenant_id"], "du", code):
            products[code] = held = self.random.randint(1, 9)
            kind, goes = ("unmanaged", is_exclusive(an_id)) if code == "BESIDE" else ("added_by_server", False)
            self.note(kind, {**place, "code": code}, 0, held, fixable=goes)

    def zero_quantity_held(self) -> None:
        _an_id, products, place = self.service("aicenter")
        if self.first(place["tenant_id"], "aicenter", "BESIDE"):
            products["BESIDE"] = held = self.random.randint(1, 9)
            self.note("too_much", {**place, "code": "BESIDE"}, 0, held, fixable=True)

    def service_gone(self) -> None:
        an_id, _products, place = self.service("aicenter")
        keys = [(place["tenant_id"], "aicenter", code) for code in ("SERVICE", "BESIDE")]
        if not self.touched & set(keys):
            self.touched.update(keys)
            del self.state["uipath"]["organizations"][an_id]["tenants"][place["tenant_id"]]["services"]["aicenter"]
            self.note("missing", {**place, "code": "SERVICE"}, 7, 0, fixable=True)

    def service_beside(self) -> None:
        an_id, products, place = self.service(self.random.choice(("Extra", "more")))
        if self.first(place["tenant_id"], place["service_type"]):
            products.update({"SERVICE": 2, "BESIDE": 1})
            for code, held in products.items():
                self.note("unmanaged_service", {**place, "code": code}, 0, held, fixable=is_exclusive(an_id))

    def tenant_beside(self) -> None:
        an_id, state, place = self.organization()
        tenant_id = guid(int(an_id[-1]) * 16 + 8 + self.random.randint(0, 3))
        if self.first(tenant_id):
            state["tenants"][tenant_id] = {"name": "unknown", "services": {"du": {"products": {"SERVICE": 4}}}}
            at = {**place, **self.at(tenant_id, None, "du"), "code": "SERVICE"}
            self.note("unmanaged_tenant", at, 0, 4, fixable=is_exclusive(an_id))

    def absent_service(self) -> None:
        _an_id, products, place = self.service("old")
        if self.first(place["tenant_id"], "old"):
            products["BESIDE"] = 3
            self.note("too_much", {**place, "code": "BESIDE"}, 0, 3, fixable=True)

    def absent_tenant(self) -> None:
        an_id, state, place = self.organization()
        if self.first(gone_of(an_id)):
            state["tenants"][gone_of(an_id)]["services"]["du"] = {"products": {"BESIDE": 2}}
            at = {**place, **self.at(gone_of(an_id), None, "du"), "code": "BESIDE"}
            self.note("too_much", at, 0, 2, fixable=True)

    def licence_end(self) -> None:
        an_id, state, place = self.organization()
        if self.first(an_id, "end"):
            days, grace, kind = self.random.choice(
                (
                    (-40, 10, "in_grace"),
                    (-40, -10, "ended"),
                    (-1, 1, "in_grace"),
                    (0, 0, "ended"),
                    (30, 60, "expires_soon"),
                )
            )
            state["license"].update(end_date=SECONDS + days * DAY, grace_period=SECONDS + grace * DAY)
            self.note(kind, place, None, (NOW.date() + datetime.timedelta(days)).isoformat(), difference=days)

    def licence_gone(self) -> None:
        """The whole licence of an organization of which nothing else has changed; its services keep theirs."""
        an_id, state, place = self.organization()
        places = {an_id, *tenants_of(an_id), gone_of(an_id), *state["tenants"]}
        if not any(places & set(touched) for touched in self.touched) and self.first("no licence", "one"):
            self.touched.add(("no licence", an_id))
            state["license"] = None
            for code, wanted in OWN.items():
                self.note("missing", {**place, "code": code}, wanted, 0, fixable=True)

    def spare_taken(self) -> None:
        """Users take more than nine tenths."""
        an_id, state, place = self.organization()
        if self.first(an_id, "SPARE"):
            state["consumed"]["SPARE"] = used = self.random.randint(91, 103)
            self.note("pool_nearly_used", {**place, "code": "SPARE"}, 90, used)

    def host_filled(self) -> None:
        if self.first("host", "FILLED"):
            self.state["uipath"].setdefault("host_consumed", {})["FILLED"] = used = self.random.randint(901, 1005)
            self.note("pool_nearly_used", {"code": "FILLED"}, 900, used)

    def service_short(self) -> None:
        """A service lost some licences, and users took them."""
        an_id, state, place = self.organization()
        if self.first(an_id, "SHORT"):
            tenant_id = tenants_of(an_id)[0]
            state["tenants"][tenant_id]["services"]["du"]["products"]["SHORT"] = held = self.random.randint(1, 9)
            state["consumed"]["SHORT"] = taken = self.random.randint(11, 20 - held) if held < 9 else 11
            at = {**place, **self.at(tenant_id, state["tenants"][tenant_id]["name"], "du"), "code": "SHORT"}
            self.note("too_little", at, 10, held, fixable=True)
            at_pool = {**place, "code": "SHORT"}
            self.note("insufficient_capacity", at_pool, 10, held, difference=20 - taken - 10)
            if held + taken > 18:
                self.note("pool_nearly_used", at_pool, 18, held + taken)

    def host_short(self) -> None:
        """Two organizations lost some licences, and something else took them."""
        if any(touched[0] == "no licence" for touched in self.touched) or not self.first("no licence", "host"):
            return
        self.touched.add(("no licence", "one"))  # an organization without a licence would want of this, too
        organizations, total = self.random.sample([*ORGANIZATIONS], 2), HOST_POOL["HOST"]
        for an_id in organizations:
            self.state["uipath"]["organizations"][an_id]["license"]["products"]["HOST"] = 20
            place = {"organization_id": an_id, "organization": ORGANIZATIONS[an_id], "code": "HOST"}
            self.note("too_little", place, 50, 20, fixable=True)
        free = self.random.randint(0, 59)
        self.state["uipath"].setdefault("host_consumed", {})["HOST"] = total - 140 - free
        self.note("insufficient_capacity", {"code": "HOST"}, 100, 40, difference=free - 60)
        self.note("pool_nearly_used", {"code": "HOST"}, total * 9 // 10, total - free)

    # License packs

    def pack(self) -> tuple[str, dict[str, str | None], Record]:
        an_id = self.random.choice([*PACKS][:2])
        place = {"license_pack_id": an_id, "license_pack": PACKS[an_id]}
        return an_id, self.state["yext"]["license_packs"][an_id]["assigned"], place

    def entity_missing(self) -> None:
        an_id, assigned, place = self.pack()
        entity = self.random.choice((*KEPT, *DATED, *ENDLESS))
        if self.first(an_id, entity):
            del assigned[entity]
            self.note("missing", {**place, "entity_id": entity}, 1, 0, fixable=True)

    def entity_beside(self) -> None:
        an_id, assigned, place = self.pack()
        entity = str(self.random.randint(500, 510))
        if self.first(an_id, entity):
            assigned[entity] = self.random.choice((None, FAR))
            self.note("unmanaged", {**place, "entity_id": entity}, 0, 1, fixable=is_exclusive(an_id[0]))

    def entity_absent(self) -> None:
        an_id, assigned, place = self.pack()
        entity = self.random.choice(ABSENT)
        if self.first(an_id, entity):
            assigned[entity] = None
            self.note("too_much", {**place, "entity_id": entity}, 0, 1, fixable=True)

    def entity_end(self) -> None:
        an_id, assigned, place = self.pack()
        entity = self.random.choice((*DATED, *ENDLESS))
        if self.first(an_id, entity):
            wanted = assigned[entity] or "never"
            assigned[entity] = self.random.choice((None, "2999-01-05") if wanted == FAR else ("2999-01-05",))
            held = assigned[entity] or "never"
            days = 4 if (wanted, held) == (FAR, "2999-01-05") else None
            self.note("expires_otherwise", {**place, "entity_id": entity}, wanted, held, difference=days, fixable=True)

    def entity_ends_soon(self) -> None:
        an_id, assigned, place = self.pack()
        entity = self.random.choice((*KEPT, *DATED))
        if self.first(an_id, entity):
            days, kind = self.random.choice(((-30, "ended"), (-1, "ended"), (0, "expires_soon"), (30, "expires_soon")))
            day = NOW.date() + datetime.timedelta(days)
            at, agreed = {**place, "entity_id": entity}, assigned[entity]
            assigned[entity] = day.isoformat()
            if agreed is not None:
                apart = (day - datetime.date.fromisoformat(agreed)).days
                self.note("expires_otherwise", at, agreed, day.isoformat(), difference=apart, fixable=True)
            self.note(kind, at, agreed, day.isoformat(), difference=days)

    def pack_filled(self, an_id: str) -> None:
        """The pack has no licence left: last, since it depends on what has become of its entities."""
        pack = self.state["yext"]["license_packs"][an_id]
        pack["total"] = total = len(pack["assigned"])
        if not total:
            return
        of_it = [one for one in self.expected if one.get("license_pack_id") == an_id]
        more = sum(one["kind"] == "missing" for one in of_it)
        fewer = sum(one["kind"] in ("too_much", "unmanaged") and one["fixable"] for one in of_it)
        at = {"license_pack_id": an_id, "license_pack": PACKS[an_id], "code": "licenses"}
        self.note("pool_nearly_used", at, total * 9 // 10, total)
        if more > fewer:
            self.note("insufficient_capacity", at, more, fewer, difference=fewer - more)


def drifted(seed: int, *, capacity: bool = True) -> Drift:
    drift = Drift(Random(seed), start_state(), capacity)
    drift.happen()
    # A service that was only looked at holds nothing.
    for organization in drift.state["uipath"]["organizations"].values():
        for tenant in organization["tenants"].values():
            services = tenant.get("services", {})
            tenant["services"] = {name: one for name, one in services.items() if one["products"]}
    return drift


# Servers answer so, too; nothing of it may change what is found.
SWITCHES: dict[str, tuple[Any, ...]] = {
    "uipath_id_case": ("lower", "upper"),
    "uipath_service_type_case": ("lower", "upper"),
    "uipath_service_quantity": ("quantity", "allocated", "allocated_and_null"),
    "uipath_no_products": ("null", "missing"),
    "uipath_null_fields": ("missing",),
    "uipath_lists": ("object",),
    "uipath_objects": ("list",),
    "uipath_unlicensed_organization": ("null", "empty"),
    "uipath_zero_service": ("empty", "zeros"),
    "uipath_available_counts_own": (True,),
    "uipath_tenant_services": ("object", "first"),
    "yext_id_case": ("lower", "upper"),
    "yext_no_expiration": ("null", "empty"),
    "yext_empty_pack": ("omitted",),
    "yext_page_counts": ("packs",),
    "yext_page_size_default": (1, 3, 50),
    "yext_last_page_token": ("null", "empty"),
    "yext_read_errors": ("warning",),
}


def test_a_fleet_that_is_as_agreed_has_no_findings(server: Handle) -> None:
    put(server, start_state())
    assert audit(server).findings == []


def test_a_fleet_that_was_provisioned_is_as_agreed(server: Handle) -> None:
    state = start_state()
    state["uipath"]["organizations"] = {an_id: {"tenants": {}} for an_id in (*ORGANIZATIONS, UNLICENSED)}
    for an_id in ORGANIZATIONS:
        state["uipath"]["organizations"][an_id]["tenants"] = {tenant: {} for tenant in tenants_of(an_id)}
    state["uipath"]["organizations"][LEFT_OPEN] = start_state()["uipath"]["organizations"][LEFT_OPEN]
    for pack in state["yext"]["license_packs"].values():
        pack["assigned"] = {}
    put(server, state)
    assert {one.kind.value for one in audit(server).findings} == {"missing"}
    provision(server)
    assert [one for one in told(audit(server)) if one["concern"] != "expiry"] == []


def make_organizations_so(server: Handle, *, check_mode: bool = False) -> Report:
    lrm = LicenseResourceManager(token_source(server.url, connections=4))
    settings = Settings(check_mode=check_mode, max_removals="100%", concurrency=4)
    return provision_organizations(lrm, parse_organizations(FILE), settings, ignore_codes=IGNORED)


def make_packs_so(server: Handle, *, check_mode: bool = False) -> Report:
    yext = YextLicenses(http_client(f"{server.url}/v2", connections=4), YextAccount(api_key=API_KEY))
    settings = Settings(check_mode=check_mode, max_removals="100%", concurrency=4)
    return provision_packs(yext, parse_license_packs(PACK_FILE), settings)


def provision(server: Handle) -> None:
    assert make_organizations_so(server).failure is None
    assert make_packs_so(server).failure is None


@pytest.mark.parametrize("seed", ROUNDS)
def test_exactly_the_drift_is_found_and_nothing_is_written(server: Handle, seed: int) -> None:
    drift = drifted(seed)
    put(server, drift.state)
    before = server.state()
    assert comparable(told(audit(server))) == comparable(drift.expected)
    calls = server.calls()
    assert (server.state(), server.writes()) == (before, [])
    assert {(call["method"], call["status"] in (200, 404)) for call in calls} == {("GET", True)}
    lists = [call for call in calls if "license-packs" in call["path"] and not call["query"].get("pageToken")]
    of_uipath = [call for call in calls if call["path"].startswith("/lrm/")]
    assert (len(of_uipath), len(lists)) == (1 + 3 * len(FILE), len(PACK_FILE))


def left_behind(state: Mapping[str, Any]) -> bool:
    """Whether services hold licences of an organization that has none."""
    return any(
        organization["license"] is None and any(tenant.get("services") for tenant in organization["tenants"].values())
        for organization in state["uipath"]["organizations"].values()
    )


@pytest.mark.parametrize("seed", ROUNDS)
def test_whatever_form_the_server_gives_its_answers_the_same_is_found(server: Handle, seed: int) -> None:
    drift, random = drifted(seed), Random(-seed)
    put(server, drift.state)
    server.set_faults([{"match": {"kind": ["write"]}, "effect": {"status": 403}}])
    names = random.sample([*SWITCHES], random.randint(1, len(SWITCHES)))
    if left_behind(drift.state):
        # A null licence beside services that hold some is a contradiction, which is told as unreadable.
        names = [name for name in names if name != "uipath_unlicensed_organization"]
    server.set_switches(**{name: random.choice(SWITCHES[name]) for name in names})
    assert comparable(told(audit(server))) == comparable(drift.expected), names
    assert server.faults()[0]["met"] == 0


@pytest.mark.parametrize("name", SWITCHES)
def test_no_form_of_an_answer_alone_changes_what_is_found(server: Handle, name: str) -> None:
    drift = drifted(1000)
    for answer in SWITCHES[name]:
        put(server, drift.state)
        server.set_switches(**{name: answer})
        assert comparable(told(audit(server))) == comparable(drift.expected), answer


def test_the_rounds_bring_about_every_kind_of_drift() -> None:
    kinds = {one["kind"] for seed in ROUNDS for one in drifted(seed).expected}
    assert kinds == {
        *("insufficient_capacity", "missing", "too_little", "too_much", "unmanaged", "unmanaged_service"),
        *("unmanaged_tenant", "expires_otherwise", "ended", "in_grace", "expires_soon", "pool_nearly_used"),
        "added_by_server",
    }


@pytest.mark.parametrize("seed", range(2000, 2010))
def test_provisioning_mends_exactly_what_is_told_as_mended(server: Handle, seed: int) -> None:
    drift = drifted(seed, capacity=False)
    put(server, drift.state)
    found = told(audit(server))
    provision(server)
    left = [one for one in told(audit(server)) if one["concern"] in ("drift", "notice")]
    stays = [one for one in found if one["concern"] in ("drift", "notice") and not one["fixable"]]
    assert comparable(left) == comparable(stays)
    assert any(one["fixable"] for one in found)


@pytest.mark.parametrize("seed", ROUNDS)
def test_what_is_told_as_short_is_what_provisioning_refuses(server: Handle, seed: int) -> None:
    put(server, drifted(seed).state)
    short = [one for one in told(audit(server)) if one["kind"] == "insufficient_capacity"]
    refused: list[Record] = []
    for apply in (make_organizations_so, make_packs_so):
        try:
            apply(server, check_mode=True)
        except LicensingError as error:
            refused += error.facts["shortages"]
    numbers = [(each["code"], each["wanted"], each["held"], -each["short"]) for each in refused]
    assert sorted(numbers) == sorted((one["code"], one["wanted"], one["held"], one["difference"]) for one in short)


@pytest.mark.parametrize("offset", [-2, 1])
def test_packs_whose_count_and_listing_disagree_are_found(server: Handle, offset: int) -> None:
    put(server, start_state())
    server.set_switches(yext_assigned_count_offset=offset)
    numbers = {"listings": 8, "reviews": 8, "empty": 0}
    expected = [
        finding("listing_mismatch", {"license_pack_id": an_id, "license_pack": name}, number + offset, number)
        if number + offset >= 0
        else finding("unreadable", {"license_pack_id": an_id}, None, None)
        for (an_id, name), number in zip(PACKS.items(), numbers.values(), strict=True)
    ]
    assert comparable(told(audit(server))) == comparable(expected)


@pytest.mark.parametrize("path", ["available-account-licenses", "service-license", "license/available"])
def test_what_cannot_be_read_of_one_organization_hides_no_drift_of_another(server: Handle, path: str) -> None:
    drift = drifted(7, capacity=False)
    put(server, drift.state)
    broken = next(iter(ORGANIZATIONS))
    server.set_faults([{"match": {"path": f"{broken}/{path}$"}, "effect": {"status": 403}}])
    place = {"organization_id": broken, "organization": ORGANIZATIONS[broken]}
    expected = [one for one in drift.expected if one.get("organization_id") != broken]
    assert len(expected) < len(drift.expected)
    expected.append(finding("unreadable", place, None, None))
    assert comparable(told(audit(server))) == comparable(expected)


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_module_finds_the_same_with_every_write_refused(server: Handle, check_mode: bool, tmp_path: Path) -> None:
    drift = drifted(3)
    # The module's clock is the machine's, so nothing may end.
    expected = [one for one in drift.expected if one["kind"] not in ("ended", "in_grace", "expires_soon")]
    put(server, drift.state)
    server.set_faults([{"match": {"kind": ["write"]}, "effect": {"status": 403}}])
    state_file = tmp_path / "licensing.json"
    state_file.write_text(json.dumps({"licensing_organizations": FILE, "licensing_license_packs": PACK_FILE}))
    arguments = {
        "state_file": str(state_file),
        "uipath": {"base_url": server.url, "access_token": TOKEN},
        "yext": {"api_url": f"{server.url}/v2", "api_key": API_KEY},
        **{"ignore_codes": [*IGNORED], "max_findings": "all", "concurrency": 4},
        **{"report_directory": str(tmp_path / "report")},
    }
    result = run(license_audit_info, arguments, check_mode=check_mode)
    assert not result.get("failed"), result
    dated = {"status", "since"}
    found = [{name: value for name, value in one.items() if name not in dated} for one in result["findings"]]
    assert comparable(one for one in found if one["concern"] != "expiry") == comparable(expected)
    assert (server.writes(), result["api"]["writes"], result["changed"]) == ([], 0, False)
    assert result["api"]["reads"] == len(server.calls())
    assert json.loads((tmp_path / "report" / "report.json").read_text())["findings"] == result["findings"]
