# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files a folder of the desired state is, and what is told of the others in it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from .._errors import InvalidInput
from .regular_file import where_from
from .spelling import shown

SUFFIXES = (".json", ".yaml", ".yml")
MOST_NAMES = 10  # of files that a warning names


def files_of(path: str) -> tuple[list[str], list[str]]:
    """The files to read, by name, and what is to be told of the others."""
    try:
        if not stat.S_ISDIR(os.stat(path).st_mode):
            return [path], []
        entries = sorted((entry.name, entry.is_dir()) for entry in Path(path).iterdir())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no path"
        raise InvalidInput(f"state_file {shown(path)} cannot be read: {reason}{where_from(path)}") from error
    seen = [(name, is_folder) for name, is_folder in entries if not name.startswith(".")]
    folders = [name for name, is_folder in seen if is_folder]
    files = [name for name, is_folder in seen if not is_folder and _is_state_file(name)]
    _refuse_folders_with_files(path, folders)
    if not files:
        raise InvalidInput(f"state_file {shown(path)} is a folder without a file that ends in {', '.join(SUFFIXES)}")
    others = [name for name, is_folder in seen if not _is_state_file(name) or is_folder]
    others = [name for name in others if not name.upper().startswith("README")]
    warnings = []
    if others:
        more = f" and {len(others) - MOST_NAMES} more" if len(others) > MOST_NAMES else ""
        warnings.append(
            f"In the folder {path} only files that end in {', '.join(SUFFIXES)} are read, and not "
            f"{', '.join(map(shown, others[:MOST_NAMES]))}{more}"
        )
    return [str(Path(path) / name) for name in files], warnings


def _is_state_file(name: str) -> bool:
    return name.casefold().endswith(SUFFIXES)


def _refuse_folders_with_files(path: str, folders: list[str]) -> None:
    for folder in folders:
        for inner, _folders, names in os.walk(Path(path) / folder):
            held = [name for name in sorted(names) if _is_state_file(name) and not name.startswith(".")]
            if held:
                raise InvalidInput(
                    f"state_file {shown(path)} is a folder, and {shown(str(Path(inner) / held[0]))} stands in a folder "
                    "inside it, which is not read: move it up, or give each folder a task of its own"
                )
