# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells that the Python of a target is too old. Every module calls it before it imports what an old one cannot."""

from __future__ import annotations

import json
import sys

LEAST = (3, 11)


def require_python() -> None:
    """End the process with a result that says so where this Python is too old."""
    if sys.version_info >= LEAST:
        return
    least, this = (".".join(map(str, version)) for version in (LEAST, sys.version_info[:3]))
    told = (
        f"tenantops.licensing needs Python {least} or newer; this is {this} ({sys.executable}). "
        "Name another with ansible_python_interpreter."
    )
    sys.stdout.write(json.dumps({"failed": True, "changed": False, "msg": told}) + "\n")
    raise SystemExit(1)
