# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Yext's sign-in options, and the client that they make."""

from __future__ import annotations

import re

from .._ansible.options import TRANSPORT, Spec, from_environment, settings_of, transport_of
from .._ansible.runner import Task
from .._errors import InvalidInput
from .._model.desired import DesiredPack
from .._plan.report import Report
from .api import API_VERSION, DEFAULT_API_URL, YextAccount, YextLicenses
from .provision import provision_packs

YEXT: Spec = from_environment(
    "YEXT",
    {
        "api_url": {"type": "str", "default": DEFAULT_API_URL},
        "account_id": {"type": "str", "default": "me"},
        "api_key": {"type": "str", "no_log": True},
        "access_token": {"type": "str", "no_log": True},
        "api_version": {"type": "str", "default": API_VERSION},
        "page_size": {"type": "int"},
        **TRANSPORT,
    },
)

YEXT_CHANGES: Spec = {"on_rate_limit": {"type": "str", "default": "stop", "choices": ["stop", "wait"]}}


def yext_licenses(task: Task) -> YextLicenses:
    """The account that this task talks to; nothing is called yet."""
    version, page_size = task.params["api_version"], task.params["page_size"]
    if not re.fullmatch(r"\d{8}", version):
        raise InvalidInput(f"api_version {version!r} is no date: write it as YYYYMMDD, such as {API_VERSION}")
    account = YextAccount(
        account_id=task.params["account_id"],
        api_key=task.params["api_key"],
        access_token=task.params["access_token"],
        api_version=version,
        page_size=page_size,
    )
    licenses = YextLicenses(task.connect(task.params["api_url"], transport_of(task.params)), account)
    licenses.warnings = task.warnings  # told even where the task fails later
    return licenses


def apply_license_packs(task: Task, desired: tuple[DesiredPack, ...]) -> Report:
    """Make these packs so with the options of the task."""
    settings = settings_of(task.params, task.check_mode)
    return provision_packs(yext_licenses(task), desired, settings)
