# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No spelling of a secret leaves."""

from __future__ import annotations

import base64
import html
import json
import re
import struct
import time
import urllib.parse
from collections.abc import Callable
from html.entities import codepoint2name

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._http.redaction import MASK, Redactor
from ansible_collections.tenantops.licensing.tests.unit.support.budget import examples

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


# Every spelling

FULL = "".join(chr(number) for number in range(33, 127)) + " \näßЖ中🙂"
# Longer than what could stand in a text by chance.
KEYS = st.text(FULL, min_size=8, max_size=30).filter(lambda text: text == text.strip() and "****" not in text)


def every_character(spell: Callable[[int], str]) -> Callable[[str], str]:
    return lambda text: "".join(
        spell(unit) for unit in struct.unpack(f"<{len(text.encode('utf-16-le')) // 2}H", text.encode("utf-16-le"))
    )


ENCODERS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "url": lambda text: urllib.parse.quote(text, safe=""),
    "path": urllib.parse.quote,
    "small url": lambda text: re.sub("%..", lambda found: found[0].lower(), urllib.parse.quote(text, safe="")),
    "every byte of a url": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "form": urllib.parse.quote_plus,
    "json": lambda text: json.dumps(text)[1:-1],
    "json in utf-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json for html": lambda text: (
        json.dumps(text)[1:-1].replace("/", "\\/").replace("<", "\\u003C").replace("&", "\\u0026")
    ),
    "every character of json": every_character(lambda unit: f"\\u{unit:04x}"),
    "every character in capitals": every_character(lambda unit: f"\\u{unit:04X}"),
    "python": lambda text: text.encode("unicode_escape").decode(),
    "bytes": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "html": html.escape,
    "decimal html": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "hexadecimal html": lambda text: "".join(f"&#x{ord(character):x};" for character in text),
    "hexadecimal html in capitals": lambda text: "".join(f"&#X{ord(character):04X};" for character in text),
    "named html": lambda text: "".join(f"&{codepoint2name.get(ord(one), f'#{ord(one)}')};" for one in text),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal in capitals": lambda text: text.encode().hex().upper(),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for urls": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 without its end": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64 of utf-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "capitals": lambda text: "".join(one.upper() if one.isascii() else one for one in text),
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "one line": lambda text: " ".join(text.split()),
}
# These make what they are given unreadable to an encoder that would be put around them, or are none that one puts
# around another.
ALONE: dict[str, Callable[[str], str]] = {
    "utf-8 as latin-1": lambda text: text.encode().decode("latin-1"),
    "utf-8 as cp1252": lambda text: text.encode().decode("cp1252", "replace"),
    "latin-1 as utf-8": lambda text: text.encode("latin-1", "ignore").decode("utf-8", "replace"),
    "utf-16 as utf-8": lambda text: text.encode("utf-16-le").decode("utf-8", "replace"),
    "utf-16 as latin-1": lambda text: text.encode("utf-16-be").decode("latin-1"),
}
OUTER = {name: encode for name, encode in ENCODERS.items() if name not in ("capitals", "carriage returns", "one line")}


@pytest.mark.parametrize("outer", OUTER)
@given(inner=st.sampled_from(list(ENCODERS)), secret=KEYS)
def test_a_secret_is_masked_in_two_encodings_one_within_the_other(inner: str, outer: str, secret: str) -> None:
    spelled = OUTER[outer](ENCODERS[inner](secret))
    assert redactor(secret).text(f"({spelled})") == f"({MASK})"


NEIGHBOURS = st.text("%\\&u;#=+25n0a ", max_size=4)


@given(*(st.sampled_from(list(OUTER)),) * 2, KEYS, NEIGHBOURS, NEIGHBOURS)
@settings(max_examples=examples(4))
def test_neighbours_that_look_like_escapes_do_not_hide_a_secret(
    inner: str, outer: str, secret: str, before: str, after: str
) -> None:
    encode = [OUTER[inner], OUTER[outer]]
    whole, alone = (encode[1](encode[0](text)) for text in (before + secret + after, secret))
    told = redactor(secret).text(whole)
    assert MASK in told
    assert alone not in told


