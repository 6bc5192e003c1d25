# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several calls at a time, in the order of what they are for."""

from __future__ import annotations

import threading
import time
from typing import NoReturn

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._concurrency import map_concurrently
from ansible_collections.tenantops.licensing.plugins.module_utils._errors import ApiError, Kind, LicensingError


def broken(*_arguments: object) -> NoReturn:
    raise ZeroDivisionError("my password")


def test_what_is_read_comes_in_the_items_order_whoever_answers_first() -> None:
    def read(item: int) -> int:
        time.sleep((4 - item) / 200)
        return item * 10

    assert map_concurrently(read, [0, 1, 2, 3, 4], 5) == [0, 10, 20, 30, 40]
    assert map_concurrently(read, [], 3) == []


def test_it_reads_several_at_a_time() -> None:
    together = threading.Barrier(3, timeout=5)
    assert len(map_concurrently(lambda _item: together.wait(), range(3), 3)) == 3


def test_it_ends_with_a_failure_whatever_is_raised() -> None:
    with pytest.raises(LicensingError) as caught:
        map_concurrently(broken, [1, 2], 2)
    assert caught.value.kind is Kind.DEFECT
    assert "my password" not in str(caught.value.as_result())


def test_it_fails_with_the_first_failure_in_the_items_order_and_begins_nothing_more() -> None:
    begun = []

    def read(item: int) -> int:
        begun.append(item)
        time.sleep(0.03 if item == 0 else 0.01)
        if item < 2:
            raise ApiError(Kind.SERVER, f"item {item}")
        return item

    with pytest.raises(ApiError, match="item 0"):
        map_concurrently(read, range(50), 2)
    assert len(begun) < 10
