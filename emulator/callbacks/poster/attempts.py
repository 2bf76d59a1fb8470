"""An attempt to post that is under way, and the origin that it goes to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from emulator.callbacks.poster.address import Address
from emulator.callbacks.reply import Reply

if TYPE_CHECKING:
    from emulator.callbacks.poster.connection import Connection

UNWANTED: Final = "it is not wanted any more"
"""The reply to a post that was not made."""


class Origin:
    """What the posts to one origin share: its `idle` connections, the posts `waiting` for one, and whether its name is
    being looked up. `opened` counts its connections, those being opened included. `answered` is the loop's time of the
    last status that came.
    """

    __slots__ = ("address", "answered", "idle", "looking_up", "opened", "waiting")

    def __init__(self, address: Address) -> None:
        self.address = address
        self.answered = 0.0
        self.opened = 0
        self.idle: list[Connection] = []
        self.waiting: deque[Sending] = deque()
        self.looking_up = False


class Sending:
    """A post that is not over yet. `head` is the request up to the length of its body; `whole` says whether all of the
    answer is wanted. It is made if it is `wanted` when its turn has come.

    It waits until it is given a `connection`, or an `opening`: the task that opens one. `began` is the loop's time of
    that, from which its time limit counts; None while it waits and when it is over.
    """

    __slots__ = ("_done", "began", "body", "connection", "head", "opening", "origin", "wanted", "whole")

    def __init__(  # noqa: PLR0913  # what there is to know of a post
        self,
        origin: Origin,
        head: bytes,
        body: bytes,
        done: Callable[[Reply], None],
        *,
        whole: bool = False,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        self.whole = whole
        self.wanted = wanted
        self.origin = origin
        self.head = head
        self.body = body
        self.began: float | None = None
        self.connection: Connection | None = None
        self.opening: asyncio.Task[None] | None = None
        self._done = done

    def wait(self) -> None:
        """Go back to waiting: without a connection, and with no time limit running."""
        self.began = self.connection = self.opening = None

    def anew(self) -> Sending:
        """The same post as one that waits. This one is never reported, and a connection that was opened for it makes
        no post.
        """
        self.wait()
        return Sending(self.origin, self.head, self.body, self._done, whole=self.whole, wanted=self.wanted)

    def forgo(self, now: float) -> None:
        """Be over at this time of the loop without having been made."""
        self.end(now, None, UNWANTED, reached=False)

    def end(self, now: float, status: int | None, text: str, *, reached: bool = True) -> None:
        """Be over at this time of the loop, and report the reply. See `Reply`."""
        ms = 0 if self.began is None else round((now - self.began) * 1000)
        self.began = self.connection = self.opening = None
        self.body = b""
        self._done(Reply(status, text, ms, reached))
