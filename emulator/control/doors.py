"""What several groups of calls have in common, doors and parts of doors, each imported and made when first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from emulator.clock.clock import EVERYBODY
from emulator.emulation import Emulation

if TYPE_CHECKING:
    from emulator.control.interventions import InterventionDoor
    from emulator.control.library import LibraryDoor
    from emulator.control.scenarios import ScenarioDoor
    from emulator.control.sink import SinkDoor
    from emulator.control.stories.door import StoryDoor
    from emulator.control.watching import Watch
    from emulator.engine.library import Library


class Doors:
    """The doors to one emulation that are in several groups, or hold something in memory, and what doors share."""

    def __init__(self, emulation: Emulation) -> None:
        self.emulation = emulation
        self.store = emulation.store
        self.clocks = emulation.clocks

    @cached_property
    def named(self) -> Library:
        """The scenarios that can be chosen by name."""
        from emulator.engine.library import Library

        return Library(self.emulation.catalogue, self.store)

    @cached_property
    def watch(self) -> Watch:
        """What tells the feeds that there is something new."""
        from emulator.control.watching import Watch

        return Watch(self.store)

    @cached_property
    def interventions(self) -> InterventionDoor:
        """The door to single flows and callbacks for who steps in."""
        from emulator.control.interventions import InterventionDoor
        from emulator.engine.interventions import Interventions

        engine, renderings = self.emulation.engine, self.emulation.renderings
        return InterventionDoor(Interventions(engine, self.store, renderings), self.store, renderings)

    @cached_property
    def scenarios(self) -> ScenarioDoor:
        """The door to what is in force."""
        from emulator.control.scenarios import ScenarioDoor

        selection, steering = self.emulation.selection, self.emulation.steering
        return ScenarioDoor(self.named, selection, steering, self.store, self.clocks)

    @cached_property
    def library(self) -> LibraryDoor:
        """The door to scenarios' texts."""
        from emulator.control.library import LibraryDoor

        return LibraryDoor(self.named, self.emulation)

    @cached_property
    def sink(self) -> SinkDoor:
        """The door to the receiver that takes every callback."""
        from emulator.control.sink import SinkDoor

        return SinkDoor(self.clocks, self.emulation.closing)

    @cached_property
    def stories(self) -> StoryDoor:
        """The door to stories."""
        from emulator.control.stories.door import StoryDoor

        return StoryDoor(self.emulation)

    def forget(self, application: str) -> None:
        """Forget what doors have in memory of an application, or of all, which was reset."""
        if "stories" in vars(self):
            self.stories.forget(application)
        if "sink" in vars(self) and application == EVERYBODY:
            self.sink.forget()
