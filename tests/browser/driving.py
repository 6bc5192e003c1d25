# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a test opens a page, and what it hears of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from playwright.sync_api import ConsoleMessage, Dialog, Page

REPORTS = ("none", "empty", "three", "every_kind", "mixed", "long", "hostile", "small_fleet", "fleet")
# A row is visible if neither it nor its group nor a fold around it is hidden.
ROWS = """(table) => {
    const groups = [];
    for (const row of table.querySelectorAll("tbody tr")) {
        if (!row.checkVisibility()) continue;
        const head = row.querySelector("th bdi");
        if (head) groups.push([head.textContent, []]);
        else groups.at(-1)[1].push(row.cells[1].textContent);
    }
    return groups;
}"""
Groups = list[tuple[str, list[str]]]


@dataclass
class Visit:
    """A page that is open, and all that happened since."""

    page: Page
    uri: str
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def groups(self) -> Groups:
        """The visible findings: for each group its name and the places of its rows, from top to bottom."""
        found: list[list[Any]] = self.page.locator("#findings table").evaluate(ROWS)
        return [(str(title), list(places)) for title, places in found]

    def places(self) -> list[str]:
        return [place for _title, places in self.groups() for place in places]

    def told(self) -> str:
        """What the live region says."""
        return self.page.locator("#shown[role=status]").inner_text()

    def untroubled(self) -> None:
        """Nothing was asked for beside the document, and the browser complained about nothing."""
        assert (self.messages, self.dialogs, self.requests) == ([], [], [self.uri]), self


class Open(Protocol):
    """Opens the page of a report, by the report's name."""

    def __call__(self, name: str, width: int = 1440, scheme: str = "light", **options: Any) -> Visit: ...


def hear(page: Page, uri: str) -> Visit:
    """Listens to all that a page does; nothing that it asks is answered."""
    visit = Visit(page, uri)

    def note(message: ConsoleMessage) -> None:
        if message.type in ("warning", "error", "assert"):
            visit.messages.append(f"{message.type}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: visit.messages.append(f"error: {error}"))
    page.on("request", lambda request: visit.requests.append(request.url))

    def refuse(dialog: Dialog) -> None:
        visit.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    return visit
