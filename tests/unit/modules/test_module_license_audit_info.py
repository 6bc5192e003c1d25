# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module license_audit_info on the wire: its result, its files, and what it refuses before it calls anybody."""

from __future__ import annotations

import csv
import json
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema
import pytest

from ansible_collections.tenantops.licensing.plugins.modules import license_audit_info
from ansible_collections.tenantops.licensing.tests.unit.support.clients import API_KEY, TOKEN
from ansible_collections.tenantops.licensing.tests.unit.support.exchange import (
    UIPATH,
    YEXT,
    Call,
    Ended,
    envelope,
    play,
    product_list,
    read_assignments,
    read_host_pool,
    read_organization,
    read_pool,
    read_services,
)
from ansible_collections.tenantops.licensing.tests.unit.support.scripted_server import Reply, document, page, status

DOCS = Path(license_audit_info.__file__).parents[2] / "docs"
FILES = {"report.json", "findings.csv", "report.html"}
ORGANIZATION = {"id": "o", "name": "Acme", "products": product_list({"U": 5, "V": 2})}
PACK = {"id": "p", "entities": [{"id": "e"}, {"id": "f"}]}
OF_UIPATH = {"uipath": UIPATH, "organizations": [ORGANIZATION], "concurrency": 1}
OF_YEXT = {"yext": YEXT, "license_packs": [PACK], "concurrency": 1}
BOTH = {**OF_UIPATH, **OF_YEXT}
NAMED: dict[str, Any] = {"name": "Listings", "total": 100}


def uipath_calls(**held: int) -> list[Call]:
    return [
        read_host_pool({"U": 50, "V": 50, "W": 50}),
        read_organization("o", held),
        read_pool("o", {"U": 90, "V": 90}),
        read_services("o"),
    ]


def yext_calls(*entities: str, **fields: Any) -> list[Call]:
    return [read_assignments("p", dict.fromkeys(entities), **{**NAMED, **fields})]


# Three findings: U too little, W unmanaged, entity f missing.
DRIFTED = [*uipath_calls(U=3, V=2, W=1), *yext_calls("e")]
AGREED = [*uipath_calls(U=5, V=2), *yext_calls("e", "f")]


def ended(
    calls: Sequence[Call] = tuple(DRIFTED),
    arguments: Mapping[str, Any] = MappingProxyType(BOTH),
    *,
    check_mode: bool = False,
    **options: Any,
) -> Ended:
    """Both vendors are called at the same time, so their calls mix."""
    return play(license_audit_info, {**arguments, **options}, calls, check_mode=check_mode, ordered=False)


def refused(**options: Any) -> Ended:
    """A task that ends before it calls anybody."""
    end = ended((), **options)
    assert end.failed
    return end


