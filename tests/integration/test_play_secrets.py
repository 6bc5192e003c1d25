# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in any output at the greatest verbosity, on disk, in the or in the log of calls."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    DEFAULTS,
    Task,
    environment,
    host_variables,
    playbook_command,
    quantities,
    task,
    write_inventory,
)
from ansible_collections.tenantops.licensing.tests.integration.secrecy import (
    SECRET_SEED,
    SECRETS,
    assert_no_secret,
    files_below,
)
from simulator.testing import Handle, running

SERVICE: dict[str, Any] = {"organization_id": "org", "tenant_id": "t", "tenant_name": "T", "service_type": "du"}
ORGANIZATION = {"id": "org", "products": quantities(UNATT=7)}


def uipath_tasks(flow: str, used: list[str]) -> list[Task]:
    """Every module of UiPath, once with success, and each kind of failure that could tell too much."""
    refusal = {"match": {"path": ".*/org/service-license"}, "effect": {"status": 403, "body": echo(used)}}
    modules = [
        task("org_license", "org_license", organization_id="org", products=quantities(UNATT=6)),
        task("org_license_info", "org_license_info", organization_id="org"),
        task("org_licenses", "org_licenses", organizations=[ORGANIZATION], entries="all"),
        task("tenant_service_license", "tenant_service_license", **SERVICE, products=quantities(UNATT=2)),
        task("tenant_service_license_info", "tenant_service_license_info", organization_id="org"),
        {**task("uipath_login", "uipath_login"), "no_log": True},
        task("uipath_login without no_log", "uipath_login"),
        # What the server says about one place stands in the report.
        fault("echo in one place", refusal),
        audit(uipath=uipath_defaults(flow), organizations=[ORGANIZATION, {"id": "other", "tenants": []}]),
        fault("healthy again", None),
    ]
    failures = [
        fault("echo in a refusal", {"match": {"kind": "read"}, "effect": {"status": 400, "body": echo(used)}}),
        task("echoed", "org_license_info", organization_id="org"),
        fault("redirect", {"match": {"kind": "read"}, "effect": {"redirect": f"http://127.0.0.1:1/?{spelled(used)}"}}),
        task("redirected", "org_license_info", organization_id="org"),
        fault("html", {"match": {"kind": "read"}, "effect": {"html": f"<html>{spelled(used)}</html>"}}),
        task("html answer", "org_license_info", organization_id="org"),
        fault("sign-in", {"match": {"kind": "sign_in"}, "effect": {"status": 401, "body": echo(used)}}),
        task("refused sign-in", "org_license_info"),
        fault("reset", {"match": {"kind": "write"}, "effect": {"reset": True}}),
        task("reset write", "org_license", organization_id="org", products=quantities(UNATT=9)),
        task("nobody there", "org_license_info", base_url="http://127.0.0.1:1", max_retries=0),
        task("wrong input", "org_license", organization_id=12, products=quantities(UNATT=9)),
        fault("healthy", None),
    ]
    # A given token can be repeated by a server too; what else fails, fails alike.
    told = {"account": failures, "token": failures[:4] + failures[-1:]}.get(flow, [])
    listed = [*modules, *told]
    return [{**each, "module_defaults": {"group/tenantops.licensing.uipath": uipath_defaults(flow)}} for each in listed]


def audit(**options: Any) -> Task:
    """An audit that leaves its report where the test looks for secrets."""
    folder = f"{{{{ lookup('ansible.builtin.env', 'HOME') }}}}/audit-{next(iter(options))}"
    return task("license_audit_info", "license_audit_info", report_directory=folder, **options)


def uipath_defaults(flow: str) -> dict[str, Any]:
    return {"base_url": "{{ url }}", "max_retries": 0, **({} if flow == "token" else {"auth_flow": flow})}


def yext_tasks(used: list[str]) -> list[Task]:
    return [
        task(
            "license_assignment", "license_assignment", license_pack_id="p", entity_id="n", expiration_date="2031-01-31"
        ),
        task("license_assignment_info", "license_assignment_info", license_pack_id="p"),
        task("license_assignments", "license_assignments", license_packs=[{"id": "p", "entities": [{"id": "m"}]}]),
        task("license_pack_info", "license_pack_info"),
        audit(yext={"api_url": "{{ url }}/v2"}, license_packs=[{"id": "p", "entities": [{"id": "m"}]}]),
        fault("echo in a refusal", {"match": {"kind": "read"}, "effect": {"status": 400, "body": echo(used)}}),
        task("echoed", "license_pack_info", max_retries=0),
        fault("redirect", {"match": {"kind": "read"}, "effect": {"redirect": f"http://127.0.0.1:1/?{spelled(used)}"}}),
        task("redirected", "license_pack_info", max_retries=0),
        fault("reset", {"match": {"kind": "write"}, "effect": {"reset": True}}),
        task("reset write", "license_assignment", license_pack_id="p", entity_id="o", max_retries=0),
        fault("slow", {"match": {"kind": "read"}, "effect": {"delay": 2}}),
        task("slow answer", "license_pack_info", timeout=0.2, max_retries=0),
        fault("server", {"match": {"kind": "read"}, "effect": {"status": 500, "html": f"<p>{spelled(used)}</p>"}}),
        task("server error", "license_pack_info", max_retries=1),
        task("nobody there", "license_pack_info", api_url="http://127.0.0.1:1/v2", max_retries=0),
        task("no such host", "license_pack_info", api_url="https://nowhere.invalid/v2", max_retries=0),
        fault("healthy", None),
    ]


