# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge sees each thing that must not be: one made-up end of a task for each rule, and what it must not see."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.unit.bad_days.judge import RULES, Case, judge, outcome_of
from ansible_collections.tenantops.licensing.tests.unit.bad_days.running import Holdings, Ran, place
from ansible_collections.tenantops.licensing.tests.unit.bad_days.scenarios import SCENARIOS, TOKEN
from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import Made

SERVICE = place("org-a", "t-1", "orchestrator")
STORE = place("p-1", "store-1")
BEFORE: Holdings = {"org-a": {"UNATT": 20, "TIE": 5}, SERVICE: {"UNATT": 5}, STORE: "never"}
AFTER: Holdings = {"org-a": {"UNATT": 22, "TIE": 5}, SERVICE: {"UNATT": 5}, STORE: "2091-05-31"}
READ = Made("GET", "GET /x", 1, "read", "ReadIt")
WRITE = Made("PUT", "PUT /x", 1, "write", "WriteIt")


def entry(where: str, outcome: str, after: Any, **more: Any) -> dict[str, Any]:
    if where == STORE:
        ids = {"license_pack_id": "p-1", "entity_id": "store-1"}
        after = None if after is None else {"expiration_date": None if after == "never" else after}
    else:
        names = ("organization_id", "tenant_id", "service_type")
        ids = dict(zip(names, ["org-a"] if where == "org-a" else json.loads(where), strict=False))
    return {**ids, "outcome": outcome, "after": after, **more}


GOOD_ENTRIES = [
    entry("org-a", "updated", {"UNATT": 22, "TIE": 5}),
    entry(SERVICE, "unchanged", {"UNATT": 5}),
    entry(STORE, "updated", "2091-05-31"),
]
FAILURE = {"kind": "connection", "message": "It broke"}


def ran(result: Mapping[str, Any] | str, after: Holdings | None = None, **more: Any) -> Ran:
    printed = result if isinstance(result, str) else json.dumps(result)
    code = 1 if isinstance(result, Mapping) and result.get("failed") else 0
    return Ran(
        **{
            **{"printed": printed, "code": code, "raised": None, "seconds": 0.1, "megabytes": 1.0},
            **{"before": BEFORE, "after": AFTER if after is None else after, "calls": [READ, WRITE]},
            **more,
        }
    )


def case(ended: Ran, scenario: str = "org_licenses: two organizations, stop", **more: Any) -> Case:
    good = ran({"changed": True, "entries": GOOD_ENTRIES})
    return Case(SCENARIOS[scenario], good, ended, **more)


def success(**more: Any) -> dict[str, Any]:
    return {"changed": True, "entries": GOOD_ENTRIES, **more}


def failed(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"failed": True, "changed": False, "msg": "It broke", "failure": FAILURE, "entries": list(entries), **more}


UNTOUCHED = [entry("org-a", "failed", BEFORE["org-a"], failure=FAILURE), entry(SERVICE, "not_attempted", {"UNATT": 5})]
INFO = "org_license_info: one organization"
AUDIT = "license_audit_info: both vendors"


def informed(told: Mapping[str, Any], truth: Mapping[str, Any], scenario: str = INFO) -> Case:
    ended = ran(told, BEFORE, calls=[READ])
    return replace(case(ended, scenario), good=ran(truth, BEFORE, calls=[READ]))


LICENSE = {"organization_id": "org-a", "state": "present", "products": [{"code": "UNATT", "quantity": 20}]}
MISSING = {"kind": "missing", "concern": "drift", "organization_id": "org-b", "code": "TIE", "held": 0}
DARK = {"kind": "unreadable", "concern": "reading", "organization_id": "org-b"}

