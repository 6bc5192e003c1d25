# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks: small ones that together make every call that a module can make."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from ansible_collections.tenantops.licensing.plugins.modules import (
    license_assignment,
    license_assignment_info,
    license_assignments,
    license_audit_info,
    license_pack_info,
    org_license,
    org_license_info,
    org_licenses,
    tenant_service_license,
    tenant_service_license_info,
    uipath_login,
)

# Secrets with characters that every spelling escapes in another way.
TOKEN = 'tok/en+of&the<host>="0123456789"'
PASSWORD = 'päss/wörd+&<of>="admin"\'0123'
CLIENT_SECRET = 'client/secret+&<of>="it"\'0123'
API_KEY = 'key/of+the&account<4711>="0123456789"'
SECRETS = (TOKEN, PASSWORD, CLIENT_SECRET, API_KEY)

# Few retries and short waits; a word of the options that a module does not have is left out.
SHORT = {"timeout": 0.3, "max_retries": 1, "max_wait": 1.0, "max_read_delay": 0.5, "max_response_size": 8}
UIPATH = {"base_url": "<server>", "access_token": TOKEN, **SHORT}
YEXT = {"api_url": "<server>/v2", "api_key": API_KEY, **SHORT}
FLEET = {"concurrency": 1, "entries": "all"}

SEED: dict[str, Any] = {
    "uipath": {
        "users": [{"username": "admin", "password": PASSWORD}],
        "clients": [{"client_id": "licensing", "client_secret": CLIENT_SECRET}],
        "tokens": [TOKEN],
        "host_pool": {"UNATT": 60, "NONPR": 40, "TIE": 20, "AIG": 10},
        "organizations": {
            "org-a": {
                "name": "alpha",
                "license": {"products": {"UNATT": 20, "NONPR": 10, "TIE": 5, "AIG": 3}},
                "tenants": {
                    "t-1": {
                        "name": "Default",
                        "services": {
                            "orchestrator": {"products": {"UNATT": 5, "NONPR": 2}},
                            "du": {"products": {"TIE": 2}},
                        },
                    },
                    "t-2": {"name": "Finance", "services": {"orchestrator": {"products": {"UNATT": 1, "NONPR": 1}}}},
                },
            },
            "org-b": {
                "name": "beta",
                "license": {"products": {"UNATT": 6, "NONPR": 4}},
                "tenants": {
                    "t-3": {"name": "Default", "services": {"orchestrator": {"products": {"UNATT": 2, "NONPR": 1}}}}
                },
            },
            "org-c": {"name": "gamma", "license": None, "tenants": {"t-4": {"name": "Default"}}},
            "org-d": {"name": "delta", "license": {"products": {"UNATT": 3, "AIG": 1}}},
            # No service holds anything, and yet something is allocated: the list is not believed without asking.
            "org-e": {
                "name": "epsilon",
                "license": {"products": {"UNATT": 4}},
                "consumed": {"UNATT": 1},
                "tenants": {"t-5": {"name": "Default"}},
            },
        },
    },
    "yext": {
        "api_keys": [API_KEY],
        "license_packs": {
            "p-1": {
                "name": "Listings",
                "total": 8,
                "notes": "Renewed each January",
                "assigned": {"store-1": None, "store-2": "2090-01-31", "store-3": None},
            },
            "p-2": {"name": "Reviews", "total": 5, "assigned": {"store-1": None}},
            "p-3": {"name": "Knowledge", "total": 2, "assigned": {}},
        },
    },
}


def products(**quantities: int) -> list[dict[str, Any]]:
    return [{"code": code, "quantity": quantity} for code, quantity in quantities.items()]


def service(service_type: str, **more: Any) -> dict[str, Any]:
    return {"type": service_type, **more}


