# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody outside UiPath has written down: one switch a question, one value a possible answer."""

import dataclasses
from typing import Annotated, Literal

from .reading import at_least

Route = Literal["served", "404", "405"]
Case = Literal["as_stored", "lower", "upper"]
Count = Annotated[int, at_least(0)]


def _mapping() -> dict[str, int]:
    return {}


def _list() -> list[str]:
    return []


@dataclasses.dataclass
class UiPathSwitches:
    """The open questions about the License Resource Manager and the sign-in, each with the answer in force."""

    uipath_put: Annotated[Literal["replace", "merge"], "what PUT does with the codes that it does not name"] = "replace"
    uipath_zero_code: Annotated[Literal["dropped", "kept"], "whether a code set to 0 is listed afterwards"] = "dropped"
    uipath_zero_service: Annotated[
        Literal["gone", "empty", "zeros"],
        "a service whose licences are all zero: no service (410), one without products, one with quantities of 0",
    ] = "gone"
    uipath_added_to_organization: Annotated[
        dict[str, Count], "codes with quantities that the server adds by itself on an organization's PUT"
    ] = dataclasses.field(default_factory=_mapping)
    uipath_added_to_service: Annotated[
        dict[str, Count], "codes with quantities that the server adds by itself on a service's PUT"
    ] = dataclasses.field(default_factory=_mapping)
    uipath_kept_codes: Annotated[list[str], "codes that the server does not lower, once held"] = dataclasses.field(
        default_factory=_list
    )
    uipath_kept_codes_answer: Annotated[
        Literal["silent", "409"], "what lowering one of the kept codes answers: 200 and nothing lowered, or 409"
    ] = "silent"
    uipath_lower_below_use: Annotated[
        Literal["409", "200"], "lowering a quantity by PUT below what is in use; bypassUsageCheck lets it pass"
    ] = "409"
    uipath_remove_in_use: Annotated[Literal["200", "409"], "removing by DELETE a licence that is in use"] = "200"
    uipath_remove_held_organization: Annotated[
        Literal["409", "cascade", "orphan"],
        "removing an organization's licence while its tenants hold some: refused, theirs go too, theirs stay",
    ] = "409"
    uipath_remove_unlicensed_organization: Annotated[
        Literal["200", "404"], "removing the licence of an organization that has none"
    ] = "200"
    uipath_remove_absent_service: Annotated[
        Literal["404", "200", "410"], "removing the licence of a service that has none"
    ] = "404"
    uipath_unknown_tenant: Annotated[
        Literal["404", "400", "200"], "PUT for a tenant that does not exist; 200 makes it exist"
    ] = "404"
    uipath_unknown_organization: Annotated[
        Literal["404", "400", "200"], "PUT of a licence for an organization that does not exist; 200 makes it exist"
    ] = "404"
    uipath_unlicensed_organization: Annotated[
        Literal["404", "null", "empty"],
        "reading the licence of an organization that has none: 404, a null licence, a licence without products",
    ] = "404"
    uipath_available_counts_own: Annotated[
        bool, "whether availableQuantity of an organization counts its own share as available"
    ] = False
    uipath_allocated: Annotated[
        Literal["all", "services", "services_and_users"],
        "what allocated contains: everything consumed, services of tenants only, those and users' bundles",
    ] = "all"
    uipath_service_quantity: Annotated[
        Literal["both", "quantity", "allocated", "allocated_and_null"],
        "where a service product carries its quantity; allocated_and_null has a quantity of null beside allocated",
    ] = "both"
    uipath_no_products: Annotated[
        Literal["empty", "null", "missing"], "how a licence shows that it has no products"
    ] = "empty"
    uipath_null_fields: Annotated[Literal["null", "missing"], "how a field without a value is shown"] = "null"
    uipath_tenant_services: Annotated[
        Literal["list", "object", "first"],
        "all services of a tenant: a list, an object where there is just one, always the first alone (410 if none)",
    ] = "list"
    uipath_lists: Annotated[
        Literal["list", "object"], "other lists with just one element: a list, or that element alone"
    ] = "list"
    uipath_objects: Annotated[
        Literal["object", "list"], "answers with one licence: an object, or a list with it as its one element"
    ] = "object"
    uipath_id_case: Annotated[Case, "letter case of organization and tenant IDs in answers"] = "as_stored"
    uipath_service_type_case: Annotated[Case, "letter case of service types in answers"] = "as_stored"
    uipath_stale_reads: Annotated[Count, "how many reads after a write still show the state before it"] = 0
    uipath_on_premises_flows: Annotated[
        bool, "off: every operation of the host on an organization's licence answers 404"
    ] = True
    uipath_route_host_pool: Annotated[Route, "GET available-products"] = "served"
    uipath_route_organization_license: Annotated[Route, "GET license/available and GET account-license"] = "served"
    uipath_route_service_licenses: Annotated[
        Route, "GET service-license (one, of a tenant, of an organization) and GET service-licenses"
    ] = "served"
    uipath_route_account_pool: Annotated[Route, "GET available-account-licenses and GET available-service-licenses"] = (
        "served"
    )
    uipath_route_removals: Annotated[Route, "the DELETE operations on licences"] = "served"
    uipath_route_accountant: Annotated[Route, "the licences of users and groups"] = "served"
    uipath_account_path: Annotated[
        Literal["both", "root", "organization"],
        "where authenticate lies: /api/account, below /{organization}/{tenant}, or both",
    ] = "both"
    uipath_identity_path: Annotated[
        Literal["both", "identity_", "identity"], "where the token endpoint lies: /identity_, /identity, or both"
    ] = "both"
    uipath_account_refusal: Annotated[
        Literal["401", "400", "200", "500"], "status of a refused authenticate; 200 says success: false in its body"
    ] = "401"
    uipath_token_refusal: Annotated[Literal["400", "401"], "status of a refused token request"] = "400"
    uipath_sign_in_error_body: Annotated[
        Literal["json", "empty", "html"], "body of a refused sign-in, whichever the flow"
    ] = "json"
    uipath_client_credentials_at_host: Annotated[
        Literal["accepted", "403", "401"], "calls at the host's level with a token of the client_credentials grant"
    ] = "accepted"
    uipath_account_token_seconds: Annotated[Count, "how long a token of authenticate lives"] = 1800
    uipath_token_seconds: Annotated[Count, "how long a token of the token endpoint lives (expires_in)"] = 3600
