# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an audit: reads an earlier report, and writes the new one as JSON, as a table and as a page."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from .._errors import InvalidInput
from .._state.regular_file import read_text, sort_of_file
from .._visible_text import visible
from .findings import PLACES
from .report import SCHEMA, SCHEMA_VERSION

REPORT, TABLE, PAGE = "report.json", "findings.csv", "report.html"
COLUMNS = ("kind", "concern", *PLACES, "wanted", "held", "difference", "fixable", "status", "since", "detail")
FORMULA_SIGNS = frozenset("=+-@")  # with which a formula begins, in a spreadsheet that looks past what it does not show
LARGEST_REPORT = 256 * 1024 * 1024  # bytes; 100,000 findings are some 50 MB


def file_mode(value: Any) -> int:
    """The mode of files from an option. Raises InvalidInput unless it is a string of octal digits."""
    if isinstance(value, str) and re.fullmatch(r"0?[0-7]{3}", value):
        return int(value, 8)
    raise InvalidInput(f'report_mode is {value!r}: write it as octal digits in quotes, such as "0640"')


def report_folder(directory: str | None) -> Path | None:
    """The folder of the report, made where it does not exist; told before anything is called that it cannot be."""
    if directory is None:
        return None
    folder = _whole_path("report_directory", directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (REPORT, TABLE, PAGE):
            _refuse_in_the_way(folder, folder / name)
        may_write = os.access(folder, os.W_OK | os.X_OK)
    except (OSError, ValueError) as error:  # a ValueError is a NUL, or a letter that no path can have
        raise _unwritable(folder, getattr(error, "strerror", None) or "it is no path") from error
    if not may_write:
        raise _unwritable(folder, "Permission denied")
    return folder


def _refuse_in_the_way(folder: Path, path: Path) -> None:
    """Refuse whatever stands in a file's place and is none. A link would be replaced, not followed."""
    if os.path.lexists(path):
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISLNK(found.st_mode):
            raise _unwritable(folder, f"{path.name} is {sort_of_file(found)} there, not a file")


def read_earlier(earlier_report: str | None, folder: Path | None) -> dict[str, Any] | None:
    """The earlier report: the one that was named, else the one that the new report will replace, if there is any.

    Raises InvalidInput where the file cannot be read or is no report that this version understands.
    """
    if earlier_report is not None:
        return _read(_whole_path("earlier_report", earlier_report), "earlier_report")
    if folder is None or not os.path.lexists(folder / REPORT):
        return None
    return _read(folder / REPORT, "the report that would be replaced,")


def write_report(report: Mapping[str, Any], folder: Path, mode: int) -> dict[str, str]:
    """Write all three files, each at once and whole; return their paths.

    They are complete before the first of them takes its place, so that a full disk leaves the earlier ones alone.
    """
    from .._page.document import render  # noqa: PLC0415 - most audits write no page

    texts = {
        TABLE: as_table(report),
        PAGE: render(report),
        REPORT: json.dumps(report, indent=1, ensure_ascii=False) + "\n",  # last: the next trend begins with it
    }
    prepared: dict[Path, str] = {}
    try:
        for name, text in texts.items():
            descriptor, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            prepared[folder / name] = temporary
            with open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.write(text)
                os.fchmod(descriptor, mode)
        for path, temporary in prepared.items():
            os.replace(temporary, path)
    except OSError as error:
        raise _unwritable(folder, error.strerror) from error
    finally:
        for temporary in prepared.values():
            Path(temporary).unlink(missing_ok=True)
    return {"json": str(folder / REPORT), "csv": str(folder / TABLE), "html": str(folder / PAGE)}


def as_table(report: Mapping[str, Any]) -> str:
    """The findings as comma-separated values, one a line below the names of the columns."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for finding in report["findings"]:
        table.writerow([_cell(finding.get(column)) for column in COLUMNS])
    return text.getvalue()


def _whole_path(option: str, path: str) -> Path:
    """A path, unless it would be taken from wherever Ansible happens to run the module."""
    if not os.path.isabs(path):
        raise InvalidInput(f"{option} {path!r} does not say where it begins: write the whole path, from /")
    return Path(path)


def _unwritable(folder: Path, reason: str | None) -> InvalidInput:
    return InvalidInput(
        f"report_directory {str(folder)!r}: the report cannot be written there: {reason}",
        hint="Name a folder that the task may write to.",
    )


def _cell(value: Any) -> Any:
    """A value as a spreadsheet should show it: in one line, and a name that looks like a formula must stay a name."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{visible(value)}" if _is_formula(value) else visible(value)
    return value


def _is_formula(text: str) -> bool:
    """Whether the first sign that is seen begins a formula; full-width and small forms of it do so too."""
    seen = (sign for sign in unicodedata.normalize("NFKC", text) if sign.isprintable() and not sign.isspace())
    return next(seen, "") in FORMULA_SIGNS


def _read(path: Path, what: str) -> dict[str, Any]:
    """A report, with what this version knows of each of its findings."""
    try:
        report = json.loads(read_text(str(path), what, LARGEST_REPORT), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{what} {str(path)!r} is not JSON: {error}") from error
    name = f"{what} {str(path)!r}"
    if not isinstance(report, dict) or report.get("schema") != SCHEMA:
        raise InvalidInput(f"{name} is no report of a licence audit", hint="Name another file or folder.")
    if report.get("schema_version") != SCHEMA_VERSION:
        raise InvalidInput(
            f"{name} has version {report.get('schema_version')!r:.80}; this collection reads version {SCHEMA_VERSION}",
            hint="Move it away to begin anew.",
        )
    lists = {part: report.get(part) for part in ("findings", "unknown")}
    if not isinstance(report.get("generated_at"), str) or not all(map(_are_findings, lists.values())):
        raise InvalidInput(f"{name} is damaged", hint="Move it away to begin anew.")
    known = {part: [_known(finding) for finding in findings or ()] for part, findings in lists.items()}
    return {"generated_at": report["generated_at"], **known}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _known(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {column: finding[column] for column in COLUMNS if column in finding}


def _are_findings(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("kind"), str)
        and isinstance(one.get("since"), str)
        and all(one.get(name) is None or isinstance(one[name], str) for name in PLACES)
        and all(one.get(name) is None or isinstance(one[name], (str, int)) for name in COLUMNS)
        for one in value
    )
