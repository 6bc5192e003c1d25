# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Product codes and their quantities, as people and templates write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .fields import CheckedMapping
from .lists import refuse_twice
from .mistakes import AsWritten, Mistake, Path
from .spelling import shown

LARGEST_QUANTITY = 2**31 - 1  # the vendor's int32
_DIGITS = re.compile(r"0|[1-9][0-9]{0,9}")


def products_of(node: CheckedMapping) -> dict[str, int] | None:
    entries = node.items("products")
    if entries is None:
        return None
    products: dict[str, int] = {}
    first: dict[str, tuple[str, Path, bool]] = {}
    for number, entry in enumerate(entries):
        place, path = f"{node.place}, product {number + 1}", (*node.path, "products", number)
        if not isinstance(entry, Mapping):
            node.mistakes.found.append(Mistake(place, f"{shown(entry)} is not a mapping", path))
            continue
        product = CheckedMapping(entry, place, ("code", "quantity"), node.mistakes, path)
        code = product.identifier("code", in_path=False)
        if code:
            product.place = f"{node.place}, {code}"
            refuse_twice(product, "code", code, "code", first)
        products[code] = _quantity(product)
    return products


def _quantity(product: CheckedMapping) -> int:
    value = product.get("quantity")
    if value is None:
        product.missing("quantity", "write a whole number, 0 to take the code away")
        return 0
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)  # a template's result is a string
    if isinstance(value, bool) or not isinstance(value, int):
        product.complain(f"{_no_number(value)} is not a whole number{_meant(value)}", "quantity")
    elif value < 0:
        product.complain(f"{shown(value)} is negative; to take the code away, write 0", "quantity")
    elif value > LARGEST_QUANTITY:
        product.complain(f"the quantity is more than {LARGEST_QUANTITY}, the most that UiPath can count", "quantity")
    else:
        return value
    return 0


def _no_number(value: Any) -> str:
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, str) and value.isprintable() and value == value.strip():
        return value or "nothing"
    return shown(value)


def _meant(value: Any) -> str:
    """What to write instead, where that can be told."""
    if isinstance(value, AsWritten) and isinstance(value.value, int) and not isinstance(value.value, bool):
        return f": YAML reads it as {shown(value.value)}; write decimal digits alone, without 0 before them"
    number = value.value if isinstance(value, AsWritten) else value
    if isinstance(number, float) and number.is_integer() and 0 <= number <= LARGEST_QUANTITY:
        return f": write {int(number)}"
    if isinstance(number, str) and _DIGITS.fullmatch(number.strip()):
        return f": write {number.strip()}"
    return ""