@dataclass(frozen=True)
class Scenario:
    """One task on one state. ``loses``, ``expires``: what goes wrong in it already, see ``server``."""

    name: str
    module: ModuleType
    arguments: Mapping[str, Any]
    check_mode: bool = False
    no_log: bool = False
    switches: Mapping[str, Any] = field(default_factory=dict)
    packs: Mapping[str, Any] | None = None  # in place of the seed's
    loses: str | None = None
    expires: bool = False

    @property
    def repeats(self) -> bool:
        """Whether another task makes the same calls up to the first write."""
        more = self.loses or self.arguments.get("verify") or self.arguments.get("on_error")
        return bool(more) and self.name != "org_licenses: retirement"

    @property
    def module_name(self) -> str:
        return self.module.__name__.rpartition(".")[2]

    @property
    def spec(self) -> Mapping[str, Any]:
        """The module's options; the sign-in has only the vendor's."""
        options: Mapping[str, Any] = getattr(self.module, "SPEC", None) or self.module.UIPATH
        return options

    def seed(self) -> dict[str, Any]:
        state = copy.deepcopy(SEED)
        if self.packs is not None:
            state["yext"]["license_packs"] = copy.deepcopy(dict(self.packs))
        return state


def _organizations() -> list[Scenario]:
    def one(name: str, arguments: Mapping[str, Any], **more: Any) -> Scenario:
        return Scenario(f"org_license: {name}", org_license, {**UIPATH, **arguments}, **more)

    raised = {"organization_id": "org-a", "products": products(UNATT=22)}
    return [
        one("raise one code", raised),
        one("raise one code whose answer is lost", raised, loses="PUT"),
        one("raise one code and read again", {**raised, "verify": "reread"}),
        one("raise one code in check mode", raised, check_mode=True),
        one(
            "exclusive",
            {"organization_id": "org-a", "products": products(UNATT=18, NONPR=10, TIE=5), "exclusive": True},
        ),
        one(
            "written unread",
            {"organization_id": "org-a", "products": products(UNATT=22, NONPR=10, TIE=5), "exclusive": True}
            | {"on_unreadable": "write"},
            switches={"uipath_route_organization_license": "404"},
        ),
        one("first licence", {"organization_id": "org-c", "products": products(UNATT=3, TIE=1)}),
        one("nothing to do", {"organization_id": "org-a", "products": products(UNATT=20)}),
        one("absent", {"organization_id": "org-d", "state": "absent"}),
        one("absent whose answer is lost", {"organization_id": "org-d", "state": "absent"}, loses="DELETE"),
        Scenario("org_license_info: one organization", org_license_info, {**UIPATH, "organization_id": "org-a"}),
        Scenario("org_license_info: without a licence", org_license_info, {**UIPATH, "organization_id": "org-c"}),
    ]


TWO = [
    {
        "id": "org-a",
        "products": products(UNATT=22, NONPR=9),
        "tenants": [
            {
                "id": "t-1",
                "name": "Default",
                "services": [
                    service("orchestrator", products=products(UNATT=6, NONPR=1)),
                    service("du", products=products(TIE=1)),
                ],
            },
            {"id": "t-2", "name": "Finance", "services": [service("orchestrator", state="absent")]},
        ],
    },
    {
        "id": "org-b",
        "products": products(UNATT=5),
        "tenants": [
            {"id": "t-3", "name": "Default", "services": [service("orchestrator", products=products(UNATT=3))]}
        ],
    },
]
ONLY_WHAT_IS_NAMED = [
    {
        "id": "org-a",
        "exclusive_services": True,
        "tenants": [
            {
                "id": "t-1",
                "name": "Default",
                "services": [service("orchestrator", products=products(UNATT=7), exclusive=True), service("du")],
            }
        ],
    }
]
RETIRED = [{"id": "org-b", "state": "absent", "tenants": [{"id": "t-3", "state": "absent"}]}]


