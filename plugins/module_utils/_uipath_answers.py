# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the answers of UiPath's License Resource Manager mean.

Source: the vendor's published OpenAPI definition of the LRM; any field of an answer may be null or missing.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

from ._answer import Answer, objects_in
from ._desired import Quantities
from ._errors import ApiError, Kind
from ._held import License, Pool, PoolProduct, ServiceLicense


def license_of(document: Any) -> License | None:
    """A licence as the server writes it; None where there is none. What is no licence is never taken for none."""
    document = alone(document)
    if document is None:
        return None
    if not isinstance(document, Mapping):
        raise ApiError(Kind.PROTOCOL, "The server tells a licence that is no object")
    details = {
        "license_code": document.get("licenseCode"),
        "license_status": document.get("licenseStatus"),
        "start_date": document.get("startDate"),
        "end_date": document.get("endDate"),
        "grace_period": document.get("gracePeriod"),
    }
    told = {name: value for name, value in details.items() if value is not None}
    return License(quantities_of(document.get("products")), told, _template_codes(document.get("templates")))


def _template_codes(templates: Any) -> frozenset[str]:
    """The codes that templates bring along. They only explain what is held, so an odd form of them is no failure."""
    listed = templates if isinstance(templates, list) else []
    named = [template.get("products") for template in listed if isinstance(template, Mapping)]
    products = [product for some in named if isinstance(some, list) for product in some]
    return frozenset(str(each["code"]) for each in products if isinstance(each, Mapping) and each.get("code"))


def service_licenses_of(answer: Answer) -> list[ServiceLicense]:
    """Every service that the answer names, with its licence."""
    return [
        ServiceLicense(str(entry["serviceScopeId"]), str(entry["serviceType"]), license_of(entry.get("license")))
        for entry in objects_of(answer, "serviceType")
        if entry.get("serviceScopeId") and entry.get("serviceType")
    ]


def license_told(document: Any) -> License | None:
    """The licence in the answer to a write; None where it names no products, which says nothing about them."""
    if isinstance(document, Mapping) and document.get("products") is not None:
        return license_of(document)
    return None


def quantities_of(products: Any) -> Quantities:
    """Positive quantities by code. Newer versions write ``allocated`` where older ones wrote ``quantity``."""
    quantities: Quantities = {}
    for product in objects_in(products):
        told = product.get("quantity")
        quantity = int(number_of(product.get("allocated") if told is None else told))
        if product.get("code") and quantity:
            code = sys.intern(str(product["code"]))  # thousands of services share a few of them
            quantities[code] = quantities.get(code, 0) + quantity
    return quantities


def host_pool_of(document: Mapping[str, Any]) -> Pool:
    """The host's pool; what is available is computed only where the server does not say it."""
    pool: Pool = {}
    for product in objects_in(document.get("productsWithAvailability")):
        total = int(number_of(product.get("totalQuantity")))
        available = product.get("availableQuantity")
        if available is None:
            available = total - math.ceil(number_of(product.get("consumedQuantity")))
        if product.get("code"):
            pool[str(product["code"])] = PoolProduct(total, int(number_of(available)))
    return pool


def organization_pool_of(answer: Answer) -> Pool:
    """The pool of an organization, for its services, users and groups."""
    return {
        str(entry["code"]): PoolProduct(
            total=int(number_of(entry.get("total"))),
            available=int(number_of(entry.get("total"))) - math.ceil(number_of(entry.get("allocated"))),
        )
        for entry in objects_of(answer, "code")
        if entry.get("code")
    }


def number_of(value: Any) -> float:
    """A number of an answer; null and missing are 0. What is no number is never taken for nothing."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ApiError(Kind.PROTOCOL, f"The server tells a quantity that is no number: {value!r}")
    return value


def object_of(answer: Answer) -> Mapping[str, Any]:
    document = alone(answer.document())
    if not isinstance(document, Mapping):
        raise answer.error("The server answered with something else than an object", kind=Kind.PROTOCOL)
    return document


def alone(document: Any) -> Any:
    """What a list of one holds, for an answer that should be an object."""
    return document[0] if isinstance(document, list) and len(document) == 1 else document


def objects_of(answer: Answer, key: str) -> list[Mapping[str, Any]]:
    """The objects of a list. One alone that has this key is a list of one: the vendor's definition says both."""
    document = answer.document()
    if answer.status == 204:
        return []
    if isinstance(document, Mapping) and key in document:
        return [document]
    if not isinstance(document, list):
        raise answer.error("The server answered with something else than a list", kind=Kind.PROTOCOL)
    return [entry for entry in document if isinstance(entry, Mapping)]
