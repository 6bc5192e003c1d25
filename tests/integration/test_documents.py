# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every document keeps: its links lead somewhere, its commands exist, each of its code blocks has its test."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.documents import (
    DOCUMENTS,
    FENCED,
    GUIDES,
    README,
    SITE,
    TOP,
    Block,
    assert_succeeded,
    blocks,
    blocks_in,
    commands,
    run,
    write_named,
)

ids = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(TOP)))
# What holds the blocks of a language, or those in YAML that are neither a playbook nor a desired state.
HELD: dict[str, str] = {
    "shell": "here",
    "ini": "here",
    "console": "test_documents_walks.py",
    "text": "test_documents_failures.py",
    "cron": "test_documents_audit.py",
    "yaml": "test_documents_samples.py",
}
HELD_YAML = {
    "playbook": "test_documents_samples.py",
    "state": "test_documents_samples.py",
    "uipath_password": "test_documents_samples.py",
    "job_template": "test_documents_audit.py",
    "jobs": "test_documents_audit.py",
    "collections": "here",
    "plugin": "here",
    "all": "test_many_hosts.py",
    "awx_job_templates_scm_url": "test_awx_documents.py",
    "bugfixes": "here",
}
ONLY_IN = {"text": ["docs/guides/troubleshooting.md"], "cron": ["docs/guides/audit.md"]}
PARSE = """
import importlib, json, sys
for name, module, arguments in json.load(sys.stdin):
    program = getattr(importlib.import_module(f"ansible.cli.{module}"), name)(arguments)
    program.init_parser()
    program.parser.parse_args(program.args[1:])
"""
CLASSES = {
    "ansible": ("AdHocCLI", "adhoc"),
    "ansible-doc": ("DocCLI", "doc"),
    "ansible-galaxy": ("GalaxyCLI", "galaxy"),
    "ansible-inventory": ("InventoryCLI", "inventory"),
    "ansible-playbook": ("PlaybookCLI", "playbook"),
}
WITH_VALUE = {"-e", "-i", "--limit"}  # options of ansible-playbook in documents


# --- code blocks -----------------------------------------------------------------------------------------------------


@ids
def test_every_code_block_is_one_that_some_test_runs_or_parses(document: Path) -> None:
    for block in blocks(document):
        assert block.language in HELD, f"{block.id}: no test knows the language {block.language!r}"
        assert str(document.relative_to(TOP)) in ONLY_IN.get(block.language, [str(document.relative_to(TOP))]), block.id
        if block.language == "yaml":
            assert block.kind in HELD_YAML, f"{block.id}: no test knows what {block.kind!r} is"


def test_the_requirements_name_this_collection_at_no_later_version() -> None:
    (block,) = (block for block in blocks_in("yaml") if block.kind == "collections")
    (wanted,) = yaml.safe_load(block.text)["collections"]
    ours = yaml.safe_load((TOP / "galaxy.yml").read_text())
    assert wanted["name"] == f"{ours['namespace']}.{ours['name']}"
    assert numbers(wanted["version"].removeprefix(">=")) <= numbers(ours["version"])


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_the_fragment_has_a_section_of_the_changelog() -> None:
    (block,) = (block for block in blocks_in("yaml") if block.kind == "bugfixes")
    sections = dict(yaml.safe_load((TOP / "changelogs/config.yaml").read_text())["sections"])
    for section, entries in yaml.safe_load(block.text).items():
        assert section in sections
        assert all(isinstance(entry, str) for entry in entries)


@pytest.mark.parametrize("block", blocks_in("ini"), ids=lambda block: block.id)
def test_an_inventory_names_hosts(block: Block, tmp_path: Path) -> None:
    (tmp_path / "hosts.ini").write_text(block.text)
    done = run(tmp_path, "", "ansible-inventory", "-i", "hosts.ini", "--list")
    assert_succeeded(done)
    assert json.loads(done.stdout)["_meta"]["hostvars"]


