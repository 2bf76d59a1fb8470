"""The root of the errors that the emulator raises on purpose, and the type of JSON objects."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class EmulatorError(Exception):
    """The base of every error that the emulator raises on purpose; children carry data, doors turn it into text."""
