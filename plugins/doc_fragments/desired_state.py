# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state as modules take it, in the shape of the file."""

from __future__ import annotations


class ModuleDocFragment:
    """The desired state as modules take it, in the shape of the file."""

    # What is agreed for UiPath.
    ORGANIZATIONS = r"""
options:
  organizations:
    description:
      - The organizations in the shape of the desired-state file. What is omitted is left alone.
    type: list
    elements: dict
    suboptions:
      id:
        description: The ID of the organization, a string.
        type: raw
        required: true
      name:
        description: Its name, for people.
        type: raw
      labels:
        description: Words by which organizations can be told apart; nothing is done with them here.
        type: dict
      products:
        description: Its own licence from the host's pool. When it is omitted, that is left alone.
        type: list
        elements: dict
        suboptions:
          code:
            description: The product code, a string.
            type: raw
            required: true
          quantity:
            description: How many licences, a whole number. V(0) takes the code away.
            type: raw
            required: true
      exclusive:
        description: Whether codes that the products beside it do not name are taken away.
        type: bool
      exclusive_services:
        description:
          - Whether services and tenants of this organization that are not named lose their licences.
        type: bool
      allow_empty:
        description: Whether an empty list beside it may take everything away.
        type: bool
      state:
        description: V(absent) removes the organization's own licence; no products stand beside it then.
        type: str
        choices: [present, absent]
        default: present
      tenants:
        description: Its tenants. When they are omitted, they are left alone.
        type: list
        elements: dict
        suboptions:
          id:
            description: The ID of the tenant, a string.
            type: raw
            required: true
          name:
            description: Its name. UiPath wants it with every allocation.
            type: raw
          state:
            description: V(absent) removes the licence of every service of the tenant.
            type: str
            choices: [present, absent]
            default: present
          allow_empty:
            description: Whether an empty list of services may take everything away.
            type: bool
          services:
            description: Its services. When they are omitted, they are left alone.
            type: list
            elements: dict
            suboptions:
              type:
                description: The type of the service, a string.
                type: raw
                required: true
              products:
                description:
                  - The service's licence from its organization's pool. When it is omitted, that is left alone.
                type: list
                elements: dict
                suboptions:
                  code:
                    description: The product code, a string.
                    type: raw
                    required: true
                  quantity:
                    description: How many licences, a whole number. V(0) takes the code away.
                    type: raw
                    required: true
              exclusive:
                description: Whether codes that the products beside it do not name are taken away.
                type: bool
              allow_empty:
                description: Whether an empty list beside it may take everything away.
                type: bool
              state:
                description: V(absent) removes the service's licence; no products stand beside it then.
                type: str
                choices: [present, absent]
                default: present
"""

    # What is agreed for Yext.
    LICENSE_PACKS = r"""
options:
  license_packs:
    description:
      - The license packs in the shape of the desired-state file. What is omitted is left alone.
    type: list
    elements: dict
    suboptions:
      id:
        description: The ID of the license pack, a string.
        type: raw
        required: true
      exclusive:
        description: Whether entities that are not named lose their licence.
        type: bool
      allow_empty:
        description: Whether an empty list of entities may take everything away.
        type: bool
      entities:
        description: The entities. When they are omitted, the pack is left alone.
        type: list
        elements: dict
        suboptions:
          id:
            description: The ID of the entity, a string.
            type: raw
            required: true
          expiration_date:
            description:
              - The day on which the licence is removed, as C(YYYY-MM-DD), or V(never) to cancel that. When it is
                omitted, what is scheduled is left as it is.
            type: raw
          state:
            description: V(absent) removes the assignment.
            type: str
            choices: [present, absent]
            default: present
"""
