# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The licence resource manager's answers, with every field of the contract."""

import time
import uuid
from collections.abc import Iterable
from typing import Any

from .state import License, Organization, Quantities, Service, UiPathState
from .switches import Switches, in_case
from .uipath_pools import held_by_services, held_by_users, host_free, host_taken
from .web import Reply

Json = dict[str, Any]
# Fields without which an answer says nothing: these are there, null or not.
CARRYING = {"license", "quantity"}
_NAMESPACE = uuid.UUID("6f2c5d1e-2f0b-4b57-9c35-3d1a1f0d7a11")


def problem(status: int, detail: str) -> Json:
    """A refusal as a problem document; the real bodies are not documented."""
    titles = {
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed",
        409: "Conflict",
        410: "Gone",
        415: "Unsupported Media Type",
        429: "Too Many Requests",
    }
    return {
        "type": f"https://httpstatuses.io/{status}",
        "title": titles.get(status, "Error"),
        "status": status,
        "detail": detail,
        "traceId": uuid.uuid4().hex,
    }


def one(value: Json, switches: Switches) -> Reply:
    """An answer with one licence."""
    shown = _shown(value, switches)
    return Reply.json([shown] if switches.uipath_objects == "list" else shown)


def many(values: list[Json], switches: Switches) -> Reply:
    """An answer with a list."""
    shown = [_shown(value, switches) for value in values]
    return Reply.json(shown[0] if len(shown) == 1 and switches.uipath_lists == "object" else shown)


def account_license(organization_id: str | None, license_: License, switches: Switches) -> Json:
    """AccountLicenseDto."""
    products = [
        {"code": code, "quantity": quantity, "type": None, "features": None, "consumptionDistributions": None}
        for code, quantity in license_.products.items()
    ]
    return {
        "accountId": None if organization_id is None else in_case(organization_id, switches.uipath_id_case),
        "bundleCode": None,
        "endDate": license_.end_date,
        "gracePeriod": license_.grace_period,
        "licenseCode": license_.license_code,
        "licenseStatus": _status(license_),
        "products": products,
        "templates": None,
        "policies": None,
        "entitlements": None,
        "startDate": license_.start_date,
        "subscriptionCode": None,
        "subscriptionPlan": None,
        "payload": None,
        "type": None,
        "parentLicenseCode": None,
    }


def service_license(place: tuple[str, str, str], service: Service, parent: License | None, switches: Switches) -> Json:
    """ServiceLicenseDto; ``place`` is organization ID, tenant ID and service type."""
    organization_id, tenant_id, service_type = place
    times = parent or License(start_date=0, end_date=0, grace_period=0)
    name = "/".join(place)
    return {
        "accountId": in_case(organization_id, switches.uipath_id_case),
        "globalId": str(uuid.uuid5(_NAMESPACE, name)),
        "serviceScopeId": in_case(tenant_id, switches.uipath_id_case),
        "serviceType": in_case(service_type, switches.uipath_service_type_case),
        "license": {
            "licenseCode": str(uuid.uuid5(_NAMESPACE, name + "/license")),
            "parentLicenseCode": times.license_code,
            "bundleCode": None,
            "subscriptionCode": None,
            "licenseStatus": _status(times),
            "startDate": times.start_date,
            "endDate": times.end_date,
            "gracePeriod": times.grace_period,
            "products": [_service_product(*item, switches) for item in service.products.items()],
            "templates": None,
            "policies": None,
            "entitlements": None,
            "payload": None,
            "boonLicenseCode": None,
        },
        "userLicensingEnabled": False,
        "accountLicenseCode": times.license_code,
    }


def availability(state: UiPathState, own: Quantities, switches: Switches) -> list[Json]:
    """ProductAvailabilityDto for each code of the host's pool; ``own`` is the share of the organization that asks."""
    shown = []
    for code, total in (state.host_pool or {}).items():
        share = own.get(code, 0) if switches.uipath_available_counts_own else 0
        shown.append(
            {
                "code": code,
                "type": None,
                "availableQuantity": host_free(state, code) + share,
                "consumedQuantity": float(host_taken(state, code) - share),
                "totalQuantity": total,
            }
        )
    return shown


def allocations(organization: Organization, switches: Switches) -> list[Json]:
    """AccountProductAllocationDto for each code that the organization has or that something takes from it."""
    totals = organization.license.products if organization.license else {}
    codes = dict.fromkeys((*totals, *organization.consumed, *_held_codes(organization)))
    shown = []
    for code in codes:
        allocated = held_by_services(organization, code)
        if switches.uipath_allocated != "services":
            allocated += held_by_users(organization, code)
        if switches.uipath_allocated == "all":
            allocated += organization.consumed.get(code, 0)
        shown.append({"code": code, "total": totals.get(code, 0), "allocated": allocated})
    return shown


def tenant_service(organization: Organization, tenant_id: str, service_type: str, switches: Switches) -> Json:
    """TenantServiceLicenseDto; a service without a licence is shown with the products that it accepts."""
    tenant = organization.tenants.get(tenant_id)
    service = tenant.services.get(service_type) if tenant else None
    totals = organization.license.products if organization.license else {}
    products = []
    for code in totals if service is None else service.products:
        allocated = service.products[code] if service else 0
        used = service.used.get(code, 0) if service else 0
        here = sum(each.products.get(code, 0) for each in tenant.services.values()) if tenant else 0
        products.append(
            {
                "code": code,
                "type": None,
                "quantity": allocated,
                "allocated": allocated,
                "reserved": 0,
                "available": float(allocated - used),
                "used": float(used),
                "allocatedAcrossOtherTenants": float(held_by_services(organization, code) - here),
                "consumedByDeletedTenants": 0.0,
                "totalUnits": float(totals.get(code, 0)),
                "consumedAtOrganizationLevel": float(organization.consumed.get(code, 0)),
            }
        )
    return {"serviceType": in_case(service_type, switches.uipath_service_type_case), "products": products}


def _held_codes(organization: Organization) -> Iterable[str]:
    for tenant in organization.tenants.values():
        for service in tenant.services.values():
            yield from service.products


def _service_product(code: str, quantity: int, switches: Switches) -> Json:
    shown: Json = {"code": code, "quantity": quantity, "allocated": quantity}
    if switches.uipath_service_quantity == "quantity":
        del shown["allocated"]
    elif switches.uipath_service_quantity == "allocated":
        del shown["quantity"]
    elif switches.uipath_service_quantity == "allocated_and_null":
        shown["quantity"] = None
    return {**shown, "type": None, "features": None, "distributionIntervals": None}


def _status(license_: License) -> str:
    return "ACTIVE" if (license_.end_date or 0) > time.time() else "EXPIRED"


def _shown(value: Json, switches: Switches) -> Json:
    """``value`` with what has no value shown as the switches say, at every depth."""
    shown: Json = {}
    for name, item in value.items():
        if name == "products" and item == [] and switches.uipath_no_products != "empty":
            if switches.uipath_no_products == "null":
                shown[name] = None
        elif item is None and name not in CARRYING and switches.uipath_null_fields == "missing":
            continue
        elif isinstance(item, dict):
            shown[name] = _shown(item, switches)
        elif isinstance(item, list) and item and isinstance(item[0], dict):
            shown[name] = [_shown(element, switches) for element in item]
        else:
            shown[name] = item
    return shown
