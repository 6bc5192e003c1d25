# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that has nothing to change, and an audit: the calls that the server saw of it, and its seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from .fleets import packs, raised
from .options import Options
from .report import Figure, Goal
from .server import Server, running
from .work import Work

PAGES = (10, 50)  # assignments on a page: what the server takes unless told, and the most
KINDS = {"read": "reads", "write": "writes", "sign_in": "sign_ins"}  # the server's names, and the module's
TITLE = "A run that changes nothing: calls, and seconds of the module"


def measure(options: Options, directory: Path) -> Iterator[Figure]:
    """Calls against those that there must be: no write, one sign-in where there is one, and the reads."""
    with running(options.delay) as server:
        for size in options.sizes:
            fleet = raised(size).settled()
            for own, level in ((True, ""), (False, ", services alone")):
                work = Work("org_licenses", replace(fleet, own_named=own), size)
                reads = fleet.organizations * (2 if own else 1)
                yield _figure(server, directory, work, reads + 1, options, level)
        for size in options.sizes:
            fleet_of_packs = packs(size).settled()
            work = Work("license_assignments", fleet_of_packs, size)
            for page in PAGES:
                pages = sum(-(-len(names) // page) for names in fleet_of_packs.entities.values())
                yield _figure(server, directory, work, pages, options, f", {page} on a page", page_size=page)
        for size in options.sizes:
            drifted = raised(size)
            # The sign-in, the host's pool, and of each organization its licence, its pool and its services.
            needed = 2 + 3 * drifted.organizations
            work = Work("license_audit_info", drifted, size)
            report = str(directory / "license-audit")
            yield _figure(server, directory, work, needed, options, ", all differ", report_directory=report)


def _figure(
    server: Server, directory: Path, work: Work, needed: int, options: Options, how: str, **chosen: Any
) -> Figure:
    used = []
    for _number in range(options.repeats_of(work.entries)):
        work.begin(server)
        used.append(work.run(server, directory, concurrency=options.concurrencies[0], **chosen))
    counts = server.counts()
    told = {kind: used[-1].result["api"][name] for kind, name in KINDS.items()}
    if used[-1].result["changed"] or told != {kind: counts[kind] for kind in KINDS}:
        raise SystemExit(f"The module tells of {told}, the server of {dict(counts)}.")
    made = counts.total()
    beside = (
        f"{made:,} / {needed:,} calls, of them {counts['sign_in']} sign-ins, {counts['write']} writes; "
        f"{median(one.seconds for one in used):.2f} s"
    )
    return Figure(f"{work.module}{how}: calls against those needed", work.entries, made / needed, "x", beside, Goal(1))
