"""The door to clocks: read one, set its rate, advance it.

A clock belongs to one application, or is the shared one, by which all others go. How time advances is up to
`engine.driver`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import durations, instants
from emulator.clock.clock import EVERYBODY, FASTEST, INSTANT, Clocks, ShownRate
from emulator.control import bodies, journal, known
from emulator.engine.engine import Engine
from emulator.engine.goal import AdvanceError, Goal
from emulator.http import messages
from emulator.journal.entry import Kind
from emulator.journal.kinds import ClockChanged
from emulator.provider.errors import Problem
from emulator.store.contract import Store
from emulator.store.records import JournalQuery
from emulator.validation.hints import nearest, quoted

MOST = 1000
"""The largest number of journal entries that one answer covers; `truncated` says that there were more."""


class ClockBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A body of PUT /_emulator/clock: `rate`, a number from 0 (1 is real time, 0 stands still) or the word instant, and
    `application` (without it, the shared clock).
    """

    rate: float | str
    application: str = ""


class AdvanceBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A body of POST /_emulator/clock/advance: one of `by` (a duration), `to` (a time), `until` (next or idle) or
    `flow` (the id of a flow, until that has ended), and `application` (without it, the shared clock).
    """

    application: str = ""
    by: str = ""
    to: str = ""
    until: Literal["", "next", "idle"] = ""
    flow: str = ""

    def goal(self) -> Goal:
        """How far to advance. Raises Problem 400."""
        given = [name for name in ("by", "to", "until", "flow") if getattr(self, name)]
        if len(given) != 1:
            several = f"{' and '.join(given)} are given together; " if given else ""
            raise Problem(400, f"{several}expected {bodies.words(AdvanceBody)}")
        try:
            by = durations.parse(self.by) if self.by else None
            at = instants.read(self.to) if self.to else None
        except ValueError as error:
            text, why = self.by or self.to, error if self.by else f"must be {instants.expected(self.to)}"
            raise Problem(400, f"{given[0]} {why}; it is {quoted(text)}{meant_for(text)}") from error
        return Goal(by, at, self.flow or None, 1 if self.until == "next" else None)


def meant_for(text: str) -> str:
    """The end of a message about a text in the wrong member of an AdvanceBody: which would be right, if any."""
    readers: tuple[tuple[str, Callable[[str], object]], ...] = (("by", durations.parse), ("to", instants.read))
    for name, read in readers:
        with suppress(ValueError):
            read(text)
            return f"; did you mean `{name}`?"
    if re.fullmatch("[0-9a-f-]{36}", text):
        return "; did you mean `flow`?"
    word = nearest(text, ("next", "idle"))
    return f'; did you mean `"until": "{word}"`?' if word else ""


class ShareClockQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query: the `application` whose own clock is given up."""

    application: bodies.Name


class ClockState(Struct):
    """A clock: whose it is (null: the shared one), its time, its rate, and when the next thing is due on it; `note`
    doubts an application of which nothing was known.
    """

    application: str | None
    now: str
    rate: ShownRate
    next: str | None
    note: str | UnsetType = UNSET


class ClocksList(Struct):
    """All clocks: the shared one, and those of applications."""

    clocks: list[ClockState]


class Advanced(ClockState, kw_only=True):
    """A clock that was advanced, and what happened on the way; `truncated` says that there was more."""

    happened: list[journal.ShownEntry]
    truncated: bool


class ClockDoor:
    """Shows clocks, sets their rates and advances them."""

    def __init__(self, engine: Engine, store: Store, clocks: Clocks) -> None:
        self._engine = engine
        self._store = store
        self._clocks = clocks

    async def show(self, request: Request) -> Response:
        """Answer a clock's time, its rate, and when the next thing is due on it."""
        application = bodies.query(request, bodies.Whose).application or ""
        note = await known.doubt(self._store, application, self._clocks.names())
        return messages.good(await self._state(application, note))

    async def clocks(self, _: Request) -> Response:
        """Answer all clocks: the shared one first, then those that applications have of their own, by name."""
        names = sorted({EVERYBODY, *self._clocks.names()})
        return messages.good(ClocksList([await self._state(each) for each in names]))

    async def change(self, request: Request) -> Response:
        """Set a clock's rate. An application that has gone by the shared clock gets its own. Refused with 409 as an
        advance is.
        """
        body = await bodies.decoded(request, ClockBody)
        rate = INSTANT if body.rate == "instant" else body.rate
        if isinstance(rate, str) or not (0 <= rate <= FASTEST or rate == INSTANT):
            found = f"the text {quoted(rate)}" if isinstance(rate, str) else rate
            raise Problem(400, f"rate must be a number from 0 to {FASTEST:g}, or instant; it is {found}")
        note = await known.doubt(self._store, body.application, self._clocks.names())
        async with self._engine.driving(body.application) as driver:
            await driver.set_rate(rate)
        return messages.good(await self._state(body.application, note))

    async def share(self, request: Request) -> Response:
        """Have an application that has a clock of its own go by the shared one again: what falls due until its time
        happens first. Refused with 400 if the own clock is ahead, since time only goes forward, and with 409 as an
        advance is.
        """
        application = bodies.query(request, ShareClockQuery).application
        note = await known.doubt(self._store, application, self._clocks.names())
        try:
            async with self._engine.driving(EVERYBODY) as shared, self._engine.driving(application) as own:
                await own.share(shared)
        except AdvanceError as error:
            raise Problem(400, str(error)) from error
        return messages.good(await self._state(application, note))

    async def advance(self, request: Request) -> Response:
        """Advance a clock. The answer comes when everything that fell due has happened, with its journal entries. An
        application that has gone by the shared clock gets its own. Refused with 409 if it would have to wait for
        another call, because of a callback that is not answered for three quarters of the time that its receiver has:
        the handler of a callback can't move the time of a call that waits for the handler's answer.
        """
        move = await bodies.decoded(request, AdvanceBody)
        goal = move.goal()
        application = move.application
        if move.flow:
            goal = replace(goal, flow=(await known.flow(self._store, move.flow)).id)
        note = await known.doubt(self._store, application, self._clocks.names())
        before = await self._store.latest()
        try:
            async with self._engine.driving(application) as driver:
                told = ClockChanged(advanced=move.by or move.to or move.until or UNSET, flow=goal.flow or UNSET)
                await driver.advance(goal, told)
        except AdvanceError as error:
            raise Problem(400, str(error)) from error
        entries = await self._store.journal(JournalQuery(before, MOST, application=application))
        happened = [
            journal.entry(each)
            for each in entries
            if each.kind != Kind.CLOCK and self._clocks.name(each.application) == application
        ]
        state = await self._state(application, note)
        return messages.good(Advanced(**asdict(state), happened=happened, truncated=len(entries) == MOST))

    async def _state(self, application: str, note: str | UnsetType = UNSET) -> ClockState:
        name = self._clocks.name(application)
        following = await self._engine.driver(name).next_due()
        return ClockState(
            application=name or None,
            now=instants.written(self._clocks.now(name)),
            rate=self._clocks.clock(name).shown_rate,
            next=None if following is None else instants.written(following),
            note=note,
        )
