"""The door to scenarios: list them, show which is in force, put another in force, put overrides on top, reset both."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from json import dumps
from typing import Final, TypeVar

from msgspec import UNSET, Raw, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock.clock import Clocks
from emulator.control import bodies, known
from emulator.control.remarks import Remark, remarks
from emulator.engine.library import Library
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

INLINE: Final = "inline"
"""What a scenario is called that comes without a name."""
SHOWN: Final = 100
"""How many overrides an answer lists, so that many can be put one by one."""


class ScenarioBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A body of POST /_emulator/scenario: one of `name`, `scenario` (an object) or `text` (YAML), `application`
    (without it, all of them), its `parameters`, and `file`, which messages about a text name as its place. Or YAML
    itself, with the Content-Type application/yaml and the application in the query.
    """

    application: str = ""
    name: str = ""
    scenario: Raw | UnsetType = UNSET
    text: str = ""
    file: str = ""
    parameters: dict[str, bool | int | float | str] = {}


class OverridesBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A body of POST /_emulator/scenario/overrides: `rules` (objects as in a scenario's file, each with or without a
    number of `uses`), with `plans` by name or without, or `text` (YAML that has only `rules`, and `plans`), and
    `application` (without it, all of them). Or that YAML itself, with the Content-Type application/yaml and the
    application in the query. Rules may refer to the plans of the scenario in force, too.
    """

    rules: Raw | UnsetType = UNSET
    plans: Raw | UnsetType = UNSET
    text: str = ""
    application: str = ""


class OverridesQuery(bodies.Whose, frozen=True, forbid_unknown_fields=True):
    """A query: the overrides of one `application` (without it, of all); or only the one of this `name`."""

    name: str = ""


class ShownScenario(Struct):
    """A scenario that can be chosen; `own` says that it is the user's: a file of theirs, or a text that is `kept` here;
    `group` is the folder that it is in among them, or among the shipped ones, such as viber (empty: none). `problems`
    are those of its file as it is now: this is the last version without any.
    """

    name: str
    purpose: str
    own: bool
    kept: bool
    group: str
    problems: list[Remark] | UnsetType = UNSET


class ScenariosQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of the scenarios: those alone that have each word of `text` in their names, purposes, groups or texts."""

    text: str = ""


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


