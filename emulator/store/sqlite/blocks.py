"""Reading blocks of flows."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Final

from emulator.store.blocks import BITS, Marks, Posted, Standing, standing
from emulator.store.rows import Rows
from emulator.store.sqlite.rows import COLUMNS, FlowRow

SLICE: Final = 128
"""How many flows of a block are read at a time: about a millisecond."""
_FLOWS: Final = f"SELECT {COLUMNS} FROM flow WHERE seq BETWEEN ? AND ?"
_POSTS: Final = "SELECT flow, origin, outcome, attempts, ms FROM delivery WHERE flow BETWEEN ? AND ?"
_ENDS: Final = "SELECT (SELECT MIN(seq) FROM flow), (SELECT MAX(seq) FROM flow)"


def found(connection: sqlite3.Connection, marks: Marks) -> dict[int, int]:
    """The blocks between the first flow and the last one, with their marks."""
    first, last = connection.execute(_ENDS).fetchone()
    return {} if first is None else marks.between(first, last)


def read(connection: sqlite3.Connection, rows: Rows, block: int, part: int) -> list[Standing]:
    """The flows of one part of a block, which has SLICE numbers."""
    first = (block << BITS) + part * SLICE
    span = first, first + SLICE - 1
    posts = defaultdict[int, list[Posted]](list)
    for flow, *posted in connection.execute(_POSTS, span):
        posts[flow].append(Posted(*posted))
    found = (FlowRow(*row) for row in connection.execute(_FLOWS, span))
    return [standing(rows.brief(row), posts.get(row.seq, ())) for row in found]
