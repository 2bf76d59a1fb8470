"""Compares a capture with what an emulator does: sorts it into cases, each with a scenario made from what callbacks and
trackings tell of it, and finds the choices by which the emulator would have done the same. Pure.

Who plays the cases is passed in: it answers where an emulator of given choices differs. When callbacks were repeated is
compared here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from msgspec import Struct, json

from emulator.callbacks.retries import rule
from emulator.choices.given import Given, over
from emulator.choices.table import Choices, rows
from emulator.clock import instants
from emulator.errors import Json
from emulator.recording import usual
from emulator.recording.captures import Callback, Capture, Exchange
from emulator.recording.journal import PATHS
from emulator.recording.likening import ABSENT, Difference
from emulator.recording.writing import from_bodies
from emulator.scenario import files
from emulator.scenario.rules import HAPPY_SCENARIO, Scenario
from emulator.seed import ONCE

SENDS: Final = frozenset(PATHS) - {"/sms/campaign"}
"""Where the requests go that are played with all that became of them."""
TWO_STEP: Final = "/2step"
OK: Final = 200
BUSY: Final = (429, 503)
"""The answers that nothing can be learned from."""
Play = Callable[[Sequence["Case"], Sequence[Choices]], list[list[Difference]]]
"""Where an emulator of each of these choices differs in these cases."""
SLACK: Final = 5000
"""How many milliseconds a retry may come beside its time, since receivers and networks need some."""
_NAMES: Final = ("trackingId", "messageId", "smsId", "flowId", "conversationTrackingId")
_CODE: Final = re.compile(rb'answer"?\s*[=:]\s*"?([0-9]+)')


class Case(Struct, frozen=True):
    """A message that was asked for, or a call that leads to none, ready to be played: its exchanges, each with its time
    in ms (0: unknown), its callbacks, each body once, all attempts at each, the scenario, and when the capture ended.
    """

    name: str
    exchanges: tuple[tuple[Exchange, int], ...]
    bodies: tuple[Json, ...]
    attempts: tuple[tuple[Callback, ...], ...]
    scenario: Scenario
    ended: int


class Cases(Struct, frozen=True):
    """The cases of a capture, and how many things of it are not played."""

    cases: tuple[Case, ...]
    others: int


class Explanation(Struct, frozen=True):
    """What differs without any choice; the answers that explain it, each with how many differences it explains and with
    what else would explain as much; and what they leave.
    """

    found: tuple[Difference, ...] = ()
    chosen: dict[str, str] = {}
    explains: dict[str, int] = {}
    alternatives: dict[str, tuple[str, ...]] = {}
    left: tuple[Difference, ...] = ()


class _Gathered(Struct):
    """What belongs to one case: its exchanges by their places in the capture, and its callbacks."""

    exchanges: dict[int, Exchange]
    callbacks: list[Callback]


def cases(capture: Capture) -> Cases:
    """What of a capture can be played. Raises RecordingError for callbacks and trackings that can't be read."""
    found, owners, others = dict[int, _Gathered](), dict[str, _Gathered](), capture.others
    for number, exchange in enumerate(capture.exchanges, 1):
        if exchange.method == "POST" and exchange.path in SENDS and exchange.status == OK:
            found[number] = _Gathered({number: exchange}, [])
            owners |= dict.fromkeys(_ids(exchange.answer), found[number])
    for callback in capture.callbacks:
        owner = next((owners[name] for name in _ids(callback.body) if name in owners), None)
        others += owner is None
        if owner is not None:
            owner.callbacks.append(callback)
            owners |= dict.fromkeys(_ids(callback.body), owner)
    for number, exchange in enumerate(capture.exchanges, 1):
        if number in found:
            continue
        owner = next((owners[part] for part in exchange.path.partition("?")[0].split("/") if part in owners), None)
        if owner is not None and exchange.status not in BUSY:
            owner.exchanges[number] = exchange
            owners |= dict.fromkeys(_ids(exchange.answer), owner)
        elif exchange.path.startswith("/oauth/") or (exchange.status >= 400 and exchange.status not in BUSY):
            found[number] = _Gathered({number: exchange}, [])
        else:
            others += 1
    ended = _ended(capture)
    return Cases(tuple(_case(number, each, ended) for number, each in sorted(found.items())), others)


