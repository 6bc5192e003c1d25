# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fault is, and the whole table of them for one right answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import Right, Sending

# What an answer to a write is for. Without it nothing is said; with it, and another key gone, everything still is.
CARRYING = frozenset({"response", "assignedEntities", "entityId", "license", "products", "code"})


@dataclass(frozen=True)
class Fault:
    """One way in which an answer goes wrong.

    ``kind``: the row of the page. ``unreadable``: nothing may be planned on such an answer to a read. ``truthful``: the
    answer still says what the right one says, so of a write that was not done it would be a lie that nobody can notice.
    ``refusal``: a complete refusal, which of a write that was done would be such a lie, too. ``renamed``: the name of a
    row that has another name now. ``late``: worth trying with every moment. ``thorough``: worth trying both at one call
    alone and from that call on.
    """

    kind: str
    name: str
    send: Callable[[Right], Sending]
    unreadable: bool = False
    truthful: bool = False
    refusal: bool = False
    renamed: str | None = None
    late: bool = False
    thorough: bool = True


def faults_of(right: Right) -> dict[str, Fault]:
    """Every fault that this answer has a place for, by name. The names are the same for answers of one shape."""
    # The tables build on this file.
    from ansible_collections.tenantops.licensing.tests.unit.bad_days import (  # noqa: PLC0415
        faults_document,
        faults_headers,
        faults_keys,
        faults_pages,
        faults_secrets,
        faults_status,
        faults_wire,
    )

    found: dict[str, Fault] = {}
    tables: list[Callable[[Right], Iterable[Fault]]] = [
        faults_document.of,
        faults_keys.of,
        faults_status.of,
        faults_wire.of,
        faults_headers.of,
        faults_pages.of,
        faults_secrets.of,
    ]
    for table in tables:
        for fault in table(right):
            assert fault.name not in found, f"two faults are called {fault.name}"
            found[fault.name] = fault
    return found
