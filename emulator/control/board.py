"""The doors to where all flows stand: a board of lanes, asked for once or told of as it changes.

Nothing is pushed here: a board is read anew when the journal has grown, and a look is followed by a rest of many times
its length, so that whoever watches costs the emulator little, however many flows there are. Each board told is whole;
so nobody who misses one is wrong for longer than until the next.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator

from msgspec import Struct, json
from starlette.requests import Request
from starlette.responses import Response

from emulator.channels.table import Channel
from emulator.clock import instants
from emulator.clock.clock import EVERYBODY, Clocks
from emulator.control import bodies, flows
from emulator.flow.request import recipient
from emulator.flow.state import Flow, FlowStatus, Message
from emulator.http import messages
from emulator.scenario.questions import text
from emulator.store.contract import Store
from emulator.store.records import Apart, Group, Search

LANES = ("Queued", "Viber", "Sms", "Voice", "Succeeded", "Failed")
"""Where a flow can be: just accepted, on one of the channels, ended."""
QUEUED_MS = 1000
"""How long a flow counts as queued after it was accepted, unless its channel reports something before."""

TICK = 0.2
"""Real seconds between two boards, at least."""
REST = 20
"""How many times as long as a look the rest after it is."""
TEXT = 120
"""How much of a message's text a card shows, in characters."""


class BoardQuery(flows.Filters, frozen=True, forbid_unknown_fields=True):
    """A query of the board: `limit` cards in each lane; of one `application`; with this `status`, a recipient that
    contains `to`, a `channel` that was used, the `scenario` that they began under.
    """

    limit: bodies.Page = 30


class Tried(Struct, frozen=True):
    """One started step on a card: its channel, and its message's status."""

    channel: Channel
    status: str


class Card(Struct, frozen=True, rename="camel"):
    """A flow in short."""

    id: str
    application: str
    status: str
    status_code: str | None
    to: str
    text: str
    channels: list[Channel]
    tried: list[Tried]
    scenario: str
    created_at: str
    updated_at: str
    next_due: str | None


class Column(Struct, frozen=True):
    """A lane as it is told: its name, how many flows it has, and the cards of the latest."""

    name: str
    count: int
    cards: list[Card]


class Board(Struct, frozen=True):
    """All lanes, the number of the journal's last entry, and what is in the store no more."""

    latest: int
    dropped: int
    lanes: list[Column]


class BoardDoor:
    """Shows the board, and streams it. `closing` is set when the emulator closes."""

    def __init__(self, closing: asyncio.Event, store: Store, clocks: Clocks) -> None:
        self._closing = closing
        self._store = store
        self._clocks = clocks

    async def show(self, request: Request) -> Response:
        """Answer where all flows stand: lanes with counts and their latest cards."""
        return messages.good(await self._board(_search(bodies.query(request, BoardQuery))))

    async def feed(self, request: Request) -> Response:
        """Answer the board as server-sent events, anew whenever it has changed; its id is the journal's last number."""
        wanted = _search(bodies.query(request, BoardQuery))
        return messages.stream(self._events(wanted))

    async def _events(self, wanted: Search) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        told, latest, moving = b"", -1, False
        clock = asyncio.get_running_loop().time
        while not self._closing.is_set():
            began = clock()
            if moving or await self._store.latest() != latest:
                found = await self._board(wanted)
                latest, moving = found.latest, bool(found.lanes[0].count)
                body = json.encode(found)
                if (seen := hashlib.sha256(body).digest()) != told:
                    told = seen
                    yield b"id: %d\nevent: board\ndata: %b\n\n" % (latest, body)
            await messages.passed(max(TICK, REST * (clock() - began)), self._closing)

    async def _board(self, wanted: Search) -> Board:
        latest = await self._store.latest()
        clocks = self._clocks
        since = {name: clocks.now(name) - QUEUED_MS for name in clocks.names()}
        queued = Apart(LANES[0], FlowStatus.QUEUED, since)
        groups, dropped = await asyncio.gather(self._store.grouped(wanted, queued), self._store.dropped())
        found = {group.name: group for group in groups}
        return Board(latest, dropped.flows, [_column(found.get(lane) or Group(lane, 0, [])) for lane in LANES])


def _search(query: BoardQuery) -> Search:
    return Search(query.application or EVERYBODY, conditions=flows.conditions(query), size=query.limit)


def _column(lane: Group) -> Column:
    return Column(lane.name, lane.count, [_card(flow) for flow in lane.flows])


def _card(flow: Flow) -> Card:
    step = flow.step(flow.messages[-1]) if flow.messages else flow.request.flow[0]
    return Card(
        id=flow.id,
        application=flow.application,
        status=flow.status,
        status_code=flow.status_code,
        to=recipient(step),
        text=text(step)[:TEXT],
        channels=[each.channel for each in sorted(flow.request.flow, key=lambda each: each.order)],
        tried=[_tried(flow, message) for message in flow.messages],
        scenario=flow.scenario,
        created_at=instants.written(flow.created_at),
        updated_at=instants.written(flow.updated_at),
        next_due=None if flow.due_at is None else instants.written(flow.due_at),
    )


def _tried(flow: Flow, message: Message) -> Tried:
    return Tried(flow.step(message).channel, message.status)
