"""The doors for time: read a clock, set its rate, move it. Of one application, or of all that share the default."""

from __future__ import annotations

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import durations, instants
from emulator.clock.clock import FASTEST, INSTANT, Clocks
from emulator.control import bodies, journal
from emulator.engine.driver import AdvanceError, Goal
from emulator.engine.engine import Engine
from emulator.errors import Json
from emulator.http import messages
from emulator.journal.kinds import ClockChanged
from emulator.provider.errors import Problem
from emulator.store.contract import Store
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


class ClockDoor:
    """Reads, sets and moves clocks."""

    def __init__(self, engine: Engine, store: Store, clocks: Clocks) -> None:
        self._engine = engine
        self._store = store
        self._clocks = clocks

    async def show(self, request: Request) -> Response:
        """Answer a clock's time, rate and next event."""
        return messages.good(await self._state(bodies.query(request, bodies.Whose).application or ""))

    async def change(self, request: Request) -> Response:
        """Set a clock's rate."""
        wanted = await bodies.decoded(request, Setting)
        rate = INSTANT if wanted.rate == "instant" else wanted.rate
        if isinstance(rate, str) or not (0 <= rate <= FASTEST or rate == INSTANT):
            raise Problem(400, f"rate must be a number from 0 to {FASTEST:g}, or instant; it is {wanted.rate}")
        driver = await self._engine.own_clock(wanted.application)
        await driver.set_rate(rate)
        await self._engine.note(wanted.application, ClockChanged(rate=_rate(rate)))
        return messages.good(await self._state(wanted.application))

    async def advance(self, request: Request) -> Response:
        """Move a clock; answer when all that fell due has happened, with the journal of it."""
        wanted = await bodies.decoded(request, Move)
        goal = _goal(wanted)
        driver = await self._engine.own_clock(wanted.application)
        before = await self._store.latest()
        try:
            await driver.advance(goal)
        except AdvanceError as error:
            raise Problem(400, str(error)) from error
        entries = await self._store.journal(JournalQuery(before, MOST, application=wanted.application))
        name = wanted.application
        happened = [journal.entry(each) for each in entries if self._clocks.name(each.application) == name]
        moved = ClockChanged(advanced=wanted.by or wanted.to or wanted.until or wanted.flow)
        await self._engine.note(wanted.application, moved)
        state = await self._state(wanted.application)
        return messages.good({"happened": happened, "truncated": len(entries) == MOST} | state)

    async def _state(self, application: str) -> Json:
        name = self._clocks.name(application)
        clock, following = self._clocks.clock(name), await self._engine.driver(name).next_due()
        return {
            "application": name or None,
            "now": instants.written(self._clocks.now(name)),
            "rate": _rate(clock.rate),
            "next": None if following is None else instants.written(following),
        }


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


def _rate(rate: float) -> float | str:
    return "instant" if rate == INSTANT else rate
