# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: ``python -m simulator --port 8787``."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from .reading import UnreadableError
from .server import RunningServer, prepare
from .state import load_seed

DEFAULT_SEED = Path(__file__).with_name("seed.yml")


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        server = prepare(load_seed(options.seed), options.port, options.tls, options.delay, _announce)
    except (UnreadableError, OSError) as error:
        print(f"The simulator cannot start: {error}", file=sys.stderr)
        return 1
    asyncio.run(_serve(server, options.stop_after, options.stop_with_parent))
    return 0


async def _serve(server: RunningServer, stop_after: float, stop_with_parent: bool) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    loop.call_later(stop_after, server.stop)
    watch = asyncio.create_task(server.stop_when_orphaned()) if stop_with_parent else None
    await server.serve()
    if watch is not None:
        watch.cancel()


def _announce(server: RunningServer) -> None:
    trusted = f" (certificate authority: {server.ca_path})" if server.ca_path else ""
    print(f"Simulator ready at {server.url}{trusted}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulator", description="Both licensing APIs, on this machine alone.")
    parser.add_argument("--port", type=int, default=8787, help="port on 127.0.0.1; 0 takes a free one (default 8787)")
    parser.add_argument("--seed", type=Path, default=DEFAULT_SEED, help="state to begin with, a JSON or YAML file")
    parser.add_argument("--tls", type=Path, metavar="DIR", help="serve HTTPS; the authority's certificate goes to DIR")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that every call to a vendor takes")
    parser.add_argument("--stop-after", type=float, default=3600.0, metavar="SECONDS", help="stop then (default 3600)")
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when the starting process is gone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
