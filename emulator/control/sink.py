"""The sink: a receiver of callbacks for users who have none yet. It keeps the latest posts that it got, as long as the
process runs, and answers as it was told to: at once, with an error, late, or not at all.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Annotated, Final

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import instants
from emulator.clock.clock import EVERYBODY, Clocks
from emulator.control import bodies
from emulator.http import events, messages
from emulator.http.log import hang_up

KEPT: Final = 500
"""How many posts are kept."""
SHOWN: Final = 65_536
"""How many bytes of a body are kept."""
SILENCE: Final = 10.0
"""After how many real seconds of silence the sink ends a connection."""


class SinkAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """How the sink answers: with this `status`, after so many real seconds (`delay`); or, if it is `silent`, never."""

    status: Annotated[int, Meta(ge=200, le=599)] = 200
    delay: Annotated[float, Meta(ge=0, le=SILENCE)] = 0
    silent: bool = False


class SinkQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of the sink's posts, the newest first: at most `limit`; numbered below `before`; with this `text` in
    their bodies.
    """

    text: str = ""
    before: bodies.Before | None = None
    limit: bodies.Page = 100


class Taken(Struct):
    """A callback was taken."""


class SinkPost(Struct):
    """A post that the sink got: its `number`, the time on the clock that all share, its headers, the text of its body,
    and the status that it was answered with; null if it was not.
    """

    number: int
    at: str
    headers: dict[str, str]
    body: str
    status: int | None


class SinkPosts(Struct):
    """Posts that the sink got, the newest first, and how it answers now."""

    posts: list[SinkPost]
    answer: SinkAnswer


class SinkDoor:
    """Takes posts, shows them, and lets users choose the answer. `closing` is set when the emulator stops."""

    def __init__(self, clocks: Clocks, closing: asyncio.Event) -> None:
        self._clocks = clocks
        self._closing = closing
        self._posts = deque[SinkPost](maxlen=KEPT)
        self._count = 0
        self._answer = SinkAnswer()

    async def take(self, request: Request) -> Response:
        """Accept any callback, and answer 200, or what PUT /sink/answer has said: a webhook receiver for users who have
        none yet.
        """
        posted = await messages.read(request.receive, request.app.state.settings.max_body)
        answer, self._count = self._answer, self._count + 1
        at = instants.written(self._clocks.now(EVERYBODY))
        text = posted[:SHOWN].decode(errors="replace")
        status = None if answer.silent else answer.status
        self._posts.append(SinkPost(self._count, at, dict(request.headers), text, status))
        seconds = SILENCE if answer.silent else answer.delay
        if seconds and (not await events.sleep_unless_closing(seconds, self._closing) or answer.silent):
            hang_up(request.scope)
        return Response(
            b"" if answer.status in (204, 205, 304) else b"{}", answer.status, media_type="application/json"
        )

    async def show(self, request: Request) -> Response:
        """Answer the latest posts that the sink got in this process's life, and how it answers now."""
        query = bodies.query(request, SinkQuery)
        wanted, text = query.before or bodies.LAST, query.text.casefold()
        found = [each for each in reversed(self._posts) if each.number < wanted and text in each.body.casefold()]
        return messages.good(SinkPosts(found[: query.limit], self._answer))

    async def change(self, request: Request) -> Response:
        """Choose how the sink answers from now on, and what it has got so far stays."""
        self._answer = await bodies.decoded(request, SinkAnswer, empty=SinkAnswer())
        return messages.good(self._answer)

    def forget(self) -> None:
        """Forget what came in, and answer as at first."""
        self._posts.clear()
        self._answer = SinkAnswer()
