# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a terminal obeys, what nobody sees, and what JSON cannot carry."""

from __future__ import annotations

import datetime
import json
import math
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import Kind, LicensingError
from ansible_collections.tenantops.licensing.plugins.module_utils._visible_text import (
    DEEPEST,
    as_data,
    encodable,
    visible,
    visible_value,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Straße 1 · 東京 🙂 C:\\new", "Straße 1 · 東京 🙂 C:\\new"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\nb\r\nc\td", "a\\nb\\r\\nc\\td"),
        ("\0\x07\x08\x7f\x85\x9b", "\\x00\\x07\\x08\\x7f\\x85\\x9b"),
        ("safe\u202etxt.exe\u2066\u200f", "safe\\u202etxt.exe\\u2066\\u200f"),
        ("store\u200b-1\ufeff\u2060\xad", "store\\u200b-1\\ufeff\\u2060\\xad"),
        ("store-1\xa0\u2007\u3000", "store-1\\xa0\\u2007\\u3000"),
        ("a\u2028b\u2029", "a\\u2028b\\u2029"),
        ("half \ud800 and \udcff", "half \\ud800 and \\udcff"),
        ("\u3164\u115f\u2800\ufe0f\u034f\U000e0101", "\\u3164\\u115f\\u2800\\ufe0f\\u034f\\U000e0101"),
        ("tag \U000e0041 \ufffe", "tag \\U000e0041 \\ufffe"),
    ],
)
def test_what_a_terminal_obeys_or_nobody_sees_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters()))
def test_a_visible_text_holds_nothing_else_and_stays_as_it_is(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert visible(shown) == shown
    shown.encode()


def test_a_structure_is_visible_in_names_and_values() -> None:
    structure = {"a\x1b": ["\u202e", ("\n", 1)], "b": None}
    assert visible_value(structure) == {"a\\x1b": ["\\u202e", ["\\n", 1]], "b": None}


def test_every_text_of_a_failure_is_visible() -> None:
    error = LicensingError(Kind.REJECTED, "a\x1b\nb", code="\x9b", held={"U\u202e": 1}, url="x\n", hint="\x00")
    assert error.as_result() == {
        **{"kind": "rejected", "message": "a\\x1b\\nb", "code": "\\x9b"},
        **{"held": {"U\\u202e": 1}, "url": "x\\n", "hint": "\\x00"},
    }


def test_only_halves_of_characters_are_escaped_in_data() -> None:
    assert encodable("a\x1b\u202e\ud83d 🙂\udc00") == "a\x1b\u202e\\ud83d 🙂\\udc00"


DEEP: Any = "bottom"
for _level in range(3000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        pytest.param(10**5000, "a number of thousands of digits", id="many digits"),
        (2**64, 2**64),
        (b"\xff\x1b", "\\xff\\x1b"),
        ("\ud800", "\\ud800"),
        ({"\udcff": {1: None}, None: True}, {"\\udcff": {"1": None}, "None": True}),
        ({"1": "a", 1: "b"}, {"1": "a", "1 (2)": "b"}),
        ({1.5}, [1.5]),
        ((Kind.TLS, 1), ["tls", 1]),
        (ValueError("odd"), "something of the type ValueError"),
        (datetime.date(2027, 1, 31), "2027-01-31"),
    ],
)
def test_what_json_cannot_carry_becomes_text(value: Any, told: Any) -> None:
    assert as_data(value) == told


def test_what_is_nested_too_deeply_becomes_text() -> None:
    text = json.dumps(as_data({"deep": DEEP}))
    assert text.count("[") == DEEPEST - 1
    assert "nested too deeply" in text


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()) | st.integers(), inner),
)


@given(ANYTHING)
def test_anything_becomes_what_json_and_utf_8_can_carry(value: Any) -> None:
    told = as_data(value)
    text = json.dumps(told, ensure_ascii=False, allow_nan=False)
    text.encode()
    assert json.loads(text) == told
