# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small controller for tests: the part of the REST API that the modules of awx.awx use here, with its state.

It does what a real one does and nobody asked for: an empty input of a credential becomes the first choice, a node
without parents starts with its workflow, and what a job hands on is a variable of those after it. It is stricter than a
real one: a field or a filter that it does not know, a reference to nothing, a playbook that the
project does not have, and a survey, schedule or credential type that a controller would not take are refused. It logs
every call, so that a test can say: no write call under ``--check``.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import copy
import dataclasses
import json
import socket
import threading
import urllib.parse
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ansible_collections.tenantops.licensing.tests.awx.kinds import ENCRYPTED, KINDS, RUNNABLE, Fields, Kind
from ansible_collections.tenantops.licensing.tests.awx.rules import is_whole, survey_faults

TOKEN = "token-of-the-tests"
BASIC = f"Basic {base64.b64encode(b'admin:of-the-tests').decode()}"
API = "/api/v2"
LINKS = ("always_nodes", "success_nodes", "failure_nodes")


class Refused(Exception):
    """A call that is answered by a status and a body that says why."""

    def __init__(self, status: int, **body: Any) -> None:
        super().__init__(status, body)
        self.status, self.body = status, body


@dataclasses.dataclass
class Thing:
    """One object: its kind, its fields, the ids of what hangs on it, and its survey."""

    id: int
    kind: Kind
    fields: Fields
    links: dict[str, list[int]]
    survey: Fields = dataclasses.field(default_factory=dict)
    playbooks: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"{API}/{self.kind.path}/{self.id}/"


