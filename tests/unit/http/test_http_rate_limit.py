# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account's calls that would not do for the writes that are planned: seen before the first of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import Kind, LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._http.response import Purpose
from ansible_collections.tenantops.licensing.plugins.modules import license_assignment, license_assignments
from ansible_collections.tenantops.licensing.tests.unit.support.clients import Clock, http_client
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import (
    YEXT,
    Call,
    Ended,
    assign,
    play,
    read_assignments,
    set_expiration,
)
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import Reply, ScriptedServer

IN_TEN_MINUTES = 600


def headers(remaining: int, limit: int = 5000, reset: int = IN_TEN_MINUTES) -> dict[str, str]:
    return {"Rate-Limit-Limit": str(limit), "Rate-Limit-Remaining": str(remaining), "Rate-Limit-Reset": str(reset)}


def with_left(call: Call, remaining: int, **told: int) -> Call:
    """The same call, whose answer tells how many calls are left."""
    reply = dataclasses.replace(call.reply, headers={**call.reply.headers, **headers(remaining, **told)})
    return dataclasses.replace(call, reply=reply)


def listed(remaining: int, **told: int) -> Call:
    return with_left(read_assignments("p", {}, available=9), remaining, **told)


def three(calls: Sequence[Call], *, check_mode: bool = False, **options: Any) -> Ended:
    """Assign three entities, one of them with a date: four writes."""
    entities = [{"id": "a"}, {"id": "b"}, {"id": "c", "expiration_date": "2999-01-31"}]
    arguments = {**YEXT, "license_packs": [{"id": "p", "entities": entities}], "concurrency": 1, **options}
    return play(license_assignments, arguments, calls, check_mode=check_mode)


def writes() -> list[Call]:
    return [assign("p", "a"), assign("p", "b"), assign("p", "c"), set_expiration("p", "c", "2999-01-31")]


@pytest.mark.parametrize("check_mode", [False, True])
def test_too_few_calls_stop_the_task_before_its_first_write(check_mode: bool) -> None:
    end = three([listed(3)], check_mode=check_mode)
    assert (end.failed, end.changed, end.kind) == (True, False, "rate_limited")
    assert end.message == (
        "4 writes are planned, but of the account's calls only 3 are left for the next 10 min; nothing was written. "
        "Run again later, name fewer entities, or set on_rate_limit to wait."
    )


@pytest.mark.parametrize("on_rate_limit", ["stop", "wait"])
def test_enough_calls_hinder_nothing(clock: Clock, on_rate_limit: str) -> None:
    end = three([listed(4), *writes()], on_rate_limit=on_rate_limit)
    assert not end.failed
    assert clock.slept == []


def test_where_nothing_is_told_nothing_is_checked() -> None:
    assert not three([read_assignments("p", {}, available=9), *writes()]).failed


def test_a_task_that_may_wait_waits_for_the_next_hour_and_plans_anew(clock: Clock) -> None:
    later = with_left(read_assignments("p", {"a": None}, available=9), 4999)
    end = three([listed(3), later, *writes()[1:]], on_rate_limit="wait", max_wait=1.0)
    assert not end.failed
    assert clock.waited == pytest.approx(IN_TEN_MINUTES, abs=1)
    assert end.result["summary"] == {**end.result["summary"], "unchanged": 1, "created": 2}


def test_a_next_hour_that_begins_within_max_wait_is_waited_for_in_any_case(clock: Clock) -> None:
    later = with_left(read_assignments("p", {}, available=9), 4999)
    end = three([listed(3, reset=120), later, *writes()])
    assert not end.failed
    assert clock.waited == pytest.approx(120, abs=1)


def test_a_short_window_of_few_calls_hinders_nothing(clock: Clock) -> None:
    end = three([listed(1, limit=2, reset=1), *writes()])
    assert not end.failed
    assert clock.slept == []


def test_check_mode_waits_for_nothing(clock: Clock) -> None:
    end = three([listed(3)], on_rate_limit="wait", check_mode=True)
    assert not end.failed
    assert clock.slept == []


def test_where_no_hour_is_enough_it_begins_at_once_and_waits_when_the_calls_are_used_up(clock: Clock) -> None:
    calls = [listed(3, limit=3), *writes()]
    calls[3] = with_left(calls[3], 0, limit=3)
    end = three(calls, on_rate_limit="wait", max_wait=1.0)
    assert not end.failed
    assert clock.waited == pytest.approx(IN_TEN_MINUTES, abs=1)


def test_a_wait_ends_with_the_task(clock: Clock) -> None:
    def proceed() -> None:
        if clock.waited > 30:
            raise LicensingError(Kind.INTERRUPTED, "max_runtime of 30 s is over")

    with pytest.raises(LicensingError, match="max_runtime"):
        http_client("http://127.0.0.1:1", proceed).limit.wait(IN_TEN_MINUTES)
    assert clock.waited == pytest.approx(31, abs=1)


def test_a_single_entity_keeps_to_the_calls_that_are_left_too() -> None:
    arguments = {**YEXT, "license_pack_id": "p", "entity_id": "a", "expiration_date": "2999-01-31"}
    end = play(license_assignment, arguments, [listed(1)])
    assert (end.failed, end.changed, end.kind) == (True, False, "rate_limited")
    assert end.message.startswith("2 writes are planned, but of the account's calls only 1 are left")


def test_a_limit_met_while_writing_is_waited_for_however_long(server: ScriptedServer, clock: Clock) -> None:
    server.replies(Reply(429, headers={"Rate-Limit-Reset": "900"}), Reply(200))
    client = http_client(server.url, max_wait=10.0, wait_for_limit=True)
    assert client.call("POST", "/x", purpose=Purpose.WRITE).ok
    assert clock.waited == pytest.approx(900, abs=1)


def test_answers_that_overtake_each_other_leave_the_smaller_number(server: ScriptedServer) -> None:
    server.replies(*(Reply(200, headers=headers(left, reset=1_900_000_000)) for left in (70, 68, 69)))
    client = http_client(server.url)
    for _call in range(3):
        client.call("GET", "/x", purpose=Purpose.READ)
    allowance = client.limit.allowance()
    assert allowance is not None
    assert allowance.calls == 68
    assert client.counts.rate_limit["remaining"] == 68
