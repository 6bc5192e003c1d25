# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a call is made again, and how long everybody waits before."""

from __future__ import annotations

import email.utils
import threading
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import (
    ApiError,
    Kind,
    LicensingError,
    OutcomeUnknown,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._http import retry as http_retry
from ansible_collections.tenantops.licensing.plugins.module_utils._http.response import Purpose
from ansible_collections.tenantops.licensing.tests.unit.support.clients import Clock, always, http_client
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import (
    LOST,
    Reply,
    ScriptedServer,
    document,
    page,
    status,
    unused_port,
)

WRITES = ("PUT", "POST", "DELETE")
DONE = document({"done": True})


def write(url: str, method: str = "PUT", **transport: Any) -> Any:
    return http_client(url, **transport).call(method, "/x", purpose=Purpose.WRITE, json_body={"a": 1})


def read(url: str, **transport: Any) -> Any:
    return http_client(url, **transport).call("GET", "/x", purpose=Purpose.READ)


# Reads


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_read_is_repeated_after_a_passing_status(server: ScriptedServer, code: int) -> None:
    server.replies(status(code), status(code), DONE)
    client = http_client(server.url)
    assert client.call("GET", "/x", purpose=Purpose.READ).document() == {"done": True}
    assert client.counts.as_result() == {"reads": 1, "writes": 0, "sign_ins": 0, "retries": 2}


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 409, 410, 501, 505])
def test_a_read_is_not_repeated_after_another_status(server: ScriptedServer, code: int) -> None:
    server.replies(status(code), DONE)
    assert read(server.url).status == code
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_read_that_keeps_failing_returns_the_last_answer(server: ScriptedServer, code: int) -> None:
    server.replies(*[status(code)] * 3, DONE)
    assert read(server.url, max_retries=2).status == code
    assert len(server.requests) == 3


def test_a_read_is_repeated_when_the_connection_breaks_after_the_request(server: ScriptedServer) -> None:
    server.replies(LOST, LOST, DONE)
    assert read(server.url).document() == {"done": True}
    assert len(server.requests) == 3


def test_a_read_is_repeated_when_the_connection_breaks_before_the_request_is_read(server: ScriptedServer) -> None:
    server.refusals = 2
    server.replies(DONE)
    assert read(server.url).document() == {"done": True}


def test_a_read_is_repeated_when_the_answer_breaks_off(server: ScriptedServer) -> None:
    whole = document({"done": True})
    server.replies(Reply(200, whole.body, whole.headers, cut=4), whole)
    client = http_client(server.url)
    assert client.call("GET", "/x", purpose=Purpose.READ).document() == {"done": True}
    assert client.counts.retries == 1


def test_a_read_is_repeated_when_the_answer_stalls_halfway(server: ScriptedServer) -> None:
    whole = document({"done": True})
    server.replies(Reply(200, whole.body, whole.headers, cut=4, stall=2), whole)
    assert read(server.url, timeout=0.2).document() == {"done": True}


def test_an_answer_that_always_stalls_halfway_is_a_timeout(server: ScriptedServer) -> None:
    server.replies(*[Reply(200, b"0123456789", cut=4, stall=2)] * 2)
    with pytest.raises(ApiError) as caught:
        read(server.url, timeout=0.2, max_retries=1)
    assert caught.value.kind is Kind.TIMEOUT


def test_a_read_whose_answer_always_breaks_off_is_no_protocol(server: ScriptedServer) -> None:
    server.replies(*[Reply(200, b"0123456789", cut=4)] * 3)
    with pytest.raises(ApiError) as caught:
        read(server.url, max_retries=2)
    assert caught.value.kind is Kind.PROTOCOL
    assert "broke off" in caught.value.message
    assert len(server.requests) == 3


def test_a_read_is_repeated_when_the_server_is_too_slow(server: ScriptedServer) -> None:
    server.replies(Reply(delay=2), DONE)
    assert read(server.url, timeout=0.2).document() == {"done": True}


