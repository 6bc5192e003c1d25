# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role made once and makes no more, by the mark in its description. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Thing = Mapping[str, Any]
# In an order in which each can go: what refers to others before them.
NAMES = {
    "schedules": "schedule",
    "workflows": "workflow",
    "job_templates": "job template",
    "credentials": "credential",
    "inventories": "inventory",
    "execution_environments": "execution environment",
    "projects": "project",
    "credential_types": "credential type",
}
USES = {"inventories": "inventory", "execution_environments": "execution_environment", "projects": "project"}


def is_marked(thing: Thing, mark: str) -> bool:
    """Whether the last sentence of an object's description tells that the role made it."""
    return str(thing.get("description") or "").rstrip().endswith(mark)


def former(found: Mapping[str, list[Thing]], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each with its kind, its ID, its name, what a schedule is ``of``, and ``used_by``: what keeps it."""
    gone = {kind: list(_gone(kind, found, wanted)) for kind in NAMES if kind != "credential_types"}
    left_credentials = {thing["id"] for thing in gone["credentials"]}
    gone["credential_types"] = [
        thing
        for thing in found["credential_types"]
        if is_marked(thing, wanted["type_mark"])
        and thing["name"] not in wanted["own"]["credential_types"]
        and (used := {one["id"] for one in found["credentials"] if one["credential_type"] == thing["id"]})
        and used <= left_credentials
    ]
    names = _runnable(found)
    ids = {thing["id"] for kind in ("job_templates", "workflows") for thing in gone[kind]}
    return [
        {
            "kind": kind,
            "what": NAMES[kind],
            "id": thing["id"],
            "name": thing["name"],
            "of": names.get(_template(thing)),
            "credential_type": thing.get("credential_type"),
            "used_by": sorted(_users(kind, thing, found, wanted, ids)),
        }
        for kind in NAMES
        for thing in gone[kind]
    ]


def told(one: Mapping[str, Any]) -> str:
    """One of them in words."""
    of = f" of {one['of']}" if one["of"] else ""
    used = f" It stays, as it is used by {' and '.join(one['used_by'])}." if one["used_by"] else ""
    return f"The role made the {one['what']} {one['name']!r}{of} once and makes it no more.{used}"


def _gone(kind: str, found: Mapping[str, list[Thing]], wanted: Mapping[str, Any]) -> Iterator[Thing]:
    if kind == "schedules":
        names = _runnable(found)
        own = {(one["name"], one["template"]) for one in wanted["schedules"]}
        held = {thing["id"] for thing in found[kind] if (thing["name"], names.get(_template(thing))) in own}
    else:
        held = {thing["id"] for thing in found[kind] if thing["name"] in wanted["own"][kind]}
    yield from (thing for thing in found[kind] if is_marked(thing, wanted["mark"]) and thing["id"] not in held)


def _runnable(found: Mapping[str, list[Thing]]) -> dict[Any, str]:
    return {one["id"]: one["name"] for one in (*found["job_templates"], *found["workflows"])}


def _template(thing: Thing) -> Any:
    return thing.get("unified_job_template")


def _users(
    kind: str, thing: Thing, found: Mapping[str, list[Thing]], wanted: Mapping[str, Any], gone: set[int]
) -> Iterator[str]:
    """The job templates and nodes of others that still use it, and jobs that have not ended."""
    if kind != "schedules" and any(job["unified_job_template"] == thing["id"] for job in found["jobs"]):
        yield "a job that has not ended"
    if kind in USES:
        for one in found["job_templates"]:
            is_left = one["id"] not in gone and one["name"] not in wanted["own"]["job_templates"]
            if is_left and one.get(USES[kind]) == thing["id"]:
                yield str(one["name"])
    if kind in ("job_templates", "workflows"):
        workflows = {one["id"]: one["name"] for one in found["workflows"] if one["id"] not in gone}
        own = {node["identifier"] for node in wanted["nodes"]}
        for node in found["nodes"]:
            workflow = workflows.get(node["workflow_job_template"])
            is_own = workflow == wanted["workflow"] and node["identifier"] in own
            if workflow and not is_own and _template(node) == thing["id"]:
                yield f"{workflow}, node {node['identifier']}"
