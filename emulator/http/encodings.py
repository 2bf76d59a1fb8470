"""Unpacks the bodies of requests by their Content-Encoding, up to a limit, however large they would become. Pure."""

from __future__ import annotations

import zlib
from typing import Final

from emulator.errors import EmulatorError

KNOWN: Final = ("gzip", "deflate")
"""The encodings that are read; `identity` and an empty one mean none."""
MEMBERS: Final = 16
"""How many members a gzip body may have; each costs a copy of those behind it."""
_GZIP: Final = 31
_ZLIB: Final = 15
_RAW: Final = -15


class EncodingError(EmulatorError):
    """A body's encoding is not known here (`status` 415), or the body is not written in it (400)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without its encodings, of which the last was applied last: all of it, or its first `limit + 1` bytes if
    it is longer than `limit`. Raises EncodingError.
    """
    if not encoding:
        return body
    names = [name.strip().lower().removeprefix("x-") for name in encoding.split(",")]
    for name in reversed([name for name in names if name not in ("", "identity")]):
        if name not in KNOWN:
            raise EncodingError(415, f"Content-Encoding must be {' or '.join(KNOWN)}, or missing; it is {encoding}")
        body = _inflated(body, name, limit)
        if len(body) > limit:
            return body
    return body


def _inflated(body: bytes, name: str, limit: int) -> bytes:
    """A body without one encoding; gzip may have several members, and deflate is sent with or without zlib's head."""
    window = _GZIP if name == "gzip" else _ZLIB if _has_zlib_head(body) else _RAW
    found, rest = b"", body
    members = 0
    while rest:
        members += 1
        if members > MEMBERS:
            raise EncodingError(400, f"The body is not {name}: it has more than {MEMBERS} members")
        stream = zlib.decompressobj(window)
        try:
            found += stream.decompress(rest, limit + 1 - len(found))
        except zlib.error as error:
            raise EncodingError(400, f"The body is not {name}: {error}") from error
        if len(found) > limit:
            return found
        if not stream.eof:
            raise EncodingError(400, f"The body is not {name}: it ends too early")
        rest = stream.unused_data
    return found


def _has_zlib_head(body: bytes) -> bool:
    return body[:1] != b"" and body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
