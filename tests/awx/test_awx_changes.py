# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role with names and credentials of its user, a change of it, and its removal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.awx.controller import Controller
from ansible_collections.tenantops.licensing.tests.awx.kinds import KINDS
from ansible_collections.tenantops.licensing.tests.awx.playing import CREDENTIALS, SECRETS, Applied

Role = Callable[..., Applied]
INPUTS = CREDENTIALS["awx_job_templates_credential_inputs"]
FLEET: dict[str, Any] = {
    "awx_job_templates_credential_inputs": {
        # With what somebody leaves empty, and with a boolean: a controller keeps neither as it is.
        "uipath": {**INPUTS["uipath"], "auth_flow": "", "scope": None, "validate_certs": False},
        "yext": INPUTS["yext"],
    },
    "awx_job_templates_organization": "Fleet",
    "awx_job_templates_prefix": "Fleet",
    "awx_job_templates_scm_allow_override": False,
    "awx_job_templates_state_file": "agreed/fleet.yml",
    "awx_job_templates_audit_variables": {"license_audit_fail_on": ["drift", "unreadable"]},
    "awx_job_templates_report_directory": "/srv/reports",
    "awx_job_templates_approval_timeout": 3600,
    "awx_job_templates_schedules": [
        {
            "name": "Every night",
            "template": "workflow",
            "rrule": "DTSTART;TZID=Europe/Berlin:20260105T030000 RRULE:FREQ=DAILY;INTERVAL=1",
        },
        {
            "name": "Sundays",
            "rrule": "DTSTART;TZID=Europe/Berlin:20260104T050000 RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SU",
            "enabled": False,
        },
    ],
}


@pytest.fixture(scope="module")
def made(controller: Controller, role: Role) -> Applied:
    check = role("--check", **FLEET)
    assert check.status == 0, check.output
    assert controller.writes == []
    real = role(**FLEET)
    assert real.status == 0, real.output
    assert check.changes() == real.changes()
    # It waited until the project had its playbooks.
    assert real.output.count("FAILED - RETRYING") == 1
    assert controller.asked_for_playbooks == 1 + 3
    assert not any(secret in run.output for run in (check, real) for secret in SECRETS)
    return real


def test_names_begin_with_the_prefix(made: Applied, controller: Controller) -> None:
    assert made.status == 0
    free = {"organizations", "hosts", "workflow_job_template_nodes", "schedules"}
    names = controller.names()
    assert names.keys() == set(KINDS) - {"instance_groups"}  # which the role does not make
    assert names["organizations"] == {"Default", "Fleet"}
    assert [name for path in names.keys() - free for name in names[path] if not name.startswith("Fleet ")] == []
    assert names["schedules"] == {"Every night", "Sundays"}


def test_options_reach_the_objects(made: Applied, controller: Controller) -> None:
    assert made.status == 0
    assert json.loads(controller.named("job_templates", "Fleet Audit").fields["extra_vars"]) == {
        "licensing_state_file": "/runner/project/agreed/fleet.yml",
        "license_audit_report_directory": "/srv/reports",
        "license_audit_fail_on": ["drift", "unreadable"],
    }
    assert controller.named("workflow_approval_templates", "Fleet Approval").fields["timeout"] == 3600
    schedules = {one.fields["name"]: one.fields for one in controller.of("schedules")}
    assert [schedules[name]["enabled"] for name in ("Every night", "Sundays")] == [True, False]
    runs = controller.things[schedules["Every night"]["unified_job_template"]]
    assert runs.fields["name"] == "Fleet Audit and Provision"


def test_credentials_are_made_and_given_to_the_job_templates(made: Applied, controller: Controller) -> None:
    assert made.status == 0
    inputs = {**INPUTS, "uipath": {**INPUTS["uipath"], "validate_certs": "false"}}
    credentials = {word: controller.named("credentials", f"Fleet {word}") for word in ("UiPath", "Yext")}
    assert [one.fields["inputs"] for one in credentials.values()] == [inputs["uipath"], inputs["yext"]]
    for template in controller.of("job_templates"):
        assert sorted(template.links["credentials"]) == sorted(one.id for one in credentials.values())


RENAMED = {**FLEET, "awx_job_templates_names": {"execution_environment": "Other", "audit": "Look"}}


def test_a_check_tells_of_a_change_what_the_real_run_does(made: Applied, controller: Controller, role: Role) -> None:
    assert made.status == 0
    # Somebody made a link that leads past the approval, and a node of their own.
    audit, provision = (controller.named("workflow_job_template_nodes", name) for name in ("audit", "provision"))
    audit.links["success_nodes"].append(provision.id)
    own = controller.add("job_templates", {"name": "Notify", "organization": 1})
    place = {"identifier": "notify", "workflow_job_template": audit.fields["workflow_job_template"]}
    notify = controller.add("workflow_job_template_nodes", {**place, "unified_job_template": own.id})
    audit.links["success_nodes"].append(notify.id)
    controller.calls.clear()
    controller.started.clear()
    renamed = {**RENAMED, "awx_job_templates_remove_former": True}
    check = role("--check", **renamed)
    assert check.status == 0, check.output
    assert controller.writes == []
    assert "The role made the schedule 'Sundays' of Fleet Audit once and makes it no more." in check.output
    real = role(**renamed)
    assert real.status == 0, real.output
    assert real.changes() == check.changes()
    # Neither was ever left without a node before it.
    assert not controller.started & {"Notify", "Fleet Provision"}
    assert not [call for call in controller.writes if "/credentials/" in call and call.startswith("PATCH")]
    assert real.changes() == {
        "execution environment Other",
        "job template Fleet Provision",
        "job template Look",
        "job template Fleet Retire",
        "node audit",
        "node approval",
        "links of node audit",
        "schedule Sundays",
        "Remove former schedules Sundays",
        "Remove former job templates Fleet Audit",
        "Remove former execution environments Fleet Execution Environment",
    }
    assert audit.links["success_nodes"] == [notify.id]
    controller.remove(own)


def test_what_was_made_is_taken_away_again(made: Applied, controller: Controller, role: Role) -> None:
    assert made.status == 0
    # Without the secrets: what the role made is known by its description.
    absent = {**RENAMED, "awx_job_templates_state": "absent", "awx_job_templates_credential_inputs": None}
    number = controller.named("credential_types", "Fleet UiPath").id
    by_hand = controller.add("credentials", {"name": "By hand", "credential_type": number})
    controller.calls.clear()
    refused = role(**absent)
    assert refused.status != 0
    assert "Nothing was changed." in refused.output
    assert "cannot be removed while credentials have it that the role did not make: 'By hand'" in refused.output
    assert controller.writes == []
    controller.remove(by_hand)
    gone = role(**absent)
    assert gone.status == 0, gone.output
    assert controller.names().keys() <= {"organizations", "workflow_approval_templates"}
    controller.calls.clear()
    again = role(**absent)
    assert again.status == 0, again.output
    assert "changed=0 " in again.output
    assert controller.writes == []