@pytest.mark.parametrize(
    "block", [one for one in blocks_in("yaml") if one.kind == "plugin"], ids=lambda block: block.id
)
def test_the_file_of_an_inventory_plugin_makes_hosts(block: Block, tmp_path: Path) -> None:
    write_named(tmp_path, README)
    write_named(tmp_path, block.document)
    assert block.file
    done = run(tmp_path, "", "ansible-inventory", "-i", block.file, "--list")
    assert_succeeded(done)
    assert json.loads(done.stdout)["_meta"]["hostvars"]


# --- commands --------------------------------------------------------------------------------------------------------


def told() -> list[tuple[Block, list[str]]]:
    """Every command of every document, in words; several in one line are several."""
    found = []
    for block in (*blocks_in("shell"), *blocks_in("console")):
        for line in commands(block):
            words = shlex.split(line, comments=True)
            while "&&" in words:
                found.append((block, words[: words.index("&&")]))
                words = words[words.index("&&") + 1 :]
            found.append((block, words))
    return found


def is_a_target(block: Block, words: list[str]) -> bool:
    """Targets of the Makefile, and variables that it uses."""
    makefile = (TOP / "Makefile").read_text()
    targets = [word for word in words if "=" not in word]
    used = [word.partition("=")[0] for word in words if "=" in word]
    return all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in targets) and all(
        f"$({name})" in makefile for name in used
    )


def is_a_variable(block: Block, words: list[str]) -> bool:
    name = words[0].partition("=")[0]
    return name.startswith("ANSIBLE_") or name in variables_of_modules()


@cache
def variables_of_modules() -> set[str]:
    text = "".join(path.read_text() for path in sorted((TOP / "plugins/doc_fragments").glob("*.py")))
    return set(re.findall(r"E\((\w+)\)", text))


def is_installable(block: Block, words: list[str]) -> bool:
    return words[0] == "install" and set(words[1:]) <= {"ansible-core", "requests"}


def is_ours(block: Block, words: list[str]) -> bool:
    return words == ["clone", yaml.safe_load((TOP / "galaxy.yml").read_text())["repository"]]


def is_a_playbook(block: Block, words: list[str]) -> bool:
    """A playbook of the collection, or one that the document shows, with files that it or the README shows, and with
    variables that some role or playbook takes."""
    files = {sample.file for sample in blocks_in("yaml", block.document, README) if sample.file} | {"audit.yml"}
    values = [value for option, value in itertools.pairwise(words) if option in WITH_VALUE]
    (played,) = (word for word in words if not word.startswith("-") and word not in values)
    exists = played in files or (TOP / "playbooks" / f"{played.rpartition('.')[2]}.yml").exists()
    told = [value for option, value in itertools.pairwise(words) if option == "-e"]
    taken = {value.removeprefix("@") for value in told if value.startswith("@")}
    taken |= {value for option, value in itertools.pairwise(words) if option == "-i"}
    variables = {value.partition("=")[0] for value in told if not value.startswith("@")}
    return exists and taken <= files and variables <= role_options() | playbook_variables()


@cache
def role_options() -> set[str]:
    specs = [yaml.safe_load(path.read_text()) for path in TOP.glob("roles/*/meta/argument_specs.yml")]
    return {name for spec in specs for entry in spec["argument_specs"].values() for name in entry["options"]}


@cache
def playbook_variables() -> set[str]:
    text = "".join(path.read_text() for path in sorted((TOP / "playbooks").glob("*.yml")))
    return set(re.findall(r"hosts: \"{{ (\w+) \| default", text))


def calls_a_module(block: Block, words: list[str]) -> bool:
    name = words[words.index("-m") + 1].removeprefix("tenantops.licensing.")
    return (TOP / "plugins/modules" / f"{name}.py").exists()


def is_known_to_galaxy(block: Block, words: list[str]) -> bool:
    return words[:2] in (["collection", "install"], ["collection", "list"]) and words[2] == "tenantops.licensing"


def is_anything(block: Block, words: list[str]) -> bool:
    return True  # parsed as an option, or a word of the shell itself


