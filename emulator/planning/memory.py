"""The counts and states of a rehearsal, which has no store: earlier requests are numbered, and what they spent adds up.

Memory answers `count`, `state` and `states` as `store.contract.Applications` does, for one rehearsal only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from emulator.store.records import ApplicationState, Effects

_NOTHING = ApplicationState()


class Memory:
    """Counts and states in memory."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._states: dict[str, ApplicationState] = {}

    def count(self, application: str, names: Sequence[str]) -> list[int]:
        """See `store.contract.Applications`."""
        for name in names:
            self._counts[application, name] += 1
        return [self._counts[application, name] for name in names]

    def skip(self, application: str, requests: int) -> None:
        """Count so many requests of an application."""
        self._counts[application, ""] += requests

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
