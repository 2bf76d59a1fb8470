"""The emulator's own API below /_emulator: every call in one table, of which the documentation is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from emulator.control import (
    applications,
    board,
    clock,
    flows,
    health,
    interventions,
    journal,
    library,
    openapi,
    sample,
    scenarios,
    verification,
)
from emulator.control import callbacks as callback_doors
from emulator.control.bodies import Whose
from emulator.emulation import Emulation
from emulator.engine.interventions import Interventions

Endpoint = Callable[[Request], Awaitable[Response]]


class Call(Struct, frozen=True):
    """One call of the emulator's own API; `takes` is its body, or the query of a GET or DELETE; `gives` its answer,
    where that is described.
    """

    method: str
    path: str
    endpoint: Endpoint
    takes: type | None = None
    gives: type | None = None


def calls(emulation: Emulation) -> tuple[Call, ...]:
    """The calls that steer and show this emulator."""
    store, engine, prices, closing = emulation.store, emulation.engine, emulation.prices, emulation.closing
    selection, catalogue, clocks, steering = (
        emulation.selection,
        emulation.catalogue,
        emulation.clocks,
        emulation.steering,
    )
    state = health.HealthDoor(engine, store, emulation.settings)
    story = journal.JournalDoor(store, closing)
    lanes = board.BoardDoor(closing, store, clocks)
    flow = flows.FlowDoor(store, catalogue, selection, prices)
    acts = interventions.InterventionDoor(Interventions(engine, store, emulation.renderings), store, prices)
    posts = callback_doors.CallbackDoor(store)
    verifying = verification.VerificationDoor(store)
    choice = scenarios.ScenarioDoor(catalogue, selection, steering)
    texts = library.LibraryDoor(catalogue)
    time = clock.ClockDoor(engine, store, clocks)
    whose = applications.ApplicationDoor(store, clocks, engine, emulation)
    return (
        Call("GET", "/health", state.health),
        Call("GET", "/ready", state.ready),
        Call("GET", "/settings", state.settings),
        Call("GET", "/openapi.json", openapi.own),
        Call("GET", "/openapi/provider.json", openapi.provider),
        Call("GET", "/journal", story.journal, journal.JournalParameters, journal.JournalPage),
        Call("GET", "/feed", story.feed, journal.JournalParameters),
        Call("GET", "/board", lanes.show, board.BoardQuery),
        Call("GET", "/board/feed", lanes.feed, board.BoardQuery),
        Call("GET", "/requests", story.requests, journal.JournalParameters, journal.RequestsPage),
        Call("GET", "/flows", flow.search, flows.FlowsQuery),
        Call("GET", "/flows/{id}", flow.one),
        Call("GET", "/flows/{id}/rules", flow.rules),
        Call("POST", "/flows/{id}/reports", acts.report, interventions.ReportBody),
        Call("POST", "/flows/{id}/replies", acts.reply, interventions.ReplyBody),
        Call("POST", "/flows/{id}/cancel", acts.cancel, interventions.CancelBody),
        Call("GET", "/callbacks", posts.callbacks, callback_doors.CallbacksQuery),
        Call("GET", "/callbacks/{id}", posts.callback),
        Call("POST", "/callbacks/{id}/resend", acts.resend),
        Call("POST", "/verify", verifying.verify, verification.VerifyBody),
        Call("GET", "/scenarios", choice.catalogue),
        Call("GET", "/scenarios/{id}", texts.read),
        Call("POST", "/scenarios/check", texts.check, library.Written),
        Call("GET", "/scenario", choice.show, Whose),
        Call("POST", "/scenario", choice.choose, scenarios.Choice),
        Call("DELETE", "/scenario", choice.reset, Whose),
        Call("POST", "/scenario/overrides", choice.override, scenarios.Overrides),
        Call("GET", "/clock", time.show, Whose),
        Call("PUT", "/clock", time.change, clock.Setting),
        Call("POST", "/clock/advance", time.advance, clock.Move),
        Call("GET", "/applications", whose.applications),
        Call("GET", "/sample", sample.sample, sample.SampleQuery),
        Call("POST", "/sink", whose.sink),
        Call("GET", "/tokens", whose.tokens, Whose),
        Call("DELETE", "/tokens/{id}", whose.revoke),
        Call("GET", "/balance", whose.balance, Whose),
        Call("PUT", "/balance", whose.set_balance, applications.BalanceBody),
        Call("POST", "/reset", whose.reset, applications.ResetBody),
    )
