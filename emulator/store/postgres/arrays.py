"""Arrays in words: the driver looks at each element of a list in Python, which costs more than all else of a statement.

A statement is written with `$1::bigint[]` and given a list. Here it becomes `$1::text::bigint[]`, and the list one text
that the database reads, wherever it is named: so what is compared row by row is `ARRAY(SELECT unnest($1::bigint[]))`,
which is read once. An array of bytes stays a list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from msgspec import json

_ARRAY: Final = re.compile(r"\$([0-9]+)::(?!bytea)(\w+\[\])")


def in_words(query: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """A statement and its values, with their arrays in words. Pure."""
    worded, places = _worded(query)
    given = list(values)
    for place in places:
        given[place] = text(given[place])
    return worded, given


def text(values: Sequence[str | int | bool | None]) -> str:
    """An array as PostgreSQL reads it, such as "{1,null}"."""
    encoded = json.encode(values)[1:-1].decode()
    if "\\" in encoded:  # the escapes of JSON are other ones
        encoded = ",".join(map(_quoted, values))
    return f"{{{encoded}}}"


def _quoted(value: Any) -> str:
    if not isinstance(value, str):
        return json.encode(value).decode()
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@lru_cache(256)
def _worded(query: str) -> tuple[str, list[int]]:
    """A statement whose arrays come in words, and which of its values these are."""
    places = sorted({int(number) - 1 for number, _ in _ARRAY.findall(query)})
    return _ARRAY.sub(r"$\1::text::\2", query), places
