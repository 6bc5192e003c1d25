# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the result of every task as one line of JSON, with the time at which it came, for the tests to read."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: Write the result of every task as one line of JSON
description:
  - The file is named by the environment variable E(RECORD_FILE).
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible ships no types
    """Only what a test needs of a result: host, task, how it ended, when."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record(result, "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record(result, "failed")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record(result, "unreachable")

    def _record(self, result: Any, status: str) -> None:
        # Names without an underscore came with ansible-core 2.19.
        modern = hasattr(result, "result")
        host, task, values = (
            (result.host, result.task, result.result) if modern else (result._host, result._task, result._result)
        )
        line = {
            "host": host.get_name(),
            "task": task.get_name(),
            "status": status,
            "ended": time.time(),
            "result": values,
        }
        with open(os.environ["RECORD_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")
