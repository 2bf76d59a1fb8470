"""The root of all errors that the emulator raises on purpose, and the type of JSON objects. Imports no other module."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
"""A JSON object, decoded."""


class EmulatorError(Exception):
    """The base of every error that the emulator raises on purpose. Its children carry data; doors word it."""
