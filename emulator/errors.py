"""The root of all errors that the emulator raises on purpose, the type of JSON objects, and how a number of things is
said. Imports no other module.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
"""A JSON object, decoded."""


class EmulatorError(Exception):
    """The base of every error that the emulator raises on purpose. Its children carry data; doors word it."""


def plural(number: int, unit: str) -> str:
    """So many of a unit, in words: `1 flow`, `2 flows`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
