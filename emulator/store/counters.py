"""How often each application called, by name, as a process knows it, and what else went before its requests; written
with the next transaction that writes anything. This module knows no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from emulator.clock.clock import EVERYBODY

REQUESTS: Final = ""
"""The name under which an application's requests are counted."""
CHOSEN: Final = "chosen"
"""The name under which it is counted how often a scenario was chosen, or a choice forgotten."""
_MOST: Final = 1 << 25
"""More requests than are counted within one period. The saved number of one is its place times this, and how many came:
so it grows with time, and fits 64 bits to the end of what instants can tell.
"""
_REPLIED: Final = "replied"
"""The first word of the names under which stands when a recipient wrote something back; the others are its number, and
what it wrote.
"""
Name = tuple[str, str]
"""An application, and what is counted of it."""


class Counters:
    """The last number of each name: those that were `saved`, each with its application and name. `ordinals` has the
    highest request numbers of flows, which no later request may get.
    """

    def __init__(self, saved: Iterable[tuple[str, str, int]], ordinals: Mapping[str, int]) -> None:
        self.start(saved, ordinals)

    def start(self, saved: Iterable[tuple[str, str, int]], ordinals: Mapping[str, int]) -> None:
        """Begin anew with these numbers."""
        self._last: dict[str, dict[str, int]] = {}
        for application, name, last in saved:
            self._last.setdefault(application, {})[name] = last
        self._ordinals = ordinals
        self._replies = self._last_replies()
        self.unwritten: set[Name] = set()
        self._writing: set[Name] = set()
        self._forgotten: dict[str, dict[str, int]] = {}

    def count(self, application: str, names: Sequence[str]) -> list[int]:
        """Count one more of each name; answers the numbers, from 1. REQUESTS counts the application's requests; the
        other names are the caller's.
        """
        counts = self._last.setdefault(application, {})
        numbers = []
        for name in names:
            number = counts.get(name, 0) + 1
            if name == REQUESTS and number <= (ordinal := self._ordinals.get(application, 0)):
                number = ordinal + 1
            counts[name] = number
            self.unwritten.add((application, name))
            numbers.append(number)
        return numbers

    def within(self, application: str, name: str, period: int, now: int) -> int:
        """Count one more request in the present one of the periods of so many milliseconds, which follow one another on
        the application's clock; answers the number, from 1.
        """
        counts, counted, present = self._last.setdefault(application, {}), f"within {period} {name}", now // period
        place, number = divmod(counts.get(counted, 0), _MOST)
        number = min(number + 1, _MOST - 1) if place == present else 1
        counts[counted] = present * _MOST + number
        self.unwritten.add((application, counted))
        return number

    def began(self, application: str, scenario: str, now: int) -> int:
        """When the application's first request under a scenario came since that was chosen; `now`, if it is this."""
        counts = self._last.setdefault(application, {})
        chosen = (counts.get(CHOSEN, 0), self._last.get(EVERYBODY, {}).get(CHOSEN, 0))
        name = f"began {chosen[0]} {chosen[1]} {scenario}"
        if name not in counts:
            counts[name] = now
            self.unwritten.add((application, name))
        return counts[name]

    def hear(self, application: str, to: str, at: int, text: str) -> None:
        """Take note of what a recipient writes back at a time; it may be told twice."""
        name = f"{_REPLIED} {to} {text}"
        self._last.setdefault(application, {})[name] = at
        self.unwritten.add((application, name))
        self._replies.setdefault(application, {})[to] = at, text

    def replied(self, application: str, to: str, _: int) -> str:
        """What a recipient has last written back to an application, as a `Change` told; empty if nothing."""
        return self._replies.get(application, {}).get(to, (0, ""))[1]

    def _last_replies(self) -> dict[str, dict[str, tuple[int, str]]]:
        """The last reply of each recipient, with its time, by application."""
        found: dict[str, dict[str, tuple[int, str]]] = {}
        for application, counts in self._last.items():
            for name, at in counts.items():
                if name.startswith(f"{_REPLIED} "):
                    _, to, text = name.split(" ", 2)
                    known = found.setdefault(application, {})
                    known[to] = max(known.get(to, (at, text)), (at, text))
        return found

    def reached(self, application: str, ordinal: int) -> None:
        """Take note of a request number that an application has, whoever gave it."""
        counts = self._last.setdefault(application, {})
        if ordinal > counts.get(REQUESTS, 0):
            counts[REQUESTS] = ordinal
            self.unwritten.add((application, REQUESTS))

    def learn(self, application: str, name: str, last: int) -> None:
        """Take note of a number that somebody else has written."""
        self._last.setdefault(application, {})[name] = last
        if name.startswith(f"{_REPLIED} "):
            _, to, text = name.split(" ", 2)
            self._replies.setdefault(application, {})[to] = last, text
        self.unwritten.discard((application, name))

    def forget(self, application: str) -> None:
        """Begin to count an application's calls anew, or everybody's; their rows are the caller's to delete."""
        if application == EVERYBODY:
            self._forgotten, self._last = self._last, {}
        else:
            self._forgotten = {application: self._last.pop(application, {})}
        self._replies = self._last_replies()

    def remember(self) -> None:
        """From now on, remember what is forgotten."""
        self._forgotten = {}

    def put_back(self) -> None:
        """Take back what was forgotten since `remember`."""
        self.settle()()

    def settle(self) -> Callable[[], None]:
        """What was forgotten since `remember` stays forgotten; the answer takes that back."""
        forgotten, self._forgotten = self._forgotten, {}

        def put_back() -> None:
            self._last |= forgotten
            self._replies = self._last_replies()

        return put_back

    def changed(self, *, more: bool = False) -> list[tuple[str, str, int]]:
        """What is not written yet: application, name and number. From now on it counts as written; with `more`, by the
        same transaction as that of the call before.
        """
        names, self.unwritten = self.unwritten, set()
        self._writing = names | self._writing if more else names
        return [
            (application, name, last)
            for application, name in names
            if (last := self._last.get(application, {}).get(name, 0))
        ]

    def rollback(self) -> None:
        """What counts as `changed` since was rolled back: it must be written again."""
        self.unwritten |= self._writing
