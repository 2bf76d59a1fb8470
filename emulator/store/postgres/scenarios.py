"""The scenarios that users keep, on PostgreSQL: each is a fact."""

from __future__ import annotations

from typing import Final

from emulator.store.postgres.connected import Connected
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction
from emulator.store.scenarios import FACT

_THERE: Final = "SELECT name FROM fact WHERE name = ANY($1::text[])"
_DROP: Final = "DELETE FROM fact WHERE name = $1 RETURNING name"
_PUT: Final = "INSERT INTO fact VALUES($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class PostgresScenarios(Connected):
    """The part of the contract that is about scenarios."""

    async def kept_scenarios(self) -> dict[str, str]:
        query = "SELECT substr(name, $1), value FROM fact WHERE starts_with(name, $2) ORDER BY name"
        return {str(name): str(text) for name, text in await self._read(query, len(FACT) + 1, FACT)}

    async def keep_scenario(self, name: str, text: str, instead_of: str = "") -> bool:
        async def job(transaction: Transaction) -> bool:
            both = [clean(FACT + name), clean(FACT + instead_of)]
            there = {found for (found,) in await transaction.read(_THERE, both)}
            if instead_of and there != {both[1]}:
                return False
            await transaction.write(_DROP, both[1])
            await transaction.write(_PUT, both[0], clean(text))
            return True

        return await self._run(job)

    async def drop_scenario(self, name: str) -> bool:
        async def job(transaction: Transaction) -> bool:
            return bool(await transaction.write(_DROP, clean(FACT + name)))

        return await self._run(job)
