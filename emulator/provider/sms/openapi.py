"""The documentation of POST /sms and what belongs to it, as OpenAPI."""

from __future__ import annotations

from typing import Final

from emulator.errors import Json
from emulator.http.openapi import answers, body

SCHEMAS: Final = ("sms", "sms-step", "definitions")
"""The schema files that the paths refer to."""


def paths() -> dict[str, Json]:
    """The calls of the service, by path."""
    token: Json = {"security": [{"token": []}]}
    send = token | {"summary": "Send one Sms.", "requestBody": body("sms")}
    return {"/sms": {"post": send | answers("400", "403")}}
