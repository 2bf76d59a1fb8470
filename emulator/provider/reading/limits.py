"""The schemas' limits, as the types of quick readers state them. Pure."""

from __future__ import annotations

from math import ceil
from typing import Final

from msgspec import Meta

from emulator.validation.schema import rules, whole

SURE: Final = 10**15
"""Up to here, every JSON reader reads a whole number as such."""
SHORT: Final = 10**5
"""Texts of up to so many characters are matched alike by every engine of patterns; some give up on very long ones."""


def text(*path: str) -> Meta:
    """The limits of a text at a path in the schemas. Empty ones, which count as absent, are not quick."""
    found = whole(rules(*path))
    return Meta(min_length=1, max_length=found.get("maxLength", SHORT), pattern=found.get("pattern"))


def number(*path: str) -> Meta:
    """The limits of a whole number at a path in the schemas."""
    found = whole(rules(*path))
    return Meta(ge=ceil(found["minimum"]), le=found.get("maximum", SURE))
