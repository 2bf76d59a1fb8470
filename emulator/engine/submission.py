"""Submits valid requests: numbers them, asks the scenario's rules, plans and stores flows, and starts their first step.

It also finds the fault, if any, that the scenario applies to the answer; the doors turn that into HTTP. Between
numbering a request and the call that stores it nothing is awaited, so requests can't overtake each other on the way.
"""

from __future__ import annotations

import asyncio
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.structs import replace

from emulator.accounts.balance import BalanceError
from emulator.callbacks import posts
from emulator.callbacks.posts import Renderings
from emulator.clock.clock import Clocks
from emulator.engine.engine import Engine
from emulator.errors import Json
from emulator.flow import machine
from emulator.flow.request import Request
from emulator.flow.state import Flow, Transition
from emulator.journal import kinds
from emulator.journal.entry import Entry
from emulator.planning.planner import NO_STEPS, Planner, SpoiltAnswer
from emulator.planning.selection import Selection
from emulator.scenario.questions import Endpoint
from emulator.scenario.rules import Scenario
from emulator.store.contract import Store
from emulator.store.records import Change, Effects

SOME: Final = 100
"""After so many messages of one request, other requests have their turn."""
REPEATED: Final = "the same body became flow {} less than a minute ago; this is a second flow"
"""The journal's note on a body that was accepted before, with the id of the earlier flow."""


class Received(Struct, frozen=True, gc=False):
    """An HTTP request as received: the kind of the service that accepts it, its application, its path, its body, what
    its reader remarks on it, in words, and why channels do not take some of its steps, by the steps' indices.
    """

    kind: Endpoint
    application: str
    path: str
    body: bytes
    remarks: tuple[str, ...] = ()
    rejected: Mapping[int, str] = NO_STEPS


class Accepted(Struct, frozen=True, gc=False):
    """A request that became a flow; `spoilt` is the fault of its answer, if any."""

    flow: Flow
    spoilt: SpoiltAnswer | None


class Refused(Struct, frozen=True, gc=False):
    """A valid request that is refused: because of the fault of its answer, or because the balance does not cover it;
    then `costs` says so in words.
    """

    spoilt: SpoiltAnswer | None
    costs: str = ""


