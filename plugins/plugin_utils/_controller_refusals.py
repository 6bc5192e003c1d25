# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller, or the role, would refuse in the middle: found before the first change. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.tenantops.licensing.plugins.plugin_utils._controller_former import is_marked
from ansible_collections.tenantops.licensing.plugins.plugin_utils._controller_workflow import (
    circle,
    past_approval,
    set_by_hand,
)

Found = Mapping[str, list[Mapping[str, Any]]]
Wanted = Mapping[str, Any]


def refusals(found: Found, wanted: Wanted) -> list[str]:
    """Why the role would not come to its end, each in one sentence with the way out."""
    if wanted["state"] == "absent":
        return [*_types_in_use(found, wanted), *_running(found, wanted)]
    return [
        *_missing(found, wanted),
        *_same_names(found, wanted),
        *_elsewhere(found, wanted),
        *_wrong_inputs(wanted),
        *_wrong_schedules(wanted),
        *_one_type_twice(found, wanted),
        *_types_not_allowed(found, wanted),
        *_shared_groups(found, wanted),
        *_workflow(found, wanted),
    ]


# --- what is to be there ---------------------------------------------------------------------------------------------


def _missing(found: Found, wanted: Wanted) -> Iterator[str]:
    """What the user names and the controller does not have, or has more than once."""
    for one, name in ((named, name) for named in wanted["named"] for name in named["names"] if name):
        number = len([thing for thing in found[one["kind"]] if name in (thing["name"], str(thing["id"]))])
        if number == 0:
            yield (
                f"{one['option']} names {name!r}, which is not among the {one['kind'].replace('_', ' ')} that "
                "this user sees in the controller: make it first, or correct the name"
            )
        elif number > 1:
            yield (
                f"{one['option']} names {name!r}, of which the controller has {number}: awx.awx finds them by "
                "the name alone, so rename all but one"
            )


def _same_names(found: Found, wanted: Wanted) -> Iterator[str]:
    """Whatever can be run is found by its name alone, of whichever kind it is."""
    for name, number in Counter(wanted["runnable"].values()).items():
        if number > 1:
            kinds = ", ".join(kind for kind, one in wanted["runnable"].items() if one == name)
            yield f"{name!r} would be the name of more than one object ({kinds}): set awx_job_templates_names"
    kinds_of = {"projects": {"project"}, "workflows": {"workflow"}, "job_templates": {"provision", "audit", "retire"}}
    for listed, own in kinds_of.items():
        for kind, name in wanted["runnable"].items():
            if kind not in own and any(thing["name"] == name for thing in found[listed]):
                yield (
                    f"{name!r} is to be the {kind}, but the controller has it among its {listed.replace('_', ' ')}: "
                    "set awx_job_templates_names"
                )


def _elsewhere(found: Found, wanted: Wanted) -> Iterator[str]:
    """What awx.awx finds by its name in every organization, and would mistake for the role's own."""
    here = {one["id"] for one in found["organizations"]}
    for kind in ("inventories", "execution_environments", "credentials"):
        own = set(wanted["own"][kind]) & set(wanted["given"] if kind == "credentials" else wanted["own"][kind])
        for thing in found[kind]:
            if thing["name"] in own and thing["organization"] not in here:
                yield (
                    f"{thing['name']!r} is there already among the {kind.replace('_', ' ')} of another organization, "
                    "and awx.awx finds it by its name alone: set another awx_job_templates_prefix"
                )


def _wrong_schedules(wanted: Wanted) -> Iterator[str]:
    for (name, template), number in Counter((one["name"], one["template"]) for one in wanted["schedules"]).items():
        if number > 1:
            yield f"awx_job_templates_schedules has {name!r} for {template!r} {number} times"
    for one in wanted["schedules"]:
        rule = str(one["rrule"])
        lacks = [
            what
            for what, pattern in {
                "DTSTART with a time zone": r"^DTSTART(;TZID=[^:\s]+:\d{8}T\d{6}|:\d{8}T\d{6}Z)(\s|$)",
                "an RRULE": r"\sRRULE:",
                "an INTERVAL": r"\sRRULE:\S*\bINTERVAL=\d",
            }.items()
            if not re.search(pattern, rule)
        ]
        if lacks:
            yield f"The rule of the schedule {one['name']!r} lacks {' and '.join(lacks)}: {rule}"


# --- credentials -----------------------------------------------------------------------------------------------------


def _wrong_inputs(wanted: Wanted) -> Iterator[str]:
    """Fields that the credential type does not have, lacks, or does not take; never with their values."""
    for product, inputs in wanted["inputs"].items():
        place = f"awx_job_templates_credential_inputs.{product}"
        if not isinstance(inputs, Mapping):
            yield f"{place} is no dictionary of the fields of the credential type"
            continue
        definition = wanted["types"][product]["inputs"]
        fields = {field["id"]: field for field in definition["fields"]}
        for name in inputs.keys() - fields.keys():
            yield f"{place} has {name!r}, which is no field of the credential type; it has {', '.join(fields)}"
        for name in definition.get("required", []):
            if name not in inputs:
                yield f"{place} lacks {name!r}, which the credential type requires"
        for name, value in inputs.items():
            choices = fields.get(name, {}).get("choices")
            if not isinstance(value, str):
                yield f"{place}.{name} is no text"
            elif choices and value not in choices:
                yield f"{place}.{name} is none of its choices, which are {', '.join(choices)}"


