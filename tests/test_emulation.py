"""An emulation as a whole: what a start that fails leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.emulation import Emulation
from emulator.settings import Settings, SettingsError
from emulator.store.records import ApplicationState, Override

pytestmark = pytest.mark.anyio


async def test_a_store_can_be_used_after_a_start_that_failed(tmp_path: Path) -> None:
    """The failed start lets go of the file, in the same process."""
    file = str(tmp_path / "store.db")
    with pytest.raises(SettingsError, match="start-at must be a time"):
        await Emulation.start(Settings(store=file, start_at="yesterday"))
    emulation = await Emulation.start(Settings(store=file))
    await emulation.stop()


async def test_texts_that_this_emulator_refuses_are_forgotten_at_the_start(tmp_path: Path) -> None:
    """A store that was written when the language took them is no reason to answer each request with an error."""
    settings = Settings(store=str(tmp_path / "store.db"))
    refused = '{"rules": [{"match": {"text": {"regex": "(a+)+$"}}, "plan": "silence"}]}'
    emulation = await Emulation.start(settings)
    state = ApplicationState(scenario="slow", text=refused, overrides=(Override(1, "slow", refused, None),))
    await emulation.store.steer("app", lambda _: state)
    await emulation.stop()
    emulation = await Emulation.start(settings)
    kept = emulation.store.state("app")
    assert (kept.scenario, kept.text, kept.overrides) == (None, None, ())
    await emulation.stop()
