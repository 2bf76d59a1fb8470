"""The door to the texts of scenarios: read a scenario's file, check a text that a user writes.

Nothing here puts a scenario in force; that is up to `scenarios`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from msgspec import Struct, to_builtins
from starlette.requests import Request
from starlette.responses import Response

from emulator.control import bodies
from emulator.control.scenarios import Remark, ShownRule, ShownScenario
from emulator.emulation import Emulation
from emulator.errors import Json
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue
from emulator.store.contract import Store


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """A `text` to check, in YAML or JSON: a whole scenario, or if `overrides` is true, a text that has only rules."""

    text: str
    overrides: bool = False


class ScenarioText(ShownScenario):
    """A scenario with its rules and the text of its file."""

    file: str
    rules: list[ShownRule]
    text: str


class Checked(Struct):
    """What is wrong with a text, and what it says in vain."""

    problems: list[Remark]
    warnings: list[Remark]


class LibraryDoor:
    """Shows the texts of scenarios, and checks texts."""

    def __init__(self, catalogue: Catalogue, store: Store, emulation: Emulation) -> None:
        self._catalogue = catalogue
        self._store = store
        self._emulation = emulation

    async def read(self, request: Request) -> Response:
        """Answer one scenario: its purpose, its rules in words, and the text of its file; of one that was written by
        hand and is in force, that text.
        """
        name = request.path_params["id"]
        inline = [each.text for each in self._store.states().values() if each.scenario == name and each.text]
        if inline:  # it was written by hand; no file has it
            scenario = await asyncio.to_thread(files.load_text, inline[0], name)
            rules = [ShownRule(rule.name, str(rule.match)) for rule in scenario.rules]
            return messages.good(ScenarioText(name, scenario.purpose, own=True, file="", rules=rules, text=inline[0]))
        try:
            scenario = await asyncio.to_thread(self._catalogue.find, name)
            path, text = await asyncio.to_thread(self._catalogue.text, name)
        except ScenarioError as error:
            raise Problem(404, str(error)) from error
        rules = [ShownRule(rule.name, str(rule.match)) for rule in scenario.rules]
        own = name in self._catalogue.own
        return messages.good(ScenarioText(name, scenario.purpose, own, Path(path).name, rules, text))

    async def check(self, request: Request) -> Response:
        """Answer the problems of a scenario's text, or of a text of overrides, with their lines, none if it is right;
        and warnings: what it says in vain, and what it expects of itself without coming to it. Nothing is put in force.
        """
        written = await bodies.decoded(request, Written)
        return messages.good(await asyncio.to_thread(_checked, written, self._emulation))


def _checked(written: Written, emulation: Emulation) -> Json:
    """The problems and warnings of a text."""
    from emulator.control.review import review, review_rules
    from emulator.provider.beforehand import Beforehand

    try:
        if written.overrides:
            return {"problems": [], "warnings": to_builtins(review_rules(written.text, "text"))}
        found = review(written.text, "inline", "text", Beforehand(emulation.settings, emulation.declared))
    except ScenarioError as error:
        return {"problems": to_builtins(error.problems), "warnings": []}
    warnings = sorted((*found.unmet, *found.warnings), key=lambda problem: problem.line)
    return {"problems": [], "warnings": to_builtins(warnings)}
