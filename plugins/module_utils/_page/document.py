# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit's report as one self-contained HTML document: it asks nobody for anything and reads well without a script.

Pure. The document is built as a tree, so no name of anything can become markup. Its own policy forbids everything but
its own style and script.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from .charts import icon, patterns
from .findings import filters, fixable, table
from .holdings import expiries, fold, pools
from .kinds import Kinds
from .markup import Element, counted, element, listing, moment, name, number, quiet
from .script import SCRIPT
from .style import STYLE

MANY = 30  # more findings than these of an earlier report are folded up
MOST = 10_000  # findings of one table; more would make the page slow to open and too large for a mail
SCOPE = {
    "organizations": ("organization", "organizations"),
    "tenants": ("tenant", "tenants"),
    "services": ("service", "services"),
    "license_packs": ("license pack", "license packs"),
    "entities": ("entity", "entities"),
}
Record = Mapping[str, Any]


def render(report: Record) -> str:
    """The page of a report."""
    findings, gone, unknown = (_records(report, part) for part in ("findings", "gone", "unknown"))
    kinds = Kinds.of([*findings, *gone, *unknown])
    sections = [
        pools(report),
        expiries(report),
        _findings(report, findings, kinds),
        _earlier(gone, kinds, "gone", "Gone", "Findings of the earlier report that are gone now."),
        _earlier(
            unknown,
            kinds,
            "unknown",
            "Not known",
            "Findings of the earlier report at places that could not be read now.",
        ),
        _legend(kinds),
    ]
    shown = [section for section in sections if section is not None]
    status, _shape = _status(report, findings)
    title = f"Licence audit of {moment(report.get('generated_at', 'an unknown day'))}: {status.lower()}"
    # Where the focus is at first. A browser that has to look for a place to begin would lay out every row for it.
    begin = {"tabindex": -1, "autofocus": ""}
    body = element(
        "body",
        begin,
        element("a", {"class": "skip", "href": "#main"}, "Skip to the content"),
        patterns(),
        _header(report, findings, shown),
        element("main", {"id": "main", "tabindex": -1}, *shown),
        _footer(report),
        element("script", None, SCRIPT),
    )
    document = element("html", {"lang": "en-GB"}, _head(title), body)
    return "<!DOCTYPE html>\n" + ElementTree.tostring(document, encoding="unicode", method="html") + "\n"


def _records(report: Record, part: str) -> Sequence[Record]:
    return report.get(part) or []