def test_a_read_from_a_server_that_is_always_too_slow_is_a_timeout(server: ScriptedServer) -> None:
    server.replies(*[Reply(delay=2)] * 2)
    with pytest.raises(ApiError) as caught:
        read(server.url, timeout=0.1, max_retries=1)
    assert caught.value.kind is Kind.TIMEOUT
    assert "0.1 s" in caught.value.message
    assert len(server.requests) == 2


def test_a_read_from_nobody_is_a_connection_failure_after_all_tries() -> None:
    client = http_client(f"http://127.0.0.1:{unused_port()}", max_retries=3)
    with pytest.raises(ApiError) as caught:
        client.call("GET", "/x", purpose=Purpose.READ)
    assert caught.value.kind is Kind.CONNECTION
    assert "refused" in caught.value.message
    assert client.counts.retries == 3


def test_a_host_that_does_not_exist_is_a_connection_failure() -> None:
    with pytest.raises(ApiError) as caught:
        read("http://no-such-host.invalid", max_retries=0, allow_plain_http=True)
    assert caught.value.kind is Kind.CONNECTION


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_max_retries_bounds_the_tries_of_a_read(server: ScriptedServer, retries: int) -> None:
    server.replies(*[status(503)] * 10)
    read(server.url, max_retries=retries)
    assert len(server.requests) == retries + 1


# Writes


@pytest.mark.parametrize("method", WRITES)
def test_a_write_is_repeated_after_a_limit(server: ScriptedServer, method: str) -> None:
    server.replies(status(429), status(429), DONE)
    assert write(server.url, method).document() == {"done": True}
    assert [request.document for request in server.requests] == [{"a": 1}] * 3


@pytest.mark.parametrize("method", WRITES)
def test_a_write_is_not_repeated_after_503_with_retry_after_which_holds_back_the_next_call(
    server: ScriptedServer, method: str, clock: Clock
) -> None:
    server.replies(status(503, Retry_After="3"), DONE)
    client = http_client(server.url)
    answer = client.call(method, "/x", purpose=Purpose.WRITE)
    assert isinstance(answer.error("x"), OutcomeUnknown)
    assert (len(server.requests), clock.waited) == (1, 0)
    assert client.call("GET", "/x", purpose=Purpose.READ).ok
    assert clock.waited == pytest.approx(3)


def test_a_write_that_meets_503_for_longer_than_max_wait_holds_nobody_back(server: ScriptedServer) -> None:
    server.replies(status(503, Retry_After="30"))
    client = http_client(server.url, max_wait=20)
    client.call("PUT", "/x", purpose=Purpose.WRITE)
    assert client._gate._opens_at == 0


@pytest.mark.parametrize("method", WRITES)
def test_a_write_is_not_repeated_after_503_without_retry_after(server: ScriptedServer, method: str) -> None:
    server.replies(status(503), DONE)
    answer = write(server.url, method)
    assert answer.status == 503
    assert len(server.requests) == 1
    failure = answer.error("x")
    assert (type(failure), failure.kind) == (OutcomeUnknown, Kind.SERVER)


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("code", [201, 300, 307, 408, 425, 499, 500, 502, 504, 524])
def test_the_fate_of_a_write_is_unknown_after_all_but_a_refusal(server: ScriptedServer, method: str, code: int) -> None:
    server.replies(status(code), DONE)
    with pytest.raises(OutcomeUnknown):
        raise write(server.url, method).error("x")
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 409, 410, 418, 429, 501])
def test_the_fate_of_a_refused_write_is_known(server: ScriptedServer, code: int) -> None:
    server.replies(status(code))
    assert isinstance(write(server.url, max_retries=0).error("x"), ApiError)


@pytest.mark.parametrize("method", WRITES)
def test_the_fate_of_a_write_is_unknown_when_the_connection_breaks(server: ScriptedServer, method: str) -> None:
    server.replies(LOST, DONE)
    with pytest.raises(OutcomeUnknown) as caught:
        write(server.url, method)
    assert caught.value.kind is Kind.CONNECTION
    assert len(server.requests) == 1


def test_the_fate_of_a_write_is_unknown_when_it_may_have_been_sent(server: ScriptedServer) -> None:
    server.refusals = 1
    server.replies(DONE)
    with pytest.raises(OutcomeUnknown):
        write(server.url)
    assert server.requests == []


