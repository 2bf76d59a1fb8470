"""Passes a single request on to a server elsewhere, and its answer back, as a proxy of plain HTTP does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import h11
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from emulator.http.protocol import HANG_UP
from emulator.http.proxy.targets import Address, Refusal, reached

OWN: Final = frozenset(
    {
        *(b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization"),
        *(b"te", b"trailer", b"upgrade", b"expect"),
    }
)
"""Headers that concern one connection only."""
PIECE: Final = 65_536


class _Exchange:
    """One request and its answer, on a connection of their own."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._http = h11.Connection(h11.CLIENT)
        self._reader = reader
        self._writer = writer

    async def ask(self, scope: Scope, receive: Receive) -> None:
        query = scope["query_string"]
        path = scope["raw_path"] + (b"?" + query if query else b"")
        headers = [header for header in scope["headers"] if header[0] not in OWN] + [(b"connection", b"close")]
        await self._send(h11.Request(method=scope["method"], target=path, headers=headers))
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            await self._send(h11.Data(data=message.get("body", b"")))
            more = message.get("more_body", False)
        await self._send(h11.EndOfMessage())

    async def next(self) -> h11.Event:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(PIECE))
        assert isinstance(event, h11.Event)
        return event

    async def _send(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()


async def forward(places: Sequence[Address], scope: Scope, receive: Receive, send: Send) -> None:
    """Pass a request on to the first of these addresses that answers, and answer what comes back. Raises Refusal 502 if
    there is no answer; one that breaks off is broken off.
    """
    reader, writer = await reached(places, asyncio.open_connection)
    begun = False
    try:
        exchange = _Exchange(reader, writer)
        await exchange.ask(scope, receive)
        while not isinstance(event := await exchange.next(), h11.EndOfMessage):
            if isinstance(event, h11.Response):
                headers = [each for each in event.headers if each[0] not in OWN and each[0] != b"transfer-encoding"]
                begun = True
                await send({"type": "http.response.start", "status": event.status_code, "headers": headers})
            elif isinstance(event, h11.Data):
                await send({"type": "http.response.body", "body": bytes(event.data), "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except (OSError, h11.ProtocolError) as error:
        if not begun:
            raise Refusal(502, f"no answer: {error}") from error
        scope["extensions"][HANG_UP]["abort"]()
    finally:
        writer.close()
