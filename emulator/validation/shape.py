"""What a schema knows of a value, whatever its rules demand: which members it has, and the types of its parts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from msgspec import Struct

from emulator.errors import Json
from emulator.validation.schema import rules

Path = tuple[str | int, ...]


class Shape(Struct, frozen=True):
    """The JSON types that a value may have, its members by name (none are told of an object that may have any), and
    what its elements are.
    """

    types: frozenset[str]
    members: Mapping[str, Shape]
    elements: Shape | None

    def __or__(self, other: Shape) -> Shape:
        """The shape of what may have either."""
        return Shape(self.types | other.types, {**self.members, **other.members}, self.elements or other.elements)


class Part(Struct, frozen=True):
    """A member or element of a value: where it is kept (`within`, under `key`), its path, and its shape, None if the
    schema does not know it; `known` has the members that it knows there.
    """

    within: Any
    key: str | int
    path: Path
    shape: Shape | None
    known: tuple[str, ...] = ()


@cache
def shape_of(name: str) -> Shape:
    """The shape of what a shipped schema is for."""
    return _shape(rules(name), name)


def parts(value: object, shape: Shape, path: Path = ()) -> Iterator[Part]:
    """All parts of a value, each before its own parts. Those of an unknown part are left out."""
    inner: list[Part] = []
    if isinstance(value, dict) and shape.members:
        known = tuple(shape.members)
        inner = [Part(value, key, (*path, key), shape.members.get(key), known) for key in value]
    elif isinstance(value, list) and shape.elements:
        inner = [Part(value, index, (*path, index), shape.elements) for index in range(len(value))]
    for part in inner:
        yield part
        if part.shape is not None:
            yield from parts(part.within[part.key], part.shape, part.path)


def _shape(schema: Json, file: str) -> Shape:
    types: set[str] = set()
    members: dict[str, Shape] = {}
    elements: Shape | None = None
    for part, source in _all(schema, file):
        types |= {part["type"]} if "type" in part else set()
        for name, member in part.get("properties", {}).items():
            found = _shape(member, source)
            members[name] = members[name] | found if name in members else found
        elements = _shape(part["items"], source) if "items" in part else elements
    return Shape(frozenset(types), members, elements)


def _all(schema: Json, file: str) -> Iterator[tuple[Json, str]]:
    """A schema and all that it refers to or demands beside that, each with its file."""
    yield schema, file
    if "$ref" in schema:
        other, _, inside = schema["$ref"].partition("#")
        source = other.removesuffix(".json") or file
        yield from _all(rules(source, *inside.strip("/").split("/")) if inside else rules(source), source)
    for more in (*schema.get("allOf", ()), *(schema[key] for key in ("then", "else") if key in schema)):
        yield from _all(more, file)
