# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The right document with one key, row or list of it another: found by walking it, so that none is forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ansible_collections.tenantops.licensing.tests.unit.bad_days.faults import CARRYING, Fault
from ansible_collections.tenantops.licensing.tests.unit.bad_days.server import Right, Sending, whole

Path = tuple[str | int, ...]
_RAW = "raw-value-0"  # stands in a document for what json.dumps does not write

OF_ANOTHER_TYPE: dict[str, str] = {
    "null": "null",
    "a string": '"x"',
    "a number": "7",
    "true": "true",
    "[]": "[]",
    "{}": "{}",
}
NUMBERS: dict[str, str] = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e999": "1e999",
    "1e300": "1e300",
    "2 to the 63rd": str(2**63),
    "400 digits": "9" * 400,
    "5,000 digits": "9" * 5000,
    "-1": "-1",
    "-1.0": "-1.0",
    "a half more": "",  # of the right one
    "a whole float": "",
    "as a string": "",
    "as a string with blanks": "",
}
# A number where a number belongs, or a word where a word belongs, is a lie that nobody can notice.
PLAUSIBLE: dict[type, tuple[str, ...]] = {
    int: ("a number",),
    str: ("a string",),
    bool: ("true",),
    list: (),
    dict: (),
    type(None): ("null",),
}
# Keys that say which row it is; a row of any other name is one more row.
IDENTITIES = frozenset({"id", "entityId", "serviceType", "serviceScopeId", "code"})
TWINS: dict[str, Callable[[str], str]] = {
    "a blank behind": lambda text: f"{text} ",
    "a blank before": lambda text: f" {text}",
    "a line break behind": lambda text: f"{text}\n",
    "a no-break space behind": lambda text: f"{text}\u00a0",
    "a zero-width space inside": lambda text: f"{text[:2]}\u200b{text[2:]}",
    "a soft hyphen inside": lambda text: f"{text[:2]}\u00ad{text[2:]}",
    "the other letter case": str.swapcase,
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
}
NAMES: dict[str, str] = {
    "empty": "",
    "a blank": " ",
    ".": ".",
    "..": "..",
    "a path": "../../x",
    "signs of an address": "a/b?c#d%2e&e",
    "an escape sequence": "\x1b[2J\x1b[31mred",
    "a C1 control": "a\x9b31mb",
    "line breaks": "a\r\nb\u2028c",
    "a bidirectional override": "a\u202egnp.exe",
    "a NUL": "a\x00b",
    "a formula": '=HYPERLINK("http://x")',
    "a full-width formula": "\uff1d1+1",
    "a template": "{{ lookup('pipe', 'id') }}",
    "markup": "<script>alert(1)</script>",
    "a lone surrogate": "a\ud800b",
    "10,000 letters": "x" * 10_000,
}


def of(right: Right) -> Iterator[Fault]:
    """Each key of the document gone or another, each list with odd rows."""
    if right.headers.get("Content-Type") != "application/json" or not right.body:
        return
    document = right.document()
    for path in walk(document):
        yield from (replace(fault, thorough=False) for fault in _at(document, path))


def walk(document: Any) -> Iterator[Path]:
    """The paths to every key, of a list's rows only to keys that no earlier row has: rows are alike."""
    seen: set[tuple[str, ...]] = set()
    for path in _paths(document, ()):
        names = tuple(step for step in path if isinstance(step, str))
        if names not in seen:
            seen.add(names)
            yield path


def _paths(document: Any, path: Path) -> Iterator[Path]:
    if isinstance(document, dict):
        for name, value in document.items():
            yield (*path, name)
            yield from _paths(value, (*path, name))
    elif isinstance(document, list):
        if not path:
            yield ()
        for number, row in enumerate(document):
            yield from _paths(row, (*path, number))


def _at(document: Any, path: Path) -> Iterator[Fault]:
    value, where = _value(document, path), text_of(path)
    if path:
        still_said = path[-1] not in CARRYING
        yield Fault("a key is missing", f"{where} is missing", _changed(path, None), truthful=still_said)
        for name, raw in OF_ANOTHER_TYPE.items():
            if json.loads(raw) != value and name not in PLAUSIBLE.get(type(value), ()):
                yield Fault("a key of another type", f"{where} is {name}", _changed(path, raw), truthful=still_said)
    if isinstance(value, int) and not isinstance(value, bool):
        for name, raw in NUMBERS.items():
            yield Fault("an odd number", f"{where} is {name}", _changed(path, raw or _odd(name, value)), truthful=True)
    if isinstance(value, str) and path[-1] in IDENTITIES and value:
        for name, twin in TWINS.items():
            send = _changed(path, json.dumps(twin(value)))
            yield Fault("a twin of a name", f"{where} has {name}", send, truthful=True, renamed=value)
    if isinstance(value, list):
        yield from _rows(value, path)


def _rows(rows: list[Any], path: Path) -> Iterator[Fault]:
    where = text_of(path)
    odd: dict[str, Any] = {
        "null": None,
        "a number": 7,
        "{}": {},
        "a message": {"message": "maintenance"},
        "a list": [],
        "a string": "x",
    }
    for name, row in odd.items():
        yield Fault("an odd row", f"{where} has {name} behind", _changed(path, json.dumps([*rows, row])), truthful=True)
    if rows:
        yield Fault(
            "an odd row",
            f"{where} has its first row twice",
            _changed(path, json.dumps([rows[0], *rows])),
            truthful=True,
        )
        yield Fault("another order", f"{where} is turned round", _changed(path, json.dumps(rows[::-1])), truthful=True)
        yield from _names(rows, path)


def _names(rows: list[Any], path: Path) -> Iterator[Fault]:
    """One more row, that has an odd name and is otherwise the first."""
    identities = [name for name in rows[0] if name in IDENTITIES] if isinstance(rows[0], dict) else []
    for key in identities:
        for name, text in NAMES.items():
            row = {**rows[0], key: text}
            what = f"{text_of(path)} has a row whose {key} is {name}"
            yield Fault("an odd name", what, _changed(path, json.dumps([*rows, row])), truthful=True)


def _odd(name: str, value: int) -> str:
    return {
        "a half more": f"{value}.5",
        "a whole float": f"{value}.0",
        "as a string": f'"{value}"',
        "as a string with blanks": f'" {value} "',
    }[name]


def _value(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def text_of(path: Path) -> str:
    """The path as it is written in names: ``license.products[0].code``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".") or "the list"


def _changed(path: Path, raw: str | None) -> Callable[[Right], Sending]:
    """The right document with this JSON at that path, or without the key where it is None."""

    def send(right: Right) -> Sending:
        document = right.document()
        if not path:
            return whole(right.status, right.headers, (raw or "").encode("utf-8", "surrogatepass"))
        parent = _value(document, path[:-1])
        if raw is None:
            del parent[path[-1]]
        else:
            parent[path[-1]] = _RAW
        body = json.dumps(document).replace(json.dumps(_RAW), raw or "")
        return whole(right.status, right.headers, body.encode("utf-8", "surrogatepass"))

    return send
