# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file says its licence, every module and option has its test."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.unit.architecture.collection import (
    COLLECTION,
    MODULES,
    ROOT,
    argument_spec,
    python_files,
)

SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
# The licence itself, and what antsibull-changelog writes anew at each release.
WITHOUT_SPDX = {"COPYING", "CHANGELOG.rst"}
NO_COMMENTS = {".json", ".png", ".jpg", ".ico", ".gz", ".pem"}
ARCHITECTURE = ROOT / "tests" / "unit" / "architecture"


@cache
def files_of_git() -> list[str]:
    """What git has or would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_every_file_that_can_say_so_says_its_licence() -> None:
    without = [
        name
        for name in files_of_git()
        if name not in WITHOUT_SPDX
        and (ROOT / name).suffix not in NO_COMMENTS
        and SPDX not in (ROOT / name).read_text(encoding="utf-8")[:1000]
    ]
    assert len(files_of_git()) > len(MODULES)
    assert without == []


def test_the_name_of_a_test_file_occurs_once() -> None:
    names = Counter(path.name for path in python_files(ROOT / "tests") if path.name.startswith("test_"))
    assert [name for name, count in names.items() if count > 1] == []


@cache
def text_of_tests(folder: str, pattern: str) -> str:
    """All tests below a folder as one text, but for those of the architecture itself."""
    paths = sorted(path for path in (ROOT / "tests" / folder).rglob(pattern) if ARCHITECTURE not in path.parents)
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_run_by_an_integration_test(module: str) -> None:
    text = text_of_tests("integration", "test_*.py")
    assert re.search(rf"[\"'.]({re.escape(COLLECTION)}\.)?{module}\b", text)


@pytest.mark.parametrize("module", [module for module in MODULES if not module.endswith("_info")])
def test_a_module_that_is_not_only_for_information_has_a_case_in_check_mode(module: str) -> None:
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in python_files(ROOT / "tests" / "integration")
        if path.name.startswith("test_") and "check" in path.read_text(encoding="utf-8")
    )
    assert re.search(rf"\b{module}\b", text)


def options(spec: dict[str, Any]) -> Iterator[str]:
    for name, option in spec.items():
        yield name
        yield from options(option.get("options", {}))


@pytest.mark.parametrize("module", MODULES)
def test_every_option_occurs_in_some_test(module: str) -> None:
    text = text_of_tests(".", "*.py")
    words = set(re.findall(r"\w+", text))
    assert sorted(set(options(argument_spec(module))) - words) == []
