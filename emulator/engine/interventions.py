"""Reaching into a flow from outside: a report, the recipient's reply, a cancellation, a callback once more.

What was due before happens first, so a flow never goes back in time.
"""

from __future__ import annotations

from typing import Final

from emulator.callbacks import destination, posts
from emulator.callbacks.posts import Renderings
from emulator.channels.table import CHANNELS
from emulator.engine.engine import Engine
from emulator.errors import EmulatorError, Json
from emulator.flow import machine
from emulator.flow.request import ViberStep
from emulator.flow.state import Cancelled, Event, Flow, Report, Reported, Transition
from emulator.journal.entry import Entry
from emulator.seed import identifier
from emulator.store.contract import Store
from emulator.store.records import CallbackQuery, CallbackRecord, Change, Post

MOST: Final = 10_000
"""How many callbacks of a flow are counted."""


class Impossible(EmulatorError):
    """What was asked does not fit the flow; the message says why."""


class Interventions:
    """What can be done to the flows of one engine. Each method answers the flow's new state, None if there is none of
    this id, and raises Impossible if it does not fit.
    """

    def __init__(self, engine: Engine, store: Store, renderings: Renderings) -> None:
        self._engine = engine
        self._store = store
        self._renderings = renderings

    async def report(
        self, name: str, step: int | None, status: str, reason: tuple[str, str], cause: str
    ) -> Flow | None:
        """The channel reports a status now, of the step of this number, or of the one that runs. `reason` is its
        detailedStatus and description, empty for the usual ones.
        """
        refused: list[str] = []

        def decide(flow: Flow, now: int) -> Change:
            before = machine.due(flow, now)
            index = before.flow.messages[-1].step if step is None else step - 1
            report = Report(now, index, _spelled(before.flow, index, status), *reason, cause)
            refused[:] = [why] if (why := machine.objection(before.flow, report)) else []
            return self._after(before, Reported(report), now)

        changed = await self._engine.change(name, decide)
        if refused:
            raise Impossible(refused[0])
        return changed

    async def cancel(self, name: str, why: str) -> Flow | None:
        """The flow is stopped; it fails."""
        ended: list[bool] = []

        def decide(flow: Flow, now: int) -> Change:
            before = machine.due(flow, now)
            ended[:] = [before.flow.status.final]
            return self._after(before, Cancelled(why), now)

        changed = await self._engine.change(name, decide)
        if changed is not None and ended[0]:
            raise Impossible(f"the flow ended as {changed.status}")
        return changed

    async def reply(self, name: str, text: str) -> Flow | None:
        """The recipient answers the Viber message; its `inboundUrl` is told."""
        number = len(await self._store.callbacks(CallbackQuery(name, limit=MOST)))

        def decide(flow: Flow, now: int) -> Change:
            before = posts.change(machine.due(flow, now), self._renderings)
            index, step = _answered(before.flow)
            body = self._renderings[before.flow.kind].reply(before.flow, step, index, text, now)
            post = _post(identifier(name, "reply", number), str(step.inbound_url), body, now)
            entry = Entry(
                now, "reply", flow.application, name, {"callback": post.id, "message": text, "step": index + 1}
            )
            return Change(before.flow, (*before.entries, entry), (*before.posts, post))

        return await self._engine.change(name, decide)

    async def resend(self, told: CallbackRecord) -> Flow | None:
        """A callback is posted once more, with the same body, now."""
        number = len(await self._store.callbacks(CallbackQuery(told.flow, limit=MOST)))

        def decide(flow: Flow, now: int) -> Change:
            before = posts.change(machine.due(flow, now), self._renderings)
            post = _post(f"{told.id}-again-{number}", told.url, told.body, now)
            entry = Entry(now, "resent", flow.application, flow.id, {"callback": post.id, "of": told.id})
            return Change(before.flow, (*before.entries, entry), (*before.posts, post))

        return await self._engine.change(told.flow, decide)

    def _after(self, before: Transition, event: Event, now: int) -> Change:
        after = machine.handle(before.flow, event, now)
        joined = Transition(after.flow, before.entries + after.entries, before.callbacks + after.callbacks)
        return posts.change(joined, self._renderings)


def offers(flow: Flow) -> list[Json]:
    """The statuses that each started step's channel could report next; steps for which there are none are left out."""
    found = [
        {"step": message.step + 1, "channel": flow.step(message).channel, "statuses": _possible(flow, message.step)}
        for message in flow.messages
    ]
    return [each for each in found if each["statuses"]]


def _possible(flow: Flow, index: int) -> list[str]:
    statuses = CHANNELS[flow.request.flow[index].channel].statuses
    return [status for status in statuses if machine.objection(flow, Report(flow.updated_at, index, status)) is None]


def _spelled(flow: Flow, index: int, status: str) -> str:
    """A status in its channel's spelling. Raises Impossible."""
    if not 0 <= index < len(flow.request.flow):
        raise Impossible(f"there is no step {index + 1}; the flow has {len(flow.request.flow)}")
    channel = flow.request.flow[index].channel
    spelled = CHANNELS[channel].spell(status)
    if spelled is None:
        raise Impossible(f"{channel} has no status {status}; it has {', '.join(CHANNELS[channel].statuses)}")
    return spelled


def _answered(flow: Flow) -> tuple[int, ViberStep]:
    """The last Viber message that can be answered. Raises Impossible."""
    for message in reversed(flow.messages):
        step = flow.step(message)
        if isinstance(step, ViberStep) and step.inbound_url:
            return message.step, step
    raise Impossible("no Viber step with an inboundUrl has started")


def _post(name: str, url: str, body: bytes, now: int) -> Post:
    return Post(name, url, destination.origin(url), body, now, loose=True)
