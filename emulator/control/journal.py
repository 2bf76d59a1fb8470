"""The emulator's own doors, under /_emulator: whether it is alive and ready, its settings, its journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from msgspec import Meta, Struct, json
from msgspec.structs import asdict, replace
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from emulator import __version__
from emulator.clock import instants
from emulator.clock.clock import INSTANT
from emulator.control import bodies
from emulator.emulation import Emulation
from emulator.errors import Json
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.store.records import JournalEntry, JournalQuery

PAGE = 1000
"""How many journal entries one answer has at most."""
TICK = 0.1
"""Real seconds between two looks at the journal, for a feed."""
REQUESTS = ("accepted", "refused", "token", "token refused")
"""The kinds of the journal's entries that tell of requests."""
_SECRET = ("credentials", "control_token")

Number = Annotated[int, Meta(ge=0, le=10**18)]


class JournalParameters(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of the journal: `after` a number, oldest first, or `before` one, newest first; at most `limit` entries;
    of one `flow`, one `application`, of some `kind`s (between commas), from `since` to `until` (times such as
    2026-01-01T00:00Z).
    """

    after: Number = 0
    before: Number | None = None
    limit: Number = PAGE
    flow: str | None = None
    application: str | None = None
    kind: str = ""
    since: str = ""
    until: str = ""


async def health(_: Request) -> Response:
    """Answer that the process lives."""
    return messages.good({"status": "ok"})


async def ready(request: Request) -> Response:
    """Answer that requests are served, and what is in the store."""
    emulation: Emulation = request.app.state.emulation
    now = instants.written(emulation.engine.now(""))
    counts = await emulation.store.counts()
    return messages.good({"status": "ready", "now": now} | counts | {"dropped": await _dropped(emulation)})


async def settings(request: Request) -> Response:
    """Answer what the emulator is set to; secrets are left out."""
    emulation: Emulation = request.app.state.emulation
    told = {name: value for name, value in asdict(emulation.settings).items() if name not in _SECRET}
    rate = "instant" if emulation.settings.rate == INSTANT else emulation.settings.rate
    return messages.good({"version": __version__} | told | {"rate": rate})


async def journal(request: Request) -> Response:
    """Answer journal entries, oldest first; newest first if they are asked for before a number."""
    emulation: Emulation = request.app.state.emulation
    wanted = _lines(bodies.query(request, JournalParameters))
    found = await emulation.store.journal(wanted)
    shown = {"entries": [entry(each) for each in found], "next": found[-1].seq if found else wanted.after}
    return messages.good(shown | {"dropped": await _dropped(emulation)})


async def requests(request: Request) -> Response:
    """Answer the requests that came, accepted and refused, with the reason of each refusal; oldest first."""
    emulation: Emulation = request.app.state.emulation
    query = bodies.query(request, JournalParameters)
    wanted = replace(_lines(query), kinds=tuple(query.kind.split(",")) if query.kind else REQUESTS)
    found = await emulation.store.journal(wanted)
    return messages.good(
        {"requests": [entry(each) for each in found], "next": found[-1].seq if found else wanted.after}
    )


async def feed(request: Request) -> Response:
    """Answer the journal as server-sent events, from `after` or Last-Event-ID on, and each entry as it comes."""
    emulation: Emulation = request.app.state.emulation
    wanted = _lines(bodies.query(request, JournalParameters))
    wanted = replace(wanted, limit=max(1, wanted.limit), before=None)
    last = request.headers.get("last-event-id", "")
    if last.isascii() and last.isdigit() and len(last) <= 18:
        wanted = replace(wanted, after=int(last))
    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(_events(emulation, wanted), media_type="text/event-stream", headers=headers)


async def _events(emulation: Emulation, wanted: JournalQuery) -> AsyncIterator[bytes]:
    yield b"retry: 1000\n\n"
    while not emulation.closing.is_set():
        latest = await emulation.store.latest()
        found = await emulation.store.journal(wanted)
        for each in found:
            yield b"id: %d\nevent: entry\ndata: %b\n\n" % (each.seq, json.encode(entry(each)))
        wanted = replace(wanted, after=found[-1].seq if found else max(wanted.after, latest))
        if len(found) < wanted.limit:
            await rest(emulation, TICK)


async def rest(emulation: Emulation, seconds: float) -> None:
    """Wait so many real seconds, or less if the emulator is closing."""
    try:
        await asyncio.wait_for(emulation.closing.wait(), seconds)
    except TimeoutError:
        return


def _lines(query: JournalParameters) -> JournalQuery:
    kinds = tuple(kind.strip() for kind in query.kind.split(",") if kind.strip())
    since, until = _time("since", query.since), _time("until", query.until)
    limit = min(query.limit, PAGE)
    return JournalQuery(query.after, limit, query.flow or None, query.application, kinds, since, until, query.before)


def _time(name: str, text: str) -> int | None:
    try:
        return instants.read(text) if text else None
    except (ValueError, OverflowError) as error:
        raise Problem(400, f"{name} must be a time such as 2026-01-01T00:00Z; it is '{text}'") from error


async def _dropped(emulation: Emulation) -> Json:
    """What is no longer there, so that nobody takes a part for the whole."""
    dropped = await emulation.store.dropped()
    return {"flows": dropped.flows, "entries": dropped.entries}


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
