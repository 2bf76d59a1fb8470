"""Bodies of callbacks as the store keeps them: long ones are packed, which keeps the text of a long Sms once.

Each part of an Sms is told with the whole text, so the body of one of 255 parts has 10 MB. A window that is longer than
any such text finds all repetitions; other bodies are kept as they are. A packed one begins as no JSON does.
"""

from __future__ import annotations

from typing import Final, TypeVar

from msgspec.structs import replace

from emulator.store.records import CallbackRecord, Change, Delivery

T = TypeVar("T", Delivery, CallbackRecord)

LONG: Final = 65_536
"""A body of more bytes is packed."""
_MAGIC: Final = b"\xfd7zXZ"


def with_packed(change: Change) -> Change:
    """A change whose long bodies are packed."""
    for post in change.posts:
        if len(post.body) > LONG:
            break
    else:
        return change  # nearly always
    return replace(change, posts=tuple(replace(post, body=packed(post.body)) for post in change.posts))


def with_unpacked(record: T) -> T:
    """A stored callback with its body as it was."""
    return replace(record, body=unpacked(record.body)) if record.body.startswith(_MAGIC) else record


def packed(body: bytes) -> bytes:
    """A body as it is kept."""
    if len(body) <= LONG:
        return body
    import lzma  # takes 2 ms, and long bodies are rare

    return lzma.compress(body, preset=0)


def unpacked(kept: bytes) -> bytes:
    """A body as it was before `packed`."""
    if not kept.startswith(_MAGIC):
        return kept
    import lzma

    return lzma.decompress(kept)
