# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small agreed state, and the playbooks of the collection played on it, called by their full names as users do."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    COLLECTION,
    CREDENTIALS,
    assert_no_warning,
    environment,
    quantities,
)
from simulator.testing import Handle

SEED: dict[str, Any] = {
    "uipath": {
        "host_pool": {"UNATT": 20, "NONPR": 10},
        "organizations": {
            "o-1": {
                "name": "delilah",
                "license": None,
                "tenants": {"t-1": {"name": "Production"}, "t-2": {"name": "Test"}},
            },
            "o-2": {
                "name": "samson",
                "license": {"products": {"UNATT": 15}},
                "tenants": {"t-3": {"name": "Default", "services": {"orchestrator": {"products": {"UNATT": 15}}}}},
            },
        },
    },
    "yext": {"license_packs": {"listings": {"total": 3, "assigned": {"old": None, "kept": "2027-01-31"}}}},
}
STATE: dict[str, Any] = {
    "licensing_organizations": [
        {
            "id": "o-1",
            "name": "delilah",
            "products": quantities(UNATT=12, NONPR=4),
            "exclusive": True,
            "tenants": [
                {
                    "id": "t-1",
                    "name": "Production",
                    "services": [{"type": "orchestrator", "products": quantities(UNATT=8)}],
                },
                {
                    "id": "t-2",
                    "name": "Test",
                    "services": [{"type": "orchestrator", "products": quantities(UNATT=4, NONPR=4)}],
                },
            ],
        },
        {
            "id": "o-2",
            "name": "samson",
            "products": quantities(UNATT=8),
            "tenants": [
                {
                    "id": "t-3",
                    "name": "Default",
                    "services": [{"type": "orchestrator", "products": quantities(UNATT=8)}],
                }
            ],
        },
    ],
    "licensing_license_packs": [
        {"id": "listings", "exclusive": True, "entities": [{"id": "kept"}, {"id": "new-1"}, {"id": "new-2"}]}
    ],
}
PROVISIONED = {
    "o-1": {"UNATT": 12, "NONPR": 4},
    "o-1/t-1/orchestrator": {"UNATT": 8},
    "o-1/t-2/orchestrator": {"UNATT": 4, "NONPR": 4},
    "o-2": {"UNATT": 8},
    "o-2/t-3/orchestrator": {"UNATT": 8},
}


@dataclass(frozen=True)
class Played:
    """How a playbook ended: its exit status, what it printed, its recap and the calls that it made."""

    status: int
    output: str
    changed: int
    calls: list[dict[str, Any]]

    @property
    def writes(self) -> list[str]:
        return [f"{call['method']} {call['path']}" for call in self.calls if call["kind"] == "write"]

    @property
    def statistics(self) -> dict[str, Any]:
        """What it handed on for the whole run."""
        return statistics(self.output)

    @property
    def diff(self) -> list[str]:
        return [line for line in self.output.splitlines() if re.match(r"[+-](?![+-]{2} )", line)]


def statistics(output: str) -> dict[str, Any]:
    """What a playbook handed on, which a controller gives to the next job of a workflow as extra variables."""
    text = output.partition("CUSTOM STATS")[2].partition("RUN: ")[2]
    told: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return told


Play = Callable[..., Played]


def player(simulator: Handle, directory: Path) -> Play:
    """Something that plays a playbook of the collection on a desired state, as extra variables."""

    def play(
        playbook: str, *arguments: str, state: Mapping[str, Any] = MappingProxyType(STATE), **variables: Any
    ) -> Played:
        extra = directory / "extra.json"
        extra.write_text(json.dumps({**state, **variables}))
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        command = [program, f"{COLLECTION}.{playbook}", "--extra-vars", f"@{extra}", *arguments]
        env = environment(
            directory,
            **CREDENTIALS,
            UIPATH_BASE_URL=simulator.url,
            YEXT_API_URL=f"{simulator.url}/v2",
            ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
            ANSIBLE_SHOW_CUSTOM_STATS="true",
        )
        simulator.clear_calls()
        done = subprocess.run(command, env=env, cwd=directory, check=False, capture_output=True, text=True, timeout=900)
        output = done.stdout + done.stderr
        assert_no_warning(output)
        recap = re.search(r"changed=(\d+)", output)
        return Played(done.returncode, output, int(recap[1]) if recap else -1, simulator.calls())

    return play
