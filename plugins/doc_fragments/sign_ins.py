# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options with which a module signs in to both products: each product's own, inside an option of its name."""

from __future__ import annotations

import re
from typing import Any

import yaml

from ansible_collections.tenantops.licensing.plugins.doc_fragments.uipath import ModuleDocFragment as UiPath
from ansible_collections.tenantops.licensing.plugins.doc_fragments.yext import ModuleDocFragment as Yext


def inside(option: str, document: str, description: str) -> dict[str, Any]:
    """The options of a document as suboptions of one, which refer to each other there."""
    options = yaml.safe_load(re.sub(r"\bO\((\w+)\)", rf"O({option}.\1)", document))["options"]
    alike = "Its options are those that the other modules have at their top, with the same environment variables."
    return {option: {"description": [description, alike], "type": "dict", "suboptions": options}}


class ModuleDocFragment:
    """The options with which a module signs in to both products."""

    # With its type, since what stands there without one is taken for a text by tools that do not run this file.
    DOCUMENTATION: str = yaml.safe_dump(
        {
            "options": {
                **inside("uipath", UiPath.DOCUMENTATION, "How to sign in to UiPath, where organizations are named."),
                **inside("yext", Yext.DOCUMENTATION, "How to sign in to Yext, where license packs are named."),
            }
        },
        sort_keys=False,
    )
