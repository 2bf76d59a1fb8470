"""What `failover-emulator store` reports about a store."""

from __future__ import annotations

from msgspec import Struct


class Table(Struct, frozen=True):
    """A table: how many rows it has, how many old ones that are still to be cleared away, and its bytes, with indexes.
    The numbers of PostgreSQL are those that it keeps itself, and nearly right; SQLite tells rows only.
    """

    name: str
    rows: int
    dead: int | None = None
    bytes: int | None = None


class OpenTransaction(Struct, frozen=True, rename="camel"):
    """The transaction that has been open the longest in all of the database's server, as far as the user may see: for
    how many seconds, of which program, in which state. Rows that were replaced since stay as long as it lasts.
    """

    seconds: float
    program: str
    state: str


class Looked(Struct, frozen=True, rename="camel"):
    """A store: where it is, its format and that of this emulator, what serves it, its bytes, how many processes use it
    (None: it can't be told), and its tables, by name.
    """

    store: str
    format: int
    present: int
    server: str
    bytes: int
    processes: int | None
    oldest_transaction: OpenTransaction | None
    tables: tuple[Table, ...]
