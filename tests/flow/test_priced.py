"""Prices of a flow's own."""

from __future__ import annotations

from msgspec import msgpack

from emulator.flow.priced import OwnPrice


def test_an_own_price_is_kept_with_its_flow() -> None:
    """As a short list, since each flow under its scenario has them."""
    price = OwnPrice("Viber", 0.2, "*", "promotional")
    assert msgpack.decode(msgpack.encode(price)) == ["Viber", 0.2, "*", "promotional"]
    assert msgpack.decode(msgpack.encode(price), type=OwnPrice) == price
