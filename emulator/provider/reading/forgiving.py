"""Strict JSON, with forgiveness for what real clients send: members that are empty count as absent. Pure."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, Final

from emulator.errors import Json
from emulator.validation.strict import Members, Reader, members


def parse(body: bytes) -> Any:
    """The value of strict JSON as the client wrote it. Raises nothing but Malformed."""
    return _AS_WRITTEN.read(body)


def forgiving(needed: AbstractSet[str] = frozenset()) -> Reader:
    """A reader of objects without the members that count as absent: null, an empty text or array, and an object whose
    members are all empty, zero or false. Exceptions: of the `needed` objects the missing fields are reported one by
    one, `urlShortener` is turned on by `{}`, and a `callback` that is no object is a mistake that would cost its sender
    every callback.
    """

    def forgiven(pairs: Members) -> Json:
        kept = members(pairs)
        for key, value in pairs:
            if isinstance(value, dict):
                if not any(value.values()) and key not in needed and (key != "urlShortener" or value):
                    del kept[key]
            elif not value and (value is None or (value in ("", []) and key != "callback")):
                del kept[key]
        return kept

    return Reader(forgiven)


_AS_WRITTEN: Final = Reader()
