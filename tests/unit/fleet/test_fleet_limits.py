# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that limits its callers: a fleet still reaches its end, and one refusal holds back every worker."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._http import retry as http_retry
from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import OnError
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_truth import untruths
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_yard import Yard, carried_out
from ansible_collections.tenantops.licensing.tests.unit.support.clients import Clock

LIMITED = 429
NAMED = 20  # seconds, of a clock that only sleeping moves on
ANSWER = 0.2  # seconds that an ordinary call takes while workers are watched
# Whoever had passed the gate before the refusal came may still make one call.
ON_ITS_WAY = 0.4


@pytest.mark.parametrize(
    ("named", "waits"),
    [({"retry_after": NAMED}, NAMED), ({"rate_limit_reset": NAMED}, NAMED - 1), ({}, 0)],
    ids=["Retry-After", "Rate-Limit-Reset", "neither"],
)
def test_a_fleet_reaches_its_end_on_a_server_that_refuses_every_twentieth_call(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, named: dict[str, Any], waits: float
) -> None:
    clock = Clock()
    monkeypatch.setattr(http_retry, "time", clock)
    yard.fleet.put(yard.server)
    yard.server.set_faults([{"match": {"every": 20}, "effect": {"status": LIMITED, "acts": False, **named}}])
    report = yard.fleet.apply(yard.server, yard.fleet.settings(OnError.STOP), max_wait=10 * NAMED)
    end = yard.fleet.held(yard.server)
    calls = yard.server.calls()
    refusals = [call for call in calls if call["status"] == LIMITED]
    assert len(refusals) == len(calls) // 20 > 0
    assert report.failure is None
    assert yard.fleet.missing(end) == set()
    assert list(untruths(yard.fleet, report, end)) == []
    assert carried_out(yard.server.writes()) == carried_out(yard.writes)
    assert clock.waited >= waits


@pytest.mark.parametrize(
    ("kind", "name", "seconds"),
    [("write", "retry_after", 1), ("write", "rate_limit_reset", 2), ("read", "retry_after", 1)],
)
def test_one_refusal_that_names_a_time_holds_back_every_worker(yard: Yard, kind: str, name: str, seconds: int) -> None:
    yard.fleet.put(yard.server)
    yard.server.set_faults(
        [
            {"match": {"kind": kind, "nth": 2}, "effect": {"status": LIMITED, "delay": 0, name: seconds}},
            # So slow are the others that they are still out when the refusal has come.
            {"match": {"kind": kind, "times": 10}, "effect": {"delay": ANSWER}},
        ]
    )
    report = yard.fleet.apply(yard.server, yard.fleet.settings(OnError.STOP))
    calls = yard.server.calls()
    (refusal,) = (call for call in calls if call["status"] == LIMITED)
    # Rate-Limit-Reset names a whole second since the epoch.
    opens = (refusal["started"] if name == "retry_after" else math.floor(refusal["started"])) + seconds
    early = [
        f"{call['method']} {call['path']}, {call['started'] - refusal['ended']:.2f} s after the refusal"
        for call in calls
        if refusal["ended"] + ON_ITS_WAY < call["started"] < opens
    ]
    assert early == []
    in_flight = [call for call in calls if call["started"] <= refusal["ended"] + ON_ITS_WAY and call is not refusal]
    assert any(call["ended"] > refusal["ended"] for call in in_flight)
    assert any(call["started"] >= opens for call in calls)
    assert report.failure is None
    assert yard.fleet.missing(yard.fleet.held(yard.server)) == set()
    assert carried_out(yard.server.writes()) == carried_out(yard.writes)
