"""Which store a place means. One more store is one more folder, and one more case in each function here."""

from __future__ import annotations

from emulator.store.contract import Store, StoreError
from emulator.store.looked import Looked
from emulator.store.rows import Read, decoded
from emulator.store.sqlite.store import SqliteStore


def store_at(place: str, keep: int | None = None, read: Read = decoded) -> Store:
    """The store at a file, at the URL of a database on PostgreSQL, or in memory if the place is empty; not yet open.
    `keep` is how many bytes of what is finished it keeps (None: all), `read` makes a request of JSON that was stored as
    it came. Raises StoreError.
    """
    scheme, url, _ = place.partition("://")
    if not url:
        return SqliteStore(place or None, keep, read)
    if scheme not in {"postgresql", "postgres"}:
        raise StoreError(f"there is no store for {scheme}://; --store takes a file, or postgresql://USER@HOST/DATABASE")
    from emulator.store.places import database

    try:
        from emulator.store.postgres.store import PostgresStore
    except ModuleNotFoundError as error:
        if error.name != "asyncpg":
            raise
        raise StoreError(
            f"a store on PostgreSQL needs asyncpg: pip install '/path/to/failover-emulator[postgres]' ({error})"
        ) from error
    return PostgresStore(database(place), read, keep)


async def looked(place: str) -> Looked:
    """What is at a place, which stays as it is. Raises StoreError if there is no store."""
    if "://" not in place:
        from emulator.store.sqlite.looking import look as look_at_file

        return look_at_file(place)
    store_at(place)  # or it can't be used
    from emulator.store.places import database
    from emulator.store.postgres.looking import look as look_at_database

    return await look_at_database(database(place))
