"""The doors for time: read a clock, set its rate, move it. Of one application, or of all that share the default."""

from __future__ import annotations

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import durations, instants
from emulator.clock.clock import FASTEST, INSTANT
from emulator.control import bodies, journal
from emulator.control.applications import Whose
from emulator.emulation import Emulation
from emulator.engine.advance import AdvanceError, Goal
from emulator.errors import Json
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.store.records import JournalQuery

MOST = 1000
"""How many of the journal's entries an answer looks through; `truncated` says that there are more."""


class Setting(Struct, frozen=True, forbid_unknown_fields=True):
    """A body of PUT /_emulator/clock: a rate from 0, or the word instant."""

    rate: float | str
    application: str = ""


class Move(Struct, frozen=True, forbid_unknown_fields=True):
    """A body of POST /_emulator/clock/advance: one of `by` (a duration), `to` (a time), `until` (next, idle) or `flow`
    (until it has ended).
    """

    application: str = ""
    by: str = ""
    to: str = ""
    until: str = ""
    flow: str = ""


async def show(request: Request) -> Response:
    """Answer a clock's time, rate and next event."""
    emulation: Emulation = request.app.state.emulation
    return messages.good(await _state(emulation, bodies.query(request, Whose).application or ""))


async def change(request: Request) -> Response:
    """Set a clock's rate."""
    emulation: Emulation = request.app.state.emulation
    wanted = await bodies.decoded(request, Setting)
    rate = INSTANT if wanted.rate == "instant" else wanted.rate
    if isinstance(rate, str) or not (0 <= rate <= FASTEST or rate == INSTANT):
        raise Problem(400, f"rate must be a number from 0 to {FASTEST:g}, or instant; it is {wanted.rate}")
    name = await _own(emulation, wanted.application)
    await emulation.advancer.set(name, rate)
    await emulation.engine.note("clock", wanted.application, {"rate": _rate(rate)})
    return messages.good(await _state(emulation, wanted.application))


async def advance(request: Request) -> Response:
    """Move a clock; answer when all that fell due has happened, with the journal of it."""
    emulation: Emulation = request.app.state.emulation
    wanted = await bodies.decoded(request, Move)
    goal = _goal(wanted)
    name = await _own(emulation, wanted.application)
    before = await emulation.store.latest()
    try:
        await emulation.advancer.advance(name, goal)
    except AdvanceError as error:
        raise Problem(400, str(error)) from error
    entries = await emulation.store.journal(JournalQuery(before, MOST, application=wanted.application or None))
    happened = [journal.entry(each) for each in entries if emulation.clocks.name(each.application) == name]
    await emulation.engine.note(
        "clock", wanted.application, {"advanced": wanted.by or wanted.to or wanted.until or wanted.flow}
    )
    state = await _state(emulation, wanted.application)
    return messages.good({"happened": happened, "truncated": len(entries) == MOST} | state)


async def _own(emulation: Emulation, application: str) -> str:
    """The name of the clock that is meant; an application that is named gets one of its own."""
    if application:
        await emulation.advancer.own(application)
    return application


def _goal(wanted: Move) -> Goal:
    given = [name for name in ("by", "to", "until", "flow") if getattr(wanted, name)]
    if len(given) != 1 or wanted.until not in ("", "next", "idle"):
        raise Problem(400, f"expected {bodies.words(Move)}")
    try:
        by = durations.parse(wanted.by) if wanted.by else None
        at = instants.read(wanted.to) if wanted.to else None
    except ValueError as error:
        raise Problem(400, f"{given[0]} {error}; it is {wanted.by or wanted.to}") from error
    return Goal(by, at, wanted.flow or None, 1 if wanted.until == "next" else None)


async def _state(emulation: Emulation, application: str) -> Json:
    name = emulation.clocks.name(application)
    clock, following = emulation.clocks.clock(name), await emulation.engine.next_due(name)
    return {
        "application": name or None,
        "now": instants.written(emulation.clocks.now(name)),
        "rate": _rate(clock.rate),
        "next": None if following is None else instants.written(following),
    }


def _rate(rate: float) -> float | str:
    return "instant" if rate == INSTANT else rate
