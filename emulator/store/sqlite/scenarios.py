"""The scenarios that users keep, on SQLite: each is a fact."""

from __future__ import annotations

import sqlite3
from typing import Final

from emulator.store.scenarios import FACT
from emulator.store.sqlite.connected import Connected

_DROP: Final = "DELETE FROM fact WHERE name = ?"


class SqliteScenarios(Connected):
    """The part of the contract that is about scenarios."""

    async def kept_scenarios(self) -> dict[str, str]:
        query = "SELECT substr(name, ?), value FROM fact WHERE substr(name, 1, ?) = ? ORDER BY name"
        values = len(FACT) + 1, len(FACT), FACT
        return dict(await self._run(lambda c: c.execute(query, values).fetchall()))

    async def keep_scenario(self, name: str, text: str, instead_of: str = "") -> bool:
        def job(connection: sqlite3.Connection) -> bool:
            both = FACT + name, FACT + instead_of
            there = {found for (found,) in connection.execute("SELECT name FROM fact WHERE name IN (?, ?)", both)}
            if instead_of and there != {FACT + instead_of}:
                return False
            connection.execute(_DROP, (FACT + instead_of,))
            connection.execute("INSERT OR REPLACE INTO fact VALUES(?, ?)", (FACT + name, text))
            return True

        return await self._run(job)

    async def drop_scenario(self, name: str) -> bool:
        return await self._run(lambda c: c.execute(_DROP, (FACT + name,)).rowcount == 1)
