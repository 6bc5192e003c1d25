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
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ._audit import SCHEMA, SCHEMA_VERSION
from ._errors import InvalidInput
from ._findings import PLACES
from ._page import render

REPORT, TABLE, PAGE = "report.json", "findings.csv", "report.html"
COLUMNS = ("kind", "concern", *PLACES, "wanted", "held", "difference", "mended", "status", "since", "detail")
_FORMULA = re.compile(r"[=+\-@\t\r\n]")  # how a spreadsheet knows a formula


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
    except OSError as error:
        raise _unwritable(folder, error.strerror) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unwritable(folder, "Permission denied")
    return folder


def read_earlier(earlier_report: str | None, folder: Path | None) -> dict[str, Any] | None:
    """The earlier report: the one that was named, else the one that the new report will replace, if there is any.

    Raises InvalidInput where the file cannot be read or is no report that this version understands.
    """
    if earlier_report is not None:
        return _read(_whole_path("earlier_report", earlier_report), f"earlier_report {earlier_report!r}")
    if folder is None:
        return None
    replaced = folder / REPORT
    return _read(replaced, f"the report {str(replaced)!r} that would be replaced", or_none=True)


def write_report(report: Mapping[str, Any], folder: Path, mode: int) -> dict[str, str]:
    """Write all three files, each at once and whole; return their paths.

    They are complete before the first of them takes its place, so that a full disk leaves the earlier ones alone.
    """
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
            with open(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:
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
    """A value as a spreadsheet should show it: a name that looks like a formula must stay a name."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value


def _read(path: Path, name: str, *, or_none: bool = False) -> dict[str, Any] | None:
    """A report; ``or_none``: it need not exist."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        if or_none and isinstance(error, FileNotFoundError):
            return None
        raise InvalidInput(f"{name} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{name} is not JSON: {error}") from error
    if not isinstance(report, dict) or report.get("schema") != SCHEMA:
        raise InvalidInput(f"{name} is no report of a licence audit", hint="Name another file or folder.")
    if report.get("schema_version") != SCHEMA_VERSION:
        raise InvalidInput(
            f"{name} has version {report.get('schema_version')!r}; this collection reads version {SCHEMA_VERSION}",
            hint="Move it away to begin anew.",
        )
    findings = [report.get("findings"), report.get("unknown")]
    if not isinstance(report.get("generated_at"), str) or not all(map(_are_findings, findings)):
        raise InvalidInput(f"{name} is damaged", hint="Move it away to begin anew.")
    return report


def _are_findings(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("kind"), str)
        and isinstance(one.get("since"), str)
        and all(one.get(name) is None or isinstance(one[name], str) for name in PLACES)
        and all(one.get(name) is None or isinstance(one[name], (str, int)) for name in COLUMNS)
        for one in value
    )
