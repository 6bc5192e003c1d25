# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What documents and the schema of the report say of the kinds of findings, from the plugins' one table of them."""

from __future__ import annotations

import json
import re
import textwrap

from ansible_collections.tenantops.licensing.plugins.module_utils._model.finding_kinds import Concern, FindingKind

from .blocks import Refusal, replace_block, section, with_section
from .tree import Tree

GUIDE = "docs/guides/audit.md"
SCHEMA = "docs/license-audit-report.schema.json"
MODULE = "plugins/modules/license_audit_info.py"
ROLE = "roles/license_audit/meta/argument_specs.yml"
KINDS = [kind.value for kind in FindingKind]
CONCERNS = [concern.value for concern in Concern]
CHOICES = [Concern.DRIFT.value, *KINDS]


def describe_finding_kinds(tree: Tree) -> None:
    """Write the table of the guide, the schema, and what ``fail_on`` takes in the module and in the role."""
    tree[GUIDE] = _with_table(tree[GUIDE])
    tree[SCHEMA] = _with_kinds(tree[SCHEMA])
    choices = ["choices:", *(f"  - {choice}" for choice in CHOICES)]
    document = section(tree[MODULE], "DOCUMENTATION")
    document = replace_block(document, ("options", "fail_on", "choices"), choices, MODULE)
    tree[MODULE] = with_section(tree[MODULE], "DOCUMENTATION", document)
    told = "- Any of " + ", ".join(f"V({choice})" for choice in CHOICES) + "."
    tree[ROLE] = _replaced(tree[ROLE], r"^ +- Any of V\(drift\),.*?\.\n", _wrapped(told, " " * 10), ROLE)


def _with_table(guide: str) -> str:
    rows = [f"| `{kind.value}` | {kind.label} | {kind.meaning} | {kind.concern.value} |" for kind in FindingKind]
    head = "| kind | on the page | what it means | concern |\n|---|---|---|---|\n"
    return _replaced(guide, rf"{re.escape(head)}(\|[^\n]*\n)*", head + "".join(f"{row}\n" for row in rows), GUIDE)


def _with_kinds(text: str) -> str:
    schema = json.loads(text)
    summary, finding = schema["properties"]["summary"]["properties"], schema["$defs"]["finding"]["properties"]
    for name, values in (("by_kind", KINDS), ("by_concern", CONCERNS)):
        summary[name]["properties"] = {value: {"type": "integer", "minimum": 0} for value in values}
        summary[name]["required"] = values
    finding["kind"]["enum"], finding["concern"]["enum"] = KINDS, CONCERNS
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _replaced(text: str, pattern: str, new: str, where: str) -> str:
    changed, count = re.subn(pattern, lambda dummy: new, text, flags=re.MULTILINE | re.DOTALL)
    if count != 1:
        raise Refusal(f"{where}: {pattern} is there {count} times, and must be once")
    return changed


def _wrapped(text: str, indent: str) -> str:
    """An item of a list of YAML, in lines of 120 characters."""
    return textwrap.fill(text, 120, initial_indent=indent, subsequent_indent=indent + "  ") + "\n"
