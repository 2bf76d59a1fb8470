"""The clocks of one emulator by name: the default one, and those of applications that have their own.

A clock is named after its application. What is set here is not saved: that is the driver's work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from emulator.clock.clock import Clock

EVERYBODY: Final = ""
"""Stands for all applications, and names the clock of those that have none of their own."""


class Clocks:
    """Which clock an application has, and what time it is there. `real` gives real milliseconds UTC."""

    def __init__(self, real: Callable[[], int], clocks: dict[str, Clock]) -> None:
        self.real = real
        self._clocks = clocks

    def name(self, application: str) -> str:
        """The name of an application's clock: its own, or the default one."""
        return application if application in self._clocks else EVERYBODY

    def names(self) -> Iterable[str]:
        """The names of all clocks."""
        return tuple(self._clocks)

    def clock(self, name: str) -> Clock:
        """The clock of this name; the default one if it has been dropped."""
        return self._clocks.get(name) or self._clocks[EVERYBODY]

    def now(self, name: str) -> int:
        """The time on the named clock."""
        return self.clock(name).now(self.real())

    def time(self, application: str) -> int:
        """The time on an application's clock."""
        return (self._clocks.get(application) or self._clocks[EVERYBODY]).now(self.real())

    def running(self) -> dict[str, int]:
        """The time on each running clock, by name."""
        real = self.real()
        return {name: clock.now(real) for name, clock in self._clocks.items() if not clock.standing}

    def set(self, name: str, clock: Clock) -> None:
        """Replace a clock, or give an application one of its own."""
        self._clocks[name] = clock

    def drop(self, name: str) -> None:
        """Forget an application's own clock; the default one stays."""
        if name != EVERYBODY:
            self._clocks.pop(name, None)

    def wait(self, due: dict[str, int]) -> float | None:
        """Real seconds until the first of these times on the clocks of these names; None if none comes by itself."""
        real = self.real()
        waits = [self.clock(name).wait(real, at) for name, at in due.items()]
        return min((wait for wait in waits if wait is not None), default=None)
