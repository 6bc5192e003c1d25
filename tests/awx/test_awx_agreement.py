# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What credential types set is what the modules of this collection read, and surveys ask what the roles take."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ansible.module_utils.errors import AnsibleFallbackNotFound

from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.options import UIPATH
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.options import YEXT
from ansible_collections.tenantops.licensing.tests.awx.configuration import configuration
from ansible_collections.tenantops.licensing.tests.awx.playing import ROLE
from ansible_collections.tenantops.licensing.tests.awx.rules import injected

OPTIONS: dict[str, dict[str, Any]] = {"Licensing UiPath": UIPATH, "Licensing Yext": YEXT}
# Of the modules' options in the environment, those that are no part of a sign-in. A credential says who signs in, and
# where. How long to wait, how much to read and what may go in the clear, variables of the job say, which are reviewed.
NO_SIGN_IN = {"timeout", "max_retries", "max_wait", "max_response_size", "allow_plain_http", "page_size"}
TYPES = configuration()["controller_credential_types"]


def variable(option: dict[str, Any]) -> str:
    """The environment variable that supplies an option."""
    _function, (name,) = option["fallback"]
    return str(name)


@pytest.mark.parametrize("credential_type", TYPES, ids=lambda one: str(one["name"]))
class TestCredentialType:
    def test_it_sets_what_the_modules_read(self, credential_type: dict[str, Any]) -> None:
        read = {variable(option): name for name, option in OPTIONS[credential_type["name"]].items()}
        env = credential_type["injectors"]["env"]
        assert env.keys() <= read.keys()
        for name in env:
            assert injected(credential_type, {read[name]: "given"})[name] == "given"
        assert len(env) == len(read.keys() & env.keys())

    def test_a_choice_that_nobody_made_sets_nothing(self, credential_type: dict[str, Any]) -> None:
        """A controller takes the first choice where one is left empty, so that one must stand for none."""
        chosen = [field for field in credential_type["inputs"]["fields"] if "choices" in field]
        assert chosen
        first = injected(credential_type, {field["id"]: field["choices"][0] for field in chosen})
        assert set(first.values()) == {""}

    def test_it_covers_the_whole_sign_in(self, credential_type: dict[str, Any]) -> None:
        fields = {field["id"] for field in credential_type["inputs"]["fields"]}
        assert fields == OPTIONS[credential_type["name"]].keys() - NO_SIGN_IN
        assert len(credential_type["injectors"]["env"]) == len(fields)

    def test_secrets_and_nothing_else_are_secret(self, credential_type: dict[str, Any]) -> None:
        secret = {field["id"] for field in credential_type["inputs"]["fields"] if field.get("secret")}
        options = OPTIONS[credential_type["name"]]
        assert secret == {name for name, option in options.items() if option.get("no_log")}

    def test_choices_are_those_of_the_modules(self, credential_type: dict[str, Any]) -> None:
        options = OPTIONS[credential_type["name"]]
        for field in credential_type["inputs"]["fields"]:
            kind = options[field["id"]]["type"]
            of_module = ["true", "false"] if kind == "bool" else options[field["id"]].get("choices")
            assert field.get("choices") == (["as given", *of_module] if of_module else None)

    def test_a_field_left_empty_counts_as_none(
        self, credential_type: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for option in OPTIONS[credential_type["name"]].values():
            function, names = option["fallback"]
            monkeypatch.setenv(names[0], "")
            with pytest.raises(AnsibleFallbackNotFound):
                function(*names)


@pytest.mark.parametrize(
    "template",
    [one for one in configuration()["controller_templates"] if one["survey_enabled"]],
    ids=lambda one: str(one["name"]),
)
def test_a_survey_asks_for_options_of_the_role(template: dict[str, Any]) -> None:
    (role,) = {
        re.sub("_(organization|tenants?|confirm)$", "", question["variable"])
        for question in template["survey_spec"]["spec"]
    }
    specs = yaml.safe_load((ROLE.parent / role / "meta/argument_specs.yml").read_text())
    options = specs["argument_specs"]["main"]["options"]
    for question in template["survey_spec"]["spec"]:
        # Lists come as text, separated by commas; raw options take what a survey sends, an empty answer too.
        assert options[question["variable"]]["type"] in ("str", "list", "raw")
        assert options[question["variable"]].get("required", False) <= question["required"]


def test_the_defaults_are_the_documented_ones() -> None:
    specs = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    documented = {name: option["default"] for name, option in specs.items() if "default" in option}
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
    (schedule,) = defaults["awx_job_templates_schedules"]
    assert "awx_job_templates_prefix" in schedule["name"]  # which cannot be documented
    schedule["name"] = documented["awx_job_templates_schedules"][0]["name"]
    assert defaults == documented
