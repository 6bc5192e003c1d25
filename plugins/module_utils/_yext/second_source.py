# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a pack's list lacks an entity: what the pack's own count, and the entity asked for by itself, say to that."""

from __future__ import annotations

from collections.abc import Sequence

from .._concurrency import map_concurrently
from .._errors import ApiError, Kind
from .._model.current import PackAssignments
from .api import YextLicenses


def refuse_unlisted(yext: YextLicenses, found: PackAssignments, entity_ids: Sequence[str], concurrency: int) -> None:
    """Ask by themselves for entities that a pack's list lacks, where the pack counts more than its list names.

    Raises ApiError(LISTING_MISMATCH) where one of them is assigned.
    """
    pack_id = found.pack.id
    if counted(yext, found) <= len(found.entities):
        return

    def assignments_of(entity_id: str) -> dict[str, PackAssignments]:
        return yext.assignments_of_entity(entity_id, pack_id)

    for by_pack in map_concurrently(assignments_of, entity_ids, concurrency):
        for entity_id in by_pack[pack_id].entities if pack_id in by_pack else ():
            raise ApiError(
                Kind.LISTING_MISMATCH,
                f"license pack {pack_id}: its pages do not list entity {entity_id}, which is assigned when it is asked "
                "for by itself; nothing is written",
                hint="Run again: the list may be late. If it stays, ask Yext.",
            )


def refuse_empty_list(yext: YextLicenses, found: PackAssignments) -> None:
    """Raise ApiError(LISTING_MISMATCH) where a list without an entity is to be all that a pack has, and it has some."""
    count = 0 if found.entities else counted(yext, found)
    if count:
        raise ApiError(
            Kind.LISTING_MISMATCH,
            f"license pack {found.pack.id} says that {count} entities are assigned, but its pages list none",
            hint="Run again: the list may be late. If it stays, ask Yext.",
        )


def counted(yext: YextLicenses, found: PackAssignments) -> int:
    """How many entities a pack says are assigned, in its list or, where that is empty, in the list of packs; else as
    many as are listed."""
    assigned = found.pack.assigned
    if assigned is None and not found.entities:
        pack = yext.license_packs().get(found.pack.id)
        assigned = pack.assigned if pack is not None else None
    return len(found.entities) if assigned is None else assigned
