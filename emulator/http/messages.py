"""Reading a request's header, and its body up to a limit; answering with compact JSON."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, json
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope

from emulator.errors import Json


def good(body: Json | Struct | list[Any], headers: dict[str, str] | None = None) -> Response:
    """A response of status 200 with this body as JSON."""
    return Response(json.encode(body), 200, headers, "application/json")


async def read(receive: Receive, limit: int) -> bytes:
    """Read a request's body: all of it, or its first `limit + 1` bytes if it is longer than `limit`. The rest is read
    and thrown away, since many clients read no response before they have sent everything. Raises ClientDisconnect if
    the client leaves before the end.
    """
    chunks: list[bytes] = []
    room, more = limit + 1, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        more = message.get("more_body", False)
        chunks.append(message.get("body", b"")[:room])
        room -= len(chunks[-1])
    return b"".join(chunks)


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a request's header by its lower-case name; None if it is missing. Of repeated ones, the first."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1").strip())
    return None