def _fleets() -> list[Scenario]:
    def many(name: str, organizations: Any, **more: Any) -> Scenario:
        options: dict[str, Any] = {
            key: more.pop(key) for key in ("on_error", "max_removals", "verify", "concurrency") if key in more
        }
        arguments = {**UIPATH, **FLEET, "organizations": organizations, **options}
        return Scenario(f"org_licenses: {name}", org_licenses, arguments, **more)

    return [
        many("two organizations, stop", TWO),
        many("two organizations, continue", TWO, on_error="continue"),
        many("two organizations, roll back", TWO, on_error="rollback"),
        many("two organizations, roll back after a lost answer", TWO, on_error="rollback", loses="PUT"),
        many("two organizations side by side, roll back", TWO, on_error="rollback", concurrency=8),
        many("two organizations in check mode", TWO, check_mode=True),
        many("exclusive services", ONLY_WHAT_IS_NAMED, max_removals="9"),
        many("exclusive services, roll back", ONLY_WHAT_IS_NAMED, max_removals="9", on_error="rollback"),
        many("retirement", RETIRED, verify="reread"),
    ]


def _services() -> list[Scenario]:
    place = {"organization_id": "org-a", "tenant_id": "t-1", "service_type": "orchestrator"}

    def one(name: str, arguments: Mapping[str, Any], **more: Any) -> Scenario:
        given = {**UIPATH, **place, **arguments}
        return Scenario(f"tenant_service_license: {name}", tenant_service_license, given, **more)

    raised = {"tenant_name": "Default", "products": products(UNATT=8)}
    info = tenant_service_license_info
    return [
        one("raise one code", raised),
        one("raise one code whose answer is lost", raised, loses="PUT"),
        one("exclusive", {"tenant_name": "Default", "products": products(UNATT=4), "exclusive": True}),
        one("first licence", {**raised, "service_type": "insights"}),
        one(
            "first licence of all",
            {**raised, "organization_id": "org-e", "tenant_id": "t-5", "products": products(UNATT=2)},
        ),
        one("absent", {"state": "absent"}),
        one("absent whose answer is lost", {"state": "absent"}, loses="DELETE"),
        Scenario("tenant_service_license_info: organization", info, {**UIPATH, "organization_id": "org-a"}),
        Scenario("tenant_service_license_info: service", info, {**UIPATH, **place}),
    ]


def _entities() -> list[Scenario]:
    def one(name: str, arguments: Mapping[str, Any], **more: Any) -> Scenario:
        given = {**YEXT, "license_pack_id": "p-1", **arguments}
        return Scenario(f"license_assignment: {name}", license_assignment, given, **more)

    info = license_assignment_info
    return [
        one("assign", {"entity_id": "store-5"}),
        one("assign with a date", {"entity_id": "store-5", "expiration_date": "2091-05-31"}),
        one("assign on an empty pack", {"entity_id": "store-5", "license_pack_id": "p-3"}),
        one("assign, whose answer is lost", {"entity_id": "store-5"}, loses="POST"),
        one("set a date", {"entity_id": "store-1", "expiration_date": "2091-05-31"}),
        one("set a date, whose answer is lost", {"entity_id": "store-1", "expiration_date": "2091-05-31"}, loses="PUT"),
        one("cancel a date", {"entity_id": "store-2", "expiration_date": "never"}),
        one("remove", {"entity_id": "store-3", "state": "absent"}),
        one("remove, whose answer is lost", {"entity_id": "store-3", "state": "absent"}, loses="DELETE"),
        Scenario("license_assignment_info: pack", info, {**YEXT, "license_pack_id": "p-1"}),
        Scenario("license_assignment_info: entity", info, {**YEXT, "entity_id": "store-1"}),
        Scenario("license_assignment_info: both", info, {**YEXT, "license_pack_id": "p-1", "entity_id": "store-2"}),
    ]


