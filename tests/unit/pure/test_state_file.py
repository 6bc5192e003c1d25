# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state read from a file."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import InvalidInput
from ansible_collections.tenantops.licensing.plugins.module_utils._state_file import (
    license_packs_of,
    organizations_of,
    read_state_file,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "licensing.yml"


def written(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    return str(file)


def refusal(file: Path, text: str) -> str:
    path = written(file, text)
    with pytest.raises(InvalidInput) as refused:
        read_state_file(path)
    assert path in refused.value.message
    assert "\n" not in refused.value.message
    return refused.value.message.replace(path, "FILE")


YAML = """
# who gets what
licensing_organizations:
  - id: "0123"
    products: [{code: U, quantity: 1}]
licensing_license_packs:
  - {id: p, entities: [{id: e, expiration_date: 2027-01-31}]}
licensing_report_dir: /tmp
"""


def test_yaml_gives_the_two_lists_and_leaves_other_variables(file: Path) -> None:
    found = read_state_file(written(file, YAML))
    assert found.keys() == {"licensing_organizations", "licensing_license_packs"}
    assert found["licensing_organizations"] == [{"id": "0123", "products": [{"code": "U", "quantity": 1}]}]
    assert found["licensing_license_packs"][0]["entities"][0]["id"] == "e"


def test_json_gives_the_same(file: Path) -> None:
    document = {"licensing_organizations": [{"id": "ü/1"}], "other": {"id": 1}}
    assert read_state_file(written(file, json.dumps(document))) == {"licensing_organizations": [{"id": "ü/1"}]}
    assert read_state_file(written(file, "\n  " + json.dumps(document, indent=2, ensure_ascii=False))) == {
        "licensing_organizations": [{"id": "ü/1"}]
    }


def test_yamls_flow_style_is_no_broken_json(file: Path) -> None:
    text = "{licensing_license_packs: [{id: p}]}"
    assert read_state_file(written(file, text)) == {"licensing_license_packs": [{"id": "p"}]}


def test_json_is_read_without_pyyaml_and_yaml_is_not(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without_yaml(name: str, *arguments: Any, **more: Any) -> Any:
        if name == "yaml":
            raise ImportError(name)
        return real_import(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", without_yaml)
    assert read_state_file(written(file, '{"licensing_license_packs": []}')) == {"licensing_license_packs": []}
    assert "PyYAML" in refusal(file, YAML)
    assert "write the file as JSON" in refusal(file, YAML)


@pytest.mark.parametrize("text", ["", "# nothing", "[]", "- licensing_organizations", "a: 1", "{}", '{"a": 1}', "word"])
def test_a_file_with_neither_list_is_refused(file: Path, text: str) -> None:
    assert refusal(file, text) == (
        "state_file 'FILE' has neither licensing_organizations nor licensing_license_packs at its top"
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"licensing_organizations": [], "licensing_organizations": []}',
        "licensing_organizations: []\nlicensing_organizations: []",
        "{licensing_organizations: [], licensing_organizations: []}",
    ],
)
def test_a_key_that_stands_twice_is_refused(file: Path, text: str) -> None:
    message = refusal(file, text)
    assert message.startswith("state_file FILE")
    assert message.endswith("the key 'licensing_organizations' stands twice in one mapping")


@pytest.mark.parametrize(
    "text",
    [
        '{"licensing_organizations": [{"id": "a", "name": "b", "id": "c"}]}',
        "licensing_organizations:\n  - id: a\n    name: b\n    id: c",
        "licensing_organizations:\n  - {id: a, name: b, id: c}",
    ],
)
def test_a_key_that_stands_twice_is_refused_deep_inside(file: Path, text: str) -> None:
    message = refusal(file, text)
    assert message.endswith("the key 'id' stands twice in one mapping")
    assert ("line 2" in message) == text.startswith("licensing")


def test_yaml_tells_the_line_of_a_key_that_stands_twice(file: Path) -> None:
    text = "licensing_organizations:\n  - id: a\n  - id: b\n    id: c"
    assert refusal(file, text) == "state_file FILE, line 3: the key 'id' stands twice in one mapping"


def test_what_a_mapping_merges_may_be_overridden_and_merged_again(file: Path) -> None:
    text = """
base: &base {exclusive: true}
defaults:
  nested: &organization
    <<: *base
    exclusive: false
licensing_organizations:
  - &first
    <<: *organization
    id: x
  - {<<: *first, id: y}
also: {<<: *organization}
"""
    assert read_state_file(written(file, text))["licensing_organizations"] == [
        {"exclusive": False, "id": "x"},
        {"exclusive": False, "id": "y"},
    ]


@pytest.mark.parametrize(
    "text",
    [
        "licensing_organizations: [",
        "licensing_organizations: \t- a\n b",
        '{"licensing_organizations": [{"id": "a"',
        '{"licensing_organizations": [}',
        "licensing_organizations: !vault abc",
        "licensing_organizations: !!python/object/apply:os.getcwd []",
        "licensing_organizations: *nowhere",
        "? [a]\n: b\nlicensing_organizations: []",
        "licensing_license_packs:\n  - {id: p, entities: [{id: e, expiration_date: 2027-02-30}]}",
        '{"licensing_organizations": ' + "9" * 5000 + "}",
        "licensing_organizations: " + "9" * 5000,
        '{"licensing_organizations": ' + "[" * 100_000,
    ],
    ids=range(12),
)
def test_a_garbled_file_is_refused_in_one_line(file: Path, text: str) -> None:
    assert refusal(file, text).startswith("state_file 'FILE'")


def test_a_file_that_is_not_there_is_refused(file: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_state_file(str(file))
    assert refused.value.message == f"state_file '{file}' cannot be read: No such file or directory"


# Folders


def test_a_folder_of_files_is_their_lists_one_after_the_other_by_file_name(tmp_path: Path) -> None:
    for name, text in {
        "b.yml": "licensing_organizations: [{id: b}]",
        "a.json": '{"licensing_organizations": [{"id": "a"}], "licensing_license_packs": [{"id": "p"}]}',
        "c.yaml": "licensing_license_packs: [{id: q}]",
        ".hidden.yml": "licensing_organizations: [{id: hidden}]",
        "README.md": "of no interest",
    }.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "deeper.yml").mkdir()
    found = read_state_file(str(tmp_path))
    assert found == {
        "licensing_organizations": [{"id": "a"}, {"id": "b"}],
        "licensing_license_packs": [{"id": "p"}, {"id": "q"}],
    }


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "is a folder without a file that ends in .json, .yaml, .yml"),
        ({"a.yml": "other: 1"}, "a.yml' has neither licensing_organizations nor licensing_license_packs at its top"),
        ({"a.yml": "licensing_organizations: {id: a}"}, "a.yml': licensing_organizations is not a list"),
    ],
)
def test_a_folder_without_lists_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(InvalidInput) as refused:
        read_state_file(str(tmp_path))
    assert message in refused.value.message
    assert str(tmp_path) in refused.value.message


def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InvalidInput, match="is a folder that cannot be read: Permission denied"):
        read_state_file(str(tmp_path))


def test_bytes_that_are_no_text_are_refused(file: Path) -> None:
    file.write_bytes(b"licensing_organizations: \xff\xfe")
    with pytest.raises(InvalidInput, match="cannot be read: it is not UTF-8"):
        read_state_file(str(file))


def test_the_option_or_the_file_gives_the_list(file: Path) -> None:
    path = written(file, "licensing_organizations: [{id: a}]")
    from_file = {"state_file": path, "organizations": None, "license_packs": None}
    assert organizations_of(from_file) == [{"id": "a"}]
    assert license_packs_of(from_file) == []
    from_options = {"state_file": None, "organizations": [{"id": "b"}], "license_packs": None}
    assert organizations_of(from_options) == [{"id": "b"}]
    assert license_packs_of(from_options) == []
    assert license_packs_of({"state_file": None, "license_packs": [{"id": "p"}]}) == [{"id": "p"}]


def test_a_list_that_is_null_in_the_file_is_none(file: Path) -> None:
    path = written(file, "licensing_organizations:\nlicensing_license_packs: []\n")
    assert organizations_of({"state_file": path}) == []
