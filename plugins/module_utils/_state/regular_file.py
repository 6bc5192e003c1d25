# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a file that is one, and not more of it than can be meant; a pipe, a device or a folder is told at once."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from .._errors import InvalidInput
from .spelling import shown

LARGEST_FILE = 32 * 1024 * 1024  # bytes; 75,000 entries are some 4 MB
_SORTS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_bytes(path: str, what: str, most: int = LARGEST_FILE) -> bytes:
    """All of a regular file. Raises InvalidInput with one sentence; ``what`` is the option that names it."""
    try:
        # Opening a pipe would wait for its other end, so it is opened without waiting, and looked at once more.
        _refuse_irregular(path, what, os.stat(path))
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            _refuse_irregular(path, what, found)
            content = file.read(most + 1)
    except (OSError, ValueError) as error:  # a ValueError is a NUL in the path, or a letter that no path can have
        reason = getattr(error, "strerror", None) or "it is no path"
        raise InvalidInput(f"{what} {shown(path)} cannot be read: {reason}{where_from(path)}") from error
    if len(content) > most:
        size = max(found.st_size, len(content))
        raise InvalidInput(
            f"{what} {shown(path)} has {size:,} bytes: at most {most:,} are read, so that a wrong path fills no memory"
        )
    return content


def read_text(path: str, what: str, most: int = LARGEST_FILE) -> str:
    """The text of a regular file in UTF-8, without a byte order mark. Raises InvalidInput with one sentence."""
    return decoded(read_bytes(path, what, most), path, what)


def decoded(content: bytes, path: str, what: str) -> str:
    """What these bytes say in UTF-8, without a byte order mark. Raises InvalidInput naming the line."""
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        raise InvalidInput(
            f"{what} {shown(path)} cannot be read: it is not UTF-8, first in line {line} (byte 0x{byte:02x})"
        ) from error


def where_from(path: str) -> str:
    """Where a path that does not begin with / begins, as the end of a sentence."""
    if Path(path).is_absolute():
        return ""
    return f" (the path begins at {Path.cwd()}, where the module runs)"


def sort_of_file(found: os.stat_result) -> str:
    """What something is that is no regular file, with its article."""
    return next((words for is_sort, words in _SORTS if is_sort(found.st_mode)), "something else")


def _refuse_irregular(path: str, what: str, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise InvalidInput(f"{what} {shown(path)} cannot be read: it is {sort_of_file(found)}, not a file")
