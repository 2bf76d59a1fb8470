"""What PostgreSQL reads of arrays in words is what was given."""

from __future__ import annotations

import importlib

import pytest

from tests.support import postgres

pytestmark = pytest.mark.anyio
LISTS: dict[str, list[list[object]]] = {
    "text": [
        [],
        [""],
        ["", ""],
        [None],
        ["null", "NULL", None, "None"],
        ["a", "β, γ", "😀", " b ", "{c}", "(d)", "e;f'g"],
        ['"', "\\", '\\"', "\n\t\r\x1f\x7f", 'a"b\\c\nd', None],
    ],
    "bigint": [[], [0], [-(2**63), 2**63 - 1, None]],
    "bool": [[True, False, None]],
}
"""Lists, by the type of their elements."""


@pytest.mark.parametrize("kind", LISTS)
async def test_an_array_in_words_is_the_list(postgresql: postgres.Server, kind: str) -> None:
    """Whatever characters its texts have."""
    asyncpg = importlib.import_module("asyncpg")
    arrays = importlib.import_module("emulator.store.postgres.arrays")
    connection = await asyncpg.connect(postgresql.url)
    for given in LISTS[kind]:
        query, values = arrays.in_words(f"SELECT $1::{kind}[], $2::bytea[], $3::int", [given, [b"\\x"], 7])
        assert await connection.fetchrow(query, *values) == (given, [b"\\x"], 7)
        assert values[1:] == [[b"\\x"], 7]
    await connection.close()
