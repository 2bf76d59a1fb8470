"""The documentation of POST /failover, its transactional twin and their trackings, as OpenAPI."""

from __future__ import annotations

from typing import Final

from emulator.errors import Json
from emulator.http.openapi import body, in_path, in_query
from emulator.provider.documenting import answers

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
TRANSACTIONAL_SCHEMAS: Final = (
    "transactional",
    "transactional-step",
    "sms-step",
    "viber-template-step",
    "voice-step",
    "callback",
    "definitions",
)
"""The schema files that the paths of flows with templates refer to."""


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


def transactional_paths() -> dict[str, Json]:
    """The call for flows with templates, by its path."""
    send: Json = {"security": [{"token": []}], "requestBody": body("transactional")}
    send |= {"summary": "Send a message over an ordered flow of channels, on Viber as an approved template."}
    return {"/failover/transactional": {"post": send | answers("400", "403")}}
