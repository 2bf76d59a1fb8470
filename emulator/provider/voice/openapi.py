"""The documentation of POST /voice/conversation and its trackings, as OpenAPI."""

from __future__ import annotations

from typing import Final

from emulator.errors import Json
from emulator.http.openapi import body, in_path, in_query
from emulator.provider.documenting import answers

SCHEMAS: Final = ("voice-conversation", "dial-plan", "voice-step", "definitions")
"""The schema files that the paths refer to."""


def paths() -> dict[str, Json]:
    """The calls of the service, by path."""
    pages = in_query({"page": {"type": "integer", "minimum": 0}, "size": {"type": "integer", "minimum": 1}})
    token: Json = {"security": [{"token": []}]}
    send = token | {"summary": "Begin a call.", "requestBody": body("voice-conversation")}
    one = token | {"summary": "Show one call as it was asked for.", "parameters": in_path("{id}")}
    dials = token | {"summary": "Track the calls of one conversation.", "parameters": in_path("{id}") + pages}
    message = token | {"summary": "Track one call by its messageId.", "parameters": in_path("{id}")}
    return {
        "/voice/conversation": {"post": send | answers("400", "403")},
        "/voice/conversation/{id}": {"get": one | answers("403", "404")},
        "/voice/tracking/conversation/{id}": {"get": dials | answers("400", "403", "404")},
        "/voice/tracking/{id}": {"get": message | answers("403", "404")},
    }
