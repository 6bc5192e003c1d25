# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tasks of the collection as ``ansible-playbook`` does, against simulators, and tells what each of them did.

A case is one simulator and the tasks that run against it, one after the other. Many cases are the hosts of one
playbook, so that its start is paid for once. Credentials come only from the environment.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from simulator.switches import describe_switches
from simulator.testing import Handle, running

HERE = Path(__file__).parent
COLLECTION = "tenantops.licensing"
CREDENTIALS = {
    "UIPATH_AUTH_FLOW": "account",
    "UIPATH_USERNAME": "admin",
    "UIPATH_PASSWORD": "host-admin-password",
    "UIPATH_CLIENT_ID": "licensing-client",
    "UIPATH_CLIENT_SECRET": "licensing-client-secret",
    "YEXT_API_KEY": "yext-api-key-0001",
}
CHANGE_LICENSES = ("org_license", "org_licenses", "tenant_service_license", "license_assignment", "license_assignments")
WRITING = ("changed", "outcome", "license", "assignment", "summary", "entries", "diff")
NO_DIFF = {"before": "", "after": ""}
Options = dict[str, Any]
Task = dict[str, Any]


# --- tasks -----------------------------------------------------------------------------------------------------------


def task(name: str, module: str, *, check: bool = False, **options: Any) -> Task:
    """One task of the collection. What fails on purpose is not waited for, unless ``max_read_delay`` says so."""
    if module in CHANGE_LICENSES:
        options = {"max_read_delay": 0, **options}
    action: Options = {"name": name, f"{COLLECTION}.{module}": options}
    return {**action, "check_mode": True} if check else action


def cycle(name: str, module: str, **options: Any) -> list[Task]:
    """A task under check mode, really, and both once more."""
    return [
        task(f"{name}: check", module, check=True, **options),
        task(f"{name}: real", module, **options),
        task(f"{name}: check again", module, check=True, **options),
        task(f"{name}: real again", module, **options),
    ]


def attempt(name: str, module: str, **options: Any) -> list[Task]:
    """A task under check mode and really, for what is refused."""
    return cycle(name, module, **options)[:2]


def control(name: str, **parts: Any) -> Task:
    """Set ``faults``, ``switches`` or ``state`` of the simulator, and look at its state."""
    return {"name": name, "simulator": {"url": "{{ url }}", "put": parts}}


def look(name: str) -> Task:
    """Look at the simulator's state."""
    return control(name)


@dataclasses.dataclass
class Case:
    """One simulator with its seed, answers and faults, and the tasks that run against it.

    A task finds the ``files`` (name -> text) in ``{{ directory }}``, and a simulator with TLS has its certificate
    authority in ``{{ certificate }}``.
    """

    tasks: list[Task]
    seed: dict[str, Any] | None = None
    switches: dict[str, Any] = dataclasses.field(default_factory=dict)
    faults: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    files: dict[str, str] = dataclasses.field(default_factory=dict)
    tls: bool = False


# --- what came of them -----------------------------------------------------------------------------------------------


