# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks, run as ``ansible-playbook`` runs them: the tasks that are compared, and what a run of them took."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .fleets import Fleet, Packs, declared
from .processes import environment
from .sampling import Peaks, watched
from .server import KEY, TOKEN, Call

COLLECTION = "tenantops.licensing"
API_VERSION = "20250101"
SERVICE = ("tenant_id", "tenant_name", "service_type")
PRODUCTS = ("products", "exclusive")
Task = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlayRun:
    """A playbook's wall clock in seconds, and where it was watched the peaks of memory."""

    seconds: float
    peaks: Peaks | None = None


def run_play(tasks: Sequence[Task], env: Mapping[str, str], directory: Path, *, watch: bool = False) -> PlayRun:
    """Run tasks on this machine with Ansible's own defaults; a playbook that fails ends the benchmarks."""
    host = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = directory / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"benchmark": host}}}))
    play = {"hosts": "all", "gather_facts": False, "vars_files": ["variables.json"], "tasks": list(tasks)}
    playbook = directory / "playbook.yml"
    playbook.write_text(json.dumps([play]))
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    command = [program, "--inventory", str(inventory), str(playbook)]
    log = directory / "playbook.log"
    with log.open("w") as output:
        began = time.monotonic()
        with subprocess.Popen(
            command, env=environment(directory, env), cwd=directory, stdout=output, stderr=subprocess.STDOUT
        ) as process:
            try:
                peaks = watched(process) if watch else None
                status = process.wait()
            except BaseException:
                process.terminate()
                raise
        took = time.monotonic() - began
    if status:
        sys.exit(f"{log.read_text()[-3000:]}\nThe playbook failed, see above.")
    return PlayRun(took, peaks)


def plural(module: str, document: Mapping[str, Any], directory: Path, **options: Any) -> list[Task]:
    """One task for everything, with the desired state in a file."""
    _provide(directory, {})
    state_file = directory / "licensing.json"
    state_file.write_text(json.dumps(document))
    return [{f"{COLLECTION}.{module}": {"state_file": str(state_file), **options}}]


def loop_of_uri(calls: Sequence[Call], directory: Path, url: str, limit: int) -> list[Task]:
    """The first so many of these calls as a loop of ``ansible.builtin.uri``, signed in already."""
    items = [{"method": call.method, "url": url + call.path, "body": call.body} for call in calls[:limit]]
    _provide(directory, {"items": items})
    options = {
        "url": "{{ item.url }}{{ query_string }}",
        "method": "{{ item.method }}",
        "headers": {"Authorization": "Bearer {{ lookup('ansible.builtin.env', 'BENCHMARK_TOKEN') }}"},
        "status_code": [200, 201],
    }
    if any(call.body is not None for call in calls):
        options |= {"body": "{{ item.body }}", "body_format": "json"}
    key = "{{ lookup('ansible.builtin.env', 'YEXT_API_KEY') }}"
    query = f"?v={API_VERSION}&api_key={key}" if any(call.path.startswith("/v2/") for call in calls) else ""
    return [{"ansible.builtin.uri": options, "vars": {"query_string": query}, **_looped("items")}]


def signed_in() -> dict[str, str]:
    """What a loop of uri finds in its environment."""
    return {"BENCHMARK_TOKEN": TOKEN, "YEXT_API_KEY": KEY}


def loop_of_licenses(fleet: Fleet, directory: Path, limit: int) -> list[Task]:
    """The first so many entries as loops of the modules for one: organizations, then services."""
    organizations, services = [], []
    for licence in fleet.licences[:limit]:
        options = {"organization_id": licence.organization, **declared(licence)}
        if licence.service:
            services.append(options | dict(zip(SERVICE, (licence.tenant, "Default", licence.service), strict=True)))
        else:
            organizations.append(options)
    _provide(directory, {"organizations": organizations, "services": services})
    return [
        _task("org_license", ("organization_id", *PRODUCTS), "organizations"),
        _task("tenant_service_license", ("organization_id", *SERVICE, *PRODUCTS), "services"),
    ]


def loop_of_assignments(packs: Packs, directory: Path, limit: int) -> list[Task]:
    """The first so many entries as a loop of the module for one."""
    items = [{"license_pack_id": pack, "entity_id": name} for pack, names in packs.entities.items() for name in names]
    _provide(directory, {"entities": items[:limit]})
    return [_task("license_assignment", ("license_pack_id", "entity_id"), "entities")]


def ping() -> list[Task]:
    """What every task costs, whatever it does."""
    return [{"ansible.builtin.ping": {}}]


def _provide(directory: Path, variables: Mapping[str, Any]) -> None:
    """Put variables where every playbook here looks for them."""
    (directory / "variables.json").write_text(json.dumps({f"given_{name}": value for name, value in variables.items()}))


def _task(module: str, options: Sequence[str], name: str) -> Task:
    """A module for one in a loop, with these options of each item."""
    return {f"{COLLECTION}.{module}": {option: f"{{{{ item.{option} }}}}" for option in options}, **_looped(name)}


def _looped(name: str) -> dict[str, Any]:
    return {"loop": f"{{{{ given_{name} }}}}", "loop_control": {"label": ""}}
