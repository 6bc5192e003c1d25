# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several calls at a time, in the order of what they are for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ._errors import LicensingError, defect

Item = TypeVar("Item")
Read = TypeVar("Read")


def map_concurrently(read: Callable[[Item], Read], items: Iterable[Item], concurrency: int) -> list[Read]:
    """``read`` of each item, in the items' order, several at a time. The first failure ends it.

    Raises LicensingError, of kind DEFECT where it was an exception of another kind.
    """
    with ThreadPoolExecutor(concurrency) as workers:
        futures = [workers.submit(read, item) for item in items]
        try:
            return [future.result() for future in futures]
        except LicensingError:
            raise
        except Exception as error:
            raise defect(error) from error
        finally:
            workers.shutdown(cancel_futures=True)  # after a failure, what has not begun never does