def fault(name: str, rule: dict[str, Any] | None) -> Task:
    return {"name": name, "simulator": {"url": "{{ url }}", "put": {"faults": [rule] if rule else []}}, "no_log": True}


def with_faults_apart(tasks: list[Task], path: Path) -> list[Task]:
    """Keep what the faults repeat out of the playbook, of which Ansible prints the lines around a failure."""
    rules: list[Any] = []
    apart = []
    for each in tasks:
        if "simulator" in each:
            rules.append(each["simulator"]["put"]["faults"])
            text = f"{{{{ (lookup('ansible.builtin.file', '{path}') | from_json)[{len(rules) - 1}] }}}}"
            each = {**each, "simulator": {**each["simulator"], "put": {"faults": text}}}  # noqa: PLW2901
        apart.append(each)
    path.write_text(json.dumps(rules))
    return apart


def spelled(used: list[str]) -> str:
    """Secrets as a query."""
    return "&".join(f"k{number}={quote(secret, safe='')}" for number, secret in enumerate(used))


def echo(used: list[str]) -> dict[str, Any]:
    """A refusal that repeats secrets in a message, for either vendor."""
    text = " ".join(used)
    return {
        "message": text,
        "error": {"message": text},
        "meta": {"uuid": "u", "errors": [{"type": "FATAL_ERROR", "code": 1, "message": text}]},
        "response": {},
    }


@pytest.fixture
def server() -> Iterator[Handle]:
    with running(SECRET_SEED) as handle:
        yield handle


def play(tasks: list[Task]) -> str:
    plays = [
        {"hosts": "all", "gather_facts": False, "ignore_errors": True, "module_defaults": DEFAULTS, "tasks": tasks}
    ]
    return yaml.safe_dump(plays, sort_keys=False)


FLOWS = {
    "account": ({"UIPATH_USERNAME": "admin"}, ["UIPATH_PASSWORD"]),
    "password": (
        {"UIPATH_USERNAME": "admin", "UIPATH_CLIENT_ID": "client"},
        ["UIPATH_PASSWORD", "UIPATH_CLIENT_SECRET"],
    ),
    "client_credentials": ({"UIPATH_CLIENT_ID": "client"}, ["UIPATH_CLIENT_SECRET"]),
    "token": ({}, ["UIPATH_ACCESS_TOKEN"]),
}
RUNS = [
    ("account", "YEXT_API_KEY"),
    ("token", "YEXT_ACCESS_TOKEN"),
    ("password", None),
    ("client_credentials", None),
]


@pytest.mark.parametrize(("flow", "yext"), RUNS)
def test_no_secret_in_any_output_at_the_greatest_verbosity(
    tmp_path: Path, server: Handle, tokens: list[str], flow: str, yext: str | None
) -> None:
    names, needed = FLOWS[flow]
    variables = {name: SECRETS[name] for name in (*needed, *([yext] if yext else []))}
    # A server can repeat only what it was sent.
    sent = [SECRETS[name] for name in needed]
    tasks = [*uipath_tasks(flow, sent), *(yext_tasks([SECRETS[yext]]) if yext else [])]
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(play(with_faults_apart(tasks, tmp_path / "faults.json")))
    inventory = write_inventory(tmp_path / "inventory.yml", {"host": host_variables(server.url)})
    work = tmp_path / "work"
    work.mkdir()
    env = environment(
        work,
        ANSIBLE_ACTION_PLUGINS=str(Path(__file__).parent / "plugins/action"),
        ANSIBLE_KEEP_REMOTE_FILES="true",
        ANSIBLE_LOG_PATH=str(work / "ansible.log"),
        **names,
        **variables,
    )
    command = playbook_command(playbook, inventory, "-vvvv", "--diff")
    done = subprocess.run(command, env=env, cwd=work, check=False, capture_output=True, text=True, timeout=180)
    # What was looked for was there to be found: every module ran, with success and with failure.
    assert "unreachable=0" in done.stdout, done.stdout[-3000:] + done.stderr[-3000:]
    assert server.calls("write"), done.stdout[-3000:]
    assert done.stdout.count("TASK [") == len(tasks)
    assert flow == "token" or tokens
    assert_no_secret("stdout", done.stdout, tokens)
    assert_no_secret("stderr", done.stderr, tokens)
    assert_no_secret("log of calls", json.dumps(server.calls(), ensure_ascii=False), tokens)
    kept = {Path(name).name for name, text in files_below(work)}
    assert any("AnsiballZ" in name for name in kept)
    assert "report.html" in kept
    for name, text in files_below(work):
        assert_no_secret(name, text, tokens)
