"""The emulator's own doors, under /_emulator: whether it is alive and ready, and its journal."""

from __future__ import annotations

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from emulator import times
from emulator.emulation import Emulation
from emulator.model import Json
from emulator.store import Numbered
from emulator.web import answers
from emulator.web.errors import generic

PAGE = 1000
"""How many journal entries one answer has at most."""
LONGEST = 18
"""How many digits a number in a query may have."""


async def health(_: Request) -> Response:
    """Answer that the process lives."""
    return answers.good({"status": "ok"})


async def ready(request: Request) -> Response:
    """Answer that requests are served, and what is in the store."""
    emulation: Emulation = request.app.state.emulation
    now = times.written(emulation.engine.now(""))
    counts = await emulation.store.counts()
    return answers.good({"status": "ready", "now": now} | counts | {"dropped": await _dropped(emulation)})


async def journal(request: Request) -> Response:
    """Answer journal entries after a number, oldest first; `flow` and `application` narrow them."""
    emulation: Emulation = request.app.state.emulation
    query = request.query_params
    after, limit = _whole(query, "after", 0), _whole(query, "limit", PAGE)
    found = await emulation.store.journal(after, min(limit, PAGE), query.get("flow"), query.get("application"))
    shown = {"entries": [entry(each) for each in found], "next": found[-1].seq if found else after}
    return answers.good(shown | {"dropped": await _dropped(emulation)})


async def _dropped(emulation: Emulation) -> Json:
    """What is no longer there, so that nobody takes a part for the whole."""
    dropped = await emulation.store.dropped()
    return {"flows": dropped.flows, "entries": dropped.entries}


def _whole(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name, "") or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST:
        raise generic(400, f"{name} must be a whole number; it is '{text}'")
    return int(text)


def entry(numbered: Numbered) -> Json:
    """A journal entry as it is shown."""
    return {
        "seq": numbered.seq,
        "at": times.written(numbered.at),
        "kind": numbered.kind,
        "application": numbered.application or None,
        "flow": numbered.flow,
        "data": numbered.data,
    }
