"""The doors for scenarios: which there are, which is in force, another one, overrides on top, and back again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from msgspec import UNSET, Raw, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from emulator.control import bodies
from emulator.control.applications import Whose
from emulator.emulation import Emulation
from emulator.errors import Json
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
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


async def catalogue(request: Request) -> Response:
    """Answer all scenarios that can be chosen."""
    emulation: Emulation = request.app.state.emulation
    found = await asyncio.to_thread(emulation.catalogue.all)
    own = emulation.catalogue.own
    told = [{"name": each.name, "purpose": each.purpose, "own": each.name in own} for each in found.values()]
    return messages.good({"scenarios": told})


async def show(request: Request) -> Response:
    """Answer what is in force for an application."""
    emulation: Emulation = request.app.state.emulation
    return messages.good(_state(emulation, bodies.query(request, Whose).application or ""))


async def choose(request: Request) -> Response:
    """Put another scenario in force; its balance begins anew."""
    emulation: Emulation = request.app.state.emulation
    wanted = await bodies.decoded(request, Choice)
    scenario = await _wanted(emulation, wanted)
    emulation.selection.choose(wanted.application, scenario)
    emulation.balances.reset(wanted.application)
    await emulation.engine.note("scenario", wanted.application, {"chosen": scenario.name})
    return messages.good(_state(emulation, wanted.application))


async def override(request: Request) -> Response:
    """Put rules on top of the scenario that is in force."""
    emulation: Emulation = request.app.state.emulation
    wanted = await bodies.decoded(request, Overrides)
    if bool(wanted.text) == (wanted.rules is not UNSET):
        raise Problem(400, f"expected {bodies.words(Overrides)}")
    text = wanted.text if wanted.rules is UNSET else f'{{"rules": {bytes(wanted.rules).decode()}}}'
    rules = await _loaded(files.load_rules, text, "overrides")
    made = emulation.selection.override(wanted.application, rules)
    await emulation.engine.note("scenario", wanted.application, {"overrides": [each.rule.name for each in made]})
    return messages.good(_state(emulation, wanted.application))


async def reset(request: Request) -> Response:
    """Forget an application's choice and overrides; all of them if none is named."""
    emulation: Emulation = request.app.state.emulation
    application = bodies.query(request, Whose).application or ""
    emulation.selection.reset(application)
    emulation.balances.reset(application)
    await emulation.engine.note("scenario", application, {"reset": True})
    return messages.good(_state(emulation, application))


async def _wanted(emulation: Emulation, wanted: Choice) -> Scenario:
    given = "" if wanted.scenario is UNSET else bytes(wanted.scenario).decode()
    inline = given or wanted.text
    if bool(inline) == bool(wanted.name) or (wanted.text and given):
        raise Problem(400, f"expected {bodies.words(Choice)}")
    if inline:
        return await _loaded(files.load_text, inline, "inline")
    return await _loaded(emulation.catalogue.find, wanted.name)


async def _loaded(load: Callable[..., T], *what: str) -> T:
    try:
        return await asyncio.to_thread(load, *what)
    except ScenarioError as error:
        raise Problem(400, str(error), problems=list(error.problems)) from error


def _state(emulation: Emulation, application: str) -> Json:
    scenario = emulation.selection.chosen(application)
    overrides = emulation.selection.overrides(application)
    left = None if scenario.balance is None else emulation.balances.left(application, scenario.balance)
    return {
        "application": application or None,
        "scenario": scenario.name,
        "purpose": scenario.purpose,
        "rules": [rule.name for rule in scenario.rules],
        "overrides": [{"name": each.rule.name, "match": str(each.rule.match), "uses": each.uses} for each in overrides],
        "balance": left,
    }
