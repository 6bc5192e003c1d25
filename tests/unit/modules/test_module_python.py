# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On a target whose Python is too old, every module says so."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils import _python
from ansible_collections.tenantops.licensing.tests.unit.architecture.collection import MODULES, PACKAGE, PLUGINS, ROOT

OLDEST = (3, 8)  # that any ansible-core which this collection works with runs modules on
READ_BY_OLD_ONES = [*(PLUGINS / "modules").glob("*.py"), PLUGINS / "module_utils" / "_python.py"]
AS_AN_OLD_ONE = """
import json, runpy, sys
sys.version_info = (3, 9, 18, "final", 0)
try:
    runpy.run_module({module!r}, run_name="__main__")
finally:
    own = [name for name in sys.modules if name.startswith("ansible") and "module_utils." in name]
    print(json.dumps(own), file=sys.stderr)
"""


def ran(python: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(_python.__file__).parents[5])}
    return subprocess.run([python, *arguments], check=False, capture_output=True, text=True, env=environment)


@pytest.mark.parametrize("path", READ_BY_OLD_ONES, ids=lambda path: str(path.stem))
def test_an_old_python_can_read_what_it_reads_before_it_is_told(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=OLDEST)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_on_an_old_python_says_what_it_needs_before_it_imports_anything(module: str) -> None:
    end = ran(sys.executable, "-c", AS_AN_OLD_ONE.format(module=f"{PACKAGE}.modules.{module}"))
    assert end.returncode == 1
    told = json.loads(end.stdout)
    assert told.pop("msg").startswith("tenantops.licensing needs Python 3.11 or newer; this is 3.9.18 (")
    assert told == {"failed": True, "changed": False}
    assert json.loads(end.stderr) == [f"{PACKAGE}.module_utils._python"]


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10"])
def test_the_old_pythons_that_are_here_are_told(version: str) -> None:
    python = shutil.which(f"python{version}")
    if python is None or ran(python, "--version").returncode:
        pytest.skip(f"Python {version} is not here")
    end = ran(python, "-m", f"{PACKAGE}.modules.org_license")
    assert json.loads(end.stdout)["msg"].startswith(
        f"tenantops.licensing needs Python 3.11 or newer; this is {version}."
    )
    assert "Traceback" not in end.stderr


def test_the_python_that_is_needed_is_the_one_that_is_written_down() -> None:
    least = ".".join(map(str, _python.LEAST))
    assert f'python_requires: ">={least}"' in (ROOT / "tests" / "config.yml").read_text(encoding="utf-8")
    assert re.search(rf"Python.{{0,40}}\b{re.escape(least)}\b", (ROOT / "README.md").read_text(encoding="utf-8"))
