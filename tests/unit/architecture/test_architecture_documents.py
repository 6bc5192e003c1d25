# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every document says is what the module takes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.unit.architecture.collection import (
    COLLECTION,
    MODULES,
    PLUGINS,
    ROOT,
    argument_spec,
    documentation,
    fragment,
    fragment_texts,
    fragments_of,
    module_texts,
    texts,
)

VENDORS = ("uipath", "yext")
SECRETS = {"password", "client_secret", "access_token", "api_key"}
# Action groups through which the roles sign in, so that no group of a user is replaced.
OF_THE_ROLES = {"uipath_sign_in", "yext_sign_in"}
# What a template calls, with the name that its documentation has for what comes back.
IN_TEMPLATES = [
    (path.parent.name, path.stem, {"filter": "_value", "lookup": "_raw"}[path.parent.name])
    for path in sorted([*PLUGINS.glob("filter/*.py"), *PLUGINS.glob("lookup/*.py")])
]


def vendor_of(module: str) -> str | None:
    found = [vendor for vendor in VENDORS if vendor in fragments_of(module)]
    assert len(found) <= 1
    return found[0] if found else None


def told_by_document(option: dict[str, Any]) -> dict[str, Any]:
    """An option of a document in the terms of an argument spec, with everything that may be omitted."""
    return {
        "type": option["type"],
        "required": option.get("required", False),
        "default": option.get("default"),
        "choices": option.get("choices"),
        "elements": option.get("elements"),
        "aliases": option.get("aliases", []),
        "options": {name: told_by_document(one) for name, one in option.get("suboptions", {}).items()},
    }


def told_by_spec(option: dict[str, Any]) -> dict[str, Any]:
    """An option of an argument spec with everything that may be omitted."""
    unknown = option.keys() - {
        *(
            "type",
            "required",
            "default",
            "choices",
            "elements",
            "aliases",
            "options",
            "fallback",
            "no_log",
            "apply_defaults",
        ),
    }
    assert not unknown
    return {
        "type": option.get("type", "str"),
        "required": option.get("required", False),
        "default": option.get("default"),
        "choices": option.get("choices"),
        "elements": option.get("elements"),
        "aliases": option.get("aliases", []),
        "options": {name: told_by_spec(one) for name, one in option.get("options", {}).items()},
    }


def described(options: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every option with its name, suboptions and parts of return values included."""
    for name, option in options.items():
        yield name, option
        yield from described(option.get("suboptions", option.get("contains", {})))


@pytest.mark.parametrize("module", MODULES)
def test_the_document_and_the_argument_spec_agree(module: str) -> None:
    by_document = {name: told_by_document(option) for name, option in documentation(module)["options"].items()}
    by_spec = {name: told_by_spec(option) for name, option in argument_spec(module).items()}
    assert by_document == by_spec
    # Equal numbers of different kinds would read differently: 30 and 30.0.
    assert {name: repr(option["default"]) for name, option in by_document.items()} == {
        name: repr(option["default"]) for name, option in by_spec.items()
    }


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_and_since_when(module: str) -> None:
    told = documentation(module)
    assert told["module"] == module
    assert told["short_description"]
    assert not told["short_description"].endswith(".")
    assert told["description"]
    assert told["author"]
    assert isinstance(told["version_added"], str)
    assert all(option.get("description") for _name, option in described(told["options"]))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_declares_its_attributes(module: str) -> None:
    assert "attributes" in fragments_of(module)
    attributes = documentation(module)["attributes"]
    assert {"check_mode", "diff_mode", "idempotent"} <= attributes.keys()
    assert all(attribute["description"] and attribute["support"] for attribute in attributes.values())


@pytest.mark.parametrize("module", MODULES)
def test_a_module_that_writes_can_predict_and_show_the_difference(module: str) -> None:
    writes = "changes" in fragments_of(module)
    assert writes != (module.endswith("_info") or module == "uipath_login")
    attributes = documentation(module)["attributes"]
    assert attributes["check_mode"]["support"] == "full"
    assert attributes["diff_mode"]["support"] == ("full" if writes else "N/A")


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_in_the_action_groups_of_its_vendor(module: str) -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
    groups = {name: members for name, members in groups.items() if name not in OF_THE_ROLES}
    vendor = vendor_of(module)
    wanted = {vendor, "common"} if vendor else {"vendors"} if "sign_ins" in fragments_of(module) else set()
    assert {group for group, members in groups.items() if module in members} == wanted
    told = documentation(module)["attributes"].get("action_group", {})
    assert set(told.get("membership", [])) == {f"{COLLECTION}.{group}" for group in wanted}


def test_action_groups_hold_modules_only_and_each_once_in_order() -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
    assert groups.keys() == {*VENDORS, "vendors", "common", *OF_THE_ROLES}
    for members in groups.values():
        assert members == sorted(set(members))
        assert set(members) <= set(MODULES)


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_option_of_the_sign_in_has_its_environment_variable(vendor: str) -> None:
    modules = [module for module in MODULES if vendor_of(module) == vendor]
    assert modules
    for name, option in fragment(vendor)["options"].items():
        variable = f"{vendor.upper()}_{name.upper()}"
        assert f"E({variable})" in " ".join(option["description"])
        for module in modules:
            _function, variables = argument_spec(module)[name]["fallback"]
            assert variables == [variable]


@pytest.mark.parametrize("module", MODULES)
def test_only_options_of_the_sign_in_come_from_the_environment(module: str) -> None:
    vendor = vendor_of(module)
    signs_in = fragment(vendor)["options"].keys() if vendor else set()
    assert {name for name, option in argument_spec(module).items() if "fallback" in option} == set(signs_in)


@pytest.mark.parametrize("module", MODULES)
def test_secrets_and_nothing_else_are_hidden_from_the_log(module: str) -> None:
    spec = argument_spec(module)
    assert {name for name, option in spec.items() if option.get("no_log")} == SECRETS & spec.keys()


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_are_tasks_with_options_that_exist(module: str) -> None:
    tasks = yaml.safe_load(module_texts(module)["EXAMPLES"])
    assert isinstance(tasks, list)
    named = []
    for task in tasks:
        assert task["name"]
        assert "environment" not in task
        actions = [key for key in task if "." in key]
        assert len(actions) == 1
        if actions[0].startswith(f"{COLLECTION}."):
            name = actions[0].removeprefix(f"{COLLECTION}.")
            named.append(name)
            assert set(task[actions[0]] or {}) <= argument_spec(name).keys()
    assert module in named


@pytest.mark.parametrize("module", MODULES)
def test_every_return_value_is_described(module: str) -> None:
    returned = yaml.safe_load(module_texts(module)["RETURN"])
    assert returned
    for value in returned.values():
        assert value["returned"]
    for name, value in described(returned):
        assert value["description"], name
        assert value["type"], name
        assert value["type"] != "list" or value["elements"], name
    assert "failure" in returned
    assert not returned.keys() & {"results", "items"}  # which Ansible takes


@pytest.mark.parametrize(("kind", "name", "returned"), IN_TEMPLATES)
def test_a_plugin_for_templates_is_documented(kind: str, name: str, returned: str) -> None:
    told = {part: yaml.safe_load(text) for part, text in texts(PLUGINS / kind / f"{name}.py").items()}
    assert told["DOCUMENTATION"]["name"] == name
    assert isinstance(told["DOCUMENTATION"]["version_added"], str)
    assert all(option["description"] for option in told["DOCUMENTATION"]["options"].values())
    assert told["RETURN"][returned]["description"]
    assert f"{COLLECTION}.{name}" in str(told["EXAMPLES"])


@pytest.mark.parametrize("path", sorted((PLUGINS / "doc_fragments").glob("*.py")), ids=lambda path: str(path.stem))
def test_every_document_fragment_is_used(path: Any) -> None:
    used = {name for module in MODULES for name in fragments_of(module)}
    for part in fragment_texts(path.stem):
        assert (path.stem if part == "DOCUMENTATION" else f"{path.stem}.{part.lower()}") in used


# The versions of ansible-core that are supported


def supported() -> list[tuple[str, str]]:
    """What the session ``matrix`` tests with: each ansible-core with its Pythons."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    values = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SUPPORTED"
    ]
    found: dict[str, list[str]] = {}
    for core, python in re.findall(r"\('([\d.]+)', '([\d.]+)'\)", ast.unparse(values[0])):
        found.setdefault(core, []).append(python)
    return [(core, ", ".join(pythons)) for core, pythons in found.items()]


