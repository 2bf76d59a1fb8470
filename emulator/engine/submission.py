"""Submits valid requests: numbers them, asks the scenario's rules, plans and stores flows, and starts their first step.

It also finds the fault, if any, that the scenario applies to the answer; the doors turn that into HTTP. Between
numbering a request and the call that stores it nothing is awaited, so requests can't overtake each other on the way.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable
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
from emulator.planning.planner import Planner, RuledRequest, SpoiltAnswer
from emulator.planning.selection import Selection
from emulator.scenario.questions import Endpoint
from emulator.scenario.rules import Scenario
from emulator.store.contract import Store
from emulator.store.records import Change, Effects

REPEATED: Final = "the same body became flow {} less than a minute ago; this is a second flow"
"""The journal's note on a body that was accepted before, with the id of the earlier flow."""


class Received(Struct, frozen=True):
    """An HTTP request as received: the kind of the service that accepts it, its application, its path, its body, and
    what its reader remarks on it, in words.
    """

    kind: Endpoint
    application: str
    path: str
    body: bytes
    remarks: tuple[str, ...] = ()


class Accepted(Struct, frozen=True):
    """A request that became a flow; `spoilt` is the fault of its answer, if any."""

    flow: Flow
    spoilt: SpoiltAnswer | None


class Refused(Struct, frozen=True):
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
            begun, effects = self._begun(ruled, received, now, Raw(body.removeprefix(BOM_UTF8)), answer)
        except BalanceError as error:
            return await self._refused(application, spoilt, str(error))
        if begun.flow.faults and begun.flow.faults.early:
            flow = await self._engine.begin_now(begun, effects, clock, now)
        else:
            change = replace(posts.change(begun, self._renderings), effects=effects)
            await self._store.add(change, clock)
            self._engine.written(change, clock)
            flow = change.flow
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
        """Accept a request under a scenario that `plain` answered, without waiting. `done` is called with the flow when
        it is stored, or with the error too if storing failed.
        """
        application, body = received.application, received.body
        clock = self._clocks.name(application)
        begun, effects = self._begun(
            self._planner.rule_on(application, request, now, scenario, received.kind), received, now
        )
        change = posts.change(begun, self._renderings)
        flow = change.flow

        def stored(_: object, error: Exception | None) -> None:
            if error is None:
                self._engine.written(change, clock)
                self._store.remember(application, body, now, flow.id)
            done(flow, error)

        self._store.add_soon(Change(flow, change.entries, change.posts, body, effects), clock, stored)

    def _begun(
        self,
        ruled: RuledRequest,
        received: Received,
        now: int,
        body: Raw | UnsetType = UNSET,
        answer: Json | UnsetType = UNSET,
    ) -> tuple[Transition, Effects | None]:
        """A request's flow, with its first step started unless that is held back, and the effects of the request.
        `body` and `answer` go into the journal entry. Raises BalanceError.
        """
        flow, effects = self._planner.flow(ruled, now)
        begun = machine.accept(flow)
        earlier = self._store.earlier(received.application, received.body, now)
        note = UNSET if earlier is None else REPEATED.format(earlier)
        if received.remarks:
            note = "; ".join([*([note] if note else []), *received.remarks])
        path, first = received.path, begun.entries[0].data if begun.entries else None
        accepted = (
            kinds.Accepted(path, body, answer, note, first.step, first.channel, first.rule, first.callback)
            if isinstance(first, kinds.Started)
            else kinds.Accepted(path, body, answer, note)
        )
        return replace(begun, entries=(Entry(now, flow.application, flow.id, accepted),)), effects

    async def _refused(self, application: str, spoilt: SpoiltAnswer | None, costs: str = "") -> Refused:
        """A refusal. It counts as a use of the override that it comes from, if any."""
        if spoilt and spoilt.used:
            await self._store.record((), Effects(application, used=spoilt.used))
        return Refused(spoilt, costs)
