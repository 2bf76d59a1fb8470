"""How a post ended, as the poster tells the courier. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

SHOWN: Final = 200
"""How much of an answer's body is kept, in characters."""


class Reply(Struct, frozen=True, gc=False):
    """How one post ended: with an HTTP status and the first SHOWN characters of the body, or all of it, if the post is
    to get the `whole` answer; or with the status None and the reason in words. `ms` are the real milliseconds from when
    its connection could be made until the status came. `reached` is False if there was no connection.
    """

    status: int | None
    text: str
    ms: int
    reached: bool = True


class Forbidden(Reply, frozen=True, gc=False):
    """In place of a receiver's reply: its host is not among those that callbacks may go to, so nothing was posted, and
    nothing is retried. Its status is 0 in the journal.
    """
