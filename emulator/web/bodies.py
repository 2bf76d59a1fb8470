"""Reading a request's body, up to a limit."""

from __future__ import annotations

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from emulator.web.errors import generic


async def read(receive: Receive, limit: int) -> bytes:
    """The whole body. Raises ApiError 400 if it has more than `limit` bytes, ClientDisconnect if the client left.

    What is too much is read all the same and forgotten, since many clients read no answer before they sent everything.
    """
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        more = message.get("more_body", False)
        size += len(message.get("body", b""))
        if size <= limit:
            chunks.append(message.get("body", b""))
    if size > limit:
        raise generic(400, f"The body must have at most {limit} bytes; it has {size}")
    return b"".join(chunks)
