"""What a scenario expects of itself, compared with what its requests come to. Pure.

The requests are rehearsed one after another, as one application sends them. How a request is made of an expectation is
passed in, since that is up to a service of the provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from emulator.accounts.prices import Prices
from emulator.clock import durations
from emulator.clock.clock import MANUAL_START
from emulator.flow.request import Request
from emulator.planning.rehearsal import Rehearsal, Rehearsed, Rejected, all_taken
from emulator.planning.telling import answered_by, pressed, told
from emulator.scenario.rules import Expectation, Scenario

SEEDS: Final = tuple(map(str, range(1, 11)))
"""The seeds under which expectations are checked: an emulator without a seed of its own has any."""

MOST: Final = 1000
"""How many requests are rehearsed at most before fewer seeds are tried, of which one always is."""

Fact = str | int | tuple[str, ...] | None


class Unmet(NamedTuple):
    """A member that is not met, the `place` of its expectation among all, from 0, and the difference in words."""

    place: int
    member: str
    difference: str


def each_unmet(
    scenario: Scenario,
    request_of: Callable[[Expectation], Request],
    prices: Prices | None = None,
    application: str = "app",
    rejected: Rejected = all_taken,
) -> dict[int, list[Unmet]]:
    """What a scenario does not come to although it expects it, by the places of the expectations; of each under the
    first seed under which it is not met. An `application` sends the requests; `rejected` as a rehearsal has it. Raises
    what `request_of` raises.
    """
    found: dict[int, list[Unmet]] = {}
    for differing in filter(None, _compared(scenario, request_of, prices, application, rejected)):
        found.setdefault(differing[0].place, differing)
    return found


def _compared(
    scenario: Scenario,
    request_of: Callable[[Expectation], Request],
    prices: Prices | None,
    application: str,
    rejected: Rejected,
) -> Iterator[list[Unmet]]:
    """What is not met of each expectation in turn, under one seed after the other."""
    requests = list(map(request_of, scenario.expect))
    for seed in SEEDS[: max(1, MOST // max(1, len(requests)))]:
        rehearsal = Rehearsal(scenario, seed, prices, rejected=rejected)
        chance = "" if seed == SEEDS[0] else f"; so with the seed {seed}, since chance decides"
        for place, (expected, request) in enumerate(zip(scenario.expect, requests, strict=True)):
            at = MANUAL_START if expected.at is None else expected.at
            came = rehearsal.play(request, application, at, expected.endpoint)
            yield [Unmet(place, member, words + chance) for member, words in differences(expected, came).items()]


def differences(expected: Expectation, came: Rehearsed) -> dict[str, str]:
    """What differs, in words, by the member of the expectation that is not met."""
    flow, posted = came.flow, told(came)
    facts: dict[str, tuple[Fact, Fact]] = {
        "answer": (expected.answer, came.answer),
        "error": (expected.error, came.error or None),
        "status": (expected.status, flow.status if flow else None),
        "statusCode": (expected.status_code, flow.status_code if flow else None),
        "messages": (expected.messages, tuple(message.status for message in flow.messages) if flow else None),
        "callbacks": (expected.callbacks, posted if isinstance(expected.callbacks, tuple) else len(posted)),
        "keys": (expected.keys, pressed(came)),
        "answeredBy": (expected.answered_by, answered_by(came)),
        "reply": (expected.reply, came.replies),
    }
    if expected.queued is not None and not expected.queued[0] <= came.held <= expected.queued[1]:
        low, high = map(durations.written, expected.queued)
        facts["queued"] = (low if low == high else f"{low}..{high}", durations.written(came.held) if flow else None)
    refused = "" if flow else f"; the request is refused with {came.answer or 'a closed connection'}"
    return {
        member: f"expected {_shown(wanted)}, but it comes to {_shown(found)}{refused}"
        for member, (wanted, found) in facts.items()
        if wanted is not None and wanted != found
    }


def _shown(fact: Fact) -> str:
    if isinstance(fact, tuple):
        return f"[{', '.join(fact)}]"
    return "nothing" if fact is None else str(fact)
