# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role that audits: what it finds, what it writes down, when it fails, and that it changes no licence."""

from __future__ import annotations

import copy
import csv
import datetime
import json
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ansible_collections.tenantops.licensing.tests.integration.playing import STATE, Play, Played
from simulator.testing import Handle

TOP = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((TOP / "docs" / "license-audit-report.schema.json").read_text())
FILES = ("report.json", "findings.csv", "report.html")
TODAY = datetime.datetime.now(datetime.UTC).date()
SOON = (TODAY + datetime.timedelta(days=10)).isoformat()
HOSTILE = '=cmd|" /C calc"!A0 <script>document.title="taken"</script>'
# One entity's end is agreed, so that it can drift.
AGREED: dict[str, Any] = copy.deepcopy(STATE)
AGREED["licensing_license_packs"][0]["entities"][2] = {"id": "new-2", "expiration_date": "never"}

Drift = tuple[str, str, Any, Any]  # kind, place, wanted, held
DRIFT: list[Drift] = [
    ("insufficient_capacity", "delilah/NONPR", 4, 3),  # the unmanaged service has what the other lacks
    ("insufficient_capacity", "samson/UNATT", 8, 0),
    ("missing", "listings/new-1", 1, 0),
    ("missing", "samson/Default/orchestrator/UNATT", 8, 0),
    ("too_little", "delilah/Test/orchestrator/NONPR", 4, 3),
    ("too_much", "delilah/UNATT", 12, 13),
    ("unmanaged", "listings/stranger", 0, 1),
    ("unmanaged", "samson/NONPR", 0, 2),
    ("unmanaged_service", "delilah/Production/du/NONPR", 0, 1),
    ("unmanaged_tenant", "samson/t-9/orchestrator/UNATT", 0, 1),
    ("expires_otherwise", "listings/new-2", "never", SOON),
    ("expires_soon", "listings/new-2", "never", SOON),
]


def drift_behind_its_back(simulator: Handle) -> None:
    """Change what is held as somebody would with the mouse."""
    state = simulator.state()
    state["uipath"]["host_pool"]["UNATT"] = 21
    delilah, samson = (state["uipath"]["organizations"][name] for name in ("o-1", "o-2"))
    delilah["license"]["products"]["UNATT"] = 13
    delilah["tenants"]["t-2"]["services"]["orchestrator"]["products"]["NONPR"] = 3
    delilah["tenants"]["t-1"]["services"]["du"] = {"products": {"NONPR": 1}}
    samson["license"]["products"]["NONPR"] = 2
    samson["tenants"]["t-3"]["services"] = {}
    samson["tenants"]["t-9"] = {"name": HOSTILE, "services": {"orchestrator": {"products": {"UNATT": 1}}}}
    assigned = state["yext"]["license_packs"]["listings"]
    assigned["total"] = 4
    assigned["assigned"] = {"kept": "2036-01-31", "new-2": SOON, "stranger": None}
    simulator.set_state(state)


@pytest.fixture
def audit(play: Play, tmp_path: Path) -> Callable[..., tuple[Played, dict[str, Any]]]:
    """Plays the audit and reads the report that it left."""

    def run(*arguments: str, state: Mapping[str, Any] = AGREED, **variables: Any) -> tuple[Played, dict[str, Any]]:
        folder = tmp_path / "reports" / "today"
        options = {"license_audit_report_directory": str(folder), "license_audit_pool_share": "100%", **variables}
        done = play("audit", *arguments, state=state, **options)
        report = json.loads((folder / "report.json").read_text()) if (folder / "report.json").exists() else {}
        if report:
            jsonschema.validate(report, SCHEMA)
        return done, report

    return run


Auditor = Callable[..., tuple[Played, dict[str, Any]]]


def told(report: Mapping[str, Any]) -> list[Drift]:
    names = ("license_pack_id", "organization", "tenant", "tenant_id", "service_type", "entity_id", "code")
    found = []
    for finding in report["findings"]:
        place = {name: finding[name] for name in names if name in finding}
        if "tenant" in place:
            del place["tenant_id"]
        found.append((finding["kind"], "/".join(place.values()), finding["wanted"], finding["held"]))
    return found


def test_what_was_provisioned_is_as_agreed(play: Play, audit: Auditor) -> None:
    assert play("provision", state=AGREED).status == 0
    done, report = audit("--check", "--diff")
    assert (done.status, done.changed, done.writes) == (0, 0, []), done.output
    assert told(report) == []
    assert report["agreed"]
    assert report["verdict"] == "What is allocated is what was agreed."
    assert "What is allocated is what was agreed." in done.output
    # One call for the host, three for each organization, one for the pack.
    assert sum(call["kind"] == "read" for call in done.calls) == 1 + 3 * 2 + 1


@pytest.mark.parametrize("arguments", [("--check",), ()], ids=["check", "real"])
def test_every_drift_is_found_and_nothing_else(
    play: Play, audit: Auditor, simulator: Handle, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert play("provision", state=AGREED).status == 0
    drift_behind_its_back(simulator)
    before = simulator.state()
    # It must do with the right to read.
    simulator.set_faults([{"match": {"kind": "write"}, "effect": {"status": 403}}])
    done, report = audit(*arguments, license_audit_max_findings="3")
    assert (done.status, done.changed, done.writes) == (0, 0, []), done.output
    assert simulator.state() == before
    assert told(report) == DRIFT
    assert not report["agreed"]
    folder = tmp_path / "reports" / "today"
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in FILES} == {0o640}
    with (folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], row["wanted"], row["held"]) for row in rows] == [
        (kind, str(wanted), str(held)) for kind, _place, wanted, held in DRIFT
    ]
    assert '<script>document.title="taken"' not in (folder / "report.html").read_text()
    # The next job of a workflow is handed the numbers and the first findings.
    stats = done.output.split("CUSTOM STATS:", 1)[1]
    assert '"license_audit_agreed": false' in stats
    # Once by the names of audits, and once by the names of the facts.
    assert stats.count('"fixable":') == 2 * 3


