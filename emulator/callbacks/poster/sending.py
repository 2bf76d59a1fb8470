"""A post under way, the receiver that it goes to, and what came of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from emulator.callbacks.poster.address import Address

if TYPE_CHECKING:
    from emulator.callbacks.poster.connection import Connection

SHOWN: Final = 200
"""How much of an answer's body is kept, in characters."""


class Reply(Struct, frozen=True, gc=False):
    """What came of one post: the HTTP status and the beginning of the answer's body; or no status, and in words why
    there is none. `ms` are the real milliseconds from the time at which its connection might be made to the status.
    `reached` says whether there was a connection.
    """

    status: int | None
    text: str
    ms: int
    reached: bool = True


class Target:
    """What all posts to one origin share: the connections that are `idle`, the posts that wait for one. `opened` counts
    its connections, with those that are being opened.
    """

    __slots__ = ("address", "idle", "looking_up", "opened", "waiting")

    def __init__(self, address: Address) -> None:
        self.address = address
        self.opened = 0
        self.idle: list[Connection] = []
        self.waiting: deque[Sending] = deque()
        self.looking_up = False


class Sending:
    """A post under way: `head` is the request up to the length of its body. `began` is the loop's time at which its
    time began; None while it waits, and when it is over. It has a `connection`, or an `opening` that makes one, or
    neither.
    """

    __slots__ = ("_done", "began", "body", "connection", "head", "opening", "receiver")

    def __init__(self, receiver: Target, head: bytes, body: bytes, done: Callable[[Reply], None]) -> None:
        self.receiver = receiver
        self.head = head
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
        self.began = self.connection = self.opening = None
        self.body = b""
        self._done(Reply(status, text, ms, reached))