def _ended(capture: Capture) -> int:
    """When the last thing of a capture happened, and a second more, since some times are cut off."""
    came = [each.at or 0 for each in capture.exchanges] + [each.at or 0 for each in capture.callbacks]
    told = [usual.latest(each.body) for each in capture.callbacks]
    told += [usual.latest(each.answer) for each in capture.exchanges if each.status == OK]
    return max([0, *came, *told]) // usual.SECOND * usual.SECOND + usual.SECOND - 1


def _ids(body: Any) -> Iterator[str]:
    """The ids that a body tells of."""
    if isinstance(body, list):
        for each in body:
            yield from _ids(each)
    elif isinstance(body, dict):
        yield from (str(body[name]) for name in _NAMES if body.get(name))
        for each in body.values():
            yield from _ids(each)


def _case(number: int, gathered: _Gathered, ended: int) -> Case:
    """The case of the request of this number, with all that tells of it."""
    first = gathered.exchanges[number]
    answer = first.answer if isinstance(first.answer, dict) and first.status == OK else {}
    created = usual.latest(answer) or first.at or 0
    groups: dict[bytes, list[Callback]] = {}
    for callback in gathered.callbacks:
        groups.setdefault(json.encode(callback.body, order="deterministic"), []).append(callback)
    told = [(group[0].body, group[0].at) for group in groups.values()]
    later = [(each, each.at) for place, each in sorted(gathered.exchanges.items()) if place != number]
    shown = [(body, at) for each, at in later if each.status == OK for body in _shown(each.answer)]
    scenario = HAPPY_SCENARIO
    if first.path == TWO_STEP:
        scenario = files.load_text(f'purpose: A code.\nrules:\n  - code: "{_code(later)}"\n', "captured")
    elif evidence := [each for each in usual.bodies([*told, *shown], created) if each.get("messages", True)]:
        scenario = files.load_text(from_bodies(evidence), "captured")
    played, now = [(first, created)], created
    for each, at in later:
        now = max(now, at or 0, usual.latest(each.answer) if each.status == OK else 0)
        played.append((each, now))
    bodies = sorted((body for body, _ in told), key=usual.latest)
    return Case(f"request {number}", tuple(played), tuple(bodies), tuple(map(tuple, groups.values())), scenario, ended)


def _shown(answer: Any) -> Iterator[Json]:
    """What a tracking shows: the answer itself, or the elements of its array or page."""
    if isinstance(answer, dict) and isinstance(answer.get("content"), list):
        answer = answer["content"]
    yield from (each for each in (answer if isinstance(answer, list) else [answer]) if isinstance(each, dict))


def _code(later: list[tuple[Exchange, int | None]]) -> str:
    """The code of a verification: the answer that was taken, or else one that nobody gave."""
    given = dict[str, bool]()
    for exchange, _ in later:
        found = _CODE.search(exchange.body) or _CODE.search(exchange.path.encode())
        if exchange.method == "POST" and found:
            given[found[1].decode()] = exchange.status == OK
    right = next((code for code, taken in given.items() if taken), None)
    return right or next(code for code in map(str, range(1000, 10000)) if code not in given)


def retried(case: Case, choices: Choices) -> Iterator[Difference]:
    """Where repeated callbacks came at other times than the emulator would repeat them."""
    once = any("steps" in body for body in case.bodies)
    ruled = rule(ONCE if once else "", choices)
    for number, attempts in enumerate(case.attempts, 1):
        known = [(each.at, each.answered) for each in attempts if each.at is not None and each.answered is not None]
        if len(known) < len(attempts):
            continue
        for attempt, (at, status) in enumerate(known, 1):
            due = None if status in ruled.received else ruled.next_attempt(known[0][0], attempt, at)
            came = known[attempt][0] if attempt < len(known) else None
            if came is None and (due is None or due + SLACK > case.ended):
                continue
            if came is None or due is None or abs(came - due) > SLACK:
                one, other = (ABSENT if each is None else instants.written(each) for each in (came, due))
                yield Difference(case.name, f"callback {number}, retry {attempt}", one, other)


