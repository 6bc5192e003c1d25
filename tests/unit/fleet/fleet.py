# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet of about fifty entries: run by the real engine against a simulator, and what it holds there.

Everything that the tests compare with is read from the simulator's state or written down here, not taken from the
engines.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.tenantops.licensing.plugins.module_utils._plan.report import (
    EntryReport,
    OnError,
    Report,
    Settings,
)
from simulator.testing import Handle

CONCURRENCY = 4
Place = tuple[str, ...]  # organization, or organization, tenant and service; or pack and entity
Holdings = Mapping[Place, Any]  # what each place holds; a place that is missing holds nothing
State = dict[str, Any]


class Fleet(ABC):
    """A start, an end, and the way of one task from the one to the other.

    ``name`` is the vendor's half of the simulator's state. ``groups``: places of one group share pools, directly or
    over others; places of different groups have nothing to do with each other.
    """

    name: str
    module: str
    nothing: Any
    start_state: State
    wanted: Holdings
    groups: Mapping[Place, str]

    @abstractmethod
    def apply(self, server: Handle, settings: Settings, **transport: Any) -> Report:
        """Run the engine on the whole fleet; ``transport`` as a client takes it."""

    @abstractmethod
    def module_arguments(self, server: Handle) -> dict[str, Any]:
        """The arguments with which the module does the same."""

    @abstractmethod
    def holdings(self, state: State) -> Holdings:
        """What the places hold in a state of the simulator."""

    @abstractmethod
    def place_of_entry(self, entry: EntryReport) -> Place:
        """Where an entry of a report is."""

    @abstractmethod
    def place_of_path(self, path: str) -> Place:
        """Where a call writes."""

    @abstractmethod
    def planned_writes(self, state: State, report: Report) -> Counter[Place]:
        """How many writes each place needs from this state on; ``report`` gives the order of the entries."""

    @abstractmethod
    def has_room(self, state: State, place: Place) -> bool:
        """Whether the pools of this state have what a place still needs."""

    def settings(self, on_error: OnError = OnError.STOP, concurrency: int = CONCURRENCY) -> Settings:
        return Settings(on_error=on_error, concurrency=concurrency, max_removals="100%", max_read_delay=0)

    def put(self, server: Handle, state: State | None = None) -> None:
        """The simulator with this state, by default the start, without faults, switches and calls."""
        server.clear_faults()
        server.reset_switches()
        server.set_state({self.name: copy.deepcopy(state if state is not None else self.start_state)})
        server.clear_calls()

    def state(self, server: Handle) -> State:
        state: State = server.state()[self.name]
        return state

    def held(self, server: Handle) -> Holdings:
        return self.holdings(self.state(server))

    def at(self, holdings: Holdings, place: Place) -> Any:
        return holdings.get(place, self.nothing)

    def missing(self, holdings: Holdings) -> set[Place]:
        """The places that do not hold what is wanted."""
        return {place for place in self.wanted if self.at(holdings, place) != self.wanted[place]}

    def written(self, calls: Sequence[Mapping[str, Any]]) -> Counter[Place]:
        """How many of these calls wrote to each place."""
        return Counter(self.place_of_path(call["path"]) for call in calls)