@pytest.mark.parametrize("document", ["README.md", "docs/compatibility.md"])
def test_the_documents_name_the_versions_that_are_tested(document: str) -> None:
    text = Path(ROOT, document).read_text(encoding="utf-8")
    assert re.findall(r"^\| (2\.\d+) \| ([\d., ]+) \|", text, flags=re.MULTILINE) == supported()
    least = re.search(r'requires_ansible: ">=([\d.]+)\.0"', Path(ROOT, "meta/runtime.yml").read_text(encoding="utf-8"))
    assert least is not None
    assert least[1] == supported()[0][0]


def test_both_documents_have_the_same_table() -> None:
    tables = [
        re.findall(r"^\| 2\.\d+ .*$", Path(ROOT, document).read_text(encoding="utf-8"), flags=re.MULTILINE)
        for document in ("README.md", "docs/compatibility.md")
    ]
    assert tables[0] == tables[1]


ROLES_WITH_NAMES = sorted(
    path.parents[1].name for path in ROOT.glob("roles/*/vars/main.yml") if "_known_names:" in path.read_text("utf-8")
)


@pytest.mark.parametrize("role", ROLES_WITH_NAMES)
def test_a_role_knows_the_names_of_all_its_variables(role: str) -> None:
    """Any other name is refused as misspelled; a registered result may not be named like what is handed on."""
    folder = ROOT / "roles" / role
    told = {
        name: yaml.safe_load((folder / name / "main.yml").read_text("utf-8")) for name in ("vars", "defaults", "tasks")
    }
    spec = yaml.safe_load((folder / "meta" / "argument_specs.yml").read_text("utf-8"))
    options = spec["argument_specs"]["main"]["options"]
    names = {*told["vars"], *told["defaults"], *options, "licensing_hosts"}
    for task in told["tasks"]:
        names |= {*task.get("vars", {}), *task.get("ansible.builtin.set_fact", {})}
        names |= set(task.get("ansible.builtin.set_stats", {}).get("data", {}))
        if "register" in task:
            assert task["register"].endswith("_result")
            names.add(task["register"])
    for playbook in (ROOT / "playbooks").glob("*.yml"):
        names |= set(re.findall(rf"\b{role}_\w+", playbook.read_text("utf-8")))
    own = {name for name in names if name.startswith((f"{role}_", "licensing_"))} - {role}
    assert told["vars"][f"{role}_known_names"] == sorted(own)
    assert {option["type"] for option in options.values()} == {"raw"}
