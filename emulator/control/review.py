"""Reviews the text of a scenario: what it does not come to although it expects it, and what it says in vain.

`failover-emulator check` and POST /_emulator/scenarios/check show the same. Nothing is put in force.
"""

from __future__ import annotations

from msgspec import Struct

from emulator.fakes.expected import Invalid, request_of
from emulator.flow.request import Request
from emulator.planning.expectations import unmet
from emulator.provider.beforehand import Beforehand, NotTaken, beforehand
from emulator.provider.requests import Asked
from emulator.scenario import files
from emulator.scenario.files import Finding, Problem
from emulator.scenario.files.doubts import doubts, warnings
from emulator.scenario.rules import Expectation, Scenario
from emulator.settings import Settings


class Review(Struct, frozen=True):
    """A scenario that can be loaded, with the expectations that it does not meet, and the warnings about it."""

    scenario: Scenario
    unmet: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def review(text: str, name: str, file: str, there: Beforehand | None = None) -> Review:
    """The review of a text, as `files.load_text` reads it; its requests are sent to what is `there`, or to an
    emulator with all defaults. Raises ScenarioError.
    """
    scenario = files.load_text(text, name, file)
    wrong, vain = _unmet(scenario, there or beforehand(Settings())), doubts(scenario.rules)
    return Review(scenario, tuple(files.placed(text, wrong, file)), tuple(files.placed(text, vain, file)))


def review_rules(text: str, file: str) -> tuple[Problem, ...]:
    """The warnings about a text of overrides. Raises ScenarioError."""
    return tuple(warnings(text, files.load_rules(text, file), file))


def _unmet(scenario: Scenario, there: Beforehand) -> list[Finding]:
    def sent(expected: Expectation) -> Request:
        return there.held(Asked(expected.endpoint, request_of(expected)), there.application).request

    refused = []
    for index, expected in enumerate(scenario.expect):
        try:
            sent(expected)
        except Invalid as error:
            told = "; ".join(f"{where}: {why}" for where, why in error.properties.items())
            refused.append(Finding(("expect", index), f"the API refuses what it sends: {told}"))
        except NotTaken as error:
            refused.append(Finding(("expect", index), str(error)))
    if refused:
        return refused
    found = unmet(scenario, sent, there.declared.prices, there.application, there.rejected)
    return [Finding(("expect", place, member), told) for place, member, told in found]
