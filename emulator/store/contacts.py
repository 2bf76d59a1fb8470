"""What a store keeps of an application's contacts: the labels that it defined, and the contacts with their values.

Nothing here knows which values a contact may have, nor how the provider shows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct


class Contact(Struct, frozen=True):
    """A contact, by its id and by its number; empty texts stand for what it lacks. `labels` has the values of some of
    the application's labels.
    """

    id: str
    mobile: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    vip: bool = False
    labels: dict[str, str] = {}


class ContactPage(Struct, frozen=True):
    """A page of contacts, and how many there are in all."""

    total: int
    contacts: list[Contact]


class Contacts(Protocol):
    """The labels and contacts of applications. No two contacts of an application have the same number."""

    async def labels(self, application: str) -> dict[str, str]:
        """The labels that an application defined, with their types, in the order in which it did."""

    async def define_labels(self, application: str, labels: Mapping[str, str]) -> str | None:
        """Define labels, by name with their types; none of them if one is defined already, whose name is the answer."""

    async def put_contact(self, application: str, contact: Contact, instead_of: Contact | None = None) -> bool:
        """Add a contact, or put it in the place of the one with its id. False, with nothing done, if that is not as it
        was read any more, or another one has its number.
        """

    async def contact(self, application: str, contact_id: str) -> Contact | None:
        """A contact by its id."""

    async def contact_of(self, application: str, mobile: str) -> Contact | None:
        """A contact by its number."""

    async def contacts(self, application: str, offset: int, size: int) -> ContactPage:
        """Contacts, the latest first: `size` of them from `offset` on."""

    async def drop_contacts(self, application: str, contact_ids: Sequence[str]) -> list[Contact]:
        """Drop the contacts of these ids; answer those that there were, in the order of the ids."""


class KeptContacts(Contacts, Protocol):
    """Those that a store keeps."""

    async def add_contacts(self, application: str, labels: Mapping[str, str], contacts: Sequence[Contact]) -> None:
        """Define those of the labels that are not defined, and put all contacts but those whose number another one has,
        in one transaction.
        """
