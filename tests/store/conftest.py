"""What the tests of the contract use: each kind of store, open and empty."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulator.store.contract import Store
from emulator.store.stores import store_at

PLACES = {"memory": "", "file": "{folder}/store.db", "postgresql": "a schema of its own"}
"""Where each kind of store is."""
KEPT = [name for name in PLACES if name != "memory"]
"""The kinds that outlast their process."""


def place_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """Where a new, empty store of this kind is."""
    if kind == "postgresql":
        found: str = request.getfixturevalue("postgresql").schema()
        return found
    return PLACES[kind].format(folder=folder)


@pytest.fixture(params=PLACES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An open, empty store of each kind."""
    made = store_at(place_of(request.param, request, tmp_path))
    await made.open()
    yield made
    await made.close()


@pytest.fixture(params=["memory", "file"])
async def alone(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An open, empty store of each kind that a process has for itself."""
    made = store_at(place_of(request.param, request, tmp_path))
    await made.open()
    yield made
    await made.close()


@pytest.fixture(params=KEPT)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store is that outlasts its process."""
    return place_of(request.param, request, tmp_path)
