"""The table of all calls of the emulator's own API. Routes and OpenAPI documentation are made from it."""

from __future__ import annotations

from emulator.control import (
    applications,
    board,
    callbacks,
    choices,
    clock,
    configuration,
    flows,
    health,
    interventions,
    journal,
    keeping,
    library,
    narrowing,
    openapi,
    sample,
    scenarios,
    schemas,
    sink,
    statistics,
    upcoming,
    verification,
)
from emulator.control.applications import ApplicationDoor
from emulator.control.board import BoardDoor
from emulator.control.bodies import Anything, Whose
from emulator.control.call import Call
from emulator.control.callbacks import CallbackDoor
from emulator.control.choices import ChoicesDoor
from emulator.control.clock import ClockDoor
from emulator.control.configuration import SettingsDoor
from emulator.control.flows import FlowDoor
from emulator.control.health import HealthDoor
from emulator.control.interventions import InterventionDoor
from emulator.control.journal import JournalDoor
from emulator.control.keeping import KeepingDoor
from emulator.control.library import LibraryDoor
from emulator.control.metrics import door as metrics
from emulator.control.metrics.door import MetricsDoor
from emulator.control.scenarios import ScenarioDoor
from emulator.control.sink import SinkDoor
from emulator.control.statistics import StatisticsDoor
from emulator.control.stories import door as stories
from emulator.control.stories.door import StoryDoor
from emulator.control.upcoming import UpcomingDoor
from emulator.control.verification import VerificationDoor
from emulator.control.watching import Watch
from emulator.emulation import Emulation
from emulator.engine.interventions import Interventions
from emulator.engine.library import Library


class Doors:
    """The doors of the emulator's own API, each made with the parts of an emulation that it uses."""

    def __init__(self, emulation: Emulation) -> None:
        store, engine, renderings = emulation.store, emulation.engine, emulation.renderings
        selection, clocks, named = emulation.selection, emulation.clocks, Library(emulation.catalogue, store)
        interventions = Interventions(engine, store, renderings)
        self.health = HealthDoor(engine, store)
        self.settings = SettingsDoor(emulation.settings, emulation.tls)
        watch = Watch(store)
        self.journal = JournalDoor(store, watch, clocks, emulation.closing)
        self.metrics = MetricsDoor(emulation)
        self.board = BoardDoor(emulation.closing, watch, store, named)
        self.statistics = StatisticsDoor(store, clocks, emulation.prices)
        self.flows = FlowDoor(store, named, selection, renderings, emulation.declared.senders)
        self.interventions = InterventionDoor(interventions, store, renderings)
        self.callbacks = CallbackDoor(store)
        self.verification = VerificationDoor(store)
        self.scenarios = ScenarioDoor(named, selection, emulation.steering, store, clocks)
        self.library = LibraryDoor(named, emulation)
        self.keeping = KeepingDoor(named, emulation.steering)
        self.upcoming = UpcomingDoor(store, clocks)
        self.clock = ClockDoor(engine, store, clocks)
        self.choices = ChoicesDoor(emulation)
        self.sink = SinkDoor(clocks, emulation.closing)
        self.stories = StoryDoor(emulation)
        self.applications = ApplicationDoor(emulation, self.sink, self.stories)


def calls(emulation: Emulation) -> tuple[Call, ...]:
    """All calls on this emulation: those that only read, those of scenarios, and those that change something else."""
    doors = Doors(emulation)
    return _reads(doors) + _scenarios(doors) + _changes(doors)


