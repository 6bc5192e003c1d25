# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Five installations in one inventory: each host signs in where its variables say, and what is told is kept apart."""

from __future__ import annotations

import contextlib
import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.documents import TOP, blocks_in
from ansible_collections.tenantops.licensing.tests.integration.harness import (
    COLLECTION,
    CREDENTIALS,
    assert_no_warning,
    assigned,
    environment,
    held,
    host_variables,
    write_inventory,
)
from ansible_collections.tenantops.licensing.tests.integration.playing import PROVISIONED, SEED, STATE, statistics
from simulator.testing import Handle, running

HOSTS = [f"site-{number}" for number in range(1, 6)]
PASSWORD = "own-password-of-{}"
KEY = "own-key-of-{}"


def seed_of(host: str) -> dict[str, Any]:
    """An installation with a sign-in of its own."""
    seed = copy.deepcopy(SEED)
    seed["uipath"]["users"] = [{"username": "licensing", "password": PASSWORD.format(host)}]
    seed["yext"]["api_keys"] = [KEY.format(host)]
    return seed


@dataclass
class Sites:
    """Five installations, and the one that the environment signs in to."""

    directory: Path
    servers: dict[str, Handle]
    elsewhere: Handle

    def variables(self, host: str) -> dict[str, Any]:
        url = self.servers[host].url
        return {
            **host_variables(url),
            **{"uipath_base_url": url, "uipath_username": "licensing", "uipath_password": PASSWORD.format(host)},
            **{"yext_api_url": f"{url}/v2", "yext_api_key": KEY.format(host)},
            **STATE,
        }

    def play(
        self,
        playbook: str | Path,
        *arguments: str,
        hosts: Mapping[str, Mapping[str, Any]] | None = None,
        **more: str,
    ) -> subprocess.CompletedProcess[str]:
        """Play it on all hosts; returns how it ended."""
        own = hosts if hosts is not None else {host: self.variables(host) for host in HOSTS}
        inventory = write_inventory(self.directory / "inventory.yml", own)
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        name = playbook if isinstance(playbook, str) else str(playbook)
        env = environment(
            self.directory,
            **CREDENTIALS,
            UIPATH_BASE_URL=self.elsewhere.url,
            YEXT_API_URL=f"{self.elsewhere.url}/v2",
            ANSIBLE_SHOW_CUSTOM_STATS="true",
            ANSIBLE_FORKS="5",
            **more,
        )
        for server in (*self.servers.values(), self.elsewhere):
            server.clear_calls()
        command = [program, "--inventory", str(inventory), name, "--extra-vars", "licensing_hosts=all", *arguments]
        done = subprocess.run(
            command, env=env, cwd=self.directory, check=False, capture_output=True, text=True, timeout=600
        )
        assert_no_warning(done.stdout + done.stderr)
        return done


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    with contextlib.ExitStack() as stack:
        servers = {host: stack.enter_context(running(seed_of(host))) for host in HOSTS}
        yield Sites(tmp_path, servers, stack.enter_context(running(SEED)))


def changed(done: subprocess.CompletedProcess[str]) -> dict[str, int]:
    return {host: int(number) for host, number in re.findall(r"^(\S+) +: .*changed=(\d+)", done.stdout, re.MULTILINE)}


def test_every_role_works_on_each_installation_and_on_no_other(sites: Sites) -> None:
    checked = sites.play(f"{COLLECTION}.provision", "--check", "--diff")
    assert checked.returncode == 0, checked.stdout
    assert all(not server.writes() for server in sites.servers.values())
    assert all(changed(checked)[host] > 0 for host in HOSTS)
    done = sites.play(f"{COLLECTION}.provision")
    assert done.returncode == 0, done.stdout
    for server in sites.servers.values():
        assert held(server.state()) == PROVISIONED
        assert server.writes()
    again = sites.play(f"{COLLECTION}.provision")
    assert changed(again) == dict.fromkeys(HOSTS, 0)
    assert not sites.elsewhere.calls()

    # One installation drifts; the audit of each host knows its own only.
    state = sites.servers["site-3"].state()
    state["uipath"]["organizations"]["o-1"]["license"]["products"]["UNATT"] = 13
    sites.servers["site-3"].set_state(state)
    for new in (1, 0):  # the second audit compares with its own earlier report
        audited = sites.play(f"{COLLECTION}.audit")
        assert audited.returncode == 0, audited.stdout
        for host in HOSTS:
            report = json.loads((sites.directory / "license-audit" / host / "report.json").read_text())
            drifted = [finding for finding in report["findings"] if finding["kind"] == "too_much"]
            assert len(drifted) == (host == "site-3")
        told = statistics(audited.stdout)["license_audits"]
        assert set(told) == set(HOSTS)
        assert {host for host in HOSTS if not told[host]["agreed"]} == {"site-3"}
        assert "license_audit_agreed" not in statistics(audited.stdout)
        told_again = json.loads((sites.directory / "license-audit" / "site-3" / "report.json").read_text())
        assert (told_again["earlier"] is None) == (new == 1)
        assert new or (told_again["summary"]["new"], told_again["gone"]) == (0, []), told_again
    assert not sites.elsewhere.calls()

    names = ["tenant_retirement_organization=delilah", "tenant_retirement_confirm=delilah"]
    retired = sites.play(f"{COLLECTION}.retire", *(part for name in names for part in ("--extra-vars", name)))
    assert retired.returncode == 0, retired.stdout
    for server in sites.servers.values():
        assert {place for place in held(server.state()) if place.startswith("o-1")} == set()
        assert assigned(server.state())["listings"].keys() == {"kept", "new-1", "new-2"}
    assert not sites.elsewhere.calls()


