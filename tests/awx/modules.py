# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specs of the modules of awx.awx that are installed, taken from the modules themselves."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from typing import Any
from unittest import mock

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

# The options of the sign-in, which the role leaves to its user.
SIGN_IN = {
    *("controller_host", "controller_username", "controller_password", "controller_oauthtoken"),
    *("controller_config_file", "validate_certs", "request_timeout"),
}


class _Asked(Exception):
    """Ends a module where it hands over its argument spec."""


@cache
def argument_spec(module: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The argument spec of a module, and its constraints such as mutually_exclusive."""
    imported = importlib.import_module(f"ansible_collections.awx.awx.plugins.modules.{module}")

    def ask(_self: AnsibleModule, argument_spec: dict[str, Any], **constraints: Any) -> None:
        raise _Asked(argument_spec, constraints)

    with mock.patch.object(AnsibleModule, "__init__", ask):
        try:
            imported.main()
        except _Asked as asked:
            spec, constraints = asked.args
            return spec, {name: value for name, value in constraints.items() if name != "supports_check_mode"}
    raise AssertionError(f"{module} hands over no argument spec")


def faults(module: str, payload: Mapping[str, Any]) -> list[str]:
    """Why a module of awx.awx would refuse a payload; options of the wrong type are refused and not converted."""
    spec, constraints = argument_spec(module)
    result = ArgumentSpecValidator(spec, **constraints).validate(dict(payload))
    converted = [
        f"{name}: {value!r} became {result.validated_parameters[name]!r}"
        for name, value in payload.items()
        if name in spec and result.validated_parameters.get(name) != value
    ]
    return [*result.error_messages, *converted]


def told(module: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What a task told a module, out of all of the module's arguments: nothing of the sign-in, and no default."""
    spec, _constraints = argument_spec(module)
    return {
        name: value
        for name, value in arguments.items()
        if name in spec and name not in SIGN_IN and value is not None and value != spec[name].get("default")
    }
