"""How this process logs: to standard error, as lines of text or of JSON, each with the machine's own time in UTC.

A line is one record and nothing but text: what does not print is shown as an escape, so that nothing that a client or a
receiver sends can move a terminal's cursor, colour it, or forge a line. A record may carry `fields`, which are members
in JSON; the field `detail` has lines of its own, which follow the record's, indented. Times of emulated clocks are
named as such by those who log them.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from emulator.validation.printing import printable


def configure(kind: str, level: str, worker: int = 0) -> None:
    """Send the records of this process from this level up to standard error, as text or json. If it is one of several
    workers, they say its number, from 1.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(worker) if kind == "json" else TextLines(worker))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("uvicorn", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class TextLines(logging.Formatter):
    """The time, the level, the number of the worker if this is one, and the message; then the detail and the traceback,
    if there are any, indented.
    """

    def __init__(self, worker: int = 0) -> None:
        super().__init__()
        self._from = f"worker {worker}: " if worker else ""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        more = str(_fields(record).get("detail", "")).splitlines()
        if record.exc_info:
            more += self.formatException(record.exc_info).splitlines()
        first = f"{_at(record)} {record.levelname} {self._from}{printable(record.getMessage())}"
        return "\n    ".join([first, *map(printable, more)])


class JsonLines(logging.Formatter):
    """An object with at, level, logger, message, the number of the worker if this is one, the record's fields, and the
    traceback if there is one.
    """

    def __init__(self, worker: int = 0) -> None:
        super().__init__()
        self._from = {"worker": worker} if worker else {}

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        line: dict[str, object] = {"at": _at(record), "level": record.levelname, "logger": record.name}
        line |= {"message": record.getMessage()} | self._from | _fields(record)
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)  # in ASCII: the escapes are JSON's own


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: logging.LogRecord) -> dict[str, object]:
    fields: dict[str, object] = record.__dict__.get("fields", {})
    return fields
