"""Which blocks of flows have changed, noted as they are written; and reading a block."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Final

from emulator.store.blocks import Posted, Standing
from emulator.store.rows import Rows
from emulator.store.sqlite.rows import COLUMNS, FlowRow

BITS: Final = 10
"""A block has the flows whose numbers differ in so many last bits."""
SLICE: Final = 64
"""How many flows of a block are read at a time: about two milliseconds."""
_FLOWS: Final = f"SELECT {COLUMNS} FROM flow WHERE seq BETWEEN ? AND ?"
_POSTS: Final = "SELECT flow, origin, outcome, attempts, ms FROM delivery WHERE flow BETWEEN ? AND ?"
_ENDS: Final = "SELECT (SELECT MIN(seq) FROM flow), (SELECT MAX(seq) FROM flow)"


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

    def found(self, connection: sqlite3.Connection) -> dict[int, int]:
        """The blocks between the first flow and the last one, with their marks."""
        first, last = connection.execute(_ENDS).fetchone()
        if first is None:
            return {}
        return {block: self._of.get(block, self._rest) for block in range(first >> BITS, (last >> BITS) + 1)}


def read(connection: sqlite3.Connection, rows: Rows, block: int, part: int) -> list[Standing]:
    """The flows of one part of a block, which has SLICE numbers."""
    first = (block << BITS) + part * SLICE
    span = first, first + SLICE - 1
    posts = defaultdict[int, list[Posted]](list)
    for flow, *posted in connection.execute(_POSTS, span):
        posts[flow].append(Posted(*posted))
    found = (FlowRow(*row) for row in connection.execute(_FLOWS, span))
    return [Standing(rows.shown(row), posts[row.seq]) for row in found]