KNOWN: dict[str, Callable[[Block, list[str]], bool]] = {
    "make": is_a_target,
    "export": is_a_variable,
    "pip": is_installable,
    "git": is_ours,
    "ansible-playbook": is_a_playbook,
    "ansible": calls_a_module,
    "ansible-galaxy": is_known_to_galaxy,
    "ansible-doc": is_anything,
    "ansible-inventory": is_anything,
    **dict.fromkeys((".", "cd", "mkdir", "read"), is_anything),
}


@pytest.mark.parametrize(("block", "words"), told(), ids=lambda value: value.id if isinstance(value, Block) else "")
def test_every_command_is_one_that_exists(block: Block, words: list[str]) -> None:
    assert words[0] in KNOWN, f"{block.id}: no test knows {words[0]!r}"
    assert KNOWN[words[0]](block, words[1:]), f"{block.id}: {shlex.join(words)}"


def test_every_command_of_ansible_has_options_that_exist() -> None:
    parsed: list[Any] = [(*CLASSES[words[0]], words) for _block, words in told() if words[0] in CLASSES]
    assert len(parsed) > 10
    done = subprocess.run(
        [sys.executable, "-c", PARSE], input=json.dumps(parsed), check=False, capture_output=True, text=True
    )
    assert_succeeded(done)


def test_every_block_for_a_shell_is_in_its_grammar() -> None:
    for block in blocks_in("shell"):
        subprocess.run(["bash", "-n"], input=block.text, check=True, text=True)


def test_the_targets_that_the_documents_name_exist() -> None:
    named = {name for document in DOCUMENTS for name in re.findall(r"`make ([^`]+)`", document.read_text())}
    assert named
    assert [name for name in named if not is_a_target(blocks(README)[0], shlex.split(name))] == []


# --- links -----------------------------------------------------------------------------------------------------------


def prose(document: Path) -> str:
    """A document without its code blocks and its codes."""
    return re.sub(r"`[^`\n]*`", "", FENCED.sub("", document.read_text()))


@cache
def anchors(document: Path) -> set[str]:
    """What a code host and the site make of the headings of a document."""
    found: Counter[str] = Counter()
    names = set()
    for heading in re.findall(r"^#+ (.*)$", FENCED.sub("", document.read_text()), flags=re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        names.add(f"{slug}-{found[slug]}" if found[slug] else slug)
        found[slug] += 1
    return names


@ids
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", document.read_text()))
    for target in targets:
        if re.match(r"https?://", target):
            continue
        name, _hash, anchor = target.partition("#")
        place = (document.parent / name).resolve() if name else document
        assert place.exists(), f"{document.relative_to(TOP)}: {target}"
        assert place.is_relative_to(TOP)
        if anchor:
            assert anchor in anchors(place), f"{document.relative_to(TOP)}: {target}"


@ids
def test_no_link_is_written_without_its_address(document: Path) -> None:
    assert re.findall(r"\]\[\w*\]|\]\(\)", prose(document)) == []


def test_the_readme_leads_to_every_guide() -> None:
    linked = re.findall(r"\]\((docs/guides/[\w-]+\.md)\)", README.read_text())
    assert {str(guide.relative_to(TOP)) for guide in GUIDES} <= set(linked)


def test_every_guide_is_in_the_list_of_pages() -> None:
    listed = re.findall(r"^   /(docs/guides/\S+)$", SITE.read_text(), flags=re.MULTILINE)
    for guide in GUIDES:
        page = guide.relative_to(TOP).with_suffix("")
        assert any(page.match(pattern) for pattern in listed), page


def test_the_readme_names_every_module_role_playbook_and_plugin() -> None:
    text = README.read_text()
    for pattern in ("plugins/modules/[!_]*.py", "plugins/filter/*.py", "plugins/inventory/*.py", "roles/*"):
        for path in TOP.glob(pattern):
            assert f"`{path.stem}`" in text, path
    for path in TOP.glob("playbooks/*.yml"):
        assert f"tenantops.licensing.{path.stem}`" in text, path
