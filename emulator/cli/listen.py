"""A webhook receiver for trying things out: it prints each callback as it comes, and answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import uvicorn
from msgspec import DecodeError, json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulator.http.listener import Listener, until_signal


def application(show: Callable[[str], None], status: int, delay: float) -> Starlette:
    """A receiver at every path, which answers `status` after `delay` seconds."""

    async def receive(request: Request) -> Response:
        show(summary(await request.body(), request.url.path))
        await asyncio.sleep(delay)
        return Response("", status)

    return Starlette(routes=[Route("/{path:path}", receive, methods=["POST", "GET", "PUT"])])


def summary(body: bytes, path: str) -> str:
    """A callback in words, then as indented JSON; any other body as it is."""
    try:
        told: Any = json.decode(body)
        messages = " -> ".join(f"{each['type']} {each['status']['name']}" for each in told["messages"])
        head = f"{told['updatedAt']} {path} {told['status']}: {messages}"
    except (DecodeError, KeyError, TypeError):
        return f"{path} {body.decode(errors='replace')}"
    return f"{head}\n{json.format(body, indent=2).decode()}"


async def listen(host: str, port: int, status: int, delay: float, show: Callable[[str], None]) -> None:
    """Receive until interrupted."""
    config = uvicorn.Config(
        application(show, status, delay), host=host, port=port, lifespan="off", access_log=False, log_config=None
    )
    listener = Listener(config, lambda url: show(f"listening on {url} (answers {status} after {delay:g} s)"))
    until_signal(listener.stop)
    await listener.serve()
