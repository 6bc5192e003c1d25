# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup tenantops.licensing.controller_objects."""

from __future__ import annotations

DOCUMENTATION = r"""
name: controller_objects
author:
  - tenantops.licensing authors (@tenantops)
version_added: 0.1.0
short_description: What AWX or Automation Controller has of several kinds of objects
description:
  - Reads several lists in one session, with the sign-in of the modules of C(awx.awx), which must be installed. It never
    writes, but for the token of a session that began with a name and a password, which it gives back.
  - The role P(tenantops.licensing.awx_job_templates#role) looks with it at what is there before it changes anything.
options:
  _terms:
    description:
      - The lists, each as a list of the path below C(/api/v2/) and of its query, a dictionary.
    required: true
  host:
    description: The address of the controller.
    type: str
    env:
      - name: CONTROLLER_HOST
  username:
    description: The name of the user.
    type: str
    env:
      - name: CONTROLLER_USERNAME
  password:
    description: The password of the user.
    type: str
    env:
      - name: CONTROLLER_PASSWORD
  oauth_token:
    description: A token, in place of a name and a password.
    type: str
    env:
      - name: CONTROLLER_OAUTH_TOKEN
  verify_ssl:
    description: Whether the certificate of the controller is verified.
    type: bool
    env:
      - name: CONTROLLER_VERIFY_SSL
  request_timeout:
    description: Seconds after which a request has failed.
    type: float
    env:
      - name: CONTROLLER_REQUEST_TIMEOUT
"""

EXAMPLES = r"""
- name: Tell how many schedules and credentials there are
  ansible.builtin.debug:
    msg: "{{ schedules | length }} schedules, {{ credentials | length }} credentials"
  vars:
    found: "{{ query('tenantops.licensing.controller_objects', ['schedules', {}], ['credentials', {}]) }}"
    schedules: "{{ found[0] }}"
    credentials: "{{ found[1] }}"
"""

RETURN = r"""
_raw:
  description: For each term its objects, as the controller tells them.
  type: list
  elements: list
"""

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

NO_HOST = (
    "No controller is named: put its address into the environment variable CONTROLLER_HOST and a token into "
    "CONTROLLER_OAUTH_TOKEN, or both into awx_job_templates_sign_in."
)
PAGE_SIZE = 200
MOST_PAGES = 500


class LookupModule(LookupBase):  # type: ignore[misc]
    """See DOCUMENTATION."""

    def run(self, terms: Sequence[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=kwargs)
        api = importlib.import_module("ansible_collections.awx.awx.plugins.module_utils.controller_api")
        names = api.ControllerAPIModule.short_params
        told = {name: self.get_option(short) for short, name in names.items()}
        controller = api.ControllerAPIModule(
            argument_spec={},
            direct_params={name: value for name, value in told.items() if value is not None},
            error_callback=_fail,
            warn_callback=Display().warning,
        )
        if told["controller_host"] is None and controller.host == f"https://{api.ControllerAPIModule.host}":
            raise AnsibleError(NO_HOST)
        try:
            return [objects(controller, path, query) for path, query in terms]
        finally:
            controller.logout()


def objects(controller: Any, path: str, query: Mapping[str, Any]) -> list[Any]:
    """All pages of one list; a list that is refused, or is none, raises."""
    answer = controller.get_endpoint(path, data={**query, "page_size": PAGE_SIZE})
    found: list[Any] = []
    for _page in range(MOST_PAGES):
        body = answer.get("json")
        if answer["status_code"] != 200 or not isinstance(body, dict) or not isinstance(body.get("results"), list):
            reason = body.get("detail", body) if isinstance(body, dict) else body
            raise AnsibleError(f"The controller does not list {path}: {answer['status_code']}, {reason}")
        found += body["results"]
        if not body["next"]:
            return found
        answer = controller.get_endpoint(body["next"])
    raise AnsibleError(f"The controller lists {path} on more than {MOST_PAGES} pages")


def _fail(**told: Any) -> None:
    raise AnsibleError(str(told.get("msg")))