def test_the_fate_of_a_write_is_unknown_when_the_answer_is_late(server: ScriptedServer) -> None:
    server.replies(Reply(delay=2), DONE)
    with pytest.raises(OutcomeUnknown) as caught:
        write(server.url, timeout=0.1)
    assert caught.value.kind is Kind.TIMEOUT
    assert len(server.requests) == 1


def test_the_fate_of_a_write_is_unknown_when_the_answer_breaks_off(server: ScriptedServer) -> None:
    server.replies(Reply(200, b"0123456789", cut=4), DONE)
    with pytest.raises(OutcomeUnknown) as caught:
        write(server.url)
    assert caught.value.kind is Kind.PROTOCOL
    assert len(server.requests) == 1


def test_the_fate_of_a_write_is_unknown_when_the_answer_stalls_halfway(server: ScriptedServer) -> None:
    server.replies(Reply(200, b"0123456789", cut=4, stall=2), DONE)
    with pytest.raises(OutcomeUnknown) as caught:
        write(server.url, timeout=0.2)
    assert caught.value.kind is Kind.TIMEOUT
    assert len(server.requests) == 1


def test_the_fate_of_a_write_is_unknown_when_the_answer_is_garbled(server: ScriptedServer) -> None:
    server.replies(Reply(200, b"no gzip at all", {"Content-Encoding": "gzip"}), DONE)
    with pytest.raises(OutcomeUnknown) as caught:
        write(server.url)
    assert caught.value.kind is Kind.PROTOCOL


def test_a_write_to_nobody_is_repeated_and_then_surely_did_not_happen() -> None:
    client = http_client(f"http://127.0.0.1:{unused_port()}", max_retries=2)
    with pytest.raises(ApiError) as caught:
        client.call("PUT", "/x", purpose=Purpose.WRITE)
    assert caught.value.kind is Kind.CONNECTION
    assert client.counts.retries == 2


def test_a_write_through_a_proxy_that_is_not_there_surely_did_not_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(ApiError) as caught:
        write("http://licences.invalid", max_retries=0, allow_plain_http=True)
    assert caught.value.kind is Kind.CONNECTION


def test_a_write_whose_limit_never_ends_surely_did_not_happen(server: ScriptedServer) -> None:
    server.replies(*[status(429)] * 3)
    failure = write(server.url, max_retries=2).error("x")
    assert (type(failure), failure.kind) == (ApiError, Kind.RATE_LIMITED)
    assert len(server.requests) == 3


def test_a_sign_in_whose_connection_breaks_is_no_unknown_fate(server: ScriptedServer) -> None:
    server.replies(LOST)
    with pytest.raises(ApiError):
        http_client(server.url).call("POST", "/x", purpose=Purpose.SIGN_IN, form={"a": "b"})
    assert len(server.requests) == 1


# How long


@pytest.mark.parametrize("code", [429, 503])
def test_the_seconds_of_retry_after_are_waited(server: ScriptedServer, clock: Clock, code: int) -> None:
    server.replies(status(code, Retry_After="7"), DONE)
    read(server.url)
    assert clock.waited == pytest.approx(7)


def test_the_date_of_retry_after_is_waited_for(server: ScriptedServer, clock: Clock) -> None:
    date = email.utils.formatdate(clock.time() + 60, usegmt=True)
    server.replies(status(429, Retry_After=date), DONE)
    read(server.url)
    assert clock.waited == pytest.approx(60, abs=5)


def test_the_reset_is_waited_for_by_the_servers_own_clock(server: ScriptedServer, clock: Clock) -> None:
    server_time = 1_700_000_000
    date = email.utils.formatdate(server_time, usegmt=True)
    server.replies(status(429, Rate_Limit_Reset=str(server_time + 42), Date=date), DONE)
    read(server.url)
    assert clock.waited == pytest.approx(42)


def test_the_reset_is_waited_for_by_the_own_clock_where_the_server_tells_no_time(
    server: ScriptedServer, clock: Clock
) -> None:
    server.replies(status(429, Rate_Limit_Reset=str(int(clock.time()) + 13)), DONE)
    write(server.url)
    assert clock.waited == pytest.approx(13, abs=1)


