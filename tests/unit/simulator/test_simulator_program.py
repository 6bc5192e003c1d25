# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program as such: starting, TLS, stopping in every case, the seed that ships, and its speed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from simulator.clients import UiPathClient, YextClient, quantities
from simulator.testing import DEFAULT_SEED, running

TESTS = Path(__file__).parents[2]
Start = Callable[..., tuple["subprocess.Popen[str]", str]]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(TESTS), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the program and gives its process and the line that it printed."""
    processes: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "simulator", "--port", "0", "--stop-after", "60", *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
        )
        processes.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield run
    for process in processes:
        process.kill()
        process.communicate()


def ends(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=15)
    return process.returncode, out, err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_is_ready_when_it_says_so_and_stops_on_signals(start: Start, number: signal.Signals) -> None:
    process, line = start()
    assert line.startswith("Simulator ready at http://127.0.0.1:")
    url = line.removeprefix("Simulator ready at ")
    session = requests.Session()
    assert session.get(url + "/v2/", timeout=5).status_code == 404
    process.send_signal(number)
    assert ends(process) == (0, "", "")
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_it_stops_although_a_call_hangs(start: Start) -> None:
    process, line = start("--delay", "50")
    host, port = line.rpartition("//")[2].split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
        process.terminate()
        assert ends(process)[0] == 0


def test_it_stops_by_itself(start: Start) -> None:
    process, line = start("--stop-after", "0.3")
    assert "ready" in line
    assert ends(process)[0] == 0


def test_it_stops_with_its_parent() -> None:
    script = (
        "import subprocess, sys\n"
        "command = [sys.executable, '-m', 'simulator', '--port', '0', '--stop-with-parent', '--stop-after', '60']\n"
        "child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)\n"
        "print(child.stdout.readline().strip(), flush=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(), timeout=30, check=True
    )
    url = done.stdout.strip().removeprefix("Simulator ready at ")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=2)
        except requests.ConnectionError:
            return
        time.sleep(0.1)
    pytest.fail("the simulator outlived the process that started it")


def test_it_listens_on_this_machine_alone(start: Start) -> None:
    dummy, line = start()
    port = int(line.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def test_a_port_that_is_taken(start: Start) -> None:
    _process, line = start()
    process, nothing = start("--port", line.rpartition(":")[2])
    status, _out, err = ends(process)
    assert (status, nothing) == (1, "")
    assert "cannot start" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("seed.json", "{", "seed.json"),
        ("seed.yml", "uipath: {host_pools: {}}", "host_pools"),
        ("seed.yml", "yext: {license_packs: {1: {}}}", "write it in quotes"),
        ("missing.yml", None, "missing.yml"),
    ],
)
def test_a_seed_that_is_wrong(start: Start, tmp_path: Path, name: str, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    process, line = start("--seed", str(tmp_path / name))
    status, _out, err = ends(process)
    assert (status, line) == (1, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("name", "text"),
    [("seed.json", '{"yext": {"license_packs": {"a": {}}}}'), ("seed.yml", "yext: {license_packs: {a: {}}}")],
)
def test_a_seed_of_either_kind(start: Start, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    dummy, line = start("--seed", str(tmp_path / name))
    url = line.removeprefix("Simulator ready at ")
    assert [pack["id"] for pack in YextClient(url).call("GET").json()["response"]["licensePacks"]] == ["a"]


def test_tls_with_an_authority_of_its_own(start: Start, tmp_path: Path) -> None:
    process, line = start("--tls", str(tmp_path / "new"))
    ca_path = str(tmp_path / "new" / "ca.pem")
    assert line.startswith("Simulator ready at https://127.0.0.1:")
    assert ca_path in line
    url = line.split()[3]
    assert requests.get(url + "/v2/", verify=ca_path, timeout=5).status_code == 404
    port = url.rpartition(":")[2]
    assert requests.get(f"https://localhost:{port}/v2/", verify=ca_path, timeout=5).status_code == 404
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(url, timeout=5)
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["ca.pem"]
    process.terminate()
    assert ends(process)[0] == 0


def test_faults_over_tls() -> None:
    with running(tls=True) as secure:
        assert secure.url.startswith("https://")
        assert secure.ca_path
        client = YextClient(secure.url)
        assert client.call("GET", verify=secure.ca_path).status_code == 200
        for effect in ({"reset": True}, {"truncate": True}):
            secure.set_faults([{"effect": effect}])
            with pytest.raises(requests.RequestException):
                client.call("GET", verify=secure.ca_path)
        secure.clear_faults()
        assert client.call("GET", verify=secure.ca_path).status_code == 200
        ca_path = Path(secure.ca_path)
    assert not ca_path.exists()


def test_in_a_thread_it_stops_when_a_test_fails() -> None:
    urls = []

    def fails() -> None:
        with running() as handle:
            urls.append(handle.url)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with pytest.raises(requests.ConnectionError):
        requests.get(urls[0], timeout=5)


def test_the_vendors_own_examples_on_the_seed_that_ships() -> None:
    with running() as shipped:
        client = UiPathClient(shipped.url)
        given = client.put_organization("y-y-y-delilah", {"UNATT": 2, "AIG": 1, "TAUNATT": 3})
        assert quantities(given.json()) == {"UNATT": 2, "AIG": 1, "TAUNATT": 3}
        tenant = {"UNATT": 5, "NONPR": 4, "TIE": 2}
        path = "y-y-y-delilah/service-license/y1968/orchestrator"
        short = client.put_service(tenant, path)
        assert short.status_code == 409
        assert "UNATT: 5 wanted, 0 held, 2 left" in short.json()["detail"]
        assert client.put_organization("y-y-y-delilah", tenant).status_code == 200
        assert quantities(client.put_service(tenant, path).json()["license"]) == tenant
        assert client.account("GET", "z-z-z-samson/service-license/z2002/orchestrator").status_code == 410
        totals = {
            pack["id"]: pack["total"] for pack in YextClient(shipped.url).call("GET").json()["response"]["licensePacks"]
        }
        assert totals == {"listings-2026": 500, "reviews-2026": 50}


def test_the_shipped_seed_is_read_from_beside_the_program(start: Start) -> None:
    dummy, line = start()
    state = requests.get(line.split()[3] + "/__simulator__/state", timeout=5).json()
    with running(DEFAULT_SEED) as same:
        shipped = same.state()
    assert state["uipath"]["host_pool"] == shipped["uipath"]["host_pool"]
    assert state["yext"] == shipped["yext"]


def test_a_large_fleet() -> None:
    services = {f"service{number}": {"products": {"UNATT": 1}} for number in range(4)}
    tenants = {f"t{number}": {"services": services} for number in range(4)}
    organizations: dict[str, Any] = {
        f"o{number}": {"license": {"products": {"UNATT": 20}}, "tenants": tenants} for number in range(500)
    }
    packs = {"p": {"total": 30000, "assigned": {f"e{number}": None for number in range(20000)}}}
    seed = {"uipath": {"host_pool": {"UNATT": 20000}, "organizations": organizations}, "yext": {"license_packs": packs}}
    with running(seed) as fleet:
        client, yext = UiPathClient(fleet.url), YextClient(fleet.url)
        # In memory each service is one of its own.
        assert client.put_service({"UNATT": 2}, "o1/service-license/t1/service1").status_code == 200
        assert client.account("GET", "o1/available-account-licenses").json()[0]["allocated"] == 17
        assert client.account("GET", "o2/available-account-licenses").json()[0]["allocated"] == 16
        begun = time.perf_counter()
        for number in range(100):
            path = f"o{number}/service-license/t1/service2"
            assert client.put_service({"UNATT": 3}, path).status_code == 200
            assert client.put_organization(f"o{number}", {"UNATT": 20}).status_code == 200
            assert yext.entity("POST", f"new{number}", "p").status_code == 200
            assert len(client.account("GET", f"o{number}/service-license").json()) == 16
        token = ""
        for dummy in range(20):
            token = yext.assigned("p", pageSize=50, **({"pageToken": token} if token else {}))["nextPageToken"]
        assert time.perf_counter() - begun < 30
