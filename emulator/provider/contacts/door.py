"""The doors to the labels and contacts of the application that calls."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.channels import numbers
from emulator.channels.placeholders import BUILT_IN
from emulator.errors import Json
from emulator.http import messages
from emulator.provider import paging
from emulator.provider.contacts import reading
from emulator.provider.contacts.reading import NUMBER, TEXT, Written
from emulator.provider.errors import about_value, invalid, not_found, read_or_refuse
from emulator.provider.incoming import json_sent, remark
from emulator.provider.service import Parts
from emulator.seed import identifier
from emulator.store.contacts import Contact
from emulator.store.sharing import counted
from emulator.validation.coercion import coerced

SCOPE: Final = "contact"
"""The scope that a token needs for these calls."""
DEFAULT_SIZE: Final = 20
LARGEST: Final = 2000
GROUPS: Final = ("All", "NotListed")
"""The groups of a contact that is in none of the customer's, which are not emulated."""
EXISTS: Final = "exists already!"
NOT_FOUND: Final = "404002001"
"""The code for a contact that there is not."""


def routes(parts: Parts) -> list[BaseRoute]:
    """The routes to these doors."""
    door = ContactDoor(parts)
    return [
        Route("/contacts/labels/my", door.define_labels, methods=["POST"]),
        Route("/contacts/labels/my", door.labels, methods=["GET"]),
        Route("/contacts/my", door.create, methods=["POST"]),
        Route("/contacts/my", door.page, methods=["GET"]),
        Route("/contacts/my", door.delete_many, methods=["DELETE"]),
        Route("/contacts/my/mobile", door.has_mobile, methods=["HEAD"]),
        Route("/contacts/my/{id}", door.show, methods=["GET"]),
        Route("/contacts/my/{id}", door.update, methods=["PUT"]),
        Route("/contacts/my/{id}", door.delete, methods=["DELETE"]),
    ]


