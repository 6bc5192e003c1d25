# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role makes of what a controller has, before it changes anything; the controller for tests is the judge."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.filter.controller_plan import controller_plan
from ansible_collections.tenantops.licensing.plugins.filter.credential_inputs import credential_inputs
from ansible_collections.tenantops.licensing.plugins.plugin_utils._controller_workflow import KINDS
from ansible_collections.tenantops.licensing.tests.awx.configuration import configuration
from ansible_collections.tenantops.licensing.tests.awx.controller import LINKS, Controller, Refused, Thing

Found = dict[str, list[Mapping[str, Any]]]
Wanted = dict[str, Any]
MARK = "Made by awx_job_templates for Default."
TYPES = configuration()["controller_credential_types"]
NODES: list[dict[str, Any]] = [
    {"identifier": "audit", "unified_job_template": "L Audit", "links": {"always_nodes": ["approval"]}},
    {"identifier": "approval", "links": {"success_nodes": ["provision"]}},
    {"identifier": "provision", "awaits": "approval", "unified_job_template": "L Provision", "links": {}},
]
RULE = "DTSTART;TZID=UTC:20260105T051500 RRULE:FREQ=DAILY;INTERVAL=1"


def marked(path: str, name: str, controller: Controller, **fields: Any) -> Thing:
    """An object that the role made."""
    return controller.add(path, {"name": name, "description": f"What it is. {MARK}", **fields})


@pytest.fixture
def controller() -> Controller:
    """A controller to which the role was applied."""
    fresh = Controller()
    here = fresh.named("organizations", "Default").id
    fresh.add("organizations", {"name": "Other"})
    for path, name in {"projects": "L Project", "inventories": "L Localhost", "execution_environments": "L EE"}.items():
        marked(path, name, fresh, organization=here)
    for one in TYPES:
        fresh.add("credential_types", {**one, "name": one["name"].replace("Licensing", "L")})
    for name in ("L Provision", "L Audit", "L Retire"):
        marked("job_templates", name, fresh, organization=here)
    workflow = marked("workflow_job_templates", "L Workflow", fresh, organization=here).id
    marked("schedules", "Daily", fresh, unified_job_template=fresh.named("job_templates", "L Audit").id)
    for node in NODES:
        runs = node.get("unified_job_template")
        template = fresh.named("job_templates", runs).id if runs else None
        fields = {"identifier": node["identifier"], "unified_job_template": template}
        fresh.add("workflow_job_template_nodes", {**fields, "workflow_job_template": workflow})
    for node in NODES:
        for kind, children in dict(node["links"]).items():
            fresh.named("workflow_job_template_nodes", node["identifier"]).links[kind] = [
                fresh.named("workflow_job_template_nodes", child).id for child in children
            ]
    return fresh


def found_in(controller: Controller) -> Found:
    """What the role reads."""
    here = {"organization__name": "Default"}
    reads: dict[str, tuple[str, dict[str, str]]] = {
        "me": ("me", {}),
        "organizations": ("organizations", {"name": "Default"}),
        **{name: (name, {}) for name in ("inventories", "execution_environments", "credential_types", "credentials")},
        "instance_groups": ("instance_groups", {}),
        "projects": ("projects", here),
        "job_templates": ("job_templates", here),
        "workflows": ("workflow_job_templates", here),
        "nodes": ("workflow_job_template_nodes", {"workflow_job_template__organization__name": "Default"}),
        "schedules": ("schedules", {"unified_job_template__organization__name": "Default"}),
        "jobs": ("unified_jobs", {"status__in": "running"}),
    }
    return {
        name: controller.listing(path, {**query, "page_size": "200"})["results"]
        for name, (path, query) in reads.items()
    }


