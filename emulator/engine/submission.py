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
from emulator.engine.together import Completing, Together
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
REPEATED: Final = "the same body became flow %s less than a minute ago; this is a second flow"
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

    def gated(self, application: str, chosen: Scenario | None = None) -> bool:
        """Whether rules may hold back any call of an application; `chosen` is the scenario named in its header."""
        return self._selection.in_force(application, chosen).gated

    async def submit(
        self, received: Received, request: Request, now: int, chosen: Scenario | None = None
    ) -> Accepted | Refused:
        """Accept a valid request and store its flow, or refuse it. `now` is the time on its application's clock,
        `chosen` the scenario named in its header. One journal entry records both the request and the start of its
        first step.
        """
        return await self._store.turn(partial(self._submit, received, request, now, chosen))

    async def _submit(
        self, received: Received, request: Request, now: int, chosen: Scenario | None
    ) -> Accepted | Refused:
        application, body = received.application, received.body
        clock, now = self._clocks.name(application), self._now(application, now)
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
        earlier = self._store.repeated.remember(application, body, now, planned.id)
        begun = self._begun(planned, received, Raw(body.removeprefix(BOM_UTF8)), answer, earlier)
        try:
            if begun.flow.faults and begun.flow.faults.early:
                (flow,) = await self._engine.begin_now([(begun, effects)], clock, now)
                return Accepted(flow, spoilt)
            change = replace(posts.change(begun, self._renderings), effects=effects)
            await self._store.add(change, clock)
        except Exception:
            self._store.repeated.drop(application, body)
            raise
        self._engine.written(change)
        return Accepted(change.flow, spoilt)

    def submit_soon(
        self,
        received: Received,
        request: Request,
        scenario: Scenario,
        at: int | Callable[[], int | None],
        done: Callable[[Flow | None, Exception | None], None],
    ) -> None:
        """Accept a request under a scenario that `plain` answered, without waiting. `at` is the time on its clock, or
        answers it when its turn comes, if that is later: None if it may not be accepted like this any more. `done` is
        called with the flow when it is stored, or with the error if storing failed, or with neither if nothing was
        done.
        """
        application, body = received.application, received.body
        planned: Change | None = None

        def plan() -> tuple[Change, str] | None:
            nonlocal planned
            now = at() if callable(at) else at
            if now is None:
                planned = None
                return None
            ruled = self._planner.rule_on(application, request, now, scenario, received.kind)
            flow, effects = self._planner.flow(ruled, now)
            earlier = self._store.repeated.remember(application, body, now, flow.id)
            change = posts.change(self._begun(flow, received, earlier=earlier), self._renderings)
            planned = Change(change.flow, change.entries, change.posts, body, effects)
            return planned, self._clocks.name(application)

        def stored(_: object, error: Exception | None) -> None:
            if error is not None:
                self._store.repeated.drop(application, body)
                done(None, error)
            elif planned is None:
                done(None, None)
            else:
                self._engine.written(planned)
                done(planned.flow, None)

        self._store.add_planned(plan, stored)

    async def submit_all(
        self,
        many: Sequence[tuple[Received, Request]],
        whole: bytes,
        now: int,
        complete: Completing,
        chosen: Scenario | None = None,
    ) -> tuple[list[Flow], SpoiltAnswer | None] | Refused:
        """Accept the messages of one request, at least one, each as a flow of its own, or refuse them all; `whole` is
        the request's body. The first one decides about that and about the answer, whose fault comes second; what the
        balance does not cover of the others is not sent. `complete` changes each planned flow before it starts.
        """
        application = many[0][0].application
        scenario, flows = self._selection.in_force(application, chosen), list[Flow]()
        together = Together(scenario, whole, now, complete)
        try:
            while len(flows) < len(many):
                some = many[len(flows) : len(flows) + SOME]
                outcome = await self._store.turn(partial(self._submit_some, some, together))
                if isinstance(outcome, Refused):
                    return outcome
                accepted, together = outcome
                flows += accepted
                await asyncio.sleep(0)
        except Exception:
            self._store.repeated.drop(application, whole)
            raise
        return flows, together.spoilt

    async def _submit_some(
        self, many: Sequence[tuple[Received, Request]], before: Together
    ) -> tuple[list[Flow], Together] | Refused:
        """Accept some of one request's messages, those after the ones that were accepted `before`. May be run again, so
        it changes nothing that it is given. All are planned in one step, in which nobody else counts.
        """
        together, flows, writes = before.copy(), list[Flow](), list[asyncio.Future[None]]()
        early, application = list[tuple[Transition, Effects | None]](), many[0][0].application
        if together.first is None:
            together.now = self._now(application, together.now)
        clock, now = self._clocks.name(application), together.now
        for received, request in many:
            first = together.first is None
            ruled = self._planner.rule_on(application, request, now, together.scenario, received.kind, together.first)
            if not first:  # what the balance does not cover is not sent, but the request is accepted by now
                ruled = replace(ruled, scenario=replace(ruled.scenario, when_empty="fail"))
            together.first = together.first or ruled
            spoilt = together.spoilt
            if spoilt and spoilt.fault.refuses:
                return await self._refused(application, spoilt)
            try:
                planned, effects = self._planner.flow(ruled, now)
            except BalanceError as error:
                return await self._refused(application, spoilt, str(error))
            planned, answer = together.complete(planned, first=first), spoilt.noted if spoilt else UNSET
            earlier = self._store.repeated.remember(application, together.body, now, planned.id) if first else None
            begun = self._begun(planned, received, Raw(received.body), answer, earlier)
            flows.append(begun.flow)
            effects = together.once(effects)
            if begun.flow.faults and begun.flow.faults.early:
                early.append((begun, effects))
            else:
                writes.append(self._added(begun, effects, clock))
        await asyncio.gather(*writes)
        if early:
            await self._engine.begin_now(early, clock, now)
        return flows, together

    def _added(self, begun: Transition, effects: Effects | None, clock: str) -> asyncio.Future[None]:
        """Store a new flow; the future is set when it is stored, or could not be."""
        change = replace(posts.change(begun, self._renderings), effects=effects)
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def over(_: object, error: Exception | None) -> None:
            if error is None:
                self._engine.written(change)
            if not written.done():
                written.set_result(None) if error is None else written.set_exception(error)

        self._store.add_soon(change, clock, over)
        return written

    def _now(self, application: str, now: int) -> int:
        """The time on an application's clock, which was `now` when its request came: another process may have moved it
        since.
        """
        return self._clocks.time(application) if self._store.shared else now

    def _begun(
        self,
        flow: Flow,
        received: Received,
        body: Raw | UnsetType = UNSET,
        answer: Json | UnsetType = UNSET,
        earlier: str | None = None,
    ) -> Transition:
        """A planned flow with its first step started, unless that is held back. `body` and `answer` go into the journal
        entry; `earlier` is the flow that the same body became before, if any.
        """
        checked = flow.verification
        if checked is not None and self._clocks.of(flow.application)[1].instant:
            flow = replace(flow, verification=replace(checked, timed=False))
        begun, path, note = machine.accept(flow), received.path, UNSET if earlier is None else REPEATED % earlier
        if received.remarks:
            note = "; ".join([*([note] if note else []), *received.remarks])
        first = begun.entries[0].data if begun.entries else None
        if isinstance(first, kinds.Started):
            started = first.step, first.channel, first.rule, first.callback
            accepted = kinds.Accepted(path, answer, note, *started, body=body)
        else:
            accepted = kinds.Accepted(path, answer, note, body=body)
        if checked is not None or flow.request.code:
            accepted = replace(accepted, code=flow.code)
        return replace(begun, entries=(Entry(flow.created_at, flow.application, flow.id, accepted),))

    async def _refused(self, application: str, spoilt: SpoiltAnswer | None, costs: str = "") -> Refused:
        """A refusal. It counts as a use of the override that it comes from, if any."""
        if spoilt and spoilt.used:
            await self._store.record((), Effects(application, used=spoilt.used))
        return Refused(spoilt, costs)
