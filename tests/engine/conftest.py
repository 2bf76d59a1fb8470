"""What the tests of the engine's acts begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from emulator.emulation import Emulation
from emulator.settings import Settings


@pytest.fixture
async def emulation() -> AsyncIterator[Emulation]:
    """An emulation whose time stands still."""
    started = await Emulation.start(Settings(rate=0.0))
    yield started
    await started.stop()
