# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a checkout, as they are and as they should be."""

from __future__ import annotations

from pathlib import Path


class Tree:
    """Texts by their paths below the checkout. What is set is written by ``save`` only."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        self._wanted: dict[str, str] = {}

    def __getitem__(self, path: str) -> str:
        return self._wanted[path] if path in self._wanted else (self.checkout / path).read_text(encoding="utf-8")

    def __setitem__(self, path: str, text: str) -> None:
        self._wanted[path] = text

    def paths(self, pattern: str) -> list[str]:
        """The files that this pattern matches, in their order."""
        return sorted(str(path.relative_to(self.checkout)) for path in self.checkout.glob(pattern))

    def differing(self) -> list[str]:
        """The files that are not as they should be."""
        paths = ((path, self.checkout / path) for path in sorted(self._wanted))
        return [path for path, at in paths if not at.exists() or at.read_bytes() != self._wanted[path].encode()]

    def save(self) -> None:
        for path in self.differing():
            (self.checkout / path).write_text(self._wanted[path], encoding="utf-8")
