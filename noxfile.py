# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of the collection, each in an environment of its own: ``nox --list`` names them, ``make test`` runs them.

An environment is made once under ``.nox`` and kept; it is filled again when one of its requirement files changes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from pathlib import Path

import nox

nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "documents", "release", "sanity", "units", "unit", "integration"]

CHECKOUT = Path(__file__).resolve().parent
COLLECTION = Path("ansible_collections", "tenantops", "licensing")
SIDE_BY_SIDE = ["--numprocesses=auto"]
# What may stand at the top of the released artifact; anything else belongs into build_ignore of galaxy.yml.
RELEASED = {
    *("CHANGELOG.rst", "COPYING", "FILES.json", "MANIFEST.json", "README.md"),
    *("changelogs", "docs", "meta", "playbooks", "plugins", "roles"),
}


# --- helpers ---------------------------------------------------------------------------------------------------------


def require(session: nox.Session, *names: str) -> None:
    """Fill the session's environment from ``tests/requirements-<name>.txt``, unless it was filled from the same."""
    files = [CHECKOUT / "tests" / f"requirements-{name}.txt" for name in names]
    wanted = hashlib.sha256(b"".join(read_requirements(file) for file in files)).hexdigest()
    filled = Path(session.virtualenv.location, "filled-from")
    if not filled.exists() or filled.read_text() != wanted:
        filled.unlink(missing_ok=True)
        session.install("--exact", *(f"--requirement={file.relative_to(CHECKOUT)}" for file in files))
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
    shutil.rmtree(directory, ignore_errors=True)
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


# --- checks ----------------------------------------------------------------------------------------------------------


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style of Python, YAML and Ansible content."""
    require(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("yamllint", "--strict", ".")
    session.run("ansible-lint", "--profile=production", "--offline", env=link_collection(session))


@nox.session
def types(session: nox.Session) -> None:
    """Check the types, strictly, of the plugins, the simulator, the programs, the tests and this file."""
    require(session, "types")
    names = ("plugins", "tests.unit", "tests.integration", "tests.browser")
    own = [".".join([*COLLECTION.parts, name]) for name in names]
    packages = session.posargs or [*own, "simulator", "demo", "benchmarks"]
    session.run("mypy", *(f"--package={name}" for name in packages), env=link_collection(session))
    session.run("mypy", "noxfile.py")


@nox.session
def documents(session: nox.Session) -> None:
    """Check the documentation of modules, roles and the collection, and the changelog."""
    require(session, "documents")
    session.run("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=self", ".")
    session.run("antsibull-changelog", "lint")


@nox.session
def release(session: nox.Session) -> None:
    """Build the artifact into ``build/`` and check it the way Ansible Galaxy does."""
    require(session, "release")
    artifact = build_artifact(session, CHECKOUT / "build")
    session.chdir(artifact.parent)  # galaxy-importer leaves its result in the working directory
    report = str(session.run("python", "-m", "galaxy_importer.main", artifact.name, silent=True))
    session.log(report)
    if re.search(r"^(WARNING|ERROR)", report, flags=re.MULTILINE):
        session.error("galaxy-importer found something, see above")


@nox.session
def sanity(session: nox.Session) -> None:
    """Run Ansible's own checks of a collection."""
    require(session, "ansible")
    provide_get_pip(session)
    source = copy_collection(session)
    session.chdir(source)
    session.run("git", "init", "--quiet", external=True)
    command = ["ansible-test", "sanity", "--requirements", "--color", "no", *session.posargs]
    session.run(*command, env={"PATH": find_interpreters(session)})


@nox.session
def units(session: nox.Session) -> None:
    """Run the tests of the plugins once more the way Ansible does, each in a process of its own."""
    require(session, "unit")
    # ansible-test replaces PYTHONPATH; the tests of the simulator find it through the environment instead.
    (package_directory(session) / "simulator.pth").write_text(f"{CHECKOUT / 'tests'}\n")
    session.chdir(copy_collection(session))
    session.run("git", "init", "--quiet", external=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    tests = session.posargs or [f"tests/unit/{name}/" for name in ("house", "pure", "wire")]
    session.run("ansible-test", "units", "--color", "no", "--python", version, *tests)


@nox.session
def unit(session: nox.Session) -> None:
    """Run the unit and wire tests, and hold their branch coverage against the bars."""
    require(session, "unit")
    measured = [] if session.posargs else ["--cov", "--cov-report="]
    session.run("pytest", *SIDE_BY_SIDE, *measured, *session.posargs, env=link_collection(session))
    if measured:
        session.run("coverage", "report", "--include=plugins/module_utils/*", "--fail-under=95")
        session.run("coverage", "report", "--include=plugins/modules/*", "--fail-under=90")


@nox.session
def browser(session: nox.Session) -> None:
    """Open the page of an audit in chromium, as Debian packages it: sorting, filters, access, safety, print."""
    require(session, "browser")
    if shutil.which("chromium") is None:
        session.error("there is no chromium on the path; on Debian: apt-get install chromium")
    session.run("pytest", *SIDE_BY_SIDE, *(session.posargs or ["tests/browser"]), env=link_collection(session))


@nox.session
def integration(session: nox.Session) -> None:
    """Run playbooks, as ``ansible-playbook`` and ansible-runner do, against the simulator."""
    require(session, "integration")
    tests = session.posargs or ["tests/integration"]
    # The cases of one file share their playbook.
    session.run("pytest", *SIDE_BY_SIDE, "--dist=loadfile", *tests, env=link_collection(session))


# --- programs --------------------------------------------------------------------------------------------------------


@nox.session
def simulator(session: nox.Session) -> None:
    """Start the simulator of both APIs; its options go after ``--``."""
    require(session, "simulator")
    become(session, "python", "-m", "simulator", *session.posargs, env={"PYTHONPATH": str(CHECKOUT / "tests")})


@nox.session
def demo(session: nox.Session) -> None:
    """Install the built collection into a path of its own and show the whole flow against the simulator."""
    require(session, "demo")
    installed = CHECKOUT / ".nox" / "collections" / "demo-installed"
    shutil.rmtree(installed, ignore_errors=True)
    artifact = build_artifact(session, installed / "artifact")
    target = f"--collections-path={installed}"
    session.run("ansible-galaxy", "collection", "install", target, "--offline", str(artifact))
    become(
        session,
        *("python", "tests/demo/run.py", *session.posargs),
        env={"ANSIBLE_COLLECTIONS_PATH": str(installed), "PYTHONPATH": str(CHECKOUT / "tests")},
    )


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the modules for many; what each figure means stands in docs/benchmarks.md. Options go after ``--``."""
    require(session, "demo")
    become(session, "python", "-m", "benchmarks", *session.posargs, env=link_collection(session))
