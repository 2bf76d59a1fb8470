"""What is changed about the emulator while it runs: clocks, scenarios, balances, or all of it at once; and what is told
while a story is played on it.
"""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from emulator.journal.entry import Details, Kind


class ClockChanged(Details, frozen=True, gc=False):
    """A clock was given another rate: written by its driver. Or it was moved: written by the own API, after what
    happened on the way. Or it was given up, since its application goes by the `shared` one: written by its driver.

    `rate` is a number or instant. `advanced` is what the clock was moved by or to: a duration, a time, next or idle;
    or it was moved until `flow` had ended.
    """

    kind = Kind.CLOCK
    rate: float | str | UnsetType = UNSET
    advanced: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    flow: str | UnsetType = UNSET

    def text(self) -> str:
        """The rate or the move."""
        if self.shared:
            return "the application goes by the shared clock"
        if self.advanced:
            return f"advanced {self.advanced}"
        if self.flow:
            return f"advanced until the flow ended: {self.flow}"
        return f"rate {self.rate if isinstance(self.rate, str) else format(self.rate or 0, 'g')}"


class ScenarioChanged(Details, frozen=True, gc=False):
    """Another scenario is in force, or other rules on top of it.

    Written by the own API: the scenario `chosen`; or `overrides`, the names of the rules put on top; or `reset`, true
    where the choice and all rules on top were taken back; or the name of the one rule on top that was `taken` back; or
    the name of the scenario whose text is `kept` from now on, or that was `deleted`.
    Written by the watcher of files: `file` was read again, and holds the scenario `reloaded`.
    """

    kind = Kind.SCENARIO
    chosen: str | UnsetType = UNSET
    overrides: list[str] | UnsetType = UNSET
    reset: bool | UnsetType = UNSET
    file: str | UnsetType = UNSET
    reloaded: str | UnsetType = UNSET
    taken: str | UnsetType = UNSET
    kept: str | UnsetType = UNSET
    deleted: str | UnsetType = UNSET

    def text(self) -> str:
        """What has changed."""
        if self.reset:
            return "choice and overrides are taken back"
        if self.reloaded:
            return f"{self.reloaded}, read again from {self.file}"
        if self.taken:
            return f"{self.taken} is taken back"
        if self.kept or self.deleted:
            return f"{self.kept} is kept" if self.kept else f"{self.deleted} is deleted"
        if self.overrides is not UNSET:
            return f"on top: {', '.join(self.overrides) or 'nothing'}"
        return self.chosen or ""


class ScenarioBroken(Details, frozen=True, gc=False):
    """A scenario's `file` was changed and can't be read, for these `problems`; if it was good before, its last version
    stays in force. Written by the watcher of files.
    """

    kind = Kind.SCENARIO_BROKEN
    file: str
    problems: list[str]

    def text(self) -> str:
        """The file and its problems."""
        return f"{self.file}: {'; '.join(self.problems)}"


class BalanceSet(Details, frozen=True, gc=False):
    """An application was given what is left of its `balance`. Written by the own API."""

    kind = Kind.BALANCE
    balance: float

    def text(self) -> str:
        """What is left."""
        return f"{self.balance:.15g} left"


class Deleted(Details, frozen=True, gc=False):
    """A finished `flow` was deleted, with its callbacks and entries. Written when somebody asks for it."""

    kind = Kind.DELETED
    flow: str

    def text(self) -> str:
        """Which."""
        return f"the flow {self.flow}, with its callbacks and entries"


class Reset(Details, frozen=True, gc=False):
    """Everything of the application, or of everybody, was forgotten; what follows begins anew. It has no members."""

    kind = Kind.RESET

    def text(self) -> str:
        """Nothing but that."""
        return "everything before was forgotten"


class StoryTold(Details, frozen=True, gc=False):
    """What a `story` that is played says to those who watch, or how it stands (`told`). Written by what plays it."""

    kind = Kind.STORY
    story: str
    told: str

    def text(self) -> str:
        """Which story, and what."""
        return f"{self.story}: {self.told}"
