"""The contacts of applications: those that their calls made, and those of a file, which every application has from the
beginning.

The file's contacts are put into the store when an application's contacts are first asked for, so its calls find, change
and delete them as any others; a reset brings them back, and so does another content of the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from zlib import crc32

from msgspec import Struct, convert, json

from emulator.seed import identifier
from emulator.store.contacts import Contact, ContactPage, Contacts, KeptContacts
from emulator.store.sharing import Counting

TYPES: Final = {True: "Number", False: "Text"}
"""The types of labels: whether all of their values are numbers."""


class DeclaredContacts(Struct, frozen=True):
    """The contacts of a file, the types of their labels, and what tells this content from another."""

    contacts: tuple[Contact, ...] = ()
    labels: Mapping[str, str] = {}
    mark: str = ""


class Kept(KeptContacts, Counting, Protocol):
    """A store of contacts and counts."""


class KnownContacts(Contacts):
    """The contacts that `store` keeps, among them the `declared` ones."""

    def __init__(self, store: Kept, declared: DeclaredContacts) -> None:
        self._store = store
        self._declared = declared

    async def labels(self, application: str) -> dict[str, str]:
        return await (await self._of(application)).labels(application)

    async def define_labels(self, application: str, labels: Mapping[str, str]) -> str | None:
        return await (await self._of(application)).define_labels(application, labels)

    async def put_contact(self, application: str, contact: Contact, instead_of: Contact | None = None) -> bool:
        return await (await self._of(application)).put_contact(application, contact, instead_of)

    async def contact(self, application: str, contact_id: str) -> Contact | None:
        return await (await self._of(application)).contact(application, contact_id)

    async def contact_of(self, application: str, mobile: str) -> Contact | None:
        return await (await self._of(application)).contact_of(application, mobile)

    async def contacts(self, application: str, offset: int, size: int) -> ContactPage:
        return await (await self._of(application)).contacts(application, offset, size)

    async def drop_contacts(self, application: str, contact_ids: Sequence[str]) -> list[Contact]:
        return await (await self._of(application)).drop_contacts(application, contact_ids)

    async def _of(self, application: str) -> Contacts:
        """The store, once it has an application's declared contacts. They are put there by the first who asks."""

        async def act() -> None:
            if self._store.counters.count(application, [self._declared.mark]) == [1]:
                await self._store.add_contacts(application, self._declared.labels, self._declared.contacts)

        if self._declared.contacts:
            await self._store.turn(act)
        return self._store


def load(file: str) -> DeclaredContacts:
    """The contacts in a file; none for an empty name. Raises ScenarioError with all that is wrong."""
    if not file:
        return DeclaredContacts()
    from emulator.scenario.files.declared import declared  # takes longer than a start without a file should

    given: list[Any] = declared(file, "contacts", {"": "mobile"})
    values: dict[str, list[bool]] = {}
    for each in given:
        for name, value in each.get("labels", {}).items():
            values.setdefault(name, []).append(not isinstance(value, str))
    return DeclaredContacts(
        tuple(map(_contact, given)),
        {name: TYPES[all(numeric)] for name, numeric in values.items()},
        f"contacts {crc32(json.encode(given)):08x}",
    )


def _contact(given: Any) -> Contact:
    """A contact of the file. Its id follows from its number."""
    mobile = given["mobile"]
    labels = {name: str(value) for name, value in given.get("labels", {}).items()}
    own = {"id": identifier("contact", "declared", mobile).replace("-", "")[:24], "mobile": mobile, "labels": labels}
    names = {"firstName": "first_name", "lastName": "last_name", "email": "email", "vip": "vip"}
    return convert(own | {names[name]: value for name, value in given.items() if name in names}, Contact)
