"""A verification: a code goes to a recipient, who gives it back as an answer. Plain values, of a request and a flow."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from emulator.channels.table import Word


class Standing(Word):
    """Where a verification stands, in the API's spelling."""

    PENDING = "Pending"
    VERIFIED = "Verified"
    CANCELLED = "Cancelled"
    EXPIRED = "Expired"
    FAILED = "Failed"


class Terms(Struct, frozen=True, rename="camel"):
    """What is asked of a verification: the digits of its code, for how long it is good, and how many wrong answers may
    be followed by another one.
    """

    digits: int
    lifetime_in_seconds: int
    max_retries: int


class Verification(Struct, frozen=True, array_like=True):
    """How a verification stands, since `updated_at`; its code, and the number of answers so far. At `expires_at` its
    time is over, if it is `timed`: where time jumps to whatever comes next, nobody could answer in time.
    """

    code: str
    updated_at: int
    expires_at: int
    status: Standing = Standing.PENDING
    tried: int = 0
    timed: bool = True


EXPIRY: Final = "expiry"
"""The `status` of an agenda item that is no report but the end of a verification's time. Stored flows have it."""
