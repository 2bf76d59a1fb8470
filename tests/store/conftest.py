"""What the tests of the contract use: each kind of store, open and empty."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulator.store.contract import Store
from emulator.store.stores import store_at

PLACES = {"memory": "", "file": "{folder}/store.db"}
"""Where each kind of store is."""


@pytest.fixture(params=PLACES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An open, empty store of each kind."""
    made = store_at(PLACES[request.param].format(folder=tmp_path))
    await made.open()
    yield made
    await made.close()
