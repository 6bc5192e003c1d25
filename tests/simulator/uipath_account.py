# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The licence resource manager's lower level: an organization's licence, handed out to its tenants' services."""

from .routes import Operation
from .state import Organization, Service, Tenant, UiPathState
from .switches import Switches
from .uipath_answers import Json, allocations, many, one, service_license, tenant_service
from .uipath_host import read_bypass, read_products
from .uipath_pools import combine, organization_free, refuse_below_use, refuse_shortage, settle
from .web import Call, RefusalError, Reply, read_json_object, refuse_body

_ACCOUNT = "/lrm/api/account/{organization}"
_TENANT = _ACCOUNT + "/service-license/{tenant}"
_SERVICE = _TENANT + "/{service}"


class AccountLicenses:
    """The operations on services' licences."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches

    def operations(self) -> list[Operation[UiPathState]]:
        """The routes of this part."""
        reads = {
            "GetAccountProductUsageAsync": ("/available-account-licenses", self.read_pool, "account_pool"),
            "GetServiceProductUsageAsync": (
                "/available-service-licenses/{tenant}",
                self.read_tenant_pool,
                "account_pool",
            ),
            "GetAllServiceLicenses": ("/service-license", self.read_all, "service_licenses"),
            "GetServiceLicensesForScopeId": ("/service-license/{tenant}", self.read_tenant, "service_licenses"),
        }
        return [
            *(
                Operation(name, "GET", _ACCOUNT + path, "read", handler, group=group)
                for name, (path, handler, group) in reads.items()
            ),
            Operation(
                "GetTenantServiceLicensesAsync",
                "GET",
                _ACCOUNT + "/service-licenses/{tenant}",
                "read",
                self.read_use,
                frozenset({"services"}),
                "service_licenses",
            ),
            Operation(
                "GetServiceLicense",
                "GET",
                _SERVICE,
                "read",
                self.read_service,
                frozenset({"commandSource"}),
                "service_licenses",
            ),
            Operation("AllocateServiceLicense", "PUT", _SERVICE, "write", self.allocate),
            Operation("DeallocateServiceLicense", "DELETE", _SERVICE, "write", self.deallocate, group="removals"),
            Operation("DeallocateAllServiceLicense", "DELETE", _TENANT, "write", self.deallocate_all, group="removals"),
        ]

    def read_pool(self, call: Call, state: UiPathState) -> Reply:
        """What the organization has in all and what of it is allocated, by code."""
        refuse_body(call)
        return many(allocations(self._licensed(call, state), self._switches), self._switches)

    def read_tenant_pool(self, call: Call, state: UiPathState) -> Reply:
        """What a tenant's services hold and what of it is in use, by code."""
        refuse_body(call)
        tenant = self._licensed(call, state).tenants.get(call.ids["tenant"], Tenant())
        totals: dict[str, list[int]] = {}
        for service in tenant.services.values():
            for code, quantity in service.products.items():
                sums = totals.setdefault(code, [0, 0])
                sums[0] += quantity
                sums[1] += service.used.get(code, 0)
        return many([{"code": code, "total": a, "allocated": b} for code, (a, b) in totals.items()], self._switches)

    def read_use(self, call: Call, state: UiPathState) -> Reply:
        """Use by service and product."""
        refuse_body(call)
        organization = self._licensed(call, state)
        asked = [name for name in call.query.get("services", "").split(",") if name]
        names = asked or list(organization.tenants.get(call.ids["tenant"], Tenant()).services)
        tenant_id = call.ids["tenant"]
        return many([tenant_service(organization, tenant_id, name, self._switches) for name in names], self._switches)

    def read_all(self, call: Call, state: UiPathState) -> Reply:
        """Every service's licence in an organization; none for an organization that does not exist."""
        refuse_body(call)
        organization = state.organizations.get(call.ids["organization"], Organization())
        shown = [each for tenant_id in organization.tenants for each in self._services(call, organization, tenant_id)]
        return many(shown, self._switches)

    def read_tenant(self, call: Call, state: UiPathState) -> Reply:
        """All services' licences of a tenant."""
        refuse_body(call)
        organization = state.organizations.get(call.ids["organization"], Organization())
        shown = self._services(call, organization, call.ids["tenant"])
        form = self._switches.uipath_tenant_services
        if form == "first" and not shown:
            raise RefusalError(410, "The tenant has no service license.")
        if form == "first" or (form == "object" and len(shown) == 1):
            return one(shown[0], self._switches)
        return many(shown, self._switches)

    def read_service(self, call: Call, state: UiPathState) -> Reply:
        """One service's licence."""
        refuse_body(call)
        if call.query.get("commandSource", "Ui") not in ("Ui", "Job", "Test"):
            raise RefusalError(400, "commandSource is none of Ui, Job, Test.")
        organization = state.organizations.get(call.ids["organization"], Organization())
        tenant = organization.tenants.get(call.ids["tenant"], Tenant())
        service = tenant.services.get(call.ids["service"])
        if service is None or not self._is_there(service):
            raise RefusalError(410, "The service has no license.")
        return one(self._shown(call, organization, call.ids["tenant"], call.ids["service"], service), self._switches)

    def allocate(self, call: Call, state: UiPathState) -> Reply:
        """Set a service's licence."""
        fields = read_json_object(call, {"tenantName", "products", "bypassUsageCheck"})
        name = fields.get("tenantName")
        if not isinstance(name, str) or not name:
            raise RefusalError(400, "tenantName is not a non-empty string.")
        wanted = read_products(fields, "products")
        bypass = read_bypass(fields)
        organization = self._licensed(call, state)
        tenant = organization.tenants.get(call.ids["tenant"])
        if tenant is None and self._switches.uipath_unknown_tenant != "200":
            raise RefusalError(int(self._switches.uipath_unknown_tenant), "There is no such tenant.")
        tenant = tenant or Tenant()
        service = tenant.services.get(call.ids["service"], Service())
        after = combine(service.products, wanted, self._switches)
        free = {code: organization_free(organization, code) for code in after}
        refuse_shortage(service.products, after, free, "organization")
        if self._switches.uipath_lower_below_use == "409" and not bypass:
            used = {code: service.used.get(code, 0) for code in service.products}
            refuse_below_use(service.products, after, used)
        organization.tenants.setdefault(call.ids["tenant"], tenant)
        tenant.name = name
        service.products = self._stored(after)
        if self._is_there(service):
            tenant.services[call.ids["service"]] = service
        else:
            tenant.services.pop(call.ids["service"], None)
        return one(self._shown(call, organization, call.ids["tenant"], call.ids["service"], service), self._switches)

    def deallocate(self, call: Call, state: UiPathState) -> Reply:
        """Take a service's licence away."""
        refuse_body(call)
        organization = state.organizations.get(call.ids["organization"], Organization())
        services = organization.tenants.get(call.ids["tenant"], Tenant()).services
        service = services.get(call.ids["service"])
        if service is None:
            answer = self._switches.uipath_remove_absent_service
            if answer == "200":
                return Reply()
            raise RefusalError(int(answer), "The service has no license.")
        self._refuse_in_use(service)
        del services[call.ids["service"]]
        return Reply()

    def deallocate_all(self, call: Call, state: UiPathState) -> Reply:
        """Take the licences of all services of a tenant away."""
        refuse_body(call)
        organization = state.organizations.get(call.ids["organization"], Organization())
        services = organization.tenants.get(call.ids["tenant"], Tenant()).services
        for service in services.values():
            self._refuse_in_use(service)
        services.clear()
        return Reply()

    def _licensed(self, call: Call, state: UiPathState) -> Organization:
        organization = state.organizations.get(call.ids["organization"])
        if organization is None or organization.license is None:
            raise RefusalError(404, "The organization has no account license.")
        return organization

    def _services(self, call: Call, organization: Organization, tenant_id: str) -> list[Json]:
        tenant = organization.tenants.get(tenant_id, Tenant())
        return [
            self._shown(call, organization, tenant_id, name, service)
            for name, service in tenant.services.items()
            if self._is_there(service)
        ]

    def _shown(self, call: Call, organization: Organization, tenant_id: str, name: str, service: Service) -> Json:
        place = (call.ids["organization"], tenant_id, name)
        return service_license(place, service, organization.license, self._switches)

    def _is_there(self, service: Service) -> bool:
        return any(service.products.values()) or self._switches.uipath_zero_service != "gone"

    def _stored(self, after: dict[str, int]) -> dict[str, int]:
        stored = settle(dict(after), self._switches.uipath_added_to_service, self._switches)
        if any(stored.values()):
            return stored
        return after if self._switches.uipath_zero_service == "zeros" else {}

    def _refuse_in_use(self, service: Service) -> None:
        if self._switches.uipath_remove_in_use == "409" and any(service.used.values()):
            raise RefusalError(409, "Licenses of the service are in use.")
