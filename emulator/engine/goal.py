"""How far time is moved."""

from __future__ import annotations

from msgspec import Struct

from emulator.errors import EmulatorError


class AdvanceError(EmulatorError):
    """Time can't be moved like this; the message says why."""


class Goal(Struct, frozen=True):
    """How far to advance: `by` so many milliseconds; to the time `at`; until the flow of the id `flow` has ended; or
    over at most `events` due times. Without any of them, until nothing is left to happen.
    """

    by: int | None = None
    at: int | None = None
    flow: str | None = None
    events: int | None = None
