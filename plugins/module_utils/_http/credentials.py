# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets as they are sent: without what a file leaves behind them, and masked in every form in which they were met."""

from __future__ import annotations

from .._errors import InvalidInput
from .redaction import Redactor

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"  # what stands for a byte that is no character


def refuse_half_characters(name: str, value: str) -> None:
    """Raise InvalidInput for text of which a part cannot be sent, such as a byte that is no UTF-8; it is not shown."""
    if REPLACEMENT in whole_characters(value):
        raise InvalidInput(f"{name} holds a character that cannot be sent: is it written in UTF-8?")


def whole_characters(text: str) -> str:
    """The text with the replacement character for what is no character, as bytes of the environment can be."""
    return "".join(REPLACEMENT if "\ud800" <= character <= "\udfff" else character for character in text)


def secret_to_send(redactor: Redactor, name: str, value: str | None, *, is_password: bool = False) -> str | None:
    """A token, key or client's secret without blanks and line breaks around it; of a password only line breaks go.

    None for what is not given, which an empty one is not. Raises InvalidInput for what cannot be sent, without it.
    """
    if not value or not value.strip():
        return None
    refuse_half_characters(name, value)
    sent = value.strip("\r\n") if is_password else value.strip()
    redactor.add(value, sent, value.strip())
    if not is_password and not sent.isprintable():
        raise InvalidInput(f"{name} has a line break or another odd character inside: was it copied whole, and alone?")
    return sent


def text_to_send(name: str, value: str | None) -> str | None:
    """What is no secret, such as a user's name, without blanks and line breaks around it. Raises InvalidInput."""
    if not value or not value.strip():
        return None
    refuse_half_characters(name, value)
    sent = value.strip()
    if not sent.isprintable():
        raise InvalidInput(f"{name} has a line break or another odd character inside: {sent[:80]!r}")
    return sent
