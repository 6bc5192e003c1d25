# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the answers of UiPath's License Resource Manager mean.

Source: the vendor's published OpenAPI definition of the LRM. Null is what it defines as nothing: a licence, a list of
products. A key that is missing, or a row without its code or its quantity, is never taken for nothing.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

from .._http.response import Response
from .._http.values import Part
from .._model.current import License, Pool, PoolProduct, ServiceLicense
from .._model.desired import Quantities, ServiceKey, identity, service_key

DETAILS = {
    "licenseCode": "license_code",
    "licenseStatus": "license_status",
    "startDate": "start_date",
    "endDate": "end_date",
    "gracePeriod": "grace_period",
}
# A server may leave out what is null. Then these show that an object without products is a licence all the same.
OF_A_LICENSE = frozenset({*DETAILS, "bundleCode", "parentLicenseCode", "subscriptionCode", "templates"})
OF_A_SERVICE = frozenset({"serviceType", "serviceScopeId"})


def license_in(answer: Response, service: ServiceKey | None = None) -> License:
    """The licence that an answer is for, under its key ``license``; one without products where that is null or 204.

    ``service``: the one that was asked for; an answer that names another is not understood.
    """
    if answer.status == 204:
        return License({}, silent=True)
    told = Part(answer, answer.document()).object()
    if service is not None:
        _refuse_another(told, service)
    return license_of(told.at("license"))


def _refuse_another(told: Part, service: ServiceKey) -> None:
    """An answer about one service need not name it, but where it does, it must be the one that was asked for."""
    tenant_id, service_type = told.get("serviceScopeId"), told.get("serviceType")
    if tenant_id is not None and identity(tenant_id.identity()) != service[0]:
        raise tenant_id.error(f"the tenant {service[0]!a}, which was asked for,")
    if service_type is not None and service_type.identity().casefold() != service[1]:
        raise service_type.error(f"the service {service[1]!a}, which was asked for,")


def license_of(told: Part) -> License:
    """A licence as the server writes it; null is one without products. What is no licence is never taken for none."""
    if told.is_null:
        return License({}, silent=True)
    told = told.object()
    products = told.get("products")
    if products is None and "products" not in told.value and not told.value.keys() & OF_A_LICENSE:
        raise told.missing("products")
    rows = products.rows() if products is not None else []
    found = {name: told.get(key) for key, name in DETAILS.items()}
    details = {name: part.scalar() for name, part in found.items() if part is not None}
    return License(quantities_of(rows), details, _template_codes(told.value.get("templates")), silent=not rows)


def _template_codes(templates: Any) -> frozenset[str]:
    """The codes that templates bring along. They only explain what is held, so an odd form of them is no failure."""
    listed = templates if isinstance(templates, list) else []
    named = [template.get("products") for template in listed if isinstance(template, Mapping)]
    products = [product for some in named if isinstance(some, list) for product in some]
    return frozenset(str(each["code"]) for each in products if isinstance(each, Mapping) and each.get("code"))


def service_licenses_in(answer: Response) -> list[ServiceLicense]:
    """Every service that the answer names, with its licence; one that it names twice must hold the same there."""
    found: dict[ServiceKey, ServiceLicense] = {}
    for row in rows_in(answer, OF_A_SERVICE):
        tenant_id, service_type = row.at("serviceScopeId").identity(), row.at("serviceType").identity()
        service = ServiceLicense(tenant_id, service_type, license_of(row.at("license")))
        before = found.setdefault(service_key(tenant_id, service_type), service)
        if before.license.products != service.license.products:
            raise row.error("what an earlier row says of the same service")
    return list(found.values())


def license_written(answer: Response, service: ServiceKey | None = None) -> License | None:
    """The licence in the answer to a write, of a service or of an organization; None where it tells no products.

    An answer with nothing in it tells nothing; one with something else in it is not understood.
    """
    document = answer.document()
    if document in (None, {}):
        return None
    told = Part(answer, document).object()
    if service is not None:
        _refuse_another(told, service)
        told = told.at("license")
    if told.is_null:
        return None
    found = license_of(told)
    return None if told.object().get("products") is None else found


def quantities_of(products: list[Part]) -> Quantities:
    """Positive quantities by code; rows with one code add. Newer versions tell ``allocated`` for ``quantity``."""
    quantities: Quantities = {}
    for product in products:
        code = sys.intern(product.at("code").identity())  # thousands of services share a few of them
        told = product.get("quantity") or product.get("allocated")
        if told is None:
            raise product.missing("quantity")
        quantity = told.count()
        if quantity:
            quantities[code] = quantities.get(code, 0) + quantity
    return quantities


def host_pool_in(answer: Response) -> Pool:
    """The host's pool; what is available is computed only where the server does not say it."""
    pool: Pool = {}
    told = Part(answer, answer.document()).at("productsWithAvailability")
    for product in [] if told.is_null else told.rows():
        total = product.at("totalQuantity").count()
        available = product.get("availableQuantity")
        if available is not None:
            left = available.count(negative=True)  # below zero where more was handed out than there is
        else:
            left = total - math.ceil(product.at("consumedQuantity").amount())
        _add(pool, product, total, left)
    return pool


def organization_pool_in(answer: Response) -> Pool:
    """The pool of an organization, for its services, users and groups."""
    pool: Pool = {}
    for product in rows_in(answer, frozenset({"code"})):
        total = product.at("total").count()
        _add(pool, product, total, total - math.ceil(product.at("allocated").amount()))
    return pool


def _add(pool: Pool, product: Part, total: int, available: int) -> None:
    """One code may stand in several rows, such as named and concurrent: they add, as what is held of it does."""
    code = product.at("code").identity()
    before = pool.get(code, PoolProduct(0, 0))
    pool[code] = PoolProduct(before.total + total, before.available + available)


def rows_in(answer: Response, keys: frozenset[str]) -> list[Part]:
    """The rows of a list. One alone that has these keys is a list of one: the vendor's definition says both."""
    if answer.status == 204:
        return []
    told = Part(answer, answer.document())
    if isinstance(told.value, Mapping) and not keys <= told.value.keys():
        raise told.missing(" or ".join(sorted(keys - told.value.keys())))
    return told.rows()
