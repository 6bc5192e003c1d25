# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads everything that is assigned on Yext's packs, for the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .._audit.findings import Audit, Spot, Terms
from .._audit.reading import read_places
from .._errors import ApiError, Kind
from .._model.current import PackAssignments
from .._model.desired import DesiredPack
from .api import YextLicenses
from .audit import audit_packs
from .plan import lookalikes_of
from .second_source import refuse_unlisted


def audit_yext(yext: YextLicenses, desired: Sequence[DesiredPack], terms: Terms, concurrency: int) -> Audit:
    """The audit of these packs, in one paged list for each of them."""

    def read(pack: DesiredPack) -> PackAssignments:
        found = yext.assignments(pack.id)
        for named, listed in lookalikes_of(pack, found.entities):
            raise ApiError(
                Kind.UNREADABLE, f"it lists entity {listed!a} beside {named!a}, and nobody can tell these two apart"
            )
        missing = [one.id for one in pack.entities or () if not one.absent and one.id not in found.entities]
        if missing:
            refuse_unlisted(yext, found, missing, concurrency)
        if found.pack.total is None and found.pack.available is None:
            told = yext.license_packs().get(pack.id, found.pack)
            found.pack = replace(found.pack, total=told.total, available=told.available)
        return found

    spots = [Spot(license_pack_id=pack.id) for pack in desired]
    found, unreadable = read_places(read, desired, spots, concurrency)
    held = {pack.id: assignments for pack, assignments in zip(desired, found, strict=True) if assignments}
    audit = audit_packs(desired, held, terms)
    audit.findings += unreadable
    return audit
