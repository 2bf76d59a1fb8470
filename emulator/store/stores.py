"""Which store a place means. One more store is one more folder, and one more line here."""

from __future__ import annotations

from emulator.store.contract import Store, StoreError
from emulator.store.rows import Read, decoded
from emulator.store.sqlite.store import SqliteStore


def store_at(place: str, keep: int | None = None, read: Read = decoded) -> Store:
    """The store at a file, or in memory if the place is empty; not yet open. `keep` is how many bytes of what is
    finished it keeps (None: all), `read` makes a request of JSON that was stored as it came. Raises StoreError.
    """
    scheme, url, _ = place.partition("://")
    if url:
        raise StoreError(f"there is no store for {scheme}://; --store takes a file")
    return SqliteStore(place or None, keep, read)
