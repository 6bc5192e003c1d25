# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an audit: nothing but a file is read or replaced, and no cell is a formula."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.licensing.plugins.module_utils._audit import files as audit_files
from ansible_collections.tenantops.licensing.plugins.module_utils._audit.files import (
    PAGE,
    REPORT,
    TABLE,
    as_table,
    read_earlier,
    report_folder,
    write_report,
)
from ansible_collections.tenantops.licensing.plugins.module_utils._errors import InvalidInput

FILES = (REPORT, TABLE, PAGE)
GOOD: dict[str, Any] = {
    **{"schema": "tenantops.licensing/license-audit", "schema_version": 1, "generated_at": "2026-01-01T00:00:00Z"},
    **{"findings": [], "unknown": []},
}
OLD = {"kind": "missing", "since": "2026-01-01T00:00:00Z"}


def make_folder(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(here)


def link_to_zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


IRREGULAR: dict[str, Callable[[Path], None]] = {
    "a folder": make_folder,
    "a named pipe": make_pipe,
    "a socket": make_socket,
    "a device": link_to_zeros,
}


def refused(call: Callable[[], Any]) -> str:
    """The sentence of a refusal, which is told at once."""
    before = time.monotonic()
    with pytest.raises(InvalidInput) as caught:
        call()
    assert time.monotonic() - before < 5
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("sort", IRREGULAR)
def test_an_earlier_report_that_is_no_file_is_refused_at_once(sort: str, tmp_path: Path) -> None:
    path = tmp_path / REPORT
    IRREGULAR[sort](path)
    assert refused(lambda: read_earlier(str(path), None)).endswith(f"it is {sort}, not a file")
    assert refused(lambda: read_earlier(None, tmp_path)).endswith(f"it is {sort}, not a file")


@pytest.mark.parametrize("sort", sorted(set(IRREGULAR) - {"a device"}))
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_file_in_the_place_of_one_is_refused_before_anything_is_written(
    name: str, sort: str, tmp_path: Path
) -> None:
    IRREGULAR[sort](tmp_path / name)
    message = refused(lambda: report_folder(str(tmp_path)))
    assert f"{name} is {sort} there, not a file" in message
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere.json", tmp_path / "audit"
    elsewhere.write_text("keep me")
    folder.mkdir()
    for name in FILES:
        (folder / name).symlink_to(elsewhere)
    made = report_folder(str(folder))
    assert made is not None
    write_report(GOOD, made, 0o640)
    assert elsewhere.read_text() == "keep me"
    assert all(stat.S_ISREG(os.lstat(folder / name).st_mode) for name in FILES)


@pytest.mark.parametrize("path", ["/a\0b", f"/{'x' * 300}", f"/{'x/' * 5000}", "/\ud800", "/dev/null/x"])
def test_a_path_that_is_none_is_one_sentence(path: str) -> None:
    assert "report_directory" in refused(lambda: report_folder(path))
    assert "earlier_report" in refused(lambda: read_earlier(path, None))


def test_a_file_that_is_too_large_is_told_with_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_files, "LARGEST_REPORT", 100)
    (tmp_path / REPORT).write_text(json.dumps(GOOD))
    message = refused(lambda: read_earlier(None, tmp_path))
    assert f"{len(json.dumps(GOOD))} bytes" in message
    assert "at most 100" in message


@pytest.mark.parametrize(
    "odd",
    ["NaN", "-Infinity", "1" * 5000, "[" * 100_000, '{"a": ' * 100_000],
    ids=["NaN", "infinity", "many digits", "deep lists", "deep objects"],
)
def test_odd_json_is_one_sentence(odd: str, tmp_path: Path) -> None:
    path = tmp_path / REPORT
    path.write_text(json.dumps({**GOOD, "findings": [{**OLD, "wanted": 1}]}).replace("1}]", f"{odd}}}]"))
    message = refused(lambda: read_earlier(str(path), None))
    assert message.startswith(f"earlier_report {str(path)!r}")
    assert len(message) < 300


def test_of_an_earlier_finding_only_what_is_known_is_taken_over(tmp_path: Path) -> None:
    odd = {**OLD, "code": "half \ud800", "more": {"deep": [1e999]}, "\x1b": 1}
    (tmp_path / REPORT).write_text(json.dumps({**GOOD, "unknown": [odd]}).replace("Infinity", "1e999"))
    report = read_earlier(None, tmp_path)
    assert report is not None
    assert report["unknown"] == [{**OLD, "code": "half \ud800"}]


def test_what_no_encoding_has_gets_into_every_file_and_is_read_again(tmp_path: Path) -> None:
    gone = [{**OLD, "concern": "drift", "code": "half \ud800"}]
    write_report({**GOOD, "findings": gone, "gone": gone}, tmp_path, 0o640)
    for name in FILES:
        assert "half \\ud800" in (tmp_path / name).read_text(encoding="utf-8")
    again = read_earlier(None, tmp_path)
    assert again is not None
    assert again["findings"][0]["code"] == "half \ud800"


# The table


def cell(text: str) -> str:
    """What a name becomes in the table."""
    lines = as_table({"findings": [{"kind": "missing", "organization": text}]}).splitlines()
    assert len(lines) == 2
    (row,) = csv.DictReader(io.StringIO("\r\n".join(lines)))
    return row["organization"]


@pytest.mark.parametrize(
    "before", ["", " ", "   ", "\t", "\r", "\n", "\0", "\xa0", "\u200b", "\ufeff", "\u3000", " \x0b\t"]
)
@pytest.mark.parametrize("sign", [*"=+-@", *"\uff1d\uff0b\uff0d\uff20", *"\ufe66\ufe62\ufe63\ufe6b"])
def test_a_name_that_looks_like_a_formula_stays_a_name(before: str, sign: str) -> None:
    assert cell(f"{before}{sign}1+1").startswith("'")


@pytest.mark.parametrize("name", ["a=1", "Straße", "1-2", "#1", "'=1", "", " a", "东京", "|x"])
def test_any_other_name_stays_as_it_is(name: str) -> None:
    assert cell(name) == name


def test_our_own_negative_numbers_stay_numbers() -> None:
    assert '"' not in as_table({"findings": [{"kind": "too_little", "difference": -2}]})
    assert ",-2," in as_table({"findings": [{"kind": "too_little", "difference": -2}]})


@given(st.text(st.characters()))
def test_a_row_is_one_line_that_begins_no_formula(text: str) -> None:
    shown = cell(text)
    assert shown.isprintable()
    assert not shown.startswith(("=", "+", "-", "@"))
