# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``license_assignments`` over packs: lists, full packs, expiry, errors and what is told of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    Case,
    CaseRun,
    assigned,
    attempt,
    control,
    cycle,
    run_cases,
    task,
)

FAR = "2031-12-31"


def seed(**packs: tuple[int, dict[str, str | None]]) -> dict[str, Any]:
    """Packs by their IDs: how many licences there are, and the entities that hold them."""
    return {
        "yext": {
            "license_packs": {
                pack_id: {"name": pack_id, "total": total, "assigned": held} for pack_id, (total, held) in packs.items()
            }
        }
    }


def pack(pack_id: str, *entities: str | dict[str, Any], **options: Any) -> dict[str, Any]:
    """A pack in the shape of the desired-state file; an entity may be named by its ID alone."""
    listed = [{"id": entity} if isinstance(entity, str) else entity for entity in entities]
    return {"id": pack_id, "entities": listed, **options}


def absent(entity_id: str) -> dict[str, Any]:
    return {"id": entity_id, "state": "absent"}


def until(entity_id: str, date: str) -> dict[str, Any]:
    return {"id": entity_id, "expiration_date": date}


SEED = seed(p=(10, {"e1": None, "e2": FAR, "e3": None}), q=(3, {"e1": None, "e4": None, "e5": None}))
MANY: dict[str, str | None] = {f"e{number:03}": None for number in range(100)}
TWO_PACKS = [pack("p", "e1", until("e2", "never"), absent("e3"), until("e9", FAR)), pack("q", absent("e4"), "e6")]
TWO_PACKS_STATE = {"p": {"e1": None, "e2": None, "e9": FAR}, "q": {"e1": None, "e5": None, "e6": None}}
FILE = {"licensing_license_packs": TWO_PACKS, "licensing_organizations": []}
CASES = {
    "two packs": Case(cycle("case", "license_assignments", license_packs=TWO_PACKS, entries="all"), SEED),
    **{
        f"two packs {name}": Case(
            cycle("case", "license_assignments", state_file=f"{{{{ directory }}}}/{name}", entries="all"),
            SEED,
            files={name: text},
        )
        for name, text in {"state.json": json.dumps(FILE), "state.yml": "---\n" + yaml.safe_dump(FILE)}.items()
    },
    "full pack": Case(
        cycle("case", "license_assignments", license_packs=[pack("q", "e7", "e8", absent("e1"), absent("e4"))]), SEED
    ),
    "too full": Case(attempt("case", "license_assignments", license_packs=[pack("q", "e7", "e8", absent("e1"))]), SEED),
    "too full unchecked": Case(
        attempt("case", "license_assignments", license_packs=[pack("q", "e7")], check_capacity=False), SEED
    ),
    "exclusive": Case(
        cycle("case", "license_assignments", license_packs=[pack("p", "e1", "e9", exclusive=True)], entries="all"), SEED
    ),
    "omitted": Case(attempt("case", "license_assignments", license_packs=[{"id": "p", "exclusive": True}]), SEED),
    "empty": Case(attempt("case", "license_assignments", license_packs=[pack("p", exclusive=True)]), SEED),
    "allow_empty": Case(
        cycle("case", "license_assignments", license_packs=[pack("p", exclusive=True, allow_empty=True)]), SEED
    ),
    "max_removals": Case(
        attempt("case", "license_assignments", license_packs=[pack("p", *sorted(MANY)[:80], exclusive=True)]),
        seed(p=(100, MANY)),
    ),
    "max_removals raised": Case(
        cycle(
            "case",
            "license_assignments",
            license_packs=[pack("p", *sorted(MANY)[:80], exclusive=True)],
            max_removals="20%",
            entries="none",
        ),
        seed(p=(100, MANY)),
    ),
    "listing mismatch": Case(
        attempt("case", "license_assignments", license_packs=[pack("p", "e1", exclusive=True)]),
        SEED,
        switches={"yext_assigned_count_offset": 1},
    ),
    "past date held": Case(
        cycle("case", "license_assignments", license_packs=[pack("p", "e1")], entries="all"),
        seed(p=(10, {"e1": "2020-01-31"})),
    ),
    "past date wanted": Case(
        attempt("case", "license_assignments", license_packs=[pack("p", until("e1", "2020-01-31"))]), SEED
    ),
}


