"""What went before a request, as far as its scenario asks for it, and the facts that follow from that. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from msgspec import Struct


class Past(Struct, frozen=True, gc=False):
    """What went before a request: its number in the present period of each length (`rate`); when the application's
    first request came, None if nobody asks; the last reply of each recipient that has written (`replied`).
    """

    rate: Mapping[int, int] = MappingProxyType({})
    began: int | None = None
    replied: Mapping[str, str] = MappingProxyType({})


NOTHING: Final = Past()
"""What went before, if nobody asks."""


class _Asked(Protocol):
    @property
    def to(self) -> str: ...
    @property
    def time(self) -> int: ...
    @property
    def share(self) -> float: ...
    @property
    def since(self) -> int: ...
    @property
    def past(self) -> Past: ...


class Looking:
    """The facts of a Question that follow from its `past`; see there."""

    __slots__ = ()

    @property
    def since(self: _Asked) -> int:
        """See Question."""
        return 0 if self.past.began is None else self.time - self.past.began

    @property
    def rate(self: _Asked) -> Mapping[int, int]:
        """See Question."""
        return self.past.rate

    @property
    def replied(self: _Asked) -> str:
        """See Question."""
        return self.past.replied.get(self.to, "")

    @property
    def share_since(self: _Asked) -> tuple[float, int]:
        """See Question."""
        return self.share, self.since
