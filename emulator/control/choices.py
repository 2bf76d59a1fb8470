"""The door to what the provider's documentation leaves open: the choices, and how they are answered here."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from emulator.choices.table import by_name, rows
from emulator.clock.clock import EVERYBODY
from emulator.control import bodies, known
from emulator.control.bodies import Whose
from emulator.emulation import Emulation
from emulator.http import messages


class ShownChoice(Struct, rename="camel"):
    """A question, what each of its `answers` does, which is in force, which is taken unless somebody chooses, and where
    the documentation leaves it open.
    """

    name: str
    question: str
    answers: Mapping[str, str]
    in_force: str
    taken: str
    source: str


class ChoicesList(Struct):
    """The choices in force for an application (null: for those that have no scenario of their own); `note` doubts one
    of which nothing is known.
    """

    application: str | None
    choices: list[ShownChoice]
    note: str | UnsetType = UNSET


class ChoicesDoor:
    """Shows the choices in force."""

    def __init__(self, emulation: Emulation) -> None:
        self._emulation = emulation

    async def choices(self, request: Request) -> Response:
        """Answer all choices: those in force for new flows of an application, by its scenario and the settings."""
        whose = bodies.query(request, Whose).application
        in_force = by_name(self._emulation.choices_of(whose or EVERYBODY))
        shown = [
            ShownChoice(row.name, row.told.question, row.told.answers, in_force[row.name], row.taken, row.told.source)
            for row in rows()
        ]
        note = await known.doubt(self._emulation.store, whose, self._emulation.clocks.names())
        return messages.good(ChoicesList(whose, shown, note))
