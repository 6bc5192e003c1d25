# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs that modules share, and what becomes of the options in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.parameters import env_fallback
from ansible.module_utils.errors import AnsibleFallbackNotFound

from .._errors import InvalidInput
from .._http.credentials import refuse_half_characters, whole_characters
from .._http.transport import Transport
from .._plan.report import OnError, Settings, removal_limit

Spec = dict[str, dict[str, Any]]
LARGEST = 10**15  # a number that is shown, and that is the same as a float


def from_environment(prefix: str, spec: Spec) -> Spec:
    """The options, each with an environment variable that supplies it: the prefix, then the option's name."""
    return {
        name: {**option, "fallback": (_filled_env_fallback, [f"{prefix}_{name.upper()}"])}
        for name, option in spec.items()
    }


def _bearable(value: Any) -> Any:
    """A value in a form on which Ansible does not fail before it can be refused: whole characters, no huge number."""
    if isinstance(value, int) and abs(value) > LARGEST:
        return str(value)
    return whole_characters(value) if isinstance(value, str) else value


def _filled_env_fallback(*names: str) -> str:
    """An empty variable, such as the unfilled field of a credential sets, counts as none."""
    value: str = env_fallback(*names)
    if not value.strip():
        raise AnsibleFallbackNotFound
    return whole_characters(value)


def without_empty(spec: Mapping[str, Mapping[str, Any]], params: Mapping[str, Any]) -> dict[str, Any]:
    """The options without those that are None or an empty or blank text, as an unanswered question of a survey sends.

    So is a list, or the text of one, in which nothing else stands; a list without items is an answer. Left out, such an
    option gets its variable of the environment or its default. A list with other rows keeps all of them.
    """
    given = {}
    for name, value in params.items():
        option = spec.get(name, {})
        if _is_no_answer(value, option.get("type")):
            continue
        inner = option.get("options") if option.get("type") == "dict" else None
        given[name] = without_empty(inner, value) if inner and isinstance(value, Mapping) else _bearable(value)
    return given


def _is_no_answer(value: Any, kind: str | None) -> bool:
    """Whether a value tells nothing to an option of this type. Ansible makes a list of text by its commas."""
    if kind == "list" and isinstance(value, str):
        value = value.split(",")
    if kind == "list" and isinstance(value, list) and value:
        return all(_is_no_answer(item, None) for item in value)
    return value is None or (isinstance(value, str) and not value.strip())


TRANSPORT: Spec = {
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "timeout": {"type": "float", "default": 30.0},
    "max_retries": {"type": "int", "default": 5},
    "max_wait": {"type": "float", "default": 300.0},
    "max_response_size": {"type": "int", "default": 64},
    "allow_plain_http": {"type": "bool", "default": False},
}

# Of every module that calls a server.
RUNTIME: Spec = {"max_runtime": {"type": "float"}}

# The least and the most that makes sense of an option, and what it counts. Beyond it the libraries below fail.
BOUNDS: Mapping[str, tuple[float, float, str]] = {
    "timeout": (0.001, 3600, "seconds"),
    "max_retries": (0, 100, "tries"),
    "max_wait": (0, 604_800, "seconds"),
    "max_response_size": (1, 4096, "MiB"),
    "max_read_delay": (0, 3600, "seconds"),
    "max_runtime": (0.001, 2_592_000, "seconds"),
    "concurrency": (1, 256, "calls"),
    "page_size": (1, 100_000, "entries"),
}

CHANGES: Spec = {
    "check_capacity": {"type": "bool", "default": True},
    "verify": {"type": "str", "default": "answer", "choices": ["answer", "reread"]},
    "max_read_delay": {"type": "float", "default": 10.0},
}

REMOVALS: Spec = {"max_removals": {"type": "str", "default": "10%"}}

