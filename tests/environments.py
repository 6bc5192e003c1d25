# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sessions of noxfile.py stand on: their environments, the collection where tools look for it, and Pythons."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tarfile
import urllib.request
from pathlib import Path

import nox

CHECKOUT = Path(__file__).resolve().parents[1]
COLLECTION = Path("ansible_collections", "tenantops", "licensing")
# What may stand at the top of the released artifact; anything else belongs into build_ignore of galaxy.yml.
RELEASED = {
    *("CHANGELOG.rst", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "COPYING", "README.md", "SECURITY.md"),
    *("FILES.json", "MANIFEST.json", "execution-environment.yml"),
    *("changelogs", "docs", "meta", "playbooks", "plugins", "roles"),
}


def require(session: nox.Session, *names: str) -> None:
    """Fill the session's environment from ``tests/requirements-<name>.txt``, unless it was filled from the same."""
    files = [CHECKOUT / "tests" / f"requirements-{name}.txt" for name in names]
    wanted = hashlib.sha256(b"".join(read_requirements(file) for file in files)).hexdigest()
    filled = Path(session.virtualenv.location, "filled-from")
    if not filled.exists() or filled.read_text() != wanted:
        filled.unlink(missing_ok=True)
        session.install("--exact", *(f"--requirement={file.relative_to(CHECKOUT)}" for file in files))
        # What starts many times over must not be compiled each time. Of the many collections that the package ansible
        # brings, one is used.
        packages = package_directory(session)
        compiled = [packages / "ansible", packages / "ansible_collections" / "awx"]
        if not compiled[1].exists():
            compiled = [packages]
        session.run_install("python", "-m", "compileall", "-qq", "-j2", *map(str, compiled), success_codes=[0, 1])
        filled.write_text(wanted)


def read_requirements(file: Path) -> bytes:
    """Return the text of a requirement file and of those that it includes."""
    text = file.read_text()
    included = re.findall(r"^-r (\S+)$", text, flags=re.MULTILINE)
    return text.encode() + b"".join(read_requirements(file.parent / name) for name in included)


def package_directory(session: nox.Session) -> Path:
    """Return the folder of the session's environment that Python packages are installed into."""
    return next(Path(session.virtualenv.location).glob("lib/python*/site-packages"))


def link_collection(session: nox.Session) -> dict[str, str]:
    """Put the checkout where Python and Ansible look for the collection, as a link, and return the variables for it."""
    root = CHECKOUT / ".nox" / "collections" / session.name
    link = root / COLLECTION
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.resolve() != CHECKOUT:
        link.unlink(missing_ok=True)
        link.symlink_to(CHECKOUT, target_is_directory=True)
    return {
        "ANSIBLE_COLLECTIONS_PATH": str(root),
        "MYPYPATH": f"{root}:{CHECKOUT / 'tests'}",
        # Where the caller's shell forbids to keep what is compiled, each of many processes would compile it anew.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPATH": f"{root}:{CHECKOUT / 'tests'}",
    }


def copy_collection(session: nox.Session) -> Path:
    """Copy what git has or would take, for tools that write into the collection or follow no links; return its path."""
    target = CHECKOUT / ".nox" / "collections" / session.name / COLLECTION
    shutil.rmtree(target, ignore_errors=True)
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    for name in subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout.split("\0"):
        # A file that was deleted but not yet committed is still listed.
        if name and (CHECKOUT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name, follow_symlinks=False)
    return target


def build_artifact(session: nox.Session, directory: Path) -> Path:
    """Build the collection into a directory, check what it holds, and return the artifact's path."""
    for earlier in directory.glob("*.tar.gz"):
        earlier.unlink()
    source = copy_collection(session)
    session.run("ansible-galaxy", "collection", "build", f"--output-path={directory}", str(source))
    (artifact,) = directory.glob("*.tar.gz")
    with tarfile.open(artifact) as archive:
        surplus = {name.split("/")[0] for name in archive.getnames()} - RELEASED
    if surplus:
        session.error(f"the artifact holds what no user needs: {', '.join(sorted(surplus))}")
    return artifact


def provide_get_pip(session: nox.Session) -> None:
    """Make ansible-test's script that installs pip available where only a package index can be reached.

    ansible-test downloads the script once into its cache. Where that fails, the pip that comes with Python serves.
    """
    package = package_directory(session) / "ansible_test"
    script = (package / "_util/target/setup/requirements.py").read_text()
    address = re.search(r"url = '(https://\S+)'", script)
    versions = set(re.findall(r"pip='([\d.]+)'", (package / "_internal/python_requirements.py").read_text()))
    if not address or not versions:
        session.error("this ansible-core keeps its pip versions elsewhere: provide_get_pip must be taught")
    for version in versions:
        cached = Path.home() / f".ansible/test/cache/get_pip_{version.replace('.', '_')}.py"
        if cached.exists():
            continue
        cached.parent.mkdir(parents=True, exist_ok=True)
        try:
            with urllib.request.urlopen(address[1] % version, timeout=10) as answer:
                cached.write_bytes(answer.read())
        except OSError:
            cached.write_text("import ensurepip\n\nensurepip.bootstrap(default_pip=True)\n")


def find_interpreters(session: nox.Session) -> str:
    """Return a search path with pyenv's Pythons, but without directories whose Pythons refuse to start, like its shims.

    ansible-test tries each Python that it finds on the path and fails when one does not start.
    """
    usable = []
    own = sorted(Path.home().glob(".pyenv/versions/*/bin"))
    for directory in [*os.environ["PATH"].split(os.pathsep), *map(str, own)]:
        programs = [path for path in Path(directory).glob("python3.*") if re.fullmatch(r"python3\.\d+", path.name)]
        if all(subprocess.run([path, "-c", ""], check=False, capture_output=True).returncode == 0 for path in programs):
            usable.append(directory)
        else:
            session.warn(f"left off the search path, a Python in it does not start: {directory}")
    return os.pathsep.join([session.bin, *usable])


def become(session: nox.Session, *command: str, env: dict[str, str]) -> None:
    """Replace nox by a command, so that signals reach it and it can stop what it started."""
    program = Path(session.bin) / command[0]
    path = os.pathsep.join([session.bin, os.environ["PATH"]])
    os.execve(program, command, {**os.environ, **env, "PATH": path, "VIRTUAL_ENV": session.virtualenv.location})


def find_interpreter(version: str) -> str | None:
    """Return a Python of this version that starts, from the path or from pyenv, whose shims may refuse."""
    own = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"), reverse=True)
    for program in filter(None, [shutil.which(f"python{version}"), *map(str, own)]):
        command = [program, "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.stdout.strip() == version:
            return program
    return None
