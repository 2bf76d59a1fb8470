"""What a store answers to those who look for flows."""

from __future__ import annotations

from msgspec import Struct

from emulator.flow.state import Flow


class FlowPage(Struct, frozen=True):
    """A page of flows, in the order that was asked for, and how many there are in all."""

    total: int
    flows: list[Flow]


class Group(Struct, frozen=True):
    """How many flows are in a group, and the latest of them, the one that changed last first."""

    name: str
    count: int
    flows: list[Flow]


class ApplicationCount(Struct, frozen=True):
    """An application that has flows, and how many."""

    application: str
    flows: int