def test_the_next_audit_of_a_workflow_hands_on_what_it_found_itself(
    play: Play, audit: Auditor, simulator: Handle
) -> None:
    play("provision", state=AGREED)
    earlier, _report = audit()
    assert earlier.statistics["license_audit_agreed"] is True
    drift_behind_its_back(simulator)
    done, report = audit(**earlier.statistics)
    handed_on = done.statistics
    assert handed_on["license_audit_agreed"] is False
    assert handed_on["license_audit_verdict"] == report["verdict"] != earlier.statistics["license_audit_verdict"]
    assert handed_on["license_audit_summary"] == report["summary"]
    assert handed_on["license_audit_findings"] == report["findings"]
    assert [each["verdict"] for each in handed_on["license_audits"].values()] == [report["verdict"]]
    told = re.search(r"TASK \[.*Tell the verdict.*?\n\n", done.output, re.DOTALL)
    assert told is not None
    assert report["verdict"] in told[0]


def test_drift_is_mended_and_gone_from_the_next_report(play: Play, audit: Auditor, simulator: Handle) -> None:
    assert play("provision", state=AGREED).status == 0
    _done, clean = audit()
    drift_behind_its_back(simulator)
    _done, first = audit()
    assert first["earlier"] == {"generated_at": clean["generated_at"]}
    assert (first["summary"]["new"], first["summary"]["open"]) == (len(DRIFT), 0)
    state = simulator.state()
    # What no list names and what stands in the way of what was agreed: the audit had told so.
    del state["uipath"]["organizations"]["o-2"]["tenants"]["t-9"]
    del state["uipath"]["organizations"]["o-1"]["tenants"]["t-1"]["services"]["du"]
    simulator.set_state(state)
    assert play("provision", state=AGREED).status == 0
    _done, second = audit(license_audit_fail_on=["missing"])
    assert told(second) == [("unmanaged", "samson/NONPR", 0, 2)]
    (left,) = second["findings"]
    assert (left["status"], left["since"], left["fixable"]) == ("open", first["generated_at"], False)
    assert len(second["gone"]) == len(DRIFT) - 1


def test_the_job_fails_on_what_it_was_told_to_after_the_report_was_written(
    play: Play, audit: Auditor, simulator: Handle
) -> None:
    assert play("provision", state=AGREED).status == 0
    drift_behind_its_back(simulator)
    done, report = audit("--check", license_audit_fail_on=["drift", "insufficient_capacity"])
    assert done.status != 0
    output = " ".join(done.output.split())
    assert (
        "The audit found what it was to fail on: 2 pools too small for what is agreed, 2 missing, 1 too little, "
        "1 too much, 2 unmanaged, 1 in unmanaged services, 1 in unmanaged tenants, 1 ending otherwise than agreed. "
        "The report is "
    ) in output
    assert "reports/today/report.html" in output
    assert told(report) == DRIFT


def test_one_place_that_cannot_be_read_does_not_hide_the_others(play: Play, audit: Auditor, simulator: Handle) -> None:
    assert play("provision", state=AGREED).status == 0
    drift_behind_its_back(simulator)
    _done, _report = audit()
    simulator.set_faults([{"match": {"path": ".*/account/o-1/service-license"}, "effect": {"status": 403}}])
    done, report = audit()
    assert done.status != 0
    assert "The audit found what it was to fail on: 1 unreadable" in done.output
    assert told(report)[0] == ("unreadable", "delilah", None, None)
    assert told(report)[1:] == [drift for drift in DRIFT if not drift[1].startswith("delilah")]
    assert {finding["organization"] for finding in report["unknown"]} == {"delilah"}
    assert report["gone"] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"license_audit_report_mode": 416}, "report_mode is 416: write it as octal digits in quotes, such as"),
        ({"license_audit_pool_share": "101%"}, "pool_share '101%' is no share between 0% and 100%"),
        ({"license_audit_expiry_days": -1}, "expiry_days is -1: it must be at least 0"),
        ({"license_audit_max_findings": "many"}, "max_findings 'many' is neither a number such as 200 nor all"),
        ({"license_audit_fail_on": ["drfit"]}, "value of fail_on must be one or more of: drift, "),
        ({"license_audit_earlier_report": "/nowhere.json"}, "earlier_report '/nowhere.json' cannot be read: No such"),
        ({"license_audit_report_directory": "/proc/audit"}, "report_directory '/proc/audit': the report cannot be"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_wrong_options_are_told_by_their_names(audit: Auditor, options: dict[str, Any], said: str) -> None:
    done, report = audit(**options)
    assert done.status != 0
    assert said in " ".join(done.output.split())
    assert report == {}


def test_without_a_folder_nothing_is_written(play: Play, tmp_path: Path) -> None:
    (tmp_path / "licensing.yml").write_text(yaml.safe_dump(AGREED))
    file = str(tmp_path / "licensing.yml")
    done = play("audit", state={}, licensing_state_file=file, license_audit_write_report=False)
    assert done.status == 0, done.output
    assert "differences from what was agreed" in done.output
    assert sorted(path.name for path in tmp_path.glob("*audit*")) == []
