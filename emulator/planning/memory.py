"""What a rehearsal remembers of the requests before: counts, and what they took. A server has its store for that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from emulator.store.records import ApplicationState, Effects

_NOTHING = ApplicationState()


class Memory:
    """Counts and states, as the store answers them. `before` is how many requests each application made before."""

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
        """Remember what a request took."""
        if effects is not None:
            state = self.state(effects.application)
            self._states[effects.application] = replace(state, spent=state.spent + effects.spent)
