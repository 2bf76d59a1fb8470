"""The door to the journal: a page of it, the requests in it, or all of it as it grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from msgspec import Struct, json
from msgspec.structs import asdict, replace
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import instants
from emulator.clock.clock import EVERYBODY
from emulator.control import bodies
from emulator.errors import Json
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.store.contract import Store
from emulator.store.records import JournalEntry, JournalQuery

TICK = 0.1
"""Real seconds between two looks at the journal, for a feed."""
REQUESTS = ("accepted", "refused", "token", "token refused")
"""The kinds of the journal's entries that tell of requests."""


class JournalParameters(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of the journal: `after` a number, oldest first, or `before` one, newest first; at most `limit` entries;
    of one `flow`, one `application`, of some `kind`s (between commas), from `since` to `until` (times such as
    2026-01-01T00:00Z).
    """

    after: bodies.Number = 0
    before: bodies.Number | None = None
    limit: bodies.Number = bodies.PAGE
    flow: str | None = None
    application: str | None = None
    kind: str = ""
    since: str = ""
    until: str = ""


class JournalDoor:
    """Shows the journal, or its requests, and streams it. `closing` is set when the emulator closes."""

    def __init__(self, store: Store, closing: asyncio.Event) -> None:
        self._store = store
        self._closing = closing

    async def journal(self, request: Request) -> Response:
        """Answer journal entries, oldest first; newest first if they are asked for before a number."""
        wanted = _lines(bodies.query(request, JournalParameters))
        found = await self._store.journal(wanted)
        shown = {"entries": [entry(each) for each in found], "next": found[-1].seq if found else wanted.after}
        return messages.good(shown | {"dropped": asdict(await self._store.dropped())})

    async def requests(self, request: Request) -> Response:
        """Answer the requests that came, accepted and refused, with the reason of each refusal; oldest first."""
        query = bodies.query(request, JournalParameters)
        wanted = replace(_lines(query), kinds=tuple(query.kind.split(",")) if query.kind else REQUESTS)
        found = await self._store.journal(wanted)
        return messages.good(
            {"requests": [entry(each) for each in found], "next": found[-1].seq if found else wanted.after}
        )

    async def feed(self, request: Request) -> Response:
        """Answer the journal as server-sent events, from `after` or Last-Event-ID on, and each entry as it comes."""
        wanted = _lines(bodies.query(request, JournalParameters))
        wanted = replace(wanted, limit=max(1, wanted.limit), before=None)
        last = request.headers.get("last-event-id", "")
        if last.isascii() and last.isdigit() and len(last) <= 18:
            wanted = replace(wanted, after=int(last))
        return messages.stream(self._events(wanted))

    async def _events(self, wanted: JournalQuery) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        while not self._closing.is_set():
            latest = await self._store.latest()
            found = await self._store.journal(wanted)
            for each in found:
                yield b"id: %d\nevent: entry\ndata: %b\n\n" % (each.seq, json.encode(entry(each)))
            wanted = replace(wanted, after=found[-1].seq if found else max(wanted.after, latest))
            if len(found) < wanted.limit:
                await messages.passed(TICK, self._closing)


def _lines(query: JournalParameters) -> JournalQuery:
    kinds = tuple(kind.strip() for kind in query.kind.split(",") if kind.strip())
    since, until = _time("since", query.since), _time("until", query.until)
    limit = min(query.limit, bodies.PAGE)
    application = query.application or EVERYBODY
    return JournalQuery(query.after, limit, query.flow or None, application, kinds, since, until, query.before)


def _time(name: str, text: str) -> int | None:
    try:
        return instants.read(text) if text else None
    except (ValueError, OverflowError) as error:
        raise Problem(400, f"{name} must be a time such as 2026-01-01T00:00Z; it is '{text}'") from error


def entry(numbered: JournalEntry) -> Json:
    """A journal entry as it is shown."""
    return {
        "seq": numbered.seq,
        "at": instants.written(numbered.at),
        "kind": numbered.kind,
        "application": numbered.application or None,
        "flow": numbered.flow,
        "data": numbered.data,
    }
