# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every sample in README.md and docs/ runs against the state that the simulator begins with."""

from __future__ import annotations

import datetime
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from dateutil.rrule import rrulestr

from ansible_collections.tenantops.licensing.tests.integration.harness import CREDENTIALS, environment
from simulator.testing import Handle, running

TOP = Path(__file__).resolve().parents[2]
DOCUMENTS = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md")), *sorted((TOP / "roles").glob("*/README.md"))]
STATE_FILE = "licensing.yml"
AUDIT_GUIDE = TOP / "docs" / "guides" / "audit.md"


def blocks(document: Path, language: str) -> list[str]:
    """The fenced code blocks of a document that are in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", document.read_text(), flags=re.MULTILINE | re.DOTALL)


def kind_of(block: str) -> str:
    """What a sample in YAML is: a playbook, a desired-state file, or the configuration of some other program."""
    sample = yaml.safe_load(block)
    if isinstance(sample, list):
        return "playbook"
    if any(str(name).startswith("licensing_") for name in sample):
        return "state"
    (kind,) = {"job_template", "jobs"} & sample.keys()
    return str(kind)


def samples(*kinds: str) -> list[Any]:
    return [
        pytest.param(document, block, id=f"{document.relative_to(TOP)}-{number}")
        for document in DOCUMENTS
        for number, block in enumerate(blocks(document, "yaml"), 1)
        if kind_of(block) in kinds
    ]


def run(
    directory: Path, url: str, *command: str, program: str = "ansible-playbook", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a program of this Python's environment, against the simulator at this address."""
    env = environment(
        directory,
        **CREDENTIALS,
        UIPATH_BASE_URL=url,
        YEXT_API_URL=f"{url}/v2",
        ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
        PWD=str(directory),
        **variables,
    )
    whole = [shutil.which(program, path=env["PATH"]) or program, *command]
    return subprocess.run(whole, cwd=directory, env=env, check=False, capture_output=True, text=True, timeout=120)


def agreed(directory: Path) -> Path:
    """The desired-state file of the README, in this folder."""
    (state,) = (block for block in blocks(DOCUMENTS[0], "yaml") if block.startswith(f"# {STATE_FILE}"))
    file = directory / STATE_FILE
    file.write_text(state)
    return file


@pytest.fixture
def server() -> Iterator[Handle]:
    with running() as simulator:
        yield simulator


@pytest.fixture
def provisioned(tmp_path: Path, server: Handle) -> str:
    """The address of a simulator that holds the README's state, which lies in the test's folder, and nothing else."""
    done = run(tmp_path, server.url, "tenantops.licensing.provision", "-e", f"@{agreed(tmp_path)}")
    assert done.returncode == 0, done.stdout + done.stderr
    state = server.state()
    assigned = state["yext"]["license_packs"]["listings-2026"]["assigned"]
    state["yext"]["license_packs"]["listings-2026"]["assigned"] = {
        entity: end for entity, end in assigned.items() if entity in ("store-1", "store-2")
    }
    server.set_state(state)
    return server.url


