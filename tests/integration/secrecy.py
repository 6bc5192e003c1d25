# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that are hard to write down, a simulator that knows them, and the search for every spelling of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

# Characters that each way of writing a secret down escapes in its own manner.
SECRETS = {
    "UIPATH_PASSWORD": 'Pass/word+1 "ü%&x',
    "UIPATH_CLIENT_SECRET": "client=Secret/2 +ö",
    "UIPATH_ACCESS_TOKEN": "given.Token/3+=~x",
    "YEXT_API_KEY": "yext/Key+4 =é&x",
    "YEXT_ACCESS_TOKEN": "yext.Token/5+=&x",
}
SECRET_SEED: dict[str, Any] = {
    "uipath": {
        "users": [{"username": "admin", "password": SECRETS["UIPATH_PASSWORD"]}],
        "clients": [{"client_id": "client", "client_secret": SECRETS["UIPATH_CLIENT_SECRET"]}],
        "tokens": [SECRETS["UIPATH_ACCESS_TOKEN"]],
        "host_pool": {"UNATT": 20},
        "organizations": {
            "org": {
                "license": {"products": {"UNATT": 5}},
                "tenants": {"t": {"name": "T", "services": {"du": {"products": {"UNATT": 1}}}}},
            }
        },
    },
    "yext": {
        "api_keys": [SECRETS["YEXT_API_KEY"]],
        "access_tokens": [SECRETS["YEXT_ACCESS_TOKEN"]],
        "license_packs": {"p": {"total": 5, "assigned": {"e": None}}},
    },
}


def spellings(secret: str) -> set[str]:
    """What a secret becomes in a URL, a header, JSON, or under a thin disguise."""
    return {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        *(text for encode in (base64.b64encode, base64.urlsafe_b64encode) for text in inner_base64(secret, encode)),
    }


def inner_base64(secret: str, encode: Callable[[bytes], bytes]) -> Iterator[str]:
    """What of a secret can be found again in base64, whatever stands before and after it, as in ``user:password``."""
    data = secret.encode()
    for before in range(3):
        whole = encode(b"-" * before + data).decode().rstrip("=")
        # The first and the last characters also hold bits of what stands beside the secret.
        yield whole[(before * 8 + 5) // 6 : (before + len(data)) * 8 // 6]


def assert_no_secret(what: str, text: str, tokens: list[str]) -> None:
    """Fail where a text has one of the secrets or tokens, however it is spelled."""
    for secret in (*SECRETS.values(), *tokens):
        for spelling in spellings(secret):
            position = text.find(spelling)
            assert position < 0, f"{what}: …{text[max(0, position - 300) : position + 100]}…"


def files_below(directory: Path) -> Iterator[tuple[str, str]]:
    """Every file of a folder by its name, with its text."""
    for path in directory.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(directory)), path.read_text(errors="replace")
