"""Scenarios by name: those of files, and those that users keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.engine.library import Library
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue
from emulator.store.stores import store_at

pytestmark = pytest.mark.anyio


async def test_what_is_kept_is_found_after_files(tmp_path: Path) -> None:
    """With parameters set, too; a file's name is its own."""
    (tmp_path / "mine.yaml").write_text("purpose: of the file")
    catalogue, store = Catalogue(str(tmp_path)), store_at("")
    catalogue.load()
    await store.open()
    library = Library(catalogue, store)
    counted = "purpose: kept\nparameters: { how: Failed }\nrules:\n  - plan: { Sms: $how }\n"
    for name, text in (("mine", "purpose: hidden"), ("all-fail", "purpose: hidden"), ("counted", counted)):
        await store.keep_scenario(name, text)
    assert await library.kept() == {"counted": counted}
    assert {"mine", "counted", "all-fail"} <= set(await library.names())
    assert [(await library.find(name)).purpose for name in ("mine", "counted")] == ["of the file", "kept"]
    found, kept = await library.found("counted(how=Unsent)")
    assert (found.name, kept) == ("counted(how=Unsent)", counted)
    assert (await library.found("all-fail"))[1] is None
    with pytest.raises(ScenarioError, match="there is no scenario 'conted'; did you mean 'counted'"):
        await library.find("conted")
    with pytest.raises(ScenarioError, match="lists the shipped ones"):
        await library.find("qqqqqqqq")
    await store.close()
