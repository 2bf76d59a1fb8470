"""Texts that stand for numbers and booleans, as the provider's Java reads them; nothing else is coerced. Pure.

Its reader (Jackson, with its defaults) takes a text where the type is a number or a boolean, with white space around
it. A whole number has digits and a sign, any other number also a fraction and an exponent. A boolean is `true`, `True`,
`TRUE`, `false`, `False` or `FALSE`, and no other case. An empty text counts as absent.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from math import isfinite
from typing import Final

TEXT: Final = frozenset(("string",))
"""The types of what is nothing but a text, in which nothing is coerced."""
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_REAL: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def coerced(text: str, types: AbstractSet[str]) -> str | float | bool:
    """What a text stands for where JSON Schema wants one of these types; the text itself if it stands for nothing."""
    found = text.strip()
    if types & {"integer", "number"} and _WHOLE.fullmatch(found):
        return int(found)
    if "number" in types and _REAL.fullmatch(found) and isfinite(float(found)):
        return float(found)
    return _BOOLEANS.get(found, text) if "boolean" in types else text
