"""Documents the emulator's own API as OpenAPI 3.1, from its table of calls; the provider's is up to `provider.openapi`.

Summaries and descriptions are the docstrings of endpoints and types.
"""

from __future__ import annotations

import inspect
from typing import Any, Final

from msgspec import Struct, json
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.bodies import YAML
from emulator.errors import Json
from emulator.http import messages
from emulator.http.openapi import COMPONENTS, body, document, in_path, in_query

_PROBLEM: Final = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
}


_PLAIN: Final = {str: "string", dict: "object"}
"""Types of answers that have no members to be described, and what they are."""


class Document(Struct):
    """An OpenAPI document."""

    openapi: str
    info: Json
    servers: list[Json]
    paths: Json
    components: Json


async def own(request: Request) -> Response:
    """Answer the documentation of the emulator's own API."""
    return messages.good(control(request.app.state.calls(), request.app.state.settings.root))


async def provider(request: Request) -> Response:
    """Answer the documentation of the provider's API as the emulator serves it."""
    from emulator.provider.openapi import provided

    return messages.good(provided(request.app.state.settings.root))


def control(calls: Any, root: str = "") -> Json:
    """The document of the emulator's own API, which is served below `root`; `calls` is its table."""
    requests = [call.takes for call in calls if call.takes]
    answers = [call.gives for call in calls]
    _, components = json.schema_components(requests + answers, ref_template=COMPONENTS)
    paths: dict[str, Json] = {}
    for call in calls:
        paths.setdefault(f"/_emulator{call.path}", {})[call.method.lower()] = _operation(call)
    return document("The emulator's own API", root, paths, components | {"Problem": _PROBLEM})


def _operation(call: Any) -> Json:
    summary = " ".join((inspect.getdoc(call.endpoint) or "").split())
    operation: Json = {"summary": summary, "operationId": f"{call.method.lower()} {call.path}"}
    parameters = in_path(call.path)
    if call.takes and call.method in ("POST", "PUT"):
        operation["requestBody"] = body(call.takes.__name__)
        if call.yaml:
            operation["requestBody"]["content"][YAML[0]] = {"schema": {"type": "string"}}
            parameters += in_query({"application": {"type": "string"}})
    elif call.takes:
        _, components = json.schema_components([call.takes], ref_template=COMPONENTS)
        members = components[call.takes.__name__]["properties"]
        parameters += [{"name": name, "in": "query", "schema": schema} for name, schema in members.items()]
    plain = _PLAIN.get(call.gives)
    schema = {"type": plain} if plain else {"$ref": COMPONENTS.format(name=call.gives.__name__)}
    content = {call.kind: {"schema": schema}}
    if call.path.endswith("/feed"):
        told = f"Server-sent events; the data of each is a {call.gives.__name__}."
        content = {"text/event-stream": {"schema": {"type": "string", "description": told}}}
    answers = {"200": {"description": "Done.", "content": content}}
    problem = {"application/problem+json": {"schema": {"$ref": COMPONENTS.format(name="Problem")}}}
    refused = {
        status: {"description": "Refused.", "content": problem} for status in ("400", "401", "403", "404", "409")
    }
    return operation | ({"parameters": parameters} if parameters else {}) | {"responses": answers | refused}
