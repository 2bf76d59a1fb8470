"""The documentation of POST /sms and what belongs to it, as OpenAPI."""

from __future__ import annotations

from typing import Final

from emulator.errors import Json
from emulator.http.openapi import body, in_path, in_query
from emulator.provider.documenting import answers

SCHEMAS: Final = ("sms", "sms-analyze", "sms-search", "sms-campaign", "sms-step", "definitions")
"""The schema files that the paths refer to."""


def paths() -> dict[str, Json]:
    """The calls of the service, by path."""
    dates = in_query({"dateStart": {"type": "string"}, "dateEnd": {"type": "string"}, "trackingId": {"type": "string"}})
    pages = {"page": {"type": "integer", "minimum": 0}, "size": {"type": "integer", "minimum": 1, "maximum": 2000}}
    token: Json = {"security": [{"token": []}]}
    send = token | {"summary": "Send one Sms.", "requestBody": body("sms")}
    analyze = token | {"summary": "Analyse a text without sending it.", "requestBody": body("sms-analyze")}
    search = token | {"summary": "Search single messages.", "requestBody": body("sms-search", required=False)}
    many = token | {"summary": "Send one text to many recipients.", "requestBody": body("sms-campaign")}
    count = token | {"summary": "Analyse a campaign without sending it.", "requestBody": body("sms-campaign")}
    whole = token | {"summary": "Show a campaign as it stands.", "parameters": in_path("{id}")}
    sent = token | {"summary": "Track a campaign's messages.", "parameters": in_path("{id}") + in_query(pages)}
    off = token | {"summary": "Call a scheduled campaign off.", "parameters": in_path("{id}")}
    one = token | {"summary": "Track the parts of one message.", "parameters": in_path("{id}")}
    return {
        "/sms": {"post": send | answers("400", "403")},
        "/sms/analyze": {"post": analyze | answers("400", "403")},
        "/sms/tracking": {"post": search | {"parameters": dates + in_query(pages)} | answers("400", "403")},
        "/sms/campaign": {"post": many | answers("400", "403", "404", "409")},
        "/sms/analyze/campaign": {"post": count | answers("400", "403", "404")},
        "/campaigns/{id}": {"get": whole | answers("403", "404")},
        "/sms/tracking/campaign/{id}": {"get": sent | answers("400", "403", "404")},
        "/sms/{id}": {"delete": off | answers("400", "403", "404")},
        "/sms/tracking/single/{id}": {"get": one | answers("403", "404")},
    }
