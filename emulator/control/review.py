"""Reviews the text of a scenario: what it does not come to although it expects it, and what it says in vain.

`failover-emulator check` and POST /_emulator/scenarios/check show the same; `tried` tells each expectation. Nothing is
put in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from emulator.errors import Json
from emulator.fakes.expected import Invalid, request_of
from emulator.flow.request import Request
from emulator.planning.expectations import each_unmet
from emulator.provider.beforehand import Beforehand, NotTaken, beforehand
from emulator.provider.requests import Asked
from emulator.scenario import files
from emulator.scenario.files import Finding, Problem, ScenarioError
from emulator.scenario.files.doubts import all_doubts, beside, warnings
from emulator.scenario.rules import Expectation, Scenario
from emulator.settings import Settings


class Review(Struct, frozen=True):
    """A scenario that can be loaded, with the expectations that it does not meet, and the warnings about it."""

    scenario: Scenario
    unmet: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


class Tried(Struct, frozen=True):
    """An expectation that was tried: where it stands, the channels of the steps that it sends, and what is wrong."""

    line: int
    sends: list[str]
    problems: list[Problem]


def review(text: str, name: str, file: str, there: Beforehand | None = None, home: Path | None = None) -> Review:
    """The review of a text, as `files.load_text` reads it; its requests are sent to what is `there`, or to an
    emulator with all defaults; `home` is its file, if it has one; else it may include files of the emulator's folder of
    scenarios. Raises ScenarioError, which has the warnings, too.
    """
    there = there or beforehand(Settings())
    try:
        scenario = _loaded(text, name, file, there, home)
    except ScenarioError as error:
        error.warnings = beside(error, text, file)
        raise
    wrong, vain = [each for found in _unmet(scenario, there).values() for each in found], all_doubts(scenario)
    return Review(scenario, tuple(files.placed(text, wrong, file)), tuple(files.placed(text, vain, file)))


def review_rules(text: str, file: str, plans: Mapping[str, Json]) -> tuple[Problem, ...]:
    """The warnings about a text of overrides, on top of a scenario with these `plans`. Raises ScenarioError as `review`
    does.
    """
    try:
        return tuple(warnings(text, files.load_rules(text, file, plans), file))
    except ScenarioError as error:
        error.warnings = beside(error, text, file)
        raise


def tried(text: str, name: str, file: str, there: Beforehand, home: Path | None = None) -> list[Tried]:
    """What became of each expectation of a text, as `review` takes it; one whose request the API refuses is not met,
    and the others are tried without it. Raises ScenarioError.
    """
    scenario = _loaded(text, name, file, there, home)
    wrong = _unmet(scenario, there)
    return [
        Tried(
            files.placed(text, [Finding(("expect", place), "")], file)[0].line,
            [step["type"] for step in expected.send],
            files.placed(text, wrong.get(place, []), file),
        )
        for place, expected in enumerate(scenario.expect)
    ]


def _loaded(text: str, name: str, file: str, there: Beforehand, home: Path | None) -> Scenario:
    own = there.settings.scenarios
    return files.load_text(text, name, file, home, Path(own) if own else None)


def _sent(there: Beforehand, expected: Expectation) -> Request:
    """The request that an expectation sends. Raises Invalid or NotTaken."""
    return there.held(Asked(expected.endpoint, request_of(expected)), there.application).request


def _refused(scenario: Scenario, there: Beforehand) -> dict[int, list[Finding]]:
    """The expectations whose requests the API refuses, by their places."""
    refused: dict[int, list[Finding]] = {}
    for index, expected in enumerate(scenario.expect):
        try:
            _sent(there, expected)
        except Invalid as error:
            told = "; ".join(f"{where}: {why}" for where, why in error.properties.items())
            refused[index] = [Finding(("expect", index), f"the API refuses what it sends: {told}")]
        except NotTaken as error:
            refused[index] = [Finding(("expect", index), str(error))]
    return refused


def _unmet(scenario: Scenario, there: Beforehand) -> dict[int, list[Finding]]:
    """What is wrong with each expectation that is not met, by its place, in their order."""
    wrong = _refused(scenario, there)
    taken = [place for place in range(len(scenario.expect)) if place not in wrong]
    asked = replace(scenario, expect=tuple(scenario.expect[place] for place in taken))
    found = each_unmet(asked, partial(_sent, there), there.declared.prices, there.application, there.rejected)
    for at, differing in found.items():
        wrong[taken[at]] = [Finding(("expect", taken[at], each.member), each.difference) for each in differing]
    return dict(sorted(wrong.items()))
