# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When licences end: which have ended, which are in grace, which end soon. Pure."""

from __future__ import annotations

import datetime
from typing import Any

from ._findings import Expiration, Finding, FindingKind, Spot, Terms

# Epoch seconds of the year 10000: no calendar has later days.
END_OF_TIME = 253402300800
KINDS = {"ended": FindingKind.ENDED, "in_grace": FindingKind.IN_GRACE, "soon": FindingKind.EXPIRES_SOON}


def moment_of(epoch_seconds: Any) -> datetime.datetime | None:
    """A time as UiPath writes it; None where it tells none."""
    if isinstance(epoch_seconds, bool) or not isinstance(epoch_seconds, (int, float)):
        return None
    if not 0 < epoch_seconds < END_OF_TIME:
        return None
    return datetime.datetime.fromtimestamp(epoch_seconds, datetime.UTC)


def license_expiration(level: str, spot: Spot, ends: datetime.datetime, grace_ends: Any, terms: Terms) -> Expiration:
    """The end of a UiPath licence, with what ``gracePeriod`` says in epoch seconds."""
    if ends <= terms.now:
        grace = moment_of(grace_ends)
        state = "in_grace" if grace is not None and grace > terms.now else "ended"
    else:
        state = _ahead(ends.date(), terms)
    return Expiration(ends.date(), level, spot, 1, state)


def day_state(date: datetime.date, terms: Terms) -> str:
    """The state of what ends with a day."""
    return "ended" if date < terms.today else _ahead(date, terms)


def _ahead(date: datetime.date, terms: Terms) -> str:
    return "soon" if (date - terms.today).days <= terms.expiry_days else "later"


def expiry_finding(spot: Spot, date: datetime.date, state: str, terms: Terms, wanted: str | None) -> Finding | None:
    """The finding about an end; None where it is neither past nor near. ``wanted``: the end that was agreed, if any."""
    kind = KINDS.get(state)
    if kind is None:
        return None
    days = (date - terms.today).days
    if days > 0:
        detail = f"ends in {days} day{'' if days == 1 else 's'}"
    elif days == 0:
        detail = "ended today" if kind is not FindingKind.EXPIRES_SOON else "ends today"
    else:
        detail = f"ended {-days} day{'' if days == -1 else 's'} ago" + (", in grace" if state == "in_grace" else "")
    return Finding(kind, spot, wanted, date.isoformat(), days, detail)
