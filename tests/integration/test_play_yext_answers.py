# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each open question about Yext's API, with each of its answers: the end state is right, or the failure clear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    Case,
    CaseRun,
    Task,
    assigned,
    control,
    run_cases,
    task,
    untried_answers,
)

FAR = "2031-12-31"
ENTITIES: dict[str, str | None] = {f"e{number:02}": FAR if number % 3 == 0 else None for number in range(1, 13)}
SEED: dict[str, Any] = {
    "yext": {
        "license_packs": {
            "p": {"name": "Listings", "total": 14, "assigned": ENTITIES},
            "new": {"name": "Nothing on it", "total": 2},
            "other": {"name": "Not named", "total": 5, "assigned": {"e01": None}},
        }
    }
}
FLEET = [
    {
        "id": "p",
        "entities": [
            {"id": "e01"},
            {"id": "e02", "expiration_date": FAR},
            {"id": "e03", "expiration_date": "never"},
            {"id": "e12", "state": "absent"},
            {"id": "n1"},
            {"id": "n2", "expiration_date": FAR},
        ],
    },
    {"id": "new", "entities": [{"id": "n3"}]},
]
BEFORE = {"p": ENTITIES, "new": {}, "other": {"e01": None}}
AFTER: dict[str, dict[str, str | None]] = {
    "p": {**ENTITIES, "e02": FAR, "e03": None, "n1": None, "n2": FAR},
    "new": {"n3": None},
    "other": {"e01": None},
}
del AFTER["p"]["e12"]


MANY = {"id": "p", "entities": [{"id": f"n{number}"} for number in range(4)]}


def fleet(name: str, *, check: bool = False, **options: Any) -> Task:
    return task(name, "license_assignments", check=check, license_packs=FLEET, entries="all", **options)


def thrice(**options: Any) -> list[Task]:
    """Check, real, real again."""
    return [fleet("check", check=True, **options), fleet("real", **options), fleet("again", **options)]


def one(name: str, entity_id: str, *, check: bool = False, **options: Any) -> Task:
    return task(name, "license_assignment", check=check, **{"license_pack_id": "p", "entity_id": entity_id, **options})


