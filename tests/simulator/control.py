# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane below /__simulator__/, where neither vendor has anything."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .reading import UnreadableError
from .simulation import Simulation

Endpoint = Callable[[Request], Awaitable[Response]]
_DONE = {"done": True}


def control_routes(simulation: Simulation) -> list[Route]:
    """The routes, relative to the control plane's path."""
    index: dict[str, str] = {}

    def route(path: str, method: str, meaning: str, action: Callable[[Any], object]) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                value = json.loads(await request.body()) if method == "PUT" else dict(request.query_params)
                return JSONResponse(action(value))
            except json.JSONDecodeError as error:
                return JSONResponse({"error": f"The body is not JSON: {error}."}, 400)
            except UnreadableError as error:
                return JSONResponse({"error": str(error)}, 400)

        index[f"{method} /__simulator__{path}"] = meaning
        return Route(path, endpoint, methods=[method])

    def doing(action: Callable[..., None], takes_value: bool = False) -> Callable[[Any], object]:
        def run(value: Any) -> object:
            action(value) if takes_value else action()
            return _DONE

        return run

    faults, switches = simulation.faults, simulation.switches
    return [
        route("/state", "GET", "the state, in the shape of a seed", lambda _: simulation.state()),
        route("/state", "PUT", "replace uipath, yext or both", doing(simulation.set_state, True)),
        route("/calls", "GET", "the log of calls; ?kind=read|write|sign_in for one kind", simulation.show_calls),
        route("/calls", "DELETE", "clear the log", doing(simulation.log.clear)),
        route("/faults", "GET", "the rules in force and how often each took effect", lambda _: faults.show()),
        route("/faults", "PUT", "replace all rules by a list of them", doing(faults.set, True)),
        route("/faults", "DELETE", "remove all rules", doing(faults.clear)),
        route("/switches", "GET", "the answers in force", lambda _: switches.show()),
        route("/switches", "PUT", "set the switches named", doing(simulation.set_switches, True)),
        route("/switches", "DELETE", "back to the answers at the start", doing(simulation.reset_switches)),
        route("/schema", "GET", "each switch and each field of a fault rule explained", lambda _: simulation.schema()),
        route(
            "/tokens", "DELETE", "make the tokens of all sign-ins invalid", doing(simulation.uipath.tokens.forget_all)
        ),
        route("/reset", "POST", "everything as at the start", doing(simulation.reset)),
        route("/", "GET", "this list", lambda _: index),
    ]
