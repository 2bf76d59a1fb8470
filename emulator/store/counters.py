"""How often each application called, by name, as a process knows it; written with the next transaction that writes
anything. This module knows no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from emulator.clock.clock import EVERYBODY

REQUESTS: Final = ""
"""The name under which an application's requests are counted."""
Name = tuple[str, str]
"""An application, and what is counted of it."""


class Counters:
    """The last number of each name: those that were `saved`, each with its application and name. `ordinals` has the
    highest request numbers of flows, which no later request may get.
    """

    def __init__(self, saved: Iterable[tuple[str, str, int]], ordinals: Mapping[str, int]) -> None:
        self._last: dict[str, dict[str, int]] = {}
        for application, name, last in saved:
            self._last.setdefault(application, {})[name] = last
        self._ordinals = ordinals
        self.unwritten: set[Name] = set()
        self._writing: set[Name] = set()
        self._forgotten: dict[str, dict[str, int]] = {}

    def count(self, application: str, names: Sequence[str]) -> list[int]:
        """Count one more of each name; answers the numbers, from 1."""
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

    def reached(self, application: str, ordinal: int) -> None:
        """Take note of a request number that an application has, whoever gave it."""
        counts = self._last.setdefault(application, {})
        if ordinal > counts.get(REQUESTS, 0):
            counts[REQUESTS] = ordinal
            self.unwritten.add((application, REQUESTS))

    def forget(self, application: str) -> None:
        """Begin to count an application's calls anew, or everybody's; their rows are the caller's to delete."""
        if application == EVERYBODY:
            self._forgotten, self._last = self._last, {}
        else:
            self._forgotten = {application: self._last.pop(application, {})}

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
