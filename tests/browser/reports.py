# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports for the page: with no findings, three, thousands, and one in which every name is hostile."""

from __future__ import annotations

from collections import Counter
from typing import Any

NOW = "2026-11-22T09:30:00Z"
EARLIER = "2026-11-21T09:30:00Z"
CONCERNS = {
    **dict.fromkeys(("unreadable", "listing_mismatch"), "reading"),
    **dict.fromkeys(("insufficient_capacity", "pool_nearly_used"), "capacity"),
    **dict.fromkeys(("missing", "too_little", "too_much", "unmanaged", "unmanaged_service"), "drift"),
    **dict.fromkeys(("unmanaged_tenant", "expires_otherwise"), "drift"),
    **dict.fromkeys(("ended", "in_grace", "expires_soon"), "expiry"),
    "added_by_server": "notice",
}
Record = dict[str, Any]


def finding(kind: str, **fields: Any) -> Record:
    """One finding; what a test does not name does not apply."""
    return {
        "kind": kind,
        "concern": CONCERNS.get(kind, "other"),
        "wanted": None,
        "held": None,
        "difference": None,
        "fixable": False,
        "status": None,
        "since": NOW,
        **fields,
    }


def report(findings: list[Record], **fields: Any) -> Record:
    """A report with these findings and numbers that fit them."""
    told: Record = {
        "schema": "tenantops.licensing/license-audit",
        "schema_version": 1,
        "generated_at": NOW,
        "earlier": None,
        "terms": {"expiry_days": 30, "pool_share": "90%", "ignore_codes": [], "include_omitted": False},
        "verdict": f"{len(findings)} differences from what was agreed.",
        "agreed": not findings,
        "scope": {"organizations": 2, "tenants": 4, "services": 7, "license_packs": 2, "entities": 300},
        "findings": findings,
        "gone": [],
        "unknown": [],
        "pools": [],
        "expirations": [],
        **fields,
    }
    statuses = Counter(one["status"] for one in findings)
    told["summary"] = {
        "findings": len(findings),
        "new": statuses["new"],
        "open": statuses["open"],
        "gone": len(told["gone"]),
        "unknown": len(told["unknown"]),
        "by_kind": dict(Counter(one["kind"] for one in findings)),
        "by_concern": dict(Counter(one["concern"] for one in findings)),
    }
    return told


def pool(level: str, code: str, managed: int, unmanaged: int, free: int, **fields: Any) -> Record:
    total = managed + unmanaged + free
    numbers = {"total": total, "managed": managed, "unmanaged": unmanaged, "free": free}
    return {"level": level, "code": code, **numbers, **fields}


def expiration(date: str, licenses: int, state: str, level: str = "organization", **fields: Any) -> Record:
    return {"date": date, "level": level, "licenses": licenses, "state": state, **fields}


LISTINGS = {"license_pack_id": "listings-2026", "license_pack": "Listings 2026"}
DELILAH = {"organization_id": "o-1", "organization": "delilah"}
SAMSON = {"organization_id": "o-2", "organization": "samson"}
POOLS = [
    pool("host", "UNATT", 30, 6, 4),
    pool("host", "ATTUSER", 470, 12, 18),
    pool("host", "TIER3", 0, 0, 25),
    pool("license_pack", "licenses", 200, 10, 30, **LISTINGS),
    pool("license_pack", "licenses", 40, 0, 0, license_pack_id="reviews", license_pack="Reviews"),
    pool("organization", "UNATT", 20, 5, 5, **DELILAH),
    pool("organization", "ATTUSER", 300, 0, 12, **DELILAH),
    pool("organization", "UNATT", 10, 0, 2, **SAMSON),
]
EXPIRATIONS = [
    expiration("2026-10-31", 3, "ended", **SAMSON),
    expiration("2026-11-15", 2, "in_grace", **SAMSON),
    expiration("2026-12-10", 8, "soon", "service", **DELILAH, tenant="Production", service_type="orchestrator"),
    expiration("2026-12-10", 12, "soon", "license_pack", **LISTINGS),
    expiration("2027-01-31", 40, "later", "license_pack", **LISTINGS),
    expiration("2027-06-30", 15, "later", **DELILAH),
]


def none() -> Record:
    """All is as agreed."""
    verdict = "What is allocated is what was agreed."
    return report([], verdict=verdict, pools=POOLS, expirations=EXPIRATIONS[2:])


