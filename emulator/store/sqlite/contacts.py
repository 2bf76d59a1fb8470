"""Labels and contacts on SQLite: each contact is a row, found by its id and by its number."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import json

from emulator.store.contacts import Contact, ContactPage
from emulator.store.sqlite.connected import Connected

_FIND: Final = "SELECT data FROM contact WHERE application = ? AND"
_DEFINE: Final = "INSERT INTO label(application, name, type) VALUES(?, ?, ?)"
_PUT: Final = (
    "INSERT INTO contact(application, id, mobile, data) VALUES(?, ?, ?, ?)"
    " ON CONFLICT(application, id) DO UPDATE SET mobile = excluded.mobile, data = excluded.data"
)


class SqliteContacts(Connected):
    """The part of the contract that is about contacts."""

    async def labels(self, application: str) -> dict[str, str]:
        query = "SELECT name, type FROM label WHERE application = ? ORDER BY seq"
        return dict(await self._run(lambda c: c.execute(query, (application,)).fetchall()))

    async def define_labels(self, application: str, labels: Mapping[str, str]) -> str | None:
        def job(connection: sqlite3.Connection) -> str | None:
            query = "SELECT name FROM label WHERE application = ? AND name IN (SELECT value FROM json_each(?))"
            known = connection.execute(query, (application, json.encode(list(labels)).decode())).fetchone()
            if known is not None:
                return str(known[0])
            rows = [(application, name, kind) for name, kind in labels.items()]
            connection.executemany(_DEFINE, rows)
            return None

        return await self._run(job)

    async def put_contact(self, application: str, contact: Contact, instead_of: Contact | None = None) -> bool:
        def job(connection: sqlite3.Connection) -> bool:
            there = _read(connection.execute(f"{_FIND} id = ?", (application, contact.id)).fetchone())
            return there == instead_of and _put(connection, application, contact)

        return await self._run(job)

    async def add_contacts(self, application: str, labels: Mapping[str, str], contacts: Sequence[Contact]) -> None:
        def job(connection: sqlite3.Connection) -> None:
            rows = [(application, name, kind) for name, kind in labels.items()]
            connection.executemany(_DEFINE.replace("INSERT", "INSERT OR IGNORE"), rows)
            for contact in contacts:
                _put(connection, application, contact)

        await self._run(job)

    async def contact(self, application: str, contact_id: str) -> Contact | None:
        return await self._run(lambda c: _read(c.execute(f"{_FIND} id = ?", (application, contact_id)).fetchone()))

    async def contact_of(self, application: str, mobile: str) -> Contact | None:
        return await self._run(lambda c: _read(c.execute(f"{_FIND} mobile = ?", (application, mobile)).fetchone()))

    async def contacts(self, application: str, offset: int, size: int) -> ContactPage:
        def job(connection: sqlite3.Connection) -> ContactPage:
            count = "SELECT COUNT(*) FROM contact WHERE application = ?"
            (total,) = connection.execute(count, (application,)).fetchone()
            query = "SELECT data FROM contact WHERE application = ? ORDER BY seq DESC LIMIT ? OFFSET ?"
            rows = connection.execute(query, (application, size, offset)).fetchall()
            return ContactPage(total, [json.decode(data, type=Contact) for (data,) in rows])

        return await self._run(job)

    async def drop_contacts(self, application: str, contact_ids: Sequence[str]) -> list[Contact]:
        def job(connection: sqlite3.Connection) -> list[Contact]:
            keys = [(application, each) for each in dict.fromkeys(contact_ids)]
            found = [_read(connection.execute(f"{_FIND} id = ?", each).fetchone()) for each in keys]
            connection.executemany("DELETE FROM contact WHERE application = ? AND id = ?", keys)
            return [contact for contact in found if contact is not None]

        return await self._run(job)


def _put(connection: sqlite3.Connection, application: str, contact: Contact) -> bool:
    """Put a contact, on an open transaction; False if another one has its number."""
    row = application, contact.mobile, contact.id
    if connection.execute(f"{_FIND} mobile = ? AND id != ?", row).fetchone():
        return False
    connection.execute(_PUT, (application, contact.id, contact.mobile, json.encode(contact)))
    return True


def _read(row: tuple[bytes] | None) -> Contact | None:
    return None if row is None else json.decode(row[0], type=Contact)
