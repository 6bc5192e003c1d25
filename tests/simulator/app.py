# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application: each call is logged, meets the faults, and is answered by its vendor."""

import asyncio
import socket
import struct

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from .control import control_routes
from .faults import Effect
from .simulation import Simulation
from .web import Call, Reply

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_NO_CONTENT = (204, 304)


def make_app(simulation: Simulation, delay: float = 0.0) -> ASGIApp:
    """Build the application; each call to a vendor waits ``delay`` seconds before it is carried out."""
    control = Starlette(routes=[Mount("/__simulator__", routes=control_routes(simulation))])
    vendors = _Vendors(simulation, delay)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # Starlette's own routing goes by the decoded path, in which an escaped slash of an ID is a slash.
        part: ASGIApp = control if scope["raw_path"].startswith(b"/__simulator__") else vendors
        await part(scope, receive, send)

    return app


class _Vendors:
    """Both vendors as one ASGI application."""

    def __init__(self, simulation: Simulation, delay: float) -> None:
        self._simulation = simulation
        self._delay = delay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        raw_path, query_string = scope["raw_path"].decode("ascii"), scope["query_string"].decode("ascii")
        call = Call(request.method, raw_path, query_string, request.headers, body)
        simulation = self._simulation
        vendor = simulation.vendor(raw_path)
        operation, kind = vendor.classify(call.method, raw_path)
        entry = simulation.log.start(call, kind, operation)
        status = None
        try:
            effect = simulation.faults.meet(entry)
            await asyncio.sleep(self._delay + (effect.delay or 0))
            call.token_calls, call.token_seconds = effect.token_calls, effect.token_seconds
            if effect.expire_token:
                vendor.expire_token(call)
            reply = Reply()
            if effect.server_acts:
                entry.acted = True
                reply = vendor.answer(call)
            refusal = vendor.refuse(effect.answer_status(), "A fault that was asked for.")
            reply = effect.apply(reply, refusal)
            if effect.delay_after:
                await asyncio.sleep(effect.delay_after)
            status = None if effect.reset else reply.status
        finally:
            # Before the answer leaves: whoever has it may look at the log at once.
            simulation.log.finish(entry, status)
        await _deliver(reply, effect, scope, receive, send)


async def _deliver(reply: Reply, effect: Effect, scope: Scope, receive: Receive, send: Send) -> None:
    transport = scope["state"].get("transport")
    if effect.reset and transport is not None:
        # Without lingering, closing sends a TCP reset instead of an orderly end.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
        await receive()
        return
    if effect.truncate is not None and effect.truncate is not False and transport is not None:
        kept = len(reply.content) // 2 if effect.truncate is True else effect.truncate
        # Even of an empty body something can be missing.
        reply.headers["Content-Length"] = str(max(len(reply.content), kept + 1))
        headers = _response(reply).raw_headers
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.content[:kept], "more_body": True})
        transport.close()
        await receive()
        return
    await _response(reply)(scope, receive, send)


def _response(reply: Reply) -> Response:
    if reply.status in _NO_CONTENT:
        return Response(status_code=reply.status, headers=reply.headers)
    return Response(reply.content, reply.status, reply.headers, reply.media_type)
