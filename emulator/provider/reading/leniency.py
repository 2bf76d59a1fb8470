"""Reads a request as leniently as the provider: coerces texts, completes recipients' numbers, and remarks on that and
on members that nobody knows.

The provider ignores unknown members, so a misspelt optional one would vanish without a trace. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

from msgspec import Struct

from emulator.channels.numbers import country, doubt
from emulator.flow.request import Request
from emulator.validation.coercion import coerced
from emulator.validation.hints import LONGEST, hint
from emulator.validation.shape import Part, Path
from emulator.validation.wording import Spellings, placed, shown

MOST: Final = 10
"""How many remarks on one request are told."""
Remark = tuple[Path, str]
"""A path of a request, and what is remarkable about what is there."""


class Read(Struct, frozen=True):
    """A request, and remarks in words on what was ignored or coerced in it, each with its place."""

    request: Request
    remarks: tuple[str, ...] = ()


def lenient(found: Iterable[Part], numbers: AbstractSet[str] = frozenset()) -> list[Remark]:
    """Coerces the texts among these parts of a request that stand for numbers and booleans, and gives recipients'
    `numbers` (the names of these members) the + that they lack, if they begin with a country's code. Remarks on these,
    and on members that their place does not know, unless they are empty, zero or false.
    """
    remarks: list[Remark] = []
    for part in found:
        value = part.within[part.key]
        if part.shape is None:
            if value:
                meant = hint(str(part.key)[:LONGEST], part.known) if len(remarks) < MOST else ""
                remarks.append((part.path, f"is not known here and ignored{meant}"))
        elif isinstance(value, str):
            read = part.within[part.key] = coerced(value, part.shape.types)
            if read is not value:
                remarks.append((part.path, f"is a text and was read as {shown(read)}"))
            elif part.key in numbers and country(f"+{value}"):
                part.within[part.key] = f"+{value}"
                remarks.append((part.path, without_plus(value)))
    return remarks


def without_plus(value: str) -> str:
    """The remark on a number that lacks its +."""
    return f"has no + and was read as +{value}{doubt(f'+{value}')}"


def known_only(found: Iterable[Part]) -> None:
    """Takes the parts that their place does not know out of a request, since types may have members of these names."""
    for part in [each for each in found if each.shape is None]:
        del part.within[part.key]


def told(remarks: Iterable[Remark], written: object, spellings: Spellings) -> tuple[str, ...]:
    """The first remarks with their places as the client wrote them, and how many more there are."""
    listed = list(remarks)
    first = [f"{placed(path, written, spellings)} {why}" for path, why in listed[:MOST]]
    return (*first, *([f"{len(listed) - MOST} more such remarks"] if len(listed) > MOST else []))