CHANGED_PACKS = [
    {
        "id": "p-1",
        "exclusive": True,
        "entities": [{"id": "store-1", "expiration_date": "2091-05-31"}, {"id": "store-2"}, {"id": "store-6"}],
    },
    {
        "id": "p-2",
        "entities": [{"id": "store-1", "state": "absent"}, {"id": "store-7", "expiration_date": "2091-05-31"}],
    },
]
ODD_NAMES = ("store-1", "a/b?c#d%2e", "Café", "=1+1", "-", "{{ x }}", "x" * 300)
CONTROLS = ("store-1", "new\nline", "\x1b[31mred")  # also what no address can be made of, to be told and not called
DOTS = ("store-1", "..", ".")


def _pack_of(names: Iterable[str]) -> dict[str, Any]:
    return {"p-1": {"name": "Listings", "total": 30, "assigned": dict.fromkeys(names)}}


def _packs() -> list[Scenario]:
    def many(name: str, wanted: Any, **more: Any) -> Scenario:
        options: dict[str, Any] = {
            key: more.pop(key) for key in ("on_error", "max_removals", "page_size") if key in more
        }
        arguments = {**YEXT, **FLEET, "license_packs": wanted, **options}
        return Scenario(f"license_assignments: {name}", license_assignments, arguments, **more)

    kept = [{"id": "p-1", "exclusive": True, "entities": [{"id": "store-1"}]}]
    return [
        many("exclusive", CHANGED_PACKS),
        many("exclusive, continue", CHANGED_PACKS, on_error="continue"),
        many("exclusive, roll back", CHANGED_PACKS, on_error="rollback"),
        many("exclusive, roll back after a lost answer", CHANGED_PACKS, on_error="rollback", loses="POST"),
        many("exclusive in check mode", CHANGED_PACKS, check_mode=True),
        many("exclusive, in pages", CHANGED_PACKS, page_size=2),
        many("exclusive over odd names", kept, packs=_pack_of(ODD_NAMES), max_removals="20"),
        many("exclusive over names with controls", kept, packs=_pack_of(CONTROLS), max_removals="20"),
        many("exclusive over names that are dots", kept, packs=_pack_of(DOTS), max_removals="20"),
        Scenario("license_pack_info: all", license_pack_info, YEXT),
        Scenario("license_pack_info: in pages", license_pack_info, {**YEXT, "page_size": 1}),
    ]


def _others() -> list[Scenario]:
    agreed = {
        "organizations": [
            {
                "id": "org-a",
                "products": products(UNATT=20, NONPR=12),
                "tenants": [
                    {"id": "t-1", "name": "Default", "services": [service("orchestrator", products=products(UNATT=5))]}
                ],
            },
            {"id": "org-b", "products": products(UNATT=6, NONPR=4)},
        ],
        "license_packs": [
            {"id": "p-1", "entities": [{"id": "store-1"}, {"id": "store-2", "expiration_date": "2090-01-31"}]},
            {"id": "p-2", "entities": [{"id": "store-1"}, {"id": "store-9"}]},
        ],
        "max_findings": "all",
        "concurrency": 1,
        "uipath": UIPATH,
        "yext": YEXT,
    }
    account = {"base_url": "<server>", "username": "admin", "password": PASSWORD, **SHORT}
    client = {"client_id": "licensing", "client_secret": CLIENT_SECRET}
    plain = {"base_url": "<server>", **client, **SHORT}
    raised = {"organization_id": "org-a", "products": products(UNATT=22)}
    return [
        Scenario("license_audit_info: both vendors", license_audit_info, agreed),
        Scenario("uipath_login: account", uipath_login, account, no_log=True),
        Scenario("uipath_login: password", uipath_login, {**account, **client}, no_log=True),
        Scenario("uipath_login: client", uipath_login, plain, no_log=True),
        Scenario("org_license: signed in by account", org_license, {**account, **raised}),
        Scenario("org_license: a token that expires", org_license, {**account, **raised}, expires=True),
    ]


SCENARIOS = {
    scenario.name: scenario
    for some in (_organizations(), _fleets(), _services(), _entities(), _packs(), _others())
    for scenario in some
}
