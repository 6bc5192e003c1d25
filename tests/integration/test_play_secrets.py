# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in any output at the greatest verbosity, on disk, in the log of calls, or in what ansible-runner keeps."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

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
from simulator.testing import Handle, running

# Characters that each way of writing a secret down escapes in its own manner.
SECRETS = {
    "UIPATH_PASSWORD": 'Pass/word+1 "ü%&x',
    "UIPATH_CLIENT_SECRET": "client=Secret/2 +ö",
    "UIPATH_ACCESS_TOKEN": "given.Token/3+=~x",
    "YEXT_API_KEY": "yext/Key+4 =é&x",
    "YEXT_ACCESS_TOKEN": "yext.Token/5+=&x",
}
SEED: dict[str, Any] = {
    "uipath": {
        "users": [{"username": "admin", "password": SECRETS["UIPATH_PASSWORD"]}],
        "clients": [{"client_id": "client", "client_secret": SECRETS["UIPATH_CLIENT_SECRET"]}],
        "tokens": [],
        "host_pool": {"UNATT": 20},
        "organizations": {
            "org": {
                "license": {"products": {"UNATT": 5}},
                "tenants": {"t": {"name": "T", "services": {"du": {"products": {"UNATT": 1}}}}},
            }
        },
    },
    "yext": {
        "api_keys": [SECRETS["YEXT_API_KEY"]],
        "access_tokens": [SECRETS["YEXT_ACCESS_TOKEN"]],
        "license_packs": {"p": {"total": 5, "assigned": {"e": None}}},
    },
}
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
        task("no such host", "license_pack_info", api_url="http://nowhere.invalid/v2", max_retries=0),
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


def spellings(secret: str) -> set[str]:
    """What a secret becomes in a URL, a header, JSON, or under a thin disguise."""
    return {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        base64.b64encode(secret.encode()).decode(),
        base64.urlsafe_b64encode(secret.encode()).decode(),
    }


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
def tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens that sign-ins give."""
    given: list[str] = []
    make = secrets.token_urlsafe

    def remember(size: int) -> str:
        given.append(make(size))
        return given[-1]

    monkeypatch.setattr(secrets, "token_urlsafe", remember)
    return given


@pytest.fixture
def server() -> Iterator[Handle]:
    seed = {**SEED, "uipath": {**SEED["uipath"], "tokens": [SECRETS["UIPATH_ACCESS_TOKEN"]]}}
    with running(seed) as handle:
        yield handle


def assert_no_secret(what: str, text: str, tokens: list[str]) -> None:
    for secret in (*SECRETS.values(), *tokens):
        for spelling in spellings(secret):
            position = text.find(spelling)
            assert position < 0, f"{what}: …{text[max(0, position - 300) : position + 100]}…"


def files_below(directory: Path) -> Iterator[tuple[str, str]]:
    for path in directory.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(directory)), path.read_text(errors="replace")


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


def test_ansible_runner_keeps_no_secret(tmp_path: Path, server: Handle, tokens: list[str]) -> None:
    names, needed = FLOWS["account"]
    for folder in ("env", "project", "inventory"):
        (tmp_path / folder).mkdir()
    variables = {**names, **{name: SECRETS[name] for name in (*needed, "YEXT_API_KEY")}}
    (tmp_path / "env/envvars").write_text(yaml.safe_dump(variables))
    without_fault = ("nobody there", "wrong input", "no such host")
    tasks = [
        each
        for each in [*uipath_tasks("account", []), *yext_tasks([])]
        if "license" in each["name"] or "login" in each["name"] or each["name"] in without_fault
    ]
    (tmp_path / "project/playbook.yml").write_text(play(tasks))
    write_inventory(tmp_path / "inventory/hosts.yml", {"host": host_variables(server.url)})
    env = environment(tmp_path / "work")
    program = str(Path(sys.executable).with_name("ansible-runner"))
    command = [program, "run", str(tmp_path), "-p", "playbook.yml", "--omit-env-files", "-vvvv"]
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True, timeout=180)
    (events,) = tmp_path.glob("artifacts/*/job_events")
    told = [json.loads(path.read_text()) for path in events.glob("*.json")]
    results = [event for event in told if event["event"] in ("runner_on_ok", "runner_on_failed")]
    assert len(results) == len(tasks), done.stdout[-3000:]
    assert server.calls("write")
    assert_no_secret("stdout", done.stdout + done.stderr, tokens)
    for name, text in files_below(tmp_path):
        # The file "command" is ansible-runner's own note of the environment that it was given.
        if not name.startswith(("env/", "project/")) and not name.endswith("/command"):
            assert_no_secret(name, text, tokens)
