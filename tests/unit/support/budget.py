# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many examples a generated test tries, and which parameters are tried where few suffice."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import settings


def examples(share: float, least: int = 1) -> int:
    """``share`` times the examples of the profile of hypothesis, but ``least`` where fewer would show nothing."""
    return max(least, round(settings().max_examples * share))


def few(tests: Sequence[str], number: int) -> set[str]:
    """Of the tests that differ in their parameters only, so many, the first and the last among them."""
    by_function: dict[str, list[str]] = {}
    for test in tests:
        by_function.setdefault(test.partition("[")[0], []).append(test)
    chosen = set[str]()
    for alike in by_function.values():
        steps = max(1, number - 1)
        chosen |= {alike[round(step * (len(alike) - 1) / steps)] for step in range(number)}
    return chosen
