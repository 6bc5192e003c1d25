# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return values of modules, and options of roles and sign-ins, that are described once and stand in several files."""

from __future__ import annotations

from collections.abc import Callable

from .blocks import Refusal, keys_below, replace_block, section, source, with_section
from .tree import Tree

FRAGMENTS = "tenantops.licensing."
# Which modules return the values of a group, by the document fragments that they extend and what they return.
RETURNING: dict[str, Callable[[set[str], set[str]], bool]] = {
    "every_module": lambda _fragments, _values: True,
    "modules_that_call_a_server": lambda fragments, _values: "runtime" in fragments,
    "modules_that_change_one": lambda fragments, _values: "changes" in fragments and "fleet" not in fragments,
    "modules_that_change_many": lambda fragments, _values: "fleet" in fragments,
    "modules_that_tell_a_pool": lambda _fragments, values: "pool" in values,
}


def share_return_values(tree: Tree) -> None:
    """Write what modules return alike. A sample of a module's own stays."""
    for path in tree.paths("plugins/modules/*.py"):
        extended = keys_below(section(tree[path], "DOCUMENTATION"), ["extends_documentation_fragment"], path)
        fragments = {name.removeprefix(FRAGMENTS) for name in extended}
        values = keys_below(section(tree[path], "RETURN"), [], path)
        for (group, *keys), new in source("return_values.yml").items():
            if RETURNING[group](fragments, values):
                returned = replace_block(section(tree[path], "RETURN"), keys, new, f"{path}, RETURN", own="sample")
                tree[path] = with_section(tree[path], "RETURN", returned)


def share_role_options(tree: Tree) -> None:
    """Write the options that several roles take, wherever a role has them; ROLE stands for its name."""
    used = set()
    for path in tree.paths("roles/*/meta/argument_specs.yml"):
        role = path.split("/")[1]
        taken = keys_below(tree[path], ["argument_specs", "main", "options"], path)
        for (key,), lines in source("role_options.yml").items():
            name = key.replace("ROLE", role)
            if name in taken:
                used.add(key)
                new = [line.replace("ROLE", role) for line in lines]
                tree[path] = replace_block(tree[path], ("argument_specs", "main", "options", name), new, path)
    for (key,) in source("role_options.yml"):
        if key not in used:
            raise Refusal(f"role_options.yml: no role has {key}")


def share_sign_in_options(tree: Tree) -> None:
    """Write how a server is reached, which is the same for each vendor but for the names of its variables."""
    for vendor in ("uipath", "yext"):
        path = f"plugins/doc_fragments/{vendor}.py"
        for (key,), lines in source("sign_in_options.yml").items():
            new = [line.replace("VENDOR", vendor.upper()) for line in lines]
            told = replace_block(section(tree[path], "DOCUMENTATION"), ("options", key), new, path)
            tree[path] = with_section(tree[path], "DOCUMENTATION", told)