def wanted(**changes: Any) -> Wanted:
    """What the role makes, with an option or so of another value."""
    names = {kind: f"L {kind.capitalize()}" for kind in ("project", "provision", "audit", "retire", "workflow")}
    told: Wanted = {
        "state": "present",
        "mark": MARK,
        "type_mark": "Made by awx_job_templates.",
        "workflow": "L Workflow",
        "runnable": names,
        "own": {
            "projects": ["L Project"],
            "inventories": ["L Localhost"],
            "execution_environments": ["L EE"],
            "credential_types": ["L UiPath", "L Yext"],
            "credentials": ["L UiPath", "L Yext"],
            "job_templates": ["L Provision", "L Audit", "L Retire"],
            "workflows": ["L Workflow"],
        },
        "given": [],
        "schedules": [{"name": "Daily", "rrule": RULE}],
        "nodes": NODES,
        "credentials": [],
        "inputs": {},
        "types": {
            product: {**one, "name": one["name"].replace("Licensing", "L")}
            for product, one in zip(("uipath", "yext"), TYPES, strict=True)
        },
        "instance_group": "",
        "named": [],
    }
    return {**copy.deepcopy(told), **changes}


def credential(controller: Controller, name: str, kind: str = "L UiPath", **fields: Any) -> Thing:
    number = controller.named("credential_types", kind).id
    here = controller.named("organizations", "Default").id
    return controller.add("credentials", {"name": name, "credential_type": number, "organization": here, **fields})


# --- refusals --------------------------------------------------------------------------------------------------------


def test_nothing_is_to_be_done_where_everything_is_as_wanted(controller: Controller) -> None:
    plan = controller_plan(found_in(controller), wanted())
    assert plan.pop("organization") == controller.named("organizations", "Default").id
    assert not any(plan.values()), plan


def name(kind: str, one: str) -> Wanted:
    return wanted(named=[{"option": f"awx_job_templates_{kind}", "kind": kind, "names": ["", one]}])


def foreign(controller: Controller, after: str, kind: str, template: str = "") -> Thing:
    """A node that somebody added after one of the role's."""
    number = controller.named("job_templates", template).id if template else None
    node = controller.add(
        "workflow_job_template_nodes",
        {
            "identifier": f"after {after}",
            "workflow_job_template": controller.named("workflow_job_templates", "L Workflow").id,
            "unified_job_template": number,
        },
    )
    controller.named("workflow_job_template_nodes", after).links[kind].append(node.id)
    return node


def with_(change: Callable[[Controller], Any], told: Wanted | None = None) -> Callable[[Controller], Wanted]:
    def prepare(controller: Controller) -> Wanted:
        change(controller)
        return told or wanted()

    return prepare


def only_a_user(controller: Controller) -> None:
    controller.superuser = False
    controller.named("credential_types", "L Yext").fields["injectors"] = {"env": {}}


def led_on(controller: Controller) -> None:
    other = foreign(controller, "audit", "success_nodes")
    other.links["always_nodes"].append(controller.named("workflow_job_template_nodes", "provision").id)


def round_trip(controller: Controller) -> None:
    other = foreign(controller, "provision", "success_nodes")
    other.links["success_nodes"].append(controller.named("workflow_job_template_nodes", "approval").id)


def on_the_node(**prompts: Any) -> Callable[[Controller], None]:
    return lambda controller: controller.named("workflow_job_template_nodes", "provision").fields.update(prompts)


def group(number: int) -> Callable[[Controller], Thing]:
    return lambda controller: controller.add("instance_groups", {"name": "writers", "max_concurrent_jobs": number})


def running(controller: Controller) -> None:
    template = controller.named("job_templates", "L Audit").id
    controller.jobs.append({"name": "L Audit", "status": "running", "unified_job_template": template})


def elsewhere(controller: Controller) -> None:
    controller.named("inventories", "L Localhost").fields["organization"] = controller.named(
        "organizations", "Other"
    ).id


