# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what modules compile, for the processes of the tests, which Python loads before anything else.

Ansible sends a module as an archive, and Python compiles an archive's files anew in each process. A suite starts
thousands of them. What is run stays the same code: it is kept by its source and by the Python that compiled it.
"""

from __future__ import annotations

import _imp
import hashlib
import marshal
import os
import sys
import zipimport
from pathlib import Path
from types import CodeType

KEPT = str(Path(__file__).resolve().parents[3] / ".nox" / "compiled")
compile_source = zipimport._compile_source  # type: ignore[attr-defined]


def compile_once(path: str, source: bytes) -> CodeType:
    """Compile as zipimport does, or take what an earlier process has made of the same source."""
    digest = hashlib.sha256(source).hexdigest()
    kept = os.path.join(KEPT, f"{sys.implementation.cache_tag}-{digest}")
    try:
        with open(kept, "rb") as file:
            code: CodeType = marshal.load(file)
    except FileNotFoundError:
        code = compile_source(path, source)
        os.makedirs(KEPT, exist_ok=True)
        unfinished = f"{kept}-{os.getpid()}"
        with open(unfinished, "wb") as file:
            marshal.dump(code, file)
        os.replace(unfinished, kept)
        return code
    _imp._fix_co_filename(code, path)  # type: ignore[attr-defined]
    return code


zipimport._compile_source = compile_once  # type: ignore[attr-defined]
