"""Finding the first rule that applies, without asking each of a thousand. Pure.

Most rules name a recipient or how one begins. Such a rule is kept under that text and is looked at only for recipients
that have it; the others are looked at for everyone. What is left is asked in the order of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from emulator.matching import Match, Question

T = TypeVar("T")

_WILD = "*?["


class Rulebook(Generic[T]):
    """Matches in order, each with what it leads to."""

    def __init__(self, entries: Iterable[tuple[Match, T]]) -> None:
        self._entries: list[tuple[Callable[[Question], bool], T]] = []
        self._everyone: list[int] = []
        self._exact: dict[str, list[int]] = {}
        self._starting: dict[str, list[int]] = {}
        for position, (match, value) in enumerate(entries):
            self._entries.append((match.test(), value))
            self._place(match, position)
        self._lengths = sorted({len(start) for start in self._starting})

    def first(self, question: Question) -> T | None:
        """What the first match that holds leads to; None if none holds."""
        for position in self._candidates(question.to):
            test, value = self._entries[position]
            if test(question):
                return value
        return None

    def _candidates(self, to: str) -> list[int]:
        if not self._exact and not self._lengths:
            return self._everyone
        found = [*self._everyone, *self._exact.get(to, ())]
        for length in self._lengths:
            found += self._starting.get(to[:length], ())
        return sorted(found)

    def _place(self, match: Match, position: int) -> None:
        exact = _exact(match)
        start = _start(match)
        if exact is not None:
            for each in exact:
                self._exact.setdefault(each, []).append(position)
        elif start:
            self._starting.setdefault(start, []).append(position)
        else:
            self._everyone.append(position)


def _exact(match: Match) -> set[str] | None:
    """The recipients of which a match demands one; None if it does not."""
    for condition in match.named("to"):
        if condition.lookup in ("equal", "in"):
            expected = condition.expected
            return set(map(str, expected if isinstance(expected, tuple) else (expected,)))
    return None


def _start(match: Match) -> str:
    """The beginning that a match demands of the recipient; empty if it demands none."""
    starts = [str(each.expected) for each in match.named("to") if each.lookup == "starts"]
    globs = [_fixed_part(str(each.expected)) for each in match.named("to") if each.lookup == "glob"]
    return max([*starts, *globs], key=len, default="")


def _fixed_part(glob: str) -> str:
    return glob[: next((index for index, sign in enumerate(glob) if sign in _WILD), len(glob))]