SUITE = {"base_url": "https://suite.example.com"}
SIGN_INS = wanted(credentials=["one", "other"])
REFUSED: dict[str, tuple[Callable[[Controller], Wanted], list[str]]] = {
    "a credential that is not there": (
        lambda _: name("credentials", "UiPath host"),
        ["'UiPath host'", "make it first"],
    ),
    "a project that is not there": (lambda _: name("projects", "Gone"), ["awx_job_templates_projects", "'Gone'"]),
    "an instance group that is not there": (lambda _: name("instance_groups", "writers"), ["'writers'"]),
    "a credential that is there twice": (
        with_(lambda one: [credential(one, "host"), credential(one, "host", "L Yext")], name("credentials", "host")),
        ["'host'", "has 2"],
    ),
    "two credentials of one type": (
        with_(lambda one: [credential(one, "one"), credential(one, "other")], SIGN_INS),
        ["one and other", "'L UiPath'"],
    ),
    "one name for two": (
        lambda _: wanted(runnable={**wanted()["runnable"], "retire": "L Provision"}),
        ["'L Provision'", "provision, retire"],
    ),
    "a template with the name of a project": (
        with_(lambda one: marked("projects", "L Audit", one, organization=1)),
        ["'L Audit'", "projects"],
    ),
    "the inventory of another organization": (with_(elsewhere), ["'L Localhost'", "another organization"]),
    "a field that is none": (lambda _: wanted(inputs={"uipath": {**SUITE, "user": "a"}}), ["uipath", "'user'"]),
    "a required field": (lambda _: wanted(inputs={"uipath": {"username": "a"}}), ["uipath lacks 'base_url'"]),
    "another choice": (
        lambda _: wanted(inputs={"uipath": {**SUITE, "auth_flow": "tea"}}),
        ["uipath.auth_flow", "as given, account"],
    ),
    "a list as a field": (lambda _: wanted(inputs={"yext": {"api_key": ["a"]}}), ["yext.api_key is no text"]),
    "no dictionary": (lambda _: wanted(inputs={"yext": "a-secret"}), ["yext is no dictionary"]),
    "types that only an administrator may change": (with_(only_a_user), ["L Yext", "system administrator"]),
    "a group that takes more than one job": (with_(group(2), wanted(instance_group="writers")), ["takes 2 jobs"]),
    "a group that takes any number": (with_(group(0), wanted(instance_group="writers")), ["any number of jobs"]),
    "a rule without a time zone": (
        lambda _: wanted(schedules=[{"name": "Daily", "rrule": "DTSTART:20260105T051500 RRULE:FREQ=DAILY"}]),
        ["'Daily'", "a time zone and an INTERVAL"],
    ),
    "a schedule twice": (lambda _: wanted(schedules=[{"name": "Daily", "rrule": RULE}] * 2), ["'Daily'", "2 times"]),
    "a node that provisions after the audit": (
        with_(lambda one: foreign(one, "audit", "success_nodes", "L Provision")),
        ["audit → after audit", "take after audit"],
    ),
    "a node that retires after a denial": (
        with_(lambda one: foreign(one, "approval", "failure_nodes", "L Retire")),
        ["audit → approval → after approval"],
    ),
    "a node that leads to provisioning": (with_(led_on), ["audit → after audit → provision"]),
    "nodes that follow themselves": (
        with_(round_trip),
        ["after provision, approval, provision", "take after provision"],
    ),
    "variables on a node": (
        with_(on_the_node(extra_data={"tenant_provisioning_organization": "a"})),
        ["extra_data on the node provision"],
    ),
    "a check on a node": (with_(on_the_node(job_type="check", limit="a")), ["job_type, limit on the node provision"]),
    "a type that a credential has": (
        with_(lambda one: credential(one, "by hand"), wanted(state="absent")),
        ["'L UiPath'", "'by hand'", "awx_job_templates_credential_inputs"],
    ),
    "a job that runs": (with_(running, wanted(state="absent")), ["L Audit have not ended"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_be_refused_in_the_middle_is_found_before(controller: Controller, case: str) -> None:
    prepare, told = REFUSED[case]
    want = prepare(controller)
    (reason,) = controller_plan(found_in(controller), want)["refusals"]
    for part in told:
        assert part in reason
    assert "a-secret" not in reason


def test_all_of_it_is_told_at_once(controller: Controller) -> None:
    on_the_node(limit="a")(controller)
    led_on(controller)
    want = {**name("credentials", "Gone"), "inputs": {"uipath": {}, "yext": {"key": "a"}}}
    assert len(controller_plan(found_in(controller), want)["refusals"]) == 5


def test_what_nobody_would_refuse_is_not_refused(controller: Controller) -> None:
    controller.superuser = False
    group(1)(controller)
    foreign(controller, "approval", "success_nodes", "L Provision")
    foreign(controller, "audit", "success_nodes", "L Audit")
    credential(controller, "host")
    want = {**name("credentials", "host"), "credentials": ["host"], "instance_group": "writers"}
    assert controller_plan(found_in(controller), want)["refusals"] == []
    # Jobs of others may run, and other types be in use.
    controller.jobs.append({"name": "Backup", "status": "running", "unified_job_template": 0})
    marked_one = credential(controller, "L UiPath", description=f"It is. {MARK}")
    controller.remove(controller.named("credentials", "host"))
    plan = controller_plan(found_in(controller), wanted(state="absent"))
    assert plan["refusals"] == []
    assert [one["id"] for one in plan["credentials"]] == [marked_one.id]


# --- what was made once ----------------------------------------------------------------------------------------------


def test_what_was_made_once_is_told_and_what_others_use_stays(controller: Controller) -> None:
    here = controller.named("organizations", "Default").id
    old = marked("job_templates", "Old Audit", controller, organization=here)
    marked("schedules", "Daily", controller, unified_job_template=old.id)
    inventory = marked("inventories", "Old Localhost", controller, organization=here)
    marked("projects", "Old Project", controller, organization=here)
    controller.add("job_templates", {"name": "Backup", "organization": here, "inventory": inventory.id})
    kind = controller.add(
        "credential_types",
        {"name": "Old UiPath", "description": "It is. Made by awx_job_templates.", "inputs": {"fields": []}},
    )
    credential(controller, "Old UiPath", "Old UiPath", description=f"It is. {MARK}")
    # Not the role's, or not of this organization and set.
    controller.add("schedules", {"name": "By hand", "unified_job_template": old.id})
    marked("projects", "Emea Project", controller, organization=here, description=MARK.replace(".", ", emea."))
    marked("inventories", "Else", controller, description=MARK.replace("Default", "Other"))
    plan = controller_plan(found_in(controller), wanted())
    assert {(one["kind"], one["name"]): one["used_by"] for one in plan["former"]} == {
        ("schedules", "Daily"): [],
        ("job_templates", "Old Audit"): [],
        ("credentials", "Old UiPath"): [],
        ("inventories", "Old Localhost"): ["Backup"],
        ("projects", "Old Project"): [],
        ("credential_types", "Old UiPath"): [],
    }
    assert plan["former_told"][0] == "The role made the schedule 'Daily' of Old Audit once and makes it no more."
    assert any("It stays, as it is used by Backup." in told for told in plan["former_told"])
    # A type that somebody else's credential has is not the role's to tell of.
    credential(controller, "by hand", "Old UiPath")
    left = controller_plan(found_in(controller), wanted())["former"]
    assert kind.id not in {one["id"] for one in left}


def test_a_template_that_another_workflow_runs_stays(controller: Controller) -> None:
    here = controller.named("organizations", "Default").id
    old = marked("job_templates", "Old Audit", controller, organization=here)
    other = controller.add("workflow_job_templates", {"name": "Nightly", "organization": here})
    fields = {"identifier": "look", "workflow_job_template": other.id, "unified_job_template": old.id}
    controller.add("workflow_job_template_nodes", fields)
    # The role's own node has the new template after this run.
    controller.named("workflow_job_template_nodes", "audit").fields["unified_job_template"] = old.id
    controller.jobs.append({"name": "Old Audit", "status": "running", "unified_job_template": old.id})
    (one,) = controller_plan(found_in(controller), wanted())["former"]
    assert one["used_by"] == ["Nightly, node look", "a job that has not ended"]


# --- links -----------------------------------------------------------------------------------------------------------

OWN = ("audit", "approval", "provision")
IDENTIFIERS = [*OWN, "notify", "report"]
PAIRS = list(itertools.permutations(IDENTIFIERS, 2))


def set_links(controller: Controller, links: dict[tuple[str, str], str]) -> None:
    """Link as somebody did it in the controller, as far as the controller takes it."""
    for node in controller.of("workflow_job_template_nodes"):
        node.links = {kind: [] for kind in LINKS}
    for (parent, child), kind in links.items():
        number = controller.named("workflow_job_template_nodes", child).id
        try:
            controller.link(controller.named("workflow_job_template_nodes", parent), kind, {"id": number})
        except Refused:
            continue


def perform(controller: Controller, step: dict[str, Any]) -> list[str]:
    """One call of awx.awx.workflow_job_template_node: what may have become a root after each of its requests."""
    node = controller.named("workflow_job_template_nodes", step["identifier"])
    seen: list[str] = []
    for kind in KINDS:
        told = [controller.named("workflow_job_template_nodes", child).id for child in step[kind]]
        there = list(node.links[kind])
        for number in set(there) - set(told):
            controller.link(node, kind, {"id": number, "disassociate": True})
            seen += controller.roots("L Workflow")
        for number in set(told) - set(there):
            controller.link(node, kind, {"id": number})
    return seen


@pytest.mark.parametrize("seed", range(20))
def test_mending_starts_nothing_that_did_not_start_by_itself(seed: int) -> None:
    lot = random.Random(seed)
    refused = [mended(lot) for _workflow in range(25)].count(False)
    assert refused < 25


def mended(lot: random.Random) -> bool:
    """Mend a workflow that somebody linked by lot; whether it was not refused."""
    links = {pair: lot.choice(LINKS) for pair in lot.sample(PAIRS, lot.randint(0, 6))}
    controller = controller_with_foreign_nodes()
    set_links(controller, links)
    before = {
        node.fields["identifier"]: copy.deepcopy(node.links) for node in controller.of("workflow_job_template_nodes")
    }
    roots = controller.roots("L Workflow")
    plan = controller_plan(found_in(controller), wanted())
    if plan["refusals"]:
        return False
    seen: list[str] = []
    for step in plan["links"]:
        seen += perform(controller, step)
    # The wrong kind of the one link goes before the right one comes.
    of_wrong_kind = links.get(("approval", "provision")) not in (None, "success_nodes")
    assert set(seen) - roots <= {"audit", "approval"} | ({"provision"} if of_wrong_kind else set())
    for node in controller.of("workflow_job_template_nodes"):
        identifier = node.fields["identifier"]
        own = [controller.named("workflow_job_template_nodes", one).id for one in OWN]
        wants = next((dict(one["links"]) for one in NODES if one["identifier"] == identifier), None)
        for kind in LINKS:
            others = [number for number in before[identifier][kind] if wants is None or number not in own]
            mine = [controller.named("workflow_job_template_nodes", one).id for one in (wants or {}).get(kind, [])]
            assert sorted(node.links[kind]) == sorted(others + mine)
    assert controller.roots("L Workflow") - roots <= {"audit"}
    assert not controller_plan(found_in(controller), wanted())["links"]
    return True


def controller_with_foreign_nodes() -> Controller:
    """The role's three nodes and two of somebody else, not linked."""
    fresh = Controller()
    here = fresh.named("organizations", "Default").id
    workflow = marked("workflow_job_templates", "L Workflow", fresh, organization=here).id
    for one in TYPES:
        fresh.add("credential_types", {**one, "name": one["name"].replace("Licensing", "L")})
    for identifier in IDENTIFIERS:
        fresh.add("workflow_job_template_nodes", {"identifier": identifier, "workflow_job_template": workflow})
    return fresh


# --- inputs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (
            {"auth_flow": "", "scope": None, "username": "  ", "ca_path": [], "base_url": "https://a"},
            {"base_url": "https://a"},
        ),
        ({"validate_certs": False}, {"validate_certs": "false"}),
        ({"validate_certs": True, "account_id": 123}, {"validate_certs": "true", "account_id": "123"}),
        ({"api_version": 0}, {"api_version": "0"}),
        ({"api_key": ["a"]}, {"api_key": ["a"]}),
        (None, {}),
        ("", {}),
        ("text", "text"),
    ],
)
def test_inputs_are_sent_as_a_controller_keeps_them(told: Any, kept: Any) -> None:
    assert credential_inputs(told) == kept
    if isinstance(told, dict):
        assert credential_inputs(kept) == kept


def test_the_controller_takes_the_first_choice_where_one_is_empty_or_false(controller: Controller) -> None:
    """What the modules of awx.awx would send as it is told."""
    number = controller.named("credential_types", "L UiPath").id
    inputs = {**SUITE, "auth_flow": "", "validate_certs": False, "username": None}
    made = controller.make("credentials", {"name": "host", "credential_type": number, "inputs": inputs})
    kept = {**SUITE, "auth_flow": "as given", "validate_certs": "as given", "username": ""}
    assert made.fields["inputs"] == kept
    with pytest.raises(Refused, match="no text"):
        controller.change(made, {"inputs": {**SUITE, "validate_certs": True}})
