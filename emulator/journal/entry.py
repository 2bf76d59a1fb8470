"""A journal entry before it is stored."""

from __future__ import annotations

from msgspec import Struct

from emulator.errors import Json


class Entry(Struct, frozen=True):
    """One journal line before it has its number: what happened, when, to whom. `data` is ready to be encoded."""

    at: int
    kind: str
    application: str
    flow: str | None
    data: Json
