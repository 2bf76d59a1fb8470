"""Finds the choices by which an emulator would have done the same as a capture tells. Pure.

Who plays the cases is passed in: it answers where an emulator of given choices differs. When callbacks were repeated is
compared here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Final

from msgspec import Struct

from emulator.callbacks.retries import rule
from emulator.choices.given import Given, over
from emulator.choices.table import Choices, rows
from emulator.clock import instants
from emulator.recording.bodies import what
from emulator.recording.cases import Case, Cases
from emulator.recording.likening import ABSENT, Difference
from emulator.recording.weighing import further, weight
from emulator.seed import EVENT, ONCE

Play = Callable[[Sequence[Case], Sequence[Choices]], list[list[Difference]]]
"""Where an emulator of each of these choices differs in these cases."""
SLACK: Final = 5000
"""How many milliseconds a retry may come beside its time, since receivers and networks need some."""
FEW: Final = 4
"""How many cases are first asked whether they tell answers apart."""
_IDS: Final = {"password": ONCE, "question": EVENT}
"""What the ids of posts have whose retries are their own, by what they tell of."""


class Disproved(Struct, frozen=True):
    """An answer that explains differences, and under which others differ that agree without it."""

    explains: int
    against: tuple[Difference, ...]


class Explanation(Struct, frozen=True):
    """What differs without any choice; the answers that explain it, each with how many differences it explains and with
    what else would explain as much; what they leave; and answers that would explain some of it, but are disproved.
    """

    found: tuple[Difference, ...] = ()
    chosen: dict[str, str] = {}
    explains: dict[str, int] = {}
    alternatives: dict[str, tuple[str, ...]] = {}
    left: tuple[Difference, ...] = ()
    disproved: dict[str, Disproved] = {}


def retried(case: Case, choices: Choices) -> Iterator[Difference]:
    """Where repeated callbacks came at other times than the emulator would repeat them."""
    for number, attempts in enumerate(case.attempts, 1):
        ruled = rule(_IDS.get(what(attempts[0].body), ""), choices)
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
                about = f"callback {number}, retry {attempt}"
                yield Difference(case.name, about, one, other, about, 1)


def explained(found: Cases, start: Choices, play: Play) -> Explanation:
    """The choices that explain where a capture differs from an emulator of the `start`: of all answers that nothing
    disproves, again and again the one that leaves the least. One that turns out not to be needed beside the others is
    left out.
    """
    search = _Search(found.cases, start, play)
    left = first = search.leave({})
    chosen, explains, useless = dict[str, str](), dict[str, int](), set[tuple[str, str]]()
    while left and (best := search.best(left, chosen, useless)) is not None:
        fewer = search.leave(chosen | dict([best]))
        if weight(fewer) >= weight(left) or further(fewer, left):
            useless.add(best)
            search.doubtful[best] = None
            continue
        chosen[best[0]], explains[best[0]], left = best[1], len(further(left, fewer)), fewer
        useless.clear()
    for name in list(chosen):
        without = {each: answer for each, answer in chosen.items() if each != name}
        if len(chosen) > 1 and weight(fewer := search.leave(without)) <= weight(left):
            chosen, left = without, fewer
    alternatives = {name: search.alternatives(chosen, name, first, left) for name in chosen}
    disproved = search.disproved(chosen, left) if left else {}
    return Explanation(tuple(first), chosen, explains, alternatives, tuple(left), disproved)


def unproven(found: Cases, start: Choices, chosen: dict[str, str], play: Play) -> tuple[str, ...]:
    """The choices beside those that are chosen of which nothing in a capture tells one answer from another. Those that
    a few cases tell apart are not tried on the others.
    """
    search, alike, ranked = _Search(found.cases, start, play), Counter[tuple[str, str, int]](), list[tuple[int, Case]]()
    for case in found.cases:
        kind = (request := case.exchanges[0][0]).method, request.path, request.status
        ranked.append((alike[kind], case))
        alike[kind] += 1
    cases = [case for _, case in sorted(ranked, key=itemgetter(0))]
    told, first = set(chosen), 0
    while first < len(cases) and len(told) < len(rows()):
        some = cases[first : 2 * first + FEW]
        usual, known = search.leave(chosen, some), {(row.name, each) for row in rows() for each in row.answers}
        tried = search.tries(some, chosen, {each for each in known if each[0] in told})
        told |= {name for (name, _), fewer in tried.items() if fewer != usual}
        first += len(some)
    return tuple(row.name for row in rows() if row.name not in told)


class _Search:
    """Tries choices on cases, each once."""

    def __init__(self, cases: Sequence[Case], start: Choices, play: Play) -> None:
        self._cases, self._start, self._play = cases, start, play
        self._tried: dict[tuple[Choices, tuple[str, ...]], list[Difference]] = {}
        self.doubtful: dict[tuple[str, str], None] = {}

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
        """The answer that leaves the least in a few cases in which all fields show that differ; None if none leaves
        less there that nothing disproves, nor in one case for each set of such fields.
        """
        for few in self.telling(left):
            now = self.leave(chosen, few)
            tried = self.tries(few, chosen, useless)
            better = [each for each, fewer in tried.items() if weight(fewer) < weight(now)]
            right = [each for each in better if not further(tried[each], now)]
            self.doubtful |= dict.fromkeys(each for each in better if each not in right)
            if right:
                return min(right, key=lambda each: weight(tried[each]))
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
        most, without = weight(self.leave(chosen, few)), self.leave(others, few)
        tried = self.tries(few, others, {(name, chosen[name])})
        equal = [each for each, fewer in tried.items() if weight(fewer) <= most and not further(fewer, without)]
        whole = self._leave([(*others.items(), each) for each in equal], self._cases) if equal else []
        before = self.leave(others)
        return tuple(
            f"{other}={answer}"
            for (other, answer), fewer in zip(equal, whole, strict=True)
            if weight(fewer) <= weight(left) and not further(fewer, before)
        )

    def disproved(self, chosen: dict[str, str], left: list[Difference]) -> dict[str, Disproved]:
        """The answers beside those that are chosen that would explain some of what is left, but for what is against."""
        found = dict[str, Disproved]()
        for name, answer in self.doubtful:
            fewer = self.leave(chosen | {name: answer})
            explains, against = len(further(left, fewer)), tuple(further(fewer, left))
            if explains and against:
                found[f"{name}={answer}"] = Disproved(explains, against)
        return found
