"""What a store answers about applications from memory, whichever database it writes to, none of which it knows."""

from __future__ import annotations

from typing import Generic, TypeVar

from emulator.clock.clock import EVERYBODY
from emulator.flow.state import Flow
from emulator.store.contract import Decide
from emulator.store.counters import Counters
from emulator.store.grants import Grants
from emulator.store.records import ApplicationState, Change, Grant
from emulator.store.states import UNTOUCHED, States

S = TypeVar("S", bound=States)
C = TypeVar("C", bound=Counters)


class Remembered(Generic[S, C]):
    """The part of the contract about applications that needs no transaction."""

    _states: S
    counters: C
    _grants: Grants

    def state(self, application: str) -> ApplicationState:
        return self._states.of(application)

    def in_force(self, application: str) -> tuple[ApplicationState, ApplicationState]:
        known = self._states.known
        return known.get(application, UNTOUCHED), known.get(EVERYBODY, UNTOUCHED)

    def states(self) -> dict[str, ApplicationState]:
        return self._states.known.copy()

    def _hearing(self, decide: Decide) -> Decide:
        """What decides likewise, and takes note of what recipients reply."""

        def decided(flow: Flow) -> Change:
            change = decide(flow)
            self._hear(change)
            return change

        return decided

    def _hear(self, change: Change) -> None:
        """Take note of what recipients reply."""
        for to, at, text in change.replied:
            self.counters.hear(change.flow.application, to, at, text)

    def grant(self, token: str) -> Grant | None:
        return self._grants.by_token.get(token)

    def granted(self, application: str, scopes: tuple[str, ...]) -> Grant | None:
        return self._grants.latest(application, scopes)

    def grants(self, application: str = EVERYBODY) -> list[Grant]:
        return self._grants.of(application)
