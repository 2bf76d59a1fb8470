"""What a store answers about applications from memory, whichever database it writes to, none of which it knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from emulator.clock.clock import EVERYBODY
from emulator.store.contract import Applications
from emulator.store.counters import Counters
from emulator.store.grants import Grants
from emulator.store.records import ApplicationState, Grant
from emulator.store.states import UNTOUCHED, States

S = TypeVar("S", bound=States)
C = TypeVar("C", bound=Counters)


class Remembered(Applications, Generic[S, C]):
    """The part of the contract about applications that needs no transaction."""

    _states: S
    _counters: C
    _grants: Grants

    def state(self, application: str) -> ApplicationState:
        return self._states.of(application)

    def in_force(self, application: str) -> tuple[ApplicationState, ApplicationState]:
        known = self._states.known
        return known.get(application, UNTOUCHED), known.get(EVERYBODY, UNTOUCHED)

    def states(self) -> dict[str, ApplicationState]:
        return self._states.known.copy()

    def count(self, application: str, names: Sequence[str]) -> list[int]:
        return self._counters.count(application, names)

    def grant(self, token: str) -> Grant | None:
        return self._grants.by_token.get(token)

    def granted(self, application: str, scopes: tuple[str, ...]) -> Grant | None:
        return self._grants.latest(application, scopes)

    def grants(self, application: str = EVERYBODY) -> list[Grant]:
        return self._grants.of(application)
