# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``org_licenses`` over many organizations: order, pools, exclusive lists, errors and what is told of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    Case,
    CaseRun,
    attempt,
    control,
    cycle,
    held,
    quantities,
    run_cases,
    task,
)


def service(kind: str, *, exclusive: bool = False, **products: int) -> dict[str, Any]:
    wanted = {"type": kind, "products": quantities(**products)}
    return {**wanted, "exclusive": True} if exclusive else wanted


def tenant(tenant_id: str, *services: dict[str, Any]) -> dict[str, Any]:
    return {"id": tenant_id, "name": tenant_id.upper(), "services": list(services)}


def organization_seed(products: Mapping[str, int], **tenants: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """An organization of the seed: ``tenants`` name services with what they hold."""
    return {
        "license": {"products": dict(products)} if products else None,
        "tenants": {
            tenant_id: {"services": {kind: {"products": dict(codes)} for kind, codes in services.items()}}
            for tenant_id, services in tenants.items()
        },
    }


def seed(host_pool: Mapping[str, int], **organizations: dict[str, Any]) -> dict[str, Any]:
    return {"uipath": {"host_pool": dict(host_pool), "organizations": organizations}}


# Every pool full: alpha gives 4 UNATT back that beta takes, with their tenants.
FULL = seed(
    {"UNATT": 10},
    alpha=organization_seed({"UNATT": 7}, a1={"orchestrator": {"UNATT": 5}}, a2={"orchestrator": {"UNATT": 2}}),
    beta=organization_seed({"UNATT": 3}, b1={"orchestrator": {"UNATT": 3}}),
)
SHIFTED = [
    {"id": "beta", "products": quantities(UNATT=7), "tenants": [tenant("b1", service("orchestrator", UNATT=7))]},
    {
        "id": "alpha",
        "products": quantities(UNATT=3),
        "tenants": [
            tenant("a2", service("orchestrator", UNATT=2)),
            tenant("a1", service("orchestrator", UNATT=1)),
        ],
    },
]
SHIFTED_FILE = {"licensing_organizations": SHIFTED, "other_variable": "none of ours"}
SHIFTED_STATE = {
    "alpha": {"UNATT": 3},
    "alpha/a1/orchestrator": {"UNATT": 1},
    "alpha/a2/orchestrator": {"UNATT": 2},
    "beta": {"UNATT": 7},
    "beta/b1/orchestrator": {"UNATT": 7},
}
BELOW_ZERO = seed(
    {"UNATT": 4},
    alpha=organization_seed({"UNATT": 3}, a1={"orchestrator": {"UNATT": 6}}),
    beta=organization_seed({"UNATT": 3}),
)
TENANTS_FULL = seed(
    {"UNATT": 6, "TIE": 2},
    alpha=organization_seed(
        {"UNATT": 6, "TIE": 2}, a1={"orchestrator": {"UNATT": 6}}, a2={"du": {"TIE": 2}, "orchestrator": {}}
    ),
)
# Each service takes what another gives: no order without splitting one of them.
RING = seed(
    {"UNATT": 2, "NONPR": 2, "TIE": 2},
    alpha=organization_seed(
        {"UNATT": 2, "NONPR": 2, "TIE": 2},
        a1={"orchestrator": {"UNATT": 2}, "du": {"NONPR": 2}, "aicenter": {"TIE": 2}},
    ),
)
SIMPLE = seed(
    {"UNATT": 20, "NONPR": 20, "TIE": 20},
    alpha=organization_seed(
        {"UNATT": 6, "NONPR": 4, "TIE": 2},
        a1={"orchestrator": {"UNATT": 3, "NONPR": 2}, "du": {"TIE": 1}},
        a2={"orchestrator": {"NONPR": 1}},
    ),
    beta=organization_seed({"UNATT": 2}, b1={"orchestrator": {"UNATT": 1}}),
)


def wanted(*organizations: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {"organizations": list(organizations), "entries": "all", **options}


def own(**values: Any) -> dict[str, Any]:
    return {"id": "alpha", **values}


# What each of these must leave of alpha is said in the test that is about it.
LISTS: dict[str, dict[str, Any]] = {
    "overlay": wanted(own(products=quantities(UNATT=7))),
    "overlay with zero": wanted(own(products=quantities(TIE=0), tenants=[tenant("a1", service("du", TIE=0))])),
    "exclusive": wanted(
        own(
            products=quantities(UNATT=6, NONPR=4),
            exclusive=True,
            tenants=[{"id": "a1", "services": [{"type": "du", "state": "absent"}]}],
        )
    ),
    "exclusive service": wanted(own(tenants=[tenant("a1", service("orchestrator", UNATT=3, exclusive=True))])),
    "exclusive_services": wanted(
        own(exclusive_services=True, tenants=[tenant("a1", service("orchestrator", UNATT=3))])
    ),
    "empty list": wanted(own(products=[], tenants=[])),
    "empty list exclusive": wanted(own(products=[], exclusive=True)),
    "empty service exclusive": wanted(
        own(tenants=[{"id": "a1", "name": "A1", "services": [{"type": "du", "products": [], "exclusive": True}]}])
    ),
    "allow_empty service": wanted(
        own(
            tenants=[
                {
                    "id": "a1",
                    "name": "A1",
                    "services": [{"type": "du", "products": [], "exclusive": True, "allow_empty": True}],
                }
            ]
        )
    ),
    "allow_empty tenants": wanted(own(tenants=[], exclusive_services=True, allow_empty=True)),
    "ignore_codes": wanted(own(products=quantities(UNATT=6), exclusive=True), ignore_codes=["NONPR", "TIE"]),
    "max_removals": wanted(own(products=quantities(UNATT=6), exclusive=True), max_removals="1"),
    "max_removals as written": wanted(own(tenants=[{"id": "a1", "state": "absent"}]), max_removals="0"),
    "in use": wanted(own(state="absent")),
}
REFUSED = {
    "empty list exclusive": ("invalid_input", "organization alpha: products is empty and exclusive"),
    "empty service exclusive": ("invalid_input", "organization alpha, tenant a1, service du: products is empty"),
    "max_removals": ("removals_exceeded", "product codes of alpha: 2 of 3 would be removed|together: 2 of 3"),
    "in use": ("in_use", "organization alpha cannot lose its licence while its services hold some"),
}
CASES = {
    "shift": Case(cycle("shift", "org_licenses", **wanted(*SHIFTED)), FULL),
    **{
        f"shift {name}": Case(
            cycle("shift", "org_licenses", state_file=f"{{{{ directory }}}}/{name}", entries="all"),
            FULL,
            files={name: text},
        )
        for name, text in {
            "state.json": json.dumps(SHIFTED_FILE),
            "state.yml": "---\n" + yaml.safe_dump(SHIFTED_FILE),
        }.items()
    },
    "below zero": Case(
        [
            *cycle(
                "heal",
                "org_licenses",
                **wanted(
                    own(products=quantities(UNATT=2), tenants=[tenant("a1", service("orchestrator", UNATT=2))]),
                    {"id": "beta", "products": quantities(UNATT=2)},
                ),
            ),
        ],
        BELOW_ZERO,
    ),
    "tenant to tenant": Case(
        cycle(
            "move",
            "org_licenses",
            **wanted(
                own(
                    tenants=[
                        tenant("a2", service("orchestrator", UNATT=4), service("du", TIE=0)),
                        tenant("a1", service("orchestrator", UNATT=2), service("du", TIE=2)),
                    ]
                )
            ),
        ),
        TENANTS_FULL,
    ),
    "ring": Case(
        cycle(
            "ring",
            "org_licenses",
            **wanted(
                own(
                    tenants=[
                        tenant(
                            "a1",
                            service("orchestrator", NONPR=2, exclusive=True),
                            service("du", TIE=2, exclusive=True),
                            service("aicenter", UNATT=2, exclusive=True),
                        )
                    ]
                )
            ),
        ),
        RING,
    ),
    **{
        name: Case((attempt if name in REFUSED else cycle)(name, "org_licenses", **options), SIMPLE)
        for name, options in LISTS.items()
    },
}

# Pools are full; each of the four writes of this fleet is made to fail in turn.
FAULTY = [
    {"id": "beta", "products": quantities(UNATT=6)},
    {
        "id": "alpha",
        "products": quantities(UNATT=4),
        "tenants": [tenant("a1", service("orchestrator", UNATT=3)), tenant("a2", service("orchestrator", UNATT=1))],
    },
]
FAULTY_WRITES = 4
STABLE = {"id": "gamma", "products": quantities(TIE=1)}
GAMMA = organization_seed({"TIE": 1})
FAULT_CASES = {
    f"{on_error} {nth}": Case(
        [
            task("broken", "org_licenses", organizations=FAULTY, on_error=on_error, concurrency=1, entries="all"),
            control("healthy", faults=[]),
            task("again", "org_licenses", organizations=FAULTY, entries="all"),
        ],
        FULL,
        faults=[{"match": {"kind": "write", "nth": nth}, "effect": {"status": 400}}],
    )
    for on_error in ("stop", "continue", "rollback")
    for nth in range(1, FAULTY_WRITES + 1)
}
UNCLEAR = {
    # The server acted, but its answer was lost: to be settled by reading.
    "done, 500": {"status": 500, "acts": True},
    "done, reset": {"reset": True, "acts": True},
    "done, cut off": {"truncate": True},
    "done, html": {"html": True, "acts": True},
    # The server did not act.
    "not done, 500": {"status": 500},
    # The call surely did not happen: it is made once more.
    "reset": {"reset": True},
    "limited": {"status": 429, "retry_after": 1},
    "unavailable": {"status": 503, "retry_after": 1},
}
UNCLEAR_CASES = {
    name: Case(
        [
            task("first", "org_licenses", organizations=FAULTY, entries="all"),
            control("healthy", faults=[]),
            task("second", "org_licenses", organizations=FAULTY, entries="all"),
        ],
        FULL,
        faults=[{"match": {"kind": "write", "nth": 2}, "effect": effect}],
    )
    for name, effect in UNCLEAR.items()
}
TOLD_CASES = {
    entries: Case(
        [
            task("broken", "org_licenses", organizations=FAULTY, entries=entries, concurrency=1),
            control("healthy", faults=[]),
            task("good", "org_licenses", organizations=[*FAULTY, STABLE], entries=entries),
        ],
        {"uipath": {**FULL["uipath"], "organizations": {**FULL["uipath"]["organizations"], "gamma": GAMMA}}},
        faults=[{"match": {"kind": "write", "nth": 2}, "effect": {"status": 400}}],
    )
    for entries in ("all", "changed", "failed", "none")
}
MAX_RUNTIME = Case(
    [
        task("short", "org_licenses", organizations=FAULTY, max_runtime=1.5, concurrency=1, entries="all"),
        control("quick", faults=[]),
        task("finish", "org_licenses", organizations=FAULTY, max_runtime=60, entries="all"),
    ],
    FULL,
    faults=[{"match": {"kind": "write"}, "effect": {"delay": 1}}],
)


@pytest.fixture(scope="module")
def runs() -> Mapping[str, CaseRun]:
    return run_cases({**CASES, "max_runtime": MAX_RUNTIME})


@pytest.fixture(scope="module")
def fault_runs() -> Mapping[str, CaseRun]:
    return run_cases({**FAULT_CASES, **UNCLEAR_CASES, **{f"told {name}": case for name, case in TOLD_CASES.items()}})


# --- order and pools -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["shift", "shift state.json", "shift state.yml"])
def test_one_organization_grows_out_of_what_another_gives_back_in_one_run(
    runs: Mapping[str, CaseRun], name: str
) -> None:
    run = runs[name]
    real = run.assert_cycle("shift", writes=4)
    assert held(run.state) == SHIFTED_STATE
    assert all(call["status"] == 200 for call in real.calls)
    assert real.outcomes() == {
        "alpha": "updated",
        "alpha/a1/orchestrator": "updated",
        "alpha/a2/orchestrator": "unchanged",
        "beta": "updated",
        "beta/b1/orchestrator": "updated",
    }


def test_a_pool_below_zero_heals(runs: Mapping[str, CaseRun]) -> None:
    run = runs["below zero"]
    run.assert_cycle("heal", writes=3)
    assert held(run.state) == {"alpha": {"UNATT": 2}, "alpha/a1/orchestrator": {"UNATT": 2}, "beta": {"UNATT": 2}}


def test_licences_move_between_tenants_although_the_pool_is_full(runs: Mapping[str, CaseRun]) -> None:
    run = runs["tenant to tenant"]
    real = run.assert_cycle("move", writes=4)
    assert all(call["status"] == 200 for call in real.calls)
    assert held(run.state) == {
        "alpha": {"UNATT": 6, "TIE": 2},
        "alpha/a1/orchestrator": {"UNATT": 2},
        "alpha/a1/du": {"TIE": 2},
        "alpha/a2/orchestrator": {"UNATT": 4},
    }


def test_a_ring_of_services_is_broken_with_one_write_more(runs: Mapping[str, CaseRun]) -> None:
    run = runs["ring"]
    real = run.assert_cycle("ring", writes=4)
    assert all(call["status"] == 200 for call in real.calls)
    assert held(run.state) == {
        "alpha": {"UNATT": 2, "NONPR": 2, "TIE": 2},
        "alpha/a1/orchestrator": {"NONPR": 2},
        "alpha/a1/du": {"TIE": 2},
        "alpha/a1/aicenter": {"UNATT": 2},
    }


# --- lists -----------------------------------------------------------------------------------------------------------

BEFORE = {
    "alpha": {"UNATT": 6, "NONPR": 4, "TIE": 2},
    "alpha/a1/orchestrator": {"UNATT": 3, "NONPR": 2},
    "alpha/a1/du": {"TIE": 1},
    "alpha/a2/orchestrator": {"NONPR": 1},
    "beta": {"UNATT": 2},
    "beta/b1/orchestrator": {"UNATT": 1},
}
# What differs from BEFORE afterwards, and how many writes that takes.
AFTER: dict[str, tuple[int, dict[str, dict[str, int]]]] = {
    "overlay": (1, {"alpha": {"UNATT": 7, "NONPR": 4, "TIE": 2}}),
    "overlay with zero": (2, {"alpha": {"UNATT": 6, "NONPR": 4}, "alpha/a1/du": {}}),
    "exclusive": (2, {"alpha": {"UNATT": 6, "NONPR": 4}, "alpha/a1/du": {}}),
    "exclusive service": (1, {"alpha/a1/orchestrator": {"UNATT": 3}}),
    "exclusive_services": (2, {"alpha/a1/du": {}, "alpha/a2/orchestrator": {}}),
    "empty list": (0, {}),
    "allow_empty service": (1, {"alpha/a1/du": {}}),
    "allow_empty tenants": (3, {"alpha/a1/orchestrator": {}, "alpha/a1/du": {}, "alpha/a2/orchestrator": {}}),
    "ignore_codes": (0, {}),
    "max_removals as written": (2, {"alpha/a1/orchestrator": {}, "alpha/a1/du": {}}),
}


@pytest.mark.parametrize("name", AFTER)
def test_a_list_reaches_as_far_as_it_says(runs: Mapping[str, CaseRun], name: str) -> None:
    run = runs[name]
    writes, differences = AFTER[name]
    run.assert_cycle(name, writes=writes, changed=bool(writes))
    expected = {**BEFORE, **differences}
    assert held(run.state) == {place: codes for place, codes in expected.items() if codes}


@pytest.mark.parametrize("name", REFUSED)
def test_a_list_that_takes_too_much_is_refused_before_any_write(runs: Mapping[str, CaseRun], name: str) -> None:
    run = runs[name]
    kind, sentence = REFUSED[name]
    for mode in ("check", "real"):
        refused = run[f"{name}: {mode}"]
        assert refused.kind == kind, refused.describe()
        assert any(words in refused.message for words in sentence.split("|")), refused.message
        assert refused.writes == []
    assert held(run.state) == BEFORE


# --- errors ----------------------------------------------------------------------------------------------------------

FAULTY_STATE = {
    "alpha": {"UNATT": 4},
    "alpha/a1/orchestrator": {"UNATT": 3},
    "alpha/a2/orchestrator": {"UNATT": 1},
    "beta": {"UNATT": 6},
    "beta/b1/orchestrator": {"UNATT": 3},
}


@pytest.mark.parametrize("on_error", ["stop", "continue", "rollback"])
@pytest.mark.parametrize("nth", range(1, FAULTY_WRITES + 1))
def test_after_a_fault_at_each_write_the_next_run_makes_the_missing_writes_and_no_other(
    fault_runs: Mapping[str, CaseRun], on_error: str, nth: int
) -> None:
    run = fault_runs[f"{on_error} {nth}"]
    broken, again = run["broken"], run["again"]
    assert broken.kind == "rejected", broken.describe()
    assert again.ok, again.describe()
    assert held(run.state) == FAULTY_STATE
    made = [call["path"] for call in broken.calls if call["kind"] == "write" and call["status"] == 200]
    if on_error == "rollback":
        assert held(run["healthy"].state) == held(FULL)
        assert len(again.writes) == FAULTY_WRITES
        assert broken.changed is False
    else:
        assert len(made) + len(again.writes) == FAULTY_WRITES
        assert not set(made) & {write.split()[1] for write in again.writes}
        assert broken.changed is bool(made)


@pytest.mark.parametrize("nth", range(1, FAULTY_WRITES + 1))
def test_stop_begins_nothing_after_the_fault_and_reports_every_entry(
    fault_runs: Mapping[str, CaseRun], nth: int
) -> None:
    broken = fault_runs[f"stop {nth}"]["broken"]
    assert len(broken.writes) == nth
    summary = broken.result["summary"]
    assert summary["updated"] == nth - 1
    assert summary["failed"] == 1
    assert summary["not_attempted"] == FAULTY_WRITES - nth
    failed = [entry for entry in broken.result["entries"] if entry["outcome"] == "failed"]
    assert failed[0]["failure"]["kind"] == "rejected"
    assert failed[0]["after"] == failed[0]["before"]


def test_continue_stops_only_what_depends_on_the_failure(fault_runs: Mapping[str, CaseRun]) -> None:
    first = fault_runs["continue 1"]["broken"]
    # The first write is a service of alpha that gives back; what cannot be had without it is not tried.
    assert first.result["summary"]["failed"] == 1
    assert len(first.writes) == 2
    assert first.result["summary"]["not_attempted"] == 2
    last = fault_runs[f"continue {FAULTY_WRITES}"]["broken"]
    assert last.result["summary"]["updated"] == FAULTY_WRITES - 1


@pytest.mark.parametrize("nth", range(2, FAULTY_WRITES + 1))
def test_rollback_says_that_everything_was_put_back(fault_runs: Mapping[str, CaseRun], nth: int) -> None:
    broken = fault_runs[f"rollback {nth}"]["broken"]
    assert broken.result["summary"]["rolled_back"] == nth - 1
    assert "put back" in broken.message
    assert broken.result["diff"] == {"before": "", "after": ""}


@pytest.mark.parametrize("name", [name for name in UNCLEAR if not name.startswith("not done")])
def test_a_write_that_was_done_after_all_or_can_be_repeated_does_no_harm(
    fault_runs: Mapping[str, CaseRun], name: str
) -> None:
    run = fault_runs[name]
    assert run["first"].ok, run["first"].describe()
    assert held(run.state) == FAULTY_STATE
    run.assert_nothing_to_do(run["second"])


@pytest.mark.parametrize("name", [name for name in UNCLEAR if name.startswith("not done")])
def test_a_write_whose_fate_is_unknown_is_settled_by_reading(fault_runs: Mapping[str, CaseRun], name: str) -> None:
    run = fault_runs[name]
    assert run["first"].kind == "server", run["first"].describe()
    assert run["second"].ok, run["second"].describe()
    assert held(run.state) == FAULTY_STATE
    made = [call for call in run["first"].calls if call["kind"] == "write" and call["acted"]]
    assert len(made) + len(run["second"].writes) == FAULTY_WRITES


def test_entries_returns_what_it_names(fault_runs: Mapping[str, CaseRun]) -> None:
    outcomes = {
        (entries, name): sorted(entry["outcome"] for entry in fault_runs[f"told {entries}"][name].result["entries"])
        for entries in TOLD_CASES
        for name in ("broken", "good")
    }
    assert outcomes["all", "broken"] == ["failed", "not_attempted", "not_attempted", "updated"]
    assert outcomes["changed", "broken"] == ["failed", "not_attempted", "not_attempted", "updated"]
    assert outcomes["failed", "broken"] == ["failed", "not_attempted", "not_attempted"]
    assert outcomes["none", "broken"] == []
    assert outcomes["all", "good"] == ["unchanged", "unchanged", "updated", "updated", "updated"]
    assert outcomes["changed", "good"] == ["updated", "updated", "updated"]
    assert outcomes["failed", "good"] == outcomes["none", "good"] == []
    summaries = [fault_runs[f"told {entries}"]["broken"].result["summary"] for entries in TOLD_CASES]
    assert all(summary == summaries[0] for summary in summaries)


def test_max_runtime_bounds_the_task_and_reports_what_was_done(runs: Mapping[str, CaseRun]) -> None:
    run = runs["max_runtime"]
    short = run["short"]
    assert short.kind == "interrupted", short.describe()
    assert "max_runtime" in short.message
    summary = short.result["summary"]
    assert summary["updated"] == len(short.writes)
    assert 1 <= summary["updated"] < FAULTY_WRITES
    assert summary["not_attempted"] == FAULTY_WRITES - summary["updated"]
    assert run["finish"].ok, run["finish"].describe()
    assert len(run["finish"].writes) == FAULTY_WRITES - summary["updated"]
    assert held(run.state) == FAULTY_STATE