def test_a_small_reset_is_taken_for_seconds(server: ScriptedServer, clock: Clock) -> None:
    server.replies(status(429, Rate_Limit_Reset="17"), DONE)
    read(server.url)
    assert clock.waited == pytest.approx(17)


def test_retry_after_wins_over_the_reset(server: ScriptedServer, clock: Clock) -> None:
    server.replies(status(429, Retry_After="3", Rate_Limit_Reset="90"), DONE)
    read(server.url)
    assert clock.waited == pytest.approx(3)


def test_a_reset_beside_another_status_than_429_is_no_limit(server: ScriptedServer, clock: Clock) -> None:
    server.replies(status(502, Rate_Limit_Reset="90"), DONE)
    read(server.url)
    assert clock.waited < 5


def test_a_reset_that_is_past_is_not_waited_for(server: ScriptedServer, clock: Clock) -> None:
    date = email.utils.formatdate(1_700_000_000, usegmt=True)
    server.replies(status(429, Rate_Limit_Reset="1699999000", Date=date), DONE)
    read(server.url)
    assert clock.waited < 5


@pytest.mark.parametrize("header", ["Retry_After", "Rate_Limit_Reset"])
@pytest.mark.parametrize("value", ["soon", "-3", "1.5e9", "٣x"])
def test_a_header_that_cannot_be_read_is_no_header(
    server: ScriptedServer, clock: Clock, header: str, value: str
) -> None:
    reply = status(429, **{header: value.encode().decode("latin-1")})
    server.replies(reply, reply, DONE)
    assert read(server.url).document() == {"done": True}
    assert clock.waited < 5


ODD_NUMBERS = ["9" * 5000, "9" * 16, "1e308", "inf", "nan", "-1", "0x10", "1_000", "\u0663", "\u00b2", "", "1,2", "5 5"]
ODD_DATES = [
    *("Fri, 31 Dec 99999 23:59:59 GMT", "Fri, 31 Dec 9999999999 23:59:59 GMT", "Sat, 00 Jan 0000 00:00:00 GMT"),
    *("Mon, 01 Jan 0001 00:00:00 +9999", "Tue, 99 Foo 2027 99:99:99 GMT", "yesterday", "\u00e4"),
]


LIMIT_HEADERS = ("Retry_After", "Rate_Limit_Reset", "Rate_Limit_Remaining", "Rate_Limit_Limit", "Date")


@pytest.mark.parametrize("header", LIMIT_HEADERS)
@pytest.mark.parametrize("wait_for_limit", [False, True])
def test_whatever_a_header_of_a_limit_tells_the_call_is_made_and_no_wait_is_long(
    server: ScriptedServer, clock: Clock, header: str, wait_for_limit: bool
) -> None:
    reset = {} if header in ("Retry_After", "Rate_Limit_Reset") else {"Rate_Limit_Reset": "9" * 14}
    for told in (*ODD_NUMBERS, *ODD_DATES):
        clock.slept.clear()
        headers = {**reset, header: told.encode().decode("latin-1")}
        client = http_client(server.url, wait_for_limit=wait_for_limit, max_wait=10)
        for reply in (status(429, **headers), document({}, 200, **headers)):
            server.answer = lambda _request, reply=reply: reply  # type: ignore[misc]
            assert client.call("GET", "/x", purpose=Purpose.READ).status in (200, 429)
        allowance = client.limit.allowance()
        assert allowance is None or not client.limit.may_wait(allowance.renewed_in) or allowance.renewed_in <= 86_400
        assert clock.waited < 60
        assert all(number < 10**15 for number in client.counts.rate_limit.values())


@pytest.mark.parametrize("header", ["Retry_After", "Rate_Limit_Reset"])
@pytest.mark.parametrize(("seconds", "waited"), [(86_400, True), (86_401, False), (10**14, False)])
def test_no_limit_is_waited_for_longer_than_a_day(
    server: ScriptedServer, clock: Clock, header: str, seconds: int, waited: bool
) -> None:
    told = seconds if header == "Retry_After" or seconds < 10**9 else int(clock.time()) + seconds
    server.replies(status(429, **{header: str(told)}), DONE)
    answer = read(server.url, wait_for_limit=True, max_wait=10)
    assert answer.status == (200 if waited else 429)
    assert clock.waited == pytest.approx(seconds if waited else 0)


