# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When licences end: which have ended, which are in grace, which end soon. Pure."""

from __future__ import annotations

import datetime

from .._model.current import License
from .._model.finding_kinds import FindingKind
from .findings import Expiration, Finding, Spot, Terms, count_of

KINDS = {"ended": FindingKind.ENDED, "in_grace": FindingKind.IN_GRACE, "soon": FindingKind.EXPIRES_SOON}


def license_expiration(level: str, spot: Spot, license_: License, ends: datetime.datetime, terms: Terms) -> Expiration:
    """The end of a UiPath licence."""
    if ends <= terms.now:
        state = "in_grace" if license_.grace_ends is not None and license_.grace_ends > terms.now else "ended"
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
    word = "ends" if kind is FindingKind.EXPIRES_SOON else "ended"
    when = "today" if days == 0 else f"in {count_of(days, 'day')}" if days > 0 else f"{count_of(-days, 'day')} ago"
    grace = ", in grace" if kind is FindingKind.IN_GRACE else ""
    return Finding(kind, spot, wanted, date.isoformat(), days, f"{word} {when}{grace}")
