# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of the collection, each in an environment of its own: ``nox --list`` names them, ``make test`` runs them.

An environment is made once under ``.nox`` and kept; it is filled again when one of its requirement files changes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).resolve().parent / "tests"))

from checks import REPORTS, check, report_of, summary_of
from environments import (
    CHECKOUT,
    COLLECTION,
    become,
    build_artifact,
    copy_collection,
    find_interpreter,
    find_interpreters,
    link_collection,
    package_directory,
    provide_get_pip,
    require,
)

nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.sessions = [
    *("lint", "types", "documents", "site", "build", "release", "image", "sanity", "units"),
    *("unit", "integration", "awx", "molecule"),
]

# The folders of tests/unit that ansible-test can run: those that need no other program.
UNITS = ["architecture", "state", "plan", "page", "audit", "ansible", "http", "uipath", "yext", "modules"]
# Of them, what imports every file of the plugins and calls every module.
SMOKE = [f"tests/unit/{name}.py" for name in ("architecture/test_architecture_imports", "modules/test_module_common")]
SIDE_BY_SIDE = ["--numprocesses=auto"]
# What costs most of the time of the unit tests and stands on all that the others try.
AT_LENGTH = [f"tests/unit/{name}" for name in ("bad_days", "benchmarks", "fleet", "simulator")]
# The cases of one file share a playbook or a server. Files are taken as they come: ordered by how many tests they
# have, the few long ones would come last, and one process would wait.
FILE_BY_FILE = [*SIDE_BY_SIDE, "--dist=loadfile", "--no-loadscope-reorder"]
# Each ansible-core and the Pythons with which it is tested.
SUPPORTED = [
    *(("2.16", "3.11"), ("2.17", "3.11"), ("2.18", "3.11"), ("2.19", "3.11")),
    *(("2.20", "3.12"), ("2.20", "3.13"), ("2.21", "3.12"), ("2.21", "3.13")),
]

# What is not released yet, tested where it is asked for by name.
DEVEL = [("devel", "3.13")]
DEVEL_ARCHIVE = "https://github.com/ansible/ansible/archive/devel.tar.gz"


# --- checks ----------------------------------------------------------------------------------------------------------


@check
def lint(session: nox.Session) -> None:
    """Check the style of Python, YAML and Ansible content, the page's CSS and JavaScript, and what is generated.

    With ``-- style`` only that of Python, within a second.
    """
    require(session, "lint")
    linked = link_collection(session)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    if session.posargs == ["style"]:
        return
    session.run("yamllint", "--strict", ".")
    session.run("ansible-lint", "--profile=production", "--offline", env=linked)
    session.run("python", "-m", "generate", "--check", env=linked)
    if shutil.which("biome", path=os.pathsep.join([session.bin, os.environ["PATH"]])):
        # By their places, since the copies of the collection under .nox have a configuration of their own.
        own = ["biome.jsonc", "plugins/module_utils/_page", "docs/static"]
        session.run("biome", "ci", "--error-on-warnings", *own, external=True)
    else:
        session.warn("CSS and JavaScript are not checked: PyPI has Biome for Linux on x86-64 only")


@nox.session
def generate(session: nox.Session) -> None:
    """Write what stands in several files from its one source in ``tests/generate``, and the page's style and script."""
    require(session, "generate")
    session.run("python", "-m", "generate", env=link_collection(session))


@check
def types(session: nox.Session) -> None:
    """Check the types, strictly, of the plugins, the simulator, the programs, the tests and what runs them."""
    require(session, "types")
    names = ("plugins", "tests.unit", "tests.integration", "tests.browser", "tests.awx", "tests.image")
    own = [".".join([*COLLECTION.parts, name]) for name in names]
    packages = session.posargs or [*own, "simulator", "demo", "benchmarks", "release", "generate"]
    session.run("mypy", *(f"--package={name}" for name in packages), env=link_collection(session))
    session.run("mypy", "noxfile.py")


@check
def documents(session: nox.Session) -> None:
    """Check the documentation of modules, roles and the collection, and the changelog."""
    require(session, "documents")
    session.run("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=self", ".")
    session.run("antsibull-changelog", "lint")


@check
def site(session: nox.Session) -> None:
    """Build the documentation site into ``build/site``; a warning is an error, and no network is needed."""
    require(session, "site")
    source = copy_collection(session)
    (source / "docs" / "index.rst").rename(source / "index.rst")
    reference = source / "reference"
    reference.mkdir(mode=0o755)  # antsibull-docs refuses a folder that others may write to
    what = ["--use-current", "--squash-hierarchy", "--fail-on-error", "--no-add-antsibull-docs-version"]
    session.run(
        *("antsibull-docs", "collection", *what, f"--dest-dir={reference}", "tenantops.licensing"),
        env={"ANSIBLE_COLLECTIONS_PATH": str(source.parents[2])},
    )
    built = CHECKOUT / "build" / "site"
    shutil.rmtree(built, ignore_errors=True)
    pages = Path(session.create_tmp()) / "doctrees"
    shutil.rmtree(pages, ignore_errors=True)
    strict = ["--fail-on-warning", "--keep-going", "--nitpicky"]
    session.run(
        *("sphinx-build", "--quiet", *strict, f"--conf-dir={source / 'docs'}", f"--doctree-dir={pages}"),
        *(str(source), str(built)),
    )
    session.log(f"the first page is {built / 'index.html'}")


