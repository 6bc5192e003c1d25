# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IDs with every odd character or letter case, answers with nulls and gaps, licences that ended, missing reads."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    Case,
    CaseRun,
    assigned,
    attempt,
    control,
    cycle,
    held,
    quantities,
    run_cases,
    task,
)

ODD = "a/b #1?x=%41 ü&+;~'é"
PACK = "p/1 #?%"
POOL = {"UNATT": 20, "NONPR": 20, "odd/code #%": 5}
ODD_SEED: dict[str, Any] = {
    "uipath": {
        "host_pool": POOL,
        "organizations": {
            ODD: {"name": "odd", "tenants": {ODD: {"name": "Odd"}}},
            "a": {"name": "a", "license": {"products": {"UNATT": 1}}, "tenants": {"b": {"name": "Other"}}},
        },
    },
    "yext": {"license_packs": {PACK: {"name": "Odd", "total": 3, "assigned": {"plain": None}}}},
}
ODD_STATE = {ODD: {"UNATT": 4, "odd/code #%": 2}, f"{ODD}/{ODD}/{ODD}": {"UNATT": 2}, "a": {"UNATT": 1}}
GUID = "a1b2c3d4-aaaa-4bbb-8ccc-ddddeeeeffff"
TENANT = "b1b2c3d4-aaaa-4bbb-8ccc-ddddeeeeffff"
CASED_SEED: dict[str, Any] = {
    "uipath": {
        "host_pool": POOL,
        "organizations": {
            # Not the same: no server gives out IDs like these two, but nothing says that it cannot.
            name: {"name": name, "license": {"products": {"UNATT": quantity}}, "tenants": {"t": {}, "T": {}}}
            for name, quantity in (("org", 3), ("ORG", 5))
        },
    },
    "yext": {"license_packs": {"pack": {"total": 4, "assigned": {"e": None}}, "PACK": {"total": 4}}},
}
ENDED = int(time.time()) - 24 * 3600
ENDED_SEED: dict[str, Any] = {
    "uipath": {
        "host_pool": POOL,
        "organizations": {
            "org": {
                "name": "org",
                "license": {"products": {"UNATT": 3}, "start_date": 1, "end_date": ENDED, "grace_period": ENDED},
                "tenants": {"t": {"name": "T", "services": {"du": {"products": {"UNATT": 1}}}}},
            }
        },
    }
}
PLAIN: dict[str, Any] = {
    "uipath": {
        "host_pool": POOL,
        "organizations": {
            "org": {
                "name": "org",
                "license": {"products": {"UNATT": 5, "NONPR": 5}},
                "tenants": {"t": {"name": "T", "services": {"du": {"products": {"UNATT": 1, "NONPR": 1}}}}},
            }
        },
    }
}
LICENSES = "/license/available$"
SERVICES = "/service-license$"
POOLS = "/available-account-licenses$"
HOST = "/available-products$"


def answers(path: str, body: Any) -> dict[str, Any]:
    """A server that answers reads of a path with this body."""
    return {"match": {"method": "GET", "path": path}, "effect": {"body": body}}


