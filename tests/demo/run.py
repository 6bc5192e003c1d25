# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the whole flow with the installed collection: check, provision, provision again, drift, audit, retire.

The simulator runs inside this process, so it ends with it, however that ends.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.testing import Handle, running

HERE = Path(__file__).resolve().parent
STATE_FILE = HERE / "licensing.yml"
MOST_LINES = 12
# Kept after the demonstration, to be looked at.
REPORTS = HERE.parents[1] / "build" / "license-audit"
# What introduce_drift does, as the audit should tell it.
DRIFT = [("missing", "store-042"), ("too_little", "orchestrator"), ("unmanaged_service", "testmanager")]


@dataclass(frozen=True)
class Outcome:
    """What one playbook run did: the ``changed`` of its recap, its write calls, and the lines of its diff."""

    changed: int
    writes: int
    diff: list[str]


def main() -> int:
    """Run the demonstration; 0 when everything came out as it says."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    shutil.rmtree(REPORTS, ignore_errors=True)
    with running(HERE / "seed.yml") as simulator:
        say(f"A simulator of both APIs runs at {simulator.url}. The agreed state is in {shown(STATE_FILE)}.")

        planned = step(simulator, "1. Check: what would change?", "provision", "--check", "--diff")
        show_diff(planned.diff)
        expect(planned.changed == 2 and planned.writes == 0, "a check plans changes and writes nothing")

        done = step(simulator, "2. Provision.", "provision", "--diff")
        expect(done.diff == planned.diff, "the run did exactly what the check had said")
        expect(done.changed == 2 and done.writes > 0, "licences were allocated although the host's pool was full")

        again = step(simulator, "3. Provision again.", "provision")
        expect(again.changed == 0 and again.writes == 0, "a second run changes nothing")

        introduce_drift(simulator)
        say("\n   Behind its back somebody changes a quantity, licenses a service, and takes an entity off a pack.")
        found = audit(simulator, "4. Audit: what differs from what was agreed?", "drifted")
        expect(found == DRIFT, "the audit found exactly that, and nothing else")

        mended = step(simulator, "5. Provision: mend it.", "provision", "--diff")
        show_diff(mended.diff)
        expect(mended.writes == len(DRIFT), "one write for each difference")
        earlier = REPORTS / "drifted" / "report.json"
        found = audit(simulator, "6. Audit again.", "mended", license_audit_earlier_report=shown(earlier))
        expect(found == [], "all is as agreed, and the report says what is gone")

        tenant = ("-e", '{"tenant_retirement_tenants": ["Test"]}')
        organization = ("-e", "tenant_retirement_organization=delilah")
        step(simulator, "7. Retire a tenant.", "retire", *organization, *tenant, *confirmed("delilah/Test"))
        tenants = {tenant["name"]: tenant["services"] for tenant in find(simulator, "delilah")["tenants"].values()}
        expect(not tenants["Test"] and bool(tenants["Production"]), "that tenant holds nothing, the other all it had")

        packs = ("-e", '{"tenant_retirement_license_packs": ["listings-2026", "reviews-2026"]}')
        name = "delilah,listings-2026,reviews-2026"
        step(simulator, "8. Retire the organization and the packs.", "retire", *organization, *packs, *confirmed(name))
        expect(not find(simulator, "delilah")["license"], "the organization holds nothing")
        expect(bool(find(simulator, "samson")["license"]), "the other organization was left alone")
        assigned = [pack["assigned"] for pack in simulator.state()["yext"]["license_packs"].values()]
        expect(not any(assigned), "no entity holds a licence")
    say("The demonstration is over, and the simulator is stopped.")
    return 0


def step(simulator: Handle, title: str, playbook: str, *arguments: str) -> Outcome:
    """Run one playbook of the collection by its full name, and tell what it did."""
    say(f"\n{title}")
    command = ["ansible-playbook", f"tenantops.licensing.{playbook}", "-e", f"@{STATE_FILE}", *arguments]
    say("   " + shlex.join(part.replace(str(STATE_FILE), shown(STATE_FILE)) for part in command))
    simulator.clear_calls()
    done = subprocess.run(command, env=environment(simulator), check=False, capture_output=True, text=True)
    recap = re.search(r"changed=(\d+) .*failed=(\d+)", done.stdout)
    if done.returncode or recap is None:
        sys.exit(f"{done.stdout}\n{done.stderr}\nThe playbook failed, see above.")
    diff = [line for line in done.stdout.splitlines() if re.match(r"[+-](?![+-]{2} )", line)]
    outcome = Outcome(int(recap[1]), len(simulator.writes()), diff)
    say(f"   changed={outcome.changed}, {outcome.writes} write calls, {len(simulator.calls())} calls in all")
    return outcome


def introduce_drift(simulator: Handle) -> None:
    """Change what is held without the collection, as somebody would with the mouse."""
    state = simulator.state()
    tenants = find_in(state, "delilah")["tenants"]
    production, test = (next(one for one in tenants.values() if one["name"] == name) for name in ("Production", "Test"))
    production["services"]["orchestrator"]["products"]["UNATT"] = 18
    test["services"]["testmanager"] = {"products": {"UNATT": 2}}
    del state["yext"]["license_packs"]["reviews-2026"]["assigned"]["store-042"]
    simulator.set_state(state)


def audit(simulator: Handle, title: str, folder: str, **options: str) -> list[tuple[str, str]]:
    """Audit, and return the findings of its report, each as its kind and what it is about."""
    # The demonstration's pools are full, as was agreed.
    options |= {"license_audit_report_directory": shown(REPORTS / folder), "license_audit_pool_share": "100%"}
    outcome = step(simulator, title, "audit", "--check", "-e", json.dumps(options))
    expect(outcome.changed == 0 and outcome.writes == 0, "an audit changes nothing")
    report = json.loads((REPORTS / folder / "report.json").read_text())
    say(f"   {report['verdict']}")
    names = ("organization", "tenant", "service_type", "license_pack", "entity_id", "code")
    for finding in report["findings"]:
        place = "/".join(finding[name] for name in names if name in finding)
        say(f"   - {finding['kind']}: {place}: {finding['wanted']} agreed, {finding['held']} held")
    say(f"   The page to look at: {shown(REPORTS / folder / 'report.html')}")
    return [(one["kind"], one.get("service_type") or one["entity_id"]) for one in report["findings"]]


def environment(simulator: Handle) -> dict[str, str]:
    """The sign-in, as a job would get it: in the environment, never in a file."""
    return {
        **os.environ,
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
        "UIPATH_BASE_URL": simulator.url,
        "UIPATH_USERNAME": "admin",
        "UIPATH_PASSWORD": "host-admin-password",
        "YEXT_API_URL": f"{simulator.url}/v2",
        "YEXT_API_KEY": "yext-api-key-0001",
    }


def confirmed(name: str) -> tuple[str, str]:
    return ("-e", f"tenant_retirement_confirm={name}")


def find(simulator: Handle, name: str) -> dict[str, Any]:
    """The organization with this name, as the simulator has it."""
    return find_in(simulator.state(), name)


def find_in(state: dict[str, Any], name: str) -> dict[str, Any]:
    """The organization with this name; changing it changes the state."""
    organizations: dict[str, dict[str, Any]] = state["uipath"]["organizations"]
    return next(organization for organization in organizations.values() if organization["name"] == name)


def show_diff(lines: list[str]) -> None:
    say(textwrap.indent("\n".join(lines[:MOST_LINES]), "   "))
    if len(lines) > MOST_LINES:
        say(f"   … and {len(lines) - MOST_LINES} lines more")


def expect(true: bool, what: str) -> None:
    """Tell what holds; end the demonstration if it does not."""
    if not true:
        sys.exit(f"   That did not come out right: {what}.")
    say(f"   ✓ {what}")


def shown(path: Path) -> str:
    return os.path.relpath(path)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