@pytest.fixture(scope="module")
def runs() -> Mapping[str, CaseRun]:
    return run_cases(CASES)


@pytest.mark.parametrize("name", ["two packs", "two packs state.json", "two packs state.yml"])
def test_packs_become_what_the_file_says(runs: Mapping[str, CaseRun], name: str) -> None:
    run = runs[name]
    real = run.assert_cycle("case", writes=6)
    assert assigned(run.state) == TWO_PACKS_STATE
    assert all(call["status"] == 200 for call in real.calls)
    assert real.result["diff"] == {
        "before": f"p/e2: until {FAR}\np/e3: without end\nq/e4: without end\n",
        "after": f"p/e2: without end\np/e9: until {FAR}\nq/e6: without end\n",
    }


def test_a_full_pack_gives_back_before_it_takes(runs: Mapping[str, CaseRun]) -> None:
    run = runs["full pack"]
    real = run.assert_cycle("case", writes=4)
    assert all(call["status"] == 200 for call in real.calls)
    assert assigned(run.state)["q"] == {"e5": None, "e7": None, "e8": None}


def test_too_many_entities_are_a_shortage_told_with_its_numbers(runs: Mapping[str, CaseRun]) -> None:
    run = runs["too full"]
    for mode in ("check", "real"):
        refused = run[f"case: {mode}"]
        assert refused.kind == "insufficient_capacity", refused.describe()
        assert "2 wanted" in refused.message
        assert "left in license pack q: 1 short" in refused.message
        assert refused.writes == []


def test_without_the_check_of_capacity_the_server_refuses_and_nothing_is_lost(runs: Mapping[str, CaseRun]) -> None:
    run = runs["too full unchecked"]
    assert not run["case: real"].ok
    assert run["case: real"].kind == "rejected", run["case: real"].describe()
    assert assigned(run.state)["q"] == {"e1": None, "e4": None, "e5": None}


def test_an_exclusive_list_removes_what_it_does_not_name_on_its_own_pack_only(runs: Mapping[str, CaseRun]) -> None:
    run = runs["exclusive"]
    run.assert_cycle("case", writes=3)
    assert assigned(run.state) == {"p": {"e1": None, "e9": None}, "q": {"e1": None, "e4": None, "e5": None}}


def test_an_omitted_list_is_no_empty_one(runs: Mapping[str, CaseRun]) -> None:
    omitted = runs["omitted"]["case: real"]
    assert omitted.ok, omitted.describe()
    assert omitted.writes == []
    empty = runs["empty"]["case: real"]
    assert empty.kind == "invalid_input"
    assert "license pack p: entities is empty and exclusive" in empty.message
    assert empty.calls == []
    runs["allow_empty"].assert_cycle("case", writes=3)
    assert assigned(runs["allow_empty"].state)["p"] == {}


def test_more_removals_than_allowed_stop_before_the_first_write(runs: Mapping[str, CaseRun]) -> None:
    for mode in ("check", "real"):
        refused = runs["max_removals"][f"case: {mode}"]
        assert refused.kind == "removals_exceeded", refused.describe()
        assert "20 of 100 would be removed" in refused.message
        assert refused.writes == []
    raised = runs["max_removals raised"]
    raised.assert_cycle("case", writes=20)
    assert len(assigned(raised.state)["p"]) == 80


def test_nothing_is_removed_on_the_word_of_a_listing_that_contradicts_the_count(runs: Mapping[str, CaseRun]) -> None:
    refused = runs["listing mismatch"]["case: real"]
    assert refused.kind == "listing_mismatch", refused.describe()
    assert refused.writes == []


