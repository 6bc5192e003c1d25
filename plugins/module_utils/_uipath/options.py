# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UiPath's sign-in options, and the client that they make."""

from __future__ import annotations

from typing import Any

from .._ansible.options import TRANSPORT, Spec, from_environment, settings_of, transport_of
from .._ansible.runner import Task
from .._errors import InvalidInput
from .._model.current import Pool
from .._model.desired import DesiredOrganization, Quantities
from .._plan.report import Report
from .api import DEFAULT_HOST_ACCOUNT_ID, LicenseResourceManager
from .auth import FLOWS, SignIn, TokenSource
from .provision import provision_organizations
from .selection import Stage, only

UIPATH: Spec = from_environment(
    "UIPATH",
    {
        "base_url": {"type": "str"},
        "auth_flow": {"type": "str", "choices": list(FLOWS)},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        "access_token": {"type": "str", "no_log": True},
        "host_account_id": {"type": "str", "default": DEFAULT_HOST_ACCOUNT_ID},
        "tenancy_name": {"type": "str", "default": "host"},
        "scope": {"type": "str"},
        "sign_in_path": {"type": "str"},
        "lrm_path": {"type": "str", "default": "/lrm"},
        **TRANSPORT,
    },
)

UIPATH_CHANGES: Spec = {
    "bypass_usage_check": {"type": "bool"},
    "ignore_codes": {"type": "list", "elements": "str", "default": []},
    "on_unreadable": {"type": "str", "default": "fail", "choices": ["fail", "write"]},
}

# Only of the module for many organizations.
SELECTION: Spec = {
    "only_organization": {"type": "raw"},
    "only_tenant": {"type": "raw"},
    "stage": {"type": "str", "default": "all", "choices": [stage.value for stage in Stage]},
}


def sign_in(task: Task) -> TokenSource:
    """The sign-in of this task; nothing is called yet."""
    if not task.params["base_url"]:
        raise InvalidInput("base_url is missing: set the option or the environment variable UIPATH_BASE_URL")
    names = (
        "auth_flow",
        "username",
        "password",
        "client_id",
        "client_secret",
        "access_token",
        "tenancy_name",
        "scope",
        "sign_in_path",
    )
    options = SignIn(**{name: task.params[name] for name in names})
    return TokenSource(task.connect(task.params["base_url"], transport_of(task.params)), options)


def license_resource_manager(task: Task) -> LicenseResourceManager:
    """The License Resource Manager that this task talks to; nothing is called yet."""
    return LicenseResourceManager(
        sign_in(task), lrm_path=task.params["lrm_path"], host_account_id=task.params["host_account_id"]
    )


def apply_organizations(task: Task, desired: tuple[DesiredOrganization, ...]) -> Report:
    """Make these organizations so with the options of the task, or the portion of them that it asks for."""
    settings = settings_of(task.params, task.check_mode)
    selection = only(desired, task.params.get("only_organization") or None, task.params.get("only_tenant") or None)
    return provision_organizations(
        license_resource_manager(task),
        selection,
        settings,
        ignore_codes=task.params["ignore_codes"],
        bypass_usage_check=task.params["bypass_usage_check"],
        stage=Stage(task.params.get("stage", "all")),
    )


def require_products(task: Task) -> None:
    """A null counts as omitted in a file, but a task for one licence without products has nothing to do."""
    if task.params["state"] == "present" and task.params["products"] is None:
        raise InvalidInput("products is missing: write which product codes, or state: absent")


def product_list(products: Quantities | None) -> list[dict[str, Any]]:
    """Quantities as modules return them, sorted by code."""
    return [{"code": code, "quantity": quantity} for code, quantity in sorted((products or {}).items())]


def license_record(held: Quantities | None) -> dict[str, Any]:
    """What a module for one licence tells of it."""
    return {"state": "present" if held else "absent", "products": product_list(held)}


def pool_list(pool: Pool) -> list[dict[str, Any]]:
    """A pool as modules return it, sorted by code."""
    return [
        {"code": code, "total": product.total, "available": product.available} for code, product in sorted(pool.items())
    ]
