# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads everything that UiPath's organizations hold, for the audit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

from .._audit.findings import Audit, Spot, Terms
from .._audit.reading import read_places
from .._errors import ApiError, Kind
from .._model.desired import DesiredOrganization
from .api import LicenseResourceManager
from .audit import Holdings, audit_organizations, lookalikes_in
from .second_source import refuse_missing_pool, silent_about


def audit_uipath(
    lrm: LicenseResourceManager, desired: Sequence[DesiredOrganization], terms: Terms, concurrency: int
) -> Audit:
    """The audit of these organizations, in one call for the host and three for each of them."""
    host = lrm.host_pool()

    def read(organization: DesiredOrganization) -> Holdings:
        read_services = cache(partial(lrm.service_licenses, organization.id))
        own, pool = lrm.organization_license_and_pool(organization.id, read_services)
        services = read_services()
        named = [
            (tenant.id, service.type) for tenant in organization.tenants or () for service in tenant.services or ()
        ]
        if own is not None and own.products and silent_about(services, named):
            lrm.refuse_empty_services(organization.id, services, pool, named)
        holdings = Holdings(own, services, pool)
        for lookalike in lookalikes_in(organization, holdings, terms):
            raise ApiError(Kind.UNREADABLE, str(lookalike))
        return holdings

    spots = [Spot(organization_id=one.id, organization=one.name or one.id) for one in desired]
    found, unreadable = read_places(read, desired, spots, concurrency)
    held = {organization.id: holdings for organization, holdings in zip(desired, found, strict=True) if holdings}
    for organization_id, holdings in held.items():
        refuse_missing_pool("the host's pool", host, f"organization {organization_id}", holdings.own)
    audit = audit_organizations(desired, held, host, terms)
    audit.findings += unreadable
    return audit
