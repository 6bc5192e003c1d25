# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of a test is tried: how many examples, and how many of its parameters.

``HYPOTHESIS_PROFILE`` says how many examples hypothesis tries: ``quick`` while working, ``default`` for every check,
``thorough`` where there are hours. A test that needs more or fewer than others says so as a share of the profile, with
``examples``. There is no deadline, since a busy machine is no defect.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from ansible_collections.tenantops.licensing.tests.unit.support.budget import few

for profile, count in {"quick": 10, "default": 100, "thorough": 400}.items():
    settings.register_profile(profile, max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--few", type=int, help="of a test with more parameters than so many, try these, spread over all")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out parameters where only few are asked for, but none that failed last."""
    number = config.getoption("--few")
    if number is None:
        return
    failed = config.cache.get("cache/lastfailed", {}) if config.pluginmanager.hasplugin("cacheprovider") else {}
    chosen = few([item.nodeid for item in items], number) | set(failed)
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in chosen])
    items[:] = [item for item in items if item.nodeid in chosen]
