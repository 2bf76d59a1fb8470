"""The documentation of POST /failover and its trackings, as OpenAPI."""

from __future__ import annotations

from typing import Final

from emulator.errors import Json
from emulator.http.openapi import answers, body, in_path, in_query

SCHEMAS: Final = (
    "failover",
    "step",
    "sms-step",
    "viber-step",
    "voice-step",
    "callback",
    "definitions",
    "tracking-search",
)
"""The schema files that the paths refer to."""


def paths() -> dict[str, Json]:
    """The calls of the service, by path."""
    dates = in_query({"dateStart": {"type": "string"}, "dateEnd": {"type": "string"}})
    pages = in_query({"page": {"type": "integer", "minimum": 0}, "size": {"type": "integer", "minimum": 1}})
    token: Json = {"security": [{"token": []}]}
    send = token | {"summary": "Send a message over an ordered flow of channels.", "requestBody": body("failover")}
    search = token | {"summary": "Search flows.", "requestBody": body("tracking-search", required=False)}
    one = token | {"summary": "Track one flow.", "parameters": in_path("{id}")}
    return {
        "/failover": {"post": send | answers("400", "403")},
        "/failover/tracking": {"post": search | {"parameters": dates + pages} | answers("400", "403")},
        "/failover/tracking/{id}": {"get": one | answers("403", "404")},
    }
