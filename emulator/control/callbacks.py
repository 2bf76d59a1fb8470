"""The door to callbacks: each with its attempts."""

from __future__ import annotations

from msgspec import Struct, json
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import instants
from emulator.clock.clock import EVERYBODY
from emulator.control import bodies
from emulator.errors import Json
from emulator.http import messages
from emulator.journal.entry import Kind
from emulator.provider.errors import Problem
from emulator.store.contract import Store
from emulator.store.records import CallbackQuery, CallbackRecord, JournalQuery

ATTEMPTS = 10**6
"""How many attempts at the callbacks of a page are looked through."""


class CallbacksQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of callbacks: numbered above `after`, oldest first, or below `before`, newest first; at most `limit`; of
    one `flow` or `application`.
    """

    flow: str | None = None
    application: str | None = None
    after: bodies.Number = 0
    before: bodies.Number | None = None
    limit: bodies.Page = 100


class CallbackDoor:
    """Shows callbacks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def callbacks(self, request: Request) -> Response:
        """Answer callbacks with their attempts, oldest first; newest first if they are asked for before a number."""
        query = bodies.query(request, CallbacksQuery)
        wanted = CallbackQuery(query.flow, query.application or EVERYBODY, query.after, query.before, query.limit)
        found = await self._store.callbacks(wanted)
        told = await shown(found, self._store)
        return messages.good({"callbacks": told, "next": found[-1].number if found else query.after})

    async def callback(self, request: Request) -> Response:
        """Answer one callback with its attempts and its whole body."""
        (told,) = await shown([await one(request.path_params["id"], self._store)], self._store)
        return messages.good(told)


async def one(callback_id: str, store: Store) -> CallbackRecord:
    """A callback by its id. Raises Problem 404."""
    found = await store.callback(callback_id)
    if found is None:
        raise Problem(404, f"there is no callback {callback_id}")
    return found


async def shown(callbacks: list[CallbackRecord], store: Store) -> list[Json]:
    """Callbacks as they are shown, with their attempts."""
    wanted = JournalQuery(flows=tuple({each.flow for each in callbacks}), kinds=(Kind.ATTEMPT,), limit=ATTEMPTS)
    attempts: dict[str, list[Json]] = {}
    for each in await store.journal(wanted) if callbacks else []:
        data: Json = json.decode(each.data)
        attempts.setdefault(data["id"], []).append({"at": instants.written(each.at)} | data)
    return [_shown(each, attempts.get(each.id, [])) for each in callbacks]


def _shown(told: CallbackRecord, attempts: list[Json]) -> Json:
    return {
        "number": told.number,
        "id": told.id,
        "flow": told.flow,
        "application": told.application,
        "url": told.url,
        "outcome": told.outcome or "pending",
        "next": None if told.due_at is None else instants.written(told.due_at),
        "attempts": attempts,
        "body": told.body.decode(errors="replace"),
    }
