# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place that touches AnsibleModule: builds it, guards imports, runs the module, tells how it ended."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._errors import LicensingError, defect
from .._http.redaction import MASK, Redactor
from .._http.transport import CallCounts, Transport
from .._plan.report import UNKNOWN, EntryReport, Outcome, Report, unverified
from .._visible_text import as_data, visible
from .options import Spec, without_empty
from .watch import CancellationGuard

if TYPE_CHECKING:
    from .._http.client import HttpClient

SAFE_SECRET_LENGTH = 8
MOST_WARNINGS = 20
_OWN_NAME = re.compile("[a-z_]+")
_SIGN_IN_OF_URL = re.compile(r"(?<=//)\S*@")


@dataclass
class Task:
    """What a module's ``run`` is given: the options, the mode, and the way to a server.

    ``values`` and ``warnings`` are told however the task ends, with those of the Result that ``run`` returns.
    """

    params: dict[str, Any]
    check_mode: bool
    diff_mode: bool
    no_log: bool
    redactor: Redactor
    watch: CancellationGuard
    clients: list[HttpClient] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def connect(self, base_url: str, transport: Transport) -> HttpClient:
        """A client whose calls are counted in this task's result. Raises MissingLibrary where requests is missing."""
        # Here, since importing requests costs more than all that a task does which calls nobody.
        from .._http.client import REQUESTS_IMPORT_ERROR, HttpClient  # noqa: PLC0415

        if REQUESTS_IMPORT_ERROR is not None:
            raise MissingLibrary("requests", REQUESTS_IMPORT_ERROR)
        client = HttpClient(base_url, transport, self.redactor, self.watch)
        self.clients.append(client)
        return client

    def part(self, name: str) -> Task:
        """The same task with the options that stand in one of its own, such as those of one vendor, before the others.

        What is called through it counts for the task.
        """
        return replace(self, params={**self.params, **self.params[name]})


@dataclass
class Result:
    """What a module's ``run`` returns: the values of its own, and how it ended.

    ``secret_values`` names those that are secrets, which are what the task is for.
    """

    values: dict[str, Any]
    changed: bool = False
    failure: LicensingError | None = None
    warnings: Sequence[str] = ()
    secret_values: frozenset[str] = frozenset()


class MissingLibrary(Exception):
    """A library that the task needs, and why it cannot be imported."""

    def __init__(self, name: str, trace: str) -> None:
        super().__init__(name)
        self.name = name
        self.trace = trace


class _Module(AnsibleModule):  # type: ignore[misc]  # ansible-core ships no types
    """A module to which an empty option is an unset one."""

    params: dict[str, Any]

    def _load_params(self) -> None:
        super()._load_params()
        self.params = without_empty(self.argument_spec, self.params)


def run_module(run: Callable[[Task], Result], argument_spec: Spec, **constraints: Any) -> None:
    """Build the module, run it and end the process with its result.

    ``constraints`` are those of AnsibleModule, such as ``mutually_exclusive``. Every module supports check mode.
    """
    module = _Module(argument_spec=argument_spec, supports_check_mode=True, **constraints)
    task = Task(
        params=module.params,
        check_mode=module.check_mode,
        diff_mode=module._diff,  # ansible-core has no other name for it
        no_log=module.no_log,
        redactor=Redactor(),
        watch=CancellationGuard(module.params.get("max_runtime")),
    )
    missing: MissingLibrary | None = None
    try:
        task.redactor.add(*(secret for _name, secret in _secrets(argument_spec, module.params)))
        result = run(task)
    except LicensingError as error:
        result = Result({}, failure=error)
    except MissingLibrary as error:
        missing = error
    except Exception as error:
        # Nobody knows any more what its writes have come to.
        result = Result({}, changed=any(client.counts.writes for client in task.clients), failure=defect(error))
    # Outside the handlers: Ansible would add the exception to the result, and with it the URL that requests called.
    if missing is not None:
        module.fail_json(msg=missing_required_lib(missing.name), exception=missing.trace)
    _finish(module, task, argument_spec, result)