@dataclasses.dataclass
class TaskRun:
    """What a task returned, and the calls that the simulator saw of it."""

    name: str
    status: str
    result: dict[str, Any]
    calls: list[dict[str, Any]]

    @property
    def writes(self) -> list[str]:
        """The calls that would change a licence, as ``METHOD path``."""
        return [f"{call['method']} {call['path']}" for call in self.calls if call["kind"] == "write"]

    @property
    def reads(self) -> int:
        return sum(call["kind"] == "read" for call in self.calls)

    @property
    def ok(self) -> bool:
        return self.status == "ok"

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def kind(self) -> str | None:
        """``failure.kind``; None where there is no failure or it carries none."""
        failure = self.result.get("failure")
        return failure["kind"] if isinstance(failure, dict) else None

    @property
    def message(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def warnings(self) -> str:
        return json.dumps(self.result.get("warnings", []), default=str)

    @property
    def state(self) -> dict[str, Any]:
        """What a look at the simulator saw."""
        return dict(self.result["state"])

    def outcomes(self) -> dict[str, str]:
        """The outcome of each entry, by what names it."""
        return {entry_name(entry): entry["outcome"] for entry in self.result["entries"]}

    def told(self) -> dict[str, Any]:
        """What a check run must tell as the real run does: everything but what only the server makes."""
        values = {name: self.result[name] for name in WRITING if name in self.result}
        if "entries" in values:
            made_by_server = ("server", "failure")
            values["entries"] = [
                {name: value for name, value in entry.items() if name not in made_by_server}
                for entry in values["entries"]
            ]
        return values

    def describe(self) -> str:
        return f"{self.name}: {self.status} {self.message} {self.result.get('failure')} writes {self.writes}"


class CaseRun:
    """The runs of a case's tasks, by their names."""

    def __init__(self, tasks: Sequence[TaskRun], state: dict[str, Any]) -> None:
        self.tasks = {run.name: run for run in tasks}
        self.state = state

    def __getitem__(self, name: str) -> TaskRun:
        return self.tasks[name]

    def assert_cycle(self, name: str, *, writes: int, changed: bool = True) -> TaskRun:
        """Hold a cycle against what every module promises; returns the real run."""
        check, real = self[f"{name}: check"], self[f"{name}: real"]
        for run in (check, real):
            assert run.ok, run.describe()
            assert run.changed is changed, run.describe()
        assert check.told() == real.told()
        assert check.writes == [], check.describe()
        assert len(real.writes) == writes, real.describe()
        assert real.result["api"]["writes"] == writes
        for again in (self[f"{name}: check again"], self[f"{name}: real again"]):
            self.assert_nothing_to_do(again)
        return real

    @staticmethod
    def assert_nothing_to_do(run: TaskRun) -> None:
        """A run with nothing to change: it says so, and the simulator saw no write call."""
        assert run.ok, run.describe()
        assert not run.changed, run.describe()
        assert run.writes == [], run.describe()
        assert run.result.get("diff", NO_DIFF) == NO_DIFF  # it is told only to those who ask for entries or for it


def entry_name(entry: Mapping[str, Any]) -> str:
    """An entry of a task for many in one word: ``organization/tenant/service`` or ``pack/entity``, by their IDs."""
    names = ("organization_id", "tenant_id", "service_type", "license_pack_id", "entity_id")
    return "/".join(str(entry[name]) for name in names if name in entry)


def held(state: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """All UiPath licences of a simulator's state: positive quantities by ``organization[/tenant/service]``."""
    found: dict[str, dict[str, int]] = {}
    for organization_id, organization in state["uipath"]["organizations"].items():
        found[organization_id] = (organization["license"] or {}).get("products", {})
        for tenant_id, tenant in organization["tenants"].items():
            for service_type, service in tenant["services"].items():
                found[f"{organization_id}/{tenant_id}/{service_type}"] = service["products"]
    positive = {place: {code: number for code, number in codes.items() if number} for place, codes in found.items()}
    return {place: codes for place, codes in positive.items() if codes}


def assigned(state: Mapping[str, Any]) -> dict[str, dict[str, str | None]]:
    """All Yext assignments of a simulator's state: entity ID -> end, by pack ID."""
    return {pack_id: pack["assigned"] for pack_id, pack in state["yext"]["license_packs"].items()}


def quantities(**products: int) -> list[dict[str, Any]]:
    """Products in the shape of the desired-state file; an underscore in a name stands for a hyphen."""
    return [{"code": code.replace("_", "-"), "quantity": quantity} for code, quantity in products.items()]


def untried_answers(cases: Iterable[Case], prefix: str) -> list[str]:
    """Answers to the simulator's open questions, but the ones at its start, that no case sets."""
    tried = set()
    for case in cases:
        parts = [task_.get("simulator", {}).get("put", {}) for task_ in case.tasks]
        for switches in (case.switches, *(part.get("switches", {}) for part in parts)):
            tried |= {(name, str(answer)) for name, answer in switches.items()}
    untried = []
    for name, described in describe_switches().items():
        if name.startswith(prefix):
            listed = set(re.findall(r"'([^']*)'", described["values"])) - {str(described["default"])}
            untried += [f"{name}: {answer}" for answer in sorted(listed) if (name, answer) not in tried]
            if not listed and not any(switch == name for switch, _answer in tried):
                untried.append(name)
    return untried


# --- running ---------------------------------------------------------------------------------------------------------


def environment(directory: Path, **more: str) -> dict[str, str]:
    """The environment of a playbook: nothing of the developer's own settings but where the collection lies."""
    kept = ("ANSIBLE_COLLECTIONS_PATH", "LANG", "LC_ALL")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(directory),
        "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8"),
        "ANSIBLE_HOME": str(directory / ".ansible"),
        "ANSIBLE_REMOTE_TEMP": str(directory / "remote"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_PIPELINING": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(HERE / "python"),  # what modules compile is kept
        **more,
    }


def assert_no_warning(output: str, kind: str = "(DEPRECATION )?WARNING") -> None:
    """Fail where Ansible warns, above all of what a later version of it will no longer do."""
    warned = re.search(rf"^.*\[{kind}\].*$", output, flags=re.MULTILINE)
    assert warned is None, output[max(0, warned.start() - 500) : warned.end() + 1500]


def playbook_command(playbook: Path, inventory: Path, *arguments: str) -> list[str]:
    """The command that runs a playbook with the program of this Python's environment."""
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    return [program, "--inventory", str(inventory), str(playbook), *arguments]


def host_variables(url: str) -> dict[str, str]:
    """What an inventory host needs to be this machine with this Python, and to find its simulator."""
    return {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, "url": url}


def write_inventory(path: Path, hosts: Mapping[str, Mapping[str, Any]]) -> Path:
    """An inventory in YAML."""
    path.write_text(yaml.safe_dump({"all": {"hosts": {name: dict(values) for name, values in hosts.items()}}}))
    return path


DEFAULTS: dict[str, dict[str, Any]] = {
    f"group/{COLLECTION}.uipath": {"base_url": "{{ url }}"},
    f"group/{COLLECTION}.yext": {"api_url": "{{ url }}/v2"},
    f"{COLLECTION}.license_audit_info": {"uipath": {"base_url": "{{ url }}"}, "yext": {"api_url": "{{ url }}/v2"}},
}


@contextlib.contextmanager
def simulators(cases: Mapping[str, Case]) -> Iterator[dict[str, Handle]]:
    """One simulator a case, with its switches and faults set."""
    with contextlib.ExitStack() as stack:
        handles = {}
        for name, case in cases.items():
            handle = stack.enter_context(running(case.seed, tls=case.tls))
            handle.set_switches(**case.switches)
            handle.set_faults(case.faults)
            handles[name] = handle
        yield handles


def run_cases(
    cases: Mapping[str, Case],
    *arguments: str,
    beside: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> dict[str, CaseRun]:
    """Run every case as a host of one playbook; ``variables`` come into its environment.

    ``beside``: files that lie beside the playbook, name -> text. A task that fails does not end its case.
    """
    with tempfile.TemporaryDirectory() as name, simulators(cases) as handles:
        directory = Path(name)
        record = directory / "record.jsonl"
        for file_name, text in (beside or {}).items():
            (directory / file_name).write_text(text)
        hosts = {}
        for number, (case_name, case) in enumerate(cases.items()):
            own = directory / f"case-{number}"
            own.mkdir()
            for file_name, text in case.files.items():
                (own / file_name).write_text(text)
            tasks = own / "tasks.yml"
            tasks.write_text(yaml.safe_dump(case.tasks, sort_keys=False, allow_unicode=True))
            handle = handles[case_name]
            hosts[f"host-{number}"] = {
                **host_variables(handle.url),
                "tasks_file": str(tasks),
                "directory": str(own),
                "certificate": handle.ca_path or "",
            }
        play = {
            "hosts": "all",
            "gather_facts": False,
            "strategy": "ansible.builtin.free",
            "ignore_errors": True,
            "module_defaults": DEFAULTS,
            "tasks": [{"name": "include", "ansible.builtin.include_tasks": "{{ tasks_file }}"}],
        }
        playbook = directory / "playbook.yml"
        playbook.write_text(yaml.safe_dump([play]))
        command = playbook_command(playbook, write_inventory(directory / "inventory.yml", hosts), *arguments)
        env = environment(
            directory,
            **{
                **CREDENTIALS,
                "ANSIBLE_ACTION_PLUGINS": str(HERE / "plugins/action"),
                "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "plugins/callback"),
                "ANSIBLE_CALLBACKS_ENABLED": "record",
                "ANSIBLE_ACTION_WARNINGS": "false",
                "ANSIBLE_FORKS": "3",
                "ANSIBLE_INJECT_INVOCATION": "true",
                "RECORD_FILE": str(record),
                **(variables or {}),
            },
        )
        done = subprocess.run(command, env=env, cwd=directory, check=False, capture_output=True, text=True, timeout=900)
        # Modules warn of what the cases are about.
        assert_no_warning(done.stdout + done.stderr, "DEPRECATION WARNING")
        lines = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
        runs = {}
        for number, (case_name, case) in enumerate(cases.items()):
            mine = [line for line in lines if line["host"] == f"host-{number}" and line["task"] != "include"]
            ran = [line["task"] for line in mine]
            wanted = [each["name"] for each in case.tasks]
            assert ran == wanted, f"{case_name}: ran {ran}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            runs[case_name] = CaseRun(_with_calls(mine, handles[case_name].calls()), handles[case_name].state())
        return runs


def _with_calls(lines: Sequence[Mapping[str, Any]], calls: Sequence[dict[str, Any]]) -> list[TaskRun]:
    """A call belongs to the first task that ended after it began: a host's tasks run one after the other."""
    runs = []
    earlier = 0.0
    for line in lines:
        mine = [call for call in calls if earlier < call["started"] <= line["ended"]]
        runs.append(TaskRun(line["task"], line["status"], line["result"], mine))
        earlier = line["ended"]
    return runs
