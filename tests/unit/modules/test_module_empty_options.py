# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty option of a module is an unset one."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
import yaml

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.options import Spec, without_empty
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.options import UIPATH as UIPATH_OPTIONS
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.options import YEXT as YEXT_OPTIONS
from ansible_collections.tenantops.licensing.plugins.modules import (
    desired_state_info,
    license_audit_info,
    org_license,
)
from ansible_collections.tenantops.licensing.tests.unit.modules.test_module_common import (
    ALL_MODULES,
    YEXT_MODULES,
    name_of,
)
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import run
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import document, serving

EMPTY_LISTS: dict[str, Any] = {
    "an empty text": [""],
    "null": [None],
    "blanks": [" ", "\t\n", None],
    "a comma": ",",
    "commas and lines": " ,\n, ",
}


def list_options(spec: Mapping[str, Mapping[str, Any]], *above: str) -> list[tuple[str, ...]]:
    """The way to each option of a list, also within an option that holds others."""
    found: list[tuple[str, ...]] = []
    for name, option in spec.items():
        if option["type"] == "list":
            found.append((*above, name))
        elif option["type"] == "dict":
            found += list_options(option.get("options", {}), *above, name)
    return found


def spec_of(module: ModuleType) -> Spec:
    """The argument spec that a module's ``main()`` hands on."""
    with mock.patch.object(module, "run_module") as handed_on:
        module.main()
    spec: Spec = handed_on.call_args.args[1]
    return spec


EVERY_MODULE: dict[ModuleType, dict[str, Any]] = {
    **ALL_MODULES,
    desired_state_info: {"organizations": [{"id": "o"}]},
    license_audit_info: {"organizations": [{"id": "o"}]},
}
LISTS = [(module, way) for module in EVERY_MODULE for way in list_options(spec_of(module))]


def with_list(arguments: Mapping[str, Any], way: tuple[str, ...], value: Any) -> dict[str, Any]:
    first, *rest = way
    return {**arguments, first: with_list(arguments.get(first, {}), tuple(rest), value) if rest else value}


def ending(module: ModuleType, arguments: Mapping[str, Any]) -> str:
    """How a module ends before a server that is under maintenance."""
    with serving() as server:
        server.answer = lambda request: document({"message": "maintenance"})
        result = run(module, json.loads(json.dumps(arguments).replace("<url>", server.url)))
        return json.dumps(result, sort_keys=True, default=str).replace(server.url, "<url>")


def signed_in(module: ModuleType) -> dict[str, Any]:
    """What signs a module in, as far as it has options for it."""
    uipath = {"base_url": "<url>", "access_token": "own-token-0123", "max_retries": 0}
    yext = {"api_url": "<url>", "access_token": "own-token-0123", "max_retries": 0}
    spec = spec_of(module)
    if "uipath" in spec:
        return {"uipath": uipath, "yext": yext}
    return uipath if "base_url" in spec else yext if "api_url" in spec else {}


@pytest.mark.parametrize("empty", EMPTY_LISTS.values(), ids=EMPTY_LISTS.keys())
@pytest.mark.parametrize(("module", "way"), LISTS, ids=[f"{name_of(module)}-{'-'.join(way)}" for module, way in LISTS])
def test_a_list_of_no_answers_is_an_unset_option(module: ModuleType, way: tuple[str, ...], empty: Any) -> None:
    given = {**EVERY_MODULE[module], **signed_in(module)}
    unset = {name: value for name, value in given.items() if (name,) != way}
    assert ending(module, with_list(given, way, empty)) == ending(module, unset)


def test_every_module_with_a_list_is_tried() -> None:
    package = org_license.__name__.rpartition(".")[0]
    names = {path.stem for path in Path(org_license.__file__).parent.glob("*.py")} - {"__init__"}
    with_lists = {name for name in names if list_options(spec_of(importlib.import_module(f"{package}.{name}")))}
    assert with_lists == {name_of(module) for module, _way in LISTS}


@pytest.mark.parametrize("empty", ["", None, "  ", "\n", "\t \n"])
@pytest.mark.parametrize("module", ALL_MODULES, ids=name_of)
def test_an_empty_option_is_an_unset_one(module: ModuleType, empty: str | None) -> None:
    answered = {"max_retries": 0, **({"base_url": "<url>"} if module not in YEXT_MODULES else {"api_url": "<url>"})}
    signed = {"access_token": "own-token-0123"}
    given = {**ALL_MODULES[module], **answered, **signed}
    options = yaml.safe_load(module.DOCUMENTATION).get("options", {})
    names = [name for name in {**options, **UIPATH_OPTIONS, **YEXT_OPTIONS} if name not in given]
    own = UIPATH_OPTIONS if module not in YEXT_MODULES else YEXT_OPTIONS
    unset = {name: empty for name in names if name in options or name in own}
    assert ending(module, given) == ending(module, {**given, **unset})


def test_lists_keep_their_rows_and_dicts_of_options_are_looked_into() -> None:
    spec: Mapping[str, Mapping[str, Any]] = {"rows": {}, "uipath": {"type": "dict", "options": {"username": {}}}}
    given = {"rows": ["", None], "uipath": {"username": " ", "other": 1}, "unknown": "x", "state": ""}
    assert without_empty(spec, given) == {"rows": ["", None], "uipath": {"other": 1}, "unknown": "x"}


@pytest.mark.parametrize("value", [[], ["", "A"], ["A", None], "A,", [0], [False], [[]], [{}]])
def test_a_list_that_says_anything_keeps_all_of_its_rows(value: Any) -> None:
    assert without_empty({"rows": {"type": "list"}}, {"rows": value}) == {"rows": value}