def _finish(module: AnsibleModule, task: Task, argument_spec: Spec, result: Result) -> None:
    """End the process with one JSON document, whatever the values are."""
    for name, secret in _secrets(argument_spec, module.params):
        if len(secret) < SAFE_SECRET_LENGTH:
            module.warn(
                f"{name} is shorter than {SAFE_SECRET_LENGTH} characters: Ansible masks every occurrence of it in "
                "results, numbers included"
            )
    for warning in _bounded([*task.warnings, *result.warnings]):
        module.warn(visible(task.redactor.text(warning)))
    told, failure = _told(task, result)
    told["invocation"] = {"module_args": as_data(_shown(argument_spec, module.params))}
    if failure is None:
        module.exit_json(**told)
        return
    failed = {name: task.redactor.value(value) for name, value in failure.as_result().items()}
    hint = failed.get("hint")
    msg = f"{failed['message'].rstrip('.')}. {hint}" if hint else failed["message"]
    module.fail_json(msg=msg, failure=failed, **told)


def _told(task: Task, result: Result) -> tuple[dict[str, Any], LicensingError | None]:
    """All that the task tells, in what JSON can carry and without secrets, and the failure that it ends with."""
    values = {"changed": result.changed, **task.values, **result.values}
    if task.clients:
        values["api"] = reduce(CallCounts.plus, (client.counts for client in task.clients)).as_result()
    told, failure = {}, result.failure
    for name, value in values.items():
        try:
            told[name] = value if name in result.secret_values else _without_secrets(task.redactor, as_data(value))
        except Exception as error:  # one value that cannot be told is no reason to keep the others back
            failure = failure or defect(error)
    return told, failure


def _without_secrets(redactor: Redactor, value: Any) -> Any:
    """Values without secrets; the names that are ours stay, even where a short secret is a part of them."""
    if isinstance(value, dict):
        return {
            name if _OWN_NAME.fullmatch(name) else redactor.text(name): _without_secrets(redactor, item)
            for name, item in value.items()
        }
    return [_without_secrets(redactor, item) for item in value] if isinstance(value, list) else redactor.value(value)


def _shown(argument_spec: Spec, params: Mapping[str, Any]) -> dict[str, Any]:
    """The options as Ansible shows them: without secrets, nor a sign-in within an address."""
    shown: dict[str, Any] = {}
    for name, value in params.items():
        option = argument_spec.get(name, {})
        if option.get("no_log") and value:
            shown[name] = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
        elif isinstance(value, dict) and "options" in option:
            shown[name] = _shown(option["options"], value)
        else:
            shown[name] = _SIGN_IN_OF_URL.sub(f"{MASK}@", value) if isinstance(value, str) else value
    return shown


def _secrets(argument_spec: Spec, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The secrets that were given, with the names of their options."""
    for name, option in argument_spec.items():
        if option.get("no_log") and params[name]:
            yield name, params[name]
        elif "options" in option and option["type"] == "dict" and params[name]:
            yield from _secrets(option["options"], params[name])


def _bounded(warnings: Sequence[str]) -> list[str]:
    """Each warning once, and not thousands of them."""
    different = list(dict.fromkeys(warnings))
    more = len(different) - MOST_WARNINGS
    return different if more <= 0 else [*different[:MOST_WARNINGS], f"There are {more} more warnings like these"]


def result_for_many(task: Task, report: Report) -> Result:
    """The result of a module for many: the numbers of all entries, and no more of them than the user wants to see."""
    wanted: dict[str, Callable[[EntryReport], bool]] = {
        "all": lambda entry: True,
        "changed": lambda entry: entry.outcome is not Outcome.UNCHANGED,
        "failed": lambda entry: entry.outcome in (Outcome.FAILED, Outcome.NOT_ATTEMPTED),
        "none": lambda entry: False,
    }
    shown = wanted[task.params["entries"]]
    entries = [entry for entry in report.entries if shown(entry)]
    values = {
        "entries": [entry.as_result() for entry in entries],
        "summary": report.summary(),
        "unverified": unverified(entries),
    }
    if task.diff_mode or task.params["entries"] in ("all", "changed"):
        values["diff"] = report.diff()
    return Result(values, report.changed, report.failure, report.warnings)


def result_for_one(
    report: Report, name: str, place: Mapping[str, str], told: Callable[[Any], dict[str, Any]]
) -> Result:
    """The result of a module for one entry: its record under ``name``, of which ``told`` makes what is held."""
    entry = report.entries[0]
    values = {
        name: {**place, **({"state": "unknown"} if entry.after is UNKNOWN else told(entry.after))},
        "outcome": entry.outcome.value,
        "server": dict(entry.server),
        "unverified": unverified(report.entries),
        "diff": report.diff(),
    }
    return Result(values, report.changed, report.failure, report.warnings)
