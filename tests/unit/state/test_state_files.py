# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state read from a file."""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import InvalidInput
from ansible_collections.tenantops.licensing.plugins.module_utils._state import from_yaml
from ansible_collections.tenantops.licensing.plugins.module_utils._state.files import (
    desired_license_packs,
    desired_organizations,
    desired_state,
    read_state,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._state.from_yaml import read_yaml
from ansible_collections.tenantops.licensing.plugins.module_utils._state.mistakes import AsWritten, plain
from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "licensing.yml"


def written(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    return str(file)


def told(file: Path, text: str) -> dict[str, Any]:
    return read_state(written(file, text)).told


def refusal(file: Path, text: str) -> str:
    path = written(file, text)
    with pytest.raises(InvalidInput) as refused:
        read_state(path)
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
report_dir: /tmp
"""


def test_yaml_gives_the_two_lists_and_leaves_other_variables(file: Path) -> None:
    found = told(file, YAML)
    assert found.keys() == {"organizations", "license_packs"}
    assert found["organizations"] == [{"id": "0123", "products": [{"code": "U", "quantity": 1}]}]
    assert found["license_packs"][0]["entities"][0]["id"] == "e"


def test_json_gives_the_same(file: Path) -> None:
    document = {"licensing_organizations": [{"id": "ü/1"}], "other": {"id": 1}}
    wanted = {"organizations": [{"id": "ü/1"}], "license_packs": []}
    assert told(file, json.dumps(document)) == wanted
    assert told(file, "\n  " + json.dumps(document, indent=2, ensure_ascii=False)) == wanted
    assert told(file, "\ufeff" + json.dumps(document)) == wanted


def test_yamls_flow_style_is_no_broken_json(file: Path) -> None:
    assert told(file, "{licensing_license_packs: [{id: p}]}")["license_packs"] == [{"id": "p"}]


def test_json_is_read_without_pyyaml_and_yaml_is_not(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_yaml, "YAML_IS_THERE", False)
    assert told(file, '{"licensing_license_packs": []}')["license_packs"] == []
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
    assert message.startswith("FILE, line ")
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
    assert message.split(":")[0] in ("FILE, line 1, column 55", "FILE, line 4, column 5", "FILE, line 2, column 22")


def test_yaml_tells_the_line_of_a_key_that_stands_twice(file: Path) -> None:
    text = "licensing_organizations:\n  - id: a\n  - id: b\n    id: c"
    assert refusal(file, text) == "FILE, line 4, column 5: the key 'id' stands twice in one mapping"


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
    assert told(file, text)["organizations"] == [
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
    assert refusal(file, text).startswith(("FILE, line ", "FILE, it is nested"))


def test_a_file_that_is_not_there_is_refused(file: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_state(str(file))
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
    assert read_state(str(tmp_path)).told == {
        "organizations": [{"id": "a"}, {"id": "b"}],
        "license_packs": [{"id": "p"}, {"id": "q"}],
    }


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "is a folder without a file that ends in .json, .yaml, .yml"),
        ({"a.yml": "other: 1"}, "a.yml' has neither licensing_organizations nor licensing_license_packs at its top"),
        (
            {"a.yml": "licensing_organizations: {id: a}"},
            "a.yml, line 1, column 26: licensing_organizations is not a list",
        ),
    ],
)
def test_a_folder_without_lists_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(InvalidInput) as refused:
        read_state(str(tmp_path))
    assert message in refused.value.message
    assert str(tmp_path) in refused.value.message


def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InvalidInput, match="cannot be read: Permission denied"):
        read_state(str(tmp_path))


def test_bytes_that_are_no_text_are_refused(file: Path) -> None:
    file.write_bytes(b"licensing_organizations: \xff\xfe")
    with pytest.raises(InvalidInput, match=r"cannot be read: it is not UTF-8, first in line 1 \(byte 0xff\)"):
        read_state(str(file))


def ids(params: dict[str, Any]) -> list[list[str]]:
    warnings: list[str] = []
    found = [
        [one.id for one in desired_organizations(params, warnings)],
        [one.id for one in desired_license_packs(params, warnings)],
    ]
    both = desired_state(params, warnings)
    assert [[one.id for one in both.organizations], [one.id for one in both.license_packs]] == found
    assert warnings == []
    return found


def test_the_option_or_the_file_gives_the_list(file: Path) -> None:
    path = written(file, "licensing_organizations: [{id: a}]")
    assert ids({"state_file": path, "organizations": None, "license_packs": None}) == [["a"], []]
    assert ids({"state_file": None, "organizations": [{"id": "b"}], "license_packs": None}) == [["b"], []]
    assert ids({"state_file": None, "license_packs": [{"id": "p"}]}) == [[], ["p"]]


def test_a_list_that_is_null_in_the_file_is_none(file: Path) -> None:
    for nothing in ("", " null", " ~"):
        path = written(file, f"licensing_organizations:{nothing}\nlicensing_license_packs: []\n")
        assert ids({"state_file": path}) == [[], []]


# What stands there, in the form in which it stands there


def in_file(file: Path, quantity: str = "1", an_id: str = "b", code: str = "U") -> str:
    """The refusal of a file with one product, as far as it follows the name of the file."""
    return refusal(
        file, f"licensing_organizations:\n  - id: {an_id}\n    products: [{{code: {code}, quantity: {quantity}}}]"
    )


NO_NUMBERS = (
    *(
        "010",
        "1:30",
        "0x10",
        "1_000",
        "0b11",
        "0o17",
        "1e3",
        "+5",
        "yes",
        "no",
        "on",
        "True",
        "12.0",
        "1.5",
        ".5",
        "5.",
    ),
    *(".inf", ".nan", "1.e+3", "190:20:30", "0123", "-0", "2027-01-31", "2027-02-30", "1e999", "five"),
)


@pytest.mark.parametrize("written_as", NO_NUMBERS)
def test_a_quantity_is_refused_as_it_was_written(file: Path, written_as: str) -> None:
    message = in_file(file, quantity=written_as)
    assert message.startswith(f"FILE, line 3, column 36: organization b, U: {written_as} is not a whole number")


@pytest.mark.parametrize(
    ("written_as", "way_out"),
    [
        ("010", "YAML reads it as 8; write decimal digits alone, without 0 before them"),
        ("1:30", "YAML reads it as 90"),
        ("1_000", "YAML reads it as 1000"),
        ("12.0", "write 12"),
        ('"12 "', "write 12"),
        ("null", "quantity is null, which stands for nothing: write a whole number, 0 to take the code away"),
        ("~", "quantity is ~, which stands for nothing"),
        ("", "quantity is missing"),
        ("!!int 5", "the tag tag:yaml.org,2002:int means nothing here: write the value without it"),
        ("9" * 5000, "99… is not a whole number"),
    ],
)
def test_a_quantity_that_is_refused_is_told_with_the_way_out(file: Path, written_as: str, way_out: str) -> None:
    message = in_file(file, quantity=written_as)
    assert way_out in message
    assert "line 3, column 36" in message or not written_as


NO_STRINGS = {
    "0123": "a number",
    "1.1": "a number",
    "1:30": "a number",
    "+5": "a number",
    "12": "a number",
    ".inf": "a number",
    "no": "a boolean",
    "True": "a boolean",
    "2027-01-31": "a date",
    "2027-01-31T01:02:03Z": "a date",
}


@pytest.mark.parametrize("written_as", NO_STRINGS)
def test_an_id_that_is_no_string_is_refused_as_it_was_written(file: Path, written_as: str) -> None:
    sort = NO_STRINGS[written_as]
    assert in_file(file, an_id=written_as) == (
        f"FILE, line 2, column 9: organization 1: id is {written_as}, which is {sort}, not a string: write it in quotes"
    )
    assert f"code is {written_as}, which is {sort}, not a string" in in_file(file, code=written_as)


@pytest.mark.parametrize("written_as", ["~", "null", "Null"])
def test_an_id_that_is_null_is_shown(file: Path, written_as: str) -> None:
    assert in_file(file, an_id=written_as).endswith(
        f"organization 1: id is {written_as}, which stands for nothing: write it in quotes"
    )


def test_words_that_yaml_takes_for_booleans_are_flags_but_no_strings(file: Path) -> None:
    state = read_state(written(file, "licensing_license_packs: [{id: p, exclusive: yes, entities: [{id: e}]}]"))
    assert state.license_packs[0].exclusive
    assert state.told["license_packs"][0]["exclusive"] is True


@given(st.text(alphabet="0123456789abcdefxo+-_.:eEyYnNtT ~", min_size=1, max_size=6))
@settings(max_examples=examples(3))
def test_a_scalar_means_what_yaml_reads_unless_people_read_otherwise(text: str) -> None:
    document = f"licensing_organizations: []\nother: {text}\n"
    try:
        wanted = yaml.safe_load(document)["other"]
    except (yaml.YAMLError, ValueError):
        return
    found = read_yaml(document, lambda message, position: None)["other"]
    assert repr(plain(found)) == repr(wanted)
    if isinstance(found, AsWritten):
        assert found.text == text.strip()
    elif isinstance(found, (int, bool)):
        assert json.dumps(found) == text.strip()


@pytest.mark.parametrize(
    ("written_as", "message"),
    [
        ("NaN", "NaN is not a whole number"),
        ("-Infinity", "-Infinity is not a whole number"),
        ("1e999", "1e999 is not a whole number"),
        ("12.0", "12.0 is not a whole number: write 12"),
        ("1E1", "1E1 is not a whole number: write 10"),
        ("9" * 5000, "99… is not a whole number"),
        ("null", "quantity is missing"),
    ],
)
def test_json_is_refused_as_it_was_written(file: Path, written_as: str, message: str) -> None:
    text = (
        f'{{"licensing_organizations": [\n  {{"id": "b", "products": [{{"code": "U", "quantity": {written_as}}}]}}\n]}}'
    )
    told_with_place = refusal(file.with_suffix(".json"), text)
    assert message in told_with_place
    assert told_with_place.startswith("FILE, line 2, column ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"licensing_organizations": [{"id": "\\ud800"}]}', "id is '\\ud800': it must have visible characters"),
        ('{"licensing_organizations": [{"id": "a"}],}', "FILE, line 1, column 43: it is not JSON: "),
        ("licensing_organizations: []", "FILE, line 1, column 1: it is not JSON: Expecting value"),
    ],
)
def test_a_file_that_calls_itself_json_is_json(file: Path, text: str, message: str) -> None:
    assert message in refusal(file.with_suffix(".json"), text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("licensing_organizations: []\n---\na: 1\n", "FILE, line 2, column 1: a second document begins here"),
        ("a: &a [*a]\nlicensing_organizations: []", "line 1, column 8: the alias *a stands before the end"),
        ("licensing_organizations: *b", "the alias *b stands before the end of what it names, or that is not there"),
        ("licensing_organizations: " + "[" * 65 + "]" * 65, "it is nested more than 64 levels deep"),
        ("<<: 5\nlicensing_organizations: []", "only mappings can be merged with <<"),
        ("licensing_organizations: !!set {a: 1}", "the tag tag:yaml.org,2002:set means nothing here"),
        (
            "licensing_organizations: !vault |\n  $ANSIBLE_VAULT;1.1",
            "line 1, column 26: a value stands here that",
        ),
        (
            "$ANSIBLE_VAULT;1.1;AES256\n6162",
            "state_file 'FILE' is encrypted with Ansible Vault",
        ),
        ("licensing_organizations: [\x00]", "is not YAML"),
    ],
)
def test_yaml_that_nobody_means_is_refused(file: Path, text: str, message: str) -> None:
    assert message in refusal(file, text)


def test_a_bomb_of_aliases_is_refused_and_the_same_list_in_many_places_is_not(file: Path) -> None:
    bomb = "a0: &a0 [" + ", ".join("x" * 9) + "]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
    message = refusal(file, f"{bomb}licensing_organizations: *a9")
    assert "with its aliases it has more than 4,000,000 values" in message
    deep = "".join(f"b{n}: &b{n} [{f'*b{n - 1}' if n else ''}]\n" for n in range(80))
    assert "with its aliases it is nested more than 64 levels deep" in refusal(
        file, f"{deep}licensing_organizations: []"
    )
    services = "s: &s [{type: du, products: [{code: U, quantity: 1}]}]\nlicensing_organizations:\n"
    tenants = "".join(f"      - {{id: t{n}, name: T, services: *s}}\n" for n in range(500))
    found = read_state(written(file, f"{services}  - id: o\n    tenants:\n{tenants}"))
    assert len(found.organizations[0].tenants or ()) == 500


def test_a_mistake_behind_an_alias_or_a_merge_is_told_where_it_is_used(file: Path) -> None:
    text = "s: &s {quantity: 010}\nlicensing_organizations:\n  - {id: b, products: [{<<: *s, code: U}]}\n"
    assert refusal(file, text).startswith("FILE, line 3, column 24: organization b, U: 010 is not a whole number")


# Everything at once


def test_all_mistakes_of_a_folder_are_told_at_once_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "licensing_organizations:\n"
        "  - id: one\n"
        "    products:\n"
        "      - {code: UNATT, quantity: 010}\n"
        "      - {code: NONPR, quantity: 1.5}\n"
        "    tenants:\n"
        "      - id: 5\n"
        "        nmae: Default\n"
        "licensing_licence_packs: []\n"
    )
    (tmp_path / "b.json").write_text(
        json.dumps({"licensing_license_packs": [{"id": "p"}, {"id": "p", "entities": [{"id": "e "}]}]}, indent=1)
    )
    (tmp_path / "c.yaml").write_text("licensing_organizations:\n  - {id: ONE}\n")
    (tmp_path / "d.yaml").write_text("licensing_organizations: [\n")
    with pytest.raises(InvalidInput) as refused:
        read_state(str(tmp_path))
    message = refused.value.message.replace(f"{tmp_path}/", "")
    assert message == (
        "There are 9 mistakes in the desired state: "
        "(1) a.yml, line 9, column 1: there is no key 'licensing_licence_packs'; is licensing_license_packs meant? "
        "(2) d.yaml, line 2, column 1: it is not YAML: while parsing a flow node: did not find expected node content. "
        "(3) a.yml, line 4, column 33: organization one, UNATT: 010 is not a whole number: YAML reads it as 8; write "
        "decimal digits alone, without 0 before them. "
        "(4) a.yml, line 5, column 33: organization one, NONPR: 1.5 is not a whole number. "
        "(5) a.yml, line 8, column 9: organization one, tenant 1: there is no key 'nmae'; is name meant? "
        "(6) a.yml, line 7, column 13: organization one, tenant 1: id is 5, which is a number, not a string: write it "
        "in quotes. "
        "(7) c.yaml, line 2, column 10: organization ONE: the same organization stands twice, first as 'one' "
        "(the other one: a.yml, line 2, column 9). "
        "(8) b.json, line 7, column 10: license pack p: the same license pack stands twice "
        "(the other one: b.json, line 4, column 10). "
        "(9) b.json, line 10, column 12: license pack p, entity 1: id is 'e ': it has a blank at its edge; write it "
        "without."
    )


@pytest.mark.parametrize(("number", "more"), [(20, None), (21, 1), (3000, 2980)])
def test_no_more_than_twenty_mistakes_are_told_and_the_others_counted(
    file: Path, number: int, more: int | None
) -> None:
    entities = "".join(f"      - {{id: {n}}}\n" for n in range(number))
    message = refusal(file, f"licensing_license_packs:\n  - id: p\n    entities:\n{entities}")
    assert message.startswith(
        f"There are {number} mistakes in the desired state: (1) FILE, line 4, column 14: license pack p"
    )
    assert len(re.findall(r"\(\d+\) FILE", message)) == 20
    assert message.endswith(f" And {more} more." if more else "write it in quotes.")


# What stands beside it


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("licensing_licence_packs", "licensing_license_packs"),
        ("licensing_organisations", "licensing_organizations"),
        ("Licensing_Organizations", "licensing_organizations"),
        ("licencing_organizations", "licensing_organizations"),
        ("organizations", "licensing_organizations"),
        ("license_packs", "licensing_license_packs"),
        ("licensing_tenants", "licensing_organizations"),
    ],
)
@pytest.mark.parametrize("beside", ["licensing_license_packs: []\n", ""])
def test_a_key_that_may_be_meant_as_one_of_the_lists_is_refused(file: Path, key: str, meant: str, beside: str) -> None:
    line = 2 if beside else 1
    assert refusal(file, f"{beside}{key}: []") == (
        f"FILE, line {line}, column 1: there is no key '{key}'; is {meant} meant?"
    )


def test_names_of_files_in_either_letter_case_are_read_and_others_are_told(tmp_path: Path) -> None:
    for name in ("A.YML", "b.Yaml", "c.JSON"):
        (tmp_path / name).write_text(f'{{"licensing_organizations": [{{"id": "{name[0]}"}}]}}')
    for name in ("README.md", ".gitkeep", ".hidden.yml", "d.yml.bak", "e.csv"):
        (tmp_path / name).write_text("licensing_organizations: [{id: other}]")
    (tmp_path / "notes").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.yml").write_text("")
    found = read_state(str(tmp_path))
    assert [organization.id for organization in found.organizations] == ["A", "b", "c"]
    assert found.warnings == [
        f"In the folder {tmp_path} only files that end in .json, .yaml, .yml are read, and not 'd.yml.bak', 'e.csv', "
        "'notes'"
    ]
    (tmp_path / "notes" / "deeper").mkdir()
    (tmp_path / "notes" / "deeper" / "f.YML").write_text("")
    with pytest.raises(InvalidInput, match=r"'\S+/notes/deeper/f.YML' stands in a folder inside it, which is not read"):
        read_state(str(tmp_path))


def test_many_names_are_not_all_told(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("licensing_organizations: []")
    for number in range(13):
        (tmp_path / f"n{number:02}.txt").write_text("")
    (warning,) = read_state(str(tmp_path)).warnings
    assert warning.endswith("'n09.txt' and 3 more")


def test_what_is_nothing_but_a_template_is_warned_about_and_taken_as_it_stands(file: Path) -> None:
    text = """
licensing_organizations:
  - id: "{{ organization_id }}"
    name: "Samson {{ 1 + 1 }}"
    labels: {region: '{{ region | default("emea") }}'}
    tenants: [{id: "{{ a }}{{ b }}", name: "{{"}]
other: "{{ not_ours }}"
"""
    found = read_state(written(file, text))
    assert found.organizations[0].id == "{{ organization_id }}"
    assert [warning.replace(str(file), "FILE") for warning in found.warnings] == [
        "FILE, line 3, column 9: '{{ organization_id }}' is taken as it stands, because a state file is not templated",
        "FILE, line 5, column 22: '{{ region | default(\"emea\") }}' is taken as it stands, because a state file is "
        "not templated",
    ]


# Only files


def test_only_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    listening = socket.socket(socket.AF_UNIX)
    (short := tmp_path / "s.yml").unlink(missing_ok=True)
    listening.bind(str(short))
    for path, sentence in (
        (tmp_path / "pipe.yml", "it is a named pipe, not a file"),
        (short, "it is a socket, not a file"),
        (Path("/dev/zero"), "it is a device, not a file"),
        (tmp_path / "a\0b", "it is no path"),
        (tmp_path / ("x" * 300), "File name too long"),
        (tmp_path / "nowhere" / "a.yml", "No such file or directory"),
        (tmp_path / "\ud800.yml", "it is no path"),
        (tmp_path, "it is a named pipe, not a file"),
    ):
        with pytest.raises(InvalidInput, match=sentence):
            read_state(str(path))
    listening.close()


def test_a_file_that_is_too_large_to_be_meant_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with file.open("wb") as sparse:
        sparse.truncate(33 * 1024 * 1024)
    with pytest.raises(InvalidInput, match="has 34,603,008 bytes: at most 33,554,432 are read"):
        read_state(str(file))


def test_a_path_says_where_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput) as refused:
        read_state("nowhere.yml")
    assert refused.value.message == (
        "state_file 'nowhere.yml' cannot be read: No such file or directory "
        f"(the path begins at {tmp_path}, where the module runs)"
    )
