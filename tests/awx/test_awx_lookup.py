# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup that reads what a controller has: all pages, in one session, with one sign-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible.errors import AnsibleError

from ansible_collections.tenantops.licensing.plugins.lookup import controller_objects
from ansible_collections.tenantops.licensing.tests.awx.controller import TOKEN, Controller, running

Look = Callable[..., list[Any]]


@pytest.fixture
def controller() -> Controller:
    return Controller()


@pytest.fixture
def look(controller: Controller, monkeypatch: pytest.MonkeyPatch) -> Iterator[Look]:
    """The lookup with options as Ansible gives them: those that are not told are None."""
    with running(controller) as url:

        def told(*terms: Any, **options: Any) -> list[Any]:
            plugin = controller_objects.LookupModule()
            monkeypatch.setattr(plugin, "set_options", lambda **_options: None)
            monkeypatch.setattr(plugin, "get_option", {"host": url, "oauth_token": TOKEN, **options}.get)
            return list(plugin.run(terms))

        yield told


def test_every_page_of_every_list_is_read(controller: Controller, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controller_objects, "PAGE_SIZE", 2)
    for number in range(5):
        controller.add("projects", {"name": f"project {number}", "organization": 1})
    organizations, projects = look(["organizations", {}], ["projects", {"organization__name": "Default"}])
    assert [one["name"] for one in organizations] == ["Default"]
    assert [one["name"] for one in projects] == [f"project {number}" for number in range(5)]
    assert controller.writes == []


def test_a_list_without_end_is_not_read_for_ever(
    controller: Controller, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controller_objects, "PAGE_SIZE", 1)
    monkeypatch.setattr(controller_objects, "MOST_PAGES", 3)
    for number in range(5):
        controller.add("projects", {"name": f"project {number}"})
    with pytest.raises(AnsibleError, match="projects on more than 3 pages"):
        look(["projects", {}])


def test_what_is_no_list_is_refused(look: Look) -> None:
    with pytest.raises(AnsibleError, match="does not list projects: 400, projects has no filter colour"):
        look(["projects", {"colour": "red"}])
    with pytest.raises(AnsibleError, match="organizations/1"):
        look(["organizations/1", {}])


def test_a_session_that_began_with_a_password_leaves_no_token(controller: Controller, look: Look) -> None:
    ((organization,),) = look(["organizations", {}], oauth_token=None, username="admin", password="of-the-tests")
    assert organization["name"] == "Default"
    assert [method for method, _path, _status in controller.calls] == ["POST", "GET", "DELETE"]
    assert controller.tokens == {}


@pytest.mark.parametrize("token", ["another", ""])
def test_a_wrong_sign_in_is_told(look: Look, token: str) -> None:
    with pytest.raises(AnsibleError, match="HTTP 401"):
        look(["organizations", {}], oauth_token=token)


def test_without_an_address_it_asks_for_one(look: Look) -> None:
    with pytest.raises(AnsibleError, match="CONTROLLER_HOST"):
        look(["organizations", {}], host=None)
