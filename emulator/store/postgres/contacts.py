"""Labels and contacts on PostgreSQL: each contact is a row, found by its id and by its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import json

from emulator.store.contacts import Contact, ContactPage
from emulator.store.postgres.connected import Connected
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction

_FIND: Final = "SELECT data FROM contact WHERE application = $1 AND"
_PUT: Final = (
    "INSERT INTO contact(application, id, mobile, data) VALUES($1, $2, $3, $4)"
    " ON CONFLICT (application, id) DO UPDATE SET mobile = excluded.mobile, data = excluded.data"
)
_DEFINED: Final = "SELECT name FROM label WHERE application = $1"
_DEFINE: Final = (
    "INSERT INTO label(application, name, type) SELECT $1, t.name, t.type FROM unnest($2::text[], $3::text[])"
    " WITH ORDINALITY t(name, type, place) ORDER BY place"
)


class PostgresContacts(Connected):
    """The part of the contract that is about contacts."""

    async def labels(self, application: str) -> dict[str, str]:
        query = "SELECT name, type FROM label WHERE application = $1 ORDER BY seq"
        return dict(map(tuple, await self._read(query, clean(application))))

    async def define_labels(self, application: str, labels: Mapping[str, str]) -> str | None:
        async def job(transaction: Transaction) -> str | None:
            name, names = clean(application), [clean(each) for each in labels]
            query = "SELECT name FROM label WHERE application = $1 AND name = ANY($2::text[]) ORDER BY seq LIMIT 1"
            known = await transaction.one(query, name, names)
            if known is not None:
                return str(known[0])
            await transaction.write(_DEFINE, name, names, list(labels.values()))
            return None

        return await self._run(job)

    async def put_contact(self, application: str, contact: Contact, instead_of: Contact | None = None) -> bool:
        async def job(transaction: Transaction) -> bool:
            there = _first(await transaction.read(f"{_FIND} id = $2", clean(application), clean(contact.id)))
            return there == instead_of and await _put(transaction, application, contact)

        return await self._run(job)

    async def add_contacts(self, application: str, labels: Mapping[str, str], contacts: Sequence[Contact]) -> None:
        async def job(transaction: Transaction) -> None:
            known = {name for (name,) in await transaction.read(_DEFINED, clean(application))}
            new = {name: kind for name, kind in labels.items() if clean(name) not in known}
            await transaction.write(_DEFINE, clean(application), [clean(each) for each in new], [*new.values()])
            for contact in contacts:
                await _put(transaction, application, contact)

        await self._run(job)

    async def contact(self, application: str, contact_id: str) -> Contact | None:
        return _first(await self._read(f"{_FIND} id = $2", clean(application), clean(contact_id)))

    async def contact_of(self, application: str, mobile: str) -> Contact | None:
        return _first(await self._read(f"{_FIND} mobile = $2", clean(application), clean(mobile)))

    async def contacts(self, application: str, offset: int, size: int) -> ContactPage:
        name, count = clean(application), "SELECT count(*) FROM contact WHERE application = $1"
        ((total,),) = await self._read(count, name)
        query = "SELECT data FROM contact WHERE application = $1 ORDER BY seq DESC LIMIT $2 OFFSET $3"
        rows = await self._read(query, name, size, offset)
        return ContactPage(total, [json.decode(data, type=Contact) for (data,) in rows])

    async def drop_contacts(self, application: str, contact_ids: Sequence[str]) -> list[Contact]:
        async def job(transaction: Transaction) -> list[Contact]:
            query = "DELETE FROM contact WHERE application = $1 AND id = ANY($2::text[]) RETURNING data"
            ids = list(dict.fromkeys(contact_ids))
            rows = await transaction.write(query, clean(application), [clean(each) for each in ids])
            found = [json.decode(data, type=Contact) for (data,) in rows]
            return sorted(found, key=lambda contact: ids.index(contact.id))

        return await self._run(job)


async def _put(transaction: Transaction, application: str, contact: Contact) -> bool:
    """Put a contact; False if another one has its number."""
    row = clean(application), clean(contact.id), clean(contact.mobile)
    if await transaction.one(f"{_FIND} mobile = $3 AND id <> $2", *row) is not None:
        return False
    await transaction.write(_PUT, *row, json.encode(contact))
    return True


def _first(rows: list[Any]) -> Contact | None:
    return json.decode(rows[0][0], type=Contact) if rows else None