HARMLESS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # Switches, options of the module.
    "assign twice clears": ({"yext_assign_twice_expiry": "cleared"}, {}),
    "assign 201": ({"yext_assign_status": "201"}, {}),
    "no expiration null": ({"yext_no_expiration": "null"}, {}),
    "no expiration empty": ({"yext_no_expiration": "empty"}, {}),
    "empty pack omitted": ({"yext_empty_pack": "omitted"}, {}),
    "pages of packs": ({"yext_page_counts": "packs"}, {}),
    "pages of one": ({"yext_page_size_default": 1}, {}),
    "pages of 5 at most": ({"yext_page_size_maximum": 5}, {}),
    "page size clamped": ({"yext_page_size_above_maximum": "clamped"}, {"page_size": 1000}),
    "last page null": ({"yext_last_page_token": "null"}, {}),
    "last page empty": ({"yext_last_page_token": "empty"}, {}),
    "answers with all": ({"yext_write_answer": "all"}, {}),
    "answers with nothing": ({"yext_write_answer": "empty"}, {}),
    "IDs in lower case": ({"yext_id_case": "lower"}, {}),
    "past date accepted": ({"yext_past_date": "accepted"}, {}),
    "write warning": ({"yext_write_errors": "warning"}, {}),
    "read warning": ({"yext_read_errors": "warning"}, {}),
    "short window": ({"yext_rate_limit": 4, "yext_rate_window": 1}, {}),
}
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    # Switches, options of the module, kind of the failure; nothing is written.
    "page size above maximum": ({"yext_page_size_maximum": 5}, {"page_size": 6}, "rejected"),
    "read error": ({"yext_read_errors": "non_fatal"}, {}, "rejected"),
    "write error": ({"yext_write_errors": "non_fatal"}, {}, "rejected"),
    "write fatal": ({"yext_write_errors": "fatal"}, {}, "rejected"),
    "limit used up": ({"yext_rate_limit": 1}, {"max_wait": 1}, "rate_limited"),
}
OTHER_CASES = {
    "write error but done": Case(
        [
            one("assign", "n1"),
            control("healthy", switches={"yext_write_errors": "none"}),
            one("again", "n1"),
        ],
        SEED,
        switches={"yext_write_errors": "non_fatal_done"},
    ),
    # The reads still show what was before the last write.
    **{
        f"assigned twice {answer}": Case(
            [one("first", "n1"), one("late", "n1"), one("again", "n1")],
            SEED,
            switches={"yext_assign_twice": answer, "yext_stale_reads": 1, "yext_page_size_default": 50},
        )
        for answer in ("200", "400", "409")
    },
    **{
        f"removed twice {answer}": Case(
            [
                one("first", "e01", state="absent"),
                one("late", "e01", state="absent"),
                one("again", "e01", state="absent"),
            ],
            SEED,
            switches={"yext_remove_unassigned": answer, "yext_stale_reads": 1, "yext_page_size_default": 50},
        )
        for answer in ("400", "200", "404", "409")
    },
    **{
        f"updated after removal {answer}": Case(
            [
                one("remove", "e01", state="absent"),
                one("late", "e01", expiration_date=FAR),
                control("fresh", switches={"yext_stale_reads": 0}),
                one("again", "e01", expiration_date=FAR),
            ],
            SEED,
            switches={"yext_update_unassigned": answer, "yext_stale_reads": 1, "yext_page_size_default": 50},
        )
        for answer in ("400", "404", "409", "200")
    },
    **{
        f"none available {answer}": Case(
            [task("real", "license_assignments", license_packs=[MANY], check_capacity=False)],
            SEED,
            switches={"yext_none_available": answer},
        )
        for answer in ("400", "409")
    },
    **{
        f"unknown entity {answer}": Case(
            [one("check", "nobody", check=True), one("real", "nobody"), one("remove", "nobody", state="absent")],
            {"yext": {**SEED["yext"], "entities": [*ENTITIES, "n1"]}},
            switches={"yext_unknown_entity": answer},
        )
        for answer in ("400", "404")
    },
    "today": Case(
        [one("yesterday", "e01", expiration_date="2031-06-01"), one("tomorrow", "e01", expiration_date="2031-06-03")],
        SEED,
        switches={"yext_today": "2031-06-02"},
    ),
    "past date 400": Case([one("past", "e01", expiration_date="2020-01-31")], SEED),
    "past date accepted": Case(
        [one("past", "e01", expiration_date="2020-01-31"), one("again", "e01", expiration_date="2020-01-31")],
        SEED,
        switches={"yext_past_date": "accepted"},
    ),
    "page token repeats": Case(
        [fleet("check", check=True), fleet("real"), fleet("again")],
        SEED,
        switches={"yext_page_token_repeats": True, "yext_page_size_default": 3},
    ),
    "page token repeats, exclusive": Case(
        [
            task(
                "real",
                "license_assignments",
                license_packs=[{"id": "p", "exclusive": True, "entities": [{"id": "e01"}]}],
                max_removals="100%",
            )
        ],
        SEED,
        switches={"yext_page_token_repeats": True, "yext_page_size_default": 3},
    ),
    "count off": Case(
        [
            task(
                "exclusive",
                "license_assignments",
                license_packs=[{"id": "p", "exclusive": True, "entities": [{"id": "e01"}]}],
                max_removals="100%",
            ),
            one("overlay", "n1"),
        ],
        SEED,
        switches={"yext_assigned_count_offset": 1},
    ),
    "stale reads": Case(
        [fleet("real"), control("fresh", switches={"yext_stale_reads": 0}), fleet("late"), fleet("again")],
        SEED,
        switches={"yext_stale_reads": 3},
    ),
    "saved filter": Case(
        [one("trusting", "n1"), one("reread", "n1", verify="reread"), one("other", "e01", expiration_date=FAR)],
        SEED,
        switches={"yext_saved_filter": {"p": {"adds": ["f1"], "removes": ["n1"]}}},
    ),
    "IDs in upper case": Case(
        [
            fleet("real"),
            fleet("again"),
            *(
                task(
                    name,
                    "license_assignments",
                    license_packs=[{"id": "other", "exclusive": True, "entities": [{"id": "e01"}]}],
                )
                for name in ("exclusive", "exclusive again")
            ),
        ],
        SEED,
        switches={"yext_id_case": "upper"},
    ),
}
ALL_CASES = {
    **{
        f"harmless {name}": Case(thrice(**options), SEED, switches=switches)
        for name, (switches, options) in HARMLESS.items()
    },
    **{
        f"refused {name}": Case([fleet("real", **options)], SEED, switches=switches)
        for name, (switches, options, _kind) in REFUSED.items()
    },
    **OTHER_CASES,
}


@pytest.fixture(scope="module")
def runs() -> Mapping[str, CaseRun]:
    return run_cases(ALL_CASES)


def test_every_answer_to_every_open_question_has_a_case() -> None:
    assert untried_answers(ALL_CASES.values(), "yext_") == []


@pytest.mark.parametrize("name", HARMLESS)
def test_the_end_state_is_right_whatever_the_answer(runs: Mapping[str, CaseRun], name: str) -> None:
    run = runs[f"harmless {name}"]
    assert run["real"].ok, run["real"].describe()
    assert assigned(run.state) == AFTER
    assert run["check"].writes == []
    assert run["check"].told() == run["real"].told()
    run.assert_nothing_to_do(run["again"])
    if "warning" in name:
        told = run["real" if "write" in name else "check"]
        assert "omething to know" in told.warnings


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_and_nothing_is_lost(runs: Mapping[str, CaseRun], name: str) -> None:
    run = runs[f"refused {name}"]
    assert run["real"].kind == REFUSED[name][2], run["real"].describe()
    assert assigned(run.state) == BEFORE


def test_an_error_that_is_none_is_settled_by_reading_and_the_next_run_has_nothing_to_do(
    runs: Mapping[str, CaseRun],
) -> None:
    run = runs["write error but done"]
    assert run["assign"].ok, run["assign"].describe()
    assert run["assign"].changed
    assert len(run["assign"].writes) == 1
    assert assigned(run.state)["p"] == {**ENTITIES, "n1": None}
    run.assert_nothing_to_do(run["again"])


