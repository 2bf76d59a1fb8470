"""Members of a query, and pages of what is found: what the doors of several services share. Pure.

A wrong member is collected with the others, so that the refusal can name them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from msgspec import Struct

from emulator.clock import instants
from emulator.errors import Json
from emulator.validation.hints import quoted

T = TypeVar("T")
LARGEST: Final = 1_000_000_000
"""The largest page number, and page size where nothing else is said."""
Query = Mapping[str, str]


class Paging(Struct, frozen=True):
    """Which page is asked for, from 0, of how many elements."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many elements are on the pages before."""
        return self.number * self.size


def paging(query: Query, default: int, wrong: dict[str, str], most: int = LARGEST) -> Paging:
    """The page that a query asks for with `page` and `size`: without a size one of `default` elements."""
    number = member(query, "page", whole(0, LARGEST), "a whole number from 0", wrong) or 0
    up_to = "" if most == LARGEST else f" to {most}"
    size = member(query, "size", whole(1, most), f"a whole number from 1{up_to}", wrong) or default
    return Paging(number, size)


def time(query: Query, name: str, wrong: dict[str, str]) -> int | None:
    """The time in a member of a query, in ms; None if it is missing or wrong."""
    return member(query, name, instants.read, instants.expected(query.get(name, "")), wrong)


def member(query: Query, name: str, read: Callable[[str], T], wanted: str, wrong: dict[str, str]) -> T | None:
    """One member of a query as `read` reads it; None if it is missing or wrong. A wrong one is added to `wrong`."""
    text = query.get(name, "")
    try:
        return read(text) if text else None
    except (ValueError, OverflowError, LookupError):
        wrong[name] = f"must be {wanted}; found {quoted(text)}"
        return None


def whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`; it raises ValueError for anything else."""

    def read(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError(text)
        return number

    return read


def page(content: Sequence[Any], asked: Paging, total: int) -> Json:
    """A page as the provider shows it, with its members in the order of its latest recorded answers."""
    pages = math.ceil(total / asked.size)
    return {
        "content": content,
        "last": asked.number >= pages - 1,
        "totalElements": total,
        "totalPages": pages,
        "numberOfElements": len(content),
        "first": asked.number == 0,
        "size": asked.size,
        "number": asked.number,
    }
