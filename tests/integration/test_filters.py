# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters: a desired state turned into that of a retirement, and what the answers of a survey mean.

Here and not among the unit tests: whoever imports Ansible's errors is a controller, in which modules warn otherwise.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.tenantops.licensing.plugins.filter import answered as answered_filter
from ansible_collections.tenantops.licensing.plugins.filter import answered_list as answered_list_filter
from ansible_collections.tenantops.licensing.plugins.filter import path_where_started as path_filter
from ansible_collections.tenantops.licensing.plugins.filter import retired_license_packs as packs_filter
from ansible_collections.tenantops.licensing.plugins.filter import retired_organization as organization_filter
from ansible_collections.tenantops.licensing.plugins.filter import unknown_variables as unknown_filter
from ansible_collections.tenantops.licensing.plugins.module_utils._state.parser import (
    parse_license_packs,
    parse_organizations,
)

retired_organization = organization_filter.FilterModule().filters()["retired_organization"]
answered = answered_filter.FilterModule().filters()["answered"]
answered_list = answered_list_filter.FilterModule().filters()["answered_list"]
path_where_started = path_filter.FilterModule().filters()["path_where_started"]
unknown_variables = unknown_filter.FilterModule().filters()["unknown_variables"]
retired_license_packs = packs_filter.FilterModule().filters()["retired_license_packs"]

ORGANIZATIONS: list[dict[str, Any]] = [
    {
        "id": "o-1",
        "name": "delilah",
        "products": [{"code": "UNATT", "quantity": 1}],
        "exclusive": True,
        "tenants": [
            {"id": "t-1", "name": "Default", "services": [{"type": "du", "products": []}]},
            {"id": "t-2", "name": "Test"},
            {"id": "t-3"},
        ],
    },
    {"id": "o-2"},
    {"id": "o-3", "name": "twin"},
    {"id": "o-4", "name": "twin"},
]
PACKS: list[dict[str, Any]] = [
    {"id": "p-1", "exclusive": True, "entities": [{"id": "e-1", "expiration_date": "2027-01-31"}, {"id": "e-2"}]},
    {"id": "p-2"},
]


def test_a_whole_organization_and_its_named_tenants_hold_nothing() -> None:
    retired = retired_organization(ORGANIZATIONS, "delilah")
    assert retired == [
        {
            "id": "o-1",
            "name": "delilah",
            "state": "absent",
            "tenants": [
                {"id": "t-1", "name": "Default", "state": "absent"},
                {"id": "t-2", "name": "Test", "state": "absent"},
                {"id": "t-3", "state": "absent"},
            ],
        }
    ]
    assert parse_organizations(retired)[0].absent


@pytest.mark.parametrize("tenant", ["t-2", "Test"])
def test_a_tenant_is_found_by_its_id_or_its_name_and_its_organization_stays(tenant: str) -> None:
    (retired,) = retired_organization(ORGANIZATIONS, "o-1", [tenant])
    assert retired["state"] == "present"
    assert retired["tenants"] == [{"id": "t-2", "name": "Test", "state": "absent"}]


def test_a_guid_is_found_in_either_letter_case() -> None:
    an_id = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
    (found,) = retired_organization([{"id": an_id}], an_id.upper())
    assert found["id"] == an_id


def test_an_organization_without_tenants_is_retired_alone() -> None:
    assert retired_organization(ORGANIZATIONS, "o-2") == [{"id": "o-2", "state": "absent", "tenants": []}]


@pytest.mark.parametrize(
    ("organization", "tenants", "said"),
    [
        ("nobody", None, "names no organization 'nobody'; it names: delilah, o-2, twin, twin"),
        ("twin", None, "names more than one organization 'twin': use its ID"),
        ("delilah", ["Prod"], "names no tenant 'Prod'; it names: Default, Test, t-3"),
        ("o-2", ["Default"], "names no tenant 'Default'; it names: none"),
    ],
)
def test_what_the_desired_state_does_not_name_is_refused(
    organization: str, tenants: list[str] | None, said: str
) -> None:
    with pytest.raises(AnsibleFilterError, match=said):
        retired_organization(ORGANIZATIONS, organization, tenants)


def test_the_named_entities_of_packs_hold_nothing() -> None:
    retired = retired_license_packs(PACKS, ["p-1", "p-2"])
    assert retired == [
        {"id": "p-1", "entities": [{"id": "e-1", "state": "absent"}, {"id": "e-2", "state": "absent"}]},
        {"id": "p-2", "entities": []},
    ]
    assert [entity.absent for entity in parse_license_packs(retired)[0].entities or ()] == [True, True]


def test_an_unknown_pack_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="names no license pack 'p-3'; it names: p-1, p-2"):
        retired_license_packs(PACKS, ["p-1", "p-3"])
    with pytest.raises(AnsibleFilterError, match="it names: none"):
        retired_license_packs([], ["p-1"])


@pytest.mark.parametrize("nothing", [None, "", " ", "\n\t", "\u00a0", [""], [None, " "], ["", ["\n"]], ()])
def test_no_answer_is_what_stands_for_none(nothing: Any) -> None:
    if nothing != ():
        assert answered(nothing, "all") == "all"
        assert answered(nothing) is None
    flat = nothing if nothing != ["", ["\n"]] else None
    assert answered_list(flat, "all") == ([] if nothing == () else "all")


@pytest.mark.parametrize(
    ("answer", "meant"),
    [(" a ", "a"), (0, 0), (False, False), ([], []), (["a ", ""], ["a"]), ({"id": ""}, {"id": ""}), ("0", "0")],
)
def test_an_answer_is_taken_without_the_blanks_around_it(answer: Any, meant: Any) -> None:
    assert answered(answer, "all") == meant


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        ("a, b,,", ["a", "b"]),
        ("a\nb c\n\n", ["a", "b c"]),
        (["a, b ", "", None], ["a, b"]),
        ([], []),
    ],
)
def test_answers_are_separated_by_commas_and_lines(answer: Any, meant: list[str]) -> None:
    assert answered_list(answer, "all") == meant


@pytest.mark.parametrize("answer", [12, [1.5], True, ["a", 7], [["a"]]])
def test_an_answer_that_is_no_text_is_refused(answer: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="is no text: write it in quotes"):
        answered_list(answer)
    if not isinstance(answer, list):
        with pytest.raises(AnsibleFilterError, match="is no text: write it in quotes"):
            answered(answer, as_text=True)


def test_a_path_begins_where_ansible_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "there").touch()
    told: list[tuple[Any, str]] = [
        ("a/b.yml ", f"{tmp_path}/a/b.yml"),
        ("/etc/../x", "/x"),
        ("~/there", f"{tmp_path}/there"),
        ("~/not-there", "~/not-there"),
        (["", "x"], f"{tmp_path}/x"),
        *((nothing, "") for nothing in (None, "", "\n", [], [""], [None])),
    ]
    for path, meant in told:
        assert path_where_started(path) == meant
    wrong: list[Any] = [["a", "b"], 7, "a\0b"]
    for path in wrong:
        with pytest.raises(AnsibleFilterError, match=r"is not one path|is no path"):
            path_where_started(path)


def test_names_that_nobody_knows_are_told_with_the_nearest() -> None:
    known = ["licensing_state_file", "tenant_retirement_confirm"]
    assert unknown_variables([*known, "licensing_statefile", "zzz"], known) == [
        "There is no variable licensing_statefile; is licensing_state_file meant?",
        "There is no variable zzz; the names are licensing_state_file, tenant_retirement_confirm.",
    ]
