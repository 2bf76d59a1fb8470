"""The tokens: all of them in memory, where every request is checked, and in a table."""

from __future__ import annotations

import sqlite3

from emulator.clock.clocks import EVERYBODY
from emulator.store.records import Grant


class Grants:
    """The grants by their tokens, and the latest ones of an application's scopes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._grants: dict[str, Grant] = {}
        self._latest: dict[tuple[str, tuple[str, ...]], Grant] = {}
        for token, application, scopes, until in connection.execute("SELECT * FROM grant_ ORDER BY rowid"):
            self.add(Grant(token, application, tuple(scopes.split()), until))

    def find(self, token: str) -> Grant | None:
        """The grant of a token."""
        return self._grants.get(token)

    def latest(self, application: str, scopes: tuple[str, ...]) -> Grant | None:
        """The latest grant of exactly these scopes."""
        return self._latest.get((application, scopes))

    def of(self, application: str) -> list[Grant]:
        """The grants of one application, or of everybody, the oldest first."""
        return [grant for grant in self._grants.values() if application in {EVERYBODY, grant.application}]

    def add(self, grant: Grant) -> None:
        """Add a grant."""
        self._grants[grant.token] = self._latest[grant.application, grant.scopes] = grant

    def drop(self, token: str) -> Grant | None:
        """Drop the grant of a token; answers it."""
        grant = self._grants.pop(token, None)
        if grant is not None and self._latest.get((grant.application, grant.scopes)) is grant:
            del self._latest[grant.application, grant.scopes]
        return grant

    def forget(self, application: str) -> None:
        """Drop the grants of one application, or everybody's."""
        for grant in self.of(application):
            self.drop(grant.token)


def write(connection: sqlite3.Connection, grant: Grant, now: int) -> None:
    """Write a grant, and delete those of its application that have ended by `now`."""
    connection.execute("DELETE FROM grant_ WHERE application = ? AND expires_at <= ?", (grant.application, now))
    row = (grant.token, grant.application, " ".join(grant.scopes), grant.expires_at)
    connection.execute("INSERT OR REPLACE INTO grant_ VALUES(?, ?, ?, ?)", row)