class Controller:
    """The state of a controller, and what its calls do to it."""

    def __init__(self) -> None:
        self.things: dict[int, Thing] = {}
        self.calls: list[tuple[str, str, int]] = []
        self.synced: tuple[str, ...] | None = None
        self.asked_for_playbooks = 0
        self.superuser = True
        self.jobs: list[Fields] = []
        self.tokens: dict[int, str] = {}
        self.started: set[str] = set()  # every template that a launch of a workflow would have started at once, ever
        self.add("organizations", {"name": "Default"})

    # What tests do and see.

    def add(self, path: str, fields: Fields) -> Thing:
        """An object that was there before, or that somebody made by hand."""
        kind = KINDS[path]
        empty = {name: copy.deepcopy(value) for name, value in kind.fields.items()}
        references = dict.fromkeys(kind.references)
        number = max(self.things, default=0) + 1
        self.things[number] = Thing(number, kind, {**empty, **references, **fields}, {name: [] for name in kind.links})
        return self.things[number]

    def named(self, path: str, name: str) -> Thing:
        (found,) = (
            thing for thing in self.of(path) if name in (thing.fields.get("name"), thing.fields.get("identifier"))
        )
        return found

    def of(self, *paths: str) -> list[Thing]:
        return [thing for thing in self.things.values() if thing.kind.path in paths]

    def names(self) -> dict[str, set[str]]:
        """The names of all objects, by path."""
        return {
            path: {thing.fields.get("name") or thing.fields["identifier"] for thing in self.of(path)}
            for path in KINDS
            if self.of(path)
        }

    @property
    def writes(self) -> list[str]:
        """The calls that would change something, refused ones included."""
        return [f"{method} {path}" for method, path, _status in self.calls if method != "GET"]

    def roots(self, workflow: str) -> set[str]:
        """The nodes that nothing leads to, and that so start with the workflow."""
        number = self.named("workflow_job_templates", workflow).id
        nodes = [
            node for node in self.of("workflow_job_template_nodes") if node.fields["workflow_job_template"] == number
        ]
        led_to = {child for node in nodes for name in LINKS for child in node.links[name]}
        return {node.fields["identifier"] for node in nodes if node.id not in led_to}

    def starting(self) -> set[str]:
        """The templates of all roots; a node without a template is passed over."""
        found = set()
        for workflow in self.of("workflow_job_templates"):
            roots = self.roots(workflow.fields["name"])
            for node in self.of("workflow_job_template_nodes"):
                template = self.things.get(node.fields["unified_job_template"] or 0)
                if node.fields["identifier"] in roots and template:
                    found.add(str(template.fields["name"]))
        return found

    def variables(self, node: Thing, artifacts: Fields) -> Fields:
        """The extra variables of the job of a node, after jobs that handed these artifacts on with set_stats."""
        template = self.things[node.fields["unified_job_template"]]
        asked = {one["variable"]: one.get("default", "") for one in template.survey.get("spec", [])}
        of_template = json.loads(template.fields.get("extra_vars") or "{}")
        return {**of_template, **asked, **node.fields["extra_data"], **artifacts}

    # What calls do.

    def show(self, thing: Thing) -> Fields:
        """An object as an answer has it: secrets masked, and the addresses of what belongs to it."""
        shown = {"id": thing.id, "type": thing.kind.type, "url": thing.url, **copy.deepcopy(thing.fields)}
        related = {name: f"{thing.url}{name}/" for name in thing.links}
        if thing.kind.path == "job_templates":
            related["survey_spec"] = f"{thing.url}survey_spec/"
        if thing.kind.path == "workflow_job_template_nodes" and thing.fields["unified_job_template"]:
            related["unified_job_template"] = self.things[thing.fields["unified_job_template"]].url
        if thing.kind.path == "credentials":
            secret = self._secret_fields(thing.fields["credential_type"])
            shown["inputs"] = {name: ENCRYPTED if name in secret else value for name, value in shown["inputs"].items()}
        return {**shown, **copy.deepcopy(thing.links), "related": related, "summary_fields": {}}

    def _secret_fields(self, credential_type: int) -> set[str]:
        return {field["id"] for field in self.things[credential_type].fields["inputs"]["fields"] if field.get("secret")}

    def listing(self, path: str, filters: dict[str, str]) -> Fields:
        """The objects of a path that all filters fit, and one of those that begin with or__."""
        size, page = int(filters.pop("page_size", 25)), int(filters.pop("page", 1))
        shown = self._filtered(path, filters)
        there = shown[(page - 1) * size : page * size]
        query = urllib.parse.urlencode({**filters, "page_size": size, "page": page + 1})
        following = f"{API}/{path}/?{query}" if page * size < len(shown) else None
        return {"count": len(shown), "next": following, "previous": None, "results": there}

    def _filtered(self, path: str, filters: dict[str, str]) -> list[Fields]:
        if path == "me":
            return [{"id": 1, "type": "user", "username": "admin", "is_superuser": self.superuser}]
        if path == "unified_jobs":
            return [job for job in self.jobs if job["status"] in filters["status__in"].split(",")]
        paths = RUNNABLE if path == "unified_job_templates" else (path,)
        found = self.of(*paths)
        known = {"id", "type", "name"}.union(
            *(KINDS[one].fields.keys() | KINDS[one].references.keys() for one in paths)
        )
        for name in filters:
            if name.removeprefix("or__").split("__")[0] not in known:
                raise Refused(400, detail=f"{path} has no filter {name}")
        for name in [name for name in filters if "__" in name.removeprefix("or__")]:
            value = filters[name]
            found = [thing for thing in found if self._of_related(thing, name.split("__")) == value]
        filters = {name: value for name, value in filters.items() if "__" not in name.removeprefix("or__")}
        shown = [self.show(thing) for thing in found]
        one_of = {name.removeprefix("or__"): value for name, value in filters.items() if name.startswith("or__")}
        for name, value in filters.items():
            if not name.startswith("or__"):
                shown = [one for one in shown if str(one.get(name)) == value]
        if one_of:
            shown = [one for one in shown if any(str(one.get(name)) == value for name, value in one_of.items())]
        return shown

    def _of_related(self, thing: Thing, names: list[str]) -> Any:
        """A field of what an object refers to, as a filter names it: organization__name."""
        for name in names[:-1]:
            number = thing.fields.get(name)
            if number is None:
                return None
            thing = self.things[number]
        return thing.fields[names[-1]]

    def make(self, path: str, told: Fields) -> Thing:
        kind = KINDS[path]
        missing = {name: ["This field is required."] for name in kind.required - told.keys()}
        if missing:
            raise Refused(400, **missing)
        thing = self.add(path, {})
        try:
            self.change(thing, told)
        except Refused:
            del self.things[thing.id]
            raise
        return thing

    def change(self, thing: Thing, told: Fields) -> None:
        """Set fields if the whole object is right then."""
        kind = thing.kind
        faults = kind.refuse(told)
        for name, path in kind.references.items():
            paths = RUNNABLE if path == "unified_job_templates" else (path,)
            number = told.get(name)
            if number is not None and (number not in self.things or self.things[number].kind.path not in paths):
                faults.setdefault(name, []).append(f"{number} does not exist")
        fields = {**thing.fields, **{name: value for name, value in told.items() if name not in kind.sendable}}
        if kind.path == "credentials" and not faults:
            self._take_the_first_choice(fields)
        if not faults:
            wrong = [*kind.faults(fields), *self._misfits(thing, fields)]
            faults = {"__all__": wrong} if wrong else self._playbook_faults(thing, fields)
        if faults:
            raise Refused(400, **faults)
        thing.fields = fields

    def _take_the_first_choice(self, fields: Fields) -> None:
        """As a controller does it with every input that is empty or false: a text becomes empty, a choice the first."""
        known = {field["id"]: field for field in self.things[fields["credential_type"]].fields["inputs"]["fields"]}
        fields["inputs"] = {
            name: value or known.get(name, {}).get("choices", [""])[0] for name, value in fields["inputs"].items()
        }

    def _misfits(self, thing: Thing, fields: Fields) -> Iterator[str]:
        """What does not fit to other objects."""
        for other in self.of(thing.kind.path):
            if other is not thing and all(other.fields[name] == fields[name] for name in thing.kind.unique):
                yield f"there is one already: {', '.join(str(fields[name]) for name in thing.kind.unique)}"
        if (
            thing.kind.path == "job_templates"
            and fields["organization"] != self.things[fields["project"]].fields["organization"]
        ):
            yield "the organization is not the one of the project"
        if thing.kind.path == "credentials":
            inputs = self.things[fields["credential_type"]].fields["inputs"]
            known = {field["id"]: field for field in inputs["fields"]}
            yield from (f"the credential type has no field {name}" for name in fields["inputs"].keys() - known.keys())
            yield from (f"{name} is required" for name in set(inputs.get("required", [])) - fields["inputs"].keys())
            for name, value in fields["inputs"].items():
                if not isinstance(value, str):
                    yield f"{name} is no text"
                elif value not in known.get(name, {}).get("choices", [value]):
                    yield f"{name} is none of the choices"

    def _playbook_faults(self, thing: Thing, fields: Fields) -> dict[str, list[str]]:
        if thing.kind.path != "job_templates":
            return {}
        project = self.things[fields["project"]]
        if project.fields["allow_override"]:
            return {}  # another branch may have it
        self.asked_for_playbooks += 1
        if self.synced is not None and self.asked_for_playbooks > 1:
            project.playbooks = self.synced
        return {} if fields["playbook"] in project.playbooks else {"playbook": ["Playbook not found for project."]}

    def remove(self, thing: Thing) -> None:
        """Remove an object and what goes with it; refuse what others still use."""
        if thing.kind.path == "credential_types" and any(
            other.fields["credential_type"] == thing.id for other in self.of("credentials")
        ):
            raise Refused(403, detail="Credential types that are in use cannot be deleted")
        if thing.id in {job["unified_job_template"] for job in self.jobs}:
            raise Refused(409, error="Resource is being used by running jobs.")
        goes_with = {"inventories": "hosts", "workflow_job_templates": "workflow_job_template_nodes"}
        dependent = [goes_with[thing.kind.path]] if thing.kind.path in goes_with else []
        dependent += ["schedules"] if thing.kind.path in RUNNABLE else []
        del self.things[thing.id]
        for other in list(self.things.values()):
            for linked in other.links.values():
                if thing.id in linked:
                    linked.remove(thing.id)
            for name in other.kind.references:
                if other.fields[name] == thing.id and other.kind.path in dependent:
                    self.things.pop(other.id, None)
                elif other.fields[name] == thing.id:
                    other.fields[name] = None

    def link(self, thing: Thing, name: str, told: Fields) -> None:
        if told.keys() - {"id", "disassociate"} or not is_whole(told.get("id")):
            raise Refused(400, detail=f"no link: {told}")
        number, linked = told["id"], thing.links[name]
        if told.get("disassociate"):
            linked.remove(number)
            return
        if number not in self.things or self.things[number].kind.path != thing.kind.links[name]:
            raise Refused(400, detail=f"{number} does not exist")
        if any(number in thing.links.get(other, []) for other in LINKS):
            raise Refused(400, detail="Relationship not allowed.")
        if name in LINKS and thing.id in self._after(number):
            raise Refused(400, detail="Cycle detected.")
        if name == "credentials" and self._has_one_of_its_type(thing, number):
            raise Refused(400, detail="Cannot assign multiple credentials of one type.")
        linked.append(number)

    def _after(self, number: int) -> set[int]:
        """A node and all that follow it."""
        found, to_visit = {number}, [number]
        while to_visit:
            links = self.things[to_visit.pop()].links
            following = {child for name in LINKS for child in links[name]} - found
            found |= following
            to_visit += following
        return found

    def _has_one_of_its_type(self, thing: Thing, number: int) -> bool:
        kinds = [self.things[other].fields["credential_type"] for other in thing.links["credentials"]]
        return self.things[number].fields["credential_type"] in kinds

    def ask(self, thing: Thing, survey: Fields) -> None:
        faults = survey_faults(survey)
        if faults:
            raise Refused(400, error="; ".join(faults))
        thing.survey = survey

    def make_approval(self, node: Thing, told: Fields) -> Thing:
        if node.fields["unified_job_template"] is not None:
            raise Refused(400, detail="the node has a template already")
        approval = self.make("workflow_approval_templates", told)
        node.fields["unified_job_template"] = approval.id
        return approval