PRODUCTS = [
    {"code": "UNATT", "quantity": 5, "type": None},
    {"code": "NONPR", "quantity": None, "allocated": 5},
    {"code": "AIG", "quantity": 0},
]
SERVICE = {"serviceScopeId": "t", "serviceType": "du", "license": {"products": PRODUCTS}}
BARE: dict[str, list[dict[str, Any]]] = {
    # Answers as bare as the contract allows, each for an organization that is to be left as it is.
    "license with nulls": [answers(LICENSES, {"license": {"products": PRODUCTS, "endDate": None}, "more": None})],
    "license as a list": [answers(LICENSES, [{"license": [{"products": PRODUCTS}]}])],
    "products as an object": [answers(LICENSES, {"license": {"products": {"code": "UNATT", "quantity": 5}}})],
    "services with nulls": [
        answers(SERVICES, [{"serviceScopeId": "u", "serviceType": "du", "license": None}, SERVICE])
    ],
    "services as an object": [answers(SERVICES, SERVICE)],
}
NOTHING: dict[str, list[dict[str, Any]]] = {
    # Answers that mean that nothing is held.
    "license null": [answers(LICENSES, {"license": None, "productsWithAvailability": None})],
    "products null": [answers(LICENSES, {"license": {"products": None}})],
    "products missing": [answers(LICENSES, {"license": {"licenseCode": None}})],
    "products zero": [answers(LICENSES, {"license": {"products": [{"code": "UNATT", "quantity": 0}]}})],
}
GAPS: dict[str, list[dict[str, Any]]] = {
    # Answers that lack what they are for: they mean nothing at all.
    "license missing": [answers(LICENSES, {})],
    "license empty": [answers(LICENSES, {"license": {}})],
    "maintenance": [answers(LICENSES, {"message": "maintenance"})],
    "code missing": [answers(LICENSES, {"license": {"products": [{"quantity": 3}]}})],
    "quantity missing": [answers(LICENSES, {"license": {"products": [{"code": "UNATT"}]}})],
    "null in the products": [answers(LICENSES, {"license": {"products": [None]}})],
    "null in the services": [answers(SERVICES, [None, SERVICE])],
    "services of nobody": [answers(SERVICES, [{"license": None}, SERVICE])],
}
UNLICENSED: dict[str, Any] = {
    "uipath": {
        "host_pool": POOL,
        "organizations": {"org": {"name": "org", "tenants": {"t": {"name": "T"}}}},
    }
}
KEEP = {
    "organizations": [
        {
            "id": "org",
            "products": quantities(UNATT=5),
            "tenants": [{"id": "t", "name": "T", "services": [{"type": "du", "products": quantities(UNATT=5)}]}],
        }
    ]
}
WRITE: dict[str, Any] = {"on_unreadable": "write"}
UNREAD = {
    f"uipath_route_{route}": "404"
    for route in ("organization_license", "service_licenses", "account_pool", "host_pool")
}
CASES = {
    "odd ids": Case(
        [
            *cycle(
                "fleet",
                "org_licenses",
                organizations=[
                    {
                        "id": ODD,
                        "products": [{"code": "UNATT", "quantity": 4}, {"code": "odd/code #%", "quantity": 2}],
                        "tenants": [
                            {"id": ODD, "name": "Odd", "services": [{"type": ODD, "products": quantities(UNATT=2)}]}
                        ],
                    }
                ],
            ),
            task(
                "service",
                "tenant_service_license",
                organization_id=ODD,
                tenant_id=ODD,
                tenant_name="Odd",
                service_type=ODD,
                products=quantities(UNATT=2),
            ),
            task("info", "tenant_service_license_info", organization_id=ODD, tenant_id=ODD, service_type=ODD),
            *cycle("entity", "license_assignment", license_pack_id=PACK, entity_id=ODD, expiration_date="2031-01-31"),
            task("entity info", "license_assignment_info", entity_id=ODD),
            *cycle("remove entity", "license_assignment", license_pack_id=PACK, entity_id=ODD, state="absent"),
        ],
        ODD_SEED,
    ),
    "letter case": Case(
        [
            *cycle("org", "org_license", organization_id="ORG", products=quantities(UNATT=2)),
            *attempt(
                "tenants",
                "org_licenses",
                organizations=[
                    {
                        "id": "org",
                        "exclusive_services": True,
                        "tenants": [
                            {"id": name, "name": name, "services": [{"type": "du", "products": quantities(UNATT=1)}]}
                            for name in ("t", "T")
                        ],
                    }
                ],
            ),
            *attempt(
                "packs",
                "license_assignments",
                license_packs=[
                    {"id": "pack", "exclusive": True, "entities": [{"id": "E"}, {"id": "e"}]},
                    {"id": "PACK", "entities": [{"id": "e"}]},
                ],
            ),
        ],
        CASED_SEED,
    ),
    "guids": Case(
        [
            *cycle(
                "upper",
                "org_licenses",
                organizations=[
                    {
                        "id": GUID,
                        "exclusive_services": True,
                        "tenants": [
                            {
                                "id": TENANT.upper(),
                                "name": "T",
                                "services": [{"type": "du", "products": quantities(UNATT=1)}],
                            }
                        ],
                    }
                ],
            ),
            task(
                "twice",
                "org_licenses",
                organizations=[{"id": GUID, "tenants": [{"id": TENANT}, {"id": TENANT.upper()}]}],
            ),
        ],
        {
            "uipath": {
                "host_pool": POOL,
                "organizations": {
                    GUID: {
                        "license": {"products": {"UNATT": 3}},
                        "tenants": {TENANT: {"services": {"du": {"products": {"UNATT": 1}}}}},
                    }
                },
            }
        },
    ),
    "ended": Case(
        [
            *cycle("org", "org_license", organization_id="org", products=quantities(UNATT=3)),
            *cycle(
                "service",
                "tenant_service_license",
                organization_id="org",
                tenant_id="t",
                tenant_name="T",
                service_type="du",
                products=quantities(UNATT=2),
            ),
        ],
        ENDED_SEED,
    ),
    **{
        name: Case([task("check", "org_licenses", check=True, **KEEP, entries="all")], PLAIN, faults=faults)
        for name, faults in {**BARE, **GAPS}.items()
    },
    **{
        name: Case([task("check", "org_licenses", check=True, **KEEP, entries="all")], UNLICENSED, faults=faults)
        for name, faults in NOTHING.items()
    },
    **{
        f"{name}, contradicted": Case(attempt("keep", "org_licenses", **KEEP), PLAIN, faults=NOTHING[name])
        for name in ("license null", "products null", "products missing")
    },
    "pools with gaps": Case(
        attempt(
            "grow",
            "org_licenses",
            organizations=[
                {
                    "id": "org",
                    "products": quantities(UNATT=7),
                    "tenants": [
                        {"id": "t", "name": "T", "services": [{"type": "du", "products": quantities(UNATT=4)}]}
                    ],
                }
            ],
        ),
        PLAIN,
        faults=[
            answers(
                HOST,
                {
                    "license": None,
                    "productsWithAvailability": [
                        {"code": "UNATT", "totalQuantity": 20, "consumedQuantity": 5.0, "availableQuantity": None},
                    ],
                },
            ),
            answers(POOLS, {"code": "UNATT", "total": 5, "allocated": 1.0}),
        ],
    ),
    "write unread": Case(
        [
            task("overlay", "org_license", organization_id="org", products=quantities(UNATT=4), **WRITE),
            *attempt(
                "own", "org_license", organization_id="org", products=quantities(UNATT=4), exclusive=True, **WRITE
            ),
            task(
                "own again", "org_license", organization_id="org", products=quantities(UNATT=4), exclusive=True, **WRITE
            ),
            *attempt(
                "service",
                "tenant_service_license",
                organization_id="org",
                tenant_id="t",
                tenant_name="T",
                service_type="du",
                products=quantities(UNATT=2),
                exclusive=True,
                **WRITE,
            ),
            task(
                "service overlay",
                "tenant_service_license",
                organization_id="org",
                tenant_id="t",
                tenant_name="T",
                service_type="du",
                products=quantities(UNATT=3),
                **WRITE,
            ),
            task(
                "fail",
                "org_license",
                organization_id="org",
                products=quantities(UNATT=5),
                exclusive=True,
            ),
            control("conflict", faults=[{"match": {"kind": "write"}, "effect": {"status": 409}}]),
            task(
                "refused", "org_license", organization_id="org", products=quantities(UNATT=4), exclusive=True, **WRITE
            ),
        ],
        {
            "uipath": {
                **PLAIN["uipath"],
                "host_pool": {"UNATT": 20},
                "organizations": {
                    "org": {"name": "org", "license": {"products": {"UNATT": 5}}, "tenants": {"t": {"name": "T"}}}
                },
            }
        },
        switches=UNREAD,
    ),
    "yext unread": Case(
        [
            task("wrong path", "license_assignment", license_pack_id="pack", entity_id="e", api_url="{{ url }}/v3"),
            *(
                task(
                    f"status {status}",
                    "license_assignments",
                    license_packs=[{"id": "pack", "entities": [{"id": "n"}]}],
                    api_url="{{ url }}/v2",
                )
                for status in ("404",)
            ),
        ],
        CASED_SEED,
        faults=[{"match": {"operation": "listLicenseAssignments"}, "effect": {"status": 405}}],
    ),
}


