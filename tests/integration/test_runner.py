# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them, as a user without rights: provision, audit, retire, and no secret in what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import assigned, held
from ansible_collections.tenantops.licensing.tests.integration.playing import PROVISIONED, SEED, STATE
from ansible_collections.tenantops.licensing.tests.integration.runner import PrivateData
from ansible_collections.tenantops.licensing.tests.integration.secrecy import (
    SECRET_SEED,
    SECRETS,
    assert_no_secret,
    files_below,
    spellings,
)
from simulator.testing import Handle, running

# A project's playbooks, which AWX can name, call those of the collection.
PROJECT = {
    **{
        f"{name}.yml": yaml.safe_dump(
            [{"name": name, "ansible.builtin.import_playbook": f"tenantops.licensing.{name}"}]
        )
        for name in ("provision", "audit", "retire")
    },
    "licensing.yml": yaml.safe_dump(STATE),
}
# What the credentials of a job inject. A field that was left empty is injected as empty text.
FLOWS = {
    "account": {"UIPATH_USERNAME": "admin", "UIPATH_PASSWORD": SECRETS["UIPATH_PASSWORD"], "UIPATH_CLIENT_ID": ""},
    "client": {"UIPATH_CLIENT_ID": "client", "UIPATH_CLIENT_SECRET": SECRETS["UIPATH_CLIENT_SECRET"]},
    "token": {"UIPATH_ACCESS_TOKEN": SECRETS["UIPATH_ACCESS_TOKEN"]},
}


@pytest.fixture
def server() -> Iterator[Handle]:
    uipath = {**SECRET_SEED["uipath"], **SEED["uipath"]}
    with running({"uipath": uipath, "yext": {**SECRET_SEED["yext"], **SEED["yext"]}}) as handle:
        yield handle


def private_data(directory: Path, server: Handle, flow: str) -> PrivateData:
    credentials = {
        "UIPATH_BASE_URL": server.url,
        **FLOWS[flow],
        "YEXT_API_URL": f"{server.url}/v2",
        "YEXT_API_KEY": SECRETS["YEXT_API_KEY"],
        "YEXT_ACCESS_TOKEN": "",
    }
    return PrivateData(directory, PROJECT, credentials)


def assert_nothing_told(data: PrivateData, output: str, tokens: list[str]) -> None:
    """What is kept of a job has none of the secrets; what was given to it, of course, has them."""
    assert_no_secret("output", output, tokens)
    told = dict(files_below(data.directory / "artifacts"))
    assert any("/job_events/" in name for name in told)
    for name, text in told.items():
        # The file "command" is ansible-runner's own note of the environment that it was given.
        if not name.endswith("/command"):
            assert_no_secret(name, text, tokens)


@pytest.mark.parametrize("flow", FLOWS)
def test_a_job_for_each_step_as_a_user_without_rights(
    tmp_path: Path, server: Handle, tokens: list[str], flow: str
) -> None:
    data = private_data(tmp_path / "data", server, flow)
    survey: dict[str, Any] = {"licensing_state_file": "licensing.yml"}

    provisioned = data.run("provision.yml", "-vvvv", **survey, tenant_provisioning_organization="")
    assert provisioned.status == 0, provisioned.output
    assert held(server.state()) == PROVISIONED
    assert_nothing_told(data, provisioned.output, tokens)

    reports = tmp_path / "reports"
    reports.mkdir()
    audit = data.run("audit.yml", "--check --diff -vvvv", **survey, license_audit_report_directory=str(reports))
    assert audit.status == 0, audit.output
    assert audit.artifacts["license_audit_verdict"].startswith("What is allocated is what was agreed.")
    assert {file.name for file in reports.iterdir()} == {"report.json", "report.html", "findings.csv"}
    assert_nothing_told(data, audit.output, tokens)
    for name, text in files_below(reports):
        assert_no_secret(name, text, tokens)

    retired = data.run(
        "retire.yml",
        "-vvvv",
        **survey,
        tenant_retirement_organization="delilah",
        tenant_retirement_tenants="Production, Test",
        tenant_retirement_license_packs="",
        tenant_retirement_confirm="delilah/Production,delilah/Test",
    )
    assert retired.status == 0, retired.output
    assert {place for place in held(server.state()) if place.startswith("o-1/")} == set()
    assert_nothing_told(data, retired.output, tokens)


def test_a_job_that_fails_tells_no_secret_either(tmp_path: Path, server: Handle, tokens: list[str]) -> None:
    # A server can repeat only what it was sent, but in any spelling.
    text = " ".join(sorted(spellings(SECRETS["UIPATH_PASSWORD"])))
    server.set_faults([{"match": {"kind": "read"}, "effect": {"status": 400, "body": {"message": text}}}])
    data = private_data(tmp_path / "data", server, "account")
    job = data.run("provision.yml", "-vvvv", licensing_state_file="licensing.yml")
    assert job.status == 2, job.output
    assert_nothing_told(data, job.output, tokens)


def test_the_project_cannot_be_written_to(tmp_path: Path, server: Handle) -> None:
    data = private_data(tmp_path / "data", server, "account")
    name = "write.yml"
    (data.directory / "project").chmod(0o755)
    copy = {"ansible.builtin.copy": {"content": "", "dest": "{{ playbook_dir }}/new"}}
    data.put(f"project/{name}", [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [copy]}])
    (data.directory / "project").chmod(0o555)
    job = data.run(name)
    assert job.status == 2, job.output
    assert "not writable" in job.output


def test_empty_answers_of_a_survey_are_no_answers(tmp_path: Path, server: Handle) -> None:
    data = private_data(tmp_path / "data", server, "account")
    everything = data.run(
        "provision.yml",
        licensing_state_file="licensing.yml",
        tenant_provisioning_organization="",
        tenant_provisioning_tenant="",
    )
    assert everything.status == 0, everything.output
    assert held(server.state()) == PROVISIONED
    assert assigned(server.state())["listings"].keys() == {"kept", "new-1", "new-2"}
    nothing = data.run(
        "retire.yml",
        licensing_state_file="licensing.yml",
        tenant_retirement_organization="",
        tenant_retirement_tenants="",
        tenant_retirement_license_packs="",
        tenant_retirement_confirm="",
    )
    assert nothing.status == 2
    assert "Nothing is to be retired" in nothing.output
    whole = data.run(
        "retire.yml",
        licensing_state_file="licensing.yml",
        tenant_retirement_organization="samson",
        tenant_retirement_tenants="",
        tenant_retirement_license_packs="listings",
        tenant_retirement_confirm="samson,listings",
    )
    assert whole.status == 0, whole.output
    assert held(server.state()).keys() == {place for place in PROVISIONED if place.startswith("o-1")}
    assert assigned(server.state()) == {"listings": {}}
