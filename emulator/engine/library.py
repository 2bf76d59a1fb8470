"""All scenarios that can be chosen by name: those of files, and after them those that users keep in the store.

What a user keeps is read when it is asked for, so that whatever process keeps one, all others know it at once.
"""

from __future__ import annotations

import asyncio

from emulator.scenario import files
from emulator.scenario.files import Problem, ScenarioError
from emulator.scenario.files.catalogue import Catalogue
from emulator.scenario.rules import Scenario
from emulator.store.scenarios import Scenarios
from emulator.validation.hints import nearest, quoted


class Library:
    """The scenarios of a catalogue, and those of a store."""

    def __init__(self, catalogue: Catalogue, store: Scenarios) -> None:
        self.catalogue = catalogue
        self._store = store

    async def find(self, name: str) -> Scenario:
        """The scenario of this name. Raises ScenarioError if there is none, or if it can't be read."""
        return (await self.found(name))[0]

    async def found(self, name: str) -> tuple[Scenario, str | None]:
        """The same, with its text if a user keeps it."""
        if (known := self.catalogue.known(name)) is not None:
            return known, None
        kept, base = await self.kept(), files.base_of(name)
        if base in kept:
            return await asyncio.to_thread(self.catalogue.read, kept[base], name, f"{base}.yaml"), kept[base]
        try:
            return await asyncio.to_thread(self.catalogue.find, name), None
        except ScenarioError as error:
            near = None if error.problems[0].file else nearest(base, kept)
            if near is None:
                raise
            told = f"there is no scenario {quoted(base)}; did you mean '{near}'?"
            raise ScenarioError([Problem("", 0, 0, "", told)]) from error

    async def kept(self) -> dict[str, str]:
        """The texts that users keep, by name, sorted; those alone of whose names there is no file."""
        names = set(self.catalogue.names())
        return {name: text for name, text in (await self._store.kept_scenarios()).items() if name not in names}

    async def names(self) -> list[str]:
        """The names of all scenarios that can be chosen."""
        return [*self.catalogue.names(), *await self.kept()]
