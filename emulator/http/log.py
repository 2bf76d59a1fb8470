"""The log of requests: a line for each, with its method, path and status, its application, and what became of it.

A request that is shown costs some microseconds, so of each status at most LINES are shown in a second, and beyond them
those with words that no line of that second has, such as a remark or another reason to refuse: NEWS at most. The others
are counted, which costs next to nothing, and told in one line at the second's end. With the level debug all are shown,
and those that only read the emulator's own API. Nothing here knows what a request means: doors say it in `about`.
Each answer is counted, shown or not, by method, endpoint and status. So is a request whose connection is closed without
an answer, as a scenario may have it: CLOSED stands for the status that it has not.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import Any, Final

from msgspec import Struct
from starlette.types import Message, Scope, Send

from emulator.errors import plural
from emulator.http.protocol import HANG_UP

LINES: Final = 10
"""How many requests of one status are shown in a second, whatever their words."""
NEWS: Final = 100
"""How many different words about requests of one status are shown in a second."""
SECOND: Final = 1.0
CLOSED: Final = 0
"""In place of a status: the connection was closed without an answer."""
QUIET: Final = 60.0
"""Real seconds between two lines about too many connections."""
_SHOWN: Final = 500
"""How many characters of a path or of the words about a request are shown."""
_ABOUT: Final = "emulator.about"
_UNTOLD: Final = "emulator.untold"
"""Where the scope of a request has the log that has not shown it yet."""

log = logging.getLogger(__name__)


class About(Struct):
    """What a door says about a request: its application, the id of its flow, and in `words` what became of it."""

    application: str = ""
    flow: str = ""
    words: str = ""


def about(scope: Scope) -> About:
    """What is said about the request of this scope; doors write into it before they answer."""
    said: About = scope.setdefault(_ABOUT, About())
    return said


def say(scope: Scope, said: About) -> None:
    """Say this about the request of this scope."""
    scope[_ABOUT] = said


def hang_up(scope: Scope) -> None:
    """Close the connection of a request, after what was sent. One that has no answer yet is shown and counted."""
    requests: RequestLog | None = scope.pop(_UNTOLD, None)
    if requests is not None:
        requests.tell(scope, CLOSED)
    scope["extensions"][HANG_UP]["close"]()


class RequestLog:
    """The lines about the requests to one server. Needs a running event loop when a request comes. `answered` counts
    all by status or CLOSED, of each method and endpoint (what answered; None if nothing did, or who asked was refused
    before).
    """

    def __init__(self) -> None:
        self.answered: defaultdict[tuple[str, Any], defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        self._left: dict[int, int] = {}
        self._words: dict[int, set[str]] = {}
        self._untold: dict[int, int] = {}
        self._second: asyncio.TimerHandle | None = None
        self._all = False
        self._crowded_at = -QUIET

    def wants(self, status: int, words: str = "") -> bool:
        """Whether a request that was answered with this status, about which these words are said, is to be shown; if
        not, it is counted.
        """
        words = words[:_SHOWN]
        left = self._left.get(status, LINES)
        if self._second is None:
            self._all = log.isEnabledFor(logging.DEBUG)
            self._second = asyncio.get_running_loop().call_later(SECOND, self._end)
        if words and words not in (told := self._words.setdefault(status, set())):
            if len(told) < NEWS:
                told.add(words)
                self._left[status] = left - 1 if left > 0 else left
                return True
            self._untold[status] = self._untold.get(status, 0) + 1
        self._left[status] = left - 1
        return left > 0 or self._all

    def show(self, method: str, path: str, status: int, said: About, *, minor: bool = False) -> None:
        """Write the line of a request."""
        fields = {"method": method, "path": path[:_SHOWN]} | _field(status)
        more = {"application": said.application, "flow": said.flow, "words": said.words[:_SHOWN]}
        given = {name: value for name, value in more.items() if value}
        shown = [method, path[:_SHOWN], status or "closed", *(v[:8] if n == "flow" else v for n, v in given.items())]
        log.log(_level(status, minor=minor), " ".join(["%s"] * len(shown)), *shown, extra={"fields": fields | given})

    def unreadable(self, why: str) -> None:
        """Show that bytes came which are no request, and were answered 400."""
        self.answered["", None][400] += 1
        if self.wants(400, why):
            log.warning("HTTP 400 %s", why, extra={"fields": {"status": 400, "words": why}})

    def crowded(self, opened: int) -> None:
        """Tell that connections are closed since so many others are open, once in a while."""
        now = asyncio.get_running_loop().time()
        if now - self._crowded_at >= QUIET:
            self._crowded_at = now
            log.warning("%d connections are open, as many as there may be: others are closed", opened)

    def shown(self, scope: Scope, send: Send, *, minor: bool) -> Send:
        """Sends the answer to a request, and shows the request when that begins, unless `hang_up` has shown it before.
        A `minor` one is shown with the level debug only.
        """
        scope[_UNTOLD] = self

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and scope.pop(_UNTOLD, None):
                self.tell(scope, message["status"], minor=minor)
            await send(message)

        return noted

    def tell(self, scope: Scope, status: int, *, minor: bool = False) -> None:
        """Count a request that has this status or CLOSED, and show it if it is to be shown."""
        self.answered[scope["method"], scope.get("endpoint")][status] += 1
        level = _level(status, minor=minor)
        if log.isEnabledFor(level):
            said = about(scope)
            if level == logging.DEBUG or self.wants(status, said.words):
                self.show(scope["method"], scope["path"], status, said, minor=minor)

    def close(self) -> None:
        """Tell of the requests that were counted and not shown yet."""
        if self._second is not None:
            self._second.cancel()
            self._end()

    def _end(self) -> None:
        self._second = None
        if not self._all:
            for status, left in self._left.items():
                if left < 0:
                    more = _field(status) | {"count": -left}
                    how = f"answered {status}" if status else "closed without an answer"
                    told = f"{plural(-left, 'more request')} {how} within a second"
                    if untold := self._untold.get(status):
                        more["untold"] = untold
                        told += f", {untold} of them with words that no line has"
                    log.log(_level(status), "%s; --log-level debug shows each", told, extra={"fields": more})
        for counted in (self._left, self._words, self._untold):
            counted.clear()


def _field(status: int) -> dict[str, object]:
    """The field of a line for machines that tells a status, or CLOSED."""
    return {"status": status} if status else {"closed": True}


def _level(status: int, *, minor: bool = False) -> int:
    """The level of the line about a request that was answered with this status, or CLOSED."""
    if status >= 400 or status == CLOSED:
        return logging.WARNING
    return logging.DEBUG if minor else logging.INFO
