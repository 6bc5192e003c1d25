# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the desired state: what is wanted of organizations, tenants, services, packs and entities. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

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


GUID = re.compile(
    r"[{(]?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})[)}]?", re.IGNORECASE
)
ServiceKey = tuple[str, str]  # identity of the tenant, type of the service in lower case
Spelling = TypeVar("Spelling", str, ServiceKey)
# What nobody sees, beside the characters of category Cf: fillers, joiners, and those that choose a form of a letter.
UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
# Letters and dashes that are drawn alike, each in the letter case in which they are: Cyrillic, Greek, dashes, a minus.
DRAWN_ALIKE = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
    "ABEKMHOPCTYXIJS" + "aeopcyxijs" + "ABEZHIKMNOPTYXo" + "-------",
)


def identity(an_id: str) -> str:
    """What two spellings of one UiPath ID share: a GUID is the same in either letter case, in braces, without dashes
    and with blanks around it; any other ID is only itself."""
    found = GUID.fullmatch(an_id.strip())
    return "-".join(found.groups()).lower() if found else an_id


def service_key(tenant_id: str, service_type: str) -> ServiceKey:
    """What two spellings of one service share: its types are words, which servers spell as they like."""
    return identity(tenant_id), service_type.casefold()


def likeness(text: str) -> str:
    """What spellings share that a person cannot tell apart: letter case, blanks, what nobody sees, Unicode's forms."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(DRAWN_ALIKE)).translate(DRAWN_ALIKE)
    seen = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace()
        or (character not in UNSEEN and unicodedata.category(character) not in ("Cc", "Cf", "Cs"))
    )
    return identity(unicodedata.normalize("NFKC", " ".join(seen.split()).casefold()))


def service_likeness(key: ServiceKey) -> ServiceKey:
    """What spellings of one service share that a person cannot tell apart."""
    return likeness(key[0]), likeness(key[1])


def lookalikes(
    named: Iterable[Spelling],
    held: Iterable[Spelling],
    going: Iterable[Spelling] = (),
    *,
    look: Callable[[Spelling], Hashable],
) -> list[tuple[Spelling, Spelling]]:
    """What is named but not held, beside what is held and looks like it; what goes for want of a name (``going``),
    beside what stays and looks like it. ``look``: what lookalikes share.

    Two that are both named are two: whoever wrote them knows it.
    """
    all_named, all_held, all_going = set(named), set(held), set(going)
    missing = all_named - all_held
    if not missing and not all_going:
        return []
    by_look: dict[Hashable, list[Spelling]] = {}
    for spelling in sorted(all_held | all_named):
        by_look.setdefault(look(spelling), []).append(spelling)
    return [
        (spelling, other)
        for spelling in sorted(missing | all_going)
        for other in by_look[look(spelling)]
        if other != spelling and (other not in all_going if spelling in all_going else other in all_held - all_named)
    ]
