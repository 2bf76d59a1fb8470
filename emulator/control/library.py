"""The door to the texts of scenarios: read a scenario's file, check a text that a user writes, try what it expects of
itself, write what happened to a flow as one, list what a request can come to.

Nothing here puts a scenario in force; that is up to `scenarios`.
"""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated

from msgspec import UNSET, Meta, Struct, json, to_builtins
from starlette.requests import Request
from starlette.responses import Response

from emulator.channels.table import Channel
from emulator.control import bodies, journal, known
from emulator.control.remarks import Remark, remarks
from emulator.control.scenarios import INLINE, ShownRule, ShownScenario, loaded
from emulator.emulation import Emulation
from emulator.engine.library import Library
from emulator.errors import Json
from emulator.http import messages
from emulator.journal.kinds.flows import CODES
from emulator.provider.errors import Problem
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue
from emulator.store.records import JournalQuery


class CheckBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A `text` to check, in YAML or JSON: a whole scenario, or if `overrides` is true, a text that has only rules, and
    plans; these would be put on top of what is in force for the `application`.
    """

    text: str
    overrides: bool = False
    application: str = ""


class ExpectationsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """One of `name`, a scenario's, and `text`, one in YAML or JSON."""

    name: str = ""
    text: str = ""


class TriedExpectation(Struct):
    """An expectation, by the line where it stands: the channels of the steps that it `sends`, and whether it is `met`;
    if not, the problems.
    """

    line: int
    sends: list[str]
    met: bool
    problems: list[Remark]


class TriedExpectations(Struct):
    """What became of all expectations of a scenario."""

    expectations: list[TriedExpectation]


class ScenarioText(ShownScenario, kw_only=True):
    """A scenario with its rules and the text of its file."""

    file: str
    rules: list[ShownRule]
    text: str


class RecordingBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A body: `flows`, one to 100 ids of flows, or the beginnings of ids."""

    flows: Annotated[list[bodies.Name], Meta(min_length=1, max_length=100)]


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

    def __init__(self, library: Library, emulation: Emulation) -> None:
        self._library = library
        self._store = emulation.store
        self._emulation = emulation

    async def read(self, request: Request) -> Response:
        """Answer one scenario: its purpose, its rules in words, and the text of its file; of one that is kept, that
        text; of one that was written by hand and is in force, that one.
        """
        name = request.path_params["id"]
        text, home, kept = await self._text(name)
        if home is None:
            return messages.good(await asyncio.to_thread(read_text, self._library.catalogue, name, text, kept=kept))
        catalogue = self._library.catalogue
        try:
            scenario = await self._library.find(name)
            group = (await asyncio.to_thread(catalogue.groups)).get(files.base_of(name), "")
        except ScenarioError as error:
            raise Problem(404, str(error)) from error
        rules = [ShownRule(rule.name, str(rule.match)) for rule in scenario.rules]
        own = files.base_of(name) in catalogue.own
        return messages.good(
            ScenarioText(
                name,
                scenario.purpose,
                own=own,
                kept=False,
                group=group,
                file=home.name,
                rules=rules,
                text=text,
                problems=remarks(catalogue.outdated(name)) or UNSET,
            )
        )

    async def _text(self, name: str) -> tuple[str, Path | None, bool]:
        """The text of a scenario, its file if it has one, and whether it is kept. Raises Problem 404."""
        kept = (await self._library.kept()).get(files.base_of(name))
        if kept is not None:
            return kept, None, True
        inline = [each.text for each in self._store.states().values() if each.scenario == name and each.text]
        if inline:  # it was written by hand
            return inline[0], None, False
        try:
            await self._library.find(name)
            path, text = await asyncio.to_thread(self._library.catalogue.text, name)
        except ScenarioError as error:
            raise Problem(404, str(error)) from error
        return text, Path(path), False

    async def expectations(self, request: Request) -> Response:
        """Try what a scenario expects of itself, as `failover-emulator check` does; nothing is put in force. Refused
        with 400 if it can't be read.
        """
        wanted = await bodies.decoded(request, ExpectationsBody)
        if bool(wanted.name) == bool(wanted.text):
            raise Problem(400, f"expected {bodies.words(ExpectationsBody)}")
        text, home, _ = (wanted.text, None, False) if wanted.text else await self._text(wanted.name)
        name = wanted.name or INLINE
        return messages.good(await loaded(partial(_tried, text, name, home, self._emulation)))

    async def record(self, request: Request) -> Response:
        """Answer the scenario that replays what happened to a flow, as `failover-emulator record` writes it. Refused
        with 409 if there is nothing to record yet.
        """
        return messages.good(await self._recorded([request.path_params["id"]]))

    async def record_all(self, request: Request) -> Response:
        """Answer the one scenario that replays what happened to several flows, in the order of their requests. Refused
        with 409 if there is nothing to record yet.
        """
        return messages.good(await self._recorded((await bodies.decoded(request, RecordingBody)).flows))

    async def _recorded(self, names: list[str]) -> RecordedScenario:
        from emulator.recording.writing import RecordingError, from_journal  # few record

        flows = {flow.id: flow for flow in [await known.flow(self._store, name) for name in names]}
        entries = [each for flow in flows for each in await self._store.journal(JournalQuery(flow=flow))]
        told = [journal.entry(each) for each in sorted(entries, key=lambda each: each.seq)]
        try:
            return RecordedScenario(from_journal(json.decode(json.encode(told))))
        except RecordingError as error:
            raise Problem(409, str(error)) from error

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
        written = await bodies.decoded(request, CheckBody)
        return messages.good(await asyncio.to_thread(_checked, written, self._emulation))


def read_text(catalogue: Catalogue, name: str, text: str, *, kept: bool) -> ScenarioText:
    """A scenario that no file has."""
    try:
        scenario = catalogue.read(text, name)
    except ScenarioError as error:  # of a text that an older emulator took
        return ScenarioText(name, str(error), own=True, kept=kept, group="", file="", rules=[], text=text)
    rules = [ShownRule(rule.name, str(rule.match)) for rule in scenario.rules]
    return ScenarioText(name, scenario.purpose, own=True, kept=kept, group="", file="", rules=rules, text=text)


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


def _tried(text: str, name: str, home: Path | None, emulation: Emulation) -> TriedExpectations:
    from emulator.control.review import tried
    from emulator.provider.beforehand import Beforehand

    found = tried(text, name, str(home or "text"), Beforehand(emulation.settings, emulation.declared), home)
    return TriedExpectations(
        [TriedExpectation(each.line, each.sends, not each.problems, remarks(each.problems)) for each in found]
    )


def _checked(written: CheckBody, emulation: Emulation) -> Json:
    """The problems and warnings of a text."""
    from emulator.control.review import review, review_rules
    from emulator.provider.beforehand import Beforehand

    try:
        if written.overrides:
            plans = emulation.selection.chosen(written.application).plans
            return {"problems": [], "warnings": to_builtins(review_rules(written.text, "text", plans))}
        found = review(written.text, "inline", "text", Beforehand(emulation.settings, emulation.declared))
    except ScenarioError as error:
        return {"problems": to_builtins(error.problems), "warnings": to_builtins(error.warnings)}
    warnings = sorted((*found.unmet, *found.warnings), key=lambda problem: problem.line)
    return {"problems": [], "warnings": to_builtins(warnings)}
