# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module costs before it does anything: a run with nothing to do against ``ansible.builtin.ping``.

A module's process is what Ansible sends to a host, one file with all that the module imports, run again and again.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from .fleets import Fleet, Packs, declared, packs, raised
from .options import Options
from .plays import COLLECTION, Task, ping, run_play
from .processes import environment, launch
from .report import Figure
from .server import Server, running

PLAYBOOKS = 7  # times each
PROCESSES = 15
HEAVIEST = 8  # packages named in the profile
IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")
TITLE = "One run with nothing to do against ansible.builtin.ping"
NOTHING = "an empty list, its imports alone"


def measure(options: Options, directory: Path) -> Iterator[Figure]:
    """Ratios of medians; every round runs each of the compared once."""
    with running(delay=0) as server:
        fleet, fleet_of_packs = raised(2).settled(), packs(1).settled()
        server.begin({**fleet.state(), **fleet_of_packs.state()})
        tasks = _tasks(fleet, fleet_of_packs)
        yield from _ratios("whole playbook", _playbooks(tasks, server, directory))
        sent = {name: _sent(task, server, directory, number) for number, (name, task) in enumerate(tasks.items())}
        yield from _ratios("module process", _processes(sent, server, directory))
        if options.profile:
            for name in ("org_license", "license_assignment"):
                yield from _profile(name, sent[name], server, directory)


def _tasks(fleet: Fleet, fleet_of_packs: Packs) -> dict[str, Task]:
    [organization, *_services] = fleet.licences
    [(pack, [entity])] = fleet_of_packs.entities.items()
    options: dict[str, dict[str, Any]] = {
        "desired_state_info": {"organizations": [{"id": organization.organization, **declared(organization)}]},
        f"org_licenses, {NOTHING}": {"organizations": []},
        "org_license": {"organization_id": organization.organization, **declared(organization)},
        f"license_assignments, {NOTHING}": {"license_packs": []},
        "license_assignment": {"license_pack_id": pack, "entity_id": entity},
    }
    return {
        "ping": ping()[0],
        **{name: {f"{COLLECTION}.{name.partition(',')[0]}": chosen} for name, chosen in options.items()},
    }


def _playbooks(tasks: Mapping[str, Task], server: Server, directory: Path) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {name: [] for name in tasks}
    (directory / "variables.json").write_text("{}")
    for _round in range(PLAYBOOKS):
        for name, task in tasks.items():
            took[name].append(run_play([task], server.environment, directory).seconds)
    return took


def _sent(task: Task, server: Server, directory: Path, number: int) -> Path:
    """The file that Ansible sends for a task."""
    remote = directory / f"sent-{number}"
    kept = {"ANSIBLE_KEEP_REMOTE_FILES": "true", "ANSIBLE_REMOTE_TEMP": str(remote)}
    run_play([task], {**server.environment, **kept}, directory)
    (file,) = remote.rglob("AnsiballZ_*.py")
    return file


def _processes(sent: Mapping[str, Path], server: Server, directory: Path) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {name: [] for name in sent}
    env = environment(directory, server.environment)
    for _round in range(PROCESSES):
        for name, file in sent.items():
            took[name].append(launch([sys.executable, str(file)], env, directory).seconds)
    return took


def _ratios(what: str, took: Mapping[str, Sequence[float]]) -> Iterator[Figure]:
    base = median(took["ping"])
    for name, values in took.items():
        if name != "ping":
            mine = median(values)
            beside = f"{mine:.3f} s / {base:.3f} s, {len(values)} times"
            yield Figure(f"{what}: {name}", 0, mine / base, "x", beside)


def _profile(name: str, file: Path, server: Server, directory: Path) -> Iterator[Figure]:
    """Where the imports' time goes, by the package they belong to."""
    env = environment(directory, server.environment)
    command = [sys.executable, "-X", "importtime", str(file)]
    told = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stderr
    spent: Counter[str] = Counter()
    for own, module in IMPORT.findall(told):
        parts = module.split(".")
        package = ".".join(parts[:3]) if parts[0] == "ansible_collections" else parts[0]
        spent[package] += int(own)
    yield Figure(f"{name}: all imports", 0, spent.total() / 1000, "ms", "by -X importtime, which slows them down")
    for package, microseconds in spent.most_common(HEAVIEST):
        yield Figure(f"{name}: imports of {package}", 0, microseconds / 1000, "ms")
