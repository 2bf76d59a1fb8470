"""Reloads the user's scenario files when they change on disk.

Flows in progress keep their plans. If a file is broken, its last good version stays in force, and log and journal say
what is wrong with it. Files are polled, since file events don't reach every mount of a container.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from emulator.engine.steering import Steering
from emulator.journal.entry import Details
from emulator.journal.kinds import ScenarioBroken, ScenarioChanged
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue

EVERY: Final = 0.25
"""Real seconds between two polls."""

log = logging.getLogger(__name__)


class ScenarioWatcher:
    """Watches the files of a catalogue. `note` writes a journal entry of an application ("": of none). `agree` tells
    those who share the store that files have changed, and answers whether they did not know.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        steering: Steering,
        note: Callable[[str, Details], Awaitable[None]],
        agree: Callable[[], Awaitable[bool]],
    ) -> None:
        self._catalogue = catalogue
        self._steering = steering
        self._note = note
        self._agree = agree
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start polling, unless the user has no scenario files."""
        if self._catalogue.watched:
            self._task = asyncio.create_task(self._watch(), name="reloader")

    async def stop(self) -> None:
        """Stop polling."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        logged, known, told = "", self._catalogue.versions, list[Details]()
        while True:
            await asyncio.sleep(EVERY)
            try:
                for path in await asyncio.to_thread(self._catalogue.changed):
                    told.append(await self._reread(path))
                if (there := self._catalogue.versions) != known:
                    if await self._agree():
                        for each in told:
                            await self._note("", each)
                    known, told = there, []
                logged = ""
            except Exception as error:
                if str(error) != logged:
                    log.warning("the scenario files can't be looked at; trying again: %s", error)
                logged = str(error)

    async def _reread(self, path: Path) -> Details:
        """Read a file again; what is to be told of it."""
        try:
            old, new = await asyncio.to_thread(self._catalogue.reload, path)
        except ScenarioError as error:
            kept = "its last version stays" if self._catalogue.has(path) else "it can't be chosen"
            log.warning("a scenario's file is broken; %s", kept, extra={"fields": {"detail": str(error)}})
            return ScenarioBroken(str(path), str(error).splitlines())
        if old is not None and old.name != new.name:
            await self._steering.renamed(old, new)
        log.info("the scenario %s was read again", new.name)
        return ScenarioChanged(file=str(path), reloaded=new.name)