# --- the program -----------------------------------------------------------------------------------------------------


def program(controller: Controller) -> Starlette:
    """The calls as an ASGI program."""

    async def answer(request: Request) -> Response:
        told = await request.json() if request.method in ("POST", "PATCH") else {}
        try:
            by_token = {f"Bearer {token}" for token in (TOKEN, *controller.tokens.values())}
            is_token = request.path_params["path"] == "tokens"
            if request.headers.get("authorization") not in ({BASIC} if is_token else by_token):
                raise Refused(401, detail="Authentication credentials were not provided.")
            status, body = (perform_on_tokens if is_token else perform)(controller, request, told)
        except Refused as refused:
            status, body = refused.status, refused.body
        controller.calls.append((request.method, request.url.path, status))
        controller.started |= controller.starting()
        headers = {"X-API-Product-Name": "AWX", "X-API-Product-Version": "24.6.1"}
        return Response(status_code=status, headers=headers) if body is None else JSONResponse(body, status, headers)

    route = f"{API}/{{path}}/"
    methods = ["GET", "POST", "PATCH", "DELETE"]
    routes = [route, f"{route}{{id:int}}/", f"{route}{{id:int}}/{{part}}/"]
    return Starlette(routes=[Route(one, answer, methods=methods) for one in routes])


