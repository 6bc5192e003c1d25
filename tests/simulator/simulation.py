# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole simulation in memory, and what may be done to it from outside."""

import dataclasses
from typing import Any

from .call_log import CallLog
from .faults import Faults, describe_faults
from .reading import read
from .routes import Kind
from .state import State, read_state, show_state
from .switches import Switches, describe_switches
from .uipath import UiPath
from .yext import Yext


@dataclasses.dataclass
class _Filters:
    kind: Kind | None = None


class Simulation:
    """Both vendors over one state, with log, faults and switches. Every method must run in the server's own thread."""

    def __init__(self, seed: State) -> None:
        self._seed = show_state(seed)
        self.switches = Switches()
        self.faults = Faults()
        self.log = CallLog()
        self.uipath = UiPath(seed.uipath, self.switches)
        self.yext = Yext(seed.yext, self.switches)

    def vendor(self, raw_path: str) -> UiPath | Yext:
        """The vendor that a path belongs to."""
        return self.yext if raw_path == "/v2" or raw_path.startswith("/v2/") else self.uipath

    def state(self) -> dict[str, Any]:
        """The state in the shape of a seed."""
        return show_state(State(self.uipath.late.current, self.yext.late.current))

    def set_state(self, value: object) -> None:
        """Replace the parts of the state that are given, all or none. Tokens that sign-ins gave stay valid."""
        state = read_state(value)
        given = value if isinstance(value, dict) else {}
        if "uipath" in given:
            self.uipath.late.replace(state.uipath)
        if "yext" in given:
            self.yext.late.replace(state.yext)

    def show_calls(self, filters: dict[str, str]) -> list[dict[str, Any]]:
        """The log in the order of arrival; ``filters`` may name one kind of calls."""
        wanted = read(_Filters, filters, "calls").kind
        return [dict(vars(entry)) for entry in self.log.entries if wanted in (None, entry.kind)]

    def set_switches(self, changes: object) -> None:
        """Set the switches named; all or none. Yext's window of calls begins anew."""
        self.switches.set(changes)
        self.yext.rate_limit.restart()

    def reset_switches(self) -> None:
        """Back to the answers at the start."""
        self.switches.reset()
        self.yext.rate_limit.restart()

    def reset(self) -> None:
        """Everything as it was when the program started."""
        self.set_state(self._seed)
        self.uipath.tokens.forget_all()
        self.reset_switches()
        self.faults.clear()
        self.log.clear()

    def schema(self) -> dict[str, Any]:
        """What may be set: each switch, and the fields of a fault rule."""
        return {"switches": describe_switches(), "faults": describe_faults()}
