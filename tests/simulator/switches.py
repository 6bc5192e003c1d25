# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All switches together: reading, setting, listing. The questions themselves stand in the two files beside this."""

import dataclasses
from collections.abc import Mapping
from typing import Any, get_args

from .reading import UnreadableError, describe, fields_of, read
from .switches_uipath import Case, UiPathSwitches
from .switches_yext import YextSwitches


@dataclasses.dataclass
class Switches(UiPathSwitches, YextSwitches):
    """Every switch with the answer in force."""

    def set(self, changes: object) -> None:
        """Set the switches named; all or none. Raises UnreadableError naming what is unknown or no answer."""
        if not isinstance(changes, Mapping):
            raise UnreadableError("switches: not a mapping of switch names to answers")
        changed = read(Switches, dict(changes), "switches")
        for name in changes:
            setattr(self, name, getattr(changed, name))

    def reset(self) -> None:
        """Back to the answers at the start."""
        self.__init__()  # type: ignore[misc]

    def show(self) -> dict[str, Any]:
        """Names and answers in force."""
        return dataclasses.asdict(self)


def describe_switches() -> dict[str, dict[str, Any]]:
    """Each switch with its question, the answers that it takes and the one at the start."""
    defaults = Switches().show()
    return {
        name: {
            "meaning": next(note for note in get_args(hint)[1:] if isinstance(note, str)),
            "values": describe(hint),
            "default": defaults[name],
        }
        for name, hint in fields_of(Switches).items()
    }


def in_case(text: str, case: Case) -> str:
    """``text`` in the letter case that a switch asks for."""
    return text if case == "as_stored" else text.lower() if case == "lower" else text.upper()
