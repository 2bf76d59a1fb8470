"""What an application's messages have cost: each of its flows is added to its ledger once, when somebody asks.

So a request that is accepted costs nothing here. The flows that came since are looked at some at a time.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from emulator.store.contract import Price
from emulator.store.records import Ledger
from emulator.store.sqlite.rows import COLUMNS, Row, Rows

SLICE: Final = 512
"""How many numbers of flows one job looks at."""
DECIMALS: Final = 8
"""To how many decimals a sum is rounded, so that it stays one of amounts with as many."""
_FIRST: Final = "SELECT MIN(created_at) FROM flow WHERE application = ?"
_NEXT: Final = "SELECT MIN(seq), (SELECT MAX(seq) FROM flow) FROM flow WHERE seq > ?"
_NEW: Final = f"SELECT {COLUMNS} FROM flow WHERE seq BETWEEN ? AND ? AND +application = ?"


def charge(connection: sqlite3.Connection, rows: Rows, application: str, now: int, price: Price) -> tuple[Ledger, bool]:
    """Charge an application with the next SLICE of new flows, on an open transaction; answer its ledger, and whether
    these were all.
    """
    known = "SELECT opened_at, number, spent FROM ledger WHERE application = ?"
    found = connection.execute(known, (application,)).fetchone()
    if found is None:
        (first,) = connection.execute(_FIRST, (application,)).fetchone()
        found = (now if first is None else min(first, now), 0, 0.0)
        connection.execute("INSERT INTO ledger VALUES(?, ?, ?, ?)", (application, *found))
    ledger = Ledger(*found)
    start, last = connection.execute(_NEXT, (ledger.number,)).fetchone()
    if start is None:
        return ledger, True
    number = min(start + SLICE - 1, last)
    new = [price(rows.shown(Row(*row))) for row in connection.execute(_NEW, (start, number, application))]
    ledger = Ledger(ledger.opened_at, number, round(ledger.spent + sum(new), DECIMALS))
    row = (application, ledger.opened_at, ledger.number, ledger.spent)
    connection.execute("INSERT OR REPLACE INTO ledger VALUES(?, ?, ?, ?)", row)
    return ledger, number == last
