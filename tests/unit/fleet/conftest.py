# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server for each vendor's fleet, and an environment without anybody's own settings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = str(Path(__file__).parents[2])
if TESTS not in sys.path:
    sys.path.insert(0, TESTS)

# Only now is the simulator on the path.
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet import Fleet  # noqa: E402
from ansible_collections.tenantops.licensing.tests.unit.fleet.fleet_yard import Yard, yard_of  # noqa: E402
from ansible_collections.tenantops.licensing.tests.unit.fleet.uipath_fleet import UiPathFleet  # noqa: E402
from ansible_collections.tenantops.licensing.tests.unit.fleet.yext_fleet import YextFleet  # noqa: E402
from ansible_collections.tenantops.licensing.tests.unit.support.clients import clean  # noqa: E402
from simulator.testing import running  # noqa: E402


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clean(monkeypatch, tmp_path)


@pytest.fixture(scope="module", params=[UiPathFleet, YextFleet], ids=["uipath", "yext"])
def yard(request: pytest.FixtureRequest) -> Iterator[Yard]:
    """One server for all tests of a file; each of them puts it back to the fleet's start."""
    fleet: Fleet = request.param()
    with running({fleet.name: fleet.start_state}) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "*")
        yield yard_of(fleet, server)
