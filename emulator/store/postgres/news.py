"""What a transaction tells other processes: all that it changed of what they have in memory. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct, json
from msgspec.structs import astuple

from emulator.clock.clock import EVERYBODY, Clock
from emulator.store.records import ApplicationState, Grant

KEPT: Final = 4096
"""How many news are kept at least, for processes that are behind. One that is further behind reads everything anew."""
CHUNK: Final = 1024
"""How many are dropped at a time."""


class SavedClock(Struct, frozen=True, array_like=True):
    """A clock."""

    base_real: int
    base_virtual: int
    rate: float | None
    held: bool

    @classmethod
    def of(cls, clock: Clock) -> SavedClock:
        """That of a clock. JSON has no infinite rate."""
        real, virtual, rate, held = astuple(clock)
        return cls(real, virtual, None if clock.rate == float("inf") else rate, held)

    @property
    def clock(self) -> Clock:
        """The clock."""
        return Clock(self.base_real, self.base_virtual, float("inf") if self.rate is None else self.rate, self.held)


class Kept(Struct, frozen=True, array_like=True):
    """With a limit of what is kept: about how many `bytes` are, the place of `ended` up to which all is dropped, and
    how many bytes were `dropped` since room was last made for others.
    """

    bytes: int = 0
    head: int = 0
    dropped: int = 0


class News(Struct, omit_defaults=True):
    """What became of the states of applications (None: nothing is in force any more), the number of the last override,
    the counters, the tokens that ended, the grants that were saved, the clocks (None: dropped), the blocks of flows
    that have changed (None: all), the bodies that were accepted, what is `kept` of what has ended (None: as before).
    What is `reset` came before all else: applications, or everybody, whose flows are `forgotten` up to a number; what
    was in force for them is among the states.
    """

    reset: list[str] = []
    forgotten: dict[str, int] = {}
    states: dict[str, ApplicationState | None] = {}
    number: int = 0
    counts: list[tuple[str, str, int]] = []
    ended: list[str] = []
    grants: list[Grant] = []
    clocks: dict[str, SavedClock | None] = {}
    blocks: set[int] | None = set()
    bodies: list[tuple[str, int, int, str]] = []
    kept: Kept | None = None

    def forget(self, application: str, last: int) -> None:
        """Note that an application is reset, or everybody, with flows up to this number: what was noted of it before is
        void.
        """
        everybody = application == EVERYBODY
        self.forgotten[application] = last
        self.reset.append(application)
        self.grants = [each for each in self.grants if not everybody and each.application != application]
        self.counts = [each for each in self.counts if not everybody and each[0] != application]
        self.blocks = None

    def drop(self, tokens: Sequence[str]) -> None:
        """Note that the grants of these tokens are no more."""
        self.ended += tokens
        self.grants = [each for each in self.grants if each.token not in tokens]

    def encoded(self) -> bytes:
        """As JSON."""
        return json.encode(self)

    @classmethod
    def decoded(cls, data: bytes) -> News:
        """Those of this JSON."""
        return _DECODER.decode(data)


_DECODER: Final = json.Decoder(News)