def test_without_a_header_the_pauses_grow(server: ScriptedServer, clock: Clock) -> None:
    server.replies(*[status(500)] * 4, DONE)
    read(server.url)
    assert clock.waited == pytest.approx(0 + 1 + 2 + 4)


def test_no_single_sleep_is_longer_than_a_second(server: ScriptedServer, clock: Clock) -> None:
    server.replies(status(429, Retry_After="5"), DONE)
    read(server.url)
    assert max(clock.slept) <= 1


# Bounds


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_wait_that_is_longer_than_max_wait_is_not_begun(server: ScriptedServer, clock: Clock, method: str) -> None:
    server.replies(status(429, Retry_After="11"), DONE)
    client = http_client(server.url, max_wait=10)
    purpose = Purpose.READ if method == "GET" else Purpose.WRITE
    answer = client.call(method, "/x", purpose=purpose)
    assert (answer.status, answer.error("x").kind) == (429, Kind.RATE_LIMITED)
    assert clock.slept == []
    assert client.counts.retries == 0


def test_max_wait_bounds_all_waits_of_one_call_together(server: ScriptedServer, clock: Clock) -> None:
    server.replies(*[status(429, Retry_After="4")] * 9)
    assert read(server.url, max_wait=10, max_retries=9).status == 429
    assert clock.waited == pytest.approx(8)
    assert len(server.requests) == 3


def test_max_wait_bounds_the_pauses_after_broken_connections(clock: Clock) -> None:
    with pytest.raises(ApiError) as caught:
        read(f"http://127.0.0.1:{unused_port()}", max_wait=4, max_retries=50)
    assert caught.value.kind is Kind.CONNECTION
    assert clock.waited == pytest.approx(0 + 1 + 2)


def test_each_call_has_its_own_max_wait(server: ScriptedServer, clock: Clock) -> None:
    client = http_client(server.url, max_wait=5)
    for dummy in range(3):
        server.replies(status(429, Retry_After="4"), DONE)
        assert client.call("GET", "/x", purpose=Purpose.READ).ok
    assert clock.waited == pytest.approx(12)


def test_answers_that_break_off_are_bounded_by_max_wait_too(server: ScriptedServer, clock: Clock) -> None:
    server.replies(*[Reply(200, b"0123456789", cut=4)] * 50)
    with pytest.raises(ApiError):
        read(server.url, max_wait=4, max_retries=40)
    assert clock.waited == pytest.approx(0 + 1 + 2)


# The gate


def test_a_limit_of_one_worker_holds_back_all(server: ScriptedServer, clock: Clock) -> None:
    client = http_client(server.url, connections=8)
    limited = threading.Event()
    times: list[float] = []

    def answer(_request: Any) -> Reply:
        times.append(clock.now)
        if not limited.is_set():
            limited.set()
            return status(429, Retry_After="30")
        return DONE

    server.answer = answer
    assert client.call("GET", "/first", purpose=Purpose.READ).ok
    began = clock.now
    # Another limit, met by a first worker; the others begin only when it is over.
    limited.clear()
    release = threading.Event()
    real_sleep = clock.sleep

    def sleep(seconds: float) -> None:
        release.wait(5)
        real_sleep(seconds)

    clock.sleep = sleep  # type: ignore[method-assign]
    first = threading.Thread(target=lambda: client.call("PUT", "/second", purpose=Purpose.WRITE))
    first.start()
    assert limited.wait(5)
    while client._gate._opens_at <= clock.now:  # the answer is on its way
        pass
    others = [
        threading.Thread(target=lambda: client.call("GET", "/other", purpose=Purpose.READ), daemon=True)
        for dummy in range(7)
    ]
    for thread in others:
        thread.start()
    release.set()
    for thread in [first, *others]:
        thread.join(10)
    assert times[2] == pytest.approx(began)  # the one that was limited
    assert len(times) == 3 + 8
    assert all(moment >= began + 30 for moment in times[3:])


