"""What a schema knows of a value, whatever its rules demand: which members it has, and the types of its parts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import count, repeat
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

    def inside(self, value: object) -> Iterable[tuple[Any, Any, Shape | None]]:
        """The members or elements of a value: their keys, themselves, and their shapes, None of those that the schema
        does not know. None are told of a value of another type, and of an object that may have any.
        """
        if isinstance(value, dict) and self.members:
            return zip(value, value.values(), map(self.members.get, value), strict=True)
        if isinstance(value, list) and self.elements:
            return zip(count(), value, repeat(self.elements), strict=False)
        return ()

    def unknown(self, value: object, path: Path = ()) -> Iterator[tuple[Path, Iterable[str]]]:
        """The paths of the members that the schema does not know, each with those that it knows there."""
        for key, held, its in self.inside(value):
            if its is None:
                yield (*path, key), self.members
            else:
                yield from its.unknown(held, (*path, key))


@cache
def shape_of(name: str) -> Shape:
    """The shape of what a shipped schema is for."""
    return _shape(rules(name), name)


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
