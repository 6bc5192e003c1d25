# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one task: the module's real ``main()`` in this process, against a server of its own."""

from __future__ import annotations

import contextlib
import io
import json
import resource
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible.module_utils.common import warnings as ansible_warnings

from ansible_collections.tenantops.licensing.tests.unit.bad_days.scenarios import SHORT, Scenario
from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import Injection, Made, Right, Server, serving
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import given_arguments
from simulator.simulation import Simulation
from simulator.state import read_state

Holdings = dict[str, dict[str, int] | str]

GOOD_DAY = 5.0  # seconds that an answer may take where no fault is tried


@dataclass
class Ran:
    """How a task ended. ``printed``: all that it wrote; ``raised``: a traceback that it did not turn into a result."""

    printed: str
    code: int | None
    raised: str | None
    seconds: float
    megabytes: float  # that the process grew by at its height
    before: Holdings
    after: Holdings
    calls: list[Made] = field(default_factory=list)
    answers: list[Right] = field(default_factory=list)

    @property
    def hit(self) -> bool:
        return any(call.hit for call in self.calls)

    @property
    def result(self) -> dict[str, Any] | None:
        """The one JSON object that was printed; None where it is something else."""
        try:
            document = json.loads(self.printed)
        except (ValueError, RecursionError):
            return None
        return document if isinstance(document, dict) else None


def run(scenario: Scenario, injection: Injection | None = None) -> Ran:
    """Run the task, and a fault with it where one is given."""
    simulation = Simulation(read_state(scenario.seed()))
    simulation.set_switches(dict(scenario.switches))
    before = holdings(simulation)
    server = Server(simulation, injection, scenario.loses, scenario.expires)
    with serving(server):
        arguments = {
            **_known(scenario.arguments, scenario.spec),
            "_ansible_diff": True,
            "_ansible_check_mode": scenario.check_mode,
            "_ansible_no_log": scenario.no_log,
            "_ansible_remote_tmp": "/tmp",
            "_ansible_keep_remote_files": False,
        }
        told = json.loads(json.dumps(arguments).replace("<server>", server.url))
        if injection is None:
            told = _patient(told)
        _forget_peak()
        at_first, began = _peak(), time.monotonic()
        printed, code, raised = _main(scenario.module.main, told)
        ended, at_last = time.monotonic(), _peak()
    return Ran(
        printed=printed,
        code=code,
        raised=raised,
        seconds=ended - began,
        megabytes=at_last - at_first,
        before=before,
        after=holdings(simulation),
        calls=list(server.calls),
        answers=list(server.answers),
    )


def _main(main: Callable[[], None], arguments: dict[str, Any]) -> tuple[str, int | None, str | None]:
    ansible_warnings._global_warnings.clear()
    written = io.BytesIO()
    text = io.TextIOWrapper(written, encoding="utf-8", write_through=True)
    code, raised = None, None
    with given_arguments(arguments), contextlib.redirect_stdout(text):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        except BaseException:
            raised = traceback.format_exc()
    return written.getvalue().decode("utf-8", "replace"), code, raised


def _patient(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a good day: on a machine that is busy, an answer that is only slow is no fault."""
    longer = {name: _patient(value) for name, value in arguments.items() if isinstance(value, dict)}
    return {**arguments, **longer, **({"timeout": GOOD_DAY} if "timeout" in arguments else {})}


def _known(arguments: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments without the options for short waits that this module does not have."""
    return {
        name: _known(value, spec[name]["options"]) if name in ("uipath", "yext") else value
        for name, value in arguments.items()
        if name in spec or name not in SHORT
    }


def holdings(simulation: Simulation) -> Holdings:
    """What the server holds: each licence with its codes, each assignment with its end or ``never``."""
    held: Holdings = {}
    for organization_id, organization in simulation.uipath.late.current.organizations.items():
        if organization.license is not None:
            held[organization_id] = _positive(organization.license.products)
        for tenant_id, tenant in organization.tenants.items():
            for service_type, service in tenant.services.items():
                held[place(organization_id, tenant_id, service_type)] = _positive(service.products)
    for pack_id, pack in simulation.yext.late.current.license_packs.items():
        for entity_id, end in pack.assigned.items():
            held[place(pack_id, entity_id)] = end or "never"
    return {where: what for where, what in held.items() if what}


def place(*ids: str) -> str:
    """One place as a key."""
    return json.dumps(ids) if len(ids) > 1 else ids[0]


def _positive(quantities: Mapping[str, int]) -> dict[str, int]:
    return {code: quantity for code, quantity in quantities.items() if quantity}


def _forget_peak() -> None:
    """Let the kernel measure the height of this process's memory from here."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> float:
    """The height of this process's memory in megabytes."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
