"""The doors for scenarios: which there are, which is in force, another one, overrides on top, and back again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from msgspec import UNSET, Raw, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from emulator.control import bodies
from emulator.engine.steering import Steering
from emulator.errors import Json
from emulator.http import messages
from emulator.planning.selection import OVERRIDES, Selection
from emulator.provider.errors import Problem
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue
from emulator.scenario.rules import Scenario

T = TypeVar("T")


class Choice(Struct, frozen=True, forbid_unknown_fields=True):
    """A body of POST /_emulator/scenario: one of `name`, `scenario` (an object) or `text` (YAML), and `application`
    (all of them without it).
    """

    application: str = ""
    name: str = ""
    scenario: Raw | UnsetType = UNSET
    text: str = ""


class Overrides(Struct, frozen=True, forbid_unknown_fields=True):
    """A body of POST /_emulator/scenario/overrides: `rules` (objects as in a scenario's file, each with its number of
    `uses` or without) or `text` (YAML that has `rules` alone), and `application` (all of them without it).
    """

    rules: Raw | UnsetType = UNSET
    text: str = ""
    application: str = ""


class ScenarioDoor:
    """Shows which scenarios there are and which is in force, and puts others in force."""

    def __init__(self, catalogue: Catalogue, selection: Selection, steering: Steering) -> None:
        self._catalogue = catalogue
        self._selection = selection
        self._steering = steering

    async def catalogue(self, _: Request) -> Response:
        """Answer all scenarios that can be chosen."""
        found = await asyncio.to_thread(self._catalogue.all)
        own = self._catalogue.own
        told = [{"name": each.name, "purpose": each.purpose, "own": each.name in own} for each in found.values()]
        return messages.good({"scenarios": told})

    async def show(self, request: Request) -> Response:
        """Answer what is in force for an application."""
        return messages.good(self._state(bodies.query(request, bodies.Whose).application or ""))

    async def choose(self, request: Request) -> Response:
        """Put another scenario in force; its balance begins anew."""
        wanted = await bodies.decoded(request, Choice)
        scenario, text = await self._wanted(wanted)
        await self._steering.choose(wanted.application, scenario, text)
        return messages.good(self._state(wanted.application))

    async def override(self, request: Request) -> Response:
        """Put rules on top of the scenario that is in force."""
        wanted = await bodies.decoded(request, Overrides)
        if bool(wanted.text) == (wanted.rules is not UNSET):
            raise Problem(400, f"expected {bodies.words(Overrides)}")
        text = wanted.text if wanted.rules is UNSET else f'{{"rules": {bytes(wanted.rules).decode()}}}'
        rules = await _loaded(files.load_rules, text, OVERRIDES)
        await self._steering.override(wanted.application, text, rules)
        return messages.good(self._state(wanted.application))

    async def reset(self, request: Request) -> Response:
        """Forget an application's choice and overrides; all of them if none is named."""
        application = bodies.query(request, bodies.Whose).application or ""
        await self._steering.forget_choice(application)
        return messages.good(self._state(application))

    async def _wanted(self, wanted: Choice) -> tuple[Scenario, str | None]:
        """The scenario that is meant, and its text if it is given inline. Raises Problem 400."""
        given = "" if wanted.scenario is UNSET else bytes(wanted.scenario).decode()
        inline = given or wanted.text
        if bool(inline) == bool(wanted.name) or (wanted.text and given):
            raise Problem(400, f"expected {bodies.words(Choice)}")
        if inline:
            return await _loaded(files.load_text, inline, "inline"), inline
        return await _loaded(self._catalogue.find, wanted.name), None

    def _state(self, application: str) -> Json:
        scenario = self._selection.chosen(application)
        overrides = self._selection.overrides(application)
        return {
            "application": application or None,
            "scenario": scenario.name,
            "purpose": scenario.purpose,
            "rules": [rule.name for rule in scenario.rules],
            "overrides": [
                {"name": each.rule.name, "match": str(each.rule.match), "uses": each.uses} for each in overrides
            ],
            "balance": self._steering.balance(application),
        }


async def _loaded(load: Callable[..., T], *what: str) -> T:
    try:
        return await asyncio.to_thread(load, *what)
    except ScenarioError as error:
        raise Problem(400, str(error), problems=list(error.problems)) from error
