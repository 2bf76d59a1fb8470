"""The documentation of the two-step calls, as OpenAPI."""

from __future__ import annotations

from typing import Final

from emulator.errors import Json
from emulator.http.openapi import COMPONENTS, body, in_path, in_query
from emulator.provider.documenting import answers

SCHEMAS: Final = ("twostep", "twostep-answer", "sms", "sms-step", "definitions")
"""The schema files that the paths refer to."""


def paths() -> dict[str, Json]:
    """The calls of the service, by path."""
    token: Json = {"security": [{"token": []}]}
    one = token | {"parameters": in_path("{id}")}
    start = token | {"summary": "Send a code to a recipient.", "requestBody": body("twostep")}
    answer = body("twostep-answer", required=False)
    form = {"schema": {"$ref": COMPONENTS.format(name="twostep-answer")}}
    answer["content"]["application/x-www-form-urlencoded"] = form
    asked = in_path("{id}") + in_query({"answer": {"type": "string"}})
    confirm = token | {"summary": "Compare an answer with the code.", "requestBody": answer, "parameters": asked}
    return {
        "/2step": {"post": start | answers("400", "403")},
        "/2step/{id}": {
            "get": one | {"summary": "Tell how a verification stands."} | answers("403", "404"),
            "post": confirm | answers("400", "403", "404"),
            "delete": one | {"summary": "Cancel a verification."} | answers("400", "403", "404"),
        },
        "/2step/reports": {"get": token | {"summary": "Count verifications."} | answers("403")},
        "/2step/reports/applications/{id}": {
            "get": one | {"summary": "Count an application's verifications."} | answers("403", "404")
        },
    }
