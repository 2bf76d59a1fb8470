"""The table of all calls of the emulator's own API. Routes and OpenAPI documentation are made from it."""

from __future__ import annotations

from emulator.control import (
    applications,
    board,
    callbacks,
    clock,
    flows,
    interventions,
    journal,
    library,
    openapi,
    sample,
    scenarios,
    verification,
)
from emulator.control.applications import ApplicationDoor
from emulator.control.board import BoardDoor
from emulator.control.bodies import Anything, Whose
from emulator.control.call import Call
from emulator.control.callbacks import CallbackDoor
from emulator.control.clock import ClockDoor
from emulator.control.flows import FlowDoor
from emulator.control.health import HealthDoor
from emulator.control.interventions import InterventionDoor
from emulator.control.journal import JournalDoor
from emulator.control.library import LibraryDoor
from emulator.control.scenarios import ScenarioDoor
from emulator.control.verification import VerificationDoor
from emulator.emulation import Emulation
from emulator.engine.interventions import Interventions


class Doors:
    """The doors of the emulator's own API, each made with the parts of an emulation that it uses."""

    def __init__(self, emulation: Emulation) -> None:
        store, engine, renderings = emulation.store, emulation.engine, emulation.renderings
        selection, catalogue, clocks = emulation.selection, emulation.catalogue, emulation.clocks
        interventions = Interventions(engine, store, renderings)
        self.health = HealthDoor(engine, store, emulation.settings)
        self.journal = JournalDoor(store, clocks, emulation.closing)
        self.board = BoardDoor(emulation.closing, store, clocks, catalogue)
        self.flows = FlowDoor(store, catalogue, selection, renderings)
        self.interventions = InterventionDoor(interventions, store, renderings)
        self.callbacks = CallbackDoor(store)
        self.verification = VerificationDoor(store)
        self.scenarios = ScenarioDoor(catalogue, selection, emulation.steering)
        self.library = LibraryDoor(catalogue, emulation.prices)
        self.clock = ClockDoor(engine, store, clocks)
        self.applications = ApplicationDoor(store, clocks, engine, emulation)


def calls(emulation: Emulation) -> tuple[Call, ...]:
    """All calls on this emulation: those that only read, then those that change something."""
    doors = Doors(emulation)
    return _reads(doors) + _changes(doors)


def _reads(doors: Doors) -> tuple[Call, ...]:
    return (
        *doors.health.calls(),
        Call("GET", "/settings", doors.health.settings),
        Call("GET", "/openapi.json", openapi.own),
        Call("GET", "/openapi/provider.json", openapi.provider),
        Call("GET", "/journal", doors.journal.journal, journal.JournalParameters, journal.JournalPage),
        Call("GET", "/feed", doors.journal.feed, journal.FeedQuery),
        Call("GET", "/board", doors.board.show, board.BoardQuery),
        Call("GET", "/board/feed", doors.board.feed, board.BoardQuery),
        Call("GET", "/requests", doors.journal.requests, journal.JournalParameters, journal.RequestsPage),
        Call("GET", "/flows", doors.flows.search, flows.FlowsQuery),
        Call("GET", "/flows/{id}", doors.flows.one),
        Call("GET", "/flows/{id}/rules", doors.flows.rules),
        Call("GET", "/callbacks", doors.callbacks.callbacks, callbacks.CallbacksQuery),
        Call("GET", "/callbacks/{id}", doors.callbacks.callback),
        Call("GET", "/scenarios", doors.scenarios.catalogue),
        Call("GET", "/scenarios/{id}", doors.library.read),
        Call("GET", "/scenario", doors.scenarios.show, Whose),
        Call("GET", "/clock", doors.clock.show, Whose),
        Call("GET", "/applications", doors.applications.applications),
        Call("GET", "/sample", sample.sample, sample.SampleQuery),
        Call("GET", "/tokens", doors.applications.tokens, Whose),
        Call("GET", "/balance", doors.applications.balance, Whose),
    )


def _changes(doors: Doors) -> tuple[Call, ...]:
    return (
        Call("POST", "/flows/{id}/reports", doors.interventions.report, interventions.ReportBody),
        Call("POST", "/flows/{id}/replies", doors.interventions.reply, interventions.ReplyBody),
        Call("POST", "/flows/{id}/cancel", doors.interventions.cancel, interventions.CancelBody),
        Call("POST", "/callbacks/{id}/resend", doors.interventions.resend),
        Call("POST", "/verify", doors.verification.verify, verification.VerifyBody),
        Call("POST", "/scenarios/check", doors.library.check, library.Written),
        Call("POST", "/scenario", doors.scenarios.choose, scenarios.Choice),
        Call("DELETE", "/scenario", doors.scenarios.reset, Whose),
        Call("POST", "/scenario/overrides", doors.scenarios.override, scenarios.Overrides),
        Call("DELETE", "/scenario/overrides", doors.scenarios.clear, Whose),
        Call("PUT", "/clock", doors.clock.change, clock.Setting),
        Call("POST", "/clock/advance", doors.clock.advance, clock.Move),
        Call("POST", "/sink", doors.applications.sink, Anything),
        Call("DELETE", "/tokens/{id}", doors.applications.revoke),
        Call("PUT", "/balance", doors.applications.set_balance, applications.BalanceBody),
        Call("POST", "/reset", doors.applications.reset, applications.ResetBody),
    )