@check
def build(session: nox.Session) -> None:
    """Build the artifact into ``build/`` and check it the way Ansible Galaxy does."""
    require(session, "build")
    artifact = build_artifact(session, CHECKOUT / "build")
    session.chdir(artifact.parent)  # galaxy-importer leaves its result in the working directory
    report = str(session.run("python", "-m", "galaxy_importer.main", artifact.name, silent=True))
    session.log(report)
    if re.search(r"^(WARNING|ERROR)", report, flags=re.MULTILINE):
        session.error("galaxy-importer found something, see above")


@check
def release(session: nox.Session) -> None:
    """Make the release whose version stands after ``--``; without one, test in clones how a release is made."""
    require(session, "documents")
    what = ["python", "-m", "release"] if session.posargs else ["pytest", "tests/release", *report_of(session)]
    session.run(*what, *session.posargs, env={"PYTHONPATH": str(CHECKOUT / "tests")})


@check
def image(session: nox.Session) -> None:
    """Make the context of the execution environment, and hold what it installs against what the plugins import."""
    require(session, "image")
    session.run("pytest", "tests/image", *report_of(session))


@check
def sanity(session: nox.Session) -> None:
    """Run Ansible's own checks of a collection."""
    require(session, "ansible")
    provide_get_pip(session)
    source = copy_collection(session)
    session.chdir(source)
    session.run("git", "init", "--quiet", external=True)
    command = ["ansible-test", "sanity", "--requirements", "--color", "no", *session.posargs]
    session.run(*command, env={"PATH": find_interpreters(session)})


