# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps secrets out of every text that leaves the module."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "********"
LEAST = 8  # characters of base64 that are masked in the midst of others; fewer could be anything


class Redactor:
    """Replaces every secret that it was told, in every spelling that a URL, a header or a body may give it."""

    def __init__(self) -> None:
        self._spellings: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, *secrets: str | None) -> None:
        """Remember secrets; None and empty ones are no secrets."""
        for secret in filter(None, secrets):
            self._spellings |= {
                secret,
                quote(secret, safe=""),
                quote(secret),
                quote(secret, safe="!*'()"),
                quote_plus(secret),
                json.dumps(secret)[1:-1],
                json.dumps(secret, ensure_ascii=False)[1:-1],
                *_in_base64(secret),
            }
        if self._spellings:
            # The longest first: a spelling may contain another.
            ordered = sorted(self._spellings, key=len, reverse=True)
            # Percent-escapes come in either letter case; to mask a word too much does no harm.
            self._pattern = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE)

    def text(self, text: str) -> str:
        """The text without secrets."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def value(self, value: Any) -> Any:
        """The same structure of dicts and lists with every string in it redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        return value


def _in_base64(secret: str) -> Iterator[str]:
    """A secret in base64, alone and as a part of something longer, such as ``user:password``."""
    data = secret.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode()
        for before in range(3):
            whole = encode(bytes(before) + data).decode().rstrip("=")
            # Characters that also hold bits of what stands beside the secret can be any.
            own = whole[(before * 8 + 5) // 6 : (before + len(data)) * 8 // 6]
            if len(own) >= LEAST:
                yield own
