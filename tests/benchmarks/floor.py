# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor: a bare pool of threads that makes given calls over one session of requests, and does nothing else.

``python -m benchmarks.floor URL FILE CONCURRENCY``; the file holds, as JSON, headers, query and calls.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter


def main(url: str, file: Path, concurrency: int) -> None:
    """Make the calls; prints how many of them were refused, as JSON."""
    work = json.loads(file.read_text())
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(pool_maxsize=concurrency))
        session.headers.update(work["headers"])

        def make(call: list[Any]) -> bool:
            method, path, body = call
            return session.request(method, url + path, params=work["query"], json=body, timeout=60).ok

        with ThreadPoolExecutor(concurrency) as workers:
            answers = list(workers.map(make, work["calls"]))
    print(json.dumps({"refused": answers.count(False)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
