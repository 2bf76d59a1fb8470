"""What belongs to an application, on SQLite: answered from memory, where the tables' whole content is."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from msgspec.structs import replace

from emulator.clock.clocks import EVERYBODY
from emulator.journal.entry import Entry
from emulator.store.contract import Applications, Steer
from emulator.store.records import ApplicationState, Grant
from emulator.store.sqlite import grants
from emulator.store.sqlite.connected import Connected


class SqliteApplications(Connected, Applications):
    """The applications of a store."""

    def state(self, application: str) -> ApplicationState:
        return self._states.of(application)

    def states(self) -> dict[str, ApplicationState]:
        return self._states.all()

    async def steer(
        self, application: str, change: Steer, entries: Sequence[Entry] = (), *, rest: Steer | None = None
    ) -> ApplicationState:
        def job(_: sqlite3.Connection) -> None:
            self._states.steer(application, change, rest)
            self._note(entries)

        self._at_once(job)
        return self._states.of(application)

    def count(self, application: str, names: Sequence[str]) -> list[int]:
        return self._counters.count(application, names)

    def grant(self, token: str) -> Grant | None:
        return self._grants.find(token)

    def granted(self, application: str, scopes: tuple[str, ...]) -> Grant | None:
        return self._grants.latest(application, scopes)

    def grants(self, application: str = EVERYBODY) -> list[Grant]:
        return self._grants.of(application)

    async def save_grant(self, grant: Grant, now: int) -> None:
        for each in self._grants.of(grant.application):
            if each.expires_at <= now:
                self._grants.drop(each.token)
        self._grants.add(grant)
        try:
            await self._run(lambda c: grants.write(c, grant, now))
        except Exception:
            self._grants.drop(grant.token)
            raise

    async def revoke(self, token: str, entries: Sequence[Entry] = ()) -> Grant | None:
        grant = self._grants.find(token)
        if grant is None:
            return None

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM grant_ WHERE token = ?", (token,))
            self._states.steer(grant.application, lambda state: replace(state, revoked=state.revoked + 1))
            self._note(entries)

        self._at_once(job)
        return self._grants.drop(token)

    def remember(self, application: str, body: bytes, now: int, flow: str) -> None:
        self._bodies.remember(application, body, now, flow)

    def earlier(self, application: str, body: bytes, now: int) -> str | None:
        return self._bodies.earlier(application, body, now)
