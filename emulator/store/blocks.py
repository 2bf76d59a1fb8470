"""Flows in blocks of consecutive numbers: what whoever counts flows is given of them, so that only the blocks that have
changed need be counted again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from emulator.flow.result import packed, result, took
from emulator.flow.state import Flow

BITS: Final = 10
"""A block has the flows whose numbers differ in so many last bits."""


class Posted(Struct, frozen=True, gc=False):
    """How a post stands: the `origin` it goes to, its `outcome` if it is finished, how many `attempts` were made, and
    how many real milliseconds the last of them took; None if none was made, or that was not noted.
    """

    origin: str
    outcome: str | None
    attempts: int
    ms: int | None


class Standing(Struct, frozen=True, gc=False):
    """What is counted of a flow: its `application`, when it was created, its packed `result`, the milliseconds that it
    `took` to reach its recipient (None if it has not), and how all that was posted of it stands.
    """

    application: str
    created_at: int
    result: bytes
    took: int | None
    posts: Sequence[Posted] = ()


def standing(flow: Flow, posts: Sequence[Posted]) -> Standing:
    """How a flow stands."""
    return Standing(flow.application, flow.created_at, packed(result(flow)), took(flow), posts)


class Marks:
    """A mark of each block, which has never been there before once the block has changed. What a rollback takes back is
    marked too, which costs a count and nothing else.
    """

    def __init__(self) -> None:
        self._last = 0
        self._rest = 0
        self._of: dict[int, int] = {}

    def touch(self, seq: int) -> None:
        """The flow of this number has changed, or is gone."""
        self._last += 1
        self._of[seq >> BITS] = self._last

    def touch_all(self) -> None:
        """Any flow may have changed, or be gone."""
        self._last += 1
        self._rest = self._last
        self._of.clear()

    def between(self, first: int, last: int) -> dict[int, int]:
        """The blocks between two flows' numbers, with their marks."""
        return {block: self._of.get(block, self._rest) for block in range(first >> BITS, (last >> BITS) + 1)}
