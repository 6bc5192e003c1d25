# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves the small controller on a port of this machine, for the scenario of the role."""

from __future__ import annotations

import argparse
import threading

import uvicorn

from ansible_collections.tenantops.licensing.tests.awx.controller import Controller, program


def main() -> None:
    """Serve a controller that is freshly installed."""
    parser = argparse.ArgumentParser(prog="awx", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--stop-after", type=float, default=600.0, metavar="SECONDS", help="stop then (default 600)")
    options = parser.parse_args()
    config = uvicorn.Config(program(Controller()), host="127.0.0.1", port=options.port, log_level="error")
    server = uvicorn.Server(config)
    clock = threading.Timer(options.stop_after, lambda: setattr(server, "should_exit", True))
    clock.daemon = True  # a server that was told to stop does not wait for it
    clock.start()
    server.run()


if __name__ == "__main__":
    main()
