"""The door to the texts of scenarios: read a scenario's file, check a text that a user writes.

Nothing here puts a scenario in force; that is up to `scenarios`.
"""

from __future__ import annotations

import asyncio

from msgspec import Struct, to_builtins
from starlette.requests import Request
from starlette.responses import Response

from emulator.control import bodies
from emulator.errors import Json
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """A `text` to check, in YAML or JSON: a whole scenario, or if `overrides` is true, a text that has only rules."""

    text: str
    overrides: bool = False


class LibraryDoor:
    """Shows the texts of scenarios, and checks texts."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def read(self, request: Request) -> Response:
        """Answer one scenario: its purpose, its rules in words, and the text of its file."""
        name = request.path_params["id"]
        try:
            scenario = await asyncio.to_thread(self._catalogue.find, name)
            path, text = await asyncio.to_thread(self._catalogue.text, name)
        except ScenarioError as error:
            raise Problem(404, str(error)) from error
        rules = [{"name": rule.name, "match": str(rule.match)} for rule in scenario.rules]
        own = name in self._catalogue.own
        body = {"name": name, "purpose": scenario.purpose, "own": own, "file": path, "rules": rules, "text": text}
        return messages.good(body)

    async def check(self, request: Request) -> Response:
        """Answer the problems of a scenario's text, or of a text of overrides, with their lines; none if it is right.
        Nothing is put in force.
        """
        written = await bodies.decoded(request, Written)
        return messages.good({"problems": await asyncio.to_thread(_problems, written)})


def _problems(written: Written) -> list[Json]:
    try:
        if written.overrides:
            files.load_rules(written.text, "text")
        else:
            files.load_text(written.text, "inline", "text")
    except ScenarioError as error:
        return [to_builtins(each) for each in error.problems]
    return []
