"""Reads the bodies of calls that send no message: strict JSON, with the same forgiveness, and the schema. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from emulator.provider.reading.forgiving import forgiving
from emulator.provider.reading.leniency import lenient, told
from emulator.validation import schema
from emulator.validation.shape import shape_of
from emulator.validation.strict import Invalid, reread
from emulator.validation.wording import worded

_NUMBERS: Final = frozenset(("mobile", "to"))
"""The members that are phone numbers, which may lack their +."""


def read(
    body: bytes, name: str, entity: str, respelled: Callable[[Any], Any] = lambda value: value
) -> tuple[Any, tuple[str, ...]]:
    """The value of a body that keeps the schema of this name, and remarks on it in words; `respelled` turns what
    clients may write otherwise into what the schema has. Raises Malformed, or Invalid with the `entity` that the body
    should have been.
    """
    value = respelled(_FORGIVING.read(body))
    remarks = lenient(value, shape_of(name), _NUMBERS)
    if not schema.valid(name, value):
        raise Invalid(entity, worded(schema.violations(name, value), reread(body), {}))
    return value, told(remarks, reread(body), {}) if remarks else ()


_FORGIVING: Final = forgiving()
