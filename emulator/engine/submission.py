"""Taking requests in: a valid request is numbered, ruled on, planned and stored, and its first step starts.

What the scenario in force does to the answer is found here too; how an answer is refused or spoilt is up to the doors.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.structs import replace

from emulator.accounts.balance import BalanceError
from emulator.clock.clock import Clocks
from emulator.engine.engine import Engine
from emulator.errors import Json
from emulator.flow import machine
from emulator.flow.request import Request
from emulator.flow.state import Flow, Transition
from emulator.journal import kinds
from emulator.planning.planner import Planner, RuledRequest, SpoiltAnswer
from emulator.planning.selection import Selection
from emulator.scenario.rules import Scenario
from emulator.store.contract import Store
from emulator.store.records import Change, Effects


class Received(Struct, frozen=True):
    """A request as it came: whose it is, the path, and the bytes of its body."""

    application: str
    path: str
    body: bytes


class Accepted(Struct, frozen=True):
    """A request that became a flow; `spoilt` is the fault of its answer, if any."""

    flow: Flow
    spoilt: SpoiltAnswer | None


class Refused(Struct, frozen=True):
    """A valid request that is refused: by the fault of its answer, or since it `costs` more than is left, in words."""

    spoilt: SpoiltAnswer | None
    costs: str = ""


class Submissions:
    """Takes in the requests of one engine."""

    def __init__(self, store: Store, clocks: Clocks, planner: Planner, selection: Selection, engine: Engine) -> None:
        self._store = store
        self._clocks = clocks
        self._planner = planner
        self._selection = selection
        self._engine = engine

    def plain(self, application: str) -> Scenario | None:
        """The scenario in force, if it lets an application's requests be submitted soon: none is refused, spoilt or
        posted early.
        """
        scenario = self._selection.in_force(application)
        return scenario if scenario.plain else None

    async def submit(
        self, received: Received, request: Request, now: int, chosen: Scenario | None = None
    ) -> Accepted | Refused:
        """Accept a valid request, or find that it is refused. `now` is the time of its application, `chosen` the
        scenario that it names. One entry of the journal has what was received and the start of the first step.
        """
        application, body = received.application, received.body
        clock = self._clocks.name(application)
        ruled = self._planner.rule_on(application, request, self._selection.in_force(application, chosen))
        spoilt = ruled.spoilt
        if spoilt and spoilt.fault.refuses:
            return await self._refused(application, spoilt)
        answer = spoilt.noted if spoilt else UNSET
        try:
            begun, effects = self._begun(ruled, received, now, Raw(body.removeprefix(BOM_UTF8)), answer)
        except BalanceError as error:
            return await self._refused(application, spoilt, str(error))
        if begun.flow.faults and begun.flow.faults.early:
            flow = await self._engine.begin_now(begun, effects, clock, now)
        else:
            flow = begun.flow
            await self._store.add(Change(flow, begun.entries, effects=effects), clock)
            self._engine.driver(clock).wake_at(flow.due_at)
        self._store.remember(application, body, now, flow.id)
        return Accepted(flow, spoilt)

    def submit_soon(
        self,
        received: Received,
        request: Request,
        scenario: Scenario,
        now: int,
        done: Callable[[Flow, Exception | None], None],
    ) -> None:
        """Accept a request under a `plain` scenario without waiting; `done` is told when it is stored."""
        application, body = received.application, received.body
        clock = self._clocks.name(application)
        begun, effects = self._begun(self._planner.rule_on(application, request, scenario), received, now)
        flow = begun.flow

        def stored(_: object, error: Exception | None) -> None:
            if error is None:
                self._engine.driver(clock).wake_at(flow.due_at)
                self._store.remember(application, body, now, flow.id)
            done(flow, error)

        self._store.add_soon(Change(flow, begun.entries, (), body, effects), clock, stored)

    def _begun(
        self,
        ruled: RuledRequest,
        received: Received,
        now: int,
        body: Raw | UnsetType = UNSET,
        answer: Json | UnsetType = UNSET,
    ) -> tuple[Transition, Effects | None]:
        """A request's flow with its first step started, and what the request takes. `body` and `answer` are for the
        journal. Raises BalanceError.
        """
        flow, effects = self._planner.flow(ruled, now)
        begun = machine.accept(flow)
        (started,) = begun.entries
        first = started.data
        assert isinstance(first, kinds.Started)
        note = self._noted(received, now)
        accepted = kinds.Accepted(received.path, body, answer, note, first.step, first.channel, first.rule)
        return replace(begun, entries=(replace(started, data=accepted),)), effects

    async def _refused(self, application: str, spoilt: SpoiltAnswer | None, costs: str = "") -> Refused:
        """A refusal. It uses up the override that it comes from."""
        if spoilt and spoilt.used:
            await self._store.record((), Effects(application, used=spoilt.used))
        return Refused(spoilt, costs)

    def _noted(self, received: Received, now: int) -> str | UnsetType:
        """What the journal notes of a body that came before."""
        earlier = self._store.earlier(received.application, received.body, now)
        if earlier is None:
            return UNSET
        return f"the same body became flow {earlier} less than a minute ago; this is a second flow"
