# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What both vendors know, as the seed writes it and the control plane shows it.

Quantities are whole numbers keyed by product code. A field that the seed leaves out takes the default seen here, so
that a test writes only what it is about.
"""

import dataclasses
import json
import time
import uuid
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import yaml

from .reading import UnreadableError, at_least, is_date, read

Quantities = dict[str, Annotated[int, at_least(0)]]
EpochSeconds = Annotated[int, at_least(0)]
YEAR = 365 * 24 * 3600
GRACE = 30 * 24 * 3600
HOST_ACCOUNT_ID = "feb0dd79-85b6-483b-b297-0e49a1aa5b7d"


@dataclasses.dataclass
class User:
    """Somebody who signs in with a name; ``tenancy`` is ``host`` or the name of an organization."""

    username: str
    password: str
    tenancy: str = "host"


@dataclasses.dataclass
class Client:
    """A program registered with the identity server, and the grants that it may use."""

    client_id: str
    client_secret: str
    grants: list[str] = dataclasses.field(default_factory=lambda: ["password", "client_credentials"])


@dataclasses.dataclass
class License:
    """An organization's licence; times in epoch seconds."""

    products: Quantities = dataclasses.field(default_factory=dict)
    license_code: str | None = None
    start_date: EpochSeconds | None = None
    end_date: EpochSeconds | None = None
    grace_period: EpochSeconds | None = None

    def complete(self) -> None:
        """Give the licence the data that only a server makes, where it has none yet."""
        if self.license_code is None:
            self.license_code = str(uuid.uuid4())
        if self.start_date is None:
            self.start_date = int(time.time())
        if self.end_date is None:
            self.end_date = self.start_date + YEAR
        if self.grace_period is None:
            self.grace_period = self.end_date + GRACE


@dataclasses.dataclass
class Service:
    """One service's licence in a tenant, and how much of it is in use."""

    products: Quantities = dataclasses.field(default_factory=dict)
    used: Quantities = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Tenant:
    """A tenant; its name is the one last sent with a licence."""

    name: str | None = None
    services: dict[str, Service] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Bundles:
    """User bundles given to a user or, as a rule, to a group."""

    user_bundle_codes: list[str] = dataclasses.field(default_factory=list)
    use_external_license: bool = False


@dataclasses.dataclass
class Organization:
    """An organization; ``consumed`` is what others than its tenants' services take from its licence."""

    name: str | None = None
    license: License | None = None
    consumed: Quantities = dataclasses.field(default_factory=dict)
    tenants: dict[str, Tenant] = dataclasses.field(default_factory=dict)
    users: dict[str, Bundles] = dataclasses.field(default_factory=dict)
    groups: dict[str, Bundles] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class UiPathState:
    """One installation. ``host_pool`` null means that the host has no licence; ``tokens`` are valid from the start."""

    host_account_id: str = HOST_ACCOUNT_ID
    users: list[User] = dataclasses.field(default_factory=lambda: [User("admin", "host-admin-password")])
    clients: list[Client] = dataclasses.field(
        default_factory=lambda: [Client("licensing-client", "licensing-client-secret")]
    )
    tokens: list[str] = dataclasses.field(default_factory=list)
    host_pool: Quantities | None = dataclasses.field(default_factory=dict)
    host_consumed: Quantities = dataclasses.field(default_factory=dict)
    organizations: dict[str, Organization] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class LicensePack:
    """A pack; ``assigned`` maps entity IDs to the date their licence ends, or null."""

    name: str = ""
    total: Annotated[int, at_least(0)] = 0
    notes: str = ""
    assigned: dict[str, Annotated[str, is_date] | None] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class YextState:
    """One account. ``entities`` null means that every entity ID exists."""

    account_id: str = "4711"
    api_keys: list[str] = dataclasses.field(default_factory=lambda: ["yext-api-key-0001"])
    access_tokens: list[str] = dataclasses.field(default_factory=lambda: ["yext-access-token-0001"])
    entities: list[str] | None = None
    license_packs: dict[str, LicensePack] = dataclasses.field(default_factory=dict)

    @cached_property
    def _entity_ids(self) -> frozenset[str]:
        return frozenset(self.entities or ())

    def knows(self, entity_id: str) -> bool:
        """Whether there is such an entity."""
        return self.entities is None or entity_id in self._entity_ids


@dataclasses.dataclass
class State:
    """Everything that a seed holds."""

    uipath: UiPathState = dataclasses.field(default_factory=UiPathState)
    yext: YextState = dataclasses.field(default_factory=YextState)


def read_state(value: object) -> State:
    """A seed as state; raises UnreadableError with a sentence that names the place."""
    state = read(State, value, "state")
    for organization in state.uipath.organizations.values():
        if organization.license is not None:
            organization.license.complete()
    for pack_id, pack in state.yext.license_packs.items():
        if len(pack.assigned) > pack.total:
            raise UnreadableError(
                f"state.yext.license_packs.{pack_id}: {len(pack.assigned)} assigned of a total of {pack.total}"
            )
    return state


def show_state(state: State) -> dict[str, Any]:
    """State in the shape of a seed; reading it back gives the same state."""
    return dataclasses.asdict(state)


def load_seed(path: Path) -> State:
    """The state that a JSON or YAML file holds."""
    text = path.read_text(encoding="utf-8")
    try:
        value = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise UnreadableError(f"{path}: {error}") from error
    try:
        return read_state(value)
    except UnreadableError as error:
        raise UnreadableError(f"{path}: {error}") from error
