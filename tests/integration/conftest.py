# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator in the agreed state's beginnings, the playbooks that are played on it, and tokens."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.tenantops.licensing.tests.integration.playing import SEED, Play, player
from simulator.testing import Handle, running


@pytest.fixture
def simulator() -> Iterator[Handle]:
    with running(SEED) as handle:
        yield handle


@pytest.fixture
def play(simulator: Handle, tmp_path: Path) -> Play:
    return player(simulator, tmp_path)


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens that sign-ins give."""
    given: list[str] = []
    make = secrets.token_urlsafe

    def remember(size: int) -> str:
        given.append(make(size))
        return given[-1]

    monkeypatch.setattr(secrets, "token_urlsafe", remember)
    return given
