"""A struct for each kind of journal entry: who writes it and when, the members of its `data`, and its words.

Stores keep entries for years. So a new field needs a default, with which older entries still decode.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from emulator.journal.entry import Details
from emulator.journal.kinds.callbacks import Attempt, Reply, Resent
from emulator.journal.kinds.calls import Asked, Pressed, WentOn
from emulator.journal.kinds.connections import ProxyRefused, TlsFailed
from emulator.journal.kinds.flows import (
    NOT_TAKEN,
    Cancelled,
    Completed,
    Ignored,
    Started,
    Status,
    Stranded,
    Verification,
    titled,
)
from emulator.journal.kinds.requests import Accepted, Refused, Remarked, Token, TokenRefused, TokenRevoked
from emulator.journal.kinds.settings import (
    BalanceSet,
    ClockChanged,
    Deleted,
    Reset,
    ScenarioBroken,
    ScenarioChanged,
    StoryTold,
)

__all__ = [
    "NOT_TAKEN",
    "SHAPES",
    "Accepted",
    "Asked",
    "Attempt",
    "BalanceSet",
    "Cancelled",
    "ClockChanged",
    "Completed",
    "Deleted",
    "Ignored",
    "Pressed",
    "ProxyRefused",
    "Refused",
    "Remarked",
    "Reply",
    "Resent",
    "Reset",
    "ScenarioBroken",
    "ScenarioChanged",
    "Started",
    "Status",
    "StoryTold",
    "Stranded",
    "TlsFailed",
    "Token",
    "TokenRefused",
    "TokenRevoked",
    "Verification",
    "WentOn",
    "titled",
]

_REQUESTS: Final = (Accepted, Refused, Remarked, Token, TokenRefused, TokenRevoked)
_FLOWS: Final = (Started, Status, Completed, Cancelled, Ignored, Stranded, Verification)
_CALLS: Final = (Pressed, Asked, WentOn)
_CALLBACKS: Final = (Attempt, Reply, Resent)
_CONNECTIONS: Final = (TlsFailed, ProxyRefused)
_SETTINGS: Final = (ClockChanged, ScenarioChanged, ScenarioBroken, BalanceSet, Deleted, Reset, StoryTold)

SHAPES: Final[MappingProxyType[str, type[Details]]] = MappingProxyType(
    {shape.kind: shape for shape in (*_REQUESTS, *_FLOWS, *_CALLS, *_CALLBACKS, *_CONNECTIONS, *_SETTINGS)}
)
"""The struct of each kind."""
