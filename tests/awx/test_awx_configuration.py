# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration data under docs/awx: what the installed modules and a controller take."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.awx.configuration import configuration, payloads
from ansible_collections.tenantops.licensing.tests.awx.modules import argument_spec, faults
from ansible_collections.tenantops.licensing.tests.awx.rules import (
    credential_type_faults,
    schedule_faults,
    survey_faults,
    survey_variables,
)

QUESTION = {"question_name": "Who", "variable": "who", "type": "text", "required": False, "default": ""}
RULE = "DTSTART;TZID=UTC:20260105T051500 RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO"


@pytest.mark.parametrize(
    ("module", "payload"),
    [pytest.param(module, payload, id=f"{kind} {payload.get('name')}") for kind, module, payload in payloads()],
)
def test_the_installed_modules_take_it(module: str, payload: dict[str, Any]) -> None:
    spec, _constraints = argument_spec(module)
    assert payload.keys() <= spec.keys()  # a name by which the shape knows an option, too, is the module's own
    assert faults(module, payload) == []


@pytest.mark.parametrize(
    ("module", "payload"),
    [
        ("project", {}),
        ("project", {"name": "Licensing", "scm": "git"}),
        ("project", {"name": "Licensing", "scm_type": "cvs"}),
        ("project", {"name": "Licensing", "scm_update_on_launch": "yes"}),
        ("workflow_job_template_node", {"identifier": "audit", "workflow_job_template": "Licensing"}),
    ],
)
def test_what_a_module_does_not_take_is_found(module: str, payload: dict[str, Any]) -> None:
    assert faults(module, payload)


def test_a_controller_takes_the_surveys() -> None:
    surveys = [one["survey_spec"] for one in configuration()["controller_templates"] if one["survey_enabled"]]
    assert len(surveys) == 2
    assert [survey_faults(survey) for survey in surveys] == [[], []]


def test_a_controller_takes_the_schedules() -> None:
    for schedule in configuration()["controller_schedules"]:
        assert schedule_faults(schedule["rrule"]) == []


def test_a_controller_takes_the_credential_types() -> None:
    for one in configuration()["controller_credential_types"]:
        assert credential_type_faults(one["inputs"], one["injectors"]) == []


def test_provisioning_needs_no_answer_and_retirement_needs_two() -> None:
    templates = configuration()["controller_templates"]
    surveys = {one["name"]: one["survey_spec"] for one in templates if one["survey_enabled"]}
    whole_file = {"tenant_provisioning_organization": "", "tenant_provisioning_tenant": ""}
    assert survey_variables(surveys["Licensing Provision"], {}) == whole_file
    answers = {"tenant_retirement_organization": "delilah", "tenant_retirement_confirm": "delilah"}
    assert survey_variables(surveys["Licensing Retire"], answers) == {**answers, "tenant_retirement_tenants": ""}
    for missing in answers:
        with pytest.raises(ValueError, match=missing):
            survey_variables(surveys["Licensing Retire"], {name: answers[name] for name in answers if name != missing})


@pytest.mark.parametrize(
    "survey",
    [
        [],
        {"name": "Who", "spec": [QUESTION]},
        {"name": "Who", "description": "", "spec": []},
        {"name": "Who", "description": "", "spec": [{**QUESTION, "type": "word"}]},
        {"name": "Who", "description": "", "spec": [{**QUESTION, "required": "no"}]},
        {"name": "Who", "description": "", "spec": [{**QUESTION, "default": 1}]},
        {"name": "Who", "description": "", "spec": [{**QUESTION, "min": "1"}]},
        {"name": "Who", "description": "", "spec": [{**QUESTION, "type": "multiplechoice"}]},
        {"name": "Who", "description": "", "spec": [QUESTION, QUESTION]},
    ],
)
def test_a_survey_that_a_controller_refuses_is_found(survey: Any) -> None:
    assert survey_faults(survey)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=DAILY;INTERVAL=1",
        "DTSTART:20260105T051500 RRULE:FREQ=DAILY;INTERVAL=1",
        "DTSTART;TZID=UTC:20260105T051500",
        "DTSTART;TZID=UTC:20260105T051500 RRULE:FREQ=DAILY",
        "DTSTART;TZID=UTC:20260105T051500 RRULE:FREQ=SECONDLY;INTERVAL=1",
        "DTSTART;TZID=UTC:20260105T051500 RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO",
        "DTSTART;TZID=UTC:20260105T051500 RRULE:FREQ=DAILY;INTERVAL=1;COUNT=1000",
        "DTSTART;TZID=UTC:20260105T051500 RRULE:FREQ=DAILY;INTERVAL=1;COUNT=1",
        f"{RULE} EXDATE:20260112T051500Z",
        f"{RULE} DTSTART;TZID=UTC:20260106T051500",
        "DTSTART;TZID=Nowhere/City:20260105T051500 RRULE:FREQ=DAILY;INTERVAL=1",
    ],
)
def test_a_schedule_that_a_controller_refuses_is_found(rule: str) -> None:
    assert schedule_faults(RULE) == []
    assert schedule_faults(rule)


@pytest.mark.parametrize(
    ("inputs", "injectors"),
    [
        ({"fields": [{"id": "key", "type": "string"}]}, {}),
        ({"fields": [{"id": "key", "label": "Key"}]}, {}),
        ({"fields": [{"id": "verify", "label": "Verify", "type": "boolean"}]}, {}),
        ({"fields": [], "required": ["key"]}, {}),
        ({"fields": []}, {"env": {"KEY": "{{ key }}"}}),
        ({"fields": [{"id": "key", "label": "Key", "type": "string"}] * 2}, {}),
        ({"fields": []}, {"extra_vars": {}}),
    ],
)
def test_a_credential_type_that_a_controller_refuses_is_found(inputs: Any, injectors: Any) -> None:
    assert credential_type_faults(inputs, injectors)
