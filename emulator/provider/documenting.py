"""How the documents of the provider's calls tell their answers; `openapi` puts them together."""

from __future__ import annotations

from typing import Final

from emulator.errors import Json
from emulator.http.openapi import COMPONENTS

OBJECT: Final[Json] = {"type": "object"}


def answers(*refused: str, shape: Json = OBJECT) -> Json:
    """The answers of a call of the provider's: 200 with JSON of this shape, and errors of these statuses and 401."""
    ref = {"application/json": {"schema": {"$ref": COMPONENTS.format(name="Error")}}}
    good = {"200": {"description": "Done.", "content": {"application/json": {"schema": shape}}}}
    return {"responses": good | {each: {"description": "Refused.", "content": ref} for each in ("401", *refused)}}
