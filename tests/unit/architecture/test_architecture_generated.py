# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in several files is as its one source says, and a change of any of them by hand is seen and undone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from generate import __main__ as generate

from ansible_collections.tenantops.licensing.tests.unit.architecture.collection import ROOT

# For each kind of generated text: a file that has it, and a word of it.
GENERATED = {
    "a value that every module returns": ("plugins/modules/desired_state_info.py", "The server's ID of the call"),
    "a value of modules that call": ("plugins/modules/license_pack_info.py", "Calls that sign in"),
    "a value of modules for one": ("plugins/modules/license_assignment.py", "so that only a real run shows"),
    "a value of modules for many": ("plugins/modules/org_licenses.py", "How many entries ended how"),
    "a value inside of another": ("plugins/modules/license_assignments.py", "What was held; null where"),
    "a value of modules with a pool": ("plugins/modules/org_license_info.py", "How many of them are left"),
    "an option of roles": ("roles/tenant_retirement/meta/argument_specs.yml", "what is omitted is left alone"),
    "an option of a role's own name": ("roles/license_audit/meta/argument_specs.yml", "How many calls are made"),
    "an option of sign-ins": ("plugins/doc_fragments/yext.py", "variable E(YEXT_MAX_RETRIES)"),
    "kinds in the guide": ("docs/guides/audit.md", "no file names the tenant"),
    "kinds in the schema": ("docs/license-audit-report.schema.json", '"in_grace",'),
    "kinds in the module": ("plugins/modules/license_audit_info.py", "      - unmanaged_tenant\n"),
    "the page's style": ("plugins/module_utils/_page/style.py", "tbody tr:has(th)"),
    "the page's script": ("plugins/module_utils/_page/script.py", "document.getElementById"),
    "kinds in the role": ("roles/license_audit/meta/argument_specs.yml", "V(unmanaged_tenant)"),
}

# Nothing of these is written by hand, or all of it is read and written again.
WHOLE = {
    "plugins/module_utils/_page/style.py",
    "plugins/module_utils/_page/script.py",
    "docs/license-audit-report.schema.json",
}


@pytest.fixture(name="checkout")
def a_copy(tmp_path: Path) -> Path:
    """What the generator reads and writes, in a folder of its own."""
    for name in ("plugins", "roles", "docs/guides", "docs/license-audit-report.schema.json"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, checkout: Path, *options: str) -> int:
    monkeypatch.setattr("sys.argv", ["generate", "--checkout", str(checkout), *options])
    return generate.main()


def test_everything_is_as_its_source_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, ROOT, "--check") == 0


@pytest.mark.parametrize(("path", "word"), GENERATED.values(), ids=GENERATED)
def test_a_change_by_hand_is_told_and_undone(
    path: str, word: str, checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (checkout / path).read_text(encoding="utf-8")
    assert word in before
    changed = before.replace(word, re.sub(r"[a-z]{2}", "zz", word, count=1), 1)
    (checkout / path).write_text(changed, encoding="utf-8")
    assert run(monkeypatch, checkout, "--check") == 1
    assert capsys.readouterr().out.splitlines() == [f"{path}: not as its source says; run make generate"]
    assert (checkout / path).read_text(encoding="utf-8") == changed
    assert run(monkeypatch, checkout) == 0
    assert (checkout / path).read_text(encoding="utf-8") == before


@pytest.mark.parametrize("path", sorted({path for path, _word in GENERATED.values()} - WHOLE))
def test_what_stands_around_is_kept(path: str, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = "# mine\n" + (checkout / path).read_text(encoding="utf-8") + "# mine\n"
    (checkout / path).write_text(own, encoding="utf-8")
    assert run(monkeypatch, checkout) == 0
    assert (checkout / path).read_text(encoding="utf-8") == own


def test_a_sample_is_the_modules_own(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = checkout / "plugins/modules/org_license.py"
    text = path.read_text(encoding="utf-8").replace("sample: {reads: 2,", "sample: {reads: 7,")
    path.write_text(text, encoding="utf-8")
    assert run(monkeypatch, checkout, "--check") == 0


def test_an_empty_key_is_filled(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = checkout / "plugins/modules/org_license.py"
    before = path.read_text(encoding="utf-8")
    start, end = before.index("\nfailure:\n"), before.index('\n"""\n\nfrom ')
    path.write_text(before[:start] + "\nfailure:" + before[end:], encoding="utf-8")
    assert run(monkeypatch, checkout) == 0
    assert path.read_text(encoding="utf-8") == before


def test_a_block_without_a_place_is_asked_for(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = checkout / "plugins/modules/org_license.py"
    text = path.read_text(encoding="utf-8").replace("\nfailure:\n", "\nfailed:\n")
    path.write_text(text, encoding="utf-8")
    assert run(monkeypatch, checkout) == 1
    told = "plugins/modules/org_license.py, RETURN: write failure once, where it is to stand, and generate again\n"
    assert capsys.readouterr().err == told
    assert path.read_text(encoding="utf-8") == text
