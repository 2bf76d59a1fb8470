"""Whether a database can be used: names what is wrong with it, and logs once when that begins and once when it ends.

A full disk or a lost mount ends by itself; a damaged file does not. A file that was removed or moved can still be
written, but no restart would find what is written, so nothing more is.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Final

from emulator.store.contract import Unavailable

_UNWRITABLE: Final = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "its disk takes nothing more, or is gone",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_CANTOPEN: "its folder is gone, or may not be written",
}
"""The errors of SQLite, by their primary codes, that may end by themselves."""
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PRIMARY: Final = 0xFF
COPY: Final = "Start with a copy of the file, or with another --store"
"""What to do when a file is damaged."""

log = logging.getLogger(__name__)


def damage(path: str | None, error: sqlite3.Error) -> str:
    """What is wrong with a damaged file, in words; "" if the error tells of no damage."""
    if getattr(error, "sqlite_errorcode", 0) & _PRIMARY not in _DAMAGED:
        return ""
    return f"the store {path} is damaged: {error}. {COPY}"


class Condition:
    """The condition of the database at `path`; None is one in memory, which is always well."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._file = _identity(path)
        self.unwritable = ""
        """Why the last write failed, if that may have ended since."""
        self._damaged = ""
        self.gone = ""
        self._told = ""

    @property
    def trouble(self) -> str:
        """What is wrong, as far as is known; "" if nothing is."""
        return self._damaged or self.gone or self.unwritable

    def look(self) -> None:
        """Look whether the file is still in its place."""
        away = self._file is not None and _identity(self._path) != self._file
        self.gone = f"the store {self._path} was removed or moved; bring it back, or start again" if away else ""
        self._tell()

    def failed(self, error: sqlite3.Error) -> None:
        """Take note of an error of SQLite. Raises Unavailable if it is about the database's condition."""
        why = _UNWRITABLE.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY)
        if why is not None:
            self.unwritable = f"the store {self._path} can't be written: {why}"
        elif damaged := damage(self._path, error):
            self._damaged = damaged
        else:
            return
        self._tell()
        raise Unavailable(self._damaged or self.unwritable) from error

    def written(self) -> None:
        """Take note that a write succeeded."""
        self.unwritable = ""
        self._tell()

    def _tell(self) -> None:
        trouble = self.trouble
        if trouble != self._told:
            if trouble:
                log.error("%s; until then requests are answered 503", trouble)
            else:
                log.warning("the store %s can be used again", self._path)
            self._told = trouble


def _identity(path: str | None) -> tuple[int, int] | None:
    """What tells the file at a path from any other that may come to be there; None if there is none."""
    if path is None:
        return None
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
