"""Compares a capture with what an emulator does: plays each of its requests under a scenario made from the callbacks
that tell of it, and finds the choices by which the emulator would have done the same. Pure.

Requests are played by a rehearsal, with planner, machine and renderings of a server, at the time at which they came.
Compared are answers, callbacks with the times in them, and when callbacks were repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct, json

from emulator.accounts.prices import Prices
from emulator.callbacks.retries import rule
from emulator.channels.senders import sender_name
from emulator.choices.given import over
from emulator.choices.table import Choices, rows
from emulator.clock import instants
from emulator.errors import Json
from emulator.planning.rehearsal import Rehearsal
from emulator.provider import requests
from emulator.provider.services import Renderings
from emulator.recording import usual
from emulator.recording.captures import Callback, Capture, Exchange
from emulator.recording.likening import ABSENT, POSTED, Difference, aligned, differences
from emulator.recording.writing import from_bodies
from emulator.scenario import files
from emulator.scenario.rules import HAPPY_SCENARIO, Scenario

KINDS: Final = ("failover", "transactional", "sms")
"""The services whose requests can be played from their callbacks."""
REFUSED: Final = 400
Leaves = Callable[[dict[str, str]], list[Difference]]
"""Answers which differences are left under chosen answers."""
SLACK: Final = 5000
"""How many milliseconds a retry may come beside its time, since receivers and networks need some."""


class Case(Struct, frozen=True):
    """One request of a capture with its callbacks, ready to be played: its name, what was sent and answered, the
    application and the time in ms; its callbacks, each body once; all attempts at each; and its scenario.
    """

    name: str
    exchange: Exchange
    application: str
    at: int
    bodies: tuple[Json, ...]
    attempts: tuple[tuple[Callback, ...], ...]
    scenario: Scenario


class Cases(Struct, frozen=True):
    """The requests of a capture that are played, how many things of it are not, and when it ended, in ms."""

    cases: tuple[Case, ...]
    others: int
    ended: int


class Explanation(Struct, frozen=True):
    """What differs without any choice; the answers that explain it, each with how many differences it explains and with
    what else would explain as much; and what they leave.
    """

    found: tuple[Difference, ...]
    chosen: dict[str, str]
    explains: dict[str, int]
    alternatives: dict[str, tuple[str, ...]]
    left: tuple[Difference, ...]


def cases(capture: Capture) -> Cases:
    """What of a capture can be played. Raises RecordingError for callbacks that can't be read."""
    told: dict[str, list[Callback]] = {}
    for each in capture.callbacks:
        body = each.body if isinstance(each.body, dict) else {}
        told.setdefault(str(body.get("trackingId" if "messages" in body else "messageId", "")), []).append(each)
    made, others, used = list[Case](), capture.others, set[str]()
    for number, exchange in enumerate(capture.exchanges, 1):
        name = exchange.answer.get("trackingId") if isinstance(exchange.answer, dict) else None
        accepted = exchange.status == 200 and isinstance(name, str)
        if not accepted and exchange.status != REFUSED:
            others += 1
            continue
        mine = told.get(str(name), []) if accepted else []
        used |= {str(name)} if accepted else set()
        made.append(_case(f"request {number}", exchange, mine))
    others += sum(len(found) for name, found in told.items() if name not in used)
    times = [callback.at for callback in capture.callbacks if callback.at is not None]
    ends = [usual.at(body) for case in made for body in case.bodies]
    return Cases(tuple(made), others, max([*times, *ends], default=0) + usual.SECOND - 1)


def _case(name: str, exchange: Exchange, told: list[Callback]) -> Case:
    """The request of this name, with the callbacks that tell of it."""
    answer = exchange.answer if isinstance(exchange.answer, dict) else {}
    groups: dict[bytes, list[Callback]] = {}
    for each in told:
        groups.setdefault(json.encode(each.body, order="deterministic"), []).append(each)
    bodies = sorted((group[0].body for group in groups.values()), key=usual.at)
    at = usual.moment(
        answer.get("createdAt") or next((body["createdAt"] for body in bodies if "createdAt" in body), "")
    )
    scenario = HAPPY_SCENARIO
    if bodies:
        scenario = files.load_text(from_bodies(usual.bodies(bodies, at)), "captured")
    application = next((body["applicationId"] for body in bodies if "applicationId" in body), "")
    application = application or next((body["applicationName"] for body in bodies if "applicationName" in body), "app")
    return Case(name, exchange, application, at, tuple(bodies), tuple(map(tuple, groups.values())), scenario)


