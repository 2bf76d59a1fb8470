"""Reads a request as leniently as the provider: coerces texts, completes recipients' numbers, and remarks on that and
on members that nobody knows.

The provider ignores unknown members, so a misspelt optional one would vanish without a trace. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from emulator.channels.numbers import E164
from emulator.channels.table import Channel
from emulator.errors import Json
from emulator.validation.coercion import coerced
from emulator.validation.hints import LONGEST, hint
from emulator.validation.schema import rules
from emulator.validation.shape import Part, Path, parts, shape_of
from emulator.validation.wording import Spellings, placed, shown

MOST: Final = 10
"""How many remarks on one request are told."""
Remark = tuple[Path, str]
"""A path of a request, and what is remarkable about what is there."""

_KINDS: Final = frozenset(channel.value for channel in Channel)
_OF_ANY_STEP: Final = frozenset(rules("step", "properties"))
_NUMBERS: Final = frozenset(("to", "phone", "viber"))
"""The members that are numbers of recipients, under `to` too."""


def lenient(value: Json) -> list[Remark]:
    """Coerces the texts in a request that stand for numbers and booleans, and gives recipients' numbers the + that they
    lack. Remarks on these, and on members that its place does not know, unless they are empty, zero or false.
    """
    remarks: list[Remark] = []
    for part in _parts(value):
        found = part.within[part.key]
        if part.shape is None:
            if found:
                meant = hint(str(part.key)[:LONGEST], part.known) if len(remarks) < MOST else ""
                remarks.append((part.path, f"is not known here and ignored{meant}"))
        elif isinstance(found, str):
            read = part.within[part.key] = coerced(found, part.shape.types)
            if read is not found:
                remarks.append((part.path, f"is a text and was read as {shown(read)}"))
            elif part.key in _NUMBERS and E164.fullmatch(f"+{found}"):
                part.within[part.key] = f"+{found}"
                remarks.append((part.path, f"has no + and was read as +{found}"))
    return remarks


def told(remarks: Iterable[Remark], written: object, spellings: Spellings) -> tuple[str, ...]:
    """The first remarks with their places as the client wrote them, and how many more there are."""
    listed = list(remarks)
    first = [f"{placed(path, written, spellings)} {why}" for path, why in listed[:MOST]]
    return (*first, *([f"{len(listed) - MOST} more such remarks"] if len(listed) > MOST else []))


def _parts(value: Json) -> Iterator[Part]:
    """The parts of a request, those of each step by the shape of its channel."""
    yield from parts({key: member for key, member in value.items() if key != "flow"}, shape_of("failover"))
    steps = value.get("flow")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        kind = step.get("type") if isinstance(step, dict) else None
        if isinstance(kind, str) and kind in _KINDS:
            found = parts(step, shape_of(f"{kind.lower()}-step"), ("flow", index))
            yield from (part for part in found if part.key not in _OF_ANY_STEP)
