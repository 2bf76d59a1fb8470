"""Where a store is, as users write it."""

from __future__ import annotations

import pytest

from emulator.store.contract import StoreError
from emulator.store.places import database, shown


def test_a_database_s_url_may_name_a_schema() -> None:
    """Which the driver must not see."""
    found = database("postgresql://user:secret@db:1,db2/emulator?schema=team_a&target_session_attrs=read-write")
    assert (found.url, found.schema) == (
        "postgresql://user:secret@db:1,db2/emulator?target_session_attrs=read-write",
        "team_a",
    )
    assert database("postgresql:///emulator?host=/run/pg").url == "postgresql:///emulator?host=/run/pg"
    assert database("postgresql:///emulator").schema == "failover_emulator"


@pytest.mark.parametrize("schema", ["", "Team", "a-b", "1a", 'a"; DROP TABLE x', "a" * 64])
def test_a_schema_that_needs_quoting_is_refused(schema: str) -> None:
    """So that its name is the same wherever it is written."""
    with pytest.raises(StoreError, match="small letters, digits and _"):
        database(f"postgresql:///emulator?schema={schema}")


def test_two_schemas_are_refused() -> None:
    """One of them would be taken in silence."""
    with pytest.raises(StoreError, match="names more than one schema"):
        database("postgresql:///emulator?schema=a&schema=b")


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        ("store.db", "store.db"),
        ("", ""),
        ("postgresql://user:secret@db/emulator?password=secret&schema=a", "postgresql://db/emulator?schema=a"),
        ("postgresql://user:sec/r?et@db/emulator", "postgresql://db/emulator"),
        ("postgresql:///emulator?host=/run/pg&user=me&passfile=x", "postgresql:///emulator?host=/run/pg"),
    ],
)
def test_a_place_is_shown_without_user_and_password(place: str, seen: str) -> None:
    """Wherever they stand."""
    assert shown(place) == seen
