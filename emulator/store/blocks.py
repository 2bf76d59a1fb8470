"""Flows in blocks of consecutive numbers: what whoever counts flows is given of them, so that only the blocks that have
changed need be counted again.
"""

from __future__ import annotations

from msgspec import Struct

from emulator.flow.state import Flow


class Posted(Struct, frozen=True, gc=False):
    """How a post stands: the `origin` it goes to, its `outcome` if it is finished, how many `attempts` were made, and
    how many real milliseconds the last of them took; None if none was made, or that was not noted.
    """

    origin: str
    outcome: str | None
    attempts: int
    ms: int | None


class Standing(Struct, frozen=True):
    """A flow, and how all that was posted of it stands."""

    flow: Flow
    posts: list[Posted]
