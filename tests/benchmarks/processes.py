# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs modules and other programs as processes of their own, and tells what each of them used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LAUNCHER = Path(__file__).with_name("launch.py")
MODULES = "ansible_collections.tenantops.licensing.plugins.modules"


@dataclass(frozen=True, slots=True)
class Used:
    """What a process used: seconds of the clock, seconds of a processor, and its peak of resident memory in MiB."""

    seconds: float
    worked: float
    peak: float
    output: str

    @property
    def result(self) -> dict[str, Any]:
        """The JSON document that the process printed last, as a module does."""
        document: dict[str, Any] = json.loads(self.output.strip().splitlines()[-1])
        return document


def environment(directory: Path, more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a measured program: nothing of the developer's own settings but where the collection lies."""
    found = os.environ["PYTHONPATH"].split(os.pathsep)
    return {
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "PYTHONPATH": os.pathsep.join(str(Path(part).absolute()) for part in found),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(directory),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_HOME": str(directory / ".ansible"),
        "ANSIBLE_REMOTE_TEMP": str(directory / "remote"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        **more,
    }


def launch(command: Sequence[str], env: Mapping[str, str], directory: Path) -> Used:
    """Run a command to its end; one that fails ends the benchmarks."""
    file = directory / "used.json"
    launcher = [sys.executable, "-S", "-E", str(LAUNCHER), str(file), *command]
    done = subprocess.run(launcher, env=dict(env), cwd=directory, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}\nThis failed, see above.")
    used = json.loads(file.read_text())
    return Used(used["seconds"], used["worked"], used["peak"] / 1024, done.stdout)


def run_module(name: str, options: Mapping[str, Any], env: Mapping[str, str], directory: Path) -> Used:
    """Run a module of the collection as Ansible does, but without Ansible around it."""
    arguments = directory / "arguments.json"
    arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {**options, "_ansible_remote_tmp": str(directory)}}))
    return launch([sys.executable, "-m", f"{MODULES}.{name}", str(arguments)], environment(directory, env), directory)
