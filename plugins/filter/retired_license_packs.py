# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter tenantops.licensing.retired_license_packs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: retired_license_packs
short_description: The desired state in which the named entities of license packs hold nothing
version_added: 0.1.0
author:
  - tenantops.licensing authors (@tenantops)
description:
  - Finds license packs in the desired state and turns them into the desired state of their retirement, as
    M(tenantops.licensing.license_assignments) takes it.
  - Only entities that the desired state names are part of it.
requirements:
  - python >= 3.11
positional: ids
options:
  _input:
    description: The license packs in the shape of the desired-state file.
    type: list
    elements: dict
    required: true
  ids:
    description: The IDs of some of them.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Take back what the entities of a pack hold
  tenantops.licensing.license_assignments:
    license_packs: "{{ license_packs | tenantops.licensing.retired_license_packs(['listings-2026']) }}"
  vars:
    license_packs:
      - id: listings-2026
        entities:
          - {id: store-1}
          - {id: store-2, expiration_date: "2027-01-31"}
"""

RETURN = r"""
_value:
  description: The same license packs, with absent entities.
  type: list
  elements: dict
  sample: [{id: listings-2026, entities: [{id: store-1, state: absent}, {id: store-2, state: absent}]}]
"""


def retired_license_packs(license_packs: Sequence[Mapping[str, Any]], ids: Sequence[str]) -> list[dict[str, Any]]:
    """See DOCUMENTATION."""
    by_id = {pack.get("id"): pack for pack in license_packs}
    unknown = [pack_id for pack_id in ids if pack_id not in by_id]
    if unknown:
        known = ", ".join(str(pack_id) for pack_id in by_id) or "none"
        raise AnsibleFilterError(f"The desired state names no license pack {unknown[0]!r}; it names: {known}")
    return [
        {
            "id": pack_id,
            "entities": [{"id": entity["id"], "state": "absent"} for entity in by_id[pack_id].get("entities") or []],
        }
        for pack_id in ids
    ]


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"retired_license_packs": retired_license_packs}
