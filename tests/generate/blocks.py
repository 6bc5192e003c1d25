# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocks of YAML as text, found and replaced by their keys, so that what is written looks as it does in its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml


class Refusal(Exception):
    """Why a file cannot be written, and what to do by hand."""


Blocks = Mapping[tuple[str, ...], Sequence[str]]


@cache
def source(name: str) -> Blocks:
    """The blocks of a file beside this one, by the keys that lead to each from the top. A block has a description."""
    text = (Path(__file__).resolve().parent / name).read_text(encoding="utf-8")
    lines = text.splitlines()
    return {keys: lines[_find(lines, keys, name)] for keys in _described(yaml.safe_load(text))}


def _described(node: dict[str, Any], keys: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if "description" in node:
        yield keys
    else:
        for key, value in node.items():
            yield from _described(value, (*keys, key))


def keys_below(text: str, keys: Sequence[str], where: str) -> set[str]:
    """The keys, or the items, of the block under these keys."""
    lines = text.splitlines()
    at = _find(lines, keys, where) if keys else slice(-1, len(lines))
    inside = lines[at.start + 1 : at.stop]
    depth = _depth(inside[0])
    return set(re.findall(rf"^ {{{depth}}}(?:- )?([\w.]+):?", "\n".join(inside), flags=re.MULTILINE))


def replace_block(text: str, keys: Sequence[str], new: Sequence[str], where: str, own: str | None = None) -> str:
    """The text with another block under these keys. The key ``own`` of it stays as it is where the new one has none."""
    lines = text.splitlines()
    at = _find(lines, keys, where)
    old, depth = lines[at], _depth(lines[at.start])
    shift = depth - _depth(new[0])
    moved = [" " * (_depth(line) + shift) + line.lstrip() if line.strip() else "" for line in new]
    if own is not None:
        kept = [number for number, line in enumerate(old) if line.startswith(f"{' ' * (depth + 2)}{own}:")]
        has_one = any(line.startswith(f"{' ' * (depth + 2)}{own}:") for line in moved)
        moved += old[kept[0] :] if kept and not has_one else []
    lines[at] = moved
    return "\n".join(lines) + "\n"


def section(text: str, name: str) -> str:
    """A document inside a Python file: what is assigned to this name."""
    return _section(text, name)[2]


def with_section(text: str, name: str, document: str) -> str:
    """The Python file with another document."""
    found = _section(text, name)
    return text[: found.start(2)] + document + text[found.end(2) :]


def _section(text: str, name: str) -> re.Match[str]:
    found = re.search(rf'^( *{name} = r""")\n(.*?)^"""', text, flags=re.MULTILINE | re.DOTALL)
    if found is None:
        raise Refusal(f"there is no {name}")
    return found


def _find(lines: Sequence[str], keys: Sequence[str], where: str) -> slice:
    first, last = 0, len(lines)
    inside = first
    for key in keys:
        depth = next(_depth(line) for line in lines[inside:last] if line.strip() and not line.startswith(("#", "---")))
        heads = (number for number in range(inside, last) if lines[number].startswith(f"{' ' * depth}{key}:"))
        head = next(heads, None)
        if head is None:
            raise Refusal(f"{where}: write {'.'.join(keys)} once, where it is to stand, and generate again")
        inside = head + 1
        end = (n for n in range(inside, last) if lines[n].strip() and _depth(lines[n]) <= depth)
        first, last = head, next(end, last)
    while not lines[last - 1].strip():
        last -= 1
    return slice(first, last)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
