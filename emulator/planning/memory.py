"""The counts and states of a rehearsal, which has no store: earlier requests are numbered, and what they spent adds up.

Memory answers as `store.contract.Applications` does, for one rehearsal only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter

from msgspec.structs import replace

from emulator.store.records import ApplicationState, Effects

_NOTHING = ApplicationState()


class Memory:
    """Counts and states in memory."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._states: dict[str, ApplicationState] = {}
        self._within: dict[tuple[str, str, int], tuple[int, int]] = {}
        self._began: dict[str, int] = {}
        self._replies: list[tuple[str, str, int, str]] = []

    def count(self, application: str, names: Sequence[str]) -> list[int]:
        """See `store.contract.Applications`."""
        for name in names:
            self._counts[application, name] += 1
        return [self._counts[application, name] for name in names]

    @contextmanager
    def aside(self) -> Iterator[None]:
        """While what is counted is forgotten afterwards."""
        before = self._counts.copy(), self._within.copy(), self._began.copy()
        yield
        self._counts, self._within, self._began = before

    def skip(self, application: str, requests: int) -> None:
        """Count so many requests of an application."""
        self._counts[application, ""] += requests

    def within(self, application: str, name: str, period: int, now: int) -> int:
        """See `store.contract.Applications`."""
        place, number = self._within.get((application, name, period), (0, 0))
        number = number + 1 if place == now // period else 1
        self._within[application, name, period] = now // period, number
        return number

    def began(self, application: str, _: str, now: int) -> int:
        """See `store.contract.Applications`; there is one scenario."""
        return self._began.setdefault(application, now)

    def replied(self, application: str, to: str, now: int) -> str:
        """See `store.contract.Applications`."""
        found = [(at, text) for of, by, at, text in self._replies if (of, by) == (application, to) and at <= now]
        return max(found, key=itemgetter(0), default=(0, ""))[1]

    def hear(self, application: str, to: str, at: int, text: str) -> None:
        """Take note of what a recipient writes back at a time."""
        self._replies.insert(0, (application, to, at, text))

    def state(self, application: str) -> ApplicationState:
        """See `store.contract.Applications`."""
        return self._states.get(application, _NOTHING)

    def states(self, application: str) -> tuple[ApplicationState, ApplicationState]:
        """See `store.contract.Applications.in_force`."""
        return self.state(application), self.state("")

    def take(self, effects: Effects | None) -> None:
        """Add what a request spent to its application's state. Uses of overrides don't occur in a rehearsal."""
        if effects is not None:
            state = self.state(effects.application)
            self._states[effects.application] = replace(state, spent=state.spent + effects.spent)
