"""The documentation of both APIs as OpenAPI 3.1: the emulator's own, made of its table of calls, and the provider's,
which `provider.openapi` makes.
"""

from __future__ import annotations

import inspect
from typing import Any, Final

from msgspec import json
from starlette.requests import Request
from starlette.responses import Response

from emulator.errors import Json
from emulator.http import messages
from emulator.http.openapi import COMPONENTS, body, document, in_path

_PROBLEM: Final = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
}


async def own(request: Request) -> Response:
    """Answer the documentation of the emulator's own API."""
    return messages.good(control(request.app.state.calls))


async def provider(_: Request) -> Response:
    """Answer the documentation of the provider's API as the emulator serves it."""
    from emulator.provider.openapi import provided

    return messages.good(provided())


def control(calls: Any) -> Json:
    """The emulator's own API; `calls` is its table."""
    taken = [call.takes for call in calls if call.takes and call.method in ("POST", "PUT")]
    given = [call.gives for call in calls if call.gives]
    _, components = json.schema_components(taken + given, ref_template=COMPONENTS)
    paths: dict[str, Json] = {}
    for call in calls:
        paths.setdefault(f"/_emulator{call.path}", {})[call.method.lower()] = _operation(call)
    return document("The emulator's own API", paths, components | {"Problem": _PROBLEM})


def _operation(call: Any) -> Json:
    told: Json = {"summary": inspect.getdoc(call.endpoint), "operationId": f"{call.method.lower()} {call.path}"}
    parameters = in_path(call.path)
    if call.takes and call.method in ("POST", "PUT"):
        told["requestBody"] = body(call.takes.__name__)
    elif call.takes:
        parameters += _in_query(call.takes)
    kind = "text/event-stream" if call.path.endswith("/feed") else "application/json"
    schema = {"type": "string"} if call.path.endswith("/feed") else {"type": "object"}
    if call.gives:
        schema = {"$ref": COMPONENTS.format(name=call.gives.__name__)}
    answers = {"200": {"description": "Done.", "content": {kind: {"schema": schema}}}}
    problem = {"application/problem+json": {"schema": {"$ref": COMPONENTS.format(name="Problem")}}}
    refused = {
        status: {"description": "Refused.", "content": problem} for status in ("400", "401", "403", "404", "409")
    }
    return told | ({"parameters": parameters} if parameters else {}) | {"responses": answers | refused}


def _in_query(kind: type) -> list[Json]:
    _, components = json.schema_components([kind], ref_template=COMPONENTS)
    members = components[kind.__name__]["properties"]
    return [{"name": name, "in": "query", "schema": schema} for name, schema in members.items()]
