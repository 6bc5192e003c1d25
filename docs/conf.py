# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx builds the documentation site; the session ``site`` of noxfile.py calls it.

Its source is a copy of the collection, with what antsibull-docs makes of the modules and roles in ``reference/``. So a
link between two documents is the same on a code host and in the site.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from pygments.lexers.special import TextLexer

project = "tenantops.licensing"
author = "the tenantops.licensing authors"
project_copyright = f"2026, {author}"

extensions = ["myst_parser", "sphinx_antsibull_ext"]
include_patterns = [
    *("index.rst", "README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "CHANGELOG.rst"),
    *("docs/**.md", "roles/*/README.md", "reference/*.rst"),
]
exclude_patterns = ["reference/environment_variables.rst"]  # those of Ansible's own settings, of which there are none
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
nitpicky = True
default_role = "any"
highlight_language = "yaml+jinja"
myst_heading_anchors = 4  # a heading is linked as on a code host: document.md#heading

html_theme = "furo"
html_title = "tenantops.licensing"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_use_index = False
html_domain_indices = False
antsibull_ext_color_scheme = "none"  # static/site.css has colours for light and for dark

# Labels of Ansible's own documentation to which the reference links. They are few, so the build needs no network for an
# index of that documentation.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
ELSEWHERE = {
    "common_return_values": f"{ANSIBLE}/reference_appendices/common_return_values.html",
}
# What antsibull-docs and antsibull-changelog write for other sites. This theme has its own contents beside each page,
# and its list of pages is too narrow for whole titles.
CONTENTS = re.compile(r"^\.\. contents::\n(?:[ ]+.*\n)*", re.MULTILINE)
OTHER_COLLECTIONS = re.compile(r"^\.\. seealso::\n\n    List of :ref:`collections .*\n", re.MULTILINE)
PAGE = re.compile(r"^    (\w+)_(module|role|[a-z]+)$", re.MULTILINE)


def tidy_generated(_app: Any, page: str, source: list[str]) -> None:
    """Make the generated pages fit this site."""
    if page != "CHANGELOG" and not page.startswith("reference/"):
        return
    text = CONTENTS.sub("", source[0])
    if page == "reference/index":
        title = "Modules, roles and plugins"
        text = OTHER_COLLECTIONS.sub("", text)
        text = re.sub(r"^Tenantops\.Licensing\n=+$", f"{title}\n{'=' * len(title)}", text, count=1, flags=re.MULTILINE)
        text = PAGE.sub(lambda found: f"    {short_title(*found.groups())} <{found[0].strip()}>", text)
    source[0] = text


def short_title(name: str, kind: str) -> str:
    """What the list of pages calls a module, role or plugin."""
    return name if kind == "module" else f"{name} ({kind})"


def link_elsewhere(_app: Any, _env: Any, node: Any, content: Any) -> nodes.reference | None:
    """Link to a page of Ansible's documentation, where the reference names a label of it."""
    target = node["reftarget"]
    address = ELSEWHERE.get(target)
    if node["reftype"] == "envvar" and target.startswith("ANSIBLE_"):
        address = f"{ANSIBLE}/reference_appendices/config.html#envvar-{target}"
    if node["reftype"] == "envvar" and target.startswith("CONTROLLER_"):  # those of awx.awx
        address = f"{ANSIBLE}/collections/environment_variables.html#envvar-{target}"
    return nodes.reference("", "", content, refuri=address, internal=False) if address else None


def setup(app: Any) -> None:
    app.add_lexer("cron", TextLexer)
    app.connect("source-read", tidy_generated)
    app.connect("missing-reference", link_elsewhere)
