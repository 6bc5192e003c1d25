# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the desired state: what is wanted of organizations, tenants, services, packs and entities. Pure."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Quantities = dict[str, int]  # product code -> licences; a missing code is 0


class Keep:
    """The expiration that is left as it is."""

    def __repr__(self) -> str:
        return "KEEP"


KEEP: Final = Keep()
NEVER = "never"  # how people write that an assignment does not end


@dataclass(frozen=True, slots=True)
class DesiredService:
    """One service of a tenant; ``products`` None: left alone."""

    type: str
    products: Quantities | None = None
    exclusive: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True)
class DesiredTenant:
    """One tenant; ``services`` None: left alone; ``absent``: every licence of its services goes."""

    id: str
    name: str | None = None
    services: tuple[DesiredService, ...] | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True)
class DesiredOrganization:
    """One organization; ``products`` and ``tenants`` None: left alone."""

    id: str
    name: str | None = None
    labels: Mapping[str, str] | None = None
    products: Quantities | None = None
    exclusive: bool = False
    exclusive_services: bool = False
    tenants: tuple[DesiredTenant, ...] | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True)
class DesiredEntity:
    """One entity of a pack; ``expiration``: KEEP, None (never ends) or ``YYYY-MM-DD``."""

    id: str
    expiration: Keep | str | None = KEEP
    absent: bool = False


@dataclass(frozen=True, slots=True)
class DesiredPack:
    """One license pack; ``entities`` None: left alone."""

    id: str
    entities: tuple[DesiredEntity, ...] | None = None
    exclusive: bool = False


def identity(an_id: str) -> str:
    """What two spellings of one UiPath ID share: a GUID is the same in either letter case, any other ID is not."""
    if len(an_id) in (32, 36, 38):
        try:
            return str(uuid.UUID(an_id))
        except ValueError:
            return an_id
    return an_id


def likeness(an_id: str) -> str:
    """What two spellings share that a person cannot tell apart, or that differ in letter case only."""
    if an_id.isascii() and an_id.isprintable():
        return identity(an_id.strip()).casefold()
    seen = "".join(letter for letter in an_id if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return identity(unicodedata.normalize("NFC", " ".join(seen.split())).casefold())
