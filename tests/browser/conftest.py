# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One chromium for all tests, and the pages of all reports as files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from ansible_collections.tenantops.licensing.plugins.module_utils._page.document import render
from ansible_collections.tenantops.licensing.tests.browser import reports
from ansible_collections.tenantops.licensing.tests.browser.driving import REPORTS, Open, Visit, hear


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    assert program, "these tests need chromium"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every page as a file, by the name of its report."""
    folder = tmp_path_factory.mktemp("pages")
    written = {}
    for name in REPORTS:
        written[name] = folder / f"{name}.html"
        written[name].write_text(render(getattr(reports, name)()), encoding="utf-8")
    return written


@pytest.fixture
def visit(browser: Browser, files: dict[str, Path]) -> Iterator[Open]:
    """Opens pages. Whatever a test does with them, none of them may trouble the browser."""
    visits: list[Visit] = []

    def opened(name: str, width: int = 1440, scheme: Any = "light", **options: Any) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        uri = files[name].as_uri()
        visits.append(hear(context.new_page(), uri))
        visits[-1].page.goto(uri)
        return visits[-1]

    yield opened
    for one in visits:
        one.page.context.close()
    for one in visits:
        one.untroubled()
