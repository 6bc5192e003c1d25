# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release, in a clone of this repository."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from release.__main__ import CHECKOUT, numbers

Release = Callable[..., subprocess.CompletedProcess[str]]


def git(directory: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=directory, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone on the branch main, where nobody's own settings of git reach."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "somebody@example.com")
    for name in ("GLOBAL", "SYSTEM"):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", "/dev/null")
    directory = tmp_path / "ansible_collections" / "tenantops" / "licensing"
    git(tmp_path, "clone", "--quiet", str(CHECKOUT), str(directory))
    git(directory, "checkout", "--quiet", "-B", "main")
    (directory / "changelogs" / "fragments" / "new.yml").write_text("minor_changes: [a module can do more]\n")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message=A fragment")
    return directory


@pytest.fixture
def release(clone: Path) -> Release:
    def run(version: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "release", version, *arguments, "--checkout", str(clone)]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)

    return run


def test_a_release_is_a_commit_and_a_tag_that_says_what_is_new(clone: Path, release: Release) -> None:
    done = release("99.1.0")
    assert done.returncode == 0, done.stderr
    assert "collection publish build/tenantops-licensing-99.1.0.tar.gz" in done.stdout
    assert yaml.safe_load((clone / "galaxy.yml").read_text())["version"] == "99.1.0"
    assert "v99.1.0\n=======" in (clone / "CHANGELOG.rst").read_text()
    assert not list((clone / "changelogs" / "fragments").glob("*.yml"))
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "show", "--no-patch", "--format=%s", "HEAD").strip() == "Release 99.1.0"
    message = git(clone, "tag", "--list", "--format=%(contents)", "99.1.0")
    assert message.startswith("tenantops.licensing 99.1.0\n")
    assert "\nMinor changes:\n- " in message
    assert "\n- a module can do more\n" in message
    again = release("99.1.0")
    assert again.returncode == 1
    assert again.stderr == "No release: there is a tag 99.1.0 already: choose a greater version\n"


def test_a_dry_run_shows_the_release_and_leaves_nothing(clone: Path, release: Release) -> None:
    before = git(clone, "rev-parse", "HEAD")
    done = release("99.1.0", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "Release 99.1.0" in done.stdout
    assert "galaxy.yml" in done.stdout
    assert "- a module can do more" in done.stdout
    assert "nothing of it is left" in done.stdout
    assert (git(clone, "rev-parse", "HEAD"), git(clone, "tag", "--list", "99.1.0")) == (before, "")
    assert git(clone, "status", "--porcelain") == ""


@pytest.mark.parametrize("version", ["1.2", "v1.2.0", "1.02.0", "1.2.0-rc.1", ""])
def test_what_is_no_version_is_refused(release: Release, version: str) -> None:
    done = release(version)
    assert (done.returncode, done.stderr) == (
        1,
        f"No release: {version!r} is no version: write three numbers, such as 1.2.0\n",
    )


def test_a_tree_that_differs_another_branch_and_nothing_new_are_refused(clone: Path, release: Release) -> None:
    (clone / "new-file").write_text("")
    assert "1 files differ from the last commit" in release("99.1.0").stderr
    (clone / "new-file").unlink()
    git(clone, "checkout", "--quiet", "-b", "other")
    assert "the branch is other: check out main" in release("99.1.0").stderr
    git(clone, "checkout", "--quiet", "main")
    assert release("99.1.0").returncode == 0
    assert "99.0.9 is not greater than 99.1.0, the latest release" in release("99.0.9").stderr
    assert "changelogs/fragments has no fragment, so nothing is new" in release("99.2.0").stderr


def test_versions_are_compared_by_their_numbers() -> None:
    assert numbers("0.10.0") > numbers("0.9.9")
