# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every status that a server, a proxy or a balancer gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ansible_collections.tenantops.licensing.tests.unit.bad_days.faults import Fault
from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import Right, Sending, whole

SUCCESSES = (200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 299)
INTERIM = (101, 102, 103, 199)
REDIRECTS = (300, 301, 302, 303, 304, 305, 307, 308, 399)
REFUSALS = (
    *(
        400,
        401,
        402,
        403,
        404,
        405,
        406,
        407,
        408,
        409,
        410,
        411,
        412,
        413,
        414,
        415,
        416,
        417,
        418,
        421,
        422,
        423,
        424,
    ),
    *(425, 426, 428, 429, 431, 451, 460, 499, 501),
)
FAILURES = (500, 502, 503, 504, 505, 506, 507, 508, 510, 511, 520, 522, 524, 530, 599, 600, 999)
# After it was carried out, no server says one of these by itself.
PROXIES_OWN = frozenset({408, 425, 499})


def of(right: Right) -> Iterator[Fault]:
    """Each status with the vendor's own words, and some with other bodies."""
    for status in SUCCESSES:
        if status != right.status:
            yield Fault("another success", f"{status} with the right answer", _right_body(status), truthful=True)
        yield Fault(
            "another success", f"{status} with a refusal", _refusal(status), unreadable=status not in (204, 205)
        )
    for status in INTERIM:
        yield Fault("an interim status at the end", f"{status}", _refusal(status), unreadable=True)
    for status in REDIRECTS:
        yield Fault("a redirect", f"{status} to itself", _redirect(status, right.target), unreadable=True)
    yield Fault("a redirect", "302 without a target", _refusal(302), unreadable=True)
    yield Fault("a redirect", "302 to another scheme", _redirect(302, "file:///etc/passwd"), unreadable=True)
    yield Fault("a redirect", "303 with the right answer", _right_body(303), unreadable=True)
    for status in REFUSALS:
        unreadable = status not in (401, 404, 405, 410)  # which mean something of their own
        refused = status not in PROXIES_OWN
        yield Fault("a refusal", f"{status}", _refusal(status), unreadable=unreadable, refusal=refused)
    for status in (400, 401, 403, 404, 409, 410, 429):
        unreadable = status not in (401, 404, 410)
        yield Fault("a refusal", f"{status} with a page", _page(status), unreadable=unreadable, refusal=True)
        yield Fault("a refusal", f"{status} without a body", _empty(status), unreadable=unreadable, refusal=True)
    for status in FAILURES:
        yield Fault("a failure", f"{status}", _refusal(status), unreadable=True, late=status in (500, 504))
    for status in (500, 502, 503):
        yield Fault("a failure", f"{status} with a page", _page(status), unreadable=True)
        yield Fault("a failure", f"{status} with the right answer", _right_body(status), unreadable=True)


def _refusal(status: int) -> Callable[[Right], Sending]:
    return lambda right: whole(status, {**right.headers, "Content-Type": "application/json"}, right.refuse(status))


def _right_body(status: int) -> Callable[[Right], Sending]:
    return lambda right: whole(status, right.headers, right.body)


def _redirect(status: int, target: str) -> Callable[[Right], Sending]:
    return lambda right: whole(status, {**right.headers, "Location": target}, b"")


def _page(status: int) -> Callable[[Right], Sending]:
    return lambda right: whole(status, {"Content-Type": "text/html"}, b"<html><body>Bad day</body></html>")


def _empty(status: int) -> Callable[[Right], Sending]:
    return lambda right: whole(status, {}, b"")