@pytest.mark.parametrize("name", ALONE)
@given(secret=KEYS)
def test_a_secret_is_masked_in_a_body_of_another_encoding(name: str, secret: str) -> None:
    if name == "latin-1 as utf-8":
        secret = "".join(one for one in secret if ord(one) < 256).strip()
    spelled = ALONE[name](secret)
    if len(secret) >= 8 and spelled.count("\ufffd") * 3 < len(spelled):
        assert redactor(secret).text(f"({spelled})") == f"({MASK})"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("inner", ["json", "url", "decimal html", "base64"])
def test_a_secret_is_masked_in_an_escaped_body_of_another_encoding(inner: str, encoding: str) -> None:
    body = f'{{"you": "{ENCODERS[inner](SECRET)}"}}'.encode(encoding).decode("utf-8", "replace")
    assert redactor(SECRET).text(body).replace("\0", "") == f'{{"you": "{MASK}"}}'


@pytest.mark.parametrize("given", [f"{SECRET}\n", f" {SECRET}", f"\t{SECRET}\r\n"])
def test_a_secret_is_masked_with_and_without_the_blanks_around_it(given: str) -> None:
    assert redactor(given).text(f"({SECRET}) ({given})").replace(MASK, "").strip("() \t\r\n") == ""


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", " "])
@pytest.mark.parametrize("outer", ["as it is", "json", "hexadecimal", "base64", "url"])
def test_the_lines_of_a_secret_may_end_in_any_way(outer: str, ends: str) -> None:
    secret = "first line\nsecond line\nthird"
    if (ends, outer) in ((" ", "hexadecimal"), (" ", "base64"), ("\r", "hexadecimal"), ("\r", "base64")):
        return
    told = redactor(secret, "other\r\nwith two lines").text(ENCODERS[outer](secret.replace("\n", ends)))
    assert told.rstrip("=") == MASK


def test_a_block_that_is_wrapped_is_masked() -> None:
    secret = "a-token-that-is-longer-than-one-line-of-base64-can-be-in-mail" * 2
    wrapped = base64.encodebytes(secret.encode()).decode()
    assert wrapped.count("\n") > 1
    assert redactor(secret).text(wrapped).strip() == MASK


def test_a_secret_that_no_encoding_has_is_masked() -> None:
    secret = "password-\udcff-of-latin-1"
    assert redactor(secret).text(f"({secret}) ({json.dumps(secret)[1:-1]})") == f"({MASK}) ({MASK})"


def test_words_that_only_look_like_blocks_stay() -> None:
    text = "organizations 4f8e2b1c-77aa-4c1e-9d2f-0123456789ab deadbeefdeadbeef listings-2026 &amp; 100%25 C:\\new"
    assert redactor("a-secret", "q", "1234567890").text(text) == text


HOSTILE = {
    "a letter": "a",
    "blanks": " a",
    "escapes": "%2525",
    "backslashes": "\\",
    "json": "\\u0041",
    "entities": "&abcdefghijklmnopqrstuvwxyzabcdefg",
    "all of them": "%41\\u0041&#65;\\x41\0&amp;%25",
    "base64": base64.b64encode(b"hello %41 world &amp; ").decode(),
    "noise": base64.b64encode(bytes(range(256)) * 3).decode(),
    "nearly the secret": "Corr3ct-h0rse&batt",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_large_hostile_text_is_searched_soon(name: str) -> None:
    made = redactor('Corr3ct-h0rse&batt"ery/ä', "e" * 1200, "client-secret-xyz")
    text = (HOSTILE[name] * 300_000)[:300_000]
    before = time.process_time()
    made.text(text)
    assert time.process_time() - before < 5


@given(st.text(st.characters(), min_size=1), st.text(st.characters()), st.text(st.sampled_from("%\\&#;xu{}0aF=\0")))
def test_no_text_and_no_secret_is_too_odd(secret: str, text: str, escapes: str) -> None:
    redactor(secret).text(text + escapes)


def test_a_secret_of_blanks_alone_is_found_as_it_is() -> None:
    assert redactor("   ").text("a  b   c") == f"a  b{MASK}c"


def test_a_text_is_searched_again_when_another_secret_is_told() -> None:
    made = redactor("first-secret")
    assert made.text("the second-secret") == "the second-secret"
    made.add("second-secret")
    assert made.text("the second-secret") == f"the {MASK}"
