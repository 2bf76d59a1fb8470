"""The documentation of POST /viber and its tracking, as OpenAPI."""

from __future__ import annotations

from typing import Final

from emulator.errors import Json
from emulator.http.openapi import body, in_path
from emulator.provider.documenting import answers

SCHEMAS: Final = ("viber", "definitions")
"""The schema files that the paths refer to."""


def paths() -> dict[str, Json]:
    """The calls of the service, by path."""
    token: Json = {"security": [{"token": []}]}
    send = token | {"summary": "Send one Viber message.", "requestBody": body("viber")}
    one = token | {"summary": "Track one Viber message.", "parameters": in_path("{id}")}
    return {
        "/viber": {"post": send | answers("400", "403")},
        "/viber/tracking/{id}": {"get": one | answers("403", "404")},
    }