def perform(controller: Controller, request: Request, told: Fields) -> tuple[int, Any]:
    """Do what a call asks for; the status and the body of the answer."""
    path, method, number = request.path_params["path"], request.method, request.path_params.get("id")
    if path not in {*KINDS, "unified_job_templates", "unified_jobs", "me"}:
        raise Refused(404, detail="Not found.")
    if number is None:
        if method == "GET":
            return 200, controller.listing(path, dict(request.query_params))
        if method == "POST" and path in KINDS and path != "workflow_approval_templates":
            return 201, controller.show(controller.make(path, told))
        raise Refused(405, detail="Method not allowed.")
    thing = controller.things.get(number)
    if thing is None or thing.kind.path != path:
        raise Refused(404, detail="Not found.")
    part = request.path_params.get("part")
    if part is not None:
        return perform_on_part(controller, thing, part, method, told)
    if method == "PATCH":
        controller.change(thing, told)
    elif method == "DELETE":
        controller.remove(thing)
        return 204, None
    return 200, controller.show(thing)


def perform_on_tokens(controller: Controller, request: Request, _told: Fields) -> tuple[int, Any]:
    """Begin or end a session of a user who has a password."""
    if request.method == "POST":
        number = len(controller.tokens) + 1
        controller.tokens[number] = f"token-{number}"
        return 201, {"id": number, "token": controller.tokens[number]}
    if request.method == "DELETE" and controller.tokens.pop(request.path_params.get("id", 0), ""):
        return 204, None
    raise Refused(404, detail="Not found.")


def perform_on_part(controller: Controller, thing: Thing, part: str, method: str, told: Fields) -> tuple[int, Any]:
    """Do what a call asks for of what belongs to an object."""
    if part in thing.links and method == "GET":
        linked = [controller.show(controller.things[number]) for number in thing.links[part]]
        return 200, {"count": len(linked), "next": None, "previous": None, "results": linked}
    if part in thing.links and method == "POST":
        controller.link(thing, part, told)
        return 204, None
    if part == "survey_spec" and thing.kind.path == "job_templates":
        if method == "POST":
            controller.ask(thing, told)
        return 200, thing.survey if method == "GET" else {}
    if part == "create_approval_template" and thing.kind.path == "workflow_job_template_nodes" and method == "POST":
        return 201, controller.show(controller.make_approval(thing, told))
    raise Refused(404, detail="Not found.")


@contextlib.contextmanager
def running(controller: Controller) -> Iterator[str]:
    """Serve a controller on a free port of this machine; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(program(controller), log_level="error", lifespan="off"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
