"""The door to callbacks, each shown with its attempts.

The attempts are read from the journal. Resending a callback is up to `interventions`.
"""

from __future__ import annotations

from typing import Final, Literal, cast

from msgspec import UNSET, Struct, UnsetType, json
from msgspec.structs import astuple
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import instants
from emulator.clock.clock import EVERYBODY
from emulator.control import bodies, known
from emulator.http import messages
from emulator.journal.entry import Kind
from emulator.journal.kinds import Attempt
from emulator.provider.errors import Problem
from emulator.store.contract import Store
from emulator.store.records import CallbackQuery, CallbackRecord, JournalQuery

ATTEMPTS = 10**6
"""The largest number of attempts that are read for one page of callbacks."""
PENDING: Final = "pending"
"""The outcome of a callback that is not finished."""
Outcome = Literal["pending", "received", "given up"]
"""How a callback ended, or that it has not."""


class CallbacksQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of callbacks: those numbered above `after`, oldest first, or below `before`, newest first; at most
    `limit` of them; only those of one `flow` or one `application`, only those with this `outcome`, or `failing`, which
    are pending after failed attempts, or `waiting`, before the first; only those with this `text` in their URL, body,
    id, flow's id or application.
    """

    flow: bodies.Name | None = None
    application: str | None = None
    outcome: Literal["pending", "received", "given up", "failing", "waiting"] | None = None
    text: str = ""
    after: bodies.Number = 0
    before: bodies.Before | None = None
    limit: bodies.Page = 100


class ShownAttempt(Struct):
    """An attempt at a callback: when it began, what came of it, the receiver's status (null without an answer), how
    many real milliseconds it took, the beginning of the answer, and when it is tried again.
    """

    at: str
    id: str
    url: str
    attempt: int
    outcome: str
    status: int | None
    ms: int
    answer: str
    next: str | UnsetType = UNSET


class ShownCallback(Struct):
    """A callback with its attempts and the text of its body; `next` is when the next attempt is due."""

    number: int
    id: str
    flow: str
    application: str
    url: str
    outcome: Outcome
    next: str | None
    attempts: list[ShownAttempt]
    body: str


class CallbacksPage(Struct):
    """A page of callbacks. Pass `next`, the number of the last one, as `after` to read on. `restarted` says that the
    `after` was of another store, such as one in memory before a restart, so the page begins at the beginning.
    `note` doubts an application of which nothing is known.
    """

    callbacks: list[ShownCallback]
    next: int
    restarted: bool
    note: str | UnsetType = UNSET


class CallbackDoor:
    """Shows callbacks to users."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def callbacks(self, request: Request) -> Response:
        """Answer callbacks with their attempts, oldest first; with `before`, newest first."""
        query = bodies.query(request, CallbacksQuery)
        bodies.some_between(query.after, query.before)
        flow = query.flow and (await known.flow(self._store, query.flow, query.application)).id
        newest = await self._store.callbacks(CallbackQuery(before=bodies.LAST, limit=1))
        restarted = query.after > (newest[0].number if newest else 0)
        after = 0 if restarted else query.after
        application = query.application or EVERYBODY
        wanted = CallbackQuery(flow, application, after, query.before, query.limit, query.outcome, query.text)
        records = await self._store.callbacks(wanted)
        callbacks = await shown(records, self._store)
        last = records[-1].number if records else after
        note = UNSET if records else await known.doubt(self._store, query.application)
        return messages.good(CallbacksPage(callbacks, last, restarted, note))

    async def callback(self, request: Request) -> Response:
        """Answer one callback with its attempts and its body."""
        (callback,) = await shown([await one(request.path_params["id"], self._store)], self._store)
        return messages.good(callback)


async def one(callback_id: str, store: Store) -> CallbackRecord:
    """One callback by its id. Raises Problem 404."""
    record = await store.callback(callback_id)
    if record is None:
        raise Problem(404, f"there is no callback {callback_id}")
    return record


async def shown(callbacks: list[CallbackRecord], store: Store) -> list[ShownCallback]:
    """Callbacks as the API shows them, with their attempts."""
    wanted = JournalQuery(flows=tuple({each.flow for each in callbacks}), kinds=(Kind.ATTEMPT,), limit=ATTEMPTS)
    attempts: dict[str, list[ShownAttempt]] = {}
    for each in await store.journal(wanted) if callbacks else []:
        attempt = json.decode(each.data, type=Attempt)
        attempts.setdefault(attempt.id, []).append(ShownAttempt(instants.written(each.at), *astuple(attempt)))
    return [
        ShownCallback(
            number=each.number,
            id=each.id,
            flow=each.flow,
            application=each.application,
            url=each.url,
            outcome=cast(Outcome, each.outcome or PENDING),
            next=None if each.due_at is None else instants.written(each.due_at),
            attempts=attempts.get(each.id, []),
            body=each.body.decode(errors="replace"),
        )
        for each in callbacks
    ]