def explained(found: Cases, start: Choices, play: Play) -> Explanation:
    """The choices that explain where a capture differs from an emulator of the `start`: of all answers, again and again
    the one that leaves the fewest differences. One that turns out not to be needed beside the others is left out.
    """
    search = _Search(found.cases, start, play)
    left = first = search.leave({})
    chosen, explains, useless = dict[str, str](), dict[str, int](), set[tuple[str, str]]()
    while left:
        best = search.best(left, chosen, useless)
        if best is None:
            break
        fewer = search.leave(chosen | dict([best]))
        if weight(fewer) >= weight(left):
            useless.add(best)
            continue
        chosen[best[0]], explains[best[0]], left = best[1], len(left) - len(fewer), fewer
    for name in list(chosen):
        without = {each: answer for each, answer in chosen.items() if each != name}
        if len(chosen) > 1 and weight(fewer := search.leave(without)) <= weight(left):
            chosen, left = without, fewer
    alternatives = {name: search.alternatives(chosen, name, first, left) for name in chosen}
    return Explanation(tuple(first), chosen, explains, alternatives, tuple(left))


def weight(found: Iterable[Difference]) -> int:
    """For how many fields these differences stand."""
    return sum(each.weight for each in found)


class _Search:
    """Tries choices on cases, each once."""

    def __init__(self, cases: Sequence[Case], start: Choices, play: Play) -> None:
        self._cases, self._start, self._play = cases, start, play
        self._tried: dict[tuple[Choices, tuple[str, ...]], list[Difference]] = {}

    def leave(self, chosen: dict[str, str], cases: Sequence[Case] | None = None) -> list[Difference]:
        """What chosen answers leave of the differences."""
        return self._leave([tuple(chosen.items())], self._cases if cases is None else cases)[0]

    def _leave(self, given: Sequence[Given], cases: Sequence[Case]) -> list[list[Difference]]:
        names, choices = tuple(case.name for case in cases), [over(self._start, each) for each in given]
        new = [each for each in dict.fromkeys(choices) if (each, names) not in self._tried]
        for choice, found in zip(new, self._play(cases, new) if new else [], strict=True):
            again = [each for case in cases for each in retried(case, choice)]
            self._tried[choice, names] = [*found, *again]
        return [self._tried[each, names] for each in choices]

    def best(
        self, left: list[Difference], chosen: dict[str, str], useless: set[tuple[str, str]]
    ) -> tuple[str, str] | None:
        """The answer that leaves the fewest differences in a few cases in which all fields show that differ; None if
        none leaves fewer there, nor in one case for each set of such fields.
        """
        for few in self.telling(left):
            tried = self.tries(few, chosen, useless)
            best, fewest = min(tried.items(), key=lambda each: weight(each[1]), default=(None, left))
            if best is not None and weight(fewest) < weight(self.leave(chosen, few)):
                return best
        return None

    def telling(self, left: list[Difference]) -> tuple[list[Case], list[Case]]:
        """A few cases that together differ in all fields in which any does; and one for each set of fields."""
        fields: dict[str, set[str]] = {}
        for each in left:
            fields.setdefault(each.flow, set()).add(re.sub("[0-9]+", "", each.field))
        covered, few = set[str](), set[str]()
        for name, differ in sorted(fields.items(), key=lambda each: -len(each[1])):
            few |= set() if differ <= covered else {name}
            covered |= differ
        sets = {frozenset(each): name for name, each in reversed(fields.items())}
        return [each for each in self._cases if each.name in few], [
            each for each in self._cases if each.name in sets.values()
        ]

    def tries(
        self, cases: Sequence[Case], chosen: dict[str, str], useless: set[tuple[str, str]]
    ) -> dict[tuple[str, str], list[Difference]]:
        """What each other answer, put beside those that are chosen, leaves of the differences in these cases."""
        now = over(self._start, tuple(chosen.items()))
        others = [
            (row.name, answer)
            for row in rows()
            for answer in row.answers
            if answer != getattr(now, row.field) and (row.name, answer) not in useless
        ]
        return dict(zip(others, self._leave([(*chosen.items(), each) for each in others], cases), strict=True))

    def alternatives(
        self, chosen: dict[str, str], name: str, first: list[Difference], left: list[Difference]
    ) -> tuple[str, ...]:
        """The answers that would explain as much in the place of the chosen one of this name."""
        few, others = self.telling(first)[0], {each: answer for each, answer in chosen.items() if each != name}
        most = weight(self.leave(chosen, few))
        equal = [
            each for each, fewer in self.tries(few, others, {(name, chosen[name])}).items() if weight(fewer) <= most
        ]
        whole = self._leave([(*others.items(), each) for each in equal], self._cases) if equal else []
        return tuple(
            f"{other}={answer}"
            for (other, answer), fewer in zip(equal, whole, strict=True)
            if weight(fewer) <= weight(left)
        )