class ContactDoor:
    """Shows and changes the labels and contacts of an application."""

    def __init__(self, parts: Parts) -> None:
        self._access = parts.access
        self._contacts = parts.contacts
        self._parts = parts

    async def define_labels(self, request: Request) -> Response:
        """Define labels: all that are named, or none."""
        application, body = await json_sent(request, self._parts, SCOPE)
        labels, remarks = read_or_refuse(reading.labels, body)
        await remark(request, self._parts, application, remarks)
        types = {label.name: label.type for label in labels}
        if len(types) != len(labels):
            names = [label.name for label in labels]
            raise about_value("400002014", "label", "name", _repeated(names), "is named twice!")
        known = next((name for name in types if name in BUILT_IN), None)
        known = known or await self._contacts.define_labels(application, types)
        if known:
            raise about_value("409002011", "label", "name", known, EXISTS)
        return messages.good(list(labels))

    async def labels(self, request: Request) -> Response:
        """Answer all labels with their types, the built-in ones first."""
        application = self._access.admitted(request.scope, SCOPE)
        return messages.good(dict.fromkeys(BUILT_IN, TEXT) | await self._contacts.labels(application))

    async def create(self, request: Request) -> Response:
        """Create a contact, or change the one that has its number."""
        application, body = await json_sent(request, self._parts, SCOPE)
        written, remarks = read_or_refuse(reading.contact, body)
        await remark(request, self._parts, application, remarks)
        types = await self._checked(application, written)
        while True:
            known = await self._contacts.contact_of(application, written.mobile)
            contact = _changed(known or await self._new(application, written.mobile), written)
            if await self._contacts.put_contact(application, contact, known):
                return messages.good(_shown(contact, types))

    async def _new(self, application: str, mobile: str) -> Contact:
        number = await counted(self._parts.store, application, "contact")
        return Contact(identifier("contact", application, number).replace("-", "")[:24], mobile)

    async def update(self, request: Request) -> Response:
        """Change a contact; what the body leaves out stays."""
        application, body = await json_sent(request, self._parts, SCOPE)
        known = await self._found(application, request)
        written, remarks = read_or_refuse(reading.contact, body)
        await remark(request, self._parts, application, remarks)
        types = await self._checked(application, written)
        while not await self._contacts.put_contact(application, contact := _changed(known, written), known):
            other = await self._contacts.contact_of(application, contact.mobile)
            if other is not None and other.id != contact.id:
                raise about_value("409002005", "contact", "mobile", contact.mobile, EXISTS)
            known = await self._found(application, request)  # another call has changed it meanwhile
        return messages.good(_shown(contact, types))

    async def show(self, request: Request) -> Response:
        """Answer one contact."""
        application = self._access.admitted(request.scope, SCOPE)
        return messages.good(_shown(await self._found(application, request)))

    async def page(self, request: Request) -> Response:
        """Answer a page of contacts, the latest first."""
        application = self._access.admitted(request.scope, SCOPE)
        wrong = dict[str, str]()
        asked = paging.paging(request.query_params, DEFAULT_SIZE, wrong, LARGEST)
        if wrong:
            raise invalid("Contact", wrong)
        found = await self._contacts.contacts(application, asked.offset, asked.size)
        return messages.good(paging.page([_shown(each) for each in found.contacts], asked, found.total))

    async def has_mobile(self, request: Request) -> Response:
        """Answer by the status whether a contact has the number `value`."""
        application = self._access.admitted(request.scope, SCOPE)
        mobile = "+" + request.query_params.get("value", "").strip().removeprefix("+")  # a blank stands for a + there
        known = await self._contacts.contact_of(application, mobile)
        return Response(None, 404 if known is None else 200, media_type="application/json")

    async def delete(self, request: Request) -> Response:
        """Delete a contact, and answer it."""
        application = self._access.admitted(request.scope, SCOPE)
        name = request.path_params["id"]
        dropped = await self._contacts.drop_contacts(application, [name])
        if not dropped:
            raise not_found("contact", "id", name, NOT_FOUND)
        return messages.good(_shown(dropped[0]))

    async def delete_many(self, request: Request) -> Response:
        """Delete the contacts of these ids; answer the ids of those that there were, 404 if there was none."""
        application, body = await json_sent(request, self._parts, SCOPE)
        named = read_or_refuse(reading.ids, body)
        dropped = await self._contacts.drop_contacts(application, named)
        if not dropped:
            raise not_found("contact", "id", ", ".join(named), NOT_FOUND)
        return messages.good([contact.id for contact in dropped])

    async def _found(self, application: str, request: Request) -> Contact:
        """The contact that a path names. Raises ApiError 404."""
        name = request.path_params["id"]
        contact = await self._contacts.contact(application, name)
        if contact is None:
            raise not_found("contact", "id", name, NOT_FOUND)
        return contact

    async def _checked(self, application: str, written: Written) -> dict[str, str]:
        """The application's labels with their types. Raises ApiError if a contact's values are not of these."""
        values = written.labels or []
        types = await self._contacts.labels(application)
        if len({each.name for each in values}) != len(values):
            twice = _repeated([each.name for each in values])
            raise about_value("409002013", "label", "name", twice, "has two values!")
        for each in values:
            if each.name not in types:
                raise not_found("label", "name", each.name, "404002012")
            if types[each.name] == NUMBER and each.value and isinstance(coerced(each.value, {"number"}), str):
                raise about_value("400002006", "label", "name", each.name, "must have a number as its value!")
        return types


def _repeated(names: list[str]) -> str:
    """The first name that comes twice."""
    return next(name for index, name in enumerate(names) if name in names[:index])


def _changed(contact: Contact, written: Written) -> Contact:
    """A contact with what is written; an empty value of a label takes it away."""
    given = {name: getattr(written, name) for name in ("first_name", "last_name", "email", "vip")}
    values: dict[str, str] = contact.labels | {each.name: each.value for each in written.labels or []}
    return replace(
        contact,
        mobile=written.mobile,
        labels={name: value for name, value in values.items() if value},
        **{name: value for name, value in given.items() if value is not UNSET},
    )


def _shown(contact: Contact, types: dict[str, str] | None = None) -> Json:
    """A contact as the provider shows it; the `types` of its labels where it is created or changed."""
    named = {"firstName": contact.first_name, "lastName": contact.last_name, "email": contact.email}
    labels = [
        {"name": name, "value": value} | ({"type": types[name]} if types else {})
        for name, value in contact.labels.items()
    ]
    return {
        "id": contact.id,
        **{name: value for name, value in named.items() if value},
        "mobile": contact.mobile,
        "country": numbers.country(contact.mobile),
        "vip": contact.vip,
        "groups": list(GROUPS),
        "blacklistedServices": [],
        "labels": labels,
    }
