"""The door to scenarios: list them, show which is in force, put another in force, put overrides on top, reset both."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock.clock import Clocks
from emulator.control import bodies, known
from emulator.engine.steering import Steering
from emulator.http import messages
from emulator.planning.selection import OVERRIDES, Selection
from emulator.provider.errors import Problem
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue
from emulator.scenario.rules import Rule, Scenario
from emulator.store.contract import Store
from emulator.validation.hints import hint, quoted

T = TypeVar("T")
log = logging.getLogger(__name__)

SHOWN: Final = 100
"""How many overrides an answer lists, so that many can be put one by one."""


class Choice(Struct, frozen=True, forbid_unknown_fields=True):
    """A body of POST /_emulator/scenario: one of `name`, `scenario` (an object) or `text` (YAML), `application`
    (without it, all of them), and `file`, which messages about a text name as its place. Or YAML itself, with the
    Content-Type application/yaml and the application in the query.
    """

    application: str = ""
    name: str = ""
    scenario: Raw | UnsetType = UNSET
    text: str = ""
    file: str = ""


class Overrides(Struct, frozen=True, forbid_unknown_fields=True):
    """A body of POST /_emulator/scenario/overrides: `rules` (objects as in a scenario's file, each with or without a
    number of `uses`) or `text` (YAML that has only `rules`), and `application` (without it, all of them). Or that YAML
    itself, with the Content-Type application/yaml and the application in the query.
    """

    rules: Raw | UnsetType = UNSET
    text: str = ""
    application: str = ""


class TakenBack(bodies.Whose, frozen=True, forbid_unknown_fields=True):
    """A query: the overrides of one `application` (without it, of all); or only the one of this `name`."""

    name: str = ""


class ShownScenario(Struct):
    """A scenario that can be chosen; `own` says that it is one of the user's files."""

    name: str
    purpose: str
    own: bool


class ScenariosList(Struct):
    """All scenarios that can be chosen."""

    scenarios: list[ShownScenario]


class ShownRule(Struct):
    """A rule of a scenario and its match in words."""

    name: str
    match: str


class ShownOverride(ShownRule):
    """A rule on top of the scenario, and how many more uses it has (null: any number)."""

    uses: int | None


class Remark(Struct):
    """Something wrong with a text, or said in vain: where, and what it is."""

    file: str
    line: int
    column: int
    path: str
    message: str


class InForce(Struct, rename="camel"):
    """What is in force for an application (null: for all): the scenario with its rules, the first overrides and how
    many more there are, and the balance left (null: it can't run out). `warnings` has what was just put in force in
    vain, `note` doubts an application of which nothing was known.
    """

    application: str | None
    scenario: str
    purpose: str
    rules: list[str]
    overrides: list[ShownOverride]
    more_overrides: int
    balance: float | None
    warnings: list[Remark] | UnsetType = UNSET
    note: str | UnsetType = UNSET


