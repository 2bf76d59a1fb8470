"""The door to what is to come: the next events on a clock, in words, so that one can go there."""

from __future__ import annotations

import asyncio
from typing import Final

from msgspec import UNSET, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import instants
from emulator.clock.clock import Clocks
from emulator.control import bodies, known
from emulator.flow.reply import REPLY
from emulator.flow.state import KEYS, MACHINE, SAID, START, TTL, Flow
from emulator.flow.verification import EXPIRY
from emulator.http import messages
from emulator.store.contract import Store
from emulator.store.records import CallbackRecord

_WORDS: Final = {
    START: "the flow starts",
    TTL: "the ttl of {channel} ends",
    EXPIRY: "the code expires",
    KEYS: "the recipient presses {detailed}",
    MACHINE: "a machine is found to have answered",
    SAID: "the call ends, since all is said",
    REPLY: "the recipient writes back",
}
"""What an item of an agenda is, by its status; any other is a report."""


class UpcomingQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of what is to come: at most `limit` events, on the clock that this `application` goes by; without it, on
    the shared one.
    """

    application: str | None = None
    limit: bodies.Page = 20


class Coming(Struct, frozen=True):
    """An event to come: when, of which `flow` to whom, of which application, and what, in words."""

    at: str
    flow: str
    application: str
    to: str
    text: str


class Upcoming(Struct, frozen=True):
    """The next event of each flow, and the next attempt at each callback, in their order; those of the clock of one
    `application` (null: the shared one). `note` doubts an application of which nothing is known.
    """

    application: str | None
    events: list[Coming]
    note: str | UnsetType = UNSET


class UpcomingDoor:
    """Shows what is to come."""

    def __init__(self, store: Store, clocks: Clocks) -> None:
        self._store = store
        self._clocks = clocks

    async def show(self, request: Request) -> Response:
        """Answer what happens next on a clock: reports, ends of ttls, attempts at callbacks. What follows from them is
        not known before.
        """
        query = bodies.query(request, UpcomingQuery)
        clock = self._clocks.name(query.application or "")
        flows, posts = await self._store.upcoming(clock, query.limit)
        found = [(each.due_at or 0, _event(each)) for each in flows]
        told = await asyncio.gather(*(self._store.flow(post.flow) for post in posts))
        found += [(post.due_at or 0, _attempt(post, flow)) for post, flow in zip(posts, told, strict=True)]
        events = [event for _, event in sorted(found, key=lambda each: each[0])][: query.limit]
        note = await known.doubt(self._store, query.application, self._clocks.names())
        return messages.good(Upcoming(clock or None, events, note))


def _event(flow: Flow) -> Coming:
    item = flow.agenda[0]
    step = flow.request.flow[item.step]
    words = _WORDS.get(item.status, "{channel} reports {status}")
    text = words.format(channel=step.channel, status=item.status, detailed=item.detailed)
    return Coming(instants.written(item.at), flow.id, flow.application, str(step.to), text)


def _attempt(post: CallbackRecord, flow: Flow | None) -> Coming:
    to = "" if flow is None else str(flow.request.flow[0].to)
    text = f"attempt {post.attempts + 1} at a callback to {post.url}"
    return Coming(instants.written(post.due_at or 0), post.flow, post.application, to, text)
