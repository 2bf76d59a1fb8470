"""The doors to scenarios as texts: read the file of one, check what somebody writes."""

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
    """A text to be checked: `text`, YAML or JSON, of a whole scenario, or with `overrides` of rules alone."""

    text: str
    overrides: bool = False


class LibraryDoor:
    """Shows scenarios as texts, and checks texts."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def read(self, request: Request) -> Response:
        """Answer a scenario: its purpose, its rules in words, and the text of its file."""
        name = request.path_params["id"]
        try:
            scenario = await asyncio.to_thread(self._catalogue.find, name)
            path, text = await asyncio.to_thread(self._catalogue.text, name)
        except ScenarioError as error:
            raise Problem(404, str(error)) from error
        rules = [{"name": rule.name, "match": str(rule.match)} for rule in scenario.rules]
        own = name in self._catalogue.own
        told = {"name": name, "purpose": scenario.purpose, "own": own, "file": path, "rules": rules, "text": text}
        return messages.good(told)

    async def check(self, request: Request) -> Response:
        """Answer what is wrong with a scenario's text, or with rules; nothing is put in force."""
        wanted = await bodies.decoded(request, Written)
        return messages.good({"problems": await asyncio.to_thread(_problems, wanted)})


def _problems(wanted: Written) -> list[Json]:
    try:
        if wanted.overrides:
            files.load_rules(wanted.text, "text")
        else:
            files.load_text(wanted.text, "inline", "text")
    except ScenarioError as error:
        return [to_builtins(each) for each in error.problems]
    return []
