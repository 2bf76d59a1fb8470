"""The door to the JSON Schemas of requests and of scenario files, each served with the address that it is asked for at:
an editor that is given the address of `scenario.json` completes scenarios as they are understood here.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct, json
from starlette.requests import Request
from starlette.responses import Response

from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.validation import schema
from emulator.validation.hints import hint, quoted

PATH: Final = "/_emulator/schemas"
KIND: Final = "application/schema+json"


class SchemasList(Struct):
    """The addresses of all schemas."""

    schemas: list[str]


def _place(request: Request) -> str:
    """The address of the schemas, by the name that the emulator is called by."""
    return f"{str(request.base_url).rstrip('/')}{request.app.state.settings.root}{PATH}"


async def listed(request: Request) -> Response:
    """Answer the addresses of the JSON Schemas of requests, of scenario files and of other files."""
    place = _place(request)
    return messages.good(SchemasList([f"{place}/{name}.json" for name in schema.names()]))


async def one(request: Request) -> Response:
    """Answer a JSON Schema (2020-12) by its file's name, such as `scenario.json`; its `$id` is its address here."""
    asked, known = request.path_params["id"], [f"{name}.json" for name in schema.names()]
    if asked not in known:
        raise Problem(404, f"there is no schema {quoted(asked)}{hint(asked, known)}")
    found = schema.placed(asked.removesuffix(".json"), _place(request))
    return Response(json.encode(found), media_type=KIND)
