"""One post under way, and what came of it. They know nothing of connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from emulator.poster.address import Address

if TYPE_CHECKING:
    from emulator.poster.connection import Connection

SHOWN: Final = 200
"""How much of an answer's body is kept, in characters."""


class Answer(Struct, frozen=True):
    """What came of one post: the HTTP status and the beginning of the answer's body; or no status, and in words why
    there is none. `ms` are the real milliseconds from the time at which its connection might be made to the status.
    `reached` says whether there was a connection.
    """

    status: int | None
    text: str
    ms: int
    reached: bool = True


class Sending:
    """A post under way. `began` is the loop's time at which its time began; None while it waits, and when it is over.
    It has a `connection`, or an `opening` that makes one, or neither while it waits.
    """

    __slots__ = ("_done", "address", "began", "body", "connection", "opening")

    def __init__(self, address: Address, body: bytes, done: Callable[[Answer], None]) -> None:
        self.address = address
        self.body = body
        self.began: float | None = None
        self.connection: Connection | None = None
        self.opening: asyncio.Task[None] | None = None
        self._done = done

    def wait(self) -> None:
        """Have no time limit and no connection."""
        self.began = self.connection = self.opening = None

    def end(self, now: float, status: int | None, text: str, *, reached: bool = True) -> None:
        """Be over, at this time of the loop."""
        ms = 0 if self.began is None else round((now - self.began) * 1000)
        self.wait()
        self.body = b""
        self._done(Answer(status, text, ms, reached))