def _one_type_twice(found: Found, wanted: Wanted) -> Iterator[str]:
    """A job takes one credential of each type, but for vaults."""
    vaults = {one["id"] for one in found["credential_types"] if one.get("kind") == "vault"}
    types = {one["id"]: one["name"] for one in found["credential_types"]}
    by_type: dict[Any, list[str]] = {}
    for name in wanted["credentials"]:
        for credential in found["credentials"]:
            if credential["name"] == name and credential["credential_type"] not in vaults:
                by_type.setdefault(types.get(credential["credential_type"]), []).append(name)
    for name in wanted["given"]:
        if not any(credential["name"] == name for credential in found["credentials"]):
            by_type.setdefault(name, []).append(name)
    for kind, names in by_type.items():
        if len(set(names)) > 1:
            yield f"{' and '.join(names)} are both of the credential type {kind!r}, of which a job template takes one"


def _types_not_allowed(found: Found, wanted: Wanted) -> Iterator[str]:
    if all(user.get("is_superuser") for user in found["me"]):
        return
    there = {one["name"]: one for one in found["credential_types"]}
    parts = ("description", "kind", "inputs", "injectors")
    other = [
        one["name"]
        for one in wanted["types"].values()
        if any(there.get(one["name"], {}).get(part) != one[part] for part in parts)
    ]
    if other:
        yield (
            f"The credential types {' and '.join(other)} are to be made or changed, which takes a system "
            "administrator: have one run the role first"
        )


# --- jobs ------------------------------------------------------------------------------------------------------------


def _shared_groups(found: Found, wanted: Wanted) -> Iterator[str]:
    """An instance group keeps jobs apart only where it takes one at a time."""
    for group in found["instance_groups"]:
        if group["name"] == wanted["instance_group"] and group.get("max_concurrent_jobs") != 1:
            yield (
                f"The instance group {group['name']!r} of awx_job_templates_instance_group takes "
                f"{group.get('max_concurrent_jobs') or 'any number of'} jobs at a time, and so keeps none apart: set "
                "its max_concurrent_jobs to 1"
            )


def _workflow(found: Found, wanted: Wanted) -> Iterator[str]:
    name = wanted["workflow"]
    numbers = [one["id"] for one in found["workflows"] if one["name"] == name]
    nodes = [node for node in found["nodes"] if node["workflow_job_template"] in numbers]
    own = {node["identifier"] for node in wanted["nodes"]}
    templates = {one["name"]: one["id"] for one in found["job_templates"]}
    guarded = {wanted["runnable"][kind]: templates.get(wanted["runnable"][kind]) for kind in ("provision", "retire")}
    for way in past_approval(nodes, wanted["nodes"], "approval", guarded):
        others = ", ".join(one for one in way if one not in own)
        yield (
            f"In the workflow {name!r} a way leads past the approval: {' → '.join(way)}. The role leaves nodes that it "
            f"did not make as they are: take {others} or its links out in the controller"
        )
    round_trip = circle(nodes, wanted["nodes"])
    if round_trip:
        yield (
            f"In the workflow {name!r} {', '.join(round_trip)} would follow themselves: take "
            f"{', '.join(one for one in round_trip if one not in own)} or its links out in the controller"
        )
    for node in nodes:
        by_hand = set_by_hand(node)
        if node["identifier"] in own and by_hand:
            yield (
                f"In the workflow {name!r} somebody set {', '.join(by_hand)} on the node {node['identifier']}, which "
                "is to run its template as it is: empty the node's prompts in the controller, since awx.awx cannot"
            )


# --- taking away -----------------------------------------------------------------------------------------------------


def _types_in_use(found: Found, wanted: Wanted) -> Iterator[str]:
    """A controller refuses to remove a type that any credential has, and would do so after all else is gone."""
    removed = {one["id"] for one in own_credentials(found, wanted)}
    for one in found["credential_types"]:
        users = [
            repr(thing["name"])
            for thing in found["credentials"]
            if thing["credential_type"] == one["id"] and thing["id"] not in removed
        ]
        if one["name"] in wanted["own"]["credential_types"] and users:
            yield (
                f"The credential type {one['name']!r} cannot be removed while credentials have it that the role did "
                f"not make: {', '.join(users)}. Remove them first; or name those of the role in "
                "awx_job_templates_credential_inputs"
            )


def own_credentials(found: Found, wanted: Wanted) -> list[dict[str, Any]]:
    """The credentials that go with the role: marked ones of its types, and those whose inputs are given."""
    types = {one["id"] for one in found["credential_types"] if one["name"] in wanted["own"]["credential_types"]}
    organizations = {one["id"] for one in found["organizations"]}
    return [
        {"id": one["id"], "name": one["name"], "credential_type": one["credential_type"]}
        for one in found["credentials"]
        if one["credential_type"] in types
        and one["organization"] in organizations
        and (is_marked(one, wanted["mark"]) or one["name"] in wanted["given"])
    ]


def _running(found: Found, wanted: Wanted) -> Iterator[str]:
    own = {
        thing["id"]
        for kind in ("job_templates", "workflows", "projects")
        for thing in found[kind]
        if thing["name"] in wanted["own"][kind]
    }
    names = sorted({str(job["name"]) for job in found["jobs"] if job["unified_job_template"] in own})
    if names:
        yield (
            f"Jobs of {', '.join(names)} have not ended, and a controller removes nothing that runs: wait for them or "
            "cancel them"
        )
