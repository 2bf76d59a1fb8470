"""The door to the journal: a page of entries, only those about requests, or a stream of entries as they are written.

The kinds of entries, their members and their words are known to the room `journal`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from typing import Annotated

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, json
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import instants
from emulator.clock.clock import EVERYBODY, Clocks
from emulator.control import bodies, known
from emulator.control.watching import TICK, Watch
from emulator.flow.state import Flow, FlowStatus
from emulator.http import events, messages
from emulator.journal import words
from emulator.journal.entry import Kind
from emulator.journal.kinds import SHAPES
from emulator.provider.errors import Problem
from emulator.store.contract import Store
from emulator.store.records import Dropped, JournalEntry, JournalQuery
from emulator.validation.hints import meant, quoted

PAGE_BYTES = 4 * 1024 * 1024
"""After how many bytes of entries a page ends, so that large bodies don't add up; the next page goes on from there."""
FEED_BYTES = 256 * 1024
"""The same of what a stream reads at a time, of which each reader that does not read holds as much."""
REQUESTS = (Kind.ACCEPTED, Kind.REFUSED, Kind.TOKEN, Kind.TOKEN_REFUSED)
"""The kinds of journal entries that are about clients' requests."""
_KINDS = "; ".join(
    f"{kind}: {' '.join((shape.__doc__ or '').split()).partition('. ')[0]}" for kind, shape in SHAPES.items()
)


class FeedQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of the journal's feed: entries numbered above `after`; only those of one `flow`, of one `application`, of
    the given `kind`s (with commas between them), from `since` to `until` (times such as 2026-01-01T00:00Z), with this
    `text` in their words, their data, their flow's id or their application.
    """

    after: bodies.Number = 0
    flow: bodies.Name | None = None
    application: str | None = None
    kind: Annotated[bodies.Name | None, Meta(description=f"Kinds between commas, of {', '.join(SHAPES)}.")] = None
    since: str = ""
    until: str = ""
    text: str = ""


class JournalParameters(FeedQuery, frozen=True, forbid_unknown_fields=True):
    """A query of the journal: entries numbered above `after`, oldest first, or below `before`, newest first; at most
    `limit` of them; only those of one `flow`, of one `application`, of the given `kind`s (with commas between them),
    from `since` to `until` (times such as 2026-01-01T00:00Z), with this `text` in their words, their data, their flow's
    id or their application.
    """

    before: bodies.Before | None = None
    limit: bodies.Page = bodies.PAGE


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
    """A page of the journal's `entries`. Pass `next`, the number of the last one, as `after` to read on; `more` says
    that there may be more: a page ends at the limit, or when its entries have 4 MiB. `dropped`
    counts the finished flows and the entries that the emulator no longer keeps; unless both are 0, there was more.
    `restarted` says that `after` was of another store, such as one in memory before a restart, so the page begins at
    the beginning. `note` doubts an application of which nothing is known.
    """

    entries: list[ShownEntry]
    next: int
    more: bool
    dropped: Dropped
    restarted: bool
    note: str | UnsetType = UNSET


class RequestsPage(Struct, frozen=True):
    """A page of journal entries about `requests`. Pass `next`, the number of the last one, as `after` to read on;
    `more`, `restarted` and `note` are as in the journal.
    """

    requests: list[ShownEntry]
    next: int
    more: bool
    restarted: bool
    note: str | UnsetType = UNSET


class JournalDoor:
    """Shows the journal and streams it. `closing` is set when the emulator stops."""

    def __init__(self, store: Store, watch: Watch, clocks: Clocks, closing: asyncio.Event) -> None:
        self._store = store
        self._watch = watch
        self._clocks = clocks
        self._closing = closing

    async def journal(self, request: Request) -> Response:
        """Answer journal entries, oldest first; with `before`, newest first."""
        wanted, restarted = await self._page(request, SHAPES)
        shown, last, more, note = await self._read(wanted)
        return messages.good(JournalPage(shown, last, more, await self._store.dropped(), restarted, note))

    async def requests(self, request: Request) -> Response:
        """Answer the requests of clients, accepted and refused, with the reason for each refusal; oldest first."""
        wanted, restarted = await self._page(request, REQUESTS)
        shown, last, more, note = await self._read(replace(wanted, kinds=wanted.kinds or REQUESTS))
        return messages.good(RequestsPage(shown, last, more, restarted, note))

    async def _page(self, request: Request, known_kinds: Collection[str]) -> tuple[JournalQuery, bool]:
        """The store's query for a page, and whether it begins at the beginning, since its `after` is of another store.
        Raises Problem.
        """
        query = bodies.query(request, JournalParameters)
        bodies.some_between(query.after, query.before)
        restarted = query.after > await self._store.latest()
        wanted = replace(await self._wanted(query, known_kinds), before=query.before, limit=query.limit)
        wanted = replace(wanted, size=PAGE_BYTES)
        return replace(wanted, after=0) if restarted else wanted, restarted

    async def _wanted(self, query: FeedQuery, known_kinds: Collection[str]) -> JournalQuery:
        """The store's query. Raises Problem 400 for an unknown kind, for a time that can't be read, and for what no
        entry can meet; 404 for an unknown flow.
        """
        kinds = _kinds(query.kind, known_kinds)
        since, until = bodies.period(query.since, query.until)
        flow = query.flow and (await known.flow(self._store, query.flow, query.application)).id
        application = query.application or EVERYBODY
        wanted = JournalQuery(query.after, bodies.PAGE, flow, application, kinds, since, until, size=FEED_BYTES)
        return replace(wanted, text=query.text)

    async def _read(self, wanted: JournalQuery) -> tuple[list[ShownEntry], int, bool, str | UnsetType]:
        """The entries that a query finds, the number of the last one, whether there may be more, and a doubt."""
        entries = await self._store.journal(wanted)
        last = entries[-1].seq if entries else wanted.after
        note = UNSET if entries else await known.doubt(self._store, wanted.application, self._clocks.names())
        return [entry(each) for each in entries], last, wanted.cut(entries), note

    async def feed(self, request: Request) -> Response:
        """Stream the journal as server-sent events: the entries after `after` or Last-Event-ID, then new ones as they
        are written. An event's id is the entry's number and a mark of the store. If the number is of another store,
        such as one in memory before a restart, an event `restarted` says so, and the stream begins at the beginning.
        """
        wanted = await self._wanted(bodies.query(request, FeedQuery), SHAPES)
        store = await self._store.fact("store", f"{self._clocks.real():x}")
        last = request.headers.get("last-event-id") or f"{wanted.after}-{store}"
        number, _, of = last.partition("-")
        known_here = number.isascii() and number.isdigit() and of in ("", store)
        after = int(number[:18]) if known_here else 0
        restarted = not known_here or after > await self._store.latest()
        wanted = replace(wanted, after=0 if restarted else after)
        return events.Stream(self._events(wanted, store, restarted=last if restarted else ""))

    async def _events(self, wanted: JournalQuery, store: str, *, restarted: str) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        if restarted:
            detail = f"{restarted} is of another store: here are all entries, from the beginning"
            yield b"event: restarted\ndata: %b\n\n" % json.encode({"detail": detail})
        seen = -1
        while not self._closing.is_set():
            latest, more = await self._watch.latest(), False
            if latest > seen:
                entries = await self._store.journal(wanted)
                for each in entries:
                    told = each.seq, store.encode(), json.encode(entry(each))
                    yield b"id: %d-%b\nevent: entry\ndata: %b\n\n" % told
                more = wanted.cut(entries)
                wanted = replace(wanted, after=entries[-1].seq if entries else max(wanted.after, latest))
            if not more:
                seen = latest
                await events.sleep_unless_closing(TICK, self._closing)


async def reasons(failed: Iterable[Flow], store: Store) -> dict[str, str]:
    """Why each of these flows failed, by its id, in the journal's words."""
    names = tuple(flow.id for flow in failed if flow.status is FlowStatus.FAILED)
    wanted = JournalQuery(flows=names, kinds=(Kind.COMPLETED, Kind.CANCELLED), limit=bodies.LAST)
    entries = await store.journal(wanted) if names else []
    return {each.flow or "": words.why(each.kind, each.data) for each in entries}


def _kinds(text: str | None, known: Collection[str]) -> tuple[str, ...]:
    """The kinds between the commas of a text. Raises Problem 400 for one that is not among the known ones."""
    kinds = tuple(each.strip() for each in text.split(",")) if text is not None else ()
    for kind in kinds:
        if kind not in known:
            raise Problem(400, f"there are no such entries of kind {quoted(kind)}{meant(kind, known)}")
    return kinds


def entry(stored: JournalEntry) -> ShownEntry:
    """A stored journal entry as the API shows it. Of one that can't be read, the text says so."""
    try:
        text, data = words.text(stored.kind, stored.data), stored.data
    except (ValueError, LookupError) as error:
        there = bytes(stored.data).decode(errors="replace")
        text, data = f"this entry can't be read from the store: {error}", Raw(json.encode({"unreadable": there}))
    at = instants.written(stored.at)
    return ShownEntry(stored.seq, at, stored.kind, stored.application or None, stored.flow, text, data)
