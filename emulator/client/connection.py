"""JSON over one HTTP connection. It knows how servers refuse, and nothing of what they are asked for."""

from __future__ import annotations

import selectors
import socket
import sys
from collections.abc import Mapping
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Self
from urllib.parse import urlsplit

from msgspec import DecodeError, json

from emulator.errors import EmulatorError

__tracebackhide__ = True
"""pytest shows the line of a test that made a call, and none of this module."""


class Refused(EmulatorError):
    """The emulator answered with an error: its HTTP `status` and its `body`, decoded if it is JSON. Failover OTP says
    with 200 that it could send nothing.
    """

    def __init__(self, status: int, body: Any) -> None:
        members = body if isinstance(body, dict) else {}
        named = (members.get(name) for name in ("detail", "developerMessage", "error_description", "message", "error"))
        why = next(filter(None, named), body[:200] if isinstance(body, str) else body)
        if isinstance(why, list):  # as Failover OTP lists what is wrong
            why = "".join(f"\n  {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in why)
        wrong = "".join(f"\n  {where}: {what}" for where, what in members.get("properties", {}).items())
        wrong += "".join(f"\n  {each['errorCode']}: {each['developerMessage']}" for each in members.get("errors", ()))
        super().__init__(f"{status}: {why}{wrong}")
        self.status = status
        self.body = body


class Unreachable(EmulatorError):
    """No emulator answers at the URL."""


class Misused(EmulatorError, ValueError):
    """A call was given what it is not for, such as the id of no flow; nothing was asked of the emulator."""


class OnLoop(EmulatorError):
    """A blocking call was made where an event loop runs, which would stand still until it is answered."""


class Connection:
    """A connection to the server at `url`, opened when it is needed and kept; calls that threads make at the same time
    have one each. Waits for an answer for at most `timeout` real seconds. Raises Unreachable for what is no http or
    https URL.
    """

    def __init__(self, url: str, timeout: float | None) -> None:
        try:
            parts = urlsplit(url)
            kind = {"http": HTTPConnection, "https": HTTPSConnection}[parts.scheme]
            self._new = partial(kind, parts.hostname or "127.0.0.1", parts.port, timeout=timeout)
            self._idle = [self._new()]
        except (KeyError, ValueError) as error:
            raise Unreachable(f"{url} is no http or https URL") from error
        self.url = url.rstrip("/")
        self._base = parts.path.rstrip("/")

    def call(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
        """Send a request once, never again, and decode the JSON of its answer; an empty answer is an empty text. Raises
        Refused for an HTTP status of 400 and above, Unreachable if no answer comes or if it is no JSON, OnLoop where an
        event loop runs.
        """
        refuse_on_loop(f"{method} {path}", "the call of an AsyncApplication (in pytest the fixture failover_async)")
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._new()
        try:
            if connection.sock and _readable(connection.sock):
                connection.close()  # the server closed it while it was idle
            connection.request(method, self._base + path, body, dict(headers))
            answer = connection.getresponse()
            text = answer.read()
        except BaseException as error:  # also Ctrl-C: what is under way on it is not the next call's
            connection.close()
            if isinstance(error, (HTTPException, OSError)):
                raise Unreachable(f"no emulator answers at {self.url}: {error}") from None
            raise
        self._idle.append(connection)
        try:
            decoded = json.decode(text) if text else ""
        except DecodeError as error:
            if answer.status < 400:
                raise Unreachable(f"no emulator answers at {self.url}: {error}") from None
            decoded = text.decode(errors="replace")
        if answer.status >= 400:
            raise Refused(answer.status, decoded)
        return decoded

    def close(self) -> None:
        """Close the connection; a later call opens it again."""
        for connection in self._idle:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"


def refuse_on_loop(call: str, instead: str) -> None:
    """Raises OnLoop if an event loop runs on this thread; the message says what to await `instead` of a call. Where
    nothing has imported asyncio, none runs.
    """
    if "asyncio" not in sys.modules:
        return
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise OnLoop(
        f"{call} would block the running event loop, and whatever webhook it serves: await {instead}, or make this "
        "call on a thread (asyncio.to_thread)"
    )


def _readable(connection: socket.socket) -> bool:
    """Whether anything has come, or the end. Not by select(), which knows no descriptor from 1,024 on."""
    with getattr(selectors, "PollSelector", selectors.SelectSelector)() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(0))
