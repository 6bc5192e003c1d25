# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients for tests: as the modules build them, on a server of this machine."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.plugins.module_utils._http import client as client_file
from ansible_collections.tenantops.licensing.plugins.module_utils._http.client import HttpClient
from ansible_collections.tenantops.licensing.plugins.module_utils._http.redaction import Redactor
from ansible_collections.tenantops.licensing.plugins.module_utils._http.transport import Transport
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.api import LicenseResourceManager
from ansible_collections.tenantops.licensing.plugins.module_utils._uipath.auth import SignIn, TokenSource
from ansible_collections.tenantops.licensing.plugins.module_utils._yext.api import YextAccount, YextLicenses

TOKEN = "given-token-0123456789"
API_KEY = "yext-key-0123456789"
HOST = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"


FOREIGN = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")


def clean(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Leave no proxy, no sign-in and no home of whoever runs the tests in the environment."""
    for name in list(os.environ):
        if name.upper() in FOREIGN or name.startswith(("UIPATH_", "YEXT_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))


class Clock:
    """A clock that only sleeping moves on; several threads may sleep on it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.epoch = 1_800_000_000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.epoch + self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds

    @property
    def waited(self) -> float:
        """Seconds slept altogether."""
        return sum(self.slept)


def always() -> None:
    """A task that may go on."""


def http_client(url: str, proceed: Callable[[], None] = always, **transport: Any) -> HttpClient:
    """A client with a small timeout."""
    return HttpClient(url, Transport(**{"timeout": 5.0, **transport}), Redactor(), proceed)


def token_source(url: str, sign_in: SignIn | None = None, **transport: Any) -> TokenSource:
    """With a given token, unless told otherwise."""
    return TokenSource(http_client(url, **transport), sign_in or SignIn(access_token=TOKEN))


def lrm(url: str, **options: Any) -> LicenseResourceManager:
    return LicenseResourceManager(token_source(url), **options)


def yext(url: str, account: YextAccount | None = None, **transport: Any) -> YextLicenses:
    return YextLicenses(http_client(url, **transport), account or YextAccount(api_key=API_KEY))


def subprocess_environment() -> dict[str, str]:
    """The environment of a Python that is to find the collection where this one found it."""
    return {**os.environ, "PYTHONPATH": str(Path(client_file.__file__).parents[6])}
