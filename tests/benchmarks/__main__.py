# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: ``python -m benchmarks --sizes 10,100 --only write-phase``."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import signal
import sys
import tempfile
import time
from pathlib import Path

from . import memory, planning, start_up, unchanged, whole_task, write_phase
from .options import Options
from .report import Section, as_document, as_markdown, as_text

SECTIONS = {
    "whole-task": whole_task,
    "write-phase": write_phase,
    "unchanged": unchanged,
    "planning": planning,
    "memory": memory,
    "start-up": start_up,
}


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked for and tell it; 0 whether or not every goal is met."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    asked = _parser().parse_args(arguments)
    options = Options(asked.sizes, asked.delay, asked.concurrency, asked.repeats, asked.huge, asked.profile)
    began = time.monotonic()
    _say(f"{conditions(options)}\n")
    sections = []
    for name in asked.only or SECTIONS:
        with tempfile.TemporaryDirectory() as directory:
            figures = []
            for figure in SECTIONS[name].measure(options, Path(directory)):
                figures.append(figure)
                print("  …", *figure.cells()[:3], sep="  ", file=sys.stderr, flush=True)
        sections.append(Section(name, SECTIONS[name].TITLE, figures))
        _say(as_text(sections[-1]))
    missed = sum(f.goal is not None and not f.goal.met_by(f.value) for s in sections for f in s.figures)
    took = time.monotonic() - began
    _say(f"{missed} goals missed; measured in {took:.0f} s. What each figure means: docs/benchmarks.md")
    if asked.markdown:
        _say(f"\n{as_markdown(sections)}")
    if asked.json:
        document = {"conditions": conditions(options), "figures": as_document(sections)}
        asked.json.write_text(json.dumps(document, indent=2) + "\n")
    return 0


def conditions(options: Options) -> str:
    """What the figures depend on."""
    core = importlib.metadata.version("ansible-core")
    return (
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, Python {platform.python_version()}, "
        f"ansible-core {core}, server delay {options.delay * 1000:g} ms"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Ratios from one run on one machine.")
    parser.add_argument(
        "--sizes", type=_numbers, default=[10, 100, 1000, 10_000], help="entries (default: %(default)s)"
    )
    parser.add_argument("--only", action="append", choices=SECTIONS, help="only this part; may be given more than once")
    parser.add_argument("--delay", type=float, default=0.02, help="seconds that the server lets each call wait (0.02)")
    parser.add_argument(
        "--concurrency", type=_numbers, default=[16, 8], help="calls at a time (16,8; 8 up to 1,000 entries)"
    )
    parser.add_argument("--repeats", type=int, help="how often everything is measured (default: the less the larger)")
    parser.add_argument("--huge", action="store_true", help="memory with 100,000 services and 100,000 entities, too")
    parser.add_argument("--profile", action="store_true", help="which imports cost most")
    parser.add_argument("--markdown", action="store_true", help="print the figures once more as a table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures into a file")
    return parser


def _numbers(text: str) -> list[int]:
    numbers = [int(part) for part in text.split(",")]
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} has a number below 1")
    return numbers


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
