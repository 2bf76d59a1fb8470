"""The tokens, as a process knows them. This module knows no database."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from emulator.clock.clock import EVERYBODY
from emulator.store.records import Grant

LOOKED_AT: Final = 2
"""At how many grants of others a new one has the store look, so that the ended ones of all go in the end."""


class Grants:
    """The tokens: the grants `by_token` and by their applications, and the latest of an application's scopes."""

    def __init__(self, saved: Iterable[Grant]) -> None:
        self.start(saved)

    def start(self, saved: Iterable[Grant]) -> None:
        """Begin anew with these grants."""
        self.by_token: dict[str, Grant] = {}
        self._of: dict[str, dict[str, Grant]] = {}
        self._latest: dict[tuple[str, tuple[str, ...]], Grant] = {}
        self._round = deque[str]()
        for grant in saved:
            self.add(grant)

    def latest(self, application: str, scopes: tuple[str, ...]) -> Grant | None:
        """The latest grant of exactly these scopes."""
        return self._latest.get((application, scopes))

    def of(self, application: str) -> list[Grant]:
        """The grants of one application, or of everybody, the oldest first."""
        return list((self.by_token if application == EVERYBODY else self._of.get(application, {})).values())

    def some(self) -> list[Grant]:
        """A few grants, others at each call, until all have had their turn."""
        turn = [self._round.popleft() for _ in range(min(LOOKED_AT, len(self._round)))]
        found = [self.by_token[token] for token in turn if token in self.by_token]
        self._round += [grant.token for grant in found]
        return found

    def add(self, grant: Grant) -> None:
        """Add a grant."""
        if grant.token not in self.by_token:
            self._round.append(grant.token)
        self.by_token[grant.token] = self._latest[grant.application, grant.scopes] = grant
        self._of.setdefault(grant.application, {})[grant.token] = grant

    def drop(self, token: str) -> None:
        """Drop the grant of a token."""
        grant = self.by_token.pop(token, None)
        if grant is None:
            return
        of = self._of[grant.application]
        del of[token]
        if not of:
            del self._of[grant.application]
        if self._latest.get((grant.application, grant.scopes)) is grant:
            del self._latest[grant.application, grant.scopes]
