# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty option of a module is an unset one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest
import yaml

from ansible_collections.tenantops.licensing.plugins.module_utils._ansible.options import without_empty
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.options import UIPATH as UIPATH_OPTIONS
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.options import YEXT as YEXT_OPTIONS
from ansible_collections.tenantops.licensing.tests.unit.modules.test_module_common import (
    ALL_MODULES,
    YEXT_MODULES,
    name_of,
)
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import run
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import document, serving


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
    ends = []
    for arguments in (given, {**given, **unset}):
        with serving() as server:
            server.answer = lambda request: document({"message": "maintenance"})
            result = run(module, json.loads(json.dumps(arguments).replace("<url>", server.url)))
            ends.append(json.dumps(result, sort_keys=True, default=str).replace(server.url, "<url>"))
    assert ends[0] == ends[1]


def test_lists_keep_their_rows_and_dicts_of_options_are_looked_into() -> None:
    spec: Mapping[str, Mapping[str, Any]] = {"rows": {}, "uipath": {"type": "dict", "options": {"username": {}}}}
    given = {"rows": ["", None], "uipath": {"username": " ", "other": 1}, "unknown": "x", "state": ""}
    assert without_empty(spec, given) == {"rows": ["", None], "uipath": {"other": 1}, "unknown": "x"}