@pytest.fixture(scope="module")
def runs() -> Mapping[str, CaseRun]:
    return run_cases(CASES)


def test_ids_with_every_odd_character(runs: Mapping[str, CaseRun]) -> None:
    run = runs["odd ids"]
    run.assert_cycle("fleet", writes=2)
    assert held(run.state) == ODD_STATE
    run.assert_nothing_to_do(run["service"])
    (found,) = run["info"].result["licenses"]
    assert (found["tenant_id"], found["service_type"]) == (ODD, ODD)
    run.assert_cycle("entity", writes=2)
    (assignment,) = run["entity info"].result["assignments"]
    assert assignment["entity_id"] == ODD
    assert assignment["license_pack_id"] == PACK
    run.assert_cycle("remove entity", writes=1)
    assert assigned(run.state) == {PACK: {"plain": None}}


def test_ids_that_differ_only_in_letter_case_are_not_taken_for_two(runs: Mapping[str, CaseRun]) -> None:
    run = runs["letter case"]
    run.assert_cycle("org", writes=1)
    for name, other in (("tenants", "'t'"), ("packs", "'E'")):
        for mode in ("check", "real"):
            refused = run[f"{name}: {mode}"]
            assert refused.kind == "invalid_input", refused.describe()
            assert f"stands twice, first as {other}" in refused.message
            assert refused.writes == []
    assert held(run.state) == {"org": {"UNATT": 3}, "ORG": {"UNATT": 2}}
    assert assigned(run.state) == {"pack": {"e": None}, "PACK": {}}


