"""The receiver of `listen`: it shows the body of every POST, GET or PUT, and gives all the same answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import uvicorn
from msgspec import DecodeError, json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulator.errors import Json
from emulator.http.listener import Listener, until_signal


async def listen(host: str, port: int, status: int, delay: float, show: Callable[[str], None]) -> None:
    """Receive until SIGINT or SIGTERM, and show each body as text. `delay` is in real seconds. Raises PortError."""

    async def receive(request: Request) -> Response:
        show(summary(await request.body(), request.url.path))
        await asyncio.sleep(delay)
        return Response("", status)

    application = Starlette(routes=[Route("/{path:path}", receive, methods=["POST", "GET", "PUT"])])
    config = uvicorn.Config(application, host=host, port=port, lifespan="off", access_log=False, log_config=None)
    listener = Listener(config, lambda url: show(f"listening on {url} (answers {status} after {delay:g} s)"))
    until_signal(listener.stop)
    await listener.serve()


def summary(body: bytes, path: str) -> str:
    """A callback in a line of words, then as indented JSON; any other body as it is."""
    try:
        callback: Json = json.decode(body)
        messages = " -> ".join(f"{each['type']} {each['status']['name']}" for each in callback["messages"])
        head = f"{callback['updatedAt']} {path} {callback['status']}: {messages}"
    except (DecodeError, KeyError, TypeError):
        return f"{path} {body.decode(errors='replace')}"
    return f"{head}\n{json.format(body, indent=2).decode()}"