class InForce(Struct, rename="camel"):
    """What is in force for an application (null: for all): the scenario with its rules, the first overrides and how
    many more there are, and the balance left (null: it can't run out). `warnings` has what was just put in force in
    vain, `note` doubts an application of which nothing was known; `problems` are those of the scenario's file as it is
    now: its last version without any is in force.
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
    problems: list[Remark] | UnsetType = UNSET


class ScenarioDoor:
    """Shows the scenarios and what is in force, and changes what is in force."""

    def __init__(
        self, library: Library, selection: Selection, steering: Steering, store: Store, clocks: Clocks
    ) -> None:
        self._library = library
        self._selection = selection
        self._steering = steering
        self._store = store
        self._clocks = clocks

    async def catalogue(self, request: Request) -> Response:
        """Answer all scenarios that can be chosen, or those with some words in them, with their purposes."""
        words = bodies.query(request, ScenariosQuery).text.lower().split()
        catalogue, kept = self._library.catalogue, await self._library.kept()
        known, group = await asyncio.to_thread(lambda: (catalogue.all(), catalogue.groups()))
        shown = [
            ShownScenario(
                name,
                each.purpose,
                own=name in catalogue.own,
                kept=False,
                group=group.get(name, ""),
                problems=remarks(catalogue.outdated(name)) or UNSET,
            )
            for name, each in known.items()
        ]
        shown += await asyncio.to_thread(lambda: [_kept(name, text, catalogue) for name, text in kept.items()])
        texts = await asyncio.to_thread(catalogue.texts) | kept if words else {}
        said = [f"{each.name} {each.purpose} {each.group} {texts.get(each.name, '')}".lower() for each in shown]
        return messages.good(ScenariosList([e for e, t in zip(shown, said, strict=True) if all(w in t for w in words)]))

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
            choice = ScenarioBody(
                bodies.asked(request, bodies.Whose).application or "", text=await bodies.text(request)
            )
        else:
            choice = await bodies.decoded(request, ScenarioBody)
        scenario, text = await self._scenario(choice)
        note = await self._doubt(choice.application)
        await self._steering.choose(choice.application, scenario, text)
        found = [] if text is None else await asyncio.to_thread(_in_vain, text, scenario, choice.file)
        return messages.good(self._state(choice.application, note, found))

    async def override(self, request: Request) -> Response:
        """Put rules on top of the scenario in force and of earlier overrides. The body may be YAML that has only
        `rules`, and `plans`, if its Content-Type says so; then the application stands in the query.
        """
        if bodies.is_yaml(request):
            whose = bodies.asked(request, bodies.Whose).application or ""
            body = OverridesBody(text=await bodies.text(request), application=whose)
        else:
            body = await bodies.decoded(request, OverridesBody)
        if bool(body.text) == (body.rules is not UNSET) or (body.text and body.plans is not UNSET):
            raise Problem(400, f"expected {bodies.words(OverridesBody)}")
        if body.rules is not UNSET and bytes(body.rules).startswith(b'"'):
            raise Problem(400, "rules must be a list of objects; it is a text; did you mean `text`?")
        plans = "" if body.plans is UNSET else f'"plans": {bytes(body.plans).decode()}, '
        text = body.text if body.rules is UNSET else f'{{{plans}"rules": {bytes(body.rules).decode()}}}'
        there = self._selection.chosen(body.application).plans
        rules = await loaded(files.load_rules, text, OVERRIDES, there)
        note = await self._doubt(body.application)
        await self._steering.override(body.application, files.with_plans(text, there), rules)
        found = await asyncio.to_thread(_in_vain, text, rules, OVERRIDES)
        return messages.good(self._state(body.application, note, found))

    async def clear(self, request: Request) -> Response:
        """Take back the overrides of an application, or of all, or one of them; the scenario stays."""
        query = bodies.query(request, OverridesQuery)
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

    async def _scenario(self, choice: ScenarioBody) -> tuple[Scenario, str | None]:
        """The chosen scenario, and its text if it is given inline. Raises Problem 400."""
        written = "" if choice.scenario is UNSET else bytes(choice.scenario).decode()
        if written.startswith('"'):
            raise Problem(
                400, f"scenario must be an object; it is the text {written[:100]}; did you mean `name` or `text`?"
            )
        inline = written or choice.text
        if bool(inline) == bool(choice.name) or (choice.text and written):
            raise Problem(400, f"expected {bodies.words(ScenarioBody)}")
        given = {name: each if isinstance(each, str) else dumps(each) for name, each in choice.parameters.items()}
        name = files.call(choice.name or INLINE, given)
        if inline:
            return await loaded(self._library.catalogue.read, inline, name, choice.file), inline
        try:
            return await self._library.found(name)
        except ScenarioError as error:
            raise refusal(error) from error

    async def _doubt(self, application: str) -> str | UnsetType:
        return await known.doubt(self._store, application, self._clocks.names())

    def _state(self, application: str, note: str | UnsetType = UNSET, found: Sequence[files.Problem] = ()) -> InForce:
        scenario, catalogue = self._selection.chosen(application), self._library.catalogue
        outdated = catalogue.outdated(scenario.name) if catalogue.latest.get(scenario.name) == scenario else ()
        overrides = self._selection.overrides(application)
        return InForce(
            application=application or None,
            scenario=scenario.name,
            purpose=scenario.purpose,
            rules=[rule.name for rule in scenario.rules],
            overrides=[ShownOverride(each.rule.name, str(each.rule.match), each.uses) for each in overrides[:SHOWN]],
            more_overrides=max(0, len(overrides) - SHOWN),
            balance=self._steering.balance(application),
            warnings=remarks(found) or UNSET,
            note=note,
            problems=remarks(outdated) or UNSET,
        )


def _in_vain(text: str, made: Scenario | Sequence[tuple[Rule, int | None]], file: str) -> list[files.Problem]:
    """What a text that was put in force says in vain, as `check` tells it; the log has it too."""
    from emulator.scenario.files.doubts import warnings  # few steer a server

    own = made.rules[: len(made.rules) - made.included] if isinstance(made, Scenario) else ()
    rules = [(rule, None) for rule in own] if isinstance(made, Scenario) else made
    found = warnings(text, rules, file or "inline")
    for each in found:
        log.warning("what was put in force says something in vain: %s", each)
    return found


def _kept(name: str, text: str, catalogue: Catalogue) -> ShownScenario:
    """A scenario whose text is kept. What an older emulator took may be refused by this one."""
    try:
        purpose = catalogue.read(text, name).purpose
    except ScenarioError as error:
        purpose = str(error)
    return ShownScenario(name, purpose, own=True, kept=True, group="")


async def loaded(load: Callable[..., T], *arguments: object) -> T:
    """What `load` reads, in a thread. Raises Problem 400 with the scenario's problems."""
    try:
        return await asyncio.to_thread(load, *arguments)
    except ScenarioError as error:
        raise refusal(error) from error


def refusal(error: ScenarioError) -> Problem:
    """The refusal of a scenario that can't be read, with its problems."""
    return Problem(400, str(error), problems=list(error.problems))
