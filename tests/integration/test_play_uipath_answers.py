# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each open question about UiPath's API, with each of its answers: the end state is right, or the failure clear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    Case,
    CaseRun,
    Task,
    control,
    held,
    quantities,
    run_cases,
    task,
    untried_answers,
)

# IDs as the vendor gives them: the same in either letter case.
NEW = "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
BIG = "22222222-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
OLD = "33333333-cccc-4ccc-8ccc-cccccccccccc"
N1 = "44444444-dddd-4ddd-8ddd-dddddddddddd"
B1 = "55555555-eeee-4eee-8eee-eeeeeeeeeeee"
B2 = "66666666-ffff-4fff-8fff-ffffffffffff"
O1 = "77777777-abcd-4bcd-8bcd-abcdefabcdef"
BEFORE = {
    BIG: {"UNATT": 10, "NONPR": 5, "AIG": 2, "AGU": 3},
    f"{BIG}/{B1}/orchestrator": {"UNATT": 4, "NONPR": 2},
    f"{BIG}/{B1}/du": {"AIG": 1},
    OLD: {"UNATT": 3},
    f"{OLD}/{O1}/orchestrator": {"UNATT": 3},
}
AFTER = {
    NEW: {"UNATT": 5, "NONPR": 2, "TIE": 1},
    f"{NEW}/{N1}/orchestrator": {"UNATT": 4, "NONPR": 2},
    f"{NEW}/{N1}/du": {"TIE": 1},
    BIG: {"UNATT": 8, "NONPR": 5, "TIE": 2, "AGU": 3},
    f"{BIG}/{B1}/orchestrator": {"UNATT": 2},
    f"{BIG}/{B2}/orchestrator": {"UNATT": 3},
}


def seed(used: Mapping[str, int] | None = None, **uipath: Any) -> dict[str, Any]:
    return {
        "uipath": {
            "host_pool": {"UNATT": 30, "NONPR": 20, "TIE": 10, "AIG": 5, "RU": 100, "AGU": 9},
            "organizations": {
                NEW: {"name": "new", "tenants": {N1: {"name": "Default"}}},
                BIG: {
                    "name": "big",
                    "license": {"products": BEFORE[BIG]},
                    "consumed": {"UNATT": 1},
                    "tenants": {
                        B1: {
                            "name": "Default",
                            "services": {
                                "orchestrator": {
                                    "products": BEFORE[f"{BIG}/{B1}/orchestrator"],
                                    "used": dict(used or {}),
                                },
                                "du": {"products": BEFORE[f"{BIG}/{B1}/du"]},
                            },
                        },
                        B2: {"name": "Second"},
                    },
                },
                OLD: {
                    "name": "old",
                    "license": {"products": BEFORE[OLD]},
                    "tenants": {O1: {"name": "Default", "services": {"orchestrator": {"products": {"UNATT": 3}}}}},
                },
            },
            **uipath,
        }
    }


def service(kind: str, **products: int) -> dict[str, Any]:
    return {"type": kind, "products": quantities(**products)}


