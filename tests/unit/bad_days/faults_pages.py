# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages that do not end, or come again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.tenantops.licensing.tests.unit.bad_days.faults import Fault
from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import Right, Sending, whole

TOKENS: dict[str, Any] = {
    "a number": 7,
    "0": 0,
    "true": True,
    "false": False,
    "a list": ["x"],
    "an object": {"x": 1},
    "one that nobody gave": "x",
    "a blank": " ",
    "10,000 letters": "x" * 10_000,
    "signs of an address": "a&pageToken=b#c/../d",
    "a lone surrogate": "\ud800",
}
LISTS = frozenset({"licensePacks", "licenseAssignments"})
Change = Callable[[dict[str, Any]], dict[str, Any]]
_numbers = itertools.count()


def of(right: Right) -> Iterator[Fault]:
    """Only of a listing in pages."""
    document = right.document() if right.headers.get("Content-Type") == "application/json" else None
    response = document.get("response") if isinstance(document, dict) else None
    if not isinstance(response, dict) or not LISTS & response.keys() or right.method != "GET":
        return
    for name, token in TOKENS.items():
        yield Fault("an odd page", f"pages: the token is {name}", _page(_token(token)))
    kind = "pages without an end"
    yield Fault(
        kind, "pages: the same page with a new token each", _page(lambda _response: _new_token()), unreadable=True
    )
    yield Fault(kind, "pages: new rows with a new token each", _page(_new_rows), unreadable=True)
    yield Fault(kind, "pages: no rows with a new token each", _page(_no_rows), unreadable=True)
    yield Fault(kind, "pages: the same token each", _page(_token("again")), unreadable=True)


def _token(token: Any) -> Change:
    return lambda _response: {"nextPageToken": token}


def _new_token() -> dict[str, Any]:
    return {"nextPageToken": f"token-{next(_numbers)}"}


def _no_rows(response: dict[str, Any]) -> dict[str, Any]:
    return {**{name: [] for name in LISTS & response.keys()}, **_new_token()}


def _new_rows(response: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps({name: response[name] for name in LISTS & response.keys()})
    rows: dict[str, Any] = json.loads(text.replace("store-", f"more-{next(_numbers)}-"))
    return {**rows, **_new_token()}


def _page(change: Change) -> Callable[[Right], Sending]:
    def send(right: Right) -> Sending:
        document = right.document()
        document["response"].update(change(document["response"]))
        return whole(right.status, right.headers, json.dumps(document).encode())

    return send
