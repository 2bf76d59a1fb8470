"""Documents the provider's API, as the emulator serves it, in OpenAPI 3.1: the token call and every service's calls.

Each service brings its paths and names its schemas; the schemas are those that requests are checked against.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import json

from emulator.errors import Json
from emulator.http.openapi import COMPONENTS, answers, document
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
    schemas = {name: _rewritten(json.decode((folder("schemas") / f"{name}.json").read_bytes()), name) for name in names}
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
        copy["$ref"] = COMPONENTS.format(name=file.removesuffix(".json") or own) + inside
    return copy
