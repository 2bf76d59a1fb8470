"""Reaching into a flow from outside: a channel's report, the recipient's reply, a cancellation, a callback once more.

What was due before happens first, so a flow never goes back in time. Nothing here knows HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from emulator.callbacks import destination, posts
from emulator.callbacks.posts import Renderings
from emulator.channels.table import CHANNELS, Cause, Reason
from emulator.engine.engine import Engine
from emulator.errors import EmulatorError, Json
from emulator.flow import machine, replying
from emulator.flow.objections import objection
from emulator.flow.reply import Reply
from emulator.flow.state import Cancelled, Event, Flow, Pressed, Report, Reported
from emulator.journal import kinds
from emulator.journal.entry import Entry
from emulator.seed import identifier
from emulator.store.contract import Store
from emulator.store.records import CallbackQuery, CallbackRecord, Change, Post
from emulator.validation.hints import meant

MOST: Final = 10_000
"""How many callbacks of a flow are counted."""


AGAIN: Final = "-again-"
"""What stands between a callback's id and a number in the ids of those that repeat it."""
GIVEN_UP: Final = "given up"


class Impossible(EmulatorError):
    """An intervention does not fit the flow; the message says why."""


class Interventions:
    """What can be done to the flows of one engine. Each method returns the flow's new state, or None if there is no
    flow of this id, and raises Impossible if the intervention does not fit the flow.
    """

    def __init__(self, engine: Engine, store: Store, renderings: Renderings) -> None:
        self._engine = engine
        self._store = store
        self._renderings = renderings
        self._adding = asyncio.Lock()

    async def report(self, flow_id: str, step: int | None, status: str, reason: Reason, cause: Cause) -> Flow | None:
        """Have a step's channel report a status now. `step` counts from 1, None is the step that started last; `reason`
        is the detailedStatus and description, empty for the usual ones.
        """

        def event(flow: Flow, now: int) -> Event:
            if not flow.messages:
                raise Impossible("no step has started: the flow is still queued")
            index = flow.messages[-1].step if step is None else step - 1
            spelled = _spelled(flow, index, status)
            return Reported(Report(now, index, spelled, reason.detailed_status, reason.description, cause))

        return await self._happened(flow_id, event)

    async def press(self, flow_id: str, keys: str) -> Flow | None:
        """Have the recipient of the call that lasts press keys, where the call collects some."""

        def event(flow: Flow, _: int) -> Event:
            calls = [each.step for each in flow.messages if each.live and each.talk is not None]
            if not calls:
                raise Impossible("no call collects keys now")
            return Pressed(calls[-1], keys)

        return await self._happened(flow_id, event)

    async def cancel(self, flow_id: str, why: str) -> Flow | None:
        """Stop a flow; it fails."""
        return await self._happened(flow_id, lambda *_: Cancelled(why))

    async def reply(self, flow_id: str, reply: Reply) -> Flow | None:
        """Have the recipient answer the last Viber message with an `inboundUrl`, where the answer is posted; or, if the
        reply has the `url` to which answers to a number are posted, the last Sms.
        """

        def decide(flow: Flow, now: int, number: int) -> Change:
            before = machine.due(flow, now)
            step = replying.answerable(before.flow, reply)
            if isinstance(step, str):
                raise Impossible(step)
            name = identifier(flow_id, "reply", number)
            return posts.change(before.then(replying.replied(before.flow, step, name, reply, now)), self._renderings)

        return await self._added(flow_id, decide)

    async def resend(self, callback: CallbackRecord, *, failed: bool = False) -> Flow | None:
        """Post a callback once more, with the same body, now; if it `failed`, only unless it was posted again since and
        has not failed again.
        """
        url, again = callback.url, f"{callback.id}{AGAIN}"

        def wanted(others: Sequence[CallbackRecord]) -> bool:
            return not failed or all(other.outcome == GIVEN_UP for other in others if other.id.startswith(again))

        def decide(flow: Flow, now: int, number: int) -> Change:
            name = f"{again}{number}"
            before = posts.change(machine.due(flow, now), self._renderings)
            made = Post(name, url, destination.origin(url), callback.body, now, loose=True)
            entry = Entry(now, flow.application, flow.id, kinds.Resent(name, callback.id))
            return replace(before, entries=(*before.entries, entry), posts=(*before.posts, made))

        return await self._added(callback.flow, decide, wanted)

    async def _added(
        self,
        flow_id: str,
        decide: Callable[[Flow, int, int], Change],
        wanted: Callable[[Sequence[CallbackRecord]], bool] = lambda _: True,
    ) -> Flow | None:
        """What becomes of a flow by a change that adds a callback from outside, if that is `wanted` beside the others.
        `decide` is told how many the flow has: nobody else adds one from outside meanwhile.
        """

        async def act() -> Change | None:
            others = await self._store.callbacks(CallbackQuery(flow_id, limit=MOST))
            if not wanted(others):
                return None
            return await self._engine.change(flow_id, lambda flow, now: decide(flow, now, len(others)))

        async with self._adding:
            change = await self._store.turn(act)
        return change.flow if change else None

    async def resend_all(self, wanted: CallbackQuery) -> int:
        """Post all callbacks once more that a query finds, the oldest first, but for those that were posted again since
        and have not failed again. Answers how many.
        """
        count = 0
        while found := await self._store.callbacks(wanted):
            for each in [one for one in found if AGAIN not in one.id]:
                count += await self.resend(each, failed=True) is not None
            wanted = replace(wanted, after=found[-1].number)
        return count

    async def delete(self, flow_id: str) -> bool | None:
        """Delete a flow that is finished, with its callbacks and entries."""
        found = await self._store.flow(flow_id)
        if found is None:
            return None

        async def act() -> bool | None:
            entry = Entry(self._engine.now(found.application), found.application, None, kinds.Deleted(flow_id))
            return await self._store.drop(flow_id, entry)

        deleted = await self._store.turn(act)
        if deleted is False:
            raise Impossible("something is left to happen: a report, a ttl or a callback; cancel it, or let time pass")
        return deleted

    async def _happened(self, flow_id: str, event: Callable[[Flow, int], Event]) -> Flow | None:
        """Apply an event to a flow. One that does not fit is written to the journal all the same, as `ignored`."""

        def decide(flow: Flow, now: int) -> Change:
            before = machine.due(flow, now)
            return posts.change(
                before.then(machine.handle(before.flow, event(before.flow, now), now)), self._renderings
            )

        change = await self._engine.change(flow_id, decide)
        if change is None:
            return None
        last = change.entries[-1].data
        if isinstance(last, kinds.Ignored):
            raise Impossible(last.why)
        return change.flow


def offers(flow: Flow) -> list[Json]:
    """The statuses that each started step's channel could report next; steps that no status fits are left out."""
    found = []
    for message in flow.messages:
        channel = flow.step(message).channel
        reports = [Report(flow.updated_at, message.step, status) for status in CHANNELS[channel].statuses]
        fitting = [report.status for report in reports if objection(flow, report) is None]
        if fitting:
            found.append({"step": message.step + 1, "channel": channel, "statuses": fitting})
    return found


def _spelled(flow: Flow, index: int, status: str) -> str:
    """A status in its channel's spelling. Raises Impossible if there is no such step or status."""
    if not 0 <= index < len(flow.request.flow):
        raise Impossible(f"there is no step {index + 1}; the flow has {len(flow.request.flow)}")
    channel = flow.request.flow[index].channel
    spelled = CHANNELS[channel].spell(status)
    if spelled is None:
        known = CHANNELS[channel].statuses
        raise Impossible(f"{channel} has no status {status}{meant(status, known)}")
    return spelled
