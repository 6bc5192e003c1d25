# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets a playbook of a test set the simulator's faults, switches or state between two tasks, and look at its state."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """``url``: the simulator's address; ``put``: what to set, by the part of its control plane."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        url = f"{self._task.args['url']}/__simulator__"
        for part, value in self._task.args.get("put", {}).items():
            body = json.dumps(value).encode()
            request = urllib.request.Request(f"{url}/{part}", body, {"Content-Type": "application/json"}, method="PUT")
            with urllib.request.urlopen(request, timeout=30) as answer:
                answer.read()
        with urllib.request.urlopen(f"{url}/state", timeout=30) as answer:
            result["state"] = json.load(answer)
        return result
