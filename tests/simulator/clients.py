# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small clients for the simulator's own tests, and the seed that these are about. Needs ``requests``."""

from typing import Any

import requests

HOST = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"
LOGIN = {"TenancyName": "host", "UsernameOrEmailAddress": "admin", "Password": "host-admin-password"}
CLIENT = {"client_id": "licensing-client", "client_secret": "licensing-client-secret"}
KEY = "yext-api-key-0001"
SEED: dict[str, Any] = {
    "uipath": {
        "host_pool": {"UNATT": 20, "NONPR": 10, "TIE": 2},
        "host_consumed": {"UNATT": 1},
        "tokens": ["given-token"],
        "users": [
            {"username": "admin", "password": "host-admin-password"},
            {"username": "alice", "password": "alpha-password", "tenancy": "alpha"},
        ],
        "organizations": {
            "org-a": {
                "name": "alpha",
                "license": {"products": {"UNATT": 10, "NONPR": 4}},
                "consumed": {"UNATT": 1},
                "tenants": {
                    "t1": {
                        "name": "Default",
                        "services": {"orchestrator": {"products": {"UNATT": 5}, "used": {"UNATT": 2}}},
                    },
                    "t2": {"name": "Second"},
                },
            },
            "org-b": {"name": "beta", "tenants": {"u1": {}}},
        },
    },
    "yext": {
        "license_packs": {
            "p1": {"name": "Listings", "total": 3, "assigned": {"e1": None, "e2": "2027-01-31"}},
            "p2": {"name": "Reviews", "total": 1, "notes": "small", "assigned": {"e1": None}},
            "p3": {"name": "Pages", "total": 100},
        }
    },
}


class UiPathClient:
    """Calls below one server with a host administrator's token, got when first needed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self._token: str | None = None

    @property
    def token(self) -> str:
        """The token in use."""
        if self._token is None:
            answer = self.session.post(self.url + "/api/account/authenticate", json=LOGIN, timeout=10)
            self._token = answer.json()["result"]
        assert self._token
        return self._token

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call with the token."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        options.setdefault("timeout", 10)
        return self.session.request(method, self.url + path, headers=headers, allow_redirects=False, **options)

    def host(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call on the host's level."""
        return self.call(method, f"/lrm/api/host/{HOST}{path}", **options)

    def account(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call on an organization's level."""
        return self.call(method, f"/lrm/api/account/{path}", **options)

    def put_organization(self, organization: str, products: dict[str, int], **fields: Any) -> requests.Response:
        """Set an organization's licence."""
        body = {"productQuantities": listed(products), **fields}
        return self.host("PUT", f"/organization/{organization}/license", json=body)

    def put_service(
        self, products: dict[str, int], path: str = "org-a/service-license/t1/orchestrator", **fields: Any
    ) -> requests.Response:
        """Set a service's licence."""
        return self.account("PUT", path, json={"tenantName": "Default", "products": listed(products), **fields})


class YextClient:
    """Calls below one server with an API key and a version."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def call(self, method: str, path: str = "", params: Any = None, **options: Any) -> requests.Response:
        """One call; ``path`` begins behind license-packs."""
        query = {"v": "20260101", "api_key": KEY, **(params or {})}
        query = {name: value for name, value in query.items() if value is not None}
        url = f"{self.url}/v2/accounts/me/license-packs{path}"
        options.setdefault("timeout", 10)
        return self.session.request(method, url, params=query, allow_redirects=False, **options)

    def assigned(self, pack: str = "p1", **params: Any) -> dict[str, Any]:
        """The response object of one page of a pack's assignments."""
        answer = self.call("GET", f"/{pack}/assigned-entities", params)
        assert answer.status_code in (200, 207), answer.text
        response: dict[str, Any] = answer.json()["response"]
        return response

    def entity(self, method: str, entity: str, pack: str = "p1", **options: Any) -> requests.Response:
        """One call on an assignment."""
        return self.call(method, f"/{pack}/assigned-entities/{entity}", **options)


def listed(products: dict[str, int]) -> list[dict[str, Any]]:
    """Quantities by code in the shape of a body."""
    return [{"code": code, "quantity": quantity} for code, quantity in products.items()]


def quantities(license_: dict[str, Any]) -> dict[str, int]:
    """The quantities by code that a licence shows."""
    return {product["code"]: product["quantity"] for product in license_["products"]}
