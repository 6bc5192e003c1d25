# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bearer tokens: given by a sign-in, good for a time or for a number of calls."""

import dataclasses
import secrets
import time


@dataclasses.dataclass
class Token:
    """One token; ``expires`` in epoch seconds, null in a field means without that bound."""

    tenancy: str = "host"
    grant: str = "given"
    scopes: frozenset[str] = frozenset()
    expires: float | None = None
    calls_left: int | None = None


class Tokens:
    """The tokens that sign-ins gave; those of the seed are part of the state."""

    def __init__(self) -> None:
        self._issued: dict[str, Token] = {}

    def issue(self, token: Token) -> str:
        """A new token's text."""
        text = secrets.token_urlsafe(32)
        self._issued[text] = token
        return text

    def use(self, text: str) -> Token | None:
        """The token that the text stands for, if it is still good; this counts as one call."""
        token = self._issued.get(text)
        if token is None:
            return None
        if (token.expires is not None and time.time() >= token.expires) or token.calls_left == 0:
            del self._issued[text]
            return None
        if token.calls_left is not None:
            token.calls_left -= 1
        return token

    def forget(self, text: str) -> None:
        """Make one token invalid."""
        self._issued.pop(text, None)

    def forget_all(self) -> None:
        """Make every token invalid that a sign-in gave."""
        self._issued.clear()
