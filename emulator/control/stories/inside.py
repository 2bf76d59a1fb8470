"""Calls of an emulator's APIs from inside it, answered by the same doors as those that come over a socket."""

from __future__ import annotations

import base64
from typing import Any

from msgspec import DecodeError, json
from starlette.types import ASGIApp, Message, Scope

from emulator.errors import EmulatorError, Json


class NotDone(EmulatorError):
    """A call was refused: its HTTP `status`, and in words why."""

    def __init__(self, call: str, status: int, body: bytes) -> None:
        try:
            members = json.decode(body)
        except DecodeError:
            members = {}
        names = ("detail", "developerMessage", "error_description", "message", "error")
        why = next((members[name] for name in names if members.get(name)), body[:200].decode(errors="replace"))
        wrong = members.get("properties") or {}
        self.status = status
        super().__init__(f"{call} was answered with {status}: {'; '.join([str(why), *map(str, wrong.values())])}")


class Inside:
    """Makes calls of an application (ASGI), as if they came to the address that another request came to. `port` is that
    on which it speaks plain HTTP, 0 if that was not chosen.
    """

    def __init__(self, app: ASGIApp, scope: Scope, port: int) -> None:
        self._app = app
        self._port = port
        self._scope = {name: scope[name] for name in ("type", "asgi", "http_version", "server", "scheme", "client")}

    @property
    def sink(self) -> str:
        """The URL of the emulator's sink, as it is reached from here: over plain HTTP if that can be known, since the
        courier may not trust the emulator's CA.
        """
        host, port = self._scope["server"]
        shown = f"[{host}]" if ":" in host else host
        scheme, port = ("http", self._port) if self._port else (self._scope["scheme"], port)
        return f"{scheme}://{shown}:{port}/_emulator/sink"

    async def token(self, application: str, secret: str) -> str:
        """A token of an application. Raises NotDone."""
        pair = base64.b64encode(f"{application}:{secret}".encode())
        given = await self._called("POST", "/oauth/token", b"grant_type=client_credentials", b"Basic " + pair)
        return str(given["access_token"])

    async def call(self, method: str, path: str, body: Json, token: str = "") -> Json:
        """The answer to a call with a JSON body. Raises NotDone."""
        return await self._called(method, path, json.encode(body), f"Bearer {token}".encode())

    async def _called(self, method: str, path: str, body: bytes, authorization: bytes) -> Json:
        kind = b"application/json" if body[:1] == b"{" else b"application/x-www-form-urlencoded"
        headers = {b"host": b"localhost", b"authorization": authorization, b"content-type": kind}
        length = {b"content-length": str(len(body)).encode()}
        where, _, query = path.partition("?")
        asked = {"method": method, "path": where, "raw_path": where.encode(), "query_string": query.encode()}
        scope = self._scope | asked | {"root_path": "", "headers": list((headers | length).items())}
        status, answered = 0, b""

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status, answered
            status = message.get("status", status)
            answered += message.get("body", b"")

        await self._app({**scope, "extensions": {}, "state": {}}, receive, send)
        if status != 200:
            raise NotDone(f"{method} {path}", status, answered)
        found: Any = json.decode(answered)
        return found if isinstance(found, dict) else {}
