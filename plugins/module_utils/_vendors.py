# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the audit, and what becomes of them. It is the one task that calls both vendors."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ._ansible.options import RUNTIME, Spec, refuse_odd_numbers
from ._ansible.runner import Task
from ._audit.findings import Audit, Terms
from ._audit.report import numbers_of
from ._concurrency import map_concurrently
from ._errors import InvalidInput
from ._model.desired import DesiredOrganization, DesiredPack
from ._model.finding_kinds import Concern, FindingKind
from ._uipath.audit_read import audit_uipath
from ._uipath.options import UIPATH, license_resource_manager
from ._yext.audit_read import audit_yext
from ._yext.options import YEXT, yext_licenses

POOL_LEVELS = ["host", "license_pack", "organization"]
AUDIT: Spec = {
    "ignore_codes": {"type": "list", "elements": "str", "default": []},
    "include_omitted": {"type": "bool", "default": False},
    "expiry_days": {"type": "int", "default": 30},
    "pool_share": {"type": "str", "default": "90%"},
    "pool_levels": {"type": "list", "elements": "str", "default": POOL_LEVELS, "choices": POOL_LEVELS},
    "fail_on": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": [Concern.DRIFT.value, *(kind.value for kind in FindingKind)],
    },
    "max_findings": {"type": "str", "default": "200"},
    "report_directory": {"type": "path"},
    "report_mode": {"type": "raw", "default": "0640"},
    "earlier_report": {"type": "path"},
    "concurrency": {"type": "int", "default": 16},
    **RUNTIME,
    "uipath": {"type": "dict", "apply_defaults": True, "options": UIPATH},
    "yext": {"type": "dict", "apply_defaults": True, "options": YEXT},
}


def terms_of(params: Mapping[str, Any]) -> Terms:
    """What the audit is asked. Raises InvalidInput naming the option."""
    refuse_odd_numbers(params)
    if params["expiry_days"] < 0:
        raise InvalidInput(f"expiry_days is {params['expiry_days']}: it must be at least 0")
    share = params["pool_share"].strip().removesuffix("%").strip()
    if not re.fullmatch(r"[0-9]{1,3}", share) or int(share) > 100:
        raise InvalidInput(f"pool_share {params['pool_share']!r} is no share between 0% and 100%")
    return Terms(
        now=datetime.datetime.now(datetime.UTC),
        expiry_days=params["expiry_days"],
        pool_share=int(share),
        pool_levels=frozenset(params["pool_levels"]),
        ignore_codes=frozenset(params["ignore_codes"]),
        include_omitted=params["include_omitted"],
    )


def most_findings(params: Mapping[str, Any]) -> int | None:
    """How many findings to return; None for all of them."""
    most: str = params["max_findings"].strip()
    if most == "all":
        return None
    if not re.fullmatch(r"[0-9]{1,9}", most):
        raise InvalidInput(f"max_findings {params['max_findings']!r} is neither a number such as 200 nor all")
    return int(most)


def audit_both(
    task: Task, organizations: Sequence[DesiredOrganization], packs: Sequence[DesiredPack], terms: Terms
) -> tuple[Audit, list[str]]:
    """The audit of both vendors at the same time, and what they warn about. Only who is named must be signed in to."""
    concurrency = task.params["concurrency"]
    audits: list[Callable[[], Audit]] = []
    warnings: list[str] = []
    if organizations:
        lrm = license_resource_manager(task.part("uipath"))
        audits.append(lambda: audit_uipath(lrm, organizations, terms, concurrency))
    if packs:
        yext = yext_licenses(task.part("yext"))
        warnings = yext.warnings
        audits.append(lambda: audit_yext(yext, packs, terms, concurrency))
    both = Audit()
    for found in map_concurrently(lambda audit: audit(), audits, 2):
        both.add(found)
    return both, warnings


def alarm_of(params: Mapping[str, Any], report: Mapping[str, Any]) -> str | None:
    """A sentence about the findings that the user wants to fail on; None where there are none."""
    kinds = set(params["fail_on"])
    if Concern.DRIFT in kinds:
        kinds |= {kind.value for kind in FindingKind if kind.concern is Concern.DRIFT}
    numbers = numbers_of(report["summary"]["by_kind"], kinds)
    return f"The audit found what it was to fail on: {numbers}" if numbers else None