def test_dates_that_are_past(runs: Mapping[str, CaseRun]) -> None:
    held = runs["past date held"]
    held.assert_cycle("case", writes=0, changed=False)
    assert assigned(held.state)["p"] == {"e1": "2020-01-31"}
    wanted = runs["past date wanted"]
    assert not wanted["case: real"].ok
    assert wanted["case: real"].kind == "rejected", wanted["case: real"].describe()
    assert assigned(wanted.state) == assigned(SEED)


# --- errors ----------------------------------------------------------------------------------------------------------

FAULTY = [pack("q", "e6", absent("e4"), until("e7", FAR), absent("e5"), until("e1", FAR))]
FAULTY_WRITES = 6
FAULTY_STATE = {"e1": FAR, "e6": None, "e7": FAR}
FAULTS = [
    *(("stop", nth) for nth in range(1, FAULTY_WRITES + 1)),
    *(("rollback", nth) for nth in range(1, FAULTY_WRITES + 1)),
    *(("continue", nth) for nth in (1, 4)),
]
FAULT_CASES = {
    f"{on_error} {nth}": Case(
        [
            task(
                "broken", "license_assignments", license_packs=FAULTY, on_error=on_error, concurrency=1, entries="all"
            ),
            control("healthy", faults=[]),
            task("again", "license_assignments", license_packs=FAULTY, entries="all"),
        ],
        SEED,
        faults=[{"match": {"kind": "write", "nth": nth}, "effect": {"status": 400}}],
    )
    for on_error, nth in FAULTS
}
# The first write sets a date, the second removes, the fourth assigns.
UNCLEAR: list[tuple[str, int, dict[str, Any]]] = [
    *(("done, 500", nth, {"status": 500, "acts": True}) for nth in (1, 2, 4)),
    ("done, reset", 4, {"reset": True, "acts": True}),
    ("done, cut off", 1, {"truncate": True}),
    ("done, html", 2, {"html": True, "acts": True}),
    ("limited", 4, {"status": 429, "rate_limit_reset": 1}),
]
UNCLEAR_CASES = {
    f"{name} {nth}": Case(
        [
            task("first", "license_assignments", license_packs=FAULTY, entries="all", concurrency=1),
            control("healthy", faults=[]),
            task("second", "license_assignments", license_packs=FAULTY, entries="all"),
        ],
        SEED,
        faults=[{"match": {"kind": "write", "nth": nth}, "effect": effect}],
    )
    for name, nth, effect in UNCLEAR
}


@pytest.fixture(scope="module")
def fault_runs() -> Mapping[str, CaseRun]:
    return run_cases({**FAULT_CASES, **UNCLEAR_CASES})


@pytest.mark.parametrize(("on_error", "nth"), FAULTS)
def test_after_a_fault_at_each_write_the_next_run_finishes_the_work(
    fault_runs: Mapping[str, CaseRun], on_error: str, nth: int
) -> None:
    run = fault_runs[f"{on_error} {nth}"]
    broken, again = run["broken"], run["again"]
    assert broken.kind == "rejected", broken.describe()
    assert broken.result["summary"]["failed"] == 1
    assert again.ok, again.describe()
    assert assigned(run.state)["q"] == FAULTY_STATE
    if on_error == "rollback":
        assert assigned(run["healthy"].state) == assigned(SEED)
        assert broken.changed is False
        assert broken.result["diff"] == {"before": "", "after": ""}
    elif on_error == "stop":
        assert len(broken.writes) == nth
        assert len(again.writes) == FAULTY_WRITES - nth + 1
    else:
        assert len(broken.writes) + len(again.writes) >= FAULTY_WRITES
        assert len(broken.writes) > nth or broken.result["summary"]["not_attempted"] == 0


@pytest.mark.parametrize("name", UNCLEAR_CASES)
def test_a_write_that_was_done_after_all_or_can_be_repeated_does_no_harm(
    fault_runs: Mapping[str, CaseRun], name: str
) -> None:
    run = fault_runs[name]
    assert run["first"].ok, run["first"].describe()
    assert assigned(run.state)["q"] == FAULTY_STATE
    run.assert_nothing_to_do(run["second"])
