"""The door to the board, which shows where all flows stand: read once, or streamed as it changes.

The stream polls: it reads the board again when the journal has grown, then rests for 20 times as long as the read took.
Viewers of the same board share what is read: they cost at most 5 % of the emulator's time together, however many flows
there are. Each event is a whole board, so a viewer who misses one is up to date with the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from msgspec import UNSET, Struct, UnsetType, json
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from emulator.channels.table import Channel
from emulator.clock import instants
from emulator.control import bodies, journal, known, narrowing
from emulator.control.narrowing import Filters, FlowsQuery
from emulator.control.watching import Watch, Watched
from emulator.engine.library import Library
from emulator.flow.content import text
from emulator.flow.state import Flow
from emulator.http import events, messages
from emulator.store.contract import Store
from emulator.store.found import Group
from emulator.store.records import Search

LANES = ("Queued", "Viber", "Sms", "Voice", "Succeeded", "Failed")
"""The lanes: a flow's first step is held back, it is on one of the channels, or it has ended."""

TICK = 0.2
"""The least time between two reads of the board, in real seconds."""
REST = 20
"""How many times as long as a read the rest after it is."""
TEXT = 120
"""How many characters of a message's text a card shows."""


class BoardQuery(Filters, frozen=True, forbid_unknown_fields=True):
    """A query of the board: at most `limit` cards in each lane; narrowed by `application`, `status`, `to`, `channel`,
    `scenario`, `search` (a part of id, recipient or request), `rescued` (a channel that reached whom the first did not,
    or any), `webhooks` (failing), `since` and `until` (times such as 2026-01-01T00:00Z); each is optional.
    """

    limit: bodies.Page = 30


class Tried(Struct, frozen=True):
    """A started step on a card: its channel and the status of its message."""

    channel: Channel
    status: str


class Card(Struct, frozen=True, rename="camel"):
    """A flow in short. `channels` are those of its steps in the order in which they may run; `tried` has the started
    steps. `why` says why it failed; empty if it did not.
    """

    id: str
    application: str
    status: str
    status_code: str | None
    to: str
    text: str
    channels: list[Channel]
    tried: list[Tried]
    why: str
    scenario: str
    created_at: str
    updated_at: str
    next_due: str | None


class Column(Struct, frozen=True):
    """A lane: its name, its number of flows, and the cards of the latest."""

    name: str
    count: int
    cards: list[Card]


class Board(Struct, frozen=True):
    """All lanes, the number of the journal's `latest` entry, and how many finished flows the store has `dropped`.
    `note` doubts an application of which nothing is known.
    """

    latest: int
    dropped: int
    lanes: list[Column]
    note: str | UnsetType = UNSET


class CardsPage(Struct, frozen=True):
    """A page of cards, and how many flows were found in all (`total`); `note` doubts an application of which nothing is
    known.
    """

    total: int
    cards: list[Card]
    note: str | UnsetType = UNSET


class BoardDoor:
    """Shows the board and streams it. `closing` is set when the emulator stops."""

    def __init__(self, closing: asyncio.Event, watch: Watch, store: Store, library: Library) -> None:
        self._closing = closing
        self._watch = watch
        self._watched: dict[Search, Watched] = {}
        self._store = store
        self._library = library

    async def show(self, request: Request) -> Response:
        """Answer where all flows stand: for each lane its number of flows and the cards of the latest."""
        wanted = await self._search(request)
        board = await self._board(wanted)
        found = any(lane.count for lane in board.lanes)
        note = UNSET if found else await known.doubt(self._store, wanted.application)
        return messages.good(replace(board, note=note))

    async def list(self, request: Request) -> Response:
        """Answer flows in short, as cards, page by page."""
        query = bodies.query(request, FlowsQuery)
        page = await self._store.search(await narrowing.page(query, self._store, self._library))
        note = UNSET if page.total else await known.doubt(self._store, query.application)
        reasons = await journal.reasons(page.flows, self._store)
        cards = [_card(each, reasons.get(each.id, "")) for each in page.flows]
        return messages.good(CardsPage(page.total, cards, note))

    async def feed(self, request: Request) -> Response:
        """Stream the board as server-sent events, one whenever it has changed; the event's id is the number of the
        journal's last entry.
        """
        return events.Stream(self._events(await self._search(request)))

    async def _events(self, wanted: Search) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        watched, told = self._watched.setdefault(wanted, Watched()), -1
        watched.feeds += 1
        try:
            while not self._closing.is_set():
                await self._look(wanted, watched)
                if watched.latest != told:
                    told = watched.latest
                    yield watched.event
                await events.sleep_unless_closing(TICK, self._closing)
        finally:
            watched.feeds -= 1
            if not watched.feeds:
                del self._watched[wanted]

    async def _look(self, wanted: Search, watched: Watched) -> None:
        """Read a board that feeds watch again, if the journal has grown, and the last read was long enough ago."""
        latest, clock = await self._watch.latest(), asyncio.get_running_loop().time
        async with watched.turn:
            if latest > watched.latest and (began := clock()) >= watched.rested:
                board = await self._board(wanted)
                watched.latest = board.latest
                watched.event = b"id: %d\nevent: board\ndata: %b\n\n" % (board.latest, json.encode(board))
                watched.rested = clock() + REST * (clock() - began)

    async def _search(self, request: Request) -> Search:
        query = bodies.query(request, BoardQuery)
        return replace(await narrowing.search(query, self._store, self._library), size=query.limit)

    async def _board(self, wanted: Search) -> Board:
        latest = await self._store.latest()
        groups, dropped = await asyncio.gather(self._store.grouped(wanted), self._store.dropped())
        found = {group.name: group for group in groups}
        lanes = [found.get(lane) or Group(lane, 0, []) for lane in LANES]
        reasons = await journal.reasons((flow for lane in lanes for flow in lane.flows), self._store)
        columns = [
            Column(lane.name, lane.count, [_card(flow, reasons.get(flow.id, "")) for flow in lane.flows])
            for lane in lanes
        ]
        return Board(latest, dropped.flows, columns)


def _card(flow: Flow, why: str) -> Card:
    step = flow.step(flow.messages[-1]) if flow.messages else flow.request.flow[0]
    return Card(
        id=flow.id,
        application=flow.application,
        status=flow.status,
        status_code=flow.status_code,
        to=str(step.to),
        text=text(step)[:TEXT],
        channels=[each.channel for each in sorted(flow.request.flow, key=lambda each: each.order)],
        tried=[Tried(flow.step(message).channel, message.status) for message in flow.messages],
        why=why,
        scenario=flow.scenario,
        created_at=instants.written(flow.created_at),
        updated_at=instants.written(flow.updated_at),
        next_due=None if flow.due_at is None else instants.written(flow.due_at),
    )
