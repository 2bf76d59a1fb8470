"""References to what has a name in a file: $ and the name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from emulator.scenario.files.cursor import Cursor, shown
from emulator.validation.hints import hint

NAME: Final = "[A-Za-z][A-Za-z0-9_-]*"
"""The form of names."""
REFERENCE: Final = re.compile(rf"\$(\$|{NAME})")
"""What refers to a name within a text, or is a $ itself."""


def is_reference(cursor: Cursor) -> bool:
    """Whether a value refers to something by its name."""
    return isinstance(cursor.value, str) and re.fullmatch(rf"\${NAME}", cursor.value) is not None


def references(cursor: Cursor) -> list[str]:
    """What refers to the plans that have names so far."""
    return [f"${name}" for name in cursor.plans]


def referred(cursor: Cursor) -> Mapping[Any, Any]:
    """The plan that a value refers to, by channel; nothing, which is noted, if there is none of this name so far."""
    found: Mapping[Any, Any] | None = cursor.plans.get(cursor.value[1:])
    if found is None:
        near = hint(cursor.value, references(cursor)) or "; it must stand under 'plans', above what uses it"
        cursor.wrong(f"there is no plan {shown(cursor.value)}{near}")
    return found or {}


def names_in(value: Any) -> set[str]:
    """All names to which a value refers, in whatever depth."""
    if isinstance(value, dict | list):
        return {name for each in (value.values() if isinstance(value, dict) else value) for name in names_in(each)}
    return set(REFERENCE.findall(value)) if isinstance(value, str) else set()
