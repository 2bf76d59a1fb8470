"""Reads the bodies of calls that send no message: strict JSON, with forgiveness, and the schema. Pure.

Members that are null or an empty text count as absent, and texts are read as the numbers and booleans that they stand
for, as the provider's Java does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from emulator.errors import Json
from emulator.validation import schema
from emulator.validation.coercion import coerced
from emulator.validation.shape import parts, shape_of
from emulator.validation.strict import Invalid, Members, Reader, members
from emulator.validation.wording import worded


def read(body: bytes, name: str, entity: str, respelled: Callable[[Any], Any] = lambda value: value) -> Any:
    """The value of a body that keeps the schema of this name; `respelled` turns what clients may write otherwise into
    what the schema has. Raises Malformed, or Invalid with the `entity` that the body should have been.
    """
    value = respelled(_FORGIVING.read(body))
    for part in parts(value, shape_of(name)):
        found = part.within[part.key]
        if part.shape is not None and isinstance(found, str):
            part.within[part.key] = coerced(found, part.shape.types)
    if not schema.valid(name, value):
        raise Invalid(entity, worded(schema.violations(name, value), Reader().read(body), {}))
    return value


def _forgiven(pairs: Members) -> Json:
    return {key: value for key, value in members(pairs).items() if value is not None and value != ""}


_FORGIVING: Final = Reader(_forgiven)
