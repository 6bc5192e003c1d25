# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller that is freshly installed, and the role that is applied to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.tenantops.licensing.tests.awx.controller import Controller, running
from ansible_collections.tenantops.licensing.tests.awx.playing import PLAYBOOKS, Applied, apply


@pytest.fixture(scope="module")
def controller() -> Controller:
    """A controller that finds the playbooks in a project when it was asked for them once in vain."""
    fresh = Controller()
    fresh.synced = PLAYBOOKS
    return fresh


@pytest.fixture(scope="module")
def role(controller: Controller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Applied]]:
    directory: Path = tmp_path_factory.mktemp("role")
    with running(controller) as url:
        yield lambda *arguments, **options: apply(url, directory, *arguments, **options)