class ScenarioDoor:
    """Shows the scenarios and what is in force, and changes what is in force."""

    def __init__(
        self, catalogue: Catalogue, selection: Selection, steering: Steering, store: Store, clocks: Clocks
    ) -> None:
        self._catalogue = catalogue
        self._selection = selection
        self._steering = steering
        self._store = store
        self._clocks = clocks

    async def catalogue(self, _: Request) -> Response:
        """Answer all scenarios that can be chosen, with their purposes."""
        known = await asyncio.to_thread(self._catalogue.all)
        own = self._catalogue.own
        return messages.good(
            ScenariosList([ShownScenario(each.name, each.purpose, each.name in own) for each in known.values()])
        )

    async def show(self, request: Request) -> Response:
        """Answer what is in force for an application: the scenario with its rules, the first SHOWN overrides and how
        many more there are, the balance left.
        """
        application = bodies.query(request, bodies.Whose).application or ""
        return messages.good(self._state(application, await self._doubt(application)))

    async def choose(self, request: Request) -> Response:
        """Put another scenario in force, for an application or for all; its balance is full again. The body may be the
        YAML of a scenario, if its Content-Type says so; then the application stands in the query.
        """
        if bodies.is_yaml(request):
            choice = Choice(bodies.asked(request, bodies.Whose).application or "", text=await bodies.text(request))
        else:
            choice = await bodies.decoded(request, Choice)
        scenario, text = await self._scenario(choice)
        note = await self._doubt(choice.application)
        await self._steering.choose(choice.application, scenario, text)
        found = [] if text is None else await asyncio.to_thread(_in_vain, text, scenario, choice.file)
        return messages.good(self._state(choice.application, note, found))

    async def override(self, request: Request) -> Response:
        """Put rules on top of the scenario in force and of earlier overrides. The body may be YAML that has only
        `rules`, if its Content-Type says so; then the application stands in the query.
        """
        if bodies.is_yaml(request):
            whose = bodies.asked(request, bodies.Whose).application or ""
            body = Overrides(text=await bodies.text(request), application=whose)
        else:
            body = await bodies.decoded(request, Overrides)
        if bool(body.text) == (body.rules is not UNSET):
            raise Problem(400, f"expected {bodies.words(Overrides)}")
        if body.rules is not UNSET and bytes(body.rules).startswith(b'"'):
            raise Problem(400, "rules must be a list of objects; it is a text; did you mean `text`?")
        text = body.text if body.rules is UNSET else f'{{"rules": {bytes(body.rules).decode()}}}'
        rules = await _loaded(files.load_rules, text, OVERRIDES)
        note = await self._doubt(body.application)
        await self._steering.override(body.application, text, rules)
        found = await asyncio.to_thread(_in_vain, text, rules, OVERRIDES)
        return messages.good(self._state(body.application, note, found))

    async def clear(self, request: Request) -> Response:
        """Take back the overrides of an application, or of all, or one of them; the scenario stays."""
        query = bodies.query(request, TakenBack)
        application = query.application or ""
        there = [each.rule.name for each in self._selection.overrides(application)]
        if query.name and query.name not in there:
            raise Problem(404, f"there is no override {quoted(query.name)}{hint(query.name, there)}")
        note = await self._doubt(application)
        await self._steering.clear_overrides(application, query.name)
        return messages.good(self._state(application, note))

    async def reset(self, request: Request) -> Response:
        """Forget the chosen scenario and the overrides of an application, or of all; the default scenario is in force
        again.
        """
        application = bodies.query(request, bodies.Whose).application or ""
        note = await self._doubt(application)
        await self._steering.forget_choice(application)
        return messages.good(self._state(application, note))

    async def _scenario(self, choice: Choice) -> tuple[Scenario, str | None]:
        """The chosen scenario, and its text if it is given inline. Raises Problem 400."""
        given = "" if choice.scenario is UNSET else bytes(choice.scenario).decode()
        if given.startswith('"'):
            raise Problem(
                400, f"scenario must be an object; it is the text {given[:100]}; did you mean `name` or `text`?"
            )
        inline = given or choice.text
        if bool(inline) == bool(choice.name) or (choice.text and given):
            raise Problem(400, f"expected {bodies.words(Choice)}")
        if inline:
            return await _loaded(files.load_text, inline, "inline", choice.file), inline
        return await _loaded(self._catalogue.find, choice.name), None

    async def _doubt(self, application: str) -> str | UnsetType:
        return await known.doubt(self._store, application, self._clocks.names())

    def _state(self, application: str, note: str | UnsetType = UNSET, found: Sequence[files.Problem] = ()) -> InForce:
        scenario = self._selection.chosen(application)
        overrides = self._selection.overrides(application)
        return InForce(
            application=application or None,
            scenario=scenario.name,
            purpose=scenario.purpose,
            rules=[rule.name for rule in scenario.rules],
            overrides=[ShownOverride(each.rule.name, str(each.rule.match), each.uses) for each in overrides[:SHOWN]],
            more_overrides=max(0, len(overrides) - SHOWN),
            balance=self._steering.balance(application),
            warnings=[Remark(**asdict(each)) for each in found] or UNSET,
            note=note,
        )


def _in_vain(text: str, made: Scenario | Sequence[tuple[Rule, int | None]], file: str) -> list[files.Problem]:
    """What a text that was put in force says in vain, as `check` tells it; the log has it too."""
    from emulator.scenario.files.doubts import warnings  # few steer a server

    rules = [(rule, None) for rule in made.rules] if isinstance(made, Scenario) else made
    found = warnings(text, rules, file or "inline")
    for each in found:
        log.warning("what was put in force says something in vain: %s", each)
    return found


async def _loaded(load: Callable[..., T], *arguments: str) -> T:
    """What `load` reads, in a thread. Raises Problem 400 with the scenario's problems."""
    try:
        return await asyncio.to_thread(load, *arguments)
    except ScenarioError as error:
        raise Problem(400, str(error), problems=list(error.problems)) from error