def tenant(tenant_id: str, *services: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": tenant_id, "name": "Default", "services": list(services), **more}


# One organization is created, one changed, one removed, each with its services.
FLEET: list[dict[str, Any]] = [
    {
        "id": NEW,
        "products": quantities(UNATT=5, NONPR=2, TIE=1),
        "tenants": [tenant(N1, service("orchestrator", UNATT=4, NONPR=2), service("du", TIE=1))],
    },
    {
        "id": BIG,
        "products": quantities(UNATT=8, AIG=0, TIE=2),
        "tenants": [
            tenant(B1, service("orchestrator", UNATT=2, NONPR=0), service("du", AIG=0)),
            tenant(B2, service("orchestrator", UNATT=3)),
        ],
    },
    {"id": OLD, "state": "absent", "tenants": [{"id": O1, "state": "absent"}]},
]
# The same, but every service is named: what only the server names can only be called as the server calls it.
NAMED = [*FLEET[:2], {**FLEET[2], "tenants": [tenant(O1, {"type": "orchestrator", "state": "absent"})]}]


def fleet(name: str, *, check: bool = False, **options: Any) -> Task:
    return task(name, "org_licenses", check=check, **{"organizations": FLEET, "entries": "all", **options})


def thrice(**options: Any) -> list[Task]:
    """Check, real, real again."""
    return [fleet("check", check=True, **options), fleet("real", **options), fleet("again", **options)]


def one(name: str, organization_id: str = BIG, *, check: bool = False, **options: Any) -> Task:
    return task(name, "org_license", check=check, organization_id=organization_id, **options)


def one_service(name: str, *, check: bool = False, **options: Any) -> Task:
    place = {"organization_id": BIG, "tenant_id": B1, "tenant_name": "Default", "service_type": "orchestrator"}
    return task(name, "tenant_service_license", check=check, **{**place, **options})


Switches = dict[str, Any]

# Under each of these the whole fleet comes out right, and the second run changes nothing.
HARMLESS: dict[str, Switches] = {
    "put merge": {"uipath_put": "merge"},
    "zero code kept": {"uipath_zero_code": "kept"},
    "zero code kept, merge": {"uipath_zero_code": "kept", "uipath_put": "merge"},
    "zero service empty": {"uipath_zero_service": "empty"},
    "zero service zeros": {"uipath_zero_service": "zeros"},
    "unlicensed organization null": {"uipath_unlicensed_organization": "null"},
    "unlicensed organization empty": {"uipath_unlicensed_organization": "empty"},
    "available counts own": {"uipath_available_counts_own": True},
    "allocated services": {"uipath_allocated": "services"},
    "allocated services and users": {"uipath_allocated": "services_and_users"},
    "service quantity alone": {"uipath_service_quantity": "quantity"},
    "service allocated alone": {"uipath_service_quantity": "allocated"},
    "service quantity null": {"uipath_service_quantity": "allocated_and_null"},
    "no products null": {"uipath_no_products": "null", "uipath_zero_service": "empty"},
    "no products missing": {"uipath_no_products": "missing", "uipath_zero_service": "empty"},
    "null fields missing": {"uipath_null_fields": "missing"},
    "lists as objects": {"uipath_lists": "object"},
    "objects as lists": {"uipath_objects": "list"},
    "IDs in lower case": {"uipath_id_case": "lower"},
    "IDs in upper case": {"uipath_id_case": "upper"},
    "service types in lower case": {"uipath_service_type_case": "lower"},
    "service types in upper case": {"uipath_service_type_case": "upper"},
    # What these are about is met only elsewhere: here they must not matter, whichever they are.
    "not met, one way": {
        "uipath_tenant_services": "object",
        "uipath_route_accountant": "404",
        "uipath_account_path": "root",
        "uipath_identity_path": "identity",
        "uipath_account_refusal": "200",
        "uipath_sign_in_error_body": "html",
        "uipath_remove_in_use": "409",
        "uipath_remove_held_organization": "cascade",
        "uipath_lower_below_use": "200",
    },
    "not met, the other way": {
        "uipath_tenant_services": "first",
        "uipath_route_accountant": "405",
        "uipath_identity_path": "identity_",
        "uipath_token_refusal": "401",
        "uipath_sign_in_error_body": "empty",
        "uipath_remove_held_organization": "orphan",
    },
}
HARMLESS_CASES = {
    name: Case(thrice(organizations=NAMED if "service types" in name else FLEET), seed(), switches=switches)
    for name, switches in HARMLESS.items()
}

# Reads that the installed version does not have: nothing is written, and nothing is taken for absent.
UNREADABLE = {
    f"{switch} {answer}": {switch: answer}
    for switch in (
        "uipath_route_host_pool",
        "uipath_route_organization_license",
        "uipath_route_service_licenses",
        "uipath_route_account_pool",
    )
    for answer in ("404", "405")
}
UNREADABLE_CASES = {
    **{
        name: Case([fleet("check", check=True), fleet("real")], seed(), switches=switches)
        for name, switches in UNREADABLE.items()
    },
    "on-premises flows off": Case(
        [fleet("check", check=True), fleet("real")], seed(), switches={"uipath_on_premises_flows": False}
    ),
}

EXCLUSIVE: dict[str, Any] = {"exclusive": True, "max_removals": "9"}
SIGN_IN: dict[str, dict[str, Any]] = {"account": {"username": "nobody"}, "client_credentials": {"client_id": "nobody"}}


def added(level: str, plain: Callable[..., Task], products: list[dict[str, Any]]) -> Case:
    """The server adds a code by itself: under overlay, exclusive lists, and those that ignore it."""
    ignored = {**EXCLUSIVE, "ignore_codes": ["RU"]}
    return Case(
        [
            plain("overlay", products=products),
            plain("overlay again", products=products),
            plain("exclusive", products=products, **EXCLUSIVE),
            plain("ignored", products=products, **ignored),
            plain("ignored again", products=products, **ignored),
        ],
        seed(),
        switches={f"uipath_added_to_{level}": {"RU": 1}},
    )


OTHER_CASES = {
    # Codes that the server adds by itself.
    "added to organization": added("organization", one, quantities(UNATT=9, NONPR=5, AIG=2, AGU=3)),
    "added to service": added("service", one_service, quantities(UNATT=3, NONPR=2)),
    # Codes that the server keeps.
    **{
        f"kept codes {answer}": Case(
            [one("zero", products=quantities(AGU=0)), one_service("lower", products=quantities(NONPR=1))],
            seed(),
            switches={"uipath_kept_codes": ["AGU", "NONPR"], "uipath_kept_codes_answer": answer},
        )
        for answer in ("silent", "409")
    },
    **{
        f"lower below use {answer}": Case(
            [
                one_service("lower", products=quantities(UNATT=1)),
                one_service("bypass", products=quantities(UNATT=1), bypass_usage_check=True),
            ],
            seed({"UNATT": 3}),
            switches={"uipath_lower_below_use": answer},
        )
        for answer in ("409", "200")
    },
    **{
        f"remove in use {answer}": Case(
            [one_service("remove", state="absent"), one_service("again", state="absent")],
            seed({"UNATT": 3}),
            switches={"uipath_remove_in_use": answer},
        )
        for answer in ("409", "200")
    },
    **{
        f"remove unlicensed {answer}": Case(
            [one("remove", NEW, state="absent"), one("unknown", "no-such", state="absent")],
            seed(),
            switches={"uipath_remove_unlicensed_organization": answer},
        )
        for answer in ("200", "404")
    },
    # Somebody else removes the licence between reading and writing: the reads still show it.
    **{
        f"remove absent service {answer}": Case(
            [
                one_service("remove", state="absent"),
                one_service("late", state="absent"),
                one_service("again", state="absent"),
            ],
            seed(),
            switches={"uipath_remove_absent_service": answer, "uipath_stale_reads": 1},
        )
        for answer in ("404", "200", "410")
    },
    "remove unlicensed late": Case(
        [
            task("services", "org_licenses", organizations=[{"id": OLD, "tenants": [{"id": O1, "state": "absent"}]}]),
            control("stale", switches={"uipath_stale_reads": 3, "uipath_remove_unlicensed_organization": "404"}),
            one("remove", OLD, state="absent"),
            one("late", OLD, state="absent"),
            control("fresh", switches={"uipath_stale_reads": 0}),
            one("again", OLD, state="absent"),
        ],
        seed(),
    ),
    **{
        f"unknown tenant {answer}": Case(
            [
                one_service("check", check=True, tenant_id="no-such", products=quantities(UNATT=1)),
                one_service("real", tenant_id="no-such", products=quantities(UNATT=1)),
            ],
            seed(),
            switches={"uipath_unknown_tenant": answer},
        )
        for answer in ("404", "400", "200")
    },
    **{
        f"unknown organization {answer}": Case(
            [
                one("check", "no-such", check=True, products=quantities(UNATT=1)),
                one("real", "no-such", products=quantities(UNATT=1)),
                task(
                    "tenant",
                    "tenant_service_license",
                    organization_id="nobody",
                    tenant_id="t",
                    tenant_name="T",
                    service_type="du",
                    products=quantities(UNATT=1),
                ),
            ],
            seed(),
            switches={"uipath_unknown_organization": answer},
        )
        for answer in ("404", "400", "200")
    },
    # The pool of an organization seems to have what its users consume.
    **{
        f"allocated {answer}": Case(
            [one_service("too much", products=quantities(UNATT=10))], seed(), switches={"uipath_allocated": answer}
        )
        for answer in ("all", "services", "services_and_users")
    },
    "available counts own": Case(
        [one("too much", products=quantities(UNATT=28)), one("all", products=quantities(UNATT=27))],
        seed(),
        switches={"uipath_available_counts_own": True},
    ),
    **{
        f"stale reads {number}": Case(
            [
                fleet("real"),
                control("fresh", switches={"uipath_stale_reads": 0}),
                fleet("late"),
                fleet("again"),
            ],
            seed(),
            switches={"uipath_stale_reads": number},
        )
        for number in (2,)
    },
    **{
        f"removals {answer}": Case(
            [one_service("service", state="absent"), one("organization", OLD, state="absent"), fleet("fleet")],
            seed(),
            switches={"uipath_route_removals": answer},
        )
        for answer in ("404", "405")
    },
    "account path organization": Case(
        [
            one("wrong", products=quantities(UNATT=9)),
            one("right", products=quantities(UNATT=9), sign_in_path="/host/Default/api/account/authenticate"),
        ],
        seed(),
        switches={"uipath_account_path": "organization"},
    ),
    "identity path identity": Case(
        [
            one("wrong", products=quantities(UNATT=9), auth_flow="client_credentials"),
            one(
                "right",
                products=quantities(UNATT=9),
                auth_flow="client_credentials",
                sign_in_path="/identity/connect/token",
            ),
            one("password", products=quantities(UNATT=8), auth_flow="password", sign_in_path="/identity/connect/token"),
        ],
        seed(),
        switches={"uipath_identity_path": "identity"},
    ),
    **{
        f"refused {flow} {status} {body}": Case(
            [one("refused", products=quantities(UNATT=9), auth_flow=flow, **options)],
            seed(),
            switches={
                "uipath_account_refusal": status if flow == "account" else "401",
                "uipath_token_refusal": "400" if flow == "account" else status,
                "uipath_sign_in_error_body": body,
            },
        )
        for flow, statuses in (("account", ("401", "400", "200", "500")), ("client_credentials", ("400", "401")))
        for status in statuses
        for body in ("json", "empty", "html")
        for options in (SIGN_IN[flow],)
        if body == "json" or status in ("200", "400")
    },
    **{
        f"client credentials {answer}": Case(
            [one("real", products=quantities(UNATT=9), auth_flow="client_credentials")],
            seed(),
            switches={"uipath_client_credentials_at_host": answer},
        )
        for answer in ("accepted", "403", "401")
    },
    **{
        f"token of {seconds} seconds": Case(
            [fleet("account", concurrency=1), fleet("again", auth_flow="client_credentials")],
            seed(),
            switches={"uipath_account_token_seconds": seconds, "uipath_token_seconds": seconds},
            faults=[{"match": {"kind": "write"}, "effect": {"delay": 0.4}}] if seconds else [],
        )
        for seconds in (1, 0)
    },
}
ALL_CASES = {
    **{f"harmless {name}": case for name, case in HARMLESS_CASES.items()},
    **{f"unreadable {name}": case for name, case in UNREADABLE_CASES.items()},
    **OTHER_CASES,
}


@pytest.fixture(scope="module")
def runs() -> Mapping[str, CaseRun]:
    return run_cases(ALL_CASES)


def test_every_answer_to_every_open_question_has_a_case() -> None:
    assert untried_answers(ALL_CASES.values(), "uipath_") == []


@pytest.mark.parametrize("name", HARMLESS)
def test_the_end_state_is_right_whatever_the_answer(runs: Mapping[str, CaseRun], name: str) -> None:
    run = runs[f"harmless {name}"]
    assert run["real"].ok, run["real"].describe()
    assert held(run.state) == AFTER
    assert run["check"].writes == []
    assert run["check"].told() == run["real"].told()
    run.assert_nothing_to_do(run["again"])


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_not_taken_for_absent(runs: Mapping[str, CaseRun], name: str) -> None:
    run = runs[f"unreadable {name}"]
    for mode in ("check", "real"):
        assert run[mode].kind == "unreadable", run[mode].describe()
        assert run[mode].writes == []
    assert held(run.state) == BEFORE


def test_a_host_without_the_on_premises_flows_is_told_as_one_of_three_causes(runs: Mapping[str, CaseRun]) -> None:
    run = runs["unreadable on-premises flows off"]
    for mode in ("check", "real"):
        assert run[mode].kind == "unreadable", run[mode].describe()
        for cause in ("no licence", "switched off", "no route"):
            assert cause in run[mode].message
    assert held(run.state) == BEFORE


@pytest.mark.parametrize(
    ("level", "place", "products"),
    [
        ("organization", BIG, {"UNATT": 9, "NONPR": 5, "AIG": 2, "AGU": 3, "RU": 1}),
        ("service", f"{BIG}/{B1}/orchestrator", {"UNATT": 3, "NONPR": 2, "RU": 1}),
    ],
)
def test_a_code_that_the_server_adds_is_not_removable_until_it_is_ignored(
    runs: Mapping[str, CaseRun], level: str, place: str, products: Mapping[str, int]
) -> None:
    run = runs[f"added to {level}"]
    assert run["overlay"].ok, run["overlay"].describe()
    run.assert_nothing_to_do(run["overlay again"])
    assert run["exclusive"].kind == "not_removable", run["exclusive"].describe()
    assert "ignore_codes" in run["exclusive"].message
    run.assert_nothing_to_do(run["ignored"])
    run.assert_nothing_to_do(run["ignored again"])
    assert held(run.state)[place] == products


def test_a_code_that_the_server_silently_keeps_is_told(runs: Mapping[str, CaseRun]) -> None:
    run = runs["kept codes silent"]
    assert run["zero"].kind == "not_removable", run["zero"].describe()
    assert run["lower"].kind == "conflict", run["lower"].describe()
    assert "NONPR 2" in run["lower"].message
    assert held(run.state) == BEFORE


def test_a_code_that_the_server_refuses_to_lower_is_in_use(runs: Mapping[str, CaseRun]) -> None:
    run = runs["kept codes 409"]
    for name in ("zero", "lower"):
        assert run[name].kind == "in_use", run[name].describe()
        assert "cannot be taken away" in run[name].message
    assert held(run.state) == BEFORE


def test_lowering_below_use_is_told_unless_the_check_is_bypassed(runs: Mapping[str, CaseRun]) -> None:
    refused = runs["lower below use 409"]
    assert refused["lower"].kind == "in_use", refused["lower"].describe()
    assert refused["bypass"].ok, refused["bypass"].describe()
    accepted = runs["lower below use 200"]
    assert accepted["lower"].ok, accepted["lower"].describe()
    accepted.assert_nothing_to_do(accepted["bypass"])
    for run in (refused, accepted):
        assert held(run.state)[f"{BIG}/{B1}/orchestrator"] == {"UNATT": 1, "NONPR": 2}


def test_removing_what_is_in_use(runs: Mapping[str, CaseRun]) -> None:
    refused = runs["remove in use 409"]
    for name in ("remove", "again"):
        assert refused[name].kind == "in_use", refused[name].describe()
    assert held(refused.state) == BEFORE
    removed = runs["remove in use 200"]
    assert removed["remove"].changed
    removed.assert_nothing_to_do(removed["again"])


@pytest.mark.parametrize("answer", ["200", "404"])
def test_removing_the_licence_of_an_organization_without_one_changes_nothing(
    runs: Mapping[str, CaseRun], answer: str
) -> None:
    run = runs[f"remove unlicensed {answer}"]
    run.assert_nothing_to_do(run["remove"])
    run.assert_nothing_to_do(run["unknown"])


@pytest.mark.parametrize("answer", ["404", "200", "410"])
def test_removing_a_service_that_somebody_else_removed_is_no_failure(runs: Mapping[str, CaseRun], answer: str) -> None:
    run = runs[f"remove absent service {answer}"]
    assert len(run["late"].writes) == 1
    for name in ("remove", "late", "again"):
        assert run[name].ok, run[name].describe()
    assert f"{BIG}/{B1}/orchestrator" not in held(run.state)


def test_removing_an_organization_that_somebody_else_removed_loses_nothing(runs: Mapping[str, CaseRun]) -> None:
    run = runs["remove unlicensed late"]
    assert run["remove"].ok, run["remove"].describe()
    assert len(run["late"].writes) == 1
    assert run["late"].ok or run["late"].kind == "not_found"
    run.assert_nothing_to_do(run["again"])


@pytest.mark.parametrize(("answer", "kind"), [("404", "not_found"), ("400", "rejected"), ("200", None)])
def test_a_tenant_that_does_not_exist(runs: Mapping[str, CaseRun], answer: str, kind: str | None) -> None:
    run = runs[f"unknown tenant {answer}"]
    assert run["check"].ok, run["check"].describe()
    assert run["check"].result["unverified"] == [f"{BIG}/Default/orchestrator"]
    assert run["real"].kind == kind, run["real"].describe()
    new = {} if kind else {f"{BIG}/no-such/orchestrator": {"UNATT": 1}}
    assert held(run.state) == {**BEFORE, **new}


@pytest.mark.parametrize(("answer", "kind"), [("404", "not_found"), ("400", "rejected"), ("200", None)])
def test_an_organization_that_does_not_exist(runs: Mapping[str, CaseRun], answer: str, kind: str | None) -> None:
    run = runs[f"unknown organization {answer}"]
    assert run["check"].ok, run["check"].describe()
    assert run["check"].result["unverified"] == ["no-such"]
    assert run["real"].kind == kind, run["real"].describe()
    assert run["tenant"].kind == "not_found", run["tenant"].describe()
    assert "organization nobody has no licence" in run["tenant"].message
    assert run["tenant"].writes == []
    assert held(run.state) == {**BEFORE, **({} if kind else {"no-such": {"UNATT": 1}})}


@pytest.mark.parametrize(("answer", "writes"), [("all", 0), ("services", 1), ("services_and_users", 1)])
def test_too_much_is_told_as_such_whether_the_pool_shows_it_or_the_server(
    runs: Mapping[str, CaseRun], answer: str, writes: int
) -> None:
    refused = runs[f"allocated {answer}"]["too much"]
    assert refused.kind == "insufficient_capacity", refused.describe()
    assert len(refused.writes) == writes
    assert held(runs[f"allocated {answer}"].state) == BEFORE


def test_an_own_share_that_is_counted_as_available_does_not_mislead(runs: Mapping[str, CaseRun]) -> None:
    run = runs["available counts own"]
    assert run["too much"].kind == "insufficient_capacity", run["too much"].describe()
    assert "UNATT: 18 wanted, 0 held, 17 left in the host pool: 1 short" in run["too much"].message or (
        "UNATT: 28 wanted, 10 held, 17 left in the host pool: 1 short" in run["too much"].message
    )
    assert run["too much"].writes == []
    assert run["all"].ok, run["all"].describe()


@pytest.mark.parametrize("number", [2])
def test_reads_that_lag_behind_do_no_harm(runs: Mapping[str, CaseRun], number: int) -> None:
    run = runs[f"stale reads {number}"]
    assert run["real"].ok, run["real"].describe()
    assert held(run["fresh"].state) == AFTER
    # What still sees the past writes the same once more. Which of its reads do is left to the workers: where past
    # and present are mixed, it stops, for they cannot be read together or do not fit together. Nothing is written then.
    mixed = ("unreadable", "in_use", "insufficient_capacity")
    assert run["late"].ok or run["late"].kind in mixed, run["late"].describe()
    assert run["late"].ok or run["late"].writes == []
    assert held(run.state) == AFTER
    run.assert_nothing_to_do(run["again"])


@pytest.mark.parametrize("answer", ["404", "405"])
def test_a_server_without_removals_is_told_and_nothing_is_lost(runs: Mapping[str, CaseRun], answer: str) -> None:
    run = runs[f"removals {answer}"]
    for name in ("service", "organization", "fleet"):
        assert not run[name].ok, run[name].describe()
        assert run[name].kind in ("not_found", "rejected", "in_use"), run[name].describe()
    # What could be written before the refusal may stand, but nothing that should have stayed is gone.
    left = held(run.state)
    assert left[OLD] == BEFORE[OLD]
    assert left[f"{OLD}/{O1}/orchestrator"] == BEFORE[f"{OLD}/{O1}/orchestrator"]


@pytest.mark.parametrize("name", ["account path organization", "identity path identity"])
def test_a_sign_in_that_lies_elsewhere_is_found_by_its_option(runs: Mapping[str, CaseRun], name: str) -> None:
    run = runs[name]
    assert run["wrong"].kind == "not_found", run["wrong"].describe()
    assert "sign_in_path" in run["wrong"].message
    assert [call["kind"] for call in run["wrong"].calls] == ["sign_in"]
    assert run["right"].ok, run["right"].describe()
    assert held(run.state)[BIG]["UNATT"] == (9 if "account" in name else 8)


@pytest.mark.parametrize("name", [name for name in OTHER_CASES if name.startswith("refused ")])
def test_a_refused_sign_in_is_told_whatever_its_body(runs: Mapping[str, CaseRun], name: str) -> None:
    run = runs[name]["refused"]
    # A success without a token, of which nothing can be read, is no refusal.
    unclear = name.endswith(("200 html", "200 empty"))
    # A server that fails refuses only where it says so.
    failing = " 500 " in name and "account 500 json" not in name
    expected = "server" if failing else "protocol" if unclear else "authentication"
    assert run.kind == expected, run.describe()
    assert {call["kind"] for call in run.calls} == {"sign_in"}
    assert held(runs[name].state) == BEFORE


@pytest.mark.parametrize(("answer", "kind"), [("accepted", None), ("403", "forbidden"), ("401", "authentication")])
def test_a_client_that_may_not_act_for_the_host_is_told(
    runs: Mapping[str, CaseRun], answer: str, kind: str | None
) -> None:
    run = runs[f"client credentials {answer}"]
    assert run["real"].kind == kind, run["real"].describe()
    assert held(run.state) == (BEFORE if kind else {**BEFORE, BIG: {**BEFORE[BIG], "UNATT": 9}})


def test_tokens_that_age_during_the_task_are_renewed(runs: Mapping[str, CaseRun]) -> None:
    run = runs["token of 1 seconds"]
    assert run["account"].ok, run["account"].describe()
    assert run["account"].result["api"]["sign_ins"] > 1
    assert held(run.state) == AFTER
    run.assert_nothing_to_do(run["again"])


def test_tokens_that_are_never_good_are_told(runs: Mapping[str, CaseRun]) -> None:
    run = runs["token of 0 seconds"]
    for name in ("account", "again"):
        assert run[name].kind == "authentication", run[name].describe()
        assert len(run[name].calls) < 40
    assert held(run.state) == BEFORE
