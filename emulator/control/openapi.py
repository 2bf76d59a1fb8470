"""The documentation of both APIs as OpenAPI 3.1: the emulator's own, made of its table of calls, and the provider's."""

from __future__ import annotations

import inspect
from typing import Any, Final

from msgspec import json
from starlette.requests import Request
from starlette.responses import Response

from emulator import __version__
from emulator.errors import Json
from emulator.http import messages
from emulator.shipped import folder

_COMPONENTS: Final = "#/components/schemas/{name}"
_SCHEMAS: Final = (
    "failover",
    "step",
    "sms-step",
    "viber-step",
    "voice-step",
    "callback",
    "definitions",
    "tracking-search",
)
_PROBLEM: Final = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
}
_ERROR: Final = {
    "type": "object",
    "description": "code and developerMessage, or for tokens error and error_description.",
}


async def own(request: Request) -> Response:
    """Answer the documentation of the emulator's own API."""
    return messages.good(control(request.app.state.calls))


async def provider(_: Request) -> Response:
    """Answer the documentation of the provider's API as the emulator serves it."""
    return messages.good(provided())


def control(calls: Any) -> Json:
    """The emulator's own API; `calls` is its table."""
    taken = [call.takes for call in calls if call.takes and call.method in ("POST", "PUT")]
    given = [call.gives for call in calls if call.gives]
    _, components = json.schema_components(taken + given, ref_template=_COMPONENTS)
    paths: dict[str, Json] = {}
    for call in calls:
        paths.setdefault(f"/_emulator{call.path}", {})[call.method.lower()] = _operation(call)
    return _document("The emulator's own API", paths, components | {"Problem": _PROBLEM})


def _operation(call: Any) -> Json:
    told: Json = {"summary": inspect.getdoc(call.endpoint), "operationId": f"{call.method.lower()} {call.path}"}
    parameters = _in_path(call.path)
    if call.takes and call.method in ("POST", "PUT"):
        told["requestBody"] = _body(_COMPONENTS.format(name=call.takes.__name__))
    elif call.takes:
        parameters += _in_query(call.takes)
    kind = "text/event-stream" if call.path.endswith("/feed") else "application/json"
    schema = {"type": "string"} if call.path.endswith("/feed") else {"type": "object"}
    if call.gives:
        schema = {"$ref": _COMPONENTS.format(name=call.gives.__name__)}
    answers = {"200": {"description": "Done.", "content": {kind: {"schema": schema}}}}
    problem = {"application/problem+json": {"schema": {"$ref": _COMPONENTS.format(name="Problem")}}}
    refused = {
        status: {"description": "Refused.", "content": problem} for status in ("400", "401", "403", "404", "409")
    }
    return told | ({"parameters": parameters} if parameters else {}) | {"responses": answers | refused}


def _in_path(path: str) -> list[Json]:
    named = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    return [named] if "{id}" in path else []


def _in_query(kind: type) -> list[Json]:
    _, components = json.schema_components([kind], ref_template=_COMPONENTS)
    members = components[kind.__name__]["properties"]
    return [{"name": name, "in": "query", "schema": schema} for name, schema in members.items()]


def _body(ref: str) -> Json:
    return {"required": True, "content": {"application/json": {"schema": {"$ref": ref}}}}


def provided() -> Json:
    """The provider's API."""
    schemas = {
        name: _rewritten(json.decode((folder("schemas") / f"{name}.json").read_bytes()), name) for name in _SCHEMAS
    }
    search = _body(_COMPONENTS.format(name="tracking-search")) | {"required": False}
    send = {"summary": "Send a message over an ordered flow of channels.", "security": [{"token": []}]}
    found = {"summary": "Search flows.", "security": [{"token": []}], "requestBody": search}
    found["parameters"] = [
        {"name": name, "in": "query", "schema": {"type": "string"}} for name in ("dateStart", "dateEnd")
    ] + [{"name": name, "in": "query", "schema": {"type": "integer", "minimum": least}} for name, least in _PAGED]
    one = {"summary": "Track one flow.", "security": [{"token": []}], "parameters": _in_path("{id}")}
    paths: dict[str, Json] = {
        "/oauth/token": {"post": _token()},
        "/failover": {
            "post": send | {"requestBody": _body(_COMPONENTS.format(name="failover"))} | _answers("400", "403")
        },
        "/failover/tracking": {"post": found | _answers("400", "403")},
        "/failover/tracking/{id}": {"get": one | _answers("403", "404")},
    }
    document = _document("The Failover API, as the emulator serves it", paths, schemas | {"Error": _ERROR})
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "client": {"type": "http", "scheme": "basic"},
    }
    return document


_PAGED: Final = (("page", 0), ("size", 1))


def _token() -> Json:
    form = {
        "type": "object",
        "required": ["grant_type"],
        "properties": {"grant_type": {"const": "client_credentials"}, "scope": {"type": "string"}},
    }
    body = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return {"summary": "Get a token.", "security": [{"client": []}], "requestBody": body} | _answers("400")


def _answers(*refused: str) -> Json:
    ref = {"application/json": {"schema": {"$ref": _COMPONENTS.format(name="Error")}}}
    good = {"200": {"description": "Done.", "content": {"application/json": {"schema": {"type": "object"}}}}}
    return {"responses": good | {each: {"description": "Refused.", "content": ref} for each in ("401", *refused)}}


def _schema(name: str) -> Any:
    return _rewritten(json.decode((folder("schemas") / f"{name}.json").read_bytes()), name)


def _rewritten(schema: Any, own: str) -> Any:
    """The schema of the file `own`, its references leading to the document's components."""
    if isinstance(schema, list):
        return [_rewritten(each, own) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _rewritten(value, own) for key, value in schema.items() if key not in ("$schema", "$id")}
    if isinstance(made.get("$ref"), str):
        file, _, inside = made["$ref"].partition("#")
        made["$ref"] = _COMPONENTS.format(name=file.removesuffix(".json") or own) + inside
    return made


def _document(title: str, paths: dict[str, Json], schemas: dict[str, Any]) -> Json:
    info = {"title": title, "version": __version__}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}
