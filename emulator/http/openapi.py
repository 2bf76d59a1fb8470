"""The pieces of OpenAPI 3.1 documents, which both APIs' documents share. It knows none of their calls."""

from __future__ import annotations

from typing import Any, Final

from emulator import __version__
from emulator.errors import Json

COMPONENTS: Final = "#/components/schemas/{name}"
"""How a document refers to one of its schemas."""


def document(title: str, root: str, paths: dict[str, Json], schemas: dict[str, Any]) -> Json:
    """A whole document of paths below `root`."""
    info = {"title": title, "version": __version__}
    servers = [{"url": root or "/"}]
    return {"openapi": "3.1.0", "info": info, "servers": servers, "paths": paths, "components": {"schemas": schemas}}


def body(schema: str, *, required: bool = True) -> Json:
    """The body of a request, by the name of its schema."""
    ref = {"$ref": COMPONENTS.format(name=schema)}
    return {"required": required, "content": {"application/json": {"schema": ref}}}


def in_path(path: str) -> list[Json]:
    """The parameter {id} of a path, if it has one."""
    named = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    return [named] if "{id}" in path else []


def in_query(members: dict[str, Json]) -> list[Json]:
    """Optional parameters of a query, by name with their schemas."""
    return [{"name": name, "in": "query", "schema": schema} for name, schema in members.items()]
