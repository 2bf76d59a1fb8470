"""Reads a request as leniently as the provider: coerces texts, completes recipients' numbers, and remarks on that and
on members that nobody knows.

The provider ignores unknown members, so a misspelt optional one would vanish without a trace. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any, Final

from msgspec import Struct

from emulator.channels.numbers import country, doubt
from emulator.flow.request import Request
from emulator.validation.coercion import TEXT, coerced
from emulator.validation.hints import LONGEST, hint
from emulator.validation.shape import Path, Shape
from emulator.validation.wording import Spellings, placed, shown

MOST: Final = 10
"""How many remarks on one request are told."""
Remark = tuple[Path, str]
"""A path of a request, and what is remarkable about what is there."""


class Read(Struct, frozen=True):
    """A request, and remarks in words on what was ignored or coerced in it, each with its place."""

    request: Request
    remarks: tuple[str, ...] = ()


def lenient(value: object, shape: Shape, numbers: AbstractSet[str] = frozenset(), path: Path = ()) -> list[Remark]:
    """Coerces the texts in a request, or in the part of it at `path`, that stand for numbers and booleans, and gives
    recipients' `numbers` (the names of these members) the + that they lack, if they begin with a country's code.
    Remarks on these, and on members that their place does not know, unless they are empty, zero or false.
    """
    remarks: list[Remark] = []
    _look(value, shape, numbers, path, remarks)
    return remarks


def _look(value: Any, shape: Shape, numbers: AbstractSet[str], path: Path, remarks: list[Remark]) -> None:
    """The same for a part and all that is in it. Paths are made only where they are needed, since most texts are."""
    for key, held, its in shape.inside(value):
        if its is None:
            if held:
                meant = hint(str(key)[:LONGEST], shape.members) if len(remarks) < MOST else ""
                remarks.append(((*path, key), f"is not known here and ignored{meant}"))
        elif isinstance(held, str):
            if not its.types <= TEXT and (read := coerced(held, its.types)) is not held:
                value[key] = read
                remarks.append(((*path, key), f"is a text and was read as {shown(read)}"))
            elif key in numbers and country(f"+{held}"):
                value[key] = f"+{held}"
                remarks.append(((*path, key), without_plus(held)))
        elif isinstance(held, (dict, list)):
            _look(held, its, numbers, (*path, key), remarks)


def without_plus(value: str) -> str:
    """The remark on a number that lacks its +."""
    return f"has no + and was read as +{value}{doubt(f'+{value}')}"


def known_only(value: Any, shape: Shape) -> None:
    """Takes members that their place does not know out of a request, since types may have members of these names."""
    for key, held, its in list(shape.inside(value)):
        if its is None:
            del value[key]
        elif isinstance(held, (dict, list)):
            known_only(held, its)


def told(remarks: Iterable[Remark], written: object, spellings: Spellings) -> tuple[str, ...]:
    """The first remarks with their places as the client wrote them, and how many more there are."""
    listed = list(remarks)
    first = [f"{placed(path, written, spellings)} {why}" for path, why in listed[:MOST]]
    return (*first, *([f"{len(listed) - MOST} more such remarks"] if len(listed) > MOST else []))
