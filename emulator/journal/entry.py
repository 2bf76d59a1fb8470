"""A journal entry before it is stored, and what all kinds of entries have in common."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from msgspec import Struct


class Kind(StrEnum):
    """What an entry is about, as it is stored and as `?kind=` asks for it."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    REMARKED = "remarked"
    STARTED = "started"
    STATUS = "status"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    IGNORED = "ignored"
    STRANDED = "stranded"
    VERIFICATION = "verification"
    ATTEMPT = "attempt"
    REPLY = "reply"
    KEYS = "keys"
    ASKED = "asked"
    WENT_ON = "went on"
    RESENT = "resent"
    TOKEN = "token"  # noqa: S105 (no password)
    TOKEN_REFUSED = "token refused"  # noqa: S105
    TOKEN_REVOKED = "token revoked"  # noqa: S105
    TLS_FAILED = "tls failed"
    PROXY_REFUSED = "proxy refused"
    CLOCK = "clock"
    SCENARIO = "scenario"
    SCENARIO_BROKEN = "scenario broken"
    BALANCE = "balance"
    DELETED = "deleted"
    RESET = "reset"
    STORY = "story"


class Details(Struct, frozen=True, gc=False):
    """The base of every kind's struct, which is encoded as the entry's `data`: its fields in their order, those that
    are UNSET left out.
    """

    kind: ClassVar[Kind]
    """The kind that the struct is for; it is no member of the JSON."""

    def text(self) -> str:
        """The entry in words, to stand after its time, flow and kind."""
        raise NotImplementedError


class Entry(Struct, frozen=True, gc=False):
    """What happened (`data`), when, and to whom. `at` is in milliseconds on the application's clock; `application` is
    empty for what concerns all, `flow` None for what belongs to no flow. The store gives an entry its number.
    """

    at: int
    application: str
    flow: str | None
    data: Details

    @property
    def kind(self) -> Kind:
        """What it is about."""
        return self.data.kind
