"""Reads the body of a request for one message, in which members may have several spellings: its value, with the
documented ones, what is wrong with it, and what is remarkable. Pure.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, Final

from msgspec import Struct

from emulator.errors import Json
from emulator.provider.reading import leniency
from emulator.provider.reading.forgiving import forgiving
from emulator.validation import schema
from emulator.validation.schema import Violation
from emulator.validation.shape import shape_of
from emulator.validation.strict import Malformed, reread
from emulator.validation.wording import Spellings, shown, worded

_NUMBERS: Final = frozenset(("to", "phone"))
"""The members that are phone numbers."""


class Form(Struct, frozen=True):
    """A body: its `value`, the `violations` of its schema, and the same as they are `told`, by path; `remarks` in words
    on what was ignored or coerced.
    """

    value: Json
    violations: list[Violation]
    told: dict[str, str]
    remarks: tuple[str, ...]


def form(body: bytes, name: str, needs: str, spellings: Spellings, needed: AbstractSet[str] = frozenset()) -> Form:
    """The form of a body, which the schema of this name is for. `needs` says in words what it must have; `needed` are
    its objects whose missing fields are told one by one. Raises Malformed.
    """
    value = forgiving(needed).read(body)
    if not isinstance(value, dict):
        raise Malformed(f"The body must be an object with {needs}; found {shown(value)}")
    _respell(value, spellings)
    remarks = leniency.lenient(value, shape_of(name), _NUMBERS)
    violations = [] if schema.valid(name, value) else schema.violations(name, value)
    written = reread(body) if violations or remarks else {}
    told = worded(violations, written, spellings)
    return Form(value, violations, told, leniency.told(remarks, written, spellings) if remarks else ())


def _respell(value: Any, spellings: Spellings) -> None:
    """Gives the members of a value their documented spelling; of one that is there in several, it keeps that one."""
    if not isinstance(value, dict):
        return
    for name, others in spellings.items():
        for other in others:
            if other in value:
                found = value.pop(other)
                value.setdefault(name, found)
    for member in value.values():
        _respell(member, spellings)
