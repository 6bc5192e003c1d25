# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit can find, in one table. What documents say of it is generated from here. Pure."""

from __future__ import annotations

from enum import StrEnum


class Concern(StrEnum):
    """What a kind of finding is about."""

    READING = "reading"
    DRIFT = "drift"
    CAPACITY = "capacity"
    EXPIRY = "expiry"
    NOTICE = "notice"


class FindingKind(StrEnum):
    """What can be found, the most serious first.

    Each kind has its value in reports, its concern, its name for people, what it means, and how many there are of it in
    a sentence: after a number, with ``{s}`` where a plural has an s.
    """

    UNREADABLE = (
        "unreadable",
        Concern.READING,
        "Unreadable",
        "It could not be read, so nothing is known about it.",
        "unreadable",
    )
    LISTING_MISMATCH = (
        "listing_mismatch",
        Concern.READING,
        "Counts disagree",
        "What a license pack counts itself and what it lists are not the same.",
        "license pack{s} whose count and listing disagree",
    )
    INSUFFICIENT_CAPACITY = (
        "insufficient_capacity",
        Concern.CAPACITY,
        "Not enough licences",
        "What was agreed could not be provisioned today: too few licences are free.",
        "pool{s} too small for what is agreed",
    )
    MISSING = (
        "missing",
        Concern.DRIFT,
        "Missing",
        "It was agreed, and nothing of it is held.",
        "missing",
    )
    TOO_LITTLE = (
        "too_little",
        Concern.DRIFT,
        "Too little",
        "It is held, but less of it than agreed.",
        "too little",
    )
    TOO_MUCH = (
        "too_much",
        Concern.DRIFT,
        "Too much",
        "It is held, but more of it than agreed.",
        "too much",
    )
    UNMANAGED = (
        "unmanaged",
        Concern.DRIFT,
        "Unmanaged",
        "A code or an entity is held, and no file names it.",
        "unmanaged",
    )
    UNMANAGED_SERVICE = (
        "unmanaged_service",
        Concern.DRIFT,
        "Unmanaged service",
        "A whole service holds licences, and no file names the service.",
        "in unmanaged services",
    )
    UNMANAGED_TENANT = (
        "unmanaged_tenant",
        Concern.DRIFT,
        "Unmanaged tenant",
        "A whole tenant holds licences, and no file names the tenant.",
        "in unmanaged tenants",
    )
    EXPIRES_OTHERWISE = (
        "expires_otherwise",
        Concern.DRIFT,
        "Other end",
        "An assignment ends on another day than agreed, or not at all.",
        "ending otherwise than agreed",
    )
    ENDED = (
        "ended",
        Concern.EXPIRY,
        "Ended",
        "The licences are past their end.",
        "ended",
    )
    IN_GRACE = (
        "in_grace",
        Concern.EXPIRY,
        "In grace",
        "The licences are past their end, within their grace period.",
        "in grace",
    )
    EXPIRES_SOON = (
        "expires_soon",
        Concern.EXPIRY,
        "Ends soon",
        "The licences end within the days that were asked for.",
        "ending soon",
    )
    POOL_NEARLY_USED = (
        "pool_nearly_used",
        Concern.CAPACITY,
        "Nearly used up",
        "More of a pool is in use than the share that was asked for.",
        "pool{s} nearly used up",
    )
    ADDED_BY_SERVER = (
        "added_by_server",
        Concern.NOTICE,
        "Added by the server",
        "No file names the code, and the server is known to add it by itself.",
        "added by the server",
    )

    _value_: str
    concern: Concern
    label: str
    meaning: str
    counted: str

    def __new__(cls, value: str, concern: Concern, label: str, meaning: str, counted: str) -> FindingKind:
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.concern, kind.label, kind.meaning, kind.counted = concern, label, meaning, counted
        return kind
