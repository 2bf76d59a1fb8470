"""A number of things is said right, also of one."""

from __future__ import annotations

import re
from pathlib import Path

import emulator
from emulator.errors import plural

COUNTED = re.compile(
    r"\{(?!plural\()(?:[^{}A-Z]|[A-Z](?=[a-z]))*\} (?:more )?"
    r"(?:attempts|callbacks|cases|entries|events|files|flows|messages|others|outcomes|posts|requests|rules|steps|times"
    r"|tokens|uses)\b"
)
"""A number that the code counts, before a noun that is always in the plural; a constant is not counted."""
SEVERAL = ("begun.total} flows", "len(steps)} steps", "len(request.flow)} steps", "len(found)} flows")
"""Those that are said only of more than one."""


def test_one_thing_is_not_said_to_be_several() -> None:
    """Whatever the unit."""
    assert [plural(number, "more flow") for number in (0, 1, 2)] == ["0 more flows", "1 more flow", "2 more flows"]


def test_nowhere_does_the_emulator_count_in_the_plural_alone() -> None:
    """As "1 requests" would be."""
    sources = {path.name: path.read_text("utf-8") for path in Path(emulator.__file__).parent.rglob("*.py")}
    found = [(name, each) for name, text in sources.items() for each in COUNTED.findall(text)]
    assert [(name, each) for name, each in found if not any(known in each for known in SEVERAL)] == []
