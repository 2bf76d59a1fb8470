"""The door to the texts of scenarios: read a scenario's file, check a text that a user writes, write what happened to a
flow as one, list what a request can come to.

Nothing here puts a scenario in force; that is up to `scenarios`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from msgspec import Struct, json, to_builtins
from starlette.requests import Request
from starlette.responses import Response

from emulator.channels.table import Channel
from emulator.control import bodies, journal, known
from emulator.control.scenarios import Remark, ShownRule, ShownScenario
from emulator.emulation import Emulation
from emulator.errors import Json
from emulator.http import messages
from emulator.journal.kinds.flows import CODES
from emulator.provider.errors import Problem
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue
from emulator.store.contract import Store
from emulator.store.records import JournalQuery


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """A `text` to check, in YAML or JSON: a whole scenario, or if `overrides` is true, a text that has only rules."""

    text: str
    overrides: bool = False


class ScenarioText(ShownScenario):
    """A scenario with its rules and the text of its file."""

    file: str
    rules: list[ShownRule]
    text: str


class RecordedScenario(Struct):
    """The text of a scenario."""

    text: str


class PathStep(Struct):
    """A step that was started, and its last status."""

    channel: Channel
    status: str


class ShownPath(Struct, rename="camel"):
    """One outcome of a request: the `steps` that were started; the flow's status and code, and in words `why` it
    failed; how many callbacks tell of it; the `number` that has it under the scenario default (null: none has), and a
    `scenario` that has it.
    """

    steps: list[PathStep]
    status: str
    status_code: str | None
    why: str
    callbacks: int
    number: str | None
    scenario: Json


class PathsList(Struct):
    """All outcomes of a request."""

    paths: list[ShownPath]


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

    async def record(self, request: Request) -> Response:
        """Answer the scenario that replays what happened to a flow, as `failover-emulator record` writes it. Refused
        with 409 if there is nothing to record yet.
        """
        from emulator.recording.writing import RecordingError, from_journal  # few record

        flow = await known.flow(self._store, request.path_params["id"])
        entries = await self._store.journal(JournalQuery(flow=flow.id))
        try:
            text = from_journal(json.decode(json.encode([journal.entry(each) for each in entries])))
        except RecordingError as error:
            raise Problem(409, str(error)) from error
        return messages.good(RecordedScenario(text))

    async def paths(self, request: Request) -> Response:
        """Answer every outcome that a request can have, as `failover-emulator paths` lists them. The body is that of a
        call that sends something, as the `application` in the query would send it; nothing is sent. Refused with 400
        as it would be, or if there are more than 1000.
        """
        application = bodies.asked(request, bodies.Whose).application or ""
        body = await bodies.text(request)
        return messages.good(PathsList(await asyncio.to_thread(_paths, body, application, self._emulation)))

    async def check(self, request: Request) -> Response:
        """Answer the problems of a scenario's text, or of a text of overrides, with their lines, none if it is right;
        and warnings: what it says in vain, and what it expects of itself without coming to it. Nothing is put in force.
        """
        written = await bodies.decoded(request, Written)
        return messages.good(await asyncio.to_thread(_checked, written, self._emulation))


def _paths(body: str, application: str, emulation: Emulation) -> list[ShownPath]:
    """All outcomes of a request. Raises Problem 400."""
    from emulator.planning.paths import TooManyPaths, paths
    from emulator.provider import requests
    from emulator.provider.beforehand import Beforehand, NotTaken

    there = Beforehand(emulation.settings, emulation.declared)
    try:
        found = paths(
            there.held(requests.read(body.encode()), application or there.application).request, there.rejected
        )
    except requests.Invalid as error:
        raise Problem(400, "; ".join(f"{where}: {why}" for where, why in error.properties.items())) from error
    except (requests.Malformed, NotTaken, TooManyPaths) as error:
        raise Problem(400, str(error)) from error
    return [
        ShownPath(
            [PathStep(*step) for step in each.steps],
            each.status,
            each.status_code,
            CODES.get(each.status_code or "", ""),
            each.callbacks,
            each.number,
            each.scenario,
        )
        for each in found
    ]


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