def empty() -> Record:
    """All is as agreed, and the server tells of no pools and no ends."""
    return report([], verdict="What is allocated is what was agreed.")


def three() -> Record:
    """A finding of each size that people meet: one new, two open, and one gone."""
    production = {**DELILAH, "tenant_id": "t-1", "tenant": "Production", "service_type": "orchestrator"}
    findings = [
        finding("missing", **production, code="UNATT", wanted=5, held=0, difference=-5, fixable=True, status="new"),
        finding("too_much", **production, code="ATTUSER", wanted=1200, held=1250, difference=50, fixable=True)
        | {"status": "open", "since": EARLIER},
        finding("expires_otherwise", **LISTINGS, entity_id="store-3", wanted="2027-01-31", held="never")
        | {"detail": "The assignment has no end.", "status": "open", "since": "2026-11-02T09:30:00Z"},
    ]
    gone = [finding("too_little", **SAMSON, tenant="Default", service_type="du", code="PAGES", wanted=9, held=4)]
    verdict = (
        "3 differences from what was agreed, in 1 organization and 1 license pack: 1 missing, 1 too much, "
        "1 ending otherwise than agreed."
    )
    return report(
        findings,
        verdict=verdict,
        earlier={"generated_at": EARLIER},
        gone=gone,
        pools=POOLS,
        expirations=EXPIRATIONS,
    )


def every_kind() -> Record:
    """One finding of each kind, and one of a kind that no page knows."""
    kinds = [*CONCERNS, "made_up_later"]
    findings = [
        finding(kind, **(DELILAH if place % 2 else SAMSON), tenant="Default", service_type="du", code=f"C{place}")
        | {"wanted": place, "held": 0, "difference": -place}
        for place, kind in enumerate(kinds)
    ]
    unknown = [finding("missing", **SAMSON, tenant="Closed", code="UNATT")]
    return report(findings, earlier={"generated_at": EARLIER}, unknown=unknown)


def fleet(organizations: int = 500, of_each: int = 16) -> Record:
    """Many findings over many organizations, with their pools and ends."""
    kinds = ("missing", "too_little", "too_much", "unmanaged", "unmanaged_service", "added_by_server")
    codes = ("UNATT", "ATTUSER", "NONPR", "TIER3", "PAGES")
    findings, pools, expirations = [], [pool("host", code, 40_000, 900, 1_500) for code in codes], []
    for number in range(organizations):
        organization = {"organization_id": f"o-{number:04}", "organization": f"customer-{number:03}"}
        for place in range(of_each):
            kind = kinds[(number + place) % len(kinds)]
            wanted, held = (0 if kind.startswith(("un", "add")) else place * 7 % 50), (number * place) % 90
            findings.append(
                finding(
                    kind,
                    **organization,
                    tenant_id=f"t-{place % 4}",
                    tenant=("Production", "Test", "Development", "Training")[place % 4],
                    service_type=("orchestrator", "du", "insights")[place % 3],
                    code=codes[(number + place) % len(codes)],
                    wanted=wanted,
                    held=held,
                    difference=held - wanted,
                    fixable=place % 3 > 0,
                    status="new" if (number + place) % 10 == 0 else "open",
                )
                | {
                    "since": NOW
                    if (number + place) % 10 == 0
                    else f"2026-{number % 10 + 1:02}-{place % 28 + 1:02}T06:00:00Z"
                }
            )
        for place, code in enumerate(codes):
            pools.append(pool("organization", code, number % 60 + 10, place * 3, (number + place) % 40, **organization))
        year, month = divmod(number % 30 + 9, 12)
        state = "ended" if number % 30 < 2 else "soon" if number % 30 < 4 else "later"
        expirations.append(expiration(f"{2026 + year}-{month + 1:02}-28", number % 50 + 1, state, **organization))
    verdict = f"{len(findings):,} differences from what was agreed, in {organizations} organizations."
    return report(
        findings,
        verdict=verdict,
        earlier={"generated_at": EARLIER},
        gone=[one | {"status": "open"} for one in findings[:32]],
        pools=pools,
        expirations=expirations,
        scope={"organizations": organizations, "tenants": organizations * 4, "services": 8_000},
    )


