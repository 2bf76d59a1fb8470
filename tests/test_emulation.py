"""An emulation as a whole: what a start that fails leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.emulation import Emulation
from emulator.settings import Settings, SettingsError

pytestmark = pytest.mark.anyio


async def test_a_store_can_be_used_after_a_start_that_failed(tmp_path: Path) -> None:
    """The failed start lets go of the file, in the same process."""
    file = str(tmp_path / "store.db")
    with pytest.raises(SettingsError, match="start-at must be a time"):
        await Emulation.start(Settings(store=file, start_at="yesterday"))
    emulation = await Emulation.start(Settings(store=file))
    await emulation.stop()
