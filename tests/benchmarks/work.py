# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of one size for either vendor: its start, its end, the module that does it and the calls that it makes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import plays
from .fleets import SLACK, Fleet, Packs, packs, raised, reshuffled
from .processes import Used, run_module
from .server import KEY, TOKEN, Call, Server


@dataclass(frozen=True)
class Work:
    """A start and an end, and the module for many that gets from one to the other."""

    module: str
    fleet: Fleet | Packs
    entries: int

    def begin(self, server: Server) -> None:
        """Put the server back to the start."""
        server.begin(self.fleet.state())

    def run(self, server: Server, directory: Path, **options: Any) -> Used:
        """Run the module as a process of its own."""
        state_file = directory / "licensing.json"
        state_file.write_text(json.dumps(self.fleet.desired()))
        return run_module(self.module, {"state_file": str(state_file), **options}, server.environment, directory)

    def plural(self, directory: Path, **options: Any) -> list[plays.Task]:
        """The same as a task of a playbook."""
        return plays.plural(self.module, self.fleet.desired(), directory, **options)

    def singular(self, directory: Path, limit: int) -> list[plays.Task]:
        """The first so many of its entries as loops of the modules for one."""
        if isinstance(self.fleet, Packs):
            return plays.loop_of_assignments(self.fleet, directory, limit)
        return plays.loop_of_licenses(self.fleet, directory, limit)

    def bare(self, calls: Sequence[Call], file: Path) -> None:
        """Write down calls of this work for the floor, with what signs them in."""
        uipath = isinstance(self.fleet, Fleet)
        work = {
            "headers": {"Authorization": f"Bearer {TOKEN}"} if uipath else {},
            "query": {} if uipath else {"v": plays.API_VERSION, "api_key": KEY},
            "calls": [[call.method, call.path, call.body] for call in calls],
        }
        file.write_text(json.dumps(work))


def raising(size: int) -> Work:
    """Every quantity of UiPath rises."""
    return Work("org_licenses", raised(size), size)


def reshuffling(size: int) -> Work:
    """UiPath's services exchange what they hold while every pool is full."""
    return Work("org_licenses", reshuffled(size), size)


def reshuffling_with_slack(size: int) -> Work:
    """The same with room in every pool, so that hardly a write waits for another."""
    return Work("org_licenses", reshuffled(size, slack=SLACK), size)


def assigning(size: int) -> Work:
    """Every entity of Yext is assigned."""
    return Work("license_assignments", packs(size), size)