class Submissions:
    """Submits requests to one engine."""

    def __init__(  # noqa: PLR0913, PLR0917  # each is a part of the emulation
        self,
        store: Store,
        clocks: Clocks,
        planner: Planner,
        selection: Selection,
        engine: Engine,
        renderings: Renderings,
    ) -> None:
        self._renderings = renderings
        self._store = store
        self._clocks = clocks
        self._planner = planner
        self._selection = selection
        self._engine = engine

    def plain(self, application: str) -> Scenario | None:
        """The scenario in force for an application, if `submit_soon` may be used under it: it refuses no request,
        spoils no answer and posts no callback early. None otherwise.
        """
        scenario = self._selection.in_force(application)
        return scenario if scenario.plain else None

    async def submit(
        self, received: Received, request: Request, now: int, chosen: Scenario | None = None
    ) -> Accepted | Refused:
        """Accept a valid request and store its flow, or refuse it. `now` is the time on its application's clock,
        `chosen` the scenario named in its header. One journal entry records both the request and the start of its
        first step.
        """
        application, body = received.application, received.body
        clock = self._clocks.name(application)
        ruled = self._planner.rule_on(
            application, request, now, self._selection.in_force(application, chosen), received.kind
        )
        spoilt = ruled.spoilt
        if spoilt and spoilt.fault.refuses:
            return await self._refused(application, spoilt)
        answer = spoilt.noted if spoilt else UNSET
        try:
            planned, effects = self._planner.flow(ruled, now, received.rejected)
        except BalanceError as error:
            return await self._refused(application, spoilt, str(error))
        begun = self._begun(planned, received, Raw(body.removeprefix(BOM_UTF8)), answer)
        if begun.flow.faults and begun.flow.faults.early:
            flow = await self._engine.begin_now(begun, effects, clock, now)
        else:
            change = replace(posts.change(begun, self._renderings), effects=effects)
            await self._store.add(change, clock)
            self._engine.written(change)
            flow = change.flow
        self._store.repeated.remember(application, body, now, flow.id)
        return Accepted(flow, spoilt)

    def submit_soon(
        self,
        received: Received,
        request: Request,
        scenario: Scenario,
        now: int,
        done: Callable[[Flow, Exception | None], None],
    ) -> None:
        """Accept a request under a scenario that `plain` answered, without waiting. `done` is called with the flow when
        it is stored, or with the error too if storing failed.
        """
        application, body = received.application, received.body
        clock = self._clocks.name(application)
        ruled = self._planner.rule_on(application, request, now, scenario, received.kind)
        planned, effects = self._planner.flow(ruled, now)
        change = posts.change(self._begun(planned, received), self._renderings)
        flow = change.flow

        def stored(_: object, error: Exception | None) -> None:
            if error is None:
                self._engine.written(change)
                self._store.repeated.remember(application, body, now, flow.id)
            done(flow, error)

        self._store.add_soon(Change(flow, change.entries, change.posts, body, effects), clock, stored)

    async def submit_all(
        self,
        many: Sequence[tuple[Received, Request]],
        now: int,
        complete: Callable[[Flow], Flow],
        chosen: Scenario | None = None,
    ) -> tuple[list[Flow], SpoiltAnswer | None] | Refused:
        """Accept the messages of one request, at least one, each as a flow of its own, or refuse them all. The first
        one decides about that and about the answer, whose fault comes second; what the balance does not cover of the
        others is not sent. `complete` changes a planned flow before it starts.
        """
        flows, spoilt, writes = list[Flow](), None, list[asyncio.Future[None]]()
        loop, scenario = asyncio.get_running_loop(), self._selection.in_force(many[0][0].application, chosen)
        for number, (received, request) in enumerate(many):
            ruled = self._planner.rule_on(received.application, request, now, scenario, received.kind)
            if not flows:
                spoilt = ruled.spoilt
                if spoilt and spoilt.fault.refuses:
                    return await self._refused(received.application, spoilt)
            try:
                planned, effects = self._planner.flow(ruled, now)
            except BalanceError as error:
                if not flows:
                    return await self._refused(received.application, spoilt, str(error))
                failing = replace(ruled, scenario=replace(scenario, when_empty="fail"))
                planned, effects = self._planner.flow(failing, now)
            begun = self._begun(complete(planned), received, Raw(received.body))
            change = replace(posts.change(begun, self._renderings), effects=effects)
            written: asyncio.Future[None] = loop.create_future()
            self._store.add_soon(change, self._clocks.name(received.application), partial(self._added, change, written))
            writes.append(written)
            flows.append(change.flow)
            if number % SOME == SOME - 1:
                await asyncio.sleep(0)
        await asyncio.gather(*writes)
        return flows, spoilt

    def _added(self, change: Change, written: asyncio.Future[None], _: object, error: Exception | None) -> None:
        """A flow was stored, or could not be."""
        if error is None:
            self._engine.written(change)
        if not written.done():
            written.set_result(None) if error is None else written.set_exception(error)

    def _begun(
        self, flow: Flow, received: Received, body: Raw | UnsetType = UNSET, answer: Json | UnsetType = UNSET
    ) -> Transition:
        """A planned flow with its first step started, unless that is held back. `body` and `answer` go into the journal
        entry.
        """
        if flow.verification is not None and self._clocks.clock(self._clocks.name(flow.application)).instant:
            flow = replace(flow, verification=replace(flow.verification, timed=False))
        begun, now = machine.accept(flow), flow.created_at
        earlier = self._store.repeated.earlier(received.application, received.body, now)
        note = UNSET if earlier is None else REPEATED.format(earlier)
        if received.remarks:
            note = "; ".join([*([note] if note else []), *received.remarks])
        path, first = received.path, begun.entries[0].data if begun.entries else None
        accepted = (
            kinds.Accepted(path, body, answer, note, first.step, first.channel, first.rule, first.callback)
            if isinstance(first, kinds.Started)
            else kinds.Accepted(path, body, answer, note)
        )
        if flow.verification is not None or flow.request.code:
            accepted = replace(accepted, code=flow.code)
        return replace(begun, entries=(Entry(now, flow.application, flow.id, accepted),))

    async def _refused(self, application: str, spoilt: SpoiltAnswer | None, costs: str = "") -> Refused:
        """A refusal. It counts as a use of the override that it comes from, if any."""
        if spoilt and spoilt.used:
            await self._store.record((), Effects(application, used=spoilt.used))
        return Refused(spoilt, costs)
