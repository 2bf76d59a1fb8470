"""Places in a text for what is known of its recipient: `[~name]`, or as it is documented `[~{name}]`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

MARK: Final = "[~"
"""What every placeholder begins with."""
BUILT_IN: Final = ("firstName", "lastName", "mobile", "email", "country")
"""The labels that each contact has, beside those that a customer defines."""
_PLACE: Final = r"\[~(?:\{([A-Za-z0-9]+)\}|([A-Za-z0-9]+))\]"


def merged(text: str, values: Mapping[str, str]) -> str:
    """The text with a value in each place whose label has one; other places stay as they are."""
    if MARK not in text:
        return text
    return re.sub(_PLACE, lambda place: values.get(place[1] or place[2]) or place[0], text)


def unmet(text: str) -> list[str]:
    """The placeholders in a text, each once, as they are written."""
    return list(dict.fromkeys(place[0] for place in re.finditer(_PLACE, text))) if MARK in text else []
