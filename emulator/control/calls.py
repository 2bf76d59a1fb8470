"""The table of all calls of the emulator's own API. Routes and OpenAPI documentation are made from it.

The calls stand in groups by the first word of their paths. A group's modules are imported when the first of its calls
is asked for: who sets a clock and resets does without statistics and stories.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from emulator.control.bodies import Anything, Whose
from emulator.control.call import Call
from emulator.control.doors import Doors


def _about(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import configuration, health, openapi, schemas

    emulation = doors.emulation
    settings = configuration.SettingsDoor(emulation.settings, emulation.tls)
    return (
        *health.HealthDoor(emulation.engine, doors.store).calls(),
        Call("GET", "/settings", settings.settings, gives=configuration.ShownSettings),
        Call("GET", "/ca.pem", settings.certificate, gives=str, kind=configuration.PEM),
        Call("GET", "/openapi.json", openapi.own, gives=openapi.Document),
        Call("GET", "/openapi/provider.json", openapi.provider, gives=openapi.Document),
        Call("GET", "/schemas", schemas.listed, gives=schemas.SchemasList),
        Call("GET", "/schemas/{id}", schemas.one, kind=schemas.KIND),
    )


def _journal(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import journal

    door = journal.JournalDoor(doors.store, doors.watch, doors.clocks, doors.emulation.closing)
    return (
        Call("GET", "/journal", door.journal, journal.JournalParameters, journal.JournalPage),
        Call("GET", "/feed", door.feed, journal.FeedQuery, journal.ShownEntry),
        Call("GET", "/requests", door.requests, journal.JournalParameters, journal.RequestsPage),
    )


def _board(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import board, narrowing

    door = board.BoardDoor(doors.emulation.closing, doors.watch, doors.store, doors.named)
    return (
        Call("GET", "/board", door.show, board.BoardQuery, board.Board),
        Call("GET", "/board/feed", door.feed, board.BoardQuery, board.Board),
        Call("GET", "/board/list", door.list, narrowing.FlowsQuery, board.CardsPage),
    )


def _figures(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import statistics
    from emulator.control.metrics import door as metrics

    emulation = doors.emulation
    counted = statistics.StatisticsDoor(doors.store, doors.clocks, emulation.prices)
    return (
        Call("GET", "/statistics", counted.show, statistics.StatisticsQuery, statistics.Statistics),
        Call("GET", "/metrics", metrics.MetricsDoor(emulation).show, gives=str, kind=metrics.KIND),
    )


def _flows(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import flows, interventions, library, narrowing

    emulation, acts = doors.emulation, doors.interventions
    door = flows.FlowDoor(
        doors.store, doors.named, emulation.selection, emulation.renderings, emulation.declared.senders
    )
    return (
        Call("GET", "/flows", door.search, narrowing.FlowsQuery, flows.FlowsPage),
        Call("GET", "/flows/{id}", door.one, gives=flows.WholeFlow),
        Call("GET", "/flows/{id}/rules", door.rules, gives=flows.FlowRules),
        Call("GET", "/flows/{id}/scenario", doors.library.record, gives=library.RecordedScenario),
        Call("POST", "/flows/{id}/reports", acts.report, interventions.ReportBody, flows.ShownFlow),
        Call("POST", "/flows/{id}/replies", acts.reply, interventions.ReplyBody, flows.ShownFlow),
        Call("POST", "/flows/{id}/keys", acts.keys, interventions.KeysBody, flows.ShownFlow),
        Call("POST", "/flows/{id}/cancel", acts.cancel, interventions.CancelBody, flows.ShownFlow),
        Call("DELETE", "/flows/{id}", acts.delete, gives=interventions.DeletedFlow),
    )


def _callbacks(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import callbacks, flows, interventions

    door, acts = callbacks.CallbackDoor(doors.store), doors.interventions
    return (
        Call("GET", "/callbacks", door.callbacks, callbacks.CallbacksQuery, callbacks.CallbacksPage),
        Call("GET", "/callbacks/{id}", door.callback, gives=callbacks.ShownCallback),
        Call("POST", "/callbacks/resend", acts.resend_all, interventions.ResendBody, interventions.ResentCount),
        Call("POST", "/callbacks/{id}/resend", acts.resend, gives=flows.ShownFlow),
    )


def _verification(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import verification

    door = verification.VerificationDoor(doors.store)
    return (Call("POST", "/verify", door.verify, verification.VerifyBody, verification.Verdict),)


def _in_force(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import scenarios

    door, body, query = doors.scenarios, scenarios.OverridesBody, scenarios.OverridesQuery
    return (
        Call("GET", "/scenario", door.show, Whose, scenarios.InForce),
        Call("POST", "/scenario", door.choose, scenarios.ScenarioBody, scenarios.InForce, yaml=True),
        Call("DELETE", "/scenario", door.reset, Whose, scenarios.InForce),
        Call("POST", "/scenario/overrides", door.override, body, scenarios.InForce, yaml=True),
        Call("DELETE", "/scenario/overrides", door.clear, query, scenarios.InForce),
    )


def _library(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import keeping, library, sample, scenarios

    keeper, door, tried = keeping.KeepingDoor(doors.named, doors.emulation.steering), doors.library, library
    return (
        Call("GET", "/scenarios", doors.scenarios.catalogue, scenarios.ScenariosQuery, scenarios.ScenariosList),
        Call("GET", "/scenarios/{id}", door.read, gives=library.ScenarioText),
        Call("PUT", "/scenarios/{id}", keeper.keep, keeping.KeepBody, library.ScenarioText),
        Call("DELETE", "/scenarios/{id}", keeper.drop, gives=library.ScenarioText),
        Call("POST", "/scenarios/check", door.check, library.CheckBody, library.Checked),
        Call("POST", "/scenarios/expectations", door.expectations, tried.ExpectationsBody, tried.TriedExpectations),
        Call("POST", "/recording", door.record_all, library.RecordingBody, library.RecordedScenario),
        Call("POST", "/paths", door.paths, sample.Sample, library.PathsList),
        Call("GET", "/sample", sample.sample, sample.SampleQuery, sample.Sample),
    )


def _stories(doors: Doors) -> tuple[Call, ...]:
    from emulator.control.stories import door as stories

    door = doors.stories
    return (
        Call("GET", "/stories", door.all, gives=stories.StoriesList),
        Call("GET", "/stories/{id}", door.one, gives=stories.ShownStory),
        Call("POST", "/stories/{id}", door.act, stories.StoryAct, stories.ShownStory),
    )


def _choices(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import choices

    return (Call("GET", "/choices", choices.ChoicesDoor(doors.emulation).choices, Whose, choices.ChoicesList),)


def _clock(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import clock

    door = clock.ClockDoor(doors.emulation.engine, doors.store, doors.clocks)
    return (
        Call("GET", "/clock", door.show, Whose, clock.ClockState),
        Call("GET", "/clocks", door.clocks, gives=clock.ClocksList),
        Call("PUT", "/clock", door.change, clock.ClockBody, clock.ClockState),
        Call("DELETE", "/clock", door.share, clock.ShareClockQuery, clock.ClockState),
        Call("POST", "/clock/advance", door.advance, clock.AdvanceBody, clock.Advanced),
    )


def _upcoming(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import upcoming

    door = upcoming.UpcomingDoor(doors.store, doors.clocks)
    return (Call("GET", "/upcoming", door.show, upcoming.UpcomingQuery, upcoming.Upcoming),)


def _applications(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import applications

    door = applications.ApplicationDoor(doors.emulation, doors.forget)
    return (
        Call("GET", "/applications", door.applications, gives=applications.ApplicationsList),
        Call("GET", "/tokens", door.tokens, Whose, applications.TokensList),
        Call("DELETE", "/tokens/{id}", door.revoke, gives=applications.ShownToken),
        Call("GET", "/balance", door.balance, Whose, applications.Balance),
        Call("PUT", "/balance", door.set_balance, applications.BalanceBody, applications.Balance),
        Call("POST", "/reset", door.reset, applications.ResetBody, applications.WasReset),
    )


def _sink(doors: Doors) -> tuple[Call, ...]:
    from emulator.control import sink

    door = doors.sink
    return (
        Call("POST", "/sink", door.take, Anything, sink.Taken),
        Call("GET", "/sink/posts", door.show, sink.SinkQuery, sink.SinkPosts),
        Call("PUT", "/sink/answer", door.change, sink.SinkAnswer, sink.SinkAnswer),
    )


GROUPS: Final[Mapping[str, Callable[[Doors], tuple[Call, ...]]]] = MappingProxyType(
    {
        "health ready settings ca.pem openapi.json openapi schemas": _about,
        "journal feed requests": _journal,
        "board": _board,
        "statistics metrics": _figures,
        "flows": _flows,
        "callbacks": _callbacks,
        "verify": _verification,
        "scenario": _in_force,
        "scenarios recording paths sample": _library,
        "stories": _stories,
        "choices": _choices,
        "clock clocks": _clock,
        "upcoming": _upcoming,
        "applications tokens balance reset": _applications,
        "sink": _sink,
    }
)
"""What makes each group of calls, by the words with which their paths begin."""


def calls(doors: Doors) -> tuple[Call, ...]:
    """All calls."""
    return tuple(chain.from_iterable(made(doors) for made in GROUPS.values()))
