"""The calls about labels and contacts as a value, for the list in `provider.services`, and their documentation."""

from __future__ import annotations

from typing import Final

from emulator.errors import Json
from emulator.http.openapi import body, in_path, in_query
from emulator.provider.contacts.door import LARGEST, routes
from emulator.provider.documenting import answers
from emulator.provider.service import Calls

SCHEMAS: Final = ("label", "labels", "contact", "contact-ids", "definitions")


def paths() -> dict[str, Json]:
    """The calls, by path."""
    size = {"type": "integer", "minimum": 1, "maximum": LARGEST}
    paged = in_query({"page": {"type": "integer", "minimum": 0}, "size": size})
    value = [each | {"required": True} for each in in_query({"value": {"type": "string"}})]
    one = in_path("{id}")
    many = {"type": "array", "items": {"type": "object"}}
    return {
        "/contacts/labels/my": {
            "get": _call("List the labels.") | answers("403"),
            "post": _call("Define labels.", "labels") | answers("400", "403", "409", shape=many),
        },
        "/contacts/my": {
            "get": _call("List the contacts.", parameters=paged) | answers("400", "403"),
            "post": _call("Create a contact, or change the one that has its number.", "contact")
            | answers("400", "403", "404", "409"),
            "delete": _call("Delete contacts.", "contact-ids") | answers("400", "403", "404", shape=IDS),
        },
        "/contacts/my/mobile": {
            "head": _call("Tell whether a contact has a number.", parameters=value) | {"responses": EMPTY}
        },
        "/contacts/my/{id}": {
            "get": _call("Show a contact.", parameters=one) | answers("403", "404"),
            "put": _call("Change a contact.", "contact", one) | answers("400", "403", "404", "409"),
            "delete": _call("Delete a contact.", parameters=one) | answers("403", "404"),
        },
    }


IDS: Final[Json] = {"type": "array", "items": {"type": "string"}}
EMPTY: Final = {each: {"description": "Told by the status."} for each in ("200", "401", "403", "404")}


def _call(summary: str, schema: str = "", parameters: list[Json] | None = None) -> Json:
    """A call that needs a token, with the schema of its body, if it has one, and its parameters."""
    taken: Json = {"requestBody": body(schema)} if schema else {}
    return {"security": [{"token": []}], "summary": summary} | taken | {"parameters": parameters or []}


CALLS: Final = Calls(routes, paths, SCHEMAS)
