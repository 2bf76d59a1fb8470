"""Viber templates on SQLite: each is a row, found by its id."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from msgspec import json

from emulator.store.sqlite.connected import Connected

if TYPE_CHECKING:
    from emulator.channels.templates import Template

_FIND: Final = "SELECT data FROM template WHERE application = ?"


class SqliteTemplates(Connected):
    """The part of the contract that is about templates."""

    async def put_template(self, application: str, template: Template) -> None:
        def job(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO template(application, id, data) VALUES(?, ?, ?)"
                " ON CONFLICT(application, id) DO UPDATE SET data = excluded.data",
                (application, template.id, json.encode(template)),
            )

        await self._run(job)

    async def template(self, application: str, template_id: str) -> Template | None:
        row = await self._run(lambda c: c.execute(f"{_FIND} AND id = ?", (application, template_id)).fetchone())
        return None if row is None else _read(row[0])

    async def templates(self, application: str) -> list[Template]:
        rows = await self._run(lambda c: c.execute(f"{_FIND} ORDER BY seq", (application,)).fetchall())
        return [_read(data) for (data,) in rows]


def _read(data: bytes) -> Template:
    from emulator.channels.templates import Template  # which a start does without

    return json.decode(data, type=Template)
