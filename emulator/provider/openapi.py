"""Documents the provider's API, as the emulator serves it, in OpenAPI 3.1: the token call and every service's calls.

Each service brings its paths and names its schemas; the schemas are those that requests are checked against.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import json

from emulator.errors import Json
from emulator.http.openapi import COMPONENTS, document
from emulator.provider.documenting import answers
from emulator.provider.service import Calls, Service
from emulator.provider.services import services, silent
from emulator.shipped import folder

_ERROR: Final = {
    "type": "object",
    "description": "code and developerMessage, or for tokens error and error_description.",
}


def provided(root: str = "") -> Json:
    """The document of the provider's API, which is served below `root`."""
    parts: tuple[Service | Calls, ...] = (*services(), *silent())
    names = dict.fromkeys(name for part in parts for name in part.schemas)
    schemas: Json = {}
    for name in names:
        written = _rewritten(json.decode((folder("schemas") / f"{name}.json").read_bytes()), name)
        parts_of_it = written.pop("$defs", {})
        schemas |= {name: written} | {f"{name}-{part}": schema for part, schema in parts_of_it.items()}
    paths = {"/oauth/token": {"post": _token()}}
    for part in parts:
        paths |= part.paths()
    api = document("The Failover API, as the emulator serves it", root, paths, schemas | {"Error": _ERROR})
    api["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "client": {"type": "http", "scheme": "basic"},
    }
    return api


def _token() -> Json:
    form = {
        "type": "object",
        "required": ["grant_type"],
        "properties": {"grant_type": {"const": "client_credentials"}, "scope": {"type": "string"}},
    }
    content = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return {"summary": "Get a token.", "security": [{"client": []}], "requestBody": content} | answers("400")


def _rewritten(schema: Any, own: str) -> Any:
    """The schema in the file `own`, with its references pointing to the document's components."""
    if isinstance(schema, list):
        return [_rewritten(each, own) for each in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: _rewritten(value, own) for key, value in schema.items() if key not in ("$schema", "$id")}
    if isinstance(copy.get("$ref"), str):
        file, _, inside = copy["$ref"].partition("#")
        name = file.removesuffix(".json") or own
        if inside.startswith("/$defs/"):  # each is a component of its own, since generators of clients know no others
            name, inside = f"{name}-{inside.removeprefix('/$defs/')}", ""
        copy["$ref"] = COMPONENTS.format(name=name) + inside
    return alternatives(copy)


def alternatives(schema: Json) -> Json:
    """A schema that says for each `type` what then holds, as one of several schemas, which means the same: generators
    of clients have a type for that, and none for `if`. Any other schema is as it was.
    """
    cases = {}
    for each in schema.get("allOf", ()):
        match each:
            case {"if": {"properties": {"type": {"const": kind}}, "required": ["type"]}, "then": then}:
                cases[kind] = {"required": ["type"], "properties": {"type": {"const": kind}}, "allOf": [then]}
            case _:
                return schema
    if not cases or [*cases] != schema["properties"]["type"].get("enum"):
        return schema
    return {key: value for key, value in schema.items() if key != "allOf"} | {"oneOf": [*cases.values()]}
