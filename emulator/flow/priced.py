"""Prices that a flow has of its own, in place of those of the table that messages are charged by."""

from __future__ import annotations

from msgspec import Struct


class OwnPrice(Struct, frozen=True, gc=False, array_like=True):
    """What one unit costs of what is sent: an Sms, a Viber message of a `kind`, a minute of Voice, or as TwoStep the
    code that goes out by that `kind`. It is for a country, `*` for all that have no price, or empty for everywhere.
    """

    of: str
    price: float
    country: str = ""
    kind: str = ""