@pytest.mark.parametrize("name", [name for name in OTHER_CASES if " twice " in name])
def test_what_somebody_else_did_between_reading_and_writing_is_no_failure(
    runs: Mapping[str, CaseRun], name: str
) -> None:
    run = runs[name]
    assert len(run["late"].writes) == 1
    assert run["late"].ok, run["late"].describe()
    assert run["again"].ok, run["again"].describe()
    expected = {**ENTITIES, "n1": None} if "assigned" in name else {k: v for k, v in ENTITIES.items() if k != "e01"}
    assert assigned(run.state)["p"] == expected


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [("400", {"rejected"}), ("404", {"not_found"}), ("409", {"conflict"}), ("200", {None})],
)
def test_a_date_for_an_entity_that_somebody_else_removed(
    runs: Mapping[str, CaseRun], answer: str, kinds: set[str | None]
) -> None:
    run = runs[f"updated after removal {answer}"]
    assert run["late"].kind in kinds, run["late"].describe()
    assert run["again"].ok, run["again"].describe()
    assert assigned(run.state)["p"] == {**ENTITIES, "e01": FAR}


@pytest.mark.parametrize("answer", ["400", "409"])
def test_a_pack_without_a_licence_left_refuses_one_entity_and_keeps_the_others(
    runs: Mapping[str, CaseRun], answer: str
) -> None:
    run = runs[f"none available {answer}"]
    assert run["real"].kind in ("rejected", "conflict", "insufficient_capacity"), run["real"].describe()
    assert set(assigned(run.state)["p"]) > set(ENTITIES)


@pytest.mark.parametrize(("answer", "kind"), [("400", "rejected"), ("404", "not_found")])
def test_an_entity_that_does_not_exist(runs: Mapping[str, CaseRun], answer: str, kind: str) -> None:
    run = runs[f"unknown entity {answer}"]
    assert run["check"].result["unverified"] == ["p/nobody"]
    assert run["real"].kind == kind, run["real"].describe()
    run.assert_nothing_to_do(run["remove"])
    assert assigned(run.state) == BEFORE


def test_dates_are_past_by_the_day_of_the_server(runs: Mapping[str, CaseRun]) -> None:
    run = runs["today"]
    assert run["yesterday"].kind == "rejected", run["yesterday"].describe()
    assert "past" in run["yesterday"].message
    assert run["tomorrow"].ok, run["tomorrow"].describe()
    assert runs["past date 400"]["past"].kind == "rejected"
    accepted = runs["past date accepted"]
    assert accepted["past"].ok, accepted["past"].describe()
    accepted.assert_nothing_to_do(accepted["again"])


def test_pages_that_repeat_come_to_an_end_and_are_not_taken_for_the_whole(runs: Mapping[str, CaseRun]) -> None:
    run = runs["page token repeats"]
    assert all(len(run[name].calls) < 20 for name in ("check", "real", "again"))
    for name in ("check", "real", "again"):
        assert run[name].kind == "listing_mismatch", run[name].describe()
    assert assigned(run.state) == BEFORE
    exclusive = runs["page token repeats, exclusive"]
    assert exclusive["real"].kind == "listing_mismatch", exclusive["real"].describe()
    assert assigned(exclusive.state) == BEFORE


def test_a_count_that_is_off_forbids_removals_only(runs: Mapping[str, CaseRun]) -> None:
    run = runs["count off"]
    assert run["exclusive"].kind == "listing_mismatch", run["exclusive"].describe()
    assert run["overlay"].ok, run["overlay"].describe()
    assert assigned(run.state)["p"] == {**ENTITIES, "n1": None}


def test_reads_that_lag_behind_do_no_harm(runs: Mapping[str, CaseRun]) -> None:
    run = runs["stale reads"]
    assert run["real"].ok, run["real"].describe()
    assert assigned(run["fresh"].state) == AFTER
    assert assigned(run.state) == AFTER
    run.assert_nothing_to_do(run["again"])


def test_a_saved_filter_that_works_against_the_file_is_shown_by_reading_again(runs: Mapping[str, CaseRun]) -> None:
    run = runs["saved filter"]
    assert run["trusting"].ok, run["trusting"].describe()
    assert run["reread"].kind == "conflict", run["reread"].describe()
    assert "saved filter" in run["reread"].message
    assert run["other"].ok, run["other"].describe()
    assert assigned(run.state)["p"] == {**ENTITIES, "e01": FAR, "f1": None}


def test_entity_ids_in_another_letter_case_are_never_taken_for_other_entities(runs: Mapping[str, CaseRun]) -> None:
    run = runs["IDs in upper case"]
    assert not [write for name in run.tasks for write in run[name].writes if write.startswith("DELETE")]
    assert assigned(run.state)["other"] == {"e01": None}
    assert set(assigned(run.state)["p"]) <= {*AFTER["p"], "e12"}
    for name in ("again", "exclusive again"):
        assert not run[name].changed
