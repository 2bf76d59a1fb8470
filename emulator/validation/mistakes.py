"""Says in words what is wrong with a value that its type refuses, and which word may have been meant. Pure.

The types say which words are allowed: an enum or a Literal for a value, a struct for the names of its members. What a
pattern asks for is said by the `title` beside it (msgspec's Meta).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import DecodeError, inspect

from emulator.validation.hints import hint, listed, meant, quoted

_WORD: Final = re.compile(r"(?s)Invalid enum value '(.*)'")
_MEMBER: Final = re.compile(r"(?s)Object contains unknown field `(.*)`")
_PATTERN: Final = " matching regex "


def told(error: DecodeError, kind: Any) -> str:
    """What is wrong with a value that can't be read as this type, where, and what would be right."""
    what, _, place = str(error).rpartition(" - at `$")
    what, path = (what, place.removesuffix("`").removeprefix(".")) if what else (place, "")
    if found := _WORD.fullmatch(what):
        known = _known(path, kind)
        return f"{path} must be {listed(known)}; it is {quoted(found[1])}{hint(found[1], known)}"
    if found := _MEMBER.fullmatch(what):
        known = _known(path, kind)
        what = f"unknown member {quoted(found[1])}{meant(found[1], known) if known else ''}"
    elif _PATTERN in what and (title := _title(path, kind)):
        return f"{path} must be {title}"
    return f"{path}: {what}" if path else what


def _at(path: str, kind: Any) -> list[inspect.Type]:
    """The types that a value at this path may have."""
    found = list(_each(inspect.type_info(kind)))
    for step in filter(None, re.sub(r"\[[^]]*\]", ".[]", path).split(".")):
        found = [inner for outer in found for one in _inside(outer, step) for inner in _each(one)]
    return found


def _title(path: str, kind: Any) -> str:
    """What a member's pattern asks for; empty if its type does not say."""
    outer, _, name = path.rpartition(".")
    for found in _at(outer, kind):
        for member in _inside(found, name):
            described = member.extra_json_schema if isinstance(member, inspect.Metadata) else None
            if described and "title" in described:
                return str(described["title"])
    return ""


def _each(found: inspect.Type) -> Iterator[inspect.Type]:
    """A type without what describes it; of a union, each of its types."""
    if isinstance(found, inspect.Metadata):
        yield from _each(found.type)
    elif isinstance(found, inspect.UnionType):
        for one in found.types:
            yield from _each(one)
    else:
        yield found


def _inside(found: inspect.Type, step: str) -> Iterator[inspect.Type]:
    """The types of a member by its name, or of the elements of a list or map."""
    match found:
        case inspect.StructType():
            yield from (field.type for field in found.fields if field.encode_name == step)
        case inspect.ListType() | inspect.VarTupleType():
            yield found.item_type
        case inspect.DictType():
            yield found.value_type


def _known(path: str, kind: Any) -> list[str]:
    """The words that are allowed at this path: of a value, or of an object's members."""
    known: list[str] = []
    for found in _at(path, kind):
        match found:
            case inspect.LiteralType():
                known += [str(each) for each in found.values if each != ""]
            case inspect.EnumType():
                known += [str(each.value) for each in found.cls]
            case inspect.StructType():
                known += [field.encode_name for field in found.fields]
    return known
