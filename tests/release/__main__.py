# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a release: the version into galaxy.yml, the fragments into the changelog, a commit, and a tag that says it.

Nothing is pushed and nothing is published; what remains to be done is printed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
BRANCH = "main"


class Refusal(Exception):
    """Why there can be no such release; nothing was changed."""


def main() -> int:
    """Make the release, or with ``--dry-run`` show it in a clone; 0 when it is made."""
    parser = argparse.ArgumentParser(prog="release", description=__doc__)
    parser.add_argument("version", help="the version to release, such as 1.2.0")
    parser.add_argument("--dry-run", action="store_true", help="make it in a clone, and show what it would be")
    parser.add_argument("--checkout", type=Path, default=CHECKOUT, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    try:
        if not arguments.dry_run:
            release(arguments.checkout, arguments.version)
            print(f"The release {arguments.version} is made. What remains:\n")
            print("  make build")
            print("  git push --follow-tags")
            print(f"  ansible-galaxy collection publish build/tenantops-licensing-{arguments.version}.tar.gz")
            return 0
        with tempfile.TemporaryDirectory() as directory:
            clone = Path(directory, "ansible_collections", "tenantops", "licensing")
            run(Path(directory), "git", "clone", "--quiet", str(arguments.checkout), str(clone))
            release(clone, arguments.version)
            print(run(clone, "git", "show", "--stat", "--format=%s", "HEAD"))
            print(run(clone, "git", "tag", "--list", "--format=%(refname:short)%0a%0a%(contents)", arguments.version))
            print("This was a dry run: nothing of it is left.")
        return 0
    except Refusal as refusal:
        print(f"No release: {refusal}", file=sys.stderr)
        return 1


def release(checkout: Path, version: str) -> None:
    """Commit and tag the release. Raises Refusal before anything is changed."""
    refuse(checkout, version)
    galaxy = checkout / "galaxy.yml"
    galaxy.write_text(re.sub(r"^version: .*$", f"version: {version}", galaxy.read_text(), flags=re.MULTILINE))
    run(checkout, "antsibull-changelog", "release", "--version", version)
    run(checkout, "git", "add", "--all", "CHANGELOG.rst", "changelogs", "galaxy.yml")
    run(checkout, "git", "commit", "--quiet", f"--message=Release {version}")
    run(checkout, "git", "tag", "--annotate", f"--message={tag_message(checkout, version)}", version)


def refuse(checkout: Path, version: str) -> None:
    """Raise Refusal where this version cannot be released from this checkout."""
    if not VERSION.fullmatch(version):
        raise Refusal(f"{version!r} is no version: write three numbers, such as 1.2.0")
    branch = run(checkout, "git", "branch", "--show-current").strip()
    if branch != BRANCH:
        raise Refusal(f"the branch is {branch or 'none'}: check out {BRANCH}")
    changed = run(checkout, "git", "status", "--porcelain").splitlines()
    if changed:
        raise Refusal(
            f"{len(changed)} files differ from the last commit: commit or remove them ({changed[0].strip()}, …)"
        )
    if run(checkout, "git", "tag", "--list", version).strip():
        raise Refusal(f"there is a tag {version} already: choose a greater version")
    released = changes(checkout).get("releases") or {}
    latest = max(released, key=numbers, default="0.0.0")
    if numbers(version) <= numbers(latest):
        raise Refusal(f"{version} is not greater than {latest}, the latest release")
    if not list((checkout / "changelogs" / "fragments").glob("*.y*ml")):
        raise Refusal("changelogs/fragments has no fragment, so nothing is new")
    run(checkout, "antsibull-changelog", "lint")


def tag_message(checkout: Path, version: str) -> str:
    """What the tag says: the summary of the release and its changes, as the changelog has them."""
    told = changes(checkout)["releases"][version]["changes"]
    lines = [f"tenantops.licensing {version}", ""]
    # What stands for itself, the summary, comes before the lists.
    for section, entries in sorted(told.items(), key=lambda item: isinstance(item[1], list)):
        if isinstance(entries, str):
            lines += [entries, ""]
        else:
            lines += [f"{section.replace('_', ' ').capitalize()}:", *(f"- {entry}" for entry in entries), ""]
    return "\n".join(lines)


def changes(checkout: Path) -> dict[str, dict[str, dict[str, dict[str, str | list[str]]]]]:
    """The releases so far, as antsibull-changelog keeps them."""
    file = checkout / "changelogs" / "changelog.yaml"
    return yaml.safe_load(file.read_text()) or {} if file.exists() else {}


def numbers(version: str) -> tuple[int, ...]:
    """A version as something that can be compared."""
    return tuple(int(number) for number in version.split("."))


def run(checkout: Path, *command: str) -> str:
    """Run a command in the checkout and return what it prints. Raises Refusal with what it says when it fails."""
    done = subprocess.run(command, cwd=checkout, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Refusal(f"{' '.join(command[:2])} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
