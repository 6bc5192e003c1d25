# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of the workflow: which the role sets, and what leads past the approval. Pure.

Nodes are those that a controller lists. The role makes some of them, by their identifiers; all others are somebody's
own, and stay linked as they are: one that loses its last parent would start by itself with the workflow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]
Links = dict[str, list[str]]

KINDS = ("always_nodes", "success_nodes", "failure_nodes")
# What somebody can set on a node, which awx.awx cannot take out again: it sends no empty value.
PROMPTS = ("extra_data", "inventory", "job_type", "job_tags", "skip_tags", "limit", "scm_branch")


def current_links(nodes: Sequence[Node]) -> dict[str, Links]:
    """By the identifier of each node, the identifiers of those that follow it, by the kind of link."""
    named = {node["id"]: str(node["identifier"]) for node in nodes}
    return {
        str(node["identifier"]): {kind: [named[child] for child in node[kind] if child in named] for kind in KINDS}
        for node in nodes
    }


def wanted_links(nodes: Sequence[Node], wanted: Sequence[Node]) -> dict[str, Links]:
    """All links as the role leaves them: its own as it wants them, and those to and from other nodes as they are."""
    links = current_links(nodes)
    own = {node["identifier"] for node in wanted}
    for node in wanted:
        now = links.get(node["identifier"], {})
        links[node["identifier"]] = {
            kind: [*node["links"].get(kind, []), *(child for child in now.get(kind, []) if child not in own)]
            for kind in KINDS
        }
    return links


def link_steps(nodes: Sequence[Node], wanted: Sequence[Node]) -> list[dict[str, Any]]:
    """The links that are not as wanted, in an order in which no node that waits for the approval loses its last parent.

    So the last node comes first: what follows a node is linked before a wrong link to it goes. A controller takes no
    second kind of link between two nodes, so a link of the wrong kind goes in a step of its own.
    """
    now, then = current_links(nodes), wanted_links(nodes, wanted)
    steps = []
    for node in reversed(wanted):
        identifier = node["identifier"]
        before, after = now.get(identifier, {}), then[identifier]
        moved = {
            kind: [
                child
                for child in before.get(kind, [])
                if any(child in after[other] for other in KINDS if other != kind)
            ]
            for kind in KINDS
        }
        if any(moved.values()):
            kept = {kind: [child for child in before[kind] if child not in moved[kind]] for kind in KINDS}
            steps.append({"identifier": identifier, **kept})
        if any(set(before.get(kind, [])) != set(after[kind]) for kind in KINDS):
            steps.append({"identifier": identifier, **after})
    return steps


def past_approval(
    nodes: Sequence[Node], wanted: Sequence[Node], approval: str, guarded: Mapping[str, int | None]
) -> list[list[str]]:
    """The ways from a node that starts by itself to one that is to wait for the approval.

    ``guarded``: the names of templates that change something, with their IDs. Only what follows the approval's success
    waits for it: a denial is a failure.
    """
    links = wanted_links(nodes, wanted)
    templates = {str(node["identifier"]): node.get("unified_job_template") for node in nodes}
    own = {node["identifier"]: node for node in wanted}
    waits = {identifier for identifier, node in own.items() if node.get("awaits") == approval}
    ids = {number for number in guarded.values() if number is not None}
    waits |= {identifier for identifier in links if identifier not in own and templates.get(identifier) in ids}
    started = [identifier for identifier in links if identifier not in set(_children(links))]
    ways = {identifier: [identifier] for identifier in started}
    to_visit = list(started)
    while to_visit:
        identifier = to_visit.pop()
        for kind in KINDS if identifier != approval else ("always_nodes", "failure_nodes"):
            for child in links[identifier][kind]:
                if child not in ways:
                    ways[child] = [*ways[identifier], child]
                    to_visit.append(child)
    return [ways[identifier] for identifier in sorted(waits & ways.keys())]


def circle(nodes: Sequence[Node], wanted: Sequence[Node]) -> list[str]:
    """The nodes that would follow themselves, which a controller refuses."""
    links = wanted_links(nodes, wanted)
    left = set(links)
    while True:
        ends = {one for one in left if not left & {child for kind in KINDS for child in links[one][kind]}}
        starts = left - {child for one in left for kind in KINDS for child in links[one][kind]}
        if not ends | starts:
            return sorted(left)
        left -= ends | starts


def set_by_hand(node: Node) -> list[str]:
    """What of a node was set that is to come from its template alone."""
    return [name for name in PROMPTS if node.get(name)]


def _children(links: Mapping[str, Links]) -> Iterator[str]:
    for by_kind in links.values():
        for children in by_kind.values():
            yield from children
