# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style and the script of the audit's page as Python strings, since Ansible sends a module nothing but Python."""

from __future__ import annotations

from .blocks import Refusal
from .tree import Tree

FOLDER = "plugins/module_utils/_page"
# What is written: the constant, what it is, and the files whose texts it consists of.
EMBEDDED = {
    "style.py": ("STYLE", "stylesheet", ("page.css", "findings.css", "print.css")),
    "script.py": ("SCRIPT", "script", ("page.js",)),
}
LICENCE = """\
# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""


def embed_page(tree: Tree) -> None:
    """Write each constant, without the comments with which its files begin."""
    for name, (constant, what, sources) in EMBEDDED.items():
        text = "\n".join(_body(tree, f"{FOLDER}/{source}") for source in sources)
        told = f'"""The {what} of the audit\'s page, written by "make generate" from {_listed(sources)}. Pure."""'
        tree[f"{FOLDER}/{name}"] = (
            f'{LICENCE}{told}\n\nfrom __future__ import annotations\n\n{constant} = r"""\n{text}"""\n'
        )


def _body(tree: Tree, path: str) -> str:
    head, end, body = tree[path].partition("*/\n\n")
    if not head.startswith("/*") or not end:
        raise Refusal(f"{path}: it must begin with a comment that says its licence, and an empty line")
    if '"""' in body:
        raise Refusal(f"{path}: it cannot stand in a string of Python")
    return body


def _listed(names: tuple[str, ...]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
