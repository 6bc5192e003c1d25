# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for all tests, put back to its seed before each."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = str(Path(__file__).parents[2])
if TESTS not in sys.path:
    sys.path.insert(0, TESTS)

from simulator.clients import SEED, UiPathClient, YextClient  # noqa: E402 - only now on the path
from simulator.testing import Handle, running  # noqa: E402 - only now on the path


@pytest.fixture(scope="session")
def server() -> Iterator[Handle]:
    """A simulator that serves all tests of the session."""
    with running(SEED) as handle:
        yield handle


@pytest.fixture
def simulator(server: Handle) -> Handle:
    """The simulator as it was at its start."""
    server.reset()
    return server


@pytest.fixture
def uipath(simulator: Handle) -> Iterator[UiPathClient]:
    """A host administrator."""
    client = UiPathClient(simulator.url)
    yield client
    client.session.close()


@pytest.fixture
def yext(simulator: Handle) -> Iterator[YextClient]:
    """The holder of an API key."""
    client = YextClient(simulator.url)
    yield client
    client.session.close()
