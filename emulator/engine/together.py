"""What the messages of one request have in common: it is asked for, counted and answered once."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from emulator.flow.state import Flow
from emulator.planning.planner import RuledRequest, SpoiltAnswer
from emulator.scenario.rules import Scenario
from emulator.store.records import Effects


class Completing(Protocol):
    """Changes the planned flow of a message before it starts, of the `first` one of a request or of another."""

    def __call__(self, flow: Flow, *, first: bool) -> Flow:
        """The flow to start. May be called again for the same messages, in the same order."""


class Together(Struct):
    """One request with messages, of this body, that is accepted at `now`, under the scenario in force for it; what
    completes their flows; its first message, as soon as rules were asked about that, and the overrides that messages
    have used.
    """

    scenario: Scenario
    body: bytes
    now: int
    complete: Completing
    first: RuledRequest | None = None
    used: set[int] = field(default_factory=set)

    @property
    def spoilt(self) -> SpoiltAnswer | None:
        """The fault of the answer, if any, about which the first message decides."""
        return self.first.spoilt if self.first else None

    def copy(self) -> Together:
        """The same, to be changed by itself."""
        return replace(self, used={*self.used})

    def once(self, effects: Effects | None) -> Effects | None:
        """The effects of the next message. An override that an earlier one has used is used by the whole request."""
        if effects is None:
            return None
        left = tuple([each for each in effects.used if each not in self.used])
        self.used.update(left)
        return replace(effects, used=left)