def _head(title: str) -> Element:
    policy = (
        f"default-src 'none'; style-src {_hashed(STYLE)}; script-src {_hashed(SCRIPT)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        None,
        element("meta", {"charset": "utf-8"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("meta", {"name": "referrer", "content": "no-referrer"}),
        element("title", None, title),
        element("style", None, STYLE),
    )


def _hashed(text: str) -> str:
    """How a policy names a text that it allows."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _status(report: Record, findings: Sequence[Record]) -> tuple[str, str]:
    """The verdict in a word or two, and the sign beside it."""
    scope = report.get("scope")
    if isinstance(scope, Mapping) and not any(scope.values()):
        return "Nothing compared", "none"
    if report.get("agreed"):
        return "As agreed", "good"
    if findings and all(finding.get("concern") == "reading" for finding in findings):
        return "Not all could be read", "unread"
    return "Not as agreed", "alert"


def _header(report: Record, findings: Sequence[Record], shown: Sequence[Element]) -> Element:
    """The verdict, what was compared, the trend, and the way to the parts of the page."""
    status, shape = _status(report, findings)
    scope = report.get("scope") or {}
    compared = [counted(scope[key], *words) for key, words in SCOPE.items() if scope.get(key)]
    facts = [f"Generated on {moment(report['generated_at'])}."] if "generated_at" in report else []
    if compared:
        facts.append(f"Compared were {listing(compared)}.")
    return element(
        "header",
        None,
        element("h1", None, "Licence audit"),
        element(
            "div",
            {"class": f"verdict {shape}"},
            icon(shape),
            element("p", None, element("strong", None, status), " ", name(report.get("verdict", ""))),
        ),
        element("p", {"class": "facts"}, " ".join(facts)),
        *_trend(report, findings),
        element("nav", {"aria-label": "Parts of this page"}, element("ul", None, *_ways(report, shown))),
    )


def _trend(report: Record, findings: Sequence[Record]) -> Iterator[Element]:
    """What has changed since the earlier report."""
    earlier = report.get("earlier")
    if not earlier:
        return
    statuses = [finding.get("status") for finding in findings]
    counts = {
        "new": statuses.count("new"),
        "still open": statuses.count("open"),
        "gone": len(_records(report, "gone")),
        "not known": len(_records(report, "unknown")),
    }
    yield element(
        "p", {"class": "since"}, f"Since the report of {moment(earlier.get('generated_at', 'an unknown day'))}"
    )
    yield element(
        "dl",
        {"class": "trend"},
        *(
            element("div", None, element("dt", None, words), element("dd", None, number(count)))
            for words, count in counts.items()
            if count or words != "not known"
        ),
    )


def _ways(report: Record, shown: Sequence[Element]) -> Iterator[Element]:
    """A link to each section, with how much is in it."""
    lengths = {
        "pools": "pools",
        "expiries": "expirations",
        "findings": "findings",
        "gone": "gone",
        "unknown": "unknown",
    }
    for section in shown:
        part = section.get("id", "")
        count = f" {number(len(_records(report, lengths[part])))}" if part in lengths else ""
        yield element("li", None, element("a", {"href": f"#{part}"}, section[0].text, quiet(count) if count else None))


def _section(part: str, title: str, *content: Element | None) -> Element:
    heading = element("h2", {"id": f"{part}-title"}, title)
    return element("section", {"id": part, "aria-labelledby": f"{part}-title"}, heading, *content)


def _findings(report: Record, findings: Sequence[Record], kinds: Kinds) -> Element:
    if not findings:
        return _section(
            "findings", "Findings", element("p", {"class": "well"}, icon("good"), " There are no findings.")
        )
    shown = findings[:MOST]
    return _section(
        "findings",
        "Findings",
        *(element("p", None, sentence) for sentence in [fixable(findings)] if sentence),
        _left_out(findings),
        filters(shown, kinds, compared=bool(report.get("earlier"))),
        element("p", {"id": "shown", "role": "status"}),
        element(
            "p",
            {"id": "nothing", "hidden": ""},
            "No finding matches these filters. ",
            element("button", {"type": "button", "class": "all"}, "Show all findings"),
        ),
        table(shown, kinds, "findings-title"),
    )


def _earlier(findings: Sequence[Record], kinds: Kinds, part: str, title: str, meaning: str) -> Element | None:
    """A section of findings that the earlier report had; None without any."""
    if not findings:
        return None
    were = [{**finding, "fixable": False} for finding in findings[:MOST]]  # what is gone needs no mending
    listed = table(were, kinds, f"{part}-title")
    folded = fold(f"All {counted(len(findings), 'finding')}", listed) if len(findings) > MANY else listed
    return _section(part, title, element("p", None, meaning), _left_out(findings), folded)


def _left_out(findings: Sequence[Record]) -> Element | None:
    """How many findings a table does not show."""
    if len(findings) <= MOST:
        return None
    told = f"Here are the {number(MOST)} most serious of them. All {number(len(findings))} are in report.json."
    return element("p", None, told)


def _legend(kinds: Kinds) -> Element:
    """What each kind of finding means."""
    meanings = (
        element(
            "div",
            None,
            element("dt", {"class": text.concern}, text.name),
            element("dd", None, text.meaning),
        )
        for text in kinds.texts.values()
    )
    return _section("legend", "What the findings mean", element("dl", {"class": "legend"}, *meanings))


def _footer(report: Record) -> Element:
    """What the audit was asked, and who made the page."""
    terms = report.get("terms") or {}
    told = []
    if "expiry_days" in terms:
        told.append(f"licences that end within {counted(terms['expiry_days'], 'day')}")
    if "pool_share" in terms:
        told.append(f"pools of which more than {terms['pool_share']} is held")
    codes = [name(code) for code in terms.get("ignore_codes") or ()]
    separated = [part for code in codes for part in (", ", code)][1:]
    return element(
        "footer",
        None,
        element("p", None, f"Reported were {listing(told)}.") if told else None,
        element("p", None, "What the files leave out was looked at too.") if terms.get("include_omitted") else None,
        element("p", None, "Codes left out: ", *separated, ".") if codes else None,
        element("p", None, "Made by the Ansible collection tenantops.licensing."),
    )