@pytest.mark.parametrize(("document", "block"), samples("playbook", "state"))
def test_every_yaml_sample_runs(document: Path, block: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("provisioned") if document == AUDIT_GUIDE else request.getfixturevalue("server").url
    sample = tmp_path / "sample.yml"
    sample.write_text(block)
    command: tuple[str, ...] = (str(sample),)
    if kind_of(block) == "state":
        command = ("tenantops.licensing.provision", "-e", f"licensing_state_file={sample}")
    for mode in (("--check",), ()):
        done = run(tmp_path, url, *command, *mode)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_commands_of_the_readme_run_one_after_the_other(tmp_path: Path) -> None:
    agreed(tmp_path)
    shell = "\n".join(blocks(DOCUMENTS[0], "shell")).replace("\\\n", " ")
    commands = [shlex.split(line) for line in shell.splitlines() if line.startswith("ansible-playbook ")]
    assert [command[1].rpartition(".")[2] for command in commands] == ["provision", "provision", "retire", "audit"]
    with running() as simulator:
        for command in commands:
            done = run(tmp_path, simulator.url, *command[1:])
            assert done.returncode == 0, done.stdout + done.stderr
        assert simulator.state()["uipath"]["organizations"]["y-y-y-delilah"]["license"] is None
    assert (tmp_path / "license-audit" / "report.html").exists()


# --- the schedules of the guide to the audit -------------------------------------------------------------------------


def audit_playbook(directory: Path) -> None:
    """The playbook of the guide, where its schedules expect it."""
    (playbook,) = (block for block in blocks(AUDIT_GUIDE, "yaml") if kind_of(block) == "playbook")
    (directory / "audit.yml").write_text(playbook)


def test_the_line_for_cron_runs(tmp_path: Path, provisioned: str) -> None:
    audit_playbook(tmp_path)
    (tmp_path / "credentials").write_text("export YEXT_PAGE_SIZE=50\n")
    (line,) = "".join(blocks(AUDIT_GUIDE, "cron")).splitlines()
    fields = line.split(maxsplit=5)
    assert all(re.fullmatch(r"[0-9*,/-]+", field) for field in fields[:5])
    command = fields[5].replace("/etc/licensing/credentials", str(tmp_path / "credentials"))
    done = run(tmp_path, provisioned, "-c", command.replace("/srv/licensing", str(tmp_path)), program="sh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "What is allocated is what was agreed." in done.stdout
    assert (tmp_path / "license-audit" / "report.html").exists()


def test_the_job_template_runs_as_awx_runs_it(tmp_path: Path, provisioned: str) -> None:
    ((_document, block),) = (sample.values for sample in samples("job_template"))
    template, schedule = yaml.safe_load(block)["job_template"], yaml.safe_load(block)["schedule"]
    rule = rrulestr(schedule["rrule"].replace(" ", "\n"))
    following = rule.after(datetime.datetime(2027, 1, 2, tzinfo=datetime.UTC))
    assert following is not None
    assert following.strftime("%A %H:%M") == "Monday 05:15"
    for folder in ("project", "env", "inventory"):
        (tmp_path / folder).mkdir()
    audit_playbook(tmp_path / "project")
    shutil.copy(tmp_path / STATE_FILE, tmp_path / "project")
    variables = {**template["extra_vars"], "license_audit_report_directory": str(tmp_path / "reports")}
    assert variables.keys() == template["extra_vars"].keys()
    (tmp_path / "env" / "extravars").write_text(yaml.safe_dump(variables))
    arguments = {"check": "--check", "run": ""}[template["job_type"]] + (" --diff" if template["diff_mode"] else "")
    (tmp_path / "env" / "cmdline").write_text(arguments)
    command = ("run", str(tmp_path), "--playbook", template["playbook"])
    done = run(tmp_path, provisioned, *command, program="ansible-runner")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "reports" / "report.html").exists()
    events = [json.loads(file.read_text()) for file in tmp_path.glob("artifacts/*/job_events/*.json")]
    (artifacts,) = (each["event_data"]["artifact_data"] for each in events if each["event"] == "playbook_on_stats")
    assert artifacts["license_audit_verdict"].startswith("What is allocated is what was agreed.")


def test_the_workflow_runs(tmp_path: Path, provisioned: str) -> None:
    audit_playbook(tmp_path)
    ((_document, block),) = (sample.values for sample in samples("jobs"))
    (job,) = yaml.safe_load(block)["jobs"].values()
    steps = [shlex.split(step["run"]) for step in job["steps"] if "run" in step]
    assert [step[0] for step in steps] == ["pip", "ansible-galaxy", "ansible-playbook"]
    done = run(tmp_path, provisioned, *steps[-1][1:])
    assert done.returncode == 0, done.stdout + done.stderr
    (upload,) = (step["with"]["path"] for step in job["steps"] if step.get("uses", "").startswith("actions/upload"))
    assert (tmp_path / upload / "report.html").exists()


def test_the_targets_that_the_documents_name_exist() -> None:
    makefile = (TOP / "Makefile").read_text()
    named = {name for document in DOCUMENTS for name in re.findall(r"\bmake ([a-z]+)\b", document.read_text())}
    assert named
    assert {name for name in named if not re.search(rf"^{name}:", makefile, flags=re.MULTILINE)} == set()


def test_every_kind_of_failure_is_documented_with_its_way_out() -> None:
    errors = (TOP / "plugins/module_utils/_errors.py").read_text()
    kinds = set(re.findall(r'^    [A-Z_]+ = "([a-z_]+)"', errors, flags=re.MULTILINE))
    assert len(kinds) > 10
    documented = re.findall(r"^\| `([a-z_]+)` \|", (TOP / "docs/failures.md").read_text(), flags=re.MULTILINE)
    assert sorted(documented) == sorted(kinds)