BROKEN: Mapping[str, Case] = {
    "it ends": case(ran(success(), seconds=99.0)),
    "calls are bounded": case(ran(success(), calls=[READ] * 5000)),
    "memory is bounded": case(ran(success(), megabytes=900.0)),
    "one result": case(ran('{"changed": true} {"changed": true}')),
    "one result, of an exception": case(ran(success(), raised="ValueError: x")),
    "one result, of a code": case(ran(success(), code=1)),
    "no traceback": case(ran(success(warnings=["Traceback (most recent call last)"]))),
    "the kind is documented": case(ran(failed(*UNTOUCHED, failure={"kind": "odd", "message": "m"}), BEFORE)),
    "the kind is documented, of an entry": case(
        ran(failed(entry("org-a", "failed", BEFORE["org-a"], failure={"kind": "odd"})), BEFORE)
    ),
    "no write on what is unreadable": case(ran(success()), unplannable=True),
    "no foreign call": case(ran(success(), calls=[replace(WRITE, operation=None)])),
    "no write in check mode": case(
        ran(success(), BEFORE, calls=[WRITE]), "org_licenses: two organizations in check mode"
    ),
    "unchanged is true": case(ran(failed(changed=False))),
    "changed is true": case(ran(failed(*UNTOUCHED, changed=True), BEFORE)),
    "success is what was wanted": case(ran({"changed": False}, BEFORE)),
    "nothing is lost": case(ran(failed(changed=True), {**AFTER, "org-a": {"UNATT": 22}})),
    "nothing is lost, of an entity": case(
        ran(failed(changed=True), {where: what for where, what in AFTER.items() if where != STORE})
    ),
    "nothing is more": case(ran(failed(changed=True), {**AFTER, "org-a": {"UNATT": 23, "TIE": 5}})),
    "nothing is more, of an end": case(ran(failed(changed=True), {**AFTER, STORE: "2077-01-01"})),
    "the report is the server": case(ran(failed(entry("org-a", "failed", BEFORE["org-a"]), changed=True))),
    "the report is the server, of what was": case(
        ran(success(entries=[{**GOOD_ENTRIES[0], "before": {"UNATT": 1}}, *GOOD_ENTRIES[1:]]))
    ),
    "the report is the server, put back": case(
        ran(failed(entry("org-a", "rolled_back", AFTER["org-a"]), changed=True))
    ),
    "the report is the server, of what a failure tells": case(
        ran(failed(entry("org-a", "failed", AFTER["org-a"], failure={**FAILURE, "held": {}}), changed=True))
    ),
    "the report is the server, of one": case(
        ran(
            failed(license={**LICENSE, "products": [{"code": "UNATT", "quantity": 1}]}, outcome="failed", changed=True)
        ),
        "org_license: raise one code",
    ),
    "the prediction is the same": case(
        ran({"changed": True, "entries": GOOD_ENTRIES[:1]}, calls=[READ]),
        "org_licenses: two organizations in check mode",
    ),
    "what is told is true": informed({"license": {**LICENSE, "state": "absent", "products": []}}, {"license": LICENSE}),
    "what is told is true, of what is not there": informed(
        {"findings": [MISSING], "agreed": False}, {"findings": [], "agreed": True}, AUDIT
    ),
    "what is told is true, of what is there": informed(
        {"findings": [], "agreed": True}, {"findings": [MISSING], "agreed": False}, AUDIT
    ),
    "no secret": case(ran(failed(*UNTOUCHED, msg=f"with {TOKEN}"), BEFORE)),
    "no secret, in base64": case(ran(failed(*UNTOUCHED, hint=base64.b64encode(TOKEN.encode()).decode()), BEFORE)),
    "text is visible": case(ran(failed(*UNTOUCHED, msg="a\x1b[31mred"), BEFORE)),
    "text is visible, of a diff": case(ran(success(diff={"before": "", "after": "a\u202eb\n"}))),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_must_not_be_is_seen(name: str) -> None:
    rule = name.partition(",")[0]
    assert rule in [text.partition(": ")[0] for text in judge(BROKEN[name])]


def test_every_rule_is_broken_once() -> None:
    assert {name.partition(",")[0] for name in BROKEN} == set(RULES)


RIGHT: Mapping[str, Case] = {
    "a success": case(ran(success())),
    "a failure before anything was written": case(ran(failed(*UNTOUCHED), BEFORE)),
    "a failure without entries": case(ran({"failed": True, "changed": False, "msg": "m", "failure": FAILURE}, BEFORE)),
    "a failure in the middle": case(
        ran(
            failed(GOOD_ENTRIES[0], entry(STORE, "failed", "never", failure=FAILURE), changed=True),
            {**AFTER, STORE: "never"},
        )
    ),
    "what nobody knows": case(
        ran(failed({"organization_id": "org-a", "outcome": "failed", "failure": FAILURE}, changed=True), BEFORE)
    ),
    "put back": case(ran(failed(entry("org-a", "rolled_back", BEFORE["org-a"])), BEFORE)),
    "what was invented": case(
        ran(failed(entry("org-a", "failed", {"UNATT": 20, "TIE": 5, "odd": 1}, failure=FAILURE)), BEFORE), invents=True
    ),
    "what has another name": case(ran({"changed": False}, BEFORE), renames=True),
    "information": informed({"license": LICENSE}, {"license": LICENSE}),
    "information, spelled as the server does": informed(
        {"license": {**LICENSE, "organization_id": "ORG-A\u200b "}}, {"license": LICENSE}
    ),
    "a place that is dark": informed(
        {"findings": [DARK], "agreed": False}, {"findings": [MISSING], "agreed": False}, AUDIT
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_may_be_is_right(name: str) -> None:
    assert judge(RIGHT[name]) == []


def test_an_end_has_a_name() -> None:
    assert outcome_of(ran(success())) == "as wanted"
    assert outcome_of(ran(failed())) == "connection"
    assert outcome_of(ran("nothing")) == "no result"
