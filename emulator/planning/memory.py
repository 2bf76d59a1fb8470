"""The counts and states of a rehearsal, which has no store: earlier requests are numbered, and what they spent adds up.

Memory answers `count`, `state` and `states` as `store.contract.Applications` does, for one rehearsal only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from emulator.store.records import ApplicationState, Effects

_NOTHING = ApplicationState()


class Memory:
    """Counts and states in memory. `before` is how many requests each application made before the rehearsal."""

    def __init__(self, before: Mapping[str, int]) -> None:
        self._counts = Counter({(application, ""): count for application, count in before.items()})
        self._states: dict[str, ApplicationState] = {}

    def count(self, application: str, names: Sequence[str]) -> list[int]:
        """See `store.contract.Applications`."""
        for name in names:
            self._counts[application, name] += 1
        return [self._counts[application, name] for name in names]

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
