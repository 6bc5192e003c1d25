# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook and the schedules of the guide to the audit, on the state that the README's file agrees on."""

from __future__ import annotations

import datetime
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from dateutil.rrule import rrulestr

from ansible_collections.tenantops.licensing.tests.integration.documents import (
    TOP,
    Block,
    agreed,
    assert_succeeded,
    blocks_in,
    run,
)
from simulator.testing import Handle, running

GUIDE = TOP / "docs/guides/audit.md"


def block_of(kind: str) -> Block:
    (found,) = (block for block in blocks_in("yaml", GUIDE) if block.kind == kind)
    return found


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the simulator holds after the README's file was provisioned, and nothing else on its pack."""
    directory = tmp_path_factory.mktemp("provisioned")
    with running() as simulator:
        playbook = "tenantops.licensing.provision"
        done = run(directory, simulator.url, "ansible-playbook", playbook, "-e", f"@{agreed(directory)}")
        assert_succeeded(done)
        held = simulator.state()
    pack = held["yext"]["license_packs"]["listings-2026"]
    pack["assigned"] = {entity: end for entity, end in pack["assigned"].items() if entity in ("store-1", "store-2")}
    return held


@pytest.fixture
def provisioned(state: dict[str, Any], tmp_path: Path) -> Iterator[Handle]:
    """A simulator in that state; the README's file and the guide's playbook lie in the test's folder."""
    agreed(tmp_path)
    (tmp_path / "audit.yml").write_text(block_of("playbook").text)
    with running() as simulator:
        simulator.set_state(state)
        yield simulator


def test_the_playbook_finds_all_as_agreed(tmp_path: Path, provisioned: Handle) -> None:
    done = run(tmp_path, provisioned.url, "ansible-playbook", "audit.yml")
    assert_succeeded(done)
    assert "What is allocated is what was agreed." in done.stdout
    assert provisioned.writes() == []


def test_the_line_for_cron_runs(tmp_path: Path, provisioned: Handle) -> None:
    (tmp_path / "credentials").write_text("export YEXT_PAGE_SIZE=50\n")
    (line,) = "".join(block.text for block in blocks_in("cron", GUIDE)).splitlines()
    fields = line.split(maxsplit=5)
    assert all(re.fullmatch(r"[0-9*,/-]+", field) for field in fields[:5])
    command = fields[5].replace("/etc/licensing/credentials", str(tmp_path / "credentials"))
    done = run(tmp_path, provisioned.url, "sh", "-c", command.replace("/srv/licensing", str(tmp_path)))
    assert_succeeded(done)
    assert (tmp_path / "license-audit" / "report.html").exists()


def test_the_job_template_runs_as_awx_runs_it(tmp_path: Path, provisioned: Handle) -> None:
    told = yaml.safe_load(block_of("job_template").text)
    template, schedule = told["job_template"], told["schedule"]
    rule = rrulestr(schedule["rrule"].replace(" ", "\n"))
    following = rule.after(datetime.datetime(2027, 1, 2, tzinfo=datetime.UTC))
    assert following is not None
    assert following.strftime("%A %H:%M") == "Monday 05:15"
    for folder in ("project", "env", "inventory"):
        (tmp_path / folder).mkdir()
    for name in ("audit.yml", "licensing.yml"):
        shutil.copy(tmp_path / name, tmp_path / "project")
    variables = {**template["extra_vars"], "license_audit_report_directory": str(tmp_path / "reports")}
    assert variables.keys() == template["extra_vars"].keys()
    (tmp_path / "env" / "extravars").write_text(yaml.safe_dump(variables))
    arguments = {"check": "--check", "run": ""}[template["job_type"]] + (" --diff" if template["diff_mode"] else "")
    (tmp_path / "env" / "cmdline").write_text(arguments)
    command = ("run", str(tmp_path), "--playbook", template["playbook"])
    assert_succeeded(run(tmp_path, provisioned.url, "ansible-runner", *command))
    assert (tmp_path / "reports" / "report.html").exists()
    events = [json.loads(file.read_text()) for file in tmp_path.glob("artifacts/*/job_events/*.json")]
    (artifacts,) = (each["event_data"]["artifact_data"] for each in events if each["event"] == "playbook_on_stats")
    assert artifacts["license_audit_verdict"].startswith("What is allocated is what was agreed.")


def test_the_workflow_runs(tmp_path: Path, provisioned: Handle) -> None:
    (job,) = yaml.safe_load(block_of("jobs").text)["jobs"].values()
    steps = [shlex.split(step["run"]) for step in job["steps"] if "run" in step]
    assert [step[0] for step in steps] == ["pip", "ansible-galaxy", "ansible-playbook"]
    assert_succeeded(run(tmp_path, provisioned.url, *steps[-1]))
    (upload,) = (step["with"]["path"] for step in job["steps"] if step.get("uses", "").startswith("actions/upload"))
    assert (tmp_path / upload / "report.html").exists()
