"""Viber templates on PostgreSQL: each is a row, found by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import json

from emulator.store.postgres.connected import Connected
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction

if TYPE_CHECKING:
    from emulator.channels.templates import Template

_FIND: Final = "SELECT data FROM template WHERE application = $1"
_PUT: Final = (
    "INSERT INTO template(application, id, data) VALUES($1, $2, $3)"
    " ON CONFLICT (application, id) DO UPDATE SET data = excluded.data"
)


class PostgresTemplates(Connected):
    """The part of the contract that is about templates."""

    async def put_template(self, application: str, template: Template) -> None:
        async def job(transaction: Transaction) -> None:
            await transaction.write(_PUT, clean(application), clean(template.id), json.encode(template))

        await self._run(job)

    async def template(self, application: str, template_id: str) -> Template | None:
        rows = await self._read(f"{_FIND} AND id = $2", clean(application), clean(template_id))
        return _read(rows[0][0]) if rows else None

    async def templates(self, application: str) -> list[Template]:
        return [_read(data) for (data,) in await self._read(f"{_FIND} ORDER BY seq", clean(application))]


def _read(data: bytes) -> Template:
    from emulator.channels.templates import Template

    return json.decode(data, type=Template)
