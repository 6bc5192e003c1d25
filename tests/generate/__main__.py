# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what stands in several files from its one source: ``make generate``; ``--check`` only tells what differs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .blocks import Refusal
from .finding_kinds import describe_finding_kinds
from .page import embed_page
from .shared import share_return_values, share_role_options, share_sign_in_options
from .tree import Tree

CHECKOUT = Path(__file__).resolve().parents[2]
PARTS = (share_return_values, share_role_options, share_sign_in_options, describe_finding_kinds, embed_page)


def main() -> int:
    """Write each file that differs from its source, or with ``--check`` name it; 0 when all is as it should be."""
    parser = argparse.ArgumentParser(prog="generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, and fail where something is to be written")
    parser.add_argument("--checkout", type=Path, default=CHECKOUT, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    tree = Tree(arguments.checkout)
    try:
        for part in PARTS:
            part(tree)
    except Refusal as error:
        print(error, file=sys.stderr)
        return 1
    differing = tree.differing()
    for path in differing:
        print(f"{path}: " + ("not as its source says; run make generate" if arguments.check else "written"))
    if arguments.check:
        return 1 if differing else 0
    tree.save()
    return 0


if __name__ == "__main__":
    sys.exit(main())
