"""A stored journal entry in words: what the page, the client, the command line and failures of assertions show.

A text is one line, shows what does not print as escapes, and stands after the entry's time, flow and kind. It follows
from kind and data alone, so an entry reads the same wherever it is shown.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from msgspec import DecodeError, Raw, json

from emulator.journal.entry import Details
from emulator.journal.kinds import SHAPES
from emulator.validation.printing import printable

_BREAKS: Final = r"[ \t\r\n]+"


@cache
def _decoder(kind: str) -> json.Decoder[Details] | None:
    """Reads the data of a kind; made when it is first asked for, since all of them cost a start 1.5 ms."""
    shape = SHAPES.get(kind)
    return json.Decoder(shape) if shape else None


def text(kind: str, data: bytes | Raw) -> str:
    """An entry's text. Of an entry with a kind or members that are unknown here, since a newer or much older emulator
    wrote it, the members are listed as they are.
    """
    decoder = _decoder(kind)
    try:
        told = decoder.decode(data).text() if decoder else _members(data)
    except DecodeError:
        told = _members(data)
    return printable(re.sub(_BREAKS, " ", told).strip())


def why(kind: str, data: bytes | Raw) -> str:
    """Why a flow failed, of the entry that tells its end; empty if that does not say."""
    decoder = _decoder(kind)
    try:
        return printable(str(getattr(decoder.decode(data) if decoder else None, "why", "")))
    except DecodeError:
        return ""


def _members(data: bytes | Raw) -> str:
    members = json.decode(data)
    return ", ".join([f"{name} {value}" for name, value in members.items()]) if isinstance(members, dict) else ""
