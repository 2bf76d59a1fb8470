"""Where a store is, as users write it: a file's path, or the URL of a database. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct

from emulator.store.contract import StoreError

SCHEMA: Final = "failover_emulator"
"""The schema of a database that is used if its URL names none."""
_SHOWN: Final = ("host", "port", "schema", "dbname")
"""The parameters of a database's URL that may be shown."""


class Database(Struct, frozen=True):
    """A database on PostgreSQL: its URL as asyncpg takes it, the schema in it, and how it is `shown`."""

    url: str
    schema: str
    shown: str


def database(place: str) -> Database:
    """The database at a URL, whose parameter `schema` names the schema. Raises StoreError."""
    base, _, query = place.partition("?")
    given = parse_qsl(query, keep_blank_values=True)
    schema = dict(given).get("schema", SCHEMA)
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", schema):
        rule = "a schema's name has small letters, digits and _, at most 63, and begins with no digit"
        raise StoreError(f"the store {shown(place)} can't be used: {rule}")
    if [name for name, _ in given].count("schema") > 1:
        raise StoreError(f"the store {shown(place)} can't be used: its URL names more than one schema")
    others = [(name, value) for name, value in given if name != "schema"]
    return Database(f"{base}?{urlencode(others, safe='/')}" if others else base, schema, shown(place))


def shown(place: str) -> str:
    """A place as it may be shown: without user and password."""
    scheme, there, rest = place.partition("://")
    if not there:
        return place
    base, _, query = rest.rpartition("@")[2].partition("?")
    told = urlencode([(key, value) for key, value in parse_qsl(query) if key in _SHOWN], safe="/")
    return f"{scheme}://{base}{'?' if told else ''}{told}"
