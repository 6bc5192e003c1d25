# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody outside Yext has written down: one switch a question, one value a possible answer."""

import dataclasses
from typing import Annotated, Literal

from .reading import at_least, is_date
from .switches_uipath import Case

Count = Annotated[int, at_least(0)]
Size = Annotated[int, at_least(1)]


@dataclasses.dataclass
class SavedFilter:
    """Entities that a pack's saved filter assigns and removes by itself after each write to the pack."""

    adds: list[str] = dataclasses.field(default_factory=list)
    removes: list[str] = dataclasses.field(default_factory=list)


def _filters() -> dict[str, SavedFilter]:
    return {}


@dataclasses.dataclass
class YextSwitches:
    """The open questions about license packs and assignments, each with the answer in force."""

    yext_assign_twice: Annotated[Literal["200", "400", "409"], "POST for an entity that is assigned already"] = "200"
    yext_assign_twice_expiry: Annotated[
        Literal["kept", "cleared"], "whether an accepted second POST clears the expiration date"
    ] = "kept"
    yext_assign_status: Annotated[Literal["200", "201"], "status of a POST that assigns"] = "200"
    yext_remove_unassigned: Annotated[
        Literal["400", "200", "404", "409"], "DELETE for an entity that is not assigned"
    ] = "400"
    yext_update_unassigned: Annotated[
        Literal["400", "404", "409", "200"], "PUT for an entity that is not assigned; 200 assigns it"
    ] = "400"
    yext_past_date: Annotated[Literal["400", "accepted"], "PUT with an expiration date before today"] = "400"
    yext_today: Annotated[
        Annotated[str, is_date] | None, "the day that counts as today, YYYY-MM-DD; null means the machine's"
    ] = None
    yext_none_available: Annotated[Literal["400", "409"], "POST when the pack has no licence left"] = "400"
    yext_unknown_entity: Annotated[Literal["400", "404"], "a call for an entity that does not exist"] = "400"
    yext_write_answer: Annotated[
        Literal["touched", "all", "empty"],
        "what POST and PUT answer with: the entity touched, all of the pack, an empty response object",
    ] = "touched"
    yext_no_expiration: Annotated[
        Literal["omitted", "null", "empty"], "how an assignment without expiration date shows that"
    ] = "omitted"
    yext_empty_pack: Annotated[
        Literal["listed", "omitted"], "a pack without assignments in the listing of its assignments"
    ] = "listed"
    yext_page_counts: Annotated[
        Literal["entities", "packs"], "what pageSize counts in a listing of assignments; entities splits a pack"
    ] = "entities"
    yext_page_size_default: Annotated[Size, "elements on a page when pageSize is not sent"] = 10
    yext_page_size_maximum: Annotated[Size, "the largest pageSize"] = 50
    yext_page_size_above_maximum: Annotated[
        Literal["400", "clamped"], "a pageSize above the largest: refused, or taken as the largest"
    ] = "400"
    yext_last_page_token: Annotated[
        Literal["omitted", "null", "empty"], "nextPageToken on the last page: missing, null, an empty string"
    ] = "omitted"
    yext_page_token_repeats: Annotated[bool, "whether each page names the token of the first page as the next"] = False
    yext_stale_reads: Annotated[Count, "how many reads after a write still show the state before it"] = 0
    yext_saved_filter: Annotated[
        dict[str, SavedFilter], "by pack ID, the entities that a saved filter adds or removes after each write"
    ] = dataclasses.field(default_factory=_filters)
    yext_assigned_count_offset: Annotated[
        int, "how far a pack's assigned count lies beside the number of its assignments"
    ] = 0
    yext_write_errors: Annotated[
        Literal["none", "warning", "non_fatal", "non_fatal_done", "fatal"],
        "errors in the envelope of writes: none, WARNING with 200 and done, NON_FATAL_ERROR with 207 and not done, "
        "the same but done, FATAL_ERROR with 200 and not done",
    ] = "none"
    yext_read_errors: Annotated[
        Literal["none", "warning", "non_fatal"],
        "errors in the envelope of listings: none, WARNING with 200, NON_FATAL_ERROR with 207",
    ] = "none"
    yext_id_case: Annotated[Case, "letter case of entity IDs in answers"] = "as_stored"
    yext_rate_limit: Annotated[Count, "calls a window that the account may make"] = 5000
    yext_rate_window: Annotated[Size, "seconds that a window lasts"] = 3600