def _reads(doors: Doors) -> tuple[Call, ...]:
    return (
        Call("GET", "/health", doors.health.health, gives=health.Alive),
        Call("GET", "/ready", doors.health.ready, gives=health.Ready),
        Call("GET", "/settings", doors.settings.settings, gives=configuration.ShownSettings),
        Call("GET", "/ca.pem", doors.settings.certificate, gives=str, kind=configuration.PEM),
        Call("GET", "/openapi.json", openapi.own, gives=openapi.Document),
        Call("GET", "/openapi/provider.json", openapi.provider, gives=openapi.Document),
        Call("GET", "/schemas", schemas.listed, gives=schemas.SchemasList),
        Call("GET", "/schemas/{id}", schemas.one, kind=schemas.KIND),
        Call("GET", "/journal", doors.journal.journal, journal.JournalParameters, journal.JournalPage),
        Call("GET", "/feed", doors.journal.feed, journal.FeedQuery, journal.ShownEntry),
        Call("GET", "/board", doors.board.show, board.BoardQuery, board.Board),
        Call("GET", "/board/feed", doors.board.feed, board.BoardQuery, board.Board),
        Call("GET", "/board/list", doors.board.list, narrowing.FlowsQuery, board.CardsPage),
        Call("GET", "/statistics", doors.statistics.show, statistics.StatisticsQuery, statistics.Statistics),
        Call("GET", "/metrics", doors.metrics.show, gives=str, kind=metrics.KIND),
        Call("GET", "/requests", doors.journal.requests, journal.JournalParameters, journal.RequestsPage),
        Call("GET", "/flows", doors.flows.search, narrowing.FlowsQuery, flows.FlowsPage),
        Call("GET", "/flows/{id}", doors.flows.one, gives=flows.WholeFlow),
        Call("GET", "/flows/{id}/rules", doors.flows.rules, gives=flows.FlowRules),
        Call("GET", "/flows/{id}/scenario", doors.library.record, gives=library.RecordedScenario),
        Call("GET", "/callbacks", doors.callbacks.callbacks, callbacks.CallbacksQuery, callbacks.CallbacksPage),
        Call("GET", "/callbacks/{id}", doors.callbacks.callback, gives=callbacks.ShownCallback),
        Call("GET", "/scenarios", doors.scenarios.catalogue, scenarios.ScenariosQuery, scenarios.ScenariosList),
        Call("GET", "/scenarios/{id}", doors.library.read, gives=library.ScenarioText),
        Call("GET", "/scenario", doors.scenarios.show, Whose, scenarios.InForce),
        Call("GET", "/stories", doors.stories.all, gives=stories.StoriesList),
        Call("GET", "/stories/{id}", doors.stories.one, gives=stories.ShownStory),
        Call("GET", "/choices", doors.choices.choices, Whose, choices.ChoicesList),
        Call("GET", "/clock", doors.clock.show, Whose, clock.ClockState),
        Call("GET", "/clocks", doors.clock.clocks, gives=clock.ClocksList),
        Call("GET", "/upcoming", doors.upcoming.show, upcoming.UpcomingQuery, upcoming.Upcoming),
        Call("GET", "/applications", doors.applications.applications, gives=applications.ApplicationsList),
        Call("GET", "/sample", sample.sample, sample.SampleQuery, sample.Sample),
        Call("GET", "/sink/posts", doors.sink.show, sink.SinkQuery, sink.SinkPosts),
        Call("GET", "/tokens", doors.applications.tokens, Whose, applications.TokensList),
        Call("GET", "/balance", doors.applications.balance, Whose, applications.Balance),
    )


def _scenarios(doors: Doors) -> tuple[Call, ...]:
    """Those that put a scenario in force, and those that are about its text."""
    return (
        Call("PUT", "/scenarios/{id}", doors.keeping.keep, keeping.KeepBody, library.ScenarioText),
        Call("DELETE", "/scenarios/{id}", doors.keeping.drop, gives=library.ScenarioText),
        Call("POST", "/recording", doors.library.record_all, library.RecordingBody, library.RecordedScenario),
        Call("POST", "/scenarios/check", doors.library.check, library.CheckBody, library.Checked),
        Call(
            "POST",
            "/scenarios/expectations",
            doors.library.expectations,
            library.ExpectationsBody,
            library.TriedExpectations,
        ),
        Call("POST", "/scenario", doors.scenarios.choose, scenarios.ScenarioBody, scenarios.InForce, yaml=True),
        Call("DELETE", "/scenario", doors.scenarios.reset, Whose, scenarios.InForce),
        Call(
            "POST",
            "/scenario/overrides",
            doors.scenarios.override,
            scenarios.OverridesBody,
            scenarios.InForce,
            yaml=True,
        ),
        Call("DELETE", "/scenario/overrides", doors.scenarios.clear, scenarios.OverridesQuery, scenarios.InForce),
    )


def _changes(doors: Doors) -> tuple[Call, ...]:
    return (
        Call("POST", "/flows/{id}/reports", doors.interventions.report, interventions.ReportBody, flows.ShownFlow),
        Call("POST", "/flows/{id}/replies", doors.interventions.reply, interventions.ReplyBody, flows.ShownFlow),
        Call("POST", "/flows/{id}/keys", doors.interventions.keys, interventions.KeysBody, flows.ShownFlow),
        Call("POST", "/flows/{id}/cancel", doors.interventions.cancel, interventions.CancelBody, flows.ShownFlow),
        Call("DELETE", "/flows/{id}", doors.interventions.delete, gives=interventions.DeletedFlow),
        Call(
            "POST",
            "/callbacks/resend",
            doors.interventions.resend_all,
            interventions.ResendBody,
            interventions.ResentCount,
        ),
        Call("POST", "/callbacks/{id}/resend", doors.interventions.resend, gives=flows.ShownFlow),
        Call("POST", "/verify", doors.verification.verify, verification.VerifyBody, verification.Verdict),
        Call("POST", "/paths", doors.library.paths, sample.Sample, library.PathsList),
        Call("POST", "/stories/{id}", doors.stories.act, stories.StoryAct, stories.ShownStory),
        Call("PUT", "/clock", doors.clock.change, clock.ClockBody, clock.ClockState),
        Call("DELETE", "/clock", doors.clock.share, clock.ShareClockQuery, clock.ClockState),
        Call("POST", "/clock/advance", doors.clock.advance, clock.AdvanceBody, clock.Advanced),
        Call("POST", "/sink", doors.sink.take, Anything, sink.Taken),
        Call("PUT", "/sink/answer", doors.sink.change, sink.SinkAnswer, sink.SinkAnswer),
        Call("DELETE", "/tokens/{id}", doors.applications.revoke, gives=applications.ShownToken),
        Call("PUT", "/balance", doors.applications.set_balance, applications.BalanceBody, applications.Balance),
        Call("POST", "/reset", doors.applications.reset, applications.ResetBody, applications.WasReset),
    )