FLEET: Spec = {
    "state_file": {"type": "path"},
    "concurrency": {"type": "int", "default": 16},
    "on_error": {"type": "str", "default": "stop", "choices": ["stop", "continue", "rollback"]},
    **RUNTIME,
    "entries": {"type": "str", "default": "changed", "choices": ["all", "changed", "failed", "none"]},
}

# IDs, codes and quantities are raw: any other type would turn what YAML made of an unquoted word into a string.
PRODUCTS: Spec = {
    "products": {
        "type": "list",
        "elements": "dict",
        "options": {"code": {"type": "raw", "required": True}, "quantity": {"type": "raw", "required": True}},
    },
    "exclusive": {"type": "bool"},
    "allow_empty": {"type": "bool"},
}
STATE: Spec = {"state": {"type": "str", "default": "present", "choices": ["present", "absent"]}}

ORGANIZATIONS: Spec = {
    "organizations": {
        "type": "list",
        "elements": "dict",
        "options": {
            "id": {"type": "raw", "required": True},
            "name": {"type": "raw"},
            "labels": {"type": "dict"},
            **PRODUCTS,
            "exclusive_services": {"type": "bool"},
            **STATE,
            "tenants": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "id": {"type": "raw", "required": True},
                    "name": {"type": "raw"},
                    **STATE,
                    "allow_empty": {"type": "bool"},
                    "services": {
                        "type": "list",
                        "elements": "dict",
                        "options": {"type": {"type": "raw", "required": True}, **PRODUCTS, **STATE},
                    },
                },
            },
        },
    }
}

LICENSE_PACKS: Spec = {
    "license_packs": {
        "type": "list",
        "elements": "dict",
        "options": {
            "id": {"type": "raw", "required": True},
            "exclusive": {"type": "bool"},
            "allow_empty": {"type": "bool"},
            "entities": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "id": {"type": "raw", "required": True},
                    "expiration_date": {"type": "raw"},
                    **STATE,
                },
            },
        },
    }
}


def refuse_odd_numbers(params: Mapping[str, Any]) -> None:
    """Raise InvalidInput for a number that makes no sense, such as an infinite one."""
    for name, (least, most, unit) in BOUNDS.items():
        number = params.get(name)
        if number is not None and not least <= number <= most:  # no number at all is in no bounds either
            shown = "too large" if isinstance(number, int) and number > LARGEST else f"{number:g}"
            raise InvalidInput(f"{name} is {shown}: it must be between {least:g} and {most:,g} {unit}")


def refuse_odd_text(params: Mapping[str, Any]) -> None:
    """Raise InvalidInput for text of which a character cannot be sent, such as one made of a byte that is no UTF-8."""
    for name, value in params.items():
        if isinstance(value, str):
            refuse_half_characters(name, value)


def transport_of(params: Mapping[str, Any]) -> Transport:
    """How to reach the server. Raises InvalidInput for options that make no sense."""
    refuse_odd_numbers(params)
    refuse_odd_text(params)
    return Transport(
        validate_certs=params["validate_certs"],
        ca_path=params["ca_path"],
        timeout=params["timeout"],
        max_retries=params["max_retries"],
        max_wait=params["max_wait"],
        connections=params.get("concurrency") or 1,
        wait_for_limit=params.get("on_rate_limit") == "wait",
        max_response_size=params["max_response_size"],
        allow_plain_http=params["allow_plain_http"],
    )


def settings_of(params: Mapping[str, Any], check_mode: bool) -> Settings:
    """How to write. A module for one entry has no options for many, and the defaults stand for them."""
    defaults = Settings()
    refuse_odd_numbers(params)
    max_removals = params.get("max_removals", defaults.max_removals)
    removal_limit(max_removals, 0)
    return Settings(
        check_mode=check_mode,
        check_capacity=params["check_capacity"],
        max_removals=max_removals,
        reread=params["verify"] == "reread",
        write_unreadable=params.get("on_unreadable") == "write",
        on_error=OnError(params.get("on_error", "stop")),
        concurrency=params.get("concurrency", defaults.concurrency),
        max_read_delay=params["max_read_delay"],
    )
