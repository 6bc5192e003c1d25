# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a server is reached, and what that cost: the words of the HTTP client."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Transport:
    """How to reach a server. Times in seconds."""

    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 30.0  # to connect and, apart from that, between two parts of an answer
    max_retries: int = 5
    max_wait: float = 300.0  # of one call, for limits and between tries, altogether
    connections: int = 16
    wait_for_limit: bool = False  # wait for as long as a limit asks, whatever max_wait is
    max_response_size: int = 64  # MiB of one answer, unpacked
    allow_plain_http: bool = False  # send to other machines without TLS


@dataclass
class CallCounts:
    """What a task cost: the ``api`` of a module's result."""

    reads: int = 0
    writes: int = 0
    sign_ins: int = 0
    retries: int = 0
    rereads: int = 0
    rate_limit: dict[str, int] = field(default_factory=dict)

    def as_result(self) -> dict[str, Any]:
        counts: dict[str, Any] = {
            "reads": self.reads,
            "writes": self.writes,
            "sign_ins": self.sign_ins,
            "retries": self.retries,
        }
        told = {"rereads": self.rereads, "rate_limit": self.rate_limit}
        return counts | {name: value for name, value in told.items() if value}

    def plus(self, other: CallCounts) -> CallCounts:
        """What both cost together, with the limit of whichever server tells one."""
        return CallCounts(
            reads=self.reads + other.reads,
            writes=self.writes + other.writes,
            sign_ins=self.sign_ins + other.sign_ins,
            retries=self.retries + other.retries,
            rereads=self.rereads + other.rereads,
            rate_limit=self.rate_limit or other.rate_limit,
        )
