"""What the tests of the contract use: each kind of store, open and empty."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulator.store.contract import Store
from emulator.store.sqlite.store import SqliteStore


@pytest.fixture(params=["memory", "file"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An open, empty store of each kind."""
    made = SqliteStore(str(tmp_path / "store.db") if request.param == "file" else None)
    await made.open()
    yield made
    await made.close()