def test_a_guid_is_the_same_in_either_letter_case(runs: Mapping[str, CaseRun]) -> None:
    run = runs["guids"]
    run.assert_cycle("upper", writes=0, changed=False)
    assert run["twice"].kind == "invalid_input", run["twice"].describe()
    assert "stands twice" in run["twice"].message


def test_a_licence_whose_dates_are_past_is_warned_about(runs: Mapping[str, CaseRun]) -> None:
    run = runs["ended"]
    run.assert_cycle("org", writes=0, changed=False)
    run.assert_cycle("service", writes=1)
    assert "its licence ended on" in run["org: real"].warnings
    assert "its licence ended on" in run["service: real"].warnings


@pytest.mark.parametrize("name", GAPS)
def test_an_answer_that_lacks_what_it_is_for_stops_the_run(runs: Mapping[str, CaseRun], name: str) -> None:
    assert runs[name]["check"].kind == "protocol", runs[name]["check"].describe()


@pytest.mark.parametrize("name", ["license null", "products null", "products missing"])
def test_an_empty_licence_that_its_totals_contradict_stops_the_run(runs: Mapping[str, CaseRun], name: str) -> None:
    run = runs[f"{name}, contradicted"]
    for mode in ("check", "real"):
        assert run[f"keep: {mode}"].kind == "unreadable", run[f"keep: {mode}"].describe()
        assert run[f"keep: {mode}"].writes == []


@pytest.mark.parametrize("name", BARE)
def test_nulls_and_gaps_in_an_answer_are_read_for_what_they_say(runs: Mapping[str, CaseRun], name: str) -> None:
    check = runs[name]["check"]
    assert check.ok, check.describe()
    before = {key: entry["before"] for key, entry in entries_of(check).items()}
    if "services" in name:
        assert before["org/t/du"] == {"UNATT": 5, "NONPR": 5}
    elif name == "products as an object":
        assert before["org"] == {"UNATT": 5}
    else:
        assert before["org"] == {"UNATT": 5, "NONPR": 5}


@pytest.mark.parametrize("name", NOTHING)
def test_no_licence_an_empty_one_and_all_zeros_are_the_same(runs: Mapping[str, CaseRun], name: str) -> None:
    check = runs[name]["check"]
    assert check.ok, check.describe()
    assert entries_of(check)["org"]["before"] == {}
    assert entries_of(check)["org"]["outcome"] == "created"


def entries_of(run: Any) -> dict[str, dict[str, Any]]:
    """The entries by organization, or organization, tenant and service."""
    return dict(zip(run.outcomes(), run.result["entries"], strict=True))


def test_pools_with_nulls_and_gaps_are_computed_from_what_is_there(runs: Mapping[str, CaseRun]) -> None:
    run = runs["pools with gaps"]
    for mode in ("check", "real"):
        assert run[f"grow: {mode}"].ok, run[f"grow: {mode}"].describe()
    assert held(run.state)["org"] == {"UNATT": 7, "NONPR": 5}


def test_on_unreadable_write_sends_a_complete_list_every_time(runs: Mapping[str, CaseRun]) -> None:
    run = runs["write unread"]
    for name in ("overlay", "service overlay", "fail"):
        assert run[name].kind == "unreadable", run[name].describe()
        assert run[name].writes == []
    for name in ("overlay", "service overlay"):
        assert "exclusive: true" in run[name].message
    assert run["own: check"].changed
    assert run["own: check"].writes == []
    for name in ("own: real", "own again", "service: real"):
        assert run[name].ok, run[name].describe()
        assert run[name].changed
        assert len(run[name].writes) == 1
        assert "cannot be read" in run[name].warnings
    assert run["refused"].kind == "conflict", run["refused"].describe()
    assert held(run.state) == {"org": {"UNATT": 4}, "org/t/du": {"UNATT": 2}}


def test_yext_without_the_listing_is_a_clear_stop(runs: Mapping[str, CaseRun]) -> None:
    run = runs["yext unread"]
    for name in run.tasks:
        assert run[name].kind == "unreadable", run[name].describe()
        assert run[name].writes == []
