# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server for each test, a clock that does not wait, and an environment without anybody's own settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._http import rate_limit as http_rate_limit
from ansible_collections.tenantops.licensing.plugins.module_utils._http import retry as http_retry
from ansible_collections.tenantops.licensing.tests.unit.support.clients import Clock, clean
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import ScriptedServer, serving


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clean(monkeypatch, tmp_path)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What retries and limits wait by."""
    fake = Clock()
    monkeypatch.setattr(http_retry, "time", fake)
    monkeypatch.setattr(http_rate_limit, "time", fake)
    return fake


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving() as running:
        yield running