def in_folder(folder: Path) -> dict[str, bytes]:
    """The files of a folder, hidden ones included."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def report_in(folder: Path) -> Any:
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def table_in(folder: Path) -> list[dict[str, str]]:
    with (folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# The result


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_result_tells_what_differs(check_mode: bool) -> None:
    end = ended(check_mode=check_mode)
    since = end.result["findings"][0]["since"]
    dated = {"status": None, "since": since}
    acme = {"organization_id": "o", "organization": "Acme"}
    assert end.result["findings"] == [
        {
            **{"kind": "missing", "concern": "drift", "license_pack_id": "p", "license_pack": "Listings"},
            **{"entity_id": "f", "wanted": 1, "held": 0, "difference": -1, "fixable": True, **dated},
        },
        {
            **{"kind": "too_little", "concern": "drift", **acme, "code": "U"},
            **{"wanted": 5, "held": 3, "difference": -2, "fixable": True, **dated},
        },
        {
            **{"kind": "unmanaged", "concern": "drift", **acme, "code": "W"},
            **{"wanted": 0, "held": 1, "difference": 1, "fixable": False, **dated},
        },
    ]
    assert end.result["verdict"].startswith("3 differences from what was agreed")
    assert end.result["agreed"] is False
    assert (end.result["summary"]["findings"], end.result["summary"]["by_kind"]["missing"]) == (3, 1)
    assert end.result["pools"] == [
        {"level": "host", "code": "U", "total": 100, "managed": 3, "unmanaged": 47, "free": 50},
        {"level": "host", "code": "V", "total": 100, "managed": 2, "unmanaged": 48, "free": 50},
        {"level": "host", "code": "W", "total": 100, "managed": 0, "unmanaged": 50, "free": 50},
        {
            **{"level": "license_pack", "license_pack_id": "p", "license_pack": "Listings", "code": "licenses"},
            **{"total": 100, "managed": 1, "unmanaged": 0, "free": 100},
        },
    ]
    assert end.result["alarm"] is None
    assert not end.changed
    assert "report" not in end.result
    assert set(end.methods) == {"GET"}


def test_an_agreed_state_is_told_as_such() -> None:
    end = ended(AGREED)
    assert (end.result["agreed"], end.result["findings"]) == (True, [])
    assert end.result["verdict"] == "What is allocated is what was agreed."


def test_the_cost_of_both_vendors_is_told_together() -> None:
    limit = {"Rate_Limit_Limit": "5000", "Rate_Limit_Remaining": "4999", "Rate_Limit_Reset": "1800003600"}
    listing = envelope({"licenseAssignments": []})
    reply = Reply(
        listing.status, listing.body, {**listing.headers, **{k.replace("_", "-"): v for k, v in limit.items()}}
    )
    packs = envelope({"licensePacks": [{"id": "p", "total": 5, "available": 5}]})
    lookup = Call("GET", "/v2/accounts/me/license-packs", packs, query=yext_calls("e")[0].query)
    end = ended([*uipath_calls(U=5, V=2), read_assignments("p", reply), lookup])
    told = end.result["api"]
    assert {name: told[name] for name in ("reads", "writes", "sign_ins", "retries")} == {
        **{"reads": 6, "writes": 0, "sign_ins": 0, "retries": 0},
    }
    assert told["rate_limit"] == {"limit": 5000, "remaining": 4999, "reset": 1800003600}


def test_warnings_of_the_server_are_told() -> None:
    one = {
        "licensePack": {"id": "p", **NAMED, "assigned": 2},
        "assignedEntities": [{"entityId": "e"}, {"entityId": "f"}],
    }
    odd = envelope({"licenseAssignments": [one]}, {"type": "WARNING", "message": f"Slow down, {API_KEY}"})
    end = ended([*uipath_calls(U=5, V=2), read_assignments("p", odd)])
    assert end.result["agreed"] is True
    assert [text for text in end.warnings if "Slow down" in text] == ["Yext: Slow down, ********"]


def test_the_desired_state_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"licensing_organizations": [ORGANIZATION], "licensing_license_packs": [PACK]}))
    arguments = {"uipath": UIPATH, "yext": YEXT, "concurrency": 1, "state_file": str(path)}
    assert ended(arguments=arguments).result["summary"]["findings"] == 3


def test_a_desired_state_that_names_nothing_calls_nobody() -> None:
    end = ended((), {"organizations": [], "license_packs": []})
    assert not end.failed
    assert "api" not in end.result
    assert "nothing was compared" in end.result["verdict"]


# Sign-ins


@pytest.mark.parametrize(("arguments", "calls"), [(OF_UIPATH, uipath_calls(U=5, V=2)), (OF_YEXT, yext_calls("e", "f"))])
def test_only_who_is_named_must_be_signed_in_to(arguments: Mapping[str, Any], calls: Sequence[Call]) -> None:
    end = ended(calls, arguments)
    assert not end.failed, end.result
    assert end.result["agreed"] is True


@pytest.mark.parametrize(("missing", "told"), [("uipath", "UIPATH_"), ("yext", "YEXT_API_KEY")])
def test_who_is_named_must_be_signed_in_to(missing: str, told: str) -> None:
    end = ended((), {name: value for name, value in BOTH.items() if name != missing})
    assert end.kind == "invalid_input"
    assert told in end.message


def test_sign_ins_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UIPATH_ACCESS_TOKEN", TOKEN)
    monkeypatch.setenv("YEXT_API_KEY", API_KEY)
    addresses = {"uipath": {"base_url": "<server>"}, "yext": {"api_url": "<server>/v2"}}
    assert ended(arguments={**BOTH, **addresses}).result["summary"]["findings"] == 3


# How much is told


@pytest.mark.parametrize(("most", "number"), [("all", 3), ("200", 3), ("3", 3), ("2", 2), (1, 1), ("0", 0), (" 2 ", 2)])
def test_max_findings_bounds_the_result_and_never_the_report(most: Any, number: int, tmp_path: Path) -> None:
    end = ended(max_findings=most, report_directory=str(tmp_path))
    assert [one["kind"] for one in end.result["findings"]] == ["missing", "too_little", "unmanaged"][:number]
    assert end.result["summary"]["findings"] == len(report_in(tmp_path)["findings"]) == len(table_in(tmp_path)) == 3


@pytest.mark.parametrize("most", ["-1", "some", "1.5", "1e3", "ALL", "9" * 10, "²"])
def test_max_findings_must_be_a_number_or_all(most: str) -> None:
    end = refused(max_findings=most)
    assert end.kind == "invalid_input"
    assert end.message.startswith("max_findings")


@pytest.mark.parametrize(("share", "found"), [("90%", 0), ("50%", 0), ("49%", 3), ("49", 3), (49, 3), (" 49 % ", 3)])
def test_pool_share_decides_which_pools_are_nearly_used(share: Any, found: int) -> None:
    end = ended(AGREED, pool_share=share)
    assert end.result["summary"]["by_kind"]["pool_nearly_used"] == found


@pytest.mark.parametrize("levels", [[], ["organization"], ["host"], ["host", "organization"]])
def test_pool_levels_decide_whose_pools_are_nearly_used(levels: list[str]) -> None:
    end = ended(AGREED, pool_share="0%", pool_levels=levels, max_findings="all")
    found = [each for each in end.result["findings"] if each["kind"] == "pool_nearly_used"]
    assert {"organization" if "organization" in each else "host" for each in found} == set(levels)


@pytest.mark.parametrize("share", ["101%", "-1%", "half", "0.5", "%", "50%%", "1000", "²%"])
def test_pool_share_must_be_a_share(share: str) -> None:
    end = refused(pool_share=share)
    assert end.kind == "invalid_input"
    assert end.message.startswith("pool_share")


@pytest.mark.parametrize(("option", "value"), [("expiry_days", -1), ("concurrency", 0)])
def test_numbers_that_make_no_sense_are_refused(option: str, value: int) -> None:
    end = refused(**{option: value})
    assert end.kind == "invalid_input"
    assert end.message.startswith(option)


@pytest.mark.parametrize(
    ("fail_on", "alarm"),
    [
        ([], None),
        (["ended", "unreadable"], None),
        (["missing"], "1 missing"),
        (["unmanaged", "missing"], "1 missing, 1 unmanaged"),
        (["drift"], "1 missing, 1 too little, 1 unmanaged"),
        (["drift", "missing", "pool_nearly_used"], "1 missing, 1 too little, 1 unmanaged"),
    ],
)
def test_the_alarm_tells_about_the_kinds_to_fail_on(fail_on: list[str], alarm: str | None) -> None:
    end = ended(fail_on=fail_on, max_findings="0")
    assert not end.failed
    told = end.result["alarm"]
    assert told is None if alarm is None else told.endswith(f": {alarm}")


def test_a_kind_that_does_not_exist_cannot_be_failed_on() -> None:
    assert "too_many" in refused(fail_on=["too_many"]).message


def test_ignored_codes_are_added_by_the_server() -> None:
    end = ended(ignore_codes=["W"], fail_on=["added_by_server"])
    assert [one["kind"] for one in end.result["findings"]] == ["missing", "too_little", "added_by_server"]
    assert end.result["alarm"].endswith(": 1 added by the server")


def test_levels_that_the_file_omits_count_where_asked() -> None:
    bare = {**BOTH, "organizations": [{"id": "o"}], "license_packs": [{"id": "p"}]}
    assert ended(arguments=bare).result["findings"] == []
    end = ended(arguments=bare, include_omitted=True)
    assert [(one["kind"], one.get("code", one.get("entity_id"))) for one in end.result["findings"]] == [
        ("unmanaged", "e"),
        ("unmanaged", "U"),
        ("unmanaged", "V"),
        ("unmanaged", "W"),
    ]


# Places that cannot be read


def test_a_place_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    arguments = {**OF_UIPATH, "organizations": [ORGANIZATION, {"id": "bad"}]}
    calls = [*uipath_calls(U=5, V=2), read_organization("bad", page()), read_pool("bad", {})]
    end = ended(calls, arguments, fail_on=["unreadable"], report_directory=str(tmp_path))
    assert not end.failed
    assert [(one["kind"], one["organization_id"]) for one in end.result["findings"]] == [("unreadable", "bad")]
    assert end.result["agreed"] is False
    assert end.result["alarm"].endswith(": 1 unreadable")
    assert report_in(tmp_path)["findings"] == end.result["findings"]


@pytest.mark.parametrize(
    ("calls", "arguments", "kind"),
    [
        ([read_host_pool(status(403))], OF_UIPATH, "forbidden"),
        ([uipath_calls()[0], read_organization("o", status(500)), read_pool("o", {})], OF_UIPATH, "server"),
        ([read_assignments("p", page())], OF_YEXT, "protocol"),
        ([read_assignments("p", status(401))], OF_YEXT, "authentication"),
        ([*uipath_calls(U=5, V=2), read_assignments("p", status(403))], BOTH, "forbidden"),
    ],
)
def test_an_audit_that_fails_writes_nothing(
    calls: Sequence[Call], arguments: Mapping[str, Any], kind: str, tmp_path: Path
) -> None:
    ended(report_directory=str(tmp_path))
    before = in_folder(tmp_path)
    end = ended(calls, arguments, report_directory=str(tmp_path))
    assert end.kind == kind
    assert "findings" not in end.result
    assert end.result["api"]["writes"] == 0
    assert in_folder(tmp_path) == before


# Files


@pytest.mark.parametrize("check_mode", [False, True])
def test_three_files_tell_the_same(check_mode: bool, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "below"
    end = ended(report_directory=str(folder), check_mode=check_mode)
    assert end.result["report"] == {
        "json": str(folder / "report.json"),
        "csv": str(folder / "findings.csv"),
        "html": str(folder / "report.html"),
    }
    assert set(in_folder(folder)) == FILES
    told = report_in(folder)
    jsonschema.validate(told, json.loads((DOCS / "license-audit-report.schema.json").read_text(encoding="utf-8")))
    for name in ("verdict", "agreed", "summary", "findings"):
        assert told[name] == end.result[name]
    assert {pool["level"] for pool in told["pools"]} == {"host", "license_pack", "organization"}
    assert [(row["kind"], row["code"], row["difference"], row["fixable"]) for row in table_in(folder)] == [
        ("missing", "", "-1", "true"),
        ("too_little", "U", "-2", "true"),
        ("unmanaged", "W", "1", "false"),
    ]
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert told["verdict"] in html
    assert html.rstrip().endswith("</html>")


@pytest.mark.parametrize(("mode", "bits"), [("0640", 0o640), ("600", 0o600), ("0644", 0o644), ("0400", 0o400)])
def test_files_get_the_mode_that_was_asked_for(mode: str, bits: int, tmp_path: Path) -> None:
    for dummy in range(2):
        ended(report_directory=str(tmp_path), report_mode=mode)
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {bits}


@pytest.mark.parametrize("mode", [416, 640, "rw", "888", "06400", "64", "u=rw", True, ["0640"], "0o640", "²40"])
def test_a_mode_must_be_octal_digits_in_quotes(mode: Any, tmp_path: Path) -> None:
    end = refused(report_mode=mode, report_directory=str(tmp_path))
    assert end.kind == "invalid_input"
    assert "report_mode" in end.message
    assert in_folder(tmp_path) == {}


def test_a_file_is_replaced_and_never_written_over(tmp_path: Path) -> None:
    ended(report_directory=str(tmp_path))
    before = in_folder(tmp_path)
    opened = {name: (tmp_path / name).open("rb") for name in FILES}
    ended(AGREED, report_directory=str(tmp_path))
    after = in_folder(tmp_path)
    assert set(after) == FILES
    for name, file in opened.items():
        with file:
            assert file.read() == before[name] != after[name]


def test_a_folder_that_cannot_be_made_is_told_before_any_call(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / ("x" * 300)):
        end = refused(report_directory=str(folder))
        assert end.kind == "invalid_input"
        assert end.message.startswith(f"report_directory {str(folder)!r}")


def test_a_folder_must_be_a_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for option in ("report_directory", "earlier_report"):
        assert refused(**{option: "below"}).message.startswith(f"{option} 'below'")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", sorted(FILES - {"report.json"}))
def test_where_one_file_cannot_take_its_place_the_report_stays_the_earlier_one(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(report_directory=str(tmp_path))
    before = in_folder(tmp_path)["report.json"]
    replaced = os.replace

    def replace(source: str, target: Path) -> None:
        if target.name == name:
            raise IsADirectoryError(21, "Is a directory")
        replaced(source, target)

    monkeypatch.setattr(os, "replace", replace)
    end = ended(AGREED, report_directory=str(tmp_path))
    assert end.kind == "invalid_input"
    assert str(tmp_path) in end.message
    after = in_folder(tmp_path)
    assert after["report.json"] == before
    assert set(after) <= FILES


def test_a_name_that_looks_like_a_formula_stays_a_name_in_the_table(tmp_path: Path) -> None:
    services = [{"type": "-du", "products": product_list({"@SUM(A1)": 1})}]
    tenants = [{"id": "+1", "name": "\u2212 =cmd|' /C calc'!A0", "services": services}]
    arguments = {
        **BOTH,
        "organizations": [{"id": "o", "name": '=HYPERLINK("http://x","y")', "tenants": tenants}],
        "license_packs": [{"id": "p", "entities": [{"id": "=1+1"}, {"id": "e"}]}],
    }
    calls = [*uipath_calls(U=1)[:2], read_pool("o", {"U": 100}), read_services("o"), *yext_calls("e", name="\t=2+2")]
    ended(calls, arguments, report_directory=str(tmp_path))
    rows = table_in(tmp_path)
    assert [row["entity_id"] for row in rows if row["license_pack_id"]] == ["'=1+1"]
    assert [row["license_pack"] for row in rows if row["license_pack_id"]] == ["'\\t=2+2"]
    (row,) = [row for row in rows if row["kind"] == "missing" and row["tenant_id"]]
    assert {name: row[name] for name in ("organization", "tenant_id", "service_type", "code")} == {
        "organization": '\'=HYPERLINK("http://x","y")',
        "tenant_id": "'+1",
        "service_type": "'-du",
        "code": "'@SUM(A1)",
    }
    assert {row["difference"] for row in rows} == {"-1"}
    told = [one for one in report_in(tmp_path)["findings"] if one["kind"] == "missing" and "tenant_id" in one]
    assert (told[0]["tenant_id"], told[0]["code"]) == ("+1", "@SUM(A1)")


# Earlier reports


def test_the_report_that_is_replaced_tells_what_is_new(tmp_path: Path) -> None:
    ended([*uipath_calls(U=3, V=2), *yext_calls("e", "f")], report_directory=str(tmp_path))
    first = report_in(tmp_path)
    first["findings"][0]["since"] = "2026-01-01T00:00:00Z"
    (tmp_path / "report.json").write_text(json.dumps(first))
    end = ended([*uipath_calls(U=4, V=3), *yext_calls("e", "f")], report_directory=str(tmp_path))
    assert [(one["code"], one["status"]) for one in end.result["findings"]] == [("U", "open"), ("V", "new")]
    assert end.result["findings"][0]["since"] == "2026-01-01T00:00:00Z"
    numbers = {name: end.result["summary"][name] for name in ("new", "open", "gone", "unknown")}
    assert numbers == {"new": 1, "open": 1, "gone": 0, "unknown": 0}
    assert report_in(tmp_path)["earlier"] == {"generated_at": first["generated_at"]}
    gone = ended(AGREED, report_directory=str(tmp_path))
    assert gone.result["summary"]["gone"] == 2
    assert [one["code"] for one in report_in(tmp_path)["gone"]] == ["U", "V"]


def test_an_earlier_report_that_is_named_counts_and_not_the_one_that_is_replaced(tmp_path: Path) -> None:
    ended(AGREED, report_directory=str(tmp_path / "a"))
    ended(report_directory=str(tmp_path / "b"))
    end = ended(report_directory=str(tmp_path / "b"), earlier_report=str(tmp_path / "a" / "report.json"))
    assert end.result["summary"]["new"] == 3
    alone = ended(earlier_report=str(tmp_path / "b" / "report.json"))
    assert alone.result["summary"]["open"] == 3
    assert "report" not in alone.result


def test_what_cannot_be_read_now_is_unknown_and_comes_back(tmp_path: Path) -> None:
    arguments = {**BOTH, "organizations": [ORGANIZATION, {"id": "other"}], "report_directory": str(tmp_path)}
    others = [read_organization("other", {}), read_pool("other", {}), read_services("other")]
    first = ended([*DRIFTED, *others], arguments)
    unread = [DRIFTED[0], read_organization("o", status(403)), read_pool("o", {}), *others, *yext_calls("e")]
    second = ended(unread, arguments)
    numbers = {name: second.result["summary"][name] for name in ("findings", "new", "open", "gone", "unknown")}
    assert numbers == {"findings": 2, "new": 1, "open": 1, "gone": 0, "unknown": 2}
    third = ended([*DRIFTED, *others], arguments)
    assert [one["status"] for one in third.result["findings"]] == ["open"] * 3
    assert [one["since"] for one in third.result["findings"]] == [one["since"] for one in first.result["findings"]]
    assert third.result["summary"]["gone"] == 1


GOOD = {
    **{"schema": "tenantops.licensing/license-audit", "schema_version": 1, "generated_at": "2026-01-01T00:00:00Z"},
    **{"findings": [], "unknown": []},
}
OLD = {"kind": "missing", "since": "2026-01-01T00:00:00Z"}
NO_REPORTS = {
    "nothing": "",
    "no JSON": "{",
    "no UTF-8": b"\xff\xfe",
    "deep": "[" * 200_000,
    "a list": "[]",
    "a number": "7",
    "another document": {"licensing_organizations": []},
    "another schema": {**GOOD, "schema": "other"},
    "another version": {**GOOD, "schema_version": 2},
    "no version": {**GOOD, "schema_version": None},
    "no findings": {**GOOD, "findings": None},
    "findings of another kind": {**GOOD, "findings": ["missing"]},
    "no unknown": {name: value for name, value in GOOD.items() if name != "unknown"},
    "no date": {**GOOD, "generated_at": 7},
    "a finding without a kind": {**GOOD, "findings": [{"since": OLD["since"]}]},
    "a finding without a date": {**GOOD, "unknown": [{"kind": "missing"}]},
    "a finding with a list": {**GOOD, "findings": [{**OLD, "organization_id": ["o"]}]},
    "a finding with a list for a number": {**GOOD, "unknown": [{**OLD, "wanted": [1]}]},
    "a finding with a number for an ID": {**GOOD, "findings": [{**OLD, "organization_id": 7}]},
    "a finding with a mapping": {**GOOD, "findings": [{**OLD, "license_pack_id": {}}]},
}


@pytest.mark.parametrize("name", NO_REPORTS)
@pytest.mark.parametrize("option", ["report_directory", "earlier_report"])
def test_what_is_no_report_is_refused_and_nothing_is_written(option: str, name: str, tmp_path: Path) -> None:
    text = NO_REPORTS[name]
    path = tmp_path / "report.json"
    path.write_bytes(
        text if isinstance(text, bytes) else (text if isinstance(text, str) else json.dumps(text)).encode()
    )
    before = in_folder(tmp_path)
    end = refused(**{option: str(tmp_path if option == "report_directory" else path)})
    assert end.kind == "invalid_input"
    assert str(path) in end.message
    assert "\n" not in end.message
    assert len(end.message) < 500
    assert in_folder(tmp_path) == before


@pytest.mark.parametrize("fields", [{"organization_id": None}, {"kind": "another"}, {"since": "x"}, {"code": ""}])
def test_an_odd_finding_of_an_earlier_report_is_put_up_with(fields: Any, tmp_path: Path) -> None:
    path = tmp_path / "earlier.json"
    path.write_text(json.dumps({**GOOD, "findings": [{**OLD, **fields}]}))
    arguments = {**OF_UIPATH, "organizations": [ORGANIZATION, {"id": "bad"}], "report_directory": str(tmp_path / "new")}
    calls = [*uipath_calls(U=5, V=2), read_organization("bad", status(403)), read_pool("bad", {})]
    end = ended(calls, arguments, earlier_report=str(path))
    assert not end.failed, end.message
    assert end.result["summary"]["gone"] == 1
    assert set(in_folder(tmp_path / "new")) == FILES


def test_an_earlier_report_that_is_not_there_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        end = refused(earlier_report=str(path), report_directory=str(tmp_path / "new"))
        assert end.kind == "invalid_input"
        assert end.message.startswith(f"earlier_report {str(path)!r} cannot be read")


# Secrets


SECRETS: dict[str, dict[str, Any]] = {
    "uipath": {**UIPATH, "access_token": "S3cret-of-UiPath/+="},
    "yext": {**YEXT, "api_key": "S3cret-of-Yext&x=1"},
}


def test_no_secret_gets_into_the_result_or_into_a_file(tmp_path: Path) -> None:
    """Not even where a server writes it back, or where it is the name of something."""
    one, other = SECRETS["uipath"]["access_token"], SECRETS["yext"]["api_key"]
    arguments = {
        **{**BOTH, **SECRETS, "license_packs": [PACK, {"id": "q"}]},
        **{"organizations": [{**ORGANIZATION, "name": f"of {other}"}, {"id": "bad"}]},
        **{"report_directory": str(tmp_path)},
    }
    echo = document({"message": f"no right for {one}"}, 403)
    query = {**yext_calls("e")[0].query, "api_key": other}
    listing = read_assignments("p", {"e": None, "f": None}, **{**NAMED, "name": f"{one} and {other}", "total": 1})
    refusal = envelope({}, {"type": "FATAL_ERROR", "message": f"not with {other}"}, code=403)
    calls = [
        *uipath_calls(U=3, V=2),
        read_organization("bad", echo),
        read_pool("bad", {}),
        Call("GET", listing.path, listing.reply, query=query),
        Call("GET", read_assignments("q", {}).path, refusal, query=query),
    ]
    end = ended(calls, arguments)
    assert not end.failed
    assert end.result["summary"]["by_kind"]["unreadable"] == 2
    result = {name: value for name, value in end.result.items() if name != "invocation"}
    texts = [json.dumps(result), *(text.decode() for text in in_folder(tmp_path).values())]
    assert len(texts) == 4
    for text in texts:
        assert "********" in text
        for secret in (one, other):
            assert secret not in text
            assert json.dumps(secret)[1:-1] not in text
            assert secret.replace("&", "&amp;") not in text


@pytest.mark.parametrize(
    ("vendor", "option"),
    [("uipath", "access_token"), ("uipath", "password"), ("uipath", "client_secret"), ("yext", "api_key")],
)
def test_a_short_secret_is_warned_about(vendor: str, option: str) -> None:
    arguments = {**(OF_YEXT if vendor == "uipath" else OF_UIPATH), vendor: {option: "s3cr3t!"}}
    end = ended(yext_calls("e", "f") if vendor == "uipath" else uipath_calls(U=5, V=2), arguments)
    assert [text for text in end.warnings if "shorter" in text] == [
        text for text in end.warnings if text.startswith(option)
    ]
    assert len([text for text in end.warnings if text.startswith(option)]) == 1


@pytest.mark.parametrize("secret", ["missing", "summary", "kind", "host", "licens"])
def test_a_secret_that_is_a_word_of_the_report_spoils_no_report(secret: str, tmp_path: Path) -> None:
    arguments = {**OF_UIPATH, "uipath": {**UIPATH, "access_token": secret}, "report_directory": str(tmp_path)}
    end = ended(uipath_calls(U=3, V=2), arguments, fail_on=["drift"])
    assert not end.failed, end.message
    assert set(in_folder(tmp_path)) == FILES
    again = ended(uipath_calls(U=3, V=2), arguments, fail_on=["drift"])
    assert not again.failed, again.message