@check
def units(session: nox.Session) -> None:
    """Run tests of the plugins the way Ansible does, each in a process of its own; all of them: ``-- tests/unit/``.

    The session ``unit`` has run the same tests. What only Ansible's way can show, that every file is found and loaded
    by it, needs a few of each kind; the session ``matrix`` runs all.
    """
    require(session, "unit")
    # ansible-test replaces PYTHONPATH; the tests of the simulator find it through the environment instead.
    (package_directory(session) / "simulator.pth").write_text(f"{CHECKOUT / 'tests'}\n")
    session.chdir(copy_collection(session))
    session.run("git", "init", "--quiet", external=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    tests = session.posargs or SMOKE
    session.run("ansible-test", "units", "--color", "no", "--python", version, *tests)
    for report in Path("tests/output/junit").glob("*.xml"):
        report.replace(REPORTS / f"{session.name}.xml")


@check
def unit(session: nox.Session) -> None:
    """Run the unit and wire tests, and hold their branch coverage against the bars."""
    require(session, "unit")
    measured = [] if session.posargs else ["--cov", "--cov-report="]
    session.run("pytest", *SIDE_BY_SIDE, *measured, *report_of(session), *session.posargs, env=link_collection(session))
    if measured:
        session.run("coverage", "report", "--include=plugins/module_utils/*", "--fail-under=95")
        session.run("coverage", "report", "--include=plugins/modules/*", "--fail-under=90")


@nox.session
def quick(session: nox.Session) -> None:
    """Run what a change breaks first, what failed last before the rest; paths and options of pytest go after ``--``.

    Each generated test tries few examples. Where neither a path nor a word is named, each test tries few parameters;
    without a path, what takes long is left to the session ``unit``.
    """
    require(session, "unit")
    asked = [argument for argument in session.posargs if Path(argument.partition("::")[0]).exists()]
    chosen = [] if asked else ["tests/unit", *(f"--ignore={path}" for path in AT_LENGTH)]
    if not asked and "-k" not in session.posargs:
        chosen.append("--few=2")
    env = {**link_collection(session), "HYPOTHESIS_PROFILE": "quick"}
    session.run("pytest", "--quiet", "--failed-first", *SIDE_BY_SIDE, *chosen, *session.posargs, env=env)


@nox.session
def bad_days(session: nox.Session) -> None:
    """Try every call that a task makes with every fault, and write the page about it; options go after ``--``."""
    require(session, "unit")
    program = ".".join([*COLLECTION.parts, "tests", "unit", "bad_days"])
    page = CHECKOUT / "docs" / "bad-days.md"
    session.run("python", "-m", program, f"--page={page}", *session.posargs, env=link_collection(session))


@check
def browser(session: nox.Session) -> None:
    """Open the page of an audit in chromium, as Debian packages it: sorting, filters, access, safety, print."""
    require(session, "browser")
    if shutil.which("chromium") is None:
        session.error("there is no chromium on the path; on Debian: apt-get install chromium")
    tests = session.posargs or ["tests/browser"]
    session.run("pytest", *SIDE_BY_SIDE, *tests, *report_of(session), env=link_collection(session))


@check
def integration(session: nox.Session) -> None:
    """Run playbooks, as ``ansible-playbook`` and ansible-runner do, against the simulator."""
    require(session, "integration")
    tests = session.posargs or ["tests/integration"]
    session.run("pytest", *FILE_BY_FILE, *tests, *report_of(session), env=link_collection(session))


@check
def awx(session: nox.Session) -> None:
    """Apply the role for AWX, with the modules of awx.awx, to a small controller, and check its configuration data."""
    require(session, "awx")
    tests = session.posargs or ["tests/awx"]
    session.run("pytest", *FILE_BY_FILE, *tests, *report_of(session), env=link_collection(session))


@nox.session(python=False)
def matrix(session: nox.Session) -> None:
    """Run the unit and integration tests on every supported ansible-core; name some of them after ``--``."""
    if not session.posargs:
        session.notify("units", [f"tests/unit/{name}/" for name in UNITS])
    rows = [
        (core, python, *test_with(session, core, python))
        for core, python in [*SUPPORTED, *(DEVEL if "devel" in session.posargs else [])]
        if not session.posargs or core in session.posargs or f"{core}/{python}" in session.posargs
    ]
    if not rows:
        session.error("none of these is supported; there are: " + ", ".join(f"{core}/{of}" for core, of in SUPPORTED))
    print("\n| ansible-core | Python | unit | integration |\n|---|---|---|---|")
    print("\n".join(f"| {core} | {python} | {unit} | {integration} |" for core, python, unit, integration in rows))
    if any("failed" in cell for row in rows for cell in row):
        session.error("some tests failed")


def test_with(session: nox.Session, core: str, python: str) -> tuple[str, str]:
    """Run the unit and the integration tests with this ansible-core and this Python; say how each of them ended."""
    interpreter = find_interpreter(python)
    if interpreter is None:
        return (f"skipped: there is no Python {python} here",) * 2
    place = CHECKOUT / ".nox" / "matrix" / f"{core}-{python}"
    uv = str(CHECKOUT / ".venv" / "bin" / "uv")
    place.mkdir(parents=True, exist_ok=True)
    override = place / "ansible-core.txt"
    exactly = f" @ {DEVEL_ARCHIVE}" if core == "devel" else f"=={core}.*"
    override.write_text(f"ansible-core{exactly}\n")
    session.run(uv, "venv", "--quiet", "--allow-existing", f"--python={interpreter}", str(place), external=True)
    requirements = [f"--requirement=tests/requirements-{name}.txt" for name in ("unit", "integration")]
    own = f"--python={place / 'bin' / 'python'}"
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", own, f"--override={override}"]
    session.run(*install, *requirements, external=True)
    env = {
        **link_collection(session),
        "HYPOTHESIS_PROFILE": "thorough",
        "PATH": os.pathsep.join([str(place / "bin"), os.environ["PATH"]]),
        "VIRTUAL_ENV": str(place),
    }
    ends = []
    for kind, more in (("unit", SIDE_BY_SIDE), ("integration", FILE_BY_FILE)):
        report = place / f"{kind}.xml"
        report.unlink(missing_ok=True)
        command = [str(place / "bin" / "pytest"), "--quiet", *more, f"--junitxml={report}", f"tests/{kind}"]
        session.run(*command, env=env, external=True, success_codes=range(256))
        ends.append(summary_of([report]))
    return ends[0], ends[1]


@check
def molecule(session: nox.Session) -> None:
    """Run the scenario of each role in ``extensions/molecule``, two at a time; name some of them after ``--``."""
    require(session, "molecule")
    own = sorted(path.parent.name for path in (CHECKOUT / "extensions" / "molecule").glob("*/molecule.yml"))
    env = {**os.environ, **link_collection(session), "PATH": os.pathsep.join([session.bin, os.environ["PATH"]])}

    def run(scenario: str) -> subprocess.CompletedProcess[str]:
        port = str(8789 + own.index(scenario))
        command = [f"{session.bin}/molecule", "test", f"--scenario-name={scenario}"]
        more = {"MOLECULE_SIMULATOR_PORT": port, "ANSIBLE_NOCOLOR": "1", "NO_COLOR": "1"}
        return subprocess.run(command, cwd=CHECKOUT, env={**env, **more}, check=False, capture_output=True, text=True)

    with ThreadPoolExecutor(max_workers=2) as pool:
        scenarios = session.posargs or own
        failed = []
        for scenario, done in zip(scenarios, pool.map(run, scenarios), strict=True):
            session.log(f"{scenario}: {'failed' if done.returncode else 'passed'}")
            if done.returncode:
                failed.append(scenario)
                print(done.stdout[-8000:], done.stderr[-4000:])
    if failed:
        session.error(f"failed: {', '.join(failed)}")


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
