# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command and writes what it used, as JSON, into a file: ``python launch.py FILE COMMAND…``.

The memory of a process counts what its parent held when it was started, so this parent imports next to nothing.
"""

import json
import os
import sys
import time


def main(file_name: str, command: list[str]) -> int:
    """Seconds of the clock and of a processor, and the peak of resident memory in KiB."""
    started = time.monotonic()
    process_id = os.posix_spawnp(command[0], command, os.environ)
    _process_id, status, usage = os.wait4(process_id, 0)
    used = {
        "seconds": time.monotonic() - started,
        "worked": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss,
    }
    with open(file_name, "w", encoding="utf-8") as file:
        json.dump(used, file)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