SECRETS_OF_THE_ENVIRONMENT = [CREDENTIALS["UIPATH_PASSWORD"], CREDENTIALS["YEXT_API_KEY"]]


MISSING = {"site-2": "uipath_base_url", "site-3": "uipath_password", "site-4": "yext_api_key"}


@pytest.mark.parametrize("playbook", ["provision", "audit"])
def test_a_sign_in_comes_whole_from_the_host_or_fails(sites: Sites, playbook: str) -> None:
    hosts = {host: sites.variables(host) for host in ("site-1", *MISSING)}
    for host, name in MISSING.items():
        hosts[host][name] = ""
    done = sites.play(f"{COLLECTION}.{playbook}", hosts=hosts)
    assert done.returncode == 2, done.stdout
    failed = dict(re.findall(r"^(site-\d) +: .*failed=(\d)", done.stdout, re.MULTILINE))
    assert failed == {"site-1": "0", **dict.fromkeys(MISSING, "1")}
    assert not sites.elsewhere.calls()
    for host in MISSING:
        assert not sites.servers[host].writes()
        # A wrong sign-in would be one too: nobody's password reached the installation of another.
        assert all(call["status"] == 200 for call in sites.servers[host].calls("sign_in"))
    assert not any(secret in done.stdout for secret in SECRETS_OF_THE_ENVIRONMENT)


def test_the_environment_signs_in_where_no_host_has_a_sign_in(sites: Sites) -> None:
    bare = {**host_variables(""), **STATE}
    done = sites.play(f"{COLLECTION}.provision", hosts={"here": bare})
    assert done.returncode == 0, done.stdout
    assert held(sites.elsewhere.state()) == PROVISIONED


def test_the_inventory_of_the_guide_signs_each_host_in(sites: Sites) -> None:
    (block,) = (block for block in blocks_in("yaml", TOP / "docs/guides/uipath.md") if block.kind == "all")
    text = block.text
    own = {"emea": sites.servers["site-1"], "apac": sites.servers["site-2"]}
    for host, server in own.items():
        text = text.replace(f"https://suite.{host}.example.com", server.url)
        state = server.state()
        state["uipath"]["users"] = [{"username": "admin", "password": "emea-password"}]
        state["uipath"]["clients"] = [
            {"client_id": "licensing", "client_secret": "apac-secret", "grants": ["client_credentials"]}
        ]
        server.set_state(state)
        file = sites.directory / "licensing" / f"{host}.yml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(yaml.safe_dump({"licensing_organizations": STATE["licensing_organizations"]}))
    hosts = yaml.safe_load(text)["all"]
    merged = {host: {**hosts["vars"], **variables} for host, variables in hosts["hosts"].items()}
    done = sites.play(f"{COLLECTION}.provision", hosts=merged, EMEA_PASSWORD="emea-password", APAC_SECRET="apac-secret")
    assert done.returncode == 0, done.stdout
    assert all(held(server.state()) == PROVISIONED for server in own.values())
    assert not sites.elsewhere.calls()


def test_hosts_of_two_installations_are_not_provisioned_together(sites: Sites) -> None:
    organizations = STATE["licensing_organizations"]
    hosts = {
        host: {**sites.variables(host), "licensing_organizations": [organization]}
        for host, organization in zip(HOSTS[:2], organizations, strict=True)
    }
    done = sites.play(f"{COLLECTION}.provision_slice", "--extra-vars", "tenant_provisioning_hosts=all", hosts=hosts)
    assert done.returncode == 2
    assert "tenant_provisioning_batch" in done.stdout
    assert not any(server.calls() for server in (*sites.servers.values(), sites.elsewhere))


TWICE = [
    {
        "hosts": "site-1",
        "gather_facts": False,
        "tasks": [
            {
                "name": name,
                "ansible.builtin.include_role": {"name": f"{COLLECTION}.license_audit"},
                "vars": {"licensing_organizations": [organization], "licensing_license_packs": [], **more},
            }
            for name, organization, more in (
                ("first", STATE["licensing_organizations"][0], {"license_audit_name": "first"}),
                ("second", STATE["licensing_organizations"][1], {"license_audit_name": "second"}),
            )
        ],
    }
]


def test_two_audits_of_a_play_are_kept_apart_by_name(sites: Sites) -> None:
    playbook = sites.directory / "twice.yml"
    playbook.write_text(yaml.safe_dump(TWICE))
    done = sites.play(playbook)
    assert done.returncode == 0, done.stdout
    reports = {name: sites.directory / "license-audit" / name / "report.json" for name in ("first", "second")}
    organizations = {
        name: {each["organization"] for each in json.loads(path.read_text())["findings"] if "organization" in each}
        for name, path in reports.items()
    }
    assert organizations == {"first": {"delilah"}, "second": {"samson"}}
    assert set(statistics(done.stdout)["license_audits"]) == {"first", "second"}


def test_another_audit_never_takes_the_place_of_one_of_the_same_run(sites: Sites) -> None:
    same: list[dict[str, Any]] = copy.deepcopy(TWICE)
    for each in same[0]["tasks"]:
        del each["vars"]["license_audit_name"]
    playbook = sites.directory / "same.yml"
    playbook.write_text(yaml.safe_dump(same))
    done = sites.play(playbook)
    assert done.returncode == 2
    assert "license_audit_name" in done.stdout
    report = json.loads((sites.directory / "license-audit" / "report.json").read_text())
    assert {each["organization"] for each in report["findings"] if "organization" in each} == {"delilah"}