def small_fleet() -> Record:
    """The same with fewer of each, and still enough to be folded up."""
    return fleet(12, 4)


def long() -> Record:
    """Two license packs with more findings than a browser should lay out at once."""
    reviews = {"license_pack_id": "reviews", "license_pack": "Reviews"}
    return report(
        [
            finding("unmanaged", **pack, entity_id=f"{name}{place}", held=place * 37 % 131, status="new")
            for pack, name, count in ((LISTINGS, "store-", 131), (reviews, "branch-", 60))
            for place in range(count)
        ],
        earlier={"generated_at": EARLIER},
    )


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</style></script></title></table><h1>owned</h1>",
    "'\"`&amp;&lt;{{ 7 * 7 }}",
    "\u202eright to left\u202d\u2066",
    "null\x00 bell\x07 escape\x1b[31m next\x85",
    "half \ud83d of a pair",
    "x" * 5_000,
    "javascript:alert(3)",
)


def hostile() -> Record:
    """Every text that a server may choose is an attack."""
    findings, pools, expirations = [], [], []
    for number, text in enumerate(HOSTILE):
        organization = {"organization_id": text, "organization": text}
        findings += [
            finding(
                "missing",
                **organization,
                tenant_id=text,
                tenant=text,
                service_type=text,
                code=text,
                detail=text,
                wanted=number,
                status="new",
            ),
            finding(text, license_pack_id=text, license_pack=text, entity_id=text, wanted=text, held=text, since=text),
        ]
        pools += [
            pool("host", text, 3, 2, 1),
            pool("license_pack", text, 3, 2, -1, license_pack=text),
            pool("organization", text, 0, 0, 0, **organization),
        ]
        expirations += [
            expiration("2026-12-01", 3, "soon", **organization, tenant=text, service_type=text),
            expiration(text, 3, text, license_pack=text),
        ]
    return report(
        findings,
        verdict="".join(HOSTILE),
        earlier={"generated_at": HOSTILE[0]},
        terms={"expiry_days": 30, "pool_share": HOSTILE[1], "ignore_codes": list(HOSTILE)},
        gone=findings,
        unknown=findings,
        pools=pools,
        expirations=expirations,
    )


def mixed() -> Record:
    """Findings whose every column has ties, gaps, and values that sort otherwise as text. Each place occurs once."""
    rows: list[tuple[str, str, str | None, int | str | None, int | str | None, int | None, str, str | None]] = [
        ("missing", "t10", "UNATT", 5, 0, -5, "2026-11-22T09:30:00Z", "b"),
        ("too_much", "t2", "attuser", 9, 1000, 991, "2026-01-02T09:30:00Z", None),
        ("missing", "T3", "UNATT", 10, 0, -10, "2026-11-22T09:30:00Z", "a"),
        ("unreadable", "t1", None, None, None, None, "2026-11-20T09:30:00Z", "c"),
        ("too_much", "s20", "C10", 9, 12, 3, "2025-12-31T09:30:00Z", "A"),
        ("too_little", "s3", "C9", 9, 8, -1, "2026-11-22T09:30:00Z", "z"),
        ("too_little", "S1", "c9", 100, 8, -92, "2026-11-22T09:29:59Z", None),
        ("added_by_server", "e1", "C1", 0, 2_000_000, 2_000_000, "2026-10-01T09:30:00Z", None),
        ("expires_otherwise", "e12", None, "2027-01-31", "never", None, "2026-10-01T09:30:00Z", "e"),
        ("expires_otherwise", "e11", None, "2027-01-31", "2026-12-31", -31, "2026-10-01T09:30:00Z", "e"),
        ("expires_otherwise", "e2", None, "never", "2027-01-30", None, "2026-10-02T09:30:00Z", "d"),
    ]
    owners = [DELILAH] * 4 + [SAMSON] * 3 + [LISTINGS] * 4
    findings = [
        finding(
            kind,
            **owner,
            **({"entity_id": place} if owner is LISTINGS else {"tenant": place}),
            code=code,
            wanted=wanted,
            held=held,
            difference=difference,
            since=since,
            status="new" if since == NOW else "open",
        )
        | ({} if detail is None else {"detail": detail})
        for owner, (kind, place, code, wanted, held, difference, since, detail) in zip(owners, rows, strict=True)
    ]
    return report(findings, earlier={"generated_at": EARLIER})
