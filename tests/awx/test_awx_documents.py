# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents say of the role: the variables in their samples, and the files of the repository."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.tenantops.licensing.tests.awx.configuration import configuration
from ansible_collections.tenantops.licensing.tests.awx.playing import DEMANDED, ROLE
from ansible_collections.tenantops.licensing.tests.awx.rules import schedule_faults

TOP = ROLE.parents[1]
GUIDE = TOP / "docs/guides/awx.md"
DOCUMENTS = [GUIDE, ROLE / "README.md"]
SAMPLES = [
    pytest.param(yaml.safe_load(block), id=f"{document.stem} {number}")
    for document in DOCUMENTS
    for number, block in enumerate(re.findall(r"^```yaml\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL))
]


def options() -> dict[str, Any]:
    specs = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())
    return dict(specs["argument_specs"]["main"]["options"])


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_role_takes_the_variables_of_a_sample(sample: dict[str, Any]) -> None:
    assert sample.keys() >= DEMANDED.keys()
    assert ArgumentSpecValidator(options()).validate(sample).error_messages == []
    for schedule in sample.get("awx_job_templates_schedules", []):
        assert schedule_faults(schedule["rrule"]) == []


def test_the_repository_has_what_the_job_templates_run() -> None:
    files = dict(re.findall(r"^\| `([\w/.]+)` \| (.+) \|$", GUIDE.read_text(), re.MULTILINE))
    for template in configuration()["controller_templates"]:
        (play,) = yaml.safe_load(files.pop(template["playbook"]).strip("`"))
        _collection, _dot, name = play["import_playbook"].rpartition(".")
        assert (TOP / "playbooks" / f"{name}.yml").exists()
    (required,) = yaml.safe_load(files.pop("collections/requirements.yml").strip("`"))["collections"]
    assert required == {
        "name": "tenantops.licensing",
        "version": yaml.safe_load((TOP / "galaxy.yml").read_text())["version"],
    }
    assert files.keys() == {"licensing.yml"}
    assert {template["extra_vars"]["licensing_state_file"] for template in configuration()["controller_templates"]} == {
        "/runner/project/licensing.yml"
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(TOP)))
def test_a_document_names_options_that_exist(document: Any) -> None:
    named = set(re.findall(r"`(awx_job_templates_\w+)", document.read_text()))
    assert named
    assert named <= options().keys()