def test_a_broken_connection_holds_back_only_its_own_worker(server: ScriptedServer) -> None:
    client = http_client(server.url)
    server.replies(LOST, LOST, DONE)
    client.call("GET", "/x", purpose=Purpose.READ)
    assert client._gate._opens_at == 0


def test_a_shorter_limit_does_not_open_the_gate_early(clock: Clock) -> None:
    gate = http_retry.Gate(always)
    gate.close_for(10)
    gate.close_for(2)
    gate.wait()
    assert clock.waited == pytest.approx(10)


def test_a_pause_ends_at_the_gate(clock: Clock) -> None:
    gate = http_retry.Gate(always)
    gate.close_for(9)
    gate.pause(2)
    assert clock.waited == pytest.approx(9)


class Ended(LicensingError):
    """Raised by a task that must not go on."""

    def __init__(self) -> None:
        super().__init__(Kind.INTERRUPTED, "over")


@pytest.mark.parametrize("reply", [status(429, Retry_After="60"), status(503, Retry_After="60"), LOST])
def test_waiting_ends_when_nobody_waits_for_the_task(server: ScriptedServer, clock: Clock, reply: Reply) -> None:
    asked: list[float] = []

    def proceed() -> None:
        asked.append(clock.now)
        if len(asked) > 2:
            raise Ended

    server.replies(*[reply] * 9, DONE)
    with pytest.raises(Ended):
        http_client(server.url, proceed, max_retries=9).call("GET", "/x", purpose=Purpose.READ)
    assert clock.waited < 4


def test_a_write_asks_before_each_try_whether_to_go_on(server: ScriptedServer) -> None:
    ended = threading.Event()

    def proceed() -> None:
        if ended.is_set():
            raise Ended

    def answer(_request: Any) -> Reply:
        ended.set()  # the playbook ends while the server answers
        return status(429, Retry_After="0")

    server.answer = answer
    with pytest.raises(Ended):
        http_client(server.url, proceed).call("PUT", "/x", purpose=Purpose.WRITE)
    assert len(server.requests) == 1


def test_a_write_is_not_begun_when_the_task_must_not_go_on(server: ScriptedServer) -> None:
    def proceed() -> None:
        raise Ended

    client = http_client(server.url, proceed)
    with pytest.raises(Ended):
        client.call("PUT", "/x", purpose=Purpose.WRITE)
    assert server.requests == []
    assert client.counts.writes == 0


@pytest.mark.parametrize("purpose", [Purpose.READ, Purpose.SIGN_IN])
def test_no_other_call_is_begun_either_when_the_task_must_not_go_on(server: ScriptedServer, purpose: Purpose) -> None:
    def proceed() -> None:
        raise Ended

    with pytest.raises(Ended):
        http_client(server.url, proceed).call("GET", "/x", purpose=purpose)
    assert server.requests == []


# What the server tells about its limit


def test_the_rate_limit_that_the_server_tells_is_counted(server: ScriptedServer) -> None:
    server.replies(
        status(200, Rate_Limit_Limit="5000", Rate_Limit_Remaining="4999", Rate_Limit_Reset="1767225600"),
        status(200, Rate_Limit_Limit="5000", Rate_Limit_Remaining="4998", Rate_Limit_Reset="later"),
        status(200),
    )
    client = http_client(server.url)
    client.call("GET", "/x", purpose=Purpose.READ)
    assert client.counts.as_result()["rate_limit"] == {"limit": 5000, "remaining": 4999, "reset": 1767225600}
    client.call("GET", "/x", purpose=Purpose.READ)
    assert client.counts.as_result()["rate_limit"] == {"limit": 5000, "remaining": 4998}
    client.call("GET", "/x", purpose=Purpose.READ)
    assert client.counts.as_result()["rate_limit"] == {"limit": 5000, "remaining": 4998}


def test_html_before_a_limit_is_not_looked_at(server: ScriptedServer) -> None:
    server.replies(page(code=503), DONE)
    assert read(server.url).document() == {"done": True}