def compared(found: Cases, choices: Choices, prices: Prices) -> list[Difference]:
    """Where the emulator differs from a capture under these choices."""
    renderings = Renderings(lambda: (prices, sender_name))
    return [
        difference
        for case in found.cases
        for difference in (
            *_played(case, found.ended, choices, prices, renderings),
            *_retried(case, found.ended, choices),
        )
    ]


def _played(case: Case, ended: int, choices: Choices, prices: Prices, renderings: Renderings) -> Iterator[Difference]:
    """Where answer and callbacks differ."""
    try:
        asked = requests.read(case.exchange.body, case.exchange.path)
    except (requests.Invalid, requests.Malformed) as error:
        if case.exchange.status != REFUSED:
            yield Difference(case.name, "answer", case.exchange.status, f"{REFUSED}: {error}")
        return
    if case.exchange.status == REFUSED:
        yield Difference(case.name, "answer", f"{REFUSED}: {case.exchange.answer}", 200)
        return
    rehearsal = Rehearsal(case.scenario, "compare", prices, renderings, choices=choices)
    done = rehearsal.play(asked.request, case.application, case.at, asked.kind)
    if done.accepted is None:
        yield Difference(case.name, "answer", 200, done.answer)
        return
    answer = json.decode(renderings[asked.kind].created(done.accepted))
    yield from differences(case.name, "answer", case.exchange.answer, answer)
    bodies = [json.decode(post.body) for post in done.posts if post.at <= ended]
    for number, one, other in aligned(case.bodies, sorted(bodies, key=usual.at)):
        about = f"callback {number}"
        if one is None or other is None:
            yield Difference(case.name, about, POSTED if one else ABSENT, POSTED if other else ABSENT)
        else:
            yield from differences(case.name, about, one, other)


def _retried(case: Case, ended: int, choices: Choices) -> Iterator[Difference]:
    """Where repeated callbacks came at other times than the emulator would repeat them."""
    ruled = rule("", choices)
    for number, attempts in enumerate(case.attempts, 1):
        known = [(each.at, each.answered) for each in attempts if each.at is not None and each.answered is not None]
        if len(known) < len(attempts):
            continue
        for attempt, (at, status) in enumerate(known, 1):
            due = None if status in ruled.received else ruled.next_attempt(known[0][0], attempt, at)
            came = known[attempt][0] if attempt < len(known) else None
            if came is None and (due is None or due + SLACK > ended):
                continue
            if came is None or due is None or abs(came - due) > SLACK:
                times = (ABSENT if each is None else instants.written(each) for each in (came, due))
                yield Difference(case.name, f"callback {number}, retry {attempt}", *times)


def explained(found: Cases, start: Choices, prices: Prices) -> Explanation:
    """The choices that explain where a capture differs from an emulator of the `start`: of all answers, again and again
    the one that leaves the fewest differences. One that turns out not to be needed beside the others is left out.
    """

    def leaves(chosen: dict[str, str]) -> list[Difference]:
        return compared(found, over(start, tuple(chosen.items())), prices)

    first = left = leaves({})
    chosen: dict[str, str] = {}
    explains: dict[str, int] = {}
    while left:
        name, answer, fewer = min(_tries(leaves, start, chosen), key=lambda each: len(each[2]))
        if len(fewer) >= len(left):
            break
        chosen[name], explains[name], left = answer, len(left) - len(fewer), fewer
    for name in list(chosen):
        without = {each: answer for each, answer in chosen.items() if each != name}
        if len(fewer := leaves(without)) <= len(left):
            chosen, left = without, fewer
    alternatives = {name: _alternatives(leaves, start, chosen, name, len(left)) for name in chosen}
    return Explanation(tuple(first), chosen, explains, alternatives, tuple(left))


def _tries(leaves: Leaves, start: Choices, chosen: dict[str, str]) -> list[tuple[str, str, list[Difference]]]:
    """What each other answer, put beside those that are chosen, leaves of the differences."""
    now = over(start, tuple(chosen.items()))
    return [
        (row.name, answer, leaves(chosen | {row.name: answer}))
        for row in rows()
        for answer in row.answers
        if answer != getattr(now, row.field)
    ]


def _alternatives(leaves: Leaves, start: Choices, chosen: dict[str, str], name: str, left: int) -> tuple[str, ...]:
    """The answers that would explain as much in the place of the chosen one of this name."""
    others = {each: answer for each, answer in chosen.items() if each != name}
    return tuple(
        f"{other}={answer}"
        for other, answer, fewer in _tries(leaves, start, others)
        if len(fewer) <= left and (other, answer) != (name, chosen[name])
    )
