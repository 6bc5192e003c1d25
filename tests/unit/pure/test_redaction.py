# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No spelling of a secret leaves."""

from __future__ import annotations

import base64
import json
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._redaction import MASK, Redactor

SECRET = 'p/ä s+"w=rd&\\x'


def redactor(*secrets: str | None) -> Redactor:
    made = Redactor()
    made.add(*secrets)
    return made


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        urllib.parse.quote(SECRET, safe=""),
        urllib.parse.quote(SECRET),
        urllib.parse.quote_plus(SECRET),
        urllib.parse.urlencode({"k": SECRET})[2:],
        urllib.parse.quote(SECRET, safe="").lower(),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_every_spelling_is_masked(spelling: str) -> None:
    assert redactor(SECRET).text(f"before {spelling} after {spelling}") == f"before {MASK} after {MASK}"


@pytest.mark.parametrize("user", ["u", "us", "use", ""])
@pytest.mark.parametrize("after", ["", "!", "!!"])
def test_a_secret_in_the_midst_of_base64_is_masked(user: str, after: str) -> None:
    whole = base64.b64encode(f"{user}:{SECRET}{after}".encode()).decode()
    told = redactor(SECRET).text(f"Basic {whole}")
    left = told.removeprefix("Basic ").replace(MASK, "").rstrip("=")
    assert MASK in told
    # What is left are the neighbours, and at most the few bits that the secret shares a character with them.
    assert len(left) <= (len(f"{user}:{after}") * 8 + 5) // 6 + 2


def test_a_short_secret_does_not_mask_what_only_might_be_a_part_of_it_in_base64() -> None:
    assert redactor("abc").text("YWJj WJj Yi") == f"{MASK} WJj Yi"


def test_without_secrets_a_text_stays_as_it_is() -> None:
    assert redactor().text("a text") == redactor(None, "").text("a text") == "a text"


def test_a_secret_that_contains_another_leaves_nothing_of_either() -> None:
    assert redactor("abc", "abcdef").text("abcdef abc") == f"{MASK} {MASK}"
    assert redactor("abcdef", "abc").text("abcdef abc") == f"{MASK} {MASK}"


def test_secrets_can_be_added_later() -> None:
    made = redactor("first")
    made.add("second")
    assert made.text("first second") == f"{MASK} {MASK}"


def test_a_secret_is_no_pattern() -> None:
    assert redactor("a.c").text("abc a.c") == f"abc {MASK}"


def test_a_structure_is_redacted_wherever_it_holds_a_text() -> None:
    structure = {"a": ["x secret", 1, None, True, {"b": "secret"}], "c": 1.5}
    assert redactor("secret").value(structure) == {"a": [f"x {MASK}", 1, None, True, {"b": MASK}], "c": 1.5}
    assert structure["a"] == ["x secret", 1, None, True, {"b": "secret"}]


def test_keys_and_tuples_are_redacted_too() -> None:
    told = str(redactor("secret").value({"secret": ("secret", {"secret": 1})}))
    assert "secret" not in told


@given(st.text(min_size=1), st.text(), st.text())
def test_no_text_holds_a_secret_afterwards(secret: str, before: str, after: str) -> None:
    if secret in MASK or MASK in secret:
        return
    told = redactor(secret).text(before + secret + after)
    assert MASK in told
    assert len(secret) < 3 or secret not in told.replace(MASK, "\0")
