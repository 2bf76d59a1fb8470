"""The door to the journal: a page of entries, only those about requests, or a stream of entries as they are written.

The kinds of entries, their members and their words are known to the room `journal`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from msgspec import Meta, Raw, Struct, json
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import instants
from emulator.clock.clock import EVERYBODY
from emulator.control import bodies
from emulator.http import messages
from emulator.journal import words
from emulator.journal.entry import Kind
from emulator.journal.kinds import SHAPES
from emulator.provider.errors import Problem
from emulator.store.contract import Store
from emulator.store.records import Dropped, JournalEntry, JournalQuery
from emulator.validation.hints import quoted

TICK = 0.1
"""The time between two reads of the journal for a stream, in real seconds."""
REQUESTS = (Kind.ACCEPTED, Kind.REFUSED, Kind.TOKEN, Kind.TOKEN_REFUSED)
"""The kinds of journal entries that are about clients' requests."""
_KINDS = "; ".join(
    f"{kind}: {' '.join((shape.__doc__ or '').split()).partition('. ')[0]}" for kind, shape in SHAPES.items()
)


class JournalParameters(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of the journal: entries numbered above `after`, oldest first, or below `before`, newest first; at most
    `limit` of them; only those of one `flow`, of one `application`, of the given `kind`s (with commas between them),
    from `since` to `until` (times such as 2026-01-01T00:00Z).
    """

    after: bodies.Number = 0
    before: bodies.Number | None = None
    limit: bodies.Number = bodies.PAGE
    flow: str | None = None
    application: str | None = None
    kind: Annotated[str, Meta(description=f"Kinds between commas, of {', '.join(SHAPES)}.")] = ""
    since: str = ""
    until: str = ""


class ShownEntry(Struct, frozen=True):
    """A journal entry: its number `seq`, the time `at` on the application's clock, its `kind`, its `application` and
    `flow` (null if it belongs to none), what happened as a `text` that follows the kind, and the `data` of its kind.
    """

    seq: int
    at: str
    kind: Annotated[str, Meta(description=_KINDS)]
    application: str | None
    flow: str | None
    text: str
    data: Raw


class JournalPage(Struct, frozen=True):
    """A page of the journal's `entries`. Pass `next`, the number of the last one, as `after` to read on. `dropped`
    counts the finished flows and the entries that the emulator no longer keeps; unless both are 0, there was more.
    """

    entries: list[ShownEntry]
    next: int
    dropped: Dropped


class RequestsPage(Struct, frozen=True):
    """A page of journal entries about `requests`. Pass `next`, the number of the last one, as `after` to read on."""

    requests: list[ShownEntry]
    next: int


class JournalDoor:
    """Shows the journal and streams it. `closing` is set when the emulator stops."""

    def __init__(self, store: Store, closing: asyncio.Event) -> None:
        self._store = store
        self._closing = closing

    async def journal(self, request: Request) -> Response:
        """Answer journal entries, oldest first; with `before`, newest first."""
        shown, last = await self._read(_wanted(bodies.query(request, JournalParameters)))
        return messages.good(JournalPage(shown, last, await self._store.dropped()))

    async def requests(self, request: Request) -> Response:
        """Answer the requests of clients, accepted and refused, with the reason for each refusal; oldest first."""
        wanted = _wanted(bodies.query(request, JournalParameters))
        return messages.good(
            RequestsPage(*await self._read(wanted if wanted.kinds else replace(wanted, kinds=REQUESTS)))
        )

    async def _read(self, wanted: JournalQuery) -> tuple[list[ShownEntry], int]:
        """The entries that a query finds, and the number of the last one."""
        entries = await self._store.journal(wanted)
        return [entry(each) for each in entries], entries[-1].seq if entries else wanted.after

    async def feed(self, request: Request) -> Response:
        """Stream the journal as server-sent events: the entries after `after` or Last-Event-ID, then new ones as they
        are written.
        """
        wanted = _wanted(bodies.query(request, JournalParameters))
        wanted = replace(wanted, limit=max(1, wanted.limit), before=None)
        last = request.headers.get("last-event-id", "")
        if last.isascii() and last.isdigit() and len(last) <= 18:
            wanted = replace(wanted, after=int(last))
        return messages.stream(self._events(wanted))

    async def _events(self, wanted: JournalQuery) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        while not self._closing.is_set():
            latest = await self._store.latest()
            entries = await self._store.journal(wanted)
            for each in entries:
                yield b"id: %d\nevent: entry\ndata: %b\n\n" % (each.seq, json.encode(entry(each)))
            wanted = replace(wanted, after=entries[-1].seq if entries else max(wanted.after, latest))
            if len(entries) < wanted.limit:
                await messages.passed(TICK, self._closing)


def _wanted(query: JournalParameters) -> JournalQuery:
    """The store's query. Raises Problem 400 for an unknown kind and for a time that can't be read."""
    kinds = tuple(kind for each in query.kind.split(",") if (kind := each.strip()))
    for kind in kinds:
        if kind not in SHAPES:
            raise Problem(400, f"there are no journal entries of kind '{kind}'; the kinds are {', '.join(SHAPES)}")
    since, until = _time("since", query.since), _time("until", query.until)
    limit = min(query.limit, bodies.PAGE)
    application = query.application or EVERYBODY
    return JournalQuery(query.after, limit, query.flow or None, application, kinds, since, until, query.before)


def _time(name: str, text: str) -> int | None:
    try:
        return instants.read(text) if text else None
    except (ValueError, OverflowError) as error:
        raise Problem(400, f"{name} must be {instants.expected(text)}; it is {quoted(text)}") from error


def entry(stored: JournalEntry) -> ShownEntry:
    """A stored journal entry as the API shows it."""
    return ShownEntry(
        stored.seq,
        instants.written(stored.at),
        stored.kind,
        stored.application or None,
        stored.flow,
        words.text(stored.kind, stored.data),
        stored.data,
    )
