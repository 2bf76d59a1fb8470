"""Reviews the text of a scenario: what it does not come to although it expects it, and what it says in vain.

`failover-emulator check` and POST /_emulator/scenarios/check show the same. Nothing is put in force.
"""

from __future__ import annotations

from msgspec import Struct

from emulator.accounts.prices import Prices
from emulator.fakes.expected import Invalid, request_of
from emulator.planning.expectations import unmet
from emulator.scenario import files
from emulator.scenario.files import Finding, Problem
from emulator.scenario.files.doubts import doubts, warnings
from emulator.scenario.rules import Expectation, Scenario


class Review(Struct, frozen=True):
    """A scenario that can be loaded, with the expectations that it does not meet, and the warnings about it."""

    scenario: Scenario
    unmet: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def review(text: str, name: str, file: str, prices: Prices | None = None) -> Review:
    """The review of a text, as `files.load_text` reads it. Raises ScenarioError."""
    scenario = files.load_text(text, name, file)
    wrong, vain = _unmet(scenario, prices), doubts(scenario.rules)
    return Review(scenario, tuple(files.placed(text, wrong, file)), tuple(files.placed(text, vain, file)))


def review_rules(text: str, file: str) -> tuple[Problem, ...]:
    """The warnings about a text of overrides. Raises ScenarioError."""
    return tuple(warnings(text, files.load_rules(text, file), file))


def _unmet(scenario: Scenario, prices: Prices | None) -> list[Finding]:
    refused = [
        Finding(("expect", index), f"the API refuses what it sends: {why}")
        for index, expected in enumerate(scenario.expect)
        if (why := _refusal(expected))
    ]
    if refused:
        return refused
    return [Finding(("expect", place, member), told) for place, member, told in unmet(scenario, request_of, prices)]


def _refusal(expected: Expectation) -> str:
    """Why the API refuses the request of an expectation; empty if it takes it."""
    try:
        request_of(expected)
    except Invalid as error:
        return "; ".join(f"{where}: {why}" for where, why in error.properties.items())
    return ""
