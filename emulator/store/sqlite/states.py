"""What is in force for each application, in the tables of SQLite."""

from __future__ import annotations

import sqlite3
from typing import Final

from msgspec import json

from emulator.store.records import ApplicationState, Override, TopUp
from emulator.store.states import UNTOUCHED, States

_OVERRIDES: Final = json.Decoder(tuple[Override, ...])
_TOP_UPS: Final = json.Decoder(tuple[TopUp, ...])
_NUMBER: Final = "overrides"
"""The name of the fact that has the number of the last override. A reset leaves it, so that no number comes twice."""
_READ: Final = (
    "SELECT name, scenario, text, IFNULL(overrides, '[]'), spent, revoked, IFNULL(list, '[]'), version"
    " FROM application LEFT JOIN choice ON choice.application = name LEFT JOIN topups ON topups.application = name"
)
_WRITE: Final = "INSERT OR REPLACE INTO application VALUES(?, ?, ?, ?)"
_DELETE: Final = (
    "DELETE FROM application WHERE name = ?",
    "DELETE FROM choice WHERE application = ?",
    "DELETE FROM topups WHERE application = ?",
)


class SqliteStates(States):
    """The states. They follow the transactions of a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        found = {
            name: ApplicationState(
                scenario, text, _OVERRIDES.decode(overrides), spent, revoked, _TOP_UPS.decode(top_ups), number
            )
            for name, scenario, text, overrides, spent, revoked, top_ups, number in connection.execute(_READ)
        }
        number = connection.execute("SELECT value FROM fact WHERE name = ?", (_NUMBER,)).fetchone()
        super().__init__(found, int(number[0]) if number else 0)
        self._connection = connection

    def write(self, _: int) -> None:
        """Write what is not written yet."""
        for name, before, state in self.changed():
            if state == UNTOUCHED:
                for statement in _DELETE:
                    self._connection.execute(statement, (name,))
                continue
            self._connection.execute(_WRITE, (name, state.balance, state.spent, state.revoked))
            if (state.scenario, state.text, state.overrides) != (before.scenario, before.text, before.overrides):
                texts = name, state.scenario, state.text, json.encode(state.overrides).decode()
                self._connection.execute("INSERT OR REPLACE INTO choice VALUES(?, ?, ?, ?)", texts)
                self._connection.execute("INSERT OR REPLACE INTO fact VALUES(?, ?)", (_NUMBER, str(self.number)))
            if state.top_ups != before.top_ups:
                listed = json.encode(state.top_ups).decode()
                self._connection.execute("INSERT OR REPLACE INTO topups VALUES(?, ?)", (name, listed))
